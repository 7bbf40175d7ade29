//! The terms of all models of one language, as tables that a text's words are looked up in.

use std::collections::BTreeMap;

use hashbrown::HashTable;

use super::Reason;
use crate::score::Strength;
use crate::signal::{Signal, SignalSet};
use crate::text::{Document, Token, WordKey, flags};

/// Most words of a phrase.
pub const PHRASE_WORDS: usize = 6;
/// Letters of a prefix, as in `cance*`; a word must be longer.
pub const PREFIX_LETTERS: usize = 5;
/// Bytes of a prefix, at most.
const PREFIX_BYTES: usize = PREFIX_LETTERS * 4;

/// No node.
const NONE: u32 = 0;

/// A word, a prefix, or the beginning of a phrase.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// The node of its first letters, if they are a term.
    prefix: u32,
    /// Whether it has weights; if not, it is only a part of phrases.
    weighs: bool,
    /// Whether a phrase goes on from here.
    extends: bool,
}

/// A term where it stands.
#[derive(Clone, Copy, Debug)]
struct Hit {
    node: u32,
    first: u32,
    last: u32,
}

/// Buffers that are reused from text to text, and what was judged last.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The strength of each signal that has a model for the text, by [`Signal::index`].
    pub strengths: [Option<Strength>; Signal::COUNT],
    /// The signals whose models reach their thresholds.
    pub found: SignalSet,
    pub(super) sums: [i64; Signal::COUNT],
    words: Vec<u32>,
    hits: Vec<Hit>,
    /// The nodes that were found, as bits: a term counts once a text.
    seen: Vec<u64>,
}

impl Scratch {
    /// Forgets the text that was judged last.
    pub fn clear(&mut self) {
        self.strengths = [None; Signal::COUNT];
        self.found = SignalSet::default();
        self.sums = [0; Signal::COUNT];
        self.words.clear();
        self.hits.clear();
    }
}

/// Nodes by hashes of words. Only the hashes are compared, so that two words may share a node: a wrong weight in one
/// text of billions.
#[derive(Debug, Default)]
struct Index(HashTable<(u64, u32)>);

impl Index {
    #[inline]
    fn get(&self, hash: u64) -> Option<u32> {
        self.0.find(hash, |(known, _)| *known == hash).map(|(_, node)| *node)
    }

    fn insert(&mut self, hash: u64, node: u32) {
        self.0.insert_unique(hash, (hash, node), |(hash, _)| *hash);
    }
}

/// Which keys may be in an index, in so few bytes that asking costs less than looking (Bloom 1970, with one hash).
#[derive(Debug, Default)]
struct Filter(Vec<u64>);

/// Bits of a [`Filter`] for each key.
const FILTER_BITS: usize = 16;

impl Filter {
    fn of(keys: impl ExactSizeIterator<Item = u64>) -> Filter {
        let words = (keys.len() * FILTER_BITS).div_ceil(64).next_power_of_two();
        let mut filter = Filter(vec![0; words]);
        for key in keys {
            let (word, bit) = filter.place(key);
            filter.0[word] |= bit;
        }
        filter
    }

    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        ((key >> 6) as usize & (self.0.len() - 1), 1 << (key & 63))
    }

    #[inline]
    fn may_hold(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Table {
    words: Index,
    prefixes: Index,
    /// By node and next word.
    phrases: Index,
    known_phrases: Filter,
    nodes: Vec<Node>,
    terms: Vec<String>,
    /// The signals that have weights.
    signals: Vec<Signal>,
    /// For each node a weight for each of the signals.
    weights: Vec<i32>,
    added: BTreeMap<String, Vec<(Signal, i32)>>,
}

impl Table {
    /// Memory that it takes up once compiled, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let Table { words, prefixes, phrases, known_phrases, nodes, terms, signals, weights, added: _ } = self;
        [words, prefixes, phrases].map(|index| index.0.allocation_size()).iter().sum::<usize>()
            + size_of_val(known_phrases.0.as_slice())
            + size_of_val(nodes.as_slice())
            + terms.iter().map(|term| size_of_val(term) + term.capacity()).sum::<usize>()
            + size_of_val(signals.as_slice())
            + size_of_val(weights.as_slice())
    }

    /// Adds a term: words with single spaces between them, or a prefix with its `*`.
    pub(super) fn add(&mut self, term: &str, signal: Signal, weight: i32) {
        self.added.entry(term.to_owned()).or_default().push((signal, weight));
    }

    /// Compiles what was added.
    pub(super) fn finish(&mut self) {
        self.node(String::new());
        let mut rows: Vec<(u32, Vec<(Signal, i32)>)> = Vec::new();
        for (term, weights) in std::mem::take(&mut self.added) {
            let node = match term.strip_suffix('*') {
                Some(prefix) => {
                    let node = self.node(term.clone());
                    self.prefixes.insert(WordKey::of(prefix).hash, node);
                    node
                }
                None => self.phrase(&term),
            };
            rows.push((node, weights));
        }
        self.signals = Signal::ALL.iter().copied().filter(|signal| weighs(&rows, *signal)).collect();
        self.weights = vec![0; self.nodes.len() * self.signals.len()];
        for (node, weights) in rows {
            self.nodes[node as usize].weighs = true;
            for (signal, weight) in weights {
                let column = self.signals.iter().position(|other| *other == signal).unwrap_or_default();
                self.weights[node as usize * self.signals.len() + column] += weight;
            }
        }
        for node in 0..self.nodes.len() {
            if let Some(prefix) = prefix_of(&self.terms[node]) {
                self.nodes[node].prefix = self.prefixes.get(WordKey::of(&prefix).hash).unwrap_or(NONE);
            }
        }
        self.known_phrases = Filter::of(self.phrases.0.iter().map(|(key, _)| *key));
    }

    fn node(&mut self, term: String) -> u32 {
        self.nodes.push(Node::default());
        self.terms.push(term);
        (self.nodes.len() - 1) as u32
    }

    /// The node of a phrase; its words and beginnings get nodes, too.
    fn phrase(&mut self, term: &str) -> u32 {
        let mut node = NONE;
        for (index, word) in term.split(' ').enumerate() {
            let hash = WordKey::of(word).hash;
            let known = self.words.get(hash);
            let word_node = known.unwrap_or_else(|| {
                let fresh = self.node(word.to_owned());
                self.words.insert(hash, fresh);
                fresh
            });
            node = if index == 0 { word_node } else { self.extension(node, word_node, word) };
        }
        node
    }

    fn extension(&mut self, node: u32, word_node: u32, word: &str) -> u32 {
        self.nodes[node as usize].extends = true;
        if let Some(known) = self.phrases.get(phrase_key(node, word_node)) {
            return known;
        }
        let fresh = self.node(format!("{} {word}", self.terms[node as usize]));
        self.phrases.insert(phrase_key(node, word_node), fresh);
        fresh
    }

    /// How many words, prefixes and phrases there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Finds all terms in `document` and sums their weights.
    pub(super) fn search(&self, document: &Document, flat: &str, scratch: &mut Scratch) {
        scratch.seen.clear();
        scratch.seen.resize(self.nodes.len().div_ceil(64), 0);
        let tokens = document.tokens();
        let mut sums = [0; Signal::COUNT];
        for (at, token) in tokens.iter().enumerate() {
            let word = self.word(token);
            scratch.words.push(word);
            let prefix =
                if word == NONE { self.prefix(document, flat, token) } else { self.nodes[word as usize].prefix };
            for node in [word, prefix].into_iter().filter(|node| *node != NONE) {
                self.count(Hit { node, first: at as u32, last: at as u32 }, scratch, &mut sums);
            }
        }
        for first in 0..tokens.len() {
            let mut node = scratch.words[first];
            let mut last = first;
            while self.nodes[node as usize].extends {
                last += 1;
                if tokens.get(last).is_none_or(|token| token.sentence != tokens[first].sentence) {
                    break;
                }
                let key = phrase_key(node, scratch.words[last]);
                let Some(next) = self.known_phrases.may_hold(key).then(|| self.phrases.get(key)).flatten() else {
                    break;
                };
                node = next;
                self.count(Hit { node, first: first as u32, last: last as u32 }, scratch, &mut sums);
            }
        }
        for (signal, sum) in self.signals.iter().zip(sums) {
            scratch.sums[signal.index()] = sum;
        }
    }

    #[inline]
    fn word(&self, token: &Token) -> u32 {
        if token.flags & (flags::OPAQUE | flags::NUMBER) != 0 {
            return NONE;
        }
        self.words.get(token.key.hash).unwrap_or(NONE)
    }

    /// The node of the first letters of a word that is in no term.
    fn prefix(&self, document: &Document, flat: &str, token: &Token) -> u32 {
        let odd = flags::OPAQUE | flags::NUMBER | flags::MIXED | flags::DISGUISED;
        if usize::from(token.len) <= PREFIX_LETTERS || token.flags & odd != 0 || self.prefixes.0.is_empty() {
            return NONE;
        }
        match token.key.plain_prefix::<PREFIX_LETTERS>() {
            Some(key) => self.prefixes.get(key.hash).unwrap_or(NONE),
            None => self.other_prefix(document.word(flat, token)),
        }
    }

    /// The same for a word whose first letters are not all ASCII.
    #[cold]
    fn other_prefix(&self, word: &str) -> u32 {
        let Some((end, _)) = word.char_indices().nth(PREFIX_LETTERS) else { return NONE };
        let mut bytes = [0; PREFIX_BYTES];
        let Some(buffer) = bytes.get_mut(..end) else { return NONE };
        buffer.copy_from_slice(&word.as_bytes()[..end]);
        buffer.make_ascii_lowercase();
        let prefix = std::str::from_utf8(buffer).unwrap_or_default();
        self.prefixes.get(WordKey::of(prefix).hash).unwrap_or(NONE)
    }

    #[inline]
    fn count(&self, hit: Hit, scratch: &mut Scratch, sums: &mut [i64; Signal::COUNT]) {
        let (word, bit) = (hit.node as usize / 64, 1 << (hit.node % 64));
        if !self.nodes[hit.node as usize].weighs || scratch.seen[word] & bit != 0 {
            return;
        }
        scratch.seen[word] |= bit;
        scratch.hits.push(hit);
        for (sum, weight) in sums.iter_mut().zip(self.row(hit.node)) {
            *sum += i64::from(*weight);
        }
    }

    /// The weights of a node, by signal.
    #[inline]
    fn row(&self, node: u32) -> &[i32] {
        &self.weights[node as usize * self.signals.len()..][..self.signals.len()]
    }

    fn weight(&self, node: u32, signal: Signal) -> i32 {
        self.signals.iter().position(|other| *other == signal).map_or(0, |column| self.row(node)[column])
    }

    /// The terms found last that have a weight for `signal`, in order of place.
    pub(super) fn reasons(&self, signal: Signal, document: &Document, scratch: &Scratch) -> Vec<Reason> {
        let weighed =
            scratch.hits.iter().map(|hit| (hit, self.weight(hit.node, signal))).filter(|(_, weight)| *weight != 0);
        let reason = |(hit, weight): (&Hit, i32)| Reason {
            term: self.terms[hit.node as usize].clone(),
            weight,
            span: Some(span(document, hit)),
        };
        weighed.map(reason).collect()
    }

    /// The span of the term found last that has the greatest positive weight for `signal`.
    pub(super) fn heaviest(&self, signal: Signal, document: &Document, scratch: &Scratch) -> Option<(u32, u32)> {
        let weighed =
            scratch.hits.iter().map(|hit| (self.weight(hit.node, signal), hit)).filter(|(weight, _)| *weight > 0);
        let (_, hit) = weighed.max_by_key(|(weight, hit)| (*weight, std::cmp::Reverse(hit.first)))?;
        Some(span(document, hit))
    }
}

fn span(document: &Document, hit: &Hit) -> (u32, u32) {
    let tokens = document.tokens();
    (tokens[hit.first as usize].start, tokens[hit.last as usize].end)
}

/// Mixed, so that it serves as its own hash.
#[inline]
fn phrase_key(node: u32, word: u32) -> u64 {
    let pair = u64::from(node) << 32 | u64::from(word);
    let product = u128::from(pair) * 0x9E37_79B9_7F4A_7C15_u128;
    (product as u64) ^ ((product >> 64) as u64)
}

fn weighs(rows: &[(u32, Vec<(Signal, i32)>)], signal: Signal) -> bool {
    rows.iter().any(|(_, weights)| weights.iter().any(|(other, _)| *other == signal))
}

/// The first letters of a word that is longer; `None` for phrases and prefixes.
#[must_use]
pub fn prefix_of(word: &str) -> Option<String> {
    if word.contains([' ', '*']) || word.chars().count() <= PREFIX_LETTERS {
        return None;
    }
    let prefix: String = word.chars().take(PREFIX_LETTERS).collect();
    prefix.chars().all(char::is_alphanumeric).then_some(prefix)
}
