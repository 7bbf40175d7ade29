//! From messages to numbers: which terms stand in which message.

use std::collections::BTreeMap;

use super::Example;
use crate::detect::{Detector, Scratch, Text};
use crate::message::Format;
use crate::model::{Measure, PREFIX_LETTERS, Subject};
use crate::text::flags;

/// A term that stands in fewer messages is dropped: it teaches nothing that carries, and might tell of one person.
pub(super) const MESSAGES_MIN: u32 = 5;
/// Most words of a phrase that is learned; phrases by hand may be longer.
const LEARNED_WORDS: usize = 2;
/// Share of its places, in hundredths, at which a word stands with a capital inside a sentence, from which on it is
/// taken for a name and dropped.
const NAME_PERCENT: u32 = 60;

/// What was seen of one message.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Its distinct terms, ascending, by number in [`Terms`].
    pub(super) terms: Vec<u32>,
    /// Its measures, each from 0 to 1.
    pub(super) measures: [f64; Measure::COUNT],
    /// How many words it has.
    pub(super) words: usize,
}

/// All terms that were seen, numbered.
#[derive(Debug, Default)]
pub(super) struct Terms {
    numbers: BTreeMap<String, u32>,
    names: Vec<String>,
    /// How often each stood inside a sentence, and how often of these with a capital.
    inside: Vec<(u32, u32)>,
}

impl Terms {
    /// The number of a term, given now if it has none.
    pub(super) fn number(&mut self, term: &str) -> u32 {
        if let Some(number) = self.numbers.get(term) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.numbers.insert(term.to_owned(), number);
        self.names.push(term.to_owned());
        self.inside.push((0, 0));
        number
    }

    /// The number of a term that was seen.
    #[must_use]
    pub(super) fn find(&self, term: &str) -> Option<u32> {
        self.numbers.get(term).copied()
    }

    /// The term of a number.
    #[must_use]
    pub(super) fn name(&self, number: u32) -> &str {
        &self.names[number as usize]
    }

    /// How many terms there are.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the term looks like somebody's or something's name. Of no use where all nouns have capitals.
    #[must_use]
    pub(super) fn is_name(&self, number: u32) -> bool {
        let (inside, capitals) = self.inside[number as usize];
        inside >= 3 && capitals * 100 >= inside * NAME_PERCENT
    }

    /// What stands in `example`; `None` when it is not to be judged (an automatic reply, another language). Terms that
    /// `by_hand` names are found at any length.
    pub(super) fn row(
        &mut self,
        example: &Example,
        detector: &Detector,
        scratch: &mut Scratch,
        by_hand: &ByHand,
    ) -> Option<Row> {
        let text =
            Text { text: &example.text, format: Format::Plain, author: example.author, language: &example.language };
        detector.observe(text, scratch, |subject| self.see(subject, by_hand))
    }

    fn see(&mut self, subject: &Subject<'_>, by_hand: &ByHand) -> Row {
        let document = subject.document;
        let mut words: Vec<(Option<String>, u16)> = Vec::with_capacity(document.tokens().len());
        let mut row = Row { words: document.tokens().len(), ..Row::default() };
        for (index, token) in document.tokens().iter().enumerate() {
            let word = document.word(subject.flat, token).to_lowercase();
            let shown = subject.flat.get(token.start as usize..token.end as usize).unwrap_or_default();
            let odd = flags::OPAQUE | flags::NUMBER | flags::MIXED | flags::DISGUISED;
            // `@anna` is a person, and `sh*t` is known by its plain spelling.
            let is_word = token.flags & odd == 0 && !word.is_empty() && word.chars().any(char::is_alphabetic);
            let before = subject.flat.as_bytes().get((token.start as usize).wrapping_sub(1));
            if !is_word || matches!(before, Some(b'@' | b'#')) || word.contains('_') {
                words.push((None, token.sentence));
                continue;
            }
            let number = self.number(&word);
            if index > 0 && document.tokens()[index - 1].sentence == token.sentence {
                let capital = shown.starts_with(char::is_uppercase) && token.flags & flags::CAPITALS == 0;
                let inside = &mut self.inside[number as usize];
                *inside = (inside.0 + 1, inside.1 + u32::from(capital && word != "i" && !word.starts_with("i'")));
            }
            row.terms.push(number);
            if let Some(prefix) = crate::model::prefix_of(&word) {
                row.terms.push(self.number(&format!("{prefix}*")));
            }
            words.push((Some(word), token.sentence));
        }
        self.phrases(&words, by_hand, &mut row);
        row.terms.sort_unstable();
        row.terms.dedup();
        for (value, measure) in row.measures.iter_mut().zip(subject.measures.0) {
            *value = f64::from(measure) / 1_000.0;
        }
        row
    }

    fn phrases(&mut self, words: &[(Option<String>, u16)], by_hand: &ByHand, row: &mut Row) {
        for first in 0..words.len() {
            let Some(mut phrase) = words[first].0.clone() else { continue };
            for (len, (word, sentence)) in (2..=by_hand.words).zip(&words[first + 1..]) {
                let Some(word) = word.as_ref().filter(|_| *sentence == words[first].1) else { break };
                phrase.push(' ');
                phrase.push_str(word);
                if len <= LEARNED_WORDS || by_hand.phrases.contains(&phrase) {
                    let number = self.number(&phrase);
                    row.terms.push(number);
                }
            }
        }
    }
}

/// Phrases that a person gave weights to.
#[derive(Debug, Default)]
pub(super) struct ByHand {
    /// The phrases.
    pub(super) phrases: std::collections::BTreeSet<String>,
    /// The most words that one has, at least [`LEARNED_WORDS`].
    pub(super) words: usize,
}

impl ByHand {
    /// The phrases among `terms`.
    pub(super) fn of<'a>(terms: impl Iterator<Item = &'a str>) -> ByHand {
        let phrases: std::collections::BTreeSet<String> =
            terms.filter(|term| term.contains(' ')).map(str::to_owned).collect();
        let longest = phrases.iter().map(|phrase| phrase.split(' ').count()).max().unwrap_or(0);
        ByHand { phrases, words: longest.max(LEARNED_WORDS) }
    }
}

// A prefix is longer than what English function words share.
const _: () = assert!(PREFIX_LETTERS >= 4);
