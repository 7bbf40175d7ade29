//! What must be in a text for a rule to be worth asking: most texts have a few words of many rules, and all that a
//! condition needs of hardly any.

use crate::message::AuthorType;
use crate::rules::condition::{Comparison, Condition, Node};

/// Clauses of one gate, at most; a condition that would need more is let through more often.
const CLAUSES_MAX: usize = 12;

/// A necessary condition of a rule's condition, in terms of which of its lists have a hit anywhere in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gate {
    /// Each names lists (bit 0 is the rule's first) of which one must have a hit.
    clauses: Vec<u64>,
    /// The authors for whom the rule can fire, as bits.
    authors: u8,
    /// Lists, as bits, of which one has a hit wherever the gate is open: of all clauses those that texts have least.
    keys: u64,
    /// The languages in which the rule can fire, as bits.
    languages: u8,
    /// The number of the rule's first list.
    list_base: u32,
}

/// Which lists have a hit, as bits.
#[derive(Clone, Debug, Default)]
pub(super) struct Present(Vec<u64>);

impl Present {
    /// No list of so many.
    pub(super) fn none_of(lists: usize) -> Present {
        // One word more than needed, so that any 64 lists can be cut out.
        Present(vec![0; lists / 64 + 2])
    }

    /// Forgets everything; there are as many lists as `like` has.
    #[inline]
    pub(super) fn clear(&mut self, like: &Present) {
        self.0.clear();
        self.0.resize(like.0.len(), 0);
    }

    #[inline]
    pub(super) fn insert(&mut self, list: u32) {
        self.0[list as usize / 64] |= 1 << (list % 64);
    }

    #[inline]
    pub(super) fn contains(&self, list: u32) -> bool {
        self.0[list as usize / 64] & 1 << (list % 64) != 0
    }

    /// The first list from `list` on that has a hit and is one of `keys`.
    pub(super) fn next_of(&self, keys: &Present, list: u32) -> Option<u32> {
        let mut word = list as usize / 64;
        let mut bits = self.0.get(word)? & keys.0[word] & u64::MAX << (list % 64);
        while bits == 0 {
            word += 1;
            bits = *self.0.get(word)? & keys.0[word];
        }
        Some(word as u32 * 64 + bits.trailing_zeros())
    }

    /// The bits of the 64 lists from `list` on.
    #[inline]
    fn from(&self, list: u32) -> u64 {
        let (word, shift) = (list as usize / 64, list % 64);
        let low = self.0[word] >> shift;
        // Shifting in two steps, since a shift by 64 is none.
        low | self.0[word + 1] << 1 << (63 - shift)
    }
}

impl Gate {
    /// The gate of a condition; `list_base` is the number of the rule's first list, `commonness` says of each of its lists
    /// how often texts are expected to have a hit of it.
    pub(super) fn new(condition: &Condition, list_base: u32, commonness: &[u32]) -> Gate {
        let names_author = condition.any(|node| matches!(node, Node::Author(_)));
        let authors = if names_author { authors(condition) } else { bit(AuthorType::Customer) };
        let clauses = clauses(condition);
        let of_clause = |clause: &&u64| {
            let lists = commonness.iter().take(64).enumerate().filter(|(list, _)| **clause & 1 << list != 0);
            lists.map(|(_, commonness)| u64::from(*commonness)).sum::<u64>()
        };
        let keys = clauses.iter().min_by_key(of_clause).copied().unwrap_or(0);
        Gate { clauses, authors, keys, languages: languages(condition), list_base }
    }

    /// The languages in which the condition can hold, as bits.
    pub(super) fn languages(&self) -> u8 {
        self.languages
    }

    /// Adds to `keys` the lists whose hits are reason to ask whether the gate is open.
    pub(super) fn add_keys(&self, keys: &mut Present) {
        (0..64).filter(|bit| self.keys & 1 << bit != 0).for_each(|bit| keys.insert(self.list_base + bit));
    }

    /// Whether the condition can hold only where a word of its lists stands.
    pub(super) fn needs_words(&self) -> bool {
        !self.clauses.is_empty()
    }

    /// Whether the condition can hold in a text of `author` in which the lists in `present` have hits.
    #[inline]
    pub(super) fn is_open(&self, present: &Present, author: AuthorType) -> bool {
        let present = present.from(self.list_base);
        self.authors & bit(author) != 0 && self.clauses.iter().all(|clause| clause & present != 0)
    }
}

const fn bit(author: AuthorType) -> u8 {
    1 << author as u8
}

/// The authors for whom `condition` can hold.
fn authors(condition: &Condition) -> u8 {
    match &condition.node {
        Node::Author(author) => bit(*author),
        Node::And(parts) => parts.iter().fold(u8::MAX, |all, part| all & authors(part)),
        Node::Or(parts) => parts.iter().fold(0, |any, part| any | authors(part)),
        _ => u8::MAX,
    }
}

/// The languages in which `condition` can hold.
fn languages(condition: &Condition) -> u8 {
    match &condition.node {
        Node::Language(language) => language.bit(),
        Node::And(parts) => parts.iter().fold(u8::MAX, |all, part| all & languages(part)),
        Node::Or(parts) => parts.iter().fold(0, |any, part| any | languages(part)),
        _ => u8::MAX,
    }
}

/// Clauses that all hold where `condition` does.
fn clauses(condition: &Condition) -> Vec<u64> {
    let of_list = |list: usize| if list < 64 { vec![1 << list] } else { Vec::new() };
    let mut found = match &condition.node {
        Node::List(list) => of_list(*list),
        Node::Count(list, Comparison::AtLeast, 1..) | Node::Count(list, Comparison::MoreThan, 0..) => of_list(*list),
        Node::Near(near) if near.absent => clauses(&near.left),
        Node::Near(near) => [clauses(&near.left), clauses(&near.right)].concat(),
        Node::And(parts) => parts.iter().flat_map(clauses).collect(),
        Node::Or(parts) => parts.iter().map(clauses).reduce(either).unwrap_or_default(),
        _ => Vec::new(),
    };
    found.sort_unstable_by_key(|clause| (clause.count_ones(), *clause));
    found.dedup();
    found.truncate(CLAUSES_MAX);
    found
}

/// Clauses that hold where all of `one` or all of `other` do.
fn either(one: Vec<u64>, other: Vec<u64>) -> Vec<u64> {
    let mut both: Vec<u64> = one.iter().flat_map(|one| other.iter().map(move |other| one | other)).collect();
    both.sort_unstable_by_key(|clause| (clause.count_ones(), *clause));
    both.dedup();
    both.truncate(CLAUSES_MAX);
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_sixty_four_lists_can_be_cut_out() {
        let mut present = Present::none_of(200);
        [0, 63, 64, 100, 199].into_iter().for_each(|list| present.insert(list));
        for base in 0..200 {
            let wanted = [0, 63, 64, 100, 199].into_iter().filter_map(|list: u32| list.checked_sub(base));
            let wanted = wanted.filter(|bit| *bit < 64).fold(0, |bits, bit| bits | 1 << bit);
            assert_eq!(present.from(base), wanted, "from {base}");
        }
    }
}
