//! What surrounds a word: negation, questions, emphasis.

use super::hits::{Hits, Place};
use super::vocabulary::{NO_CLASS, Vocabulary};
use crate::lexicon::Role;
use crate::text::{Document, flags};

/// Words in capitals that make shouting, at least; fewer are emphasis at most.
const SHOUT_WORDS: usize = 3;

/// What negates, and from where to where it reaches.
#[derive(Clone, Copy, Debug)]
struct Negator {
    first: u32,
    last: u32,
    reach: u32,
}

/// The surroundings of one text's words; reused from text to text.
#[derive(Debug, Default)]
pub(super) struct Context {
    negators: Vec<Negator>,
    /// Tokens at which a clause begins, and whether it takes over a negation that is handed on.
    clauses: Vec<(u32, bool)>,
    /// Stretches of shouted words, as first and last token.
    pub(super) shouts: Vec<(u32, u32)>,
    /// Sentences that open like a question.
    questions: Vec<u16>,
}

impl Context {
    /// Reads the surroundings of what was found in `document`.
    pub(super) fn read(&mut self, document: &Document, hits: &Hits, vocabulary: &Vocabulary) {
        self.negators.clear();
        self.clauses.clear();
        self.shouts.clear();
        self.questions.clear();
        for hit in &hits.entries {
            let Place { first, last, .. } = hit.place;
            match hit.role {
                Role::Negator if hit.weight > 0 => {
                    self.negators.push(Negator { first, last, reach: hit.weight as u32 });
                }
                Role::Clause => self.clauses.push((first, hit.weight == 0)),
                Role::Question => {
                    let sentence = document.tokens()[first as usize].sentence;
                    let opens = document.sentences()[usize::from(sentence)].first + 2 >= first;
                    if opens {
                        self.questions.push(sentence);
                    }
                }
                _ => {}
            }
        }
        self.negators.sort_unstable_by_key(|negator| negator.last);
        if hits.capitals as usize >= 2 {
            self.find_shouts(document, hits, vocabulary);
        }
    }

    /// Whether the words at `place` are negated from outside, or by a word that stands among them. A negator that is
    /// part of something said (`taken`) says no more than that.
    pub(super) fn is_negated(&self, document: &Document, place: &Place, taken: impl Fn(u32) -> bool) -> bool {
        if self.negators.is_empty() {
            return false;
        }
        let before = self.negators.iter().rev().filter(|negator| negator.last < place.first && !taken(negator.first));
        let outside = before.take(2).any(|negator| self.reaches(document, negator, place.first));
        let between = |negator: &Negator| negator.first > place.first && negator.last < place.last;
        outside || (place.negatable_inside && self.negators.iter().any(between))
    }

    /// Whether a negator reaches `token`: near enough, in the same sentence, and no clause begins in between, unless
    /// the negation is handed on (`never said I would leave`).
    fn reaches(&self, document: &Document, negator: &Negator, token: u32) -> bool {
        let tokens = document.tokens();
        if token - negator.last > negator.reach
            || tokens[negator.last as usize].sentence != tokens[token as usize].sentence
        {
            return false;
        }
        let mut handed_on = false;
        for at in negator.last + 1..=token {
            if tokens[at as usize].flags & flags::CLAUSE != 0 {
                return false;
            }
            match self.clauses.iter().find(|(first, _)| *first == at) {
                Some((_, true)) => handed_on = true,
                Some((_, false)) if !std::mem::take(&mut handed_on) => return false,
                _ => {}
            }
        }
        true
    }

    /// Whether the sentence asks something.
    pub(super) fn is_question(&self, document: &Document, sentence: u16) -> bool {
        document.sentences().get(usize::from(sentence)).is_some_and(|sentence| sentence.question)
            || self.questions.contains(&sentence)
    }

    /// Whether any sentence asks something.
    pub(super) fn asks(&self, document: &Document) -> bool {
        !self.questions.is_empty() || document.sentences().iter().any(|sentence| sentence.question)
    }

    /// Whether the words at `place` are in capitals.
    pub(super) fn is_emphasised(&self, document: &Document, place: &Place) -> bool {
        let words = &document.tokens()[place.first as usize..=place.last as usize];
        words.iter().any(|token| token.flags & flags::CAPITALS != 0)
            || self.shouts.iter().any(|(first, last)| *first <= place.first && place.last <= *last)
    }

    /// Finds stretches of capital words that are language: three or more in one sentence, of which one or more says
    /// nothing by itself (`IS`, `MY`). Acronyms, codes and the lines of a log have no such words.
    fn find_shouts(&mut self, document: &Document, hits: &Hits, vocabulary: &Vocabulary) {
        let tokens = document.tokens();
        let mut at = 0;
        while at < tokens.len() {
            let start = at;
            let (mut capitals, mut function, mut known, mut codes, mut last) = (0, 0, 0, 0, at);
            while let Some(token) = tokens.get(at).filter(|token| token.sentence == tokens[start].sentence) {
                if token.flags & flags::CAPITALS != 0 && token.flags & flags::MIXED == 0 {
                    capitals += 1;
                    function += usize::from(hits.is_function_word(vocabulary, at));
                    known += usize::from(hits.classes[at] != NO_CLASS);
                    last = at;
                } else if token.flags & (flags::NUMBER | flags::MIXED | flags::OPAQUE) != 0 {
                    codes += 1;
                } else if token.len != 1 {
                    break;
                }
                at += 1;
            }
            // A short text wholly in capitals shouts with two words: `FIX THIS`.
            let whole = start == 0 && at == tokens.len() && capitals == 2 && known == 2;
            // Lines of a log have a word such as FROM here and there, and numbers.
            let is_language = function > codes && function * 6 >= capitals;
            if is_language && (capitals >= SHOUT_WORDS || whole) {
                self.shouts.push((start as u32, last as u32));
            }
            at = at.max(start + 1);
        }
    }
}
