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
    language: Language,
    pub(super) words: &'a Words,
    /// In order of place.
    pub(super) places: &'a [Match],
    /// The uses that any of them has, as bits.
    uses: u32,
}

impl<'a> Page<'a> {
    /// A page of a text in `language`, [`Language::Any`] when that is not known.
    pub(super) fn new(
        (document, flat, language): (&'a Document, &'a str, Language),
        words: &'a Words,
        places: &'a [Match],
    ) -> Page<'a> {
        let uses = places.iter().filter_map(|place| words.entry(place.entry));
        let uses = uses.fold(0, |uses, entry| uses | 1 << entry.usage as u32);
        Page { document, flat, language, words, places, uses }
    }

    /// Whether there is a place of this use.
    pub(super) fn has(&self, usage: Use) -> bool {
        self.uses & 1 << usage as u32 != 0
    }

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
        let places = if self.has(usage) { self.places } else { &[] };
        places.iter().filter(fits).copied()
    }

    /// Whether the token is a word that is no part of the name of a thing.
    pub(super) fn is_stop(&self, token: u32) -> bool {
        self.words.stops.is_at(self.document, self.flat, token, self.language)
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
