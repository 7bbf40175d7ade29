//! Searches one text for all phrases: what stands where, before any rule is asked.

use std::ops::Range;

use super::gate::Present;
use super::phrases::{Companions, Paired, Phrases, Target};
use super::vocabulary::{ClassIndex, NO_CLASS, Vocabulary};
use super::{SKETCH_WORDS, Sketch};
use crate::lexicon::Role;
use crate::text::{Document, Token, flags};

/// Places of one text that are kept; a text with more than that has been understood long before.
const HITS_MAX: usize = 1_024;

/// Words of a text that memory is kept ready for.
const WORDS_USUAL: usize = 512;

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
    companions: Companions,
    /// Phrases of several words and signs that stand in the text: what they stand for, a span of [`Phrases::targets`].
    found: Vec<((u32, u32), Place)>,
    /// The lists that have a hit.
    pub(super) present: Present,
    /// Of these, the lists of rules that can fire.
    wanted: Present,
    /// By list, then place; a place inside a longer one of the same list is left out.
    pub(super) lists: Vec<ListHit>,
    /// By lexicon, then place; a place inside a longer one of the same lexicon is left out.
    pub(super) entries: Vec<EntryHit>,
    pub(super) sketch: Sketch,
    /// Words that are language.
    pub(super) words: u32,
    /// Words in capitals.
    pub(super) capitals: u32,
    spelling: String,
}

impl Hits {
    /// Searches `document` for all phrases. Places are kept of the lexicons' terms; of lists it is only known which have
    /// hits, of as many lists as `keys` is for.
    pub(super) fn search(
        &mut self,
        (document, flat): (&Document, &str),
        (vocabulary, phrases): (&Vocabulary, &Phrases),
        keys: &Present,
    ) {
        self.clear(keys);
        self.companions.clear(phrases.companions);
        self.look_up(document, flat, vocabulary);
        let tokens = document.tokens();
        for index in 0..self.candidates.len() {
            let at = self.candidates[index] as usize;
            let class = &vocabulary.classes[self.classes[at] as usize];
            for target in &phrases.singles[class.singles.0 as usize..class.singles.1 as usize] {
                self.note(target, || place(tokens, at, at, false));
            }
            if let Some(next) = self.classes.get(at + 1).copied()
                && class.may_pair(self.classes[at], next, &vocabulary.classes[next as usize])
            {
                let (complete, longer) = phrases.of_pair(class, next);
                if tokens[at].sentence == tokens[at + 1].sentence {
                    for Paired { phrase, .. } in complete {
                        self.find(phrases, phrases.phrases[*phrase as usize].targets, place(tokens, at, at + 1, false));
                    }
                }
                for paired in longer {
                    if !paired.may_stand(vocabulary, &self.classes, at) {
                        continue;
                    }
                    let phrase = &phrases.phrases[paired.phrase as usize];
                    if let Some((first, last)) = phrases.matched(phrase, vocabulary, tokens, &self.classes, at) {
                        self.find(phrases, phrase.targets, place(tokens, first, last, phrase.negatable_inside));
                    }
                }
            }
            for posting in &phrases.postings[class.postings.0 as usize..class.postings.1 as usize] {
                if !self.companions.allow(posting, at) {
                    continue;
                }
                let phrase = &phrases.phrases[posting.phrase as usize];
                if let Some((first, last)) = phrases.matched(phrase, vocabulary, tokens, &self.classes, at) {
                    self.find(phrases, phrase.targets, place(tokens, first, last, phrase.negatable_inside));
                }
            }
        }
        if document.may_hold_signs() {
            self.signs(document, flat, phrases);
        }
        if self.entries.len() > 1 {
            let longest_first = |hit: &EntryHit| (hit.lexicon, hit.place.start, std::cmp::Reverse(hit.place.end));
            self.entries.sort_unstable_by_key(longest_first);
            self.entries.dedup_by(|next, kept| next.lexicon == kept.lexicon && next.place.end <= kept.place.end);
        }
    }

    /// Places the hits of lists. `gate` is asked of a list that has a hit and is one of `keys`: which lists its rule has,
    /// and whether the rule can fire. Places are kept of those alone; most texts have a few words of many rules, and all
    /// that a rule needs of hardly any.
    pub(super) fn place(
        &mut self,
        document: &Document,
        (vocabulary, phrases): (&Vocabulary, &Phrases),
        keys: &Present,
        gate: impl Fn(&Present, u32) -> (Range<u32>, bool),
    ) {
        if !self.choose(keys, gate) {
            return;
        }
        self.place_lists(document, vocabulary, phrases);
        let longest_first = |hit: &ListHit| (hit.list, hit.place.start, std::cmp::Reverse(hit.place.end));
        self.lists.sort_unstable_by_key(longest_first);
        self.lists.dedup_by(|next, kept| next.list == kept.list && next.place.end <= kept.place.end);
    }

    /// Forgets everything; there are as many lists as `keys` has.
    fn clear(&mut self, keys: &Present) {
        self.present.clear(keys);
        self.lists.clear();
        self.entries.clear();
        self.found.clear();
        // Once, so that no later text takes memory.
        self.lists.reserve(HITS_MAX);
        self.entries.reserve(HITS_MAX);
        self.found.reserve(HITS_MAX);
    }

    /// Notes a phrase or a sign.
    fn find(&mut self, phrases: &Phrases, targets: (u32, u32), place: Place) {
        for target in &phrases.targets[targets.0 as usize..targets.1 as usize] {
            self.note(target, || place);
        }
        if self.found.len() < HITS_MAX {
            self.found.push((targets, place));
        }
    }

    /// Notes that `target` has a hit: the place of an entry, of a list just that it has one.
    #[inline]
    fn note(&mut self, target: &Target, place: impl FnOnce() -> Place) {
        match *target {
            Target::List(list) => self.present.insert(list),
            Target::Entry { role, weight, lexicon } => {
                if self.entries.len() < HITS_MAX {
                    self.entries.push(EntryHit { role, weight, lexicon, place: place() });
                }
            }
        }
    }

    /// Chooses the lists of rules that can fire; whether there are any.
    fn choose(&mut self, keys: &Present, gate: impl Fn(&Present, u32) -> (Range<u32>, bool)) -> bool {
        self.wanted.clear(keys);
        let (mut any, mut from) = (false, 0);
        while let Some(list) = self.present.next_of(keys, from) {
            let (lists, is_open) = gate(&self.present, list);
            if is_open {
                any = true;
                lists.clone().for_each(|list| self.wanted.insert(list));
            }
            from = lists.end.max(list + 1);
        }
        any
    }

    /// Adds the places of the lists that are wanted.
    fn place_lists(&mut self, document: &Document, vocabulary: &Vocabulary, phrases: &Phrases) {
        let Hits { lists, wanted, candidates, classes, found, .. } = self;
        let is_wanted = |target: &Target| match *target {
            Target::List(list) if wanted.contains(list) => Some(list),
            _ => None,
        };
        for at in candidates.iter().map(|at| *at as usize) {
            let (from, to) = vocabulary.classes[classes[at] as usize].singles;
            for list in phrases.singles[from as usize..to as usize].iter().filter_map(is_wanted) {
                lists.push(ListHit { list, place: place(document.tokens(), at, at, false) });
            }
            if lists.len() >= HITS_MAX {
                break;
            }
        }
        for ((from, to), place) in found.iter() {
            let wanted = phrases.targets[*from as usize..*to as usize].iter().filter_map(is_wanted);
            lists.extend(wanted.map(|list| ListHit { list, place: *place }));
            if lists.len() >= HITS_MAX {
                break;
            }
        }
        lists.truncate(HITS_MAX);
    }

    /// Looks up every word, and takes the sketch on the way.
    fn look_up(&mut self, document: &Document, flat: &str, vocabulary: &Vocabulary) {
        self.classes.clear();
        self.candidates.clear();
        self.candidates.reserve(document.tokens().len().max(WORDS_USUAL));
        (self.words, self.capitals) = (0, 0);
        let mut sketch = Sketch::default();
        let spelling = &mut self.spelling;
        let classes = document.tokens().iter().map(|token| vocabulary.class_of(document, flat, token, spelling));
        self.classes.extend(classes);
        for (index, (token, class)) in document.tokens().iter().zip(&self.classes).enumerate() {
            let known = &vocabulary.classes[*class as usize];
            for companion in &vocabulary.companions[known.companions.0 as usize..known.companions.1 as usize] {
                self.companions.insert(*companion, index);
            }
            if known.is_candidate() {
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
    fn signs(&mut self, document: &Document, flat: &str, phrases: &Phrases) {
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
                self.find(phrases, phrases.sign_targets[found.pattern().as_usize()], place);
            }
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
