//! A text with the places of the vocabulary in it: what stands in one sentence, before or behind something.

use crate::lexicon::Language;
use crate::limits;
use crate::policy::{Match, Use, Words};
use crate::text::mask::mask;
use crate::text::{Document, Token};

/// A text that was read, with what the vocabulary found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'a> {
    pub(super) document: &'a Document,
    pub(super) flat: &'a str,
    pub(super) words: &'a Words,
    /// In order of place.
    pub(super) places: &'a [Match],
}

impl<'a> Page<'a> {
    pub(super) fn tokens(&self) -> &'a [Token] {
        self.document.tokens()
    }

    /// The places of a use, and of one name if it is not empty.
    pub(super) fn of(&self, usage: Use, name: &'static str) -> impl DoubleEndedIterator<Item = Match> + use<'a> {
        let words = self.words;
        let fits = move |place: &&Match| {
            let entry = words.entry(place.entry);
            entry.is_some_and(|entry| entry.usage == usage && (name.is_empty() || entry.name == name))
        };
        self.places.iter().filter(fits).copied()
    }

    /// The sentence of a token.
    pub(super) fn sentence(&self, token: u32) -> u16 {
        self.tokens().get(token as usize).map_or(0, |token| token.sentence)
    }

    /// Whether a marker stands in the sentence of `token`, from `from` words before it up to just before it.
    pub(super) fn marked_before(&self, name: &'static str, token: u32, from: u32) -> bool {
        let sentence = self.sentence(token);
        self.of(Use::Marker, name)
            .any(|marker| marker.last < token && marker.last + from >= token && self.sentence(marker.first) == sentence)
    }

    /// The text from one token to another, masked and short.
    pub(super) fn text(&self, first: u32, last: u32, limit: usize) -> Box<str> {
        let tokens = self.tokens();
        let (Some(first), Some(last)) = (tokens.get(first as usize), tokens.get(last as usize)) else {
            return Box::default();
        };
        let text = self.flat.get(first.start as usize..last.end.max(first.start) as usize).unwrap_or_default();
        short(&mask(text), limit)
    }

    /// The sentence of a token as a quote.
    pub(super) fn quote(&self, token: u32) -> Box<str> {
        let sentence = self.sentence(token);
        let tokens = self.tokens();
        let first = tokens.partition_point(|token| token.sentence < sentence);
        let last = tokens.partition_point(|token| token.sentence <= sentence).saturating_sub(1);
        self.text(first as u32, last as u32, limits::QUOTE_BYTES)
    }

    /// The language that most words belong to; none when few tell.
    pub(super) fn voted(&self) -> Option<Language> {
        let mut votes = [0_u32; Language::ALL.len()];
        for place in self.of(Use::Marker, "language") {
            for language in Language::ALL.into_iter().skip(1).filter(|language| place.languages & language.bit() != 0) {
                votes[language as usize] += 1;
            }
        }
        let most = *votes.iter().max()?;
        let mut leading = Language::ALL.into_iter().filter(|language| votes[*language as usize] == most);
        match (leading.next(), leading.next()) {
            (Some(language), None) if most >= 2 => Some(language),
            _ => None,
        }
    }
}

/// On one line, at most so many bytes, with an ellipsis for what was cut.
pub(super) fn short(text: &str, limit: usize) -> Box<str> {
    let mut line = String::with_capacity(text.len().min(limit));
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > limit {
            line.truncate(line.floor_char_boundary(limit - '…'.len_utf8()));
            line.push('…');
            break;
        }
    }
    line.into()
}
