//! Which conversation has a deadline next: an index over facts, derived from them and never state of its own.
//!
//! A conversation is entered at its next deadline. When that moves away the entry stays and is looked at too early, which
//! does no harm; when it comes nearer a second entry is made. So most messages touch nothing here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::time::Timestamp;

/// Never: the place of a conversation that has no entry.
pub(crate) const NEVER: Timestamp = Timestamp(i64::MAX);

/// Entries beyond one a conversation that are allowed before the index is made anew.
const SPARE: usize = 1_024;

/// A slot that is to be looked at, by time. Of two at one moment their conversations' hashes decide, since slots are given
/// out anew after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) hash: u32,
    pub(crate) slot: u32,
}

/// Times at which slots are to be looked at, earliest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agenda {
    entries: BinaryHeap<Reverse<Entry>>,
}

impl Agenda {
    /// An agenda without entries.
    pub(crate) const fn new() -> Agenda {
        Agenda { entries: BinaryHeap::new() }
    }

    /// Enters a slot.
    pub(crate) fn enter(&mut self, entry: Entry) {
        self.entries.push(Reverse(entry));
    }

    /// Takes out the earliest entry that is not after `until`.
    pub(crate) fn take(&mut self, until: Timestamp) -> Option<Entry> {
        self.entries.peek().filter(|Reverse(first)| first.at <= until)?;
        self.entries.pop().map(|Reverse(first)| first)
    }

    /// Whether an entry is not after `until`.
    pub(crate) fn is_due(&self, until: Timestamp) -> bool {
        self.entries.peek().is_some_and(|Reverse(first)| first.at <= until)
    }

    /// Drops entries that no slot stands by, when they have become many: `is_current` tells which are good.
    pub(crate) fn trim(&mut self, slots: usize, is_current: impl Fn(&Entry) -> bool) {
        if self.entries.len() > 2 * slots + SPARE {
            self.entries.retain(|Reverse(entry)| is_current(entry));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_in_the_order_of_their_times() {
        let mut agenda = Agenda::new();
        for (at, hash) in [(30, 1), (10, 2), (20, 3), (10, 1)] {
            agenda.enter(Entry { at: Timestamp(at), hash, slot: 9 - hash });
        }
        let taken: Vec<_> = std::iter::from_fn(|| agenda.take(Timestamp(20))).map(|entry| entry.hash).collect();
        assert_eq!(taken, [1, 2, 3]);
        assert!(!agenda.is_due(Timestamp(29)) && agenda.is_due(Timestamp(30)));
    }

    #[test]
    fn old_entries_do_not_pile_up() {
        let mut agenda = Agenda::new();
        for at in 0..100_000_i64 {
            agenda.enter(Entry { at: Timestamp(-at), hash: 0, slot: 7 });
            agenda.trim(1, |entry| entry.at == Timestamp(-at));
        }
        assert!(agenda.entries.len() <= SPARE + 3, "{}", agenda.entries.len());
    }
}
