//! The terms of all models of one language, as tables that a text's words are looked up in.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

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
    /// Its weights, a span of [`Table::weights`]; empty when it is only a part of phrases.
    weights: (u32, u32),
    /// The node of its first letters, if they are a term.
    prefix: u32,
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
    /// For each node the text that it was last found in: a term counts once a text.
    seen: Vec<u32>,
    text: u32,
}

impl Scratch {
    /// Forgets the text that was judged last.
    pub fn clear(&mut self) {
        self.strengths = [None; Signal::COUNT];
        self.found = SignalSet::default();
        self.sums = [0; Signal::COUNT];
        self.words.clear();
        self.hits.clear();
        self.text = self.text.wrapping_add(1);
        if self.text == 0 {
            self.seen.fill(0);
            self.text = 1;
        }
    }
}

/// Keys are hashes of words already, so that two words may share one: a wrong weight in one text of billions.
type Index = HashMap<u64, u32, FixedState>;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Table {
    words: Index,
    prefixes: Index,
    /// By node and next word.
    phrases: Index,
    nodes: Vec<Node>,
    terms: Vec<String>,
    weights: Vec<(Signal, i32)>,
    added: BTreeMap<String, Vec<(Signal, i32)>>,
}

impl Table {
    /// Adds a term: words with single spaces between them, or a prefix with its `*`.
    pub(super) fn add(&mut self, term: &str, signal: Signal, weight: i32) {
        self.added.entry(term.to_owned()).or_default().push((signal, weight));
    }

    /// Compiles what was added.
    pub(super) fn finish(&mut self) {
        self.node(String::new());
        for (term, weights) in std::mem::take(&mut self.added) {
            let node = match term.strip_suffix('*') {
                Some(prefix) => {
                    let node = self.node(term.clone());
                    self.prefixes.insert(WordKey::of(prefix).hash, node);
                    node
                }
                None => self.phrase(&term),
            };
            let start = self.weights.len() as u32;
            self.weights.extend(weights);
            self.nodes[node as usize].weights = (start, self.weights.len() as u32);
        }
        for node in 0..self.nodes.len() {
            if let Some(prefix) = prefix_of(&self.terms[node]) {
                self.nodes[node].prefix = self.prefixes.get(&WordKey::of(&prefix).hash).copied().unwrap_or(NONE);
            }
        }
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
            let known = self.words.get(&hash).copied();
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
        if let Some(known) = self.phrases.get(&phrase_key(node, word_node)) {
            return *known;
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
        if scratch.seen.len() < self.nodes.len() {
            scratch.seen.resize(self.nodes.len(), 0);
        }
        let tokens = document.tokens();
        for (at, token) in tokens.iter().enumerate() {
            let word = self.word(token);
            scratch.words.push(word);
            let prefix =
                if word == NONE { self.prefix(document, flat, token) } else { self.nodes[word as usize].prefix };
            for node in [word, prefix] {
                self.count(Hit { node, first: at as u32, last: at as u32 }, scratch);
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
                let Some(next) = self.phrases.get(&phrase_key(node, scratch.words[last])) else { break };
                node = *next;
                self.count(Hit { node, first: first as u32, last: last as u32 }, scratch);
            }
        }
    }

    #[inline]
    fn word(&self, token: &Token) -> u32 {
        if token.flags & (flags::OPAQUE | flags::NUMBER) != 0 {
            return NONE;
        }
        self.words.get(&token.key.hash).copied().unwrap_or(NONE)
    }

    /// The node of the first letters of a word that is in no term.
    fn prefix(&self, document: &Document, flat: &str, token: &Token) -> u32 {
        let odd = flags::OPAQUE | flags::NUMBER | flags::MIXED | flags::DISGUISED;
        if usize::from(token.len) <= PREFIX_LETTERS || token.flags & odd != 0 || self.prefixes.is_empty() {
            return NONE;
        }
        let word = document.word(flat, token);
        let Some((end, _)) = word.char_indices().nth(PREFIX_LETTERS) else { return NONE };
        let mut bytes = [0; PREFIX_BYTES];
        let Some(buffer) = bytes.get_mut(..end) else { return NONE };
        buffer.copy_from_slice(&word.as_bytes()[..end]);
        buffer.make_ascii_lowercase();
        let prefix = std::str::from_utf8(buffer).unwrap_or_default();
        self.prefixes.get(&WordKey::of(prefix).hash).copied().unwrap_or(NONE)
    }

    #[inline]
    fn count(&self, hit: Hit, scratch: &mut Scratch) {
        let (start, end) = self.nodes[hit.node as usize].weights;
        if start == end || std::mem::replace(&mut scratch.seen[hit.node as usize], scratch.text) == scratch.text {
            return;
        }
        scratch.hits.push(hit);
        for (signal, weight) in &self.weights[start as usize..end as usize] {
            scratch.sums[signal.index()] += i64::from(*weight);
        }
    }

    fn weight(&self, node: u32, signal: Signal) -> i32 {
        let (start, end) = self.nodes[node as usize].weights;
        self.weights[start as usize..end as usize]
            .iter()
            .filter(|(of, _)| *of == signal)
            .map(|(_, weight)| weight)
            .sum()
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

fn phrase_key(node: u32, word: u32) -> u64 {
    u64::from(node) << 32 | u64::from(word)
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
