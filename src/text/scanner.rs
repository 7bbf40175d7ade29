//! Cuts a section of text into tokens and sentences, in one pass.

use super::chars::{self, CLASSES, Class, Wide};
use super::document::{Document, Sentence, Token, flags};
use super::word::{WordKey, normalise_word};
use crate::limits;
use crate::message::Mark;

/// A run of word characters longer than this is an identifier, not a word.
const WORD_BYTES: usize = 64;
/// Distinct links of a text that are kept.
const LINKS: usize = 8;
/// The local part of an e-mail address has at most so many bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_PART_BYTES: usize = 64;

/// Adds the tokens of `flat[start..end]` to `document`.
pub(super) fn scan(document: &mut Document, flat: &str, start: usize, end: usize) {
    let text = &flat[..end];
    Scanner { bytes: text.as_bytes(), text, at: start, document, new_sentence: true, new_clause: false }.run();
}

/// Adds a token of no length at `at`: signs are placed by the words near them, and a text of signs alone has none.
pub(super) fn stand_in(document: &mut Document, at: u32) {
    document.sentences.push(Sentence::default());
    document.tokens.push(Token {
        key: WordKey { head: 0, hash: 0 },
        start: at,
        end: at,
        rewritten: 0,
        sentence: 0,
        len: 0,
        flags: flags::OPAQUE,
    });
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    document: &'a mut Document,
    new_sentence: bool,
    new_clause: bool,
}

impl Scanner<'_> {
    fn run(mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match CLASSES[usize::from(byte)] {
                Class::Letter | Class::Digit | Class::Underscore => {
                    if self.document.tokens.len() == limits::TOKENS {
                        self.document.marks.insert(Mark::TextCut);
                        return;
                    }
                    self.word();
                }
                Class::Space | Class::Apostrophe => self.at += 1,
                class => self.separator(class),
            }
        }
    }

    /// A word begins at `at`: nearly always one of letters alone, and nothing after it that could be part of it.
    #[inline]
    fn word(&mut self) {
        let start = self.at;
        let end = start + chars::letters(self.bytes, start);
        let next = self.bytes.get(end).map_or(Class::Space, |&byte| CLASSES[usize::from(byte)]);
        let ends = matches!(
            next,
            Class::Space
                | Class::Stop
                | Class::Clause
                | Class::Newline
                | Class::Question
                | Class::Colon
                | Class::Control
        );
        if !ends || end == start || end - start > WORD_BYTES {
            return self.odd_word();
        }
        // Letters differ from their capitals in one bit.
        let capitals = end - start >= 2 && (self.bytes[start] | self.bytes[start + 1]) & 0x20 == 0;
        let is_capitals = capitals && is_capitals(&self.text[start..end]);
        self.at = end + usize::from(next == Class::Space);
        self.add(Token {
            key: WordKey::of_plain(self.bytes, start, end),
            start: start as u32,
            end: end as u32,
            rewritten: 0,
            sentence: 0,
            len: (end - start) as u8,
            flags: if is_capitals { flags::CAPITALS } else { 0 },
        });
    }

    /// A word begins at `at` that may hold anything.
    fn odd_word(&mut self) {
        let start = self.at;
        let (mut letters, mut digits, mut slow) = (false, false, false);
        let mut at = start;
        let mut shape = 0;
        loop {
            match self.bytes.get(at).map(|&byte| CLASSES[usize::from(byte)]) {
                Some(Class::Letter) => {
                    letters = true;
                    at += 1;
                }
                Some(Class::Digit) => {
                    digits = true;
                    at += 1;
                }
                Some(Class::Space) | None => break,
                Some(Class::Underscore) => {
                    slow = true;
                    at += 1;
                }
                Some(Class::Apostrophe) => {
                    if !self.goes_on(at + 1) {
                        break;
                    }
                    shape |= flags::APOSTROPHE;
                    at += 1;
                }
                Some(Class::High) => match self.wide_in_word(at) {
                    Some(next) => {
                        (letters, slow) = (true, true);
                        at = next;
                    }
                    None => break,
                },
                Some(Class::Disguise | Class::Exclamation) => match self.disguise(at) {
                    Some(next) => {
                        slow = true;
                        shape |= flags::DISGUISED;
                        at = next;
                    }
                    None => break,
                },
                Some(_) => break,
            }
        }
        if digits {
            shape |= if letters { flags::MIXED } else { flags::NUMBER };
        }
        self.push(start, at, shape, slow);
    }

    /// Whether a word goes on at `at`, after an apostrophe.
    fn goes_on(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            Some(&byte) if byte < 0x80 => matches!(CLASSES[usize::from(byte)], Class::Letter | Class::Digit),
            Some(_) => self.char_at(at).is_some_and(|c| chars::wide(c) == Wide::Word),
            None => false,
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    /// Where a word goes on after the character at `at`, outside ASCII, if that belongs to it.
    fn wide_in_word(&mut self, at: usize) -> Option<usize> {
        let c = self.char_at(at)?;
        let next = at + c.len_utf8();
        match chars::wide(c) {
            Wide::Word | Wide::Invisible => Some(next),
            Wide::Apostrophe if self.goes_on(next) => Some(next),
            _ => None,
        }
    }

    /// Where a word goes on after signs at `at` that stand for letters: up to four, and a letter after them, or at least
    /// two at the word's end (`f***`).
    fn disguise(&self, at: usize) -> Option<usize> {
        let is_sign = |byte: &&u8| matches!(byte, b'@' | b'$' | b'*' | b'#' | b'!');
        let run = self.bytes[at..].iter().take(5).take_while(is_sign).count();
        let stars = self.bytes[at..].iter().take(5).take_while(|byte| **byte == b'*').count();
        let after = self.bytes.get(at + run).map(|&byte| CLASSES[usize::from(byte)]);
        let letter_follows = matches!(after, Some(Class::Letter));
        let at_sign = self.bytes[at..at + run].contains(&b'@');
        match run {
            1..=4 if letter_follows && !(at_sign && self.address_end(at).is_some()) => Some(at + run),
            2..=4 if stars == run => Some(at + run),
            _ => None,
        }
    }

    /// Adds the token `start..end`.
    #[inline]
    fn push(&mut self, start: usize, end: usize, mut shape: u8, slow: bool) {
        let mut token = Token {
            key: WordKey { head: 0, hash: 0 },
            start: start as u32,
            end: end as u32,
            rewritten: 0,
            sentence: 0,
            len: 0,
            flags: 0,
        };
        if end - start > WORD_BYTES {
            shape = flags::OPAQUE;
        } else if slow {
            shape |= flags::REWRITTEN;
            token.rewritten = self.document.rewritten.len() as u32;
            normalise_word(&self.text[start..end], &mut self.document.rewritten);
            let normal = &self.document.rewritten[token.rewritten as usize..];
            // NFKC can make a word of one character much longer; such a one is no word.
            match u8::try_from(normal.len()) {
                Ok(len) if normal.len() <= 2 * WORD_BYTES => {
                    token.len = len;
                    token.key = WordKey::of(normal);
                }
                _ => shape = flags::OPAQUE,
            }
            if is_capitals(&self.text[start..end]) {
                shape |= flags::CAPITALS;
            }
        } else {
            token.len = (end - start) as u8;
            token.key = WordKey::of_plain(self.bytes, start, end);
            // Most words begin with a small letter.
            if self.bytes[start] & 0x20 == 0 && is_capitals(&self.text[start..end]) {
                shape |= flags::CAPITALS;
            }
        }
        token.flags = shape;
        self.at = end;
        self.add(token);
    }

    #[inline]
    fn add(&mut self, mut token: Token) {
        let sentences = &mut self.document.sentences;
        if self.new_sentence {
            // More sentences than that are counted as one.
            if sentences.len() < usize::from(u16::MAX) {
                sentences.push(Sentence { first: self.document.tokens.len() as u32, ..Sentence::default() });
            }
            self.new_sentence = false;
            self.new_clause = false;
        }
        token.sentence = (sentences.len() - 1) as u16;
        if self.new_clause {
            token.flags |= flags::CLAUSE;
            self.new_clause = false;
        }
        self.document.tokens.push(token);
    }

    /// Something between words begins at `at`.
    fn separator(&mut self, class: Class) {
        let at = self.at;
        self.at += 1;
        match class {
            Class::Stop => self.stop(at),
            Class::Exclamation => self.end_sentence(|sentence| {
                sentence.exclamations = sentence.exclamations.saturating_add(1);
            }),
            Class::Question => self.end_sentence(|sentence| sentence.question = true),
            Class::Newline => self.newline(),
            Class::Colon => self.colon(at),
            Class::Clause => {
                self.new_clause = true;
                // `<3`, `=(`
                self.document.signs |= self.bytes[at] == b'<' || self.bytes[at] == b'(' || self.bytes[at] == b')';
            }
            Class::Disguise => self.sign(at),
            Class::High => self.wide(at),
            Class::Control => self.document.marks.insert(Mark::ControlCharacters),
            Class::Space | Class::Apostrophe | Class::Letter | Class::Digit | Class::Underscore => {}
        }
    }

    /// Ends the sentence at hand, if it has a word; further marks belong to it, too.
    fn end_sentence(&mut self, note: impl FnOnce(&mut Sentence)) {
        if let Some(sentence) = self.document.sentences.last_mut() {
            note(sentence);
            self.new_sentence = true;
        }
    }

    /// A full stop ends a sentence before white space, or before a capital that follows a word of more than one letter.
    fn stop(&mut self, at: usize) {
        let next = self.bytes.get(at + 1).copied().unwrap_or(b' ');
        let (is_dots, last) = (next == b'.' || (at > 0 && self.bytes[at - 1] == b'.'), self.document.tokens.last());
        let last_len = last.filter(|token| token.end as usize == at).map_or(0, |token| token.end - token.start);
        if is_dots {
            self.new_clause = true;
        } else if last_len == 3 && self.bytes[at - 3..at].eq_ignore_ascii_case(b"www") && !next.is_ascii_whitespace() {
            self.opaque_from_last_token(link_end(self.bytes, at));
        } else if last_len != 1 && (next.is_ascii_whitespace() || next.is_ascii_uppercase() || next == b'"') {
            self.end_sentence(|_| {});
        } else if next.is_ascii_whitespace() {
            self.new_clause = true;
        }
    }

    /// A line's end ends a sentence before an empty line, a capital, or an item of a list.
    fn newline(&mut self) {
        let rest = &self.bytes[self.at..];
        let indent = rest.iter().take(64).take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        let next = rest.get(indent).copied().unwrap_or(b'\n');
        let in_word = next.is_ascii_lowercase() || next >= 0x80 || next == b'\'' || next == b',';
        if !in_word {
            self.end_sentence(|_| {});
        }
    }

    fn colon(&mut self, at: usize) {
        let is_scheme = self.bytes[at..].starts_with(b"://") || self.last_word_is(at, b"mailto");
        if is_scheme && self.document.tokens.last().is_some_and(|token| token.end as usize == at) {
            self.opaque_from_last_token(link_end(self.bytes, at));
        } else {
            self.new_clause = true;
            self.document.signs = true;
        }
    }

    fn last_word_is(&self, end: usize, word: &[u8]) -> bool {
        end.checked_sub(word.len()).is_some_and(|start| self.bytes[start..end].eq_ignore_ascii_case(word))
    }

    /// `@`, `$`, `*` or `#` outside a word: an address, a disguised first letter, or nothing.
    fn sign(&mut self, at: usize) {
        if self.bytes[at] == b'@' {
            // An address before this one ends where it was said to.
            let from =
                self.document.tokens.last().filter(|token| token.flags & flags::OPAQUE != 0).map_or(0, |t| t.end);
            let before = self.bytes[from as usize..at].iter().rev().take(LOCAL_PART_BYTES);
            let local = before.take_while(|byte| is_local(**byte)).count();
            if let (1.., Some(end)) = (local, self.address_end(at)) {
                let start = self.drop_tokens_from(at - local);
                self.push(start, end, flags::OPAQUE, false);
                self.make_last_opaque();
                return;
            }
        }
        let first = at == 0 || !self.bytes[at - 1].is_ascii_alphanumeric();
        let letter = self.bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic);
        if first && letter && matches!(self.bytes[at], b'@' | b'$') && self.document.tokens.len() < limits::TOKENS {
            // `$hit`; a mention such as `@anna` is no word that anybody looks for.
            let mut end = at + 1;
            while self.bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'!')) {
                end += 1;
            }
            let trimmed = self.bytes[..end].iter().rev().take_while(|byte| **byte == b'!').count();
            self.push(at, end - trimmed, flags::DISGUISED, true);
        }
    }

    /// Where the e-mail address ends that has its `@` at `at`, if it is one.
    fn address_end(&self, at: usize) -> Option<usize> {
        let domain = self.bytes[at + 1..].iter().take(255).take_while(|byte| is_domain(**byte)).count();
        let domain = &self.bytes[at + 1..at + 1 + domain];
        let trimmed = domain.len() - domain.iter().rev().take_while(|byte| matches!(byte, b'.' | b'-')).count();
        let dot = domain[..trimmed].iter().position(|byte| *byte == b'.')?;
        (dot > 0).then_some(at + 1 + trimmed)
    }

    /// Forgets the tokens that reach beyond `start`; where the first of them began.
    fn drop_tokens_from(&mut self, mut start: usize) -> usize {
        while let Some(token) = self.document.tokens.pop_if(|token| token.end as usize > start) {
            start = start.min(token.start as usize);
        }
        while self.document.sentences.last().is_some_and(|s| s.first as usize >= self.document.tokens.len()) {
            self.document.sentences.pop();
            self.new_sentence = true;
        }
        start
    }

    /// Makes one token of the last one and of what follows it up to `end`: a link.
    fn opaque_from_last_token(&mut self, end: usize) {
        let Some(last) = self.document.tokens.last_mut() else { return };
        last.end = end as u32;
        let hash = link_hash(&self.text[last.start as usize..end]);
        self.at = end;
        self.make_last_opaque();
        let links = &mut self.document.links;
        if links.len() < LINKS && !links.contains(&hash) {
            links.push(hash);
        }
    }

    fn make_last_opaque(&mut self) {
        if let Some(last) = self.document.tokens.last_mut() {
            last.flags = (last.flags & flags::CLAUSE) | flags::OPAQUE;
            (last.key, last.len) = (WordKey { head: 0, hash: 0 }, 0);
        }
    }

    /// A character outside ASCII stands where no word is.
    fn wide(&mut self, at: usize) {
        let Some(c) = self.char_at(at) else { return };
        self.at = at + c.len_utf8();
        match chars::wide(c) {
            Wide::Word if self.document.tokens.len() < limits::TOKENS => {
                self.at = at;
                self.word();
            }
            Wide::Bidirectional => self.document.marks.insert(Mark::BidirectionalControls),
            Wide::Control => self.document.marks.insert(Mark::ControlCharacters),
            Wide::Stop => self.end_sentence(|_| {}),
            Wide::Question => self.end_sentence(|sentence| sentence.question = true),
            Wide::Clause => self.new_clause = true,
            Wide::Space => self.document.signs = true,
            Wide::Word | Wide::Apostrophe | Wide::Invisible => {}
        }
    }
}

/// Whether a word has two letters or more and all are capitals.
fn is_capitals(word: &str) -> bool {
    let mut capitals = 0;
    for c in word.chars() {
        if c.is_lowercase() {
            return false;
        }
        capitals += usize::from(c.is_uppercase());
    }
    capitals >= 2
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'%')
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

/// Where a link ends that is known to go on at `at`: before white space, quotes or brackets, without the punctuation of
/// the sentence around it.
fn link_end(bytes: &[u8], at: usize) -> usize {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'<' | b'>' | b'`' | b'|');
    let mut end = bytes[at..].iter().position(ends).map_or(bytes.len(), |len| at + len);
    while end > at + 1 && matches!(bytes[end - 1], b'.' | b',' | b';' | b':' | b'!' | b'?' | b')' | b']' | b'\'' | b'*')
    {
        end -= 1;
    }
    end
}

/// A link's hash: without its scheme and a trailing slash.
fn link_hash(link: &str) -> u32 {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    (WordKey::of(rest.strip_suffix('/').unwrap_or(rest)).hash >> 32) as u32
}
