//! A text, read: what its author wrote now, cut into words and sentences. Reused from text to text.

use super::hygiene::Kept;
use super::word::WordKey;
use super::{Hygiene, html, hygiene, scanner};
use crate::limits;
use crate::message::{Format, Mark, Marks};

/// What is known of a token; a set of bits.
pub mod flags {
    /// Stands after a comma, a dash, a bracket, a quotation mark, a colon.
    pub const CLAUSE: u8 = 1;
    /// Two letters or more, all of them capitals.
    pub const CAPITALS: u8 = 2;
    /// Digits only.
    pub const NUMBER: u8 = 4;
    /// A link, an address, or too long for a word: not language.
    pub const OPAQUE: u8 = 8;
    /// The normal form differs from the text in more than case; it is kept apart.
    pub const REWRITTEN: u8 = 16;
    /// Signs stand where letters belong, as in `sh*t`.
    pub const DISGUISED: u8 = 32;
    /// Letters and digits mixed.
    pub const MIXED: u8 = 64;
    /// Has an apostrophe inside.
    pub const APOSTROPHE: u8 = 128;
}

/// A word, a number, a link: what rules count as one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What the word is found by.
    pub key: WordKey,
    /// First byte in the flat text.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// Place of the normal form in the rewritten words; only where [`flags::REWRITTEN`] is set.
    pub rewritten: u32,
    /// The sentence that it stands in.
    pub sentence: u16,
    /// Length of the normal form in bytes.
    pub len: u8,
    /// See [`flags`].
    pub flags: u8,
}

/// A sentence: the tokens from `first` up to the next one's first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// Its first token.
    pub first: u32,
    /// Whether it ends with a question mark.
    pub question: bool,
    /// How many exclamation marks end it.
    pub exclamations: u8,
}

/// A part of the original text that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// First byte in the original text.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// Why.
    pub hygiene: Hygiene,
}

/// Which part of a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// What its author wrote now.
    Own,
    /// All of it, quoted history and signatures included.
    Whole,
}

/// A text, read. All buffers are reused by the next [`Document::read`].
#[derive(Debug, Default)]
pub struct Document {
    pub(super) flattened: html::Flat,
    is_flattened: bool,
    pub(super) tokens: Vec<Token>,
    pub(super) sentences: Vec<Sentence>,
    pub(super) rewritten: String,
    pub(super) links: Vec<u32>,
    pub(super) marks: Marks,
    pub(super) signs: bool,
    kept: Vec<Kept>,
    left_out: Vec<LeftOut>,
}

impl Document {
    /// Reads `text`, at most [`limits::TEXT_BYTES`] of it. Takes time in proportion to the text, whatever it holds.
    pub fn read(&mut self, text: &str, format: Format, reading: Reading) {
        self.clear();
        let original = self.bounded(text);
        self.is_flattened = format == Format::Html;
        if self.is_flattened {
            html::flatten(original, reading, &mut self.flattened, &mut self.left_out);
        }
        // The scanner fills the other buffers while it reads this one.
        let flattened = std::mem::take(&mut self.flattened);
        let flat = if self.is_flattened { flattened.text.as_str() } else { original };
        let mut kept = std::mem::take(&mut self.kept);
        let left_out_in_html = self.left_out.len();
        match reading {
            Reading::Own => hygiene::sections(flat, &mut kept, &mut self.left_out),
            Reading::Whole => kept.push(Kept { start: 0, end: flat.len() as u32 }),
        }
        for section in &kept {
            scanner::scan(self, flat, section.start as usize, section.end as usize);
        }
        if let (true, true, Some(section)) = (self.tokens.is_empty(), self.signs, kept.first()) {
            scanner::stand_in(self, section.start);
        }
        self.kept = kept;
        self.flattened = flattened;
        if self.is_flattened {
            for index in left_out_in_html..self.left_out.len() {
                let LeftOut { start, end, hygiene } = self.left_out[index];
                let (start, end) = self.original_span(start, end);
                self.left_out[index] = LeftOut { start, end, hygiene };
            }
            self.left_out.sort_unstable_by_key(|part| (part.start, part.end));
        }
    }

    fn clear(&mut self) {
        self.tokens.clear();
        self.sentences.clear();
        self.rewritten.clear();
        self.links.clear();
        self.left_out.clear();
        self.kept.clear();
        self.marks = Marks::default();
        self.signs = false;
    }

    fn bounded<'a>(&mut self, text: &'a str) -> &'a str {
        if text.len() <= limits::TEXT_BYTES {
            return text;
        }
        self.marks.insert(Mark::TextCut);
        let mut end = limits::TEXT_BYTES;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        &text[..end]
    }

    /// The text that tokens' spans refer to: `original` itself, or what remains of it without markup.
    #[must_use]
    pub fn flat<'a>(&'a self, original: &'a str) -> &'a str {
        if self.is_flattened { &self.flattened.text } else { original }
    }

    /// The span in the original text of the span `start..end` of the flat text.
    #[must_use]
    pub fn original_span(&self, start: u32, end: u32) -> (u32, u32) {
        if self.is_flattened { self.flattened.original_span(start, end) } else { (start, end) }
    }

    /// The tokens, in order.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The sentences, in order.
    #[must_use]
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// The normal form of a rewritten token.
    #[must_use]
    pub fn rewritten(&self, token: &Token) -> &str {
        let start = token.rewritten as usize;
        self.rewritten.get(start..start + usize::from(token.len)).unwrap_or_default()
    }

    /// The bytes that a token is known by: its normal form, but for the case of ASCII letters.
    #[must_use]
    pub fn word<'a>(&'a self, flat: &'a str, token: &Token) -> &'a str {
        if token.flags & flags::REWRITTEN != 0 {
            self.rewritten(token)
        } else {
            flat.get(token.start as usize..token.end as usize).unwrap_or_default()
        }
    }

    /// Hashes of the distinct links, in order of appearance, at most eight.
    #[must_use]
    pub fn links(&self) -> &[u32] {
        &self.links
    }

    /// What was left out, in order.
    #[must_use]
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// The sections that were kept, as spans of the flat text.
    pub fn kept(&self) -> impl Iterator<Item = (u32, u32)> {
        self.kept.iter().map(|section| (section.start, section.end))
    }

    /// What was unusual about the text.
    #[must_use]
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// Whether the text may hold emoji or emoticons.
    #[must_use]
    pub fn may_hold_signs(&self) -> bool {
        self.signs
    }
}
