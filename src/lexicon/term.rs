//! What a term may look like, in lexicons and rules: words, `word*`, `(a|b|)`, `~N`, `#`, or one sign.
//!
//! A term is written out into phrases when its file loads; of its alternatives only those that are one word each stay
//! together. What is matched later is words only, as the text's own scanner cuts them, so that a term cannot say anything
//! that no text can hold.

use std::ops::Range;
use std::sync::Arc;

use crate::message::Format;
use crate::text::{Document, Reading, flags, normalise_word};

/// What one word of a text must be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// This word, in its normal form.
    Word(Arc<str>),
    /// Any word that begins so, and any inflection of it.
    Prefix(Arc<str>),
    /// Any number written in digits.
    Number,
    /// Any of these, two or more, in ascending order; none is of this kind itself.
    OneOf(Arc<[Atom]>),
}

/// One step of a phrase.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Element {
    /// What the word must be.
    pub atom: Atom,
    /// How many other words may stand between the one before and it; 0 for the first.
    pub gap: u8,
}

/// Words one after the other, or one sign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phrase {
    /// One or more words.
    Words(Vec<Element>),
    /// A sign that is not word-shaped, verbatim.
    Sign(String),
}

/// Most phrases that one term is written out into.
pub const PHRASES_MAX: usize = 64;
/// Most words of one phrase.
pub const ELEMENTS_MAX: usize = 12;
/// Most words between two words of a phrase.
pub const GAP_MAX: u8 = 8;
/// Bytes of a word that is taken as it stands, at most.
const PLAIN_BYTES: usize = 20;
/// Least letters before `*`.
pub const PREFIX_MIN: usize = 3;

/// What is wrong with a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// There is nothing in it.
    Empty,
    /// It cannot be read.
    Syntax,
    /// It says something that normalisation takes away.
    Normal,
    /// It is written out into too many phrases or words.
    Expansion,
}

/// A fault in a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which.
    pub kind: FaultKind,
    /// Where in the term, in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

fn fault(kind: FaultKind, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Fault {
    Fault { kind, span, message: message.into(), help: help.into() }
}

/// A part of a term before it is written out.
enum Part {
    Atom(Atom),
    Gap(u8),
    Alternatives(Vec<Vec<Atom>>),
}

/// The phrases that `term` is written out into, in order, without repetition.
///
/// # Errors
/// The first fault in the term.
pub fn parse(term: &str) -> Result<Vec<Phrase>, Fault> {
    read(term, together)
}

/// The same, without [`Atom::OneOf`]: each way to say it is a phrase of its own.
///
/// # Errors
/// The first fault in the term.
pub fn parse_apart(term: &str) -> Result<Vec<Phrase>, Fault> {
    read(term, |ways| ways)
}

/// Alternatives, those of one word each as one.
fn together(ways: Vec<Vec<Atom>>) -> Vec<Vec<Atom>> {
    let (single, mut others): (Vec<_>, Vec<_>) = ways.into_iter().partition(|way| way.len() == 1);
    let mut single: Vec<Atom> = single.into_iter().flatten().collect();
    single.sort();
    single.dedup();
    match single.len() {
        0 => {}
        1 => others.insert(0, single),
        _ => others.insert(0, vec![Atom::OneOf(single.into())]),
    }
    others
}

fn read(term: &str, join: impl Fn(Vec<Vec<Atom>>) -> Vec<Vec<Atom>>) -> Result<Vec<Phrase>, Fault> {
    let trimmed = term.trim();
    let all = 0..term.len().max(1);
    if trimmed.is_empty() {
        return Err(fault(FaultKind::Empty, all, "the term is empty", "write a word, or remove the entry"));
    }
    if is_sign(trimmed) {
        return Ok(vec![Phrase::Sign(trimmed.to_owned())]);
    }
    let parts = Parser { term, at: 0 }.parts()?;
    let mut phrases = vec![(Vec::with_capacity(parts.len()), 0_u8)];
    for part in parts {
        match part {
            Part::Gap(words) => phrases.iter_mut().for_each(|(_, gap)| *gap = words),
            Part::Atom(atom) => {
                for (elements, gap) in &mut phrases {
                    extend(elements, gap, std::slice::from_ref(&atom));
                }
            }
            Part::Alternatives(ways) => {
                let ways = join(ways);
                let longer = phrases.iter().flat_map(|phrase| ways.iter().map(move |way| extended(phrase, way)));
                phrases = longer.collect();
            }
        }
        if phrases.len() > PHRASES_MAX {
            return Err(fault(
                FaultKind::Expansion,
                all,
                format!("the term is written out into more than {PHRASES_MAX} phrases"),
                "split it into several terms, or put the alternatives into a list of their own and use `near`",
            ));
        }
    }
    finish(phrases, all)
}

/// Checks and orders what a term was written out into.
fn finish(phrases: Vec<(Vec<Element>, u8)>, all: Range<usize>) -> Result<Vec<Phrase>, Fault> {
    let mut finished: Vec<Phrase> = Vec::new();
    for (elements, gap) in phrases {
        if gap > 0 {
            return Err(fault(FaultKind::Syntax, all, "a term cannot end with `~`", "remove it"));
        }
        if elements.is_empty() {
            return Err(fault(
                FaultKind::Empty,
                all,
                "all words of the term are optional",
                "make one of them required",
            ));
        }
        if elements.len() > ELEMENTS_MAX {
            let message = format!("the term is longer than {ELEMENTS_MAX} words");
            return Err(fault(FaultKind::Expansion, all, message, "keep the words that make it what it is"));
        }
        let phrase = Phrase::Words(elements);
        if !finished.contains(&phrase) {
            finished.push(phrase);
        }
    }
    Ok(finished)
}

/// A phrase and then the words of `way`.
fn extended((elements, gap): &(Vec<Element>, u8), way: &[Atom]) -> (Vec<Element>, u8) {
    let (mut elements, mut gap) = (elements.clone(), *gap);
    extend(&mut elements, &mut gap, way);
    (elements, gap)
}

/// Adds the words of `way`; the gap stands before the first of them.
fn extend(elements: &mut Vec<Element>, gap: &mut u8, way: &[Atom]) {
    for atom in way {
        let gap_before = if elements.is_empty() { 0 } else { *gap };
        elements.push(Element { atom: atom.clone(), gap: gap_before });
        *gap = 0;
    }
}

/// Whether a term is a sign: no white space, and it begins with neither a letter or digit nor with what the term syntax
/// uses.
fn is_sign(term: &str) -> bool {
    let first = term.chars().next().unwrap_or(' ');
    let wordless = !term.contains(char::is_alphanumeric) && !term.contains(char::is_whitespace);
    let emoticon = matches!(first, ':' | ';' | '=' | '<' | '>') && !term.contains(char::is_whitespace);
    (wordless && !matches!(first, '(' | '~' | '#' | '*' | '|')) || emoticon
}

struct Parser<'a> {
    term: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn parts(mut self) -> Result<Vec<Part>, Fault> {
        let mut parts: Vec<Part> = Vec::new();
        while let Some(c) = self.peek() {
            let start = self.at;
            if c.is_whitespace() || c == '-' {
                self.at += c.len_utf8();
            } else if c == '~' {
                self.at += 1;
                let gap = self.gap(start)?;
                if parts.is_empty() || matches!(parts.last(), Some(Part::Gap(_))) {
                    return Err(fault(
                        FaultKind::Syntax,
                        start..self.at,
                        "`~` stands between words",
                        "put a word before it",
                    ));
                }
                parts.push(Part::Gap(gap));
            } else if c == '(' {
                self.at += 1;
                parts.push(Part::Alternatives(self.alternatives(start)?));
            } else if matches!(c, ')' | '|') {
                let message = format!("`{c}` without `(`");
                return Err(fault(
                    FaultKind::Syntax,
                    start..start + 1,
                    message,
                    "alternatives are written `(one|other)`",
                ));
            } else {
                self.words(|atom| parts.push(Part::Atom(atom)))?;
            }
        }
        Ok(parts)
    }

    fn peek(&self) -> Option<char> {
        self.term[self.at..].chars().next()
    }

    fn gap(&mut self, start: usize) -> Result<u8, Fault> {
        let digits = self.term[self.at..].bytes().take_while(u8::is_ascii_digit).count();
        self.at += digits;
        match self.term[start + 1..self.at].parse() {
            Ok(gap @ 1..=GAP_MAX) => Ok(gap),
            _ => Err(fault(
                FaultKind::Syntax,
                start..self.at,
                format!("`~` takes a number from 1 to {GAP_MAX}"),
                "`cancel ~3 account` allows three words in between",
            )),
        }
    }

    /// The alternatives after `(`, up to and with `)`.
    fn alternatives(&mut self, start: usize) -> Result<Vec<Vec<Atom>>, Fault> {
        let mut ways = vec![Vec::new()];
        while let Some(c) = self.peek() {
            let at = self.at;
            match c {
                ')' => {
                    self.at += 1;
                    return Ok(ways);
                }
                '|' => {
                    self.at += 1;
                    ways.push(Vec::new());
                }
                '(' | '~' => {
                    let message = format!("`{c}` cannot stand inside alternatives");
                    return Err(fault(FaultKind::Syntax, at..at + 1, message, "write the term twice instead"));
                }
                c if c.is_whitespace() || c == '-' => self.at += c.len_utf8(),
                _ => {
                    let way = ways.last_mut().expect("there is one from the start");
                    self.words(|atom| way.push(atom))?;
                }
            }
        }
        Err(fault(FaultKind::Syntax, start..start + 1, "`(` is never closed", "close it with `)`"))
    }

    /// Adds what stands up to the next white space or sign of the syntax: usually one word.
    fn words(&mut self, mut add: impl FnMut(Atom)) -> Result<(), Fault> {
        let start = self.at;
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|' | '~' | '-');
        let len = self.term[start..].find(ends).unwrap_or(self.term.len() - start);
        self.at = start + len;
        let written = &self.term[start..self.at];
        if written == "#" {
            add(Atom::Number);
            return Ok(());
        }
        let Some(prefix) = written.strip_suffix('*').filter(|prefix| !prefix.contains('*')) else {
            return literal(written, start, |word| add(Atom::Word(word)));
        };
        let mut last: Option<Arc<str>> = None;
        literal(prefix, start, |word| {
            if let Some(before) = last.replace(word) {
                add(Atom::Word(before));
            }
        })?;
        let last = last.unwrap_or_default();
        if last.chars().count() < PREFIX_MIN {
            let message = format!(
                "`{written}` has fewer than {PREFIX_MIN} letters before `*`, and would match half the language"
            );
            return Err(fault(FaultKind::Syntax, start..self.at, message, "write the words out"));
        }
        add(Atom::Prefix(last));
        Ok(())
    }
}

/// Adds the words that the scanner cuts `written` into; a fault where it would read something else than what is written.
fn literal(written: &str, offset: usize, mut add: impl FnMut(Arc<str>)) -> Result<(), Fault> {
    if is_plain_word(written) {
        add(written.into());
        return Ok(());
    }
    scanned(written, offset)?.into_iter().for_each(|word| add(word.into()));
    Ok(())
}

/// Whether `written` is one word in its normal form beyond doubt: small letters of Western Europe, not too many. Nearly all
/// words of terms are, and need no scanner.
fn is_plain_word(written: &str) -> bool {
    let small = |c: char| matches!(c, 'a'..='z' | 'ß'..='ö' | 'ø'..='ÿ');
    (1..=PLAIN_BYTES).contains(&written.len()) && written.chars().all(small)
}

/// The words that the scanner cuts `written` into.
fn scanned(written: &str, offset: usize) -> Result<Vec<String>, Fault> {
    let span = offset..offset + written.len().max(1);
    let mut normal = String::new();
    normalise_word(written, &mut normal);
    if normal != written {
        let message = format!("`{written}` never stands in a normalised text");
        return Err(fault(FaultKind::Normal, span, message, format!("write `{normal}`")));
    }
    let mut document = Document::default();
    document.read(written, Format::Plain, Reading::Whole);
    let tokens = document.tokens();
    if tokens.is_empty() || tokens.iter().any(|token| token.flags & flags::OPAQUE != 0) {
        let message = format!("`{written}` is not a word: it is taken out of texts before terms are compared");
        return Err(fault(FaultKind::Normal, span, message, "write words; signs such as `:(` are terms of their own"));
    }
    if document.sentences().len() > 1 {
        let message = format!("`{written}` ends a sentence, and a term never reaches into the next");
        return Err(fault(FaultKind::Normal, span, message, "leave the punctuation out"));
    }
    Ok(tokens.iter().map(|token| document.word(written, token).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(term: &str) -> String {
        match parse(term) {
            Err(fault) => format!("{:?} {:?}", fault.kind, fault.span),
            Ok(phrases) => phrases.iter().map(show).collect::<Vec<_>>().join(" | "),
        }
    }

    fn show(phrase: &Phrase) -> String {
        match phrase {
            Phrase::Sign(sign) => format!("sign {sign}"),
            Phrase::Words(elements) => {
                let words = elements.iter().map(|Element { atom, gap }| {
                    let gap = if *gap > 0 { format!("~{gap} ") } else { String::new() };
                    format!("{gap}{}", show_atom(atom))
                });
                words.collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn show_atom(atom: &Atom) -> String {
        match atom {
            Atom::Word(word) => word.to_string(),
            Atom::Prefix(prefix) => format!("{prefix}*"),
            Atom::Number => "#".to_owned(),
            Atom::OneOf(atoms) => format!("({})", atoms.iter().map(show_atom).collect::<Vec<_>>().join("|")),
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn the_scanner_leaves_plain_words_alone(word in "[a-zß-öø-ÿ]{1,20}") {
            if is_plain_word(&word) {
                proptest::prop_assert_eq!(scanned(&word, 0), Ok(vec![word]));
            }
        }
    }

    #[test]
    fn terms() {
        for (term, expected) in [
            ("refund", "refund"),
            ("speak (directly|) to", "speak directly to | speak to"),
            ("(speak|talk with|)  (to|)", "Empty 0..25"),
            ("cancel* ~3 account", "cancel* ~3 account"),
            ("charge-back", "charge back"),
            ("24/7", "24 7"),
            ("# times", "# times"),
            (":(", "sign :("),
            (":D", "sign :D"),
            ("😡", "sign 😡"),
            ("don't", "don't"),
            ("Don’t", "Normal 0..7"),
            ("https://example.com", "Normal 0..19"),
            ("stop. now", "stop now"),
            ("a*", "Syntax 0..2"),
            ("(a|b", "Syntax 0..1"),
            ("a) b", "Syntax 1..2"),
            ("a ~99 b", "Syntax 2..5"),
            ("~2 a", "Syntax 0..2"),
            ("a ~2", "Syntax 0..4"),
            ("(b|a*|of all) (x|y)", "Syntax 3..5"),
            ("(once|twice|each day) (now|then)", "(once|twice) (now|then) | each day (now|then)"),
            ("(a b|a c|a d|a e|) (a b|a c|a d|a e|) (a b|a c|d)", "Expansion 0..49"),
            ("a b c d e f g h i j k l m", "Expansion 0..25"),
            ("", "Empty 0..1"),
        ] {
            assert_eq!(shown(term), expected, "{term}");
        }
    }
}
