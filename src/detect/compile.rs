//! Gathers the phrases of lexicons and rules, from which the tables that a text is searched with are made. Runs once,
//! when files load.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::hash_table::Entry;
use hashbrown::{HashSet, HashTable};

use super::anchor;
use super::phrases::{Phrases, Target};
use super::surfaces::Surfaces;
use super::vocabulary::{AtomIndex, Vocabulary};
use crate::lexicon::term::{Atom, Element, Phrase};
use crate::lexicon::{Language, Lexicons, Role, inflections};
use crate::signal::Signal;

/// Words that say nothing of a subject.
pub(super) type FunctionWords = HashSet<Arc<str>, FixedState>;

/// What one word of a text must be, with its parts by number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum AtomKind {
    /// This word.
    Word(Box<str>),
    /// Any word that begins so, and its inflections in the languages given as bits.
    Prefix(Box<str>, u8),
    /// Any number.
    Number,
    /// Any of these.
    OneOf(Box<[AtomIndex]>),
}

/// One step of a phrase: its atom, and how many other words may stand before it.
pub(super) type Steps = [(AtomIndex, u8)];

/// Gathers phrases with their targets, for texts of one language.
#[derive(Default)]
pub(super) struct Compiler {
    /// By [`AtomIndex`].
    pub(super) atoms: Vec<AtomKind>,
    by_kind: HashTable<AtomIndex>,
    /// The steps of all phrases, one after the other.
    steps: Vec<(AtomIndex, u8)>,
    /// For each phrase where its steps begin, how many there are, and what it is looked for on behalf of.
    phrases: Vec<(u32, u8, Target)>,
    pub(super) signs: BTreeMap<String, Vec<Target>>,
    pub(super) function_words: FunctionWords,
    /// Words whose disguises are looked for, the likeliest with the lowest rank: swear words first, the strongest before.
    pub(super) disguisable: BTreeMap<String, (bool, i16)>,
    negators: BTreeSet<AtomIndex>,
}

impl Compiler {
    /// Adds every entry of the lexicons of `language`, and of those for every language.
    pub(super) fn add_lexicons(&mut self, lexicons: &Lexicons, language: Language) {
        for (number, lexicon) in lexicons.all().iter().enumerate() {
            let languages = [lexicon.language];
            if lexicon.language != language && lexicon.language != Language::Any {
                continue;
            }
            for entry in &lexicon.entries {
                let target = Target::Entry { role: lexicon.role, weight: entry.weight, lexicon: number as u16 };
                for phrase in &entry.phrases {
                    self.note(lexicon.role, entry.weight, phrase, &languages);
                    if lexicon.role != Role::FunctionWord && lexicon.role != Role::Other {
                        self.add(phrase, &languages, target);
                    }
                }
            }
        }
    }

    /// Remembers what a lexicon says of single words beside its weights.
    fn note(&mut self, role: Role, weight: i16, phrase: &Phrase, languages: &[Language]) {
        let Phrase::Words(elements) = phrase else { return };
        let [Element { atom, .. }] = elements.as_slice() else { return };
        match (role, atom) {
            (Role::FunctionWord, Atom::Word(word)) => {
                self.function_words.insert(word.clone());
                // So that the word is in the table.
                self.atom(atom, languages);
            }
            (Role::Signal(signal @ (Signal::Profanity | Signal::Abuse)), atom) => {
                let forms = match atom {
                    Atom::Word(word) => BTreeSet::from([word.to_string()]),
                    Atom::Prefix(prefix) => {
                        languages.iter().flat_map(|language| inflections(prefix, *language)).collect()
                    }
                    Atom::Number | Atom::OneOf(_) => return,
                };
                let rank = (signal == Signal::Abuse, -weight);
                for form in forms {
                    let known = self.disguisable.entry(form).or_insert(rank);
                    *known = rank.min(*known);
                }
            }
            (Role::Negator, atom) if weight > 0 => {
                let atom = self.atom(atom, languages);
                self.negators.insert(atom);
            }
            _ => {}
        }
    }

    /// Adds a phrase on behalf of `target`; inflections are made for `languages`.
    pub(super) fn add(&mut self, phrase: &Phrase, languages: &[Language], target: Target) {
        match phrase {
            Phrase::Sign(sign) => {
                let targets = self.signs.entry(sign.clone()).or_default();
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
            Phrase::Words(elements) => {
                let first = self.steps.len() as u32;
                for element in elements {
                    let atom = self.atom(&element.atom, languages);
                    self.steps.push((atom, element.gap));
                }
                // No phrase has more than `term::ELEMENTS_MAX` steps.
                self.phrases.push((first, elements.len() as u8, target));
            }
        }
    }

    fn atom(&mut self, atom: &Atom, languages: &[Language]) -> AtomIndex {
        match atom {
            Atom::Word(word) => {
                let is = |kind: &AtomKind| matches!(kind, AtomKind::Word(known) if **known == **word);
                self.intern((0, &**word), is, || AtomKind::Word(Box::from(&**word)))
            }
            // Words and numbers are the same in every language; inflections are not.
            Atom::Prefix(prefix) => {
                let bits = languages.iter().fold(0, |bits, language| bits | language.bit());
                let is =
                    |kind: &AtomKind| matches!(kind, AtomKind::Prefix(known, of) if **known == **prefix && *of == bits);
                self.intern((1, &**prefix), is, || AtomKind::Prefix(Box::from(&**prefix), bits))
            }
            Atom::Number => self.intern((2, ()), |kind| *kind == AtomKind::Number, || AtomKind::Number),
            Atom::OneOf(atoms) => {
                let members: Vec<AtomIndex> = atoms.iter().map(|atom| self.atom(atom, languages)).collect();
                let is = |kind: &AtomKind| matches!(kind, AtomKind::OneOf(known) if **known == *members);
                self.intern((3, &members), is, || AtomKind::OneOf(members.as_slice().into()))
            }
        }
    }

    /// The number of the atom that is `is`, made if it is not there; `key` says what it hashes by.
    fn intern(&mut self, key: impl Hash, is: impl Fn(&AtomKind) -> bool, make: impl FnOnce() -> AtomKind) -> AtomIndex {
        let hash = hash(key);
        if let Some(known) = self.by_kind.find(hash, |index| is(&self.atoms[*index as usize])) {
            return *known;
        }
        let index = self.atoms.len() as AtomIndex;
        self.atoms.push(make());
        let atoms = &self.atoms;
        self.by_kind.insert_unique(hash, index, |index| match &atoms[*index as usize] {
            AtomKind::Word(word) => self::hash((0, &**word)),
            AtomKind::Prefix(prefix, _) => self::hash((1, &**prefix)),
            AtomKind::Number => self::hash((2, ())),
            AtomKind::OneOf(members) => self::hash((3, members)),
        });
        index
    }

    /// The finished tables.
    pub(super) fn finish(mut self) -> (Vocabulary, Phrases) {
        let phrases = std::mem::take(&mut self.phrases);
        let steps = std::mem::take(&mut self.steps);
        let steps_of = |phrase: &(u32, u8, Target)| &steps[phrase.0 as usize..][..usize::from(phrase.1)];
        // By first adding, so that tables are the same in every run.
        let mut gathered: Vec<(&Steps, Vec<Target>)> = Vec::new();
        let mut known: HashTable<u32> = HashTable::with_capacity(phrases.len());
        for phrase in &phrases {
            let (same, target) = (steps_of(phrase), phrase.2);
            let entry =
                known.entry(hash(same), |at| gathered[*at as usize].0 == same, |at| hash(gathered[*at as usize].0));
            match entry {
                Entry::Occupied(at) => {
                    let targets = &mut gathered[*at.get() as usize].1;
                    if !targets.contains(&target) {
                        targets.push(target);
                    }
                }
                Entry::Vacant(place) => {
                    place.insert(gathered.len() as u32);
                    gathered.push((same, vec![target]));
                }
            }
        }
        let surfaces = Surfaces::of(&self);
        anchor::tables(&self, &surfaces, &gathered)
    }

    /// The atoms that negate, and those that stand for one of them among others.
    pub(super) fn negates(&self) -> Vec<bool> {
        let mut negates = vec![false; self.atoms.len()];
        for atom in &self.negators {
            negates[*atom as usize] = true;
        }
        for (index, kind) in self.atoms.iter().enumerate() {
            if let AtomKind::OneOf(members) = kind {
                negates[index] = members.iter().any(|atom| negates[*atom as usize]);
            }
        }
        negates
    }
}

/// A hash that is the same in every run.
pub(super) fn hash(key: impl Hash) -> u64 {
    FixedState::with_seed(0).hash_one(key)
}

/// Lists of items by number, one after the other in one vector.
#[derive(Debug, Default)]
pub(super) struct Lists<T> {
    /// Where each list begins; one more than there are lists.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Lists<T> {
    /// `count` lists out of items with the number of their list; within a list they keep their order.
    pub(super) fn of(count: usize, pairs: &[(u32, T)]) -> Lists<T> {
        let mut starts = vec![0_u32; count + 1];
        for (list, _) in pairs {
            starts[*list as usize + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let Some((_, some)) = pairs.first() else { return Lists { starts, items: Vec::new() } };
        let mut items = vec![*some; pairs.len()];
        for (list, item) in pairs {
            let at = &mut next[*list as usize];
            items[*at as usize] = *item;
            *at += 1;
        }
        Lists { starts, items }
    }

    /// The items of one list.
    pub(super) fn get(&self, list: u32) -> &[T] {
        &self.items[self.starts[list as usize] as usize..self.starts[list as usize + 1] as usize]
    }

    /// The items of one list, to change.
    pub(super) fn get_mut(&mut self, list: u32) -> &mut [T] {
        &mut self.items[self.starts[list as usize] as usize..self.starts[list as usize + 1] as usize]
    }

    /// Adds a list.
    pub(super) fn push(&mut self, items: &[T]) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.items.extend_from_slice(items);
        self.starts.push(self.items.len() as u32);
    }

    /// How many lists there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
}
