//! Searches one text for all phrases: what stands where, before any rule is asked.

use super::gate::Present;
use super::phrases::{Atoms, Phrases, Posting, Target};
use super::vocabulary::{ClassIndex, NO_CLASS, Vocabulary};
use super::{SKETCH_WORDS, Sketch};
use crate::lexicon::Role;
use crate::text::{Document, Token, flags};

/// Places of one text that are kept; a text with more than that has been understood long before.
const HITS_MAX: usize = 1_024;

/// Where a phrase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// First token.
    pub(super) first: u32,
    /// Last token.
    pub(super) last: u32,
    /// First byte in the flat text.
    pub(super) start: u32,
    /// The byte after the last.
    pub(super) end: u32,
    /// Whether a negator inside negates it.
    pub(super) negatable_inside: bool,
}

/// A term of a rule's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ListHit {
    pub(super) list: u32,
    pub(super) place: Place,
}

/// A term of a lexicon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EntryHit {
    pub(super) role: Role,
    pub(super) weight: i16,
    pub(super) lexicon: u16,
    pub(super) place: Place,
}

/// What was found; reused from text to text.
#[derive(Debug, Default)]
pub(super) struct Hits {
    pub(super) classes: Vec<ClassIndex>,
    candidates: Vec<u32>,
    atoms: Atoms,
    /// By list, then place; a place inside a longer one of the same list is left out.
    pub(super) lists: Vec<ListHit>,
    /// The lists that have a hit.
    pub(super) present: Present,
    /// By lexicon, then place; a place inside a longer one of the same lexicon is left out.
    pub(super) entries: Vec<EntryHit>,
    pub(super) sketch: Sketch,
    /// Words that are language.
    pub(super) words: u32,
    /// Words in capitals.
    pub(super) capitals: u32,
    spelling: String,
}

/// What of a text is searched for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    /// The languages whose lexicons count, as bits.
    pub(super) languages: u8,
    /// How many lists are looked for: all, or none.
    pub(super) lists: usize,
}

impl Hits {
    /// Searches `document`.
    pub(super) fn search(
        &mut self,
        document: &Document,
        flat: &str,
        vocabulary: &Vocabulary,
        phrases: &Phrases,
        scope: Scope,
    ) {
        self.lists.clear();
        self.present.clear(scope.lists);
        self.entries.clear();
        self.atoms.clear(phrases.atoms);
        self.look_up(document, flat, vocabulary);
        let tokens = document.tokens();
        for index in 0..self.candidates.len() {
            let at = self.candidates[index] as usize;
            let (from, to) = vocabulary.classes[self.classes[at] as usize].postings;
            for &Posting { phrase, needs } in &phrases.postings[from as usize..to as usize] {
                if !self.atoms.allow(needs) {
                    continue;
                }
                let phrase = &phrases.phrases[phrase as usize];
                if let Some((first, last)) = phrases.matched(phrase, vocabulary, tokens, &self.classes, at) {
                    let place = place(tokens, first, last, phrase.negatable_inside);
                    self.add(&phrases.targets[phrase.targets.0 as usize..phrase.targets.1 as usize], place, scope);
                }
            }
        }
        if document.may_hold_signs() {
            self.signs(document, flat, phrases, scope);
        }
    }

    /// Looks up every word, and takes the sketch on the way.
    fn look_up(&mut self, document: &Document, flat: &str, vocabulary: &Vocabulary) {
        self.classes.clear();
        self.candidates.clear();
        (self.words, self.capitals) = (0, 0);
        let mut sketch = Sketch::default();
        for (index, token) in document.tokens().iter().enumerate() {
            let class = vocabulary.class_of(document, flat, token, &mut self.spelling);
            self.classes.push(class);
            let known = &vocabulary.classes[class as usize];
            for atom in &vocabulary.atoms[known.atoms.0 as usize..known.atoms.1 as usize] {
                self.atoms.insert(*atom);
            }
            if known.postings.0 != known.postings.1 {
                self.candidates.push(index as u32);
            }
            if token.flags & flags::OPAQUE == 0 {
                self.words += 1;
                self.capitals += u32::from(token.flags & flags::CAPITALS != 0);
                if token.len >= 3 && !known.function {
                    insert(&mut sketch, content_hash(token));
                }
            }
        }
        self.sketch = sketch;
    }

    #[cold]
    fn signs(&mut self, document: &Document, flat: &str, phrases: &Phrases, scope: Scope) {
        let Some(signs) = &phrases.signs else { return };
        let tokens = document.tokens();
        for (from, to) in document.kept() {
            for found in signs.find_iter(&flat[from as usize..to as usize]) {
                let (start, end) = (from + found.start() as u32, from + found.end() as u32);
                let next = tokens.partition_point(|token| token.start < start);
                let before = next.checked_sub(1).and_then(|index| tokens.get(index));
                let in_word = before.is_some_and(|token| token.end > start);
                let runs_on = flat[..end as usize].ends_with(char::is_alphanumeric)
                    && flat[end as usize..].starts_with(char::is_alphanumeric);
                if in_word || runs_on {
                    continue;
                }
                let near = next.saturating_sub(1) as u32;
                let place = Place { first: near, last: near, start, end, negatable_inside: false };
                let (first, last) = phrases.sign_targets[found.pattern().as_usize()];
                self.add(&phrases.targets[first as usize..last as usize], place, scope);
            }
        }
    }

    fn add(&mut self, targets: &[Target], place: Place, scope: Scope) {
        for target in targets {
            match *target {
                Target::List(list) if scope.lists > 0 && self.lists.len() < HITS_MAX => {
                    self.present.insert(list);
                    self.lists.push(ListHit { list, place });
                }
                Target::Entry { role, weight, languages, lexicon }
                    if languages & scope.languages != 0 && self.entries.len() < HITS_MAX =>
                {
                    self.entries.push(EntryHit { role, weight, lexicon, place });
                }
                _ => {}
            }
        }
    }

    /// Leaves out lists that `keep` has no use for, orders what is left, and leaves out what a longer find of the same
    /// list or lexicon covers.
    pub(super) fn order(&mut self, keep: impl Fn(&Present, u32) -> bool) {
        self.lists.retain(|hit| keep(&self.present, hit.list));
        if self.lists.len() > 1 {
            let longest_first = |hit: &ListHit| (hit.list, hit.place.start, std::cmp::Reverse(hit.place.end));
            self.lists.sort_unstable_by_key(longest_first);
            self.lists.dedup_by(|next, kept| next.list == kept.list && next.place.end <= kept.place.end);
        }
        if self.entries.len() > 1 {
            let longest_first = |hit: &EntryHit| (hit.lexicon, hit.place.start, std::cmp::Reverse(hit.place.end));
            self.entries.sort_unstable_by_key(longest_first);
            self.entries.dedup_by(|next, kept| next.lexicon == kept.lexicon && next.place.end <= kept.place.end);
        }
    }

    /// The entries of one role, in order of place within each lexicon.
    pub(super) fn entries_of(&self, role: Role) -> impl Iterator<Item = &EntryHit> {
        self.entries.iter().filter(move |hit| hit.role == role)
    }

    /// Whether the word at `token` says nothing of the subject.
    pub(super) fn is_function_word(&self, vocabulary: &Vocabulary, token: usize) -> bool {
        self.classes.get(token).is_some_and(|class| *class != NO_CLASS && vocabulary.classes[*class as usize].function)
    }
}

fn place(tokens: &[Token], first: usize, last: usize, negatable_inside: bool) -> Place {
    Place {
        first: first as u32,
        last: last as u32,
        start: tokens[first].start,
        end: tokens[last].end,
        negatable_inside,
    }
}

/// The hash by which content words are compared: of the first five bytes, which most inflections leave alone.
#[inline]
fn content_hash(token: &Token) -> u32 {
    let stem = token.key.head & 0xFF_FFFF_FFFF;
    ((stem.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 32) as u32
}

/// Keeps the smallest distinct hashes, ascending.
#[inline]
fn insert(sketch: &mut Sketch, hash: u32) {
    if hash >= sketch.0[SKETCH_WORDS - 1] {
        return;
    }
    let at = sketch.0.partition_point(|kept| *kept < hash);
    if sketch.0[at] != hash {
        sketch.0.copy_within(at..SKETCH_WORDS - 1, at + 1);
        sketch.0[at] = hash;
    }
}
