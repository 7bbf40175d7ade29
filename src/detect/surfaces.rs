//! The words that can stand for an atom: the word itself, its inflections, how people write it in a hurry.

use hashbrown::HashTable;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::compile::{AtomKind, Compiler, FunctionWords, Lists, hash};
use super::vocabulary::AtomIndex;
use crate::lexicon::{Language, beside_prefix};

/// Bytes of a spelling without accents, at least.
const PLAIN_MIN: usize = 4;

/// Words and prefixes, each with the atoms that it matches.
pub(super) struct Surfaces {
    /// The words.
    pub(super) words: Spellings,
    /// By word, in ascending order.
    pub(super) atoms_of_words: Lists<AtomIndex>,
    /// The prefixes.
    pub(super) prefixes: Spellings,
    /// By prefix, in ascending order.
    pub(super) atoms_of_prefixes: Lists<AtomIndex>,
    /// The atom that is any number, if there is one.
    pub(super) number: Option<AtomIndex>,
}

/// Distinct words, numbered in the order of adding.
#[derive(Default)]
pub(super) struct Spellings {
    all: Vec<Box<str>>,
    index: HashTable<u32>,
}

impl Spellings {
    fn find(&self, word: &str) -> Option<u32> {
        self.index.find(hash(word), |known| *self.all[*known as usize] == *word).copied()
    }

    fn add(&mut self, word: &str) -> u32 {
        if let Some(known) = self.find(word) {
            return known;
        }
        let number = self.all.len() as u32;
        self.all.push(word.into());
        let all = &self.all;
        self.index.insert_unique(hash(word), number, |known| hash(&all[*known as usize]));
        number
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.all.iter().enumerate().map(|(number, word)| (number as u32, &**word))
    }

    fn len(&self) -> usize {
        self.all.len()
    }
}

impl Surfaces {
    pub(super) fn of(compiler: &Compiler) -> Surfaces {
        let (mut words, mut prefixes, mut number) = (Spellings::default(), Spellings::default(), None);
        let (mut pairs, mut prefix_pairs) = (Vec::new(), Vec::new());
        for (index, kind) in compiler.atoms.iter().enumerate() {
            let index = index as AtomIndex;
            match kind {
                AtomKind::Word(word) => {
                    pairs.push((words.add(word), index));
                    if let Some(bare) = without_apostrophe(word) {
                        pairs.push((words.add(&bare), index));
                    }
                }
                AtomKind::Prefix(prefix, languages) => {
                    prefix_pairs.push((prefixes.add(prefix), index));
                    for language in Language::ALL.into_iter().filter(|language| languages & language.bit() != 0) {
                        let forms = beside_prefix(prefix, language);
                        pairs.extend(forms.iter().map(|form| (words.add(form), index)));
                    }
                }
                AtomKind::Number => number = Some(index),
                AtomKind::OneOf(_) => {}
            }
        }
        add_plain_spellings(&mut words, &mut pairs, &compiler.function_words);
        add_plain_prefixes(&mut prefixes, &mut prefix_pairs);
        let (own, own_prefixes) = (Lists::of(words.len(), &pairs), Lists::of(prefixes.len(), &prefix_pairs));
        let (mut atoms_of_words, mut atoms_of_prefixes) = (Lists::default(), Lists::default());
        let mut atoms: Vec<AtomIndex> = Vec::new();
        let add_prefixes = |atoms: &mut Vec<AtomIndex>, word: &str| {
            for end in word.char_indices().map(|(at, _)| at).skip(1).chain([word.len()]) {
                if let Some(prefix) = prefixes.find(&word[..end]) {
                    atoms.extend(own_prefixes.get(prefix));
                }
            }
            atoms.sort_unstable();
            atoms.dedup();
        };
        for (word, text) in words.iter() {
            atoms.clear();
            atoms.extend(own.get(word));
            atoms.extend(number.filter(|_| text.bytes().all(|byte| byte.is_ascii_digit())));
            add_prefixes(&mut atoms, text);
            atoms_of_words.push(&atoms);
        }
        for (_, text) in prefixes.iter() {
            atoms.clear();
            add_prefixes(&mut atoms, text);
            atoms_of_prefixes.push(&atoms);
        }
        Surfaces { atoms_of_words, atoms_of_prefixes, words, prefixes, number }
    }
}

/// Adds how people write words who leave out accents (`cancelacion`) or write umlauts out (`kuendigen`), where that is
/// no other word.
fn add_plain_spellings(words: &mut Spellings, pairs: &mut Vec<(u32, AtomIndex)>, function_words: &FunctionWords) {
    let known = words.len() as u32;
    let atoms = Lists::of(words.len(), pairs);
    let accented: Vec<(u32, Box<str>)> =
        words.iter().filter(|(_, word)| !word.is_ascii()).map(|(number, word)| (number, word.into())).collect();
    for (number, word) in accented {
        for spelling in [without_accents(&word), without_umlauts(&word)] {
            let is_other =
                words.find(&spelling).is_some_and(|other| other < known) || function_words.contains(&*spelling);
            // Without its accent a short word often is another one (`más`, `sì`, `dê`).
            if !is_other && spelling.len() >= PLAIN_MIN {
                let plain = words.add(&spelling);
                pairs.extend(atoms.get(number).iter().map(|atom| (plain, *atom)));
            }
        }
    }
}

/// The same for the beginnings of words. A beginning finds words that nobody wrote down, so that only the spelling counts
/// that a German writes without umlauts (`drueck…`, for `druck…` begins other words), or that is left without accents.
fn add_plain_prefixes(prefixes: &mut Spellings, pairs: &mut Vec<(u32, AtomIndex)>) {
    let atoms = Lists::of(prefixes.len(), pairs);
    let known = prefixes.len() as u32;
    let accented: Vec<(u32, Box<str>)> = prefixes
        .iter()
        .filter(|(_, prefix)| !prefix.is_ascii())
        .map(|(number, prefix)| (number, prefix.into()))
        .collect();
    for (number, prefix) in accented {
        let spelling = without_accents(&without_umlauts(&prefix));
        if spelling.len() >= PLAIN_MIN && prefixes.find(&spelling).is_none_or(|other| other >= known) {
            let plain = prefixes.add(&spelling);
            pairs.extend(atoms.get(number).iter().map(|atom| (plain, *atom)));
        }
    }
}

/// How people write a word who leave out its apostrophe, where that is no other word (`we're` would be `were`).
fn without_apostrophe(word: &str) -> Option<String> {
    let is_safe = word.ends_with("n't")
        || matches!(
            word,
            "i'm" | "i've" | "you're" | "you've" | "they're" | "they've" | "we've" | "that's" | "what's" | "it's"
        );
    is_safe.then(|| word.replace('\'', ""))
}

/// `word` without accents: the letters that its canonical decomposition begins with.
fn without_accents(word: &str) -> String {
    word.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// `word` with German umlauts written out.
fn without_umlauts(word: &str) -> String {
    word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss")
}
