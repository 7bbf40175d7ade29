//! What one transaction must carry, in buffers that are reused from epoch to epoch.

use std::ops::Range;

use crate::engine::Disposition;
use crate::message::{Mark, Marks};
use crate::risk::Step;
use crate::score::Level;
use crate::signal::{Signal, SignalSet};
use crate::subject::{Alert, Sighting, Suppression, WideMute};
use crate::wire::Reason;

/// Where an output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// The trigger topic, for routers.
    Triggers,
    /// The dead-letter topic, restricted.
    DeadLetters,
    /// The input, keyed by conversation.
    RepartitionedEvents,
}

/// A record to be published: its key and value lie in the epoch's buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    destination: Destination,
    key: Range<usize>,
    value: Range<usize>,
    arrival: Option<i64>,
}

/// A record to be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output<'a> {
    /// Where it goes.
    pub destination: Destination,
    /// Its key; the conversation's id, or empty where the input had no key.
    pub key: &'a [u8],
    /// Its value.
    pub value: &'a [u8],
    /// The timestamp to give it, in ms since the epoch; `None` for the time of sending.
    pub timestamp: Option<i64>,
}

/// A record of the changelog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// The changelog's partition, which is the input's.
    pub partition: i32,
    /// What it is about.
    pub key: &'a [u8],
    /// What is so now; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
}

/// The same with places in the epoch's buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ChangeEntry {
    partition: i32,
    key: Range<usize>,
    value: Option<Range<usize>>,
}

/// What happened in an epoch, in numbers. Closed label sets: each array is indexed by its enum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records taken from the input.
    pub records: u64,
    /// Bytes of their values.
    pub bytes: u64,
    /// Events by what became of them.
    pub dispositions: [u64; Disposition::ALL.len()],
    /// Marks set on events.
    pub marks: [u64; Mark::ALL.len()],
    /// Events in which each signal fired.
    pub signals: [u64; Signal::COUNT],
    /// Published triggers by step, then level.
    pub triggers: [[u64; Level::ALL.len()]; Step::ALL.len()],
    /// Triggers that were older than `publish_max_age`.
    pub backfilled: u64,
    /// Triggers that were due and held back, by cause.
    pub suppressed: [u64; Suppression::ALL.len()],
    /// Triggers and dead letters that had to be cut to fit their topic.
    pub cut: u64,
    /// Dead letters by reason.
    pub dead_letters: [u64; Reason::ALL.len()],
    /// Records sent on to the topic that is keyed by conversation.
    pub repartitioned: u64,
}

impl Counts {
    /// Counts one event's fate.
    pub fn event(&mut self, disposition: Disposition, marks: Marks, fired: SignalSet) {
        self.dispositions[disposition as usize] += 1;
        if !marks.is_empty() {
            marks.iter().for_each(|mark| self.marks[mark as usize] += 1);
        }
        if !fired.is_empty() {
            fired.iter().for_each(|signal| self.signals[signal.index()] += 1);
        }
    }

    /// Counts one trigger that is published, marked as older than `publish_max_age` or not.
    pub fn trigger(&mut self, step: Step, level: Level, backfill: bool) {
        self.triggers[step as usize][level as usize] += 1;
        self.backfilled += u64::from(backfill);
    }

    /// Adds what another epoch counted.
    pub fn add(&mut self, other: &Counts) {
        self.records += other.records;
        self.bytes += other.bytes;
        self.backfilled += other.backfilled;
        self.repartitioned += other.repartitioned;
        add(&mut self.dispositions, &other.dispositions);
        add(&mut self.marks, &other.marks);
        add(&mut self.signals, &other.signals);
        add(&mut self.dead_letters, &other.dead_letters);
        add(&mut self.suppressed, &other.suppressed);
        for (here, there) in self.triggers.iter_mut().zip(&other.triggers) {
            add(here, there);
        }
    }

    /// Dead letters of all reasons.
    #[must_use]
    pub fn dead_letters_total(&self) -> u64 {
        self.dead_letters.iter().sum()
    }

    /// Triggers of all steps and levels.
    #[must_use]
    pub fn triggers_total(&self) -> u64 {
        self.triggers.iter().flatten().sum()
    }
}

fn add(here: &mut [u64], there: &[u64]) {
    here.iter_mut().zip(there).for_each(|(here, there)| *here += there);
}

/// What one commit must carry: the outputs, and per touched partition the offset of the next record to read.
#[derive(Debug, Default)]
pub struct Epoch {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    changes: Vec<ChangeEntry>,
    /// Sorted by partition.
    positions: Vec<(i32, i64)>,
    /// What the second stage shall see.
    pub(super) sightings: Vec<Sighting>,
    /// Triggers as the second stage sees them.
    pub(super) alerts: Vec<Alert>,
    /// Mutes of accounts and tenants, each with the number of alerts before it.
    pub(super) mutes: Vec<(usize, WideMute)>,
    /// What happened.
    pub counts: Counts,
}

impl Epoch {
    /// Forgets everything, keeps the buffers.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.sightings.clear();
        self.alerts.clear();
        self.mutes.clear();
        self.entries.clear();
        self.changes.clear();
        self.positions.clear();
        self.counts = Counts::default();
    }

    /// Whether there is anything to commit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// Bytes of the records to publish.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The records to publish, in the order in which their causes were read.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = Output<'_>> {
        self.entries.iter().map(|entry| Output {
            destination: entry.destination,
            key: &self.bytes[entry.key.clone()],
            value: &self.bytes[entry.value.clone()],
            timestamp: entry.arrival,
        })
    }

    /// Adds a record of the changelog; `key` and `value` append to the buffer they are given.
    pub fn change(&mut self, partition: i32, key: impl FnOnce(&mut Vec<u8>), value: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        key(&mut self.bytes);
        let middle = self.bytes.len();
        value(&mut self.bytes);
        let end = self.bytes.len();
        self.changes.push(ChangeEntry { partition, key: start..middle, value: Some(middle..end) });
    }

    /// Adds a tombstone to the changelog.
    pub fn bury(&mut self, partition: i32, key: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        key(&mut self.bytes);
        self.changes.push(ChangeEntry { partition, key: start..self.bytes.len(), value: None });
    }

    /// The records of the changelog, in order.
    pub fn changes(&self) -> impl ExactSizeIterator<Item = Change<'_>> {
        self.changes.iter().map(|entry| Change {
            partition: entry.partition,
            key: &self.bytes[entry.key.clone()],
            value: entry.value.clone().map(|place| &self.bytes[place]),
        })
    }

    /// Partition and offset of the next record to read from it, by partition.
    #[must_use]
    pub fn positions(&self) -> &[(i32, i64)] {
        &self.positions
    }

    /// Notes that all records of `partition` before `next_offset` are dealt with.
    pub fn advance(&mut self, partition: i32, next_offset: i64) {
        match self.positions.binary_search_by_key(&partition, |(known, _)| *known) {
            Ok(place) => self.positions[place].1 = self.positions[place].1.max(next_offset),
            Err(place) => self.positions.insert(place, (partition, next_offset)),
        }
    }

    /// Adds a record to publish; `write` appends its value to the buffer it is given.
    pub fn publish(
        &mut self,
        destination: Destination,
        key: &[u8],
        timestamp: Option<i64>,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let middle = self.bytes.len();
        write(&mut self.bytes);
        let end = self.bytes.len();
        self.entries.push(Entry { destination, key: start..middle, value: middle..end, arrival: timestamp });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_only_move_forward_and_stay_sorted() {
        let mut epoch = Epoch::default();
        for (partition, next) in [(3, 10), (1, 5), (3, 12), (1, 4)] {
            epoch.advance(partition, next);
        }
        assert_eq!(epoch.positions(), [(1, 5), (3, 12)]);
    }

    #[test]
    fn outputs_keep_their_bytes_and_their_order() {
        let mut epoch = Epoch::default();
        epoch.publish(Destination::Triggers, b"c-1", None, |out| out.extend_from_slice(b"one"));
        epoch.publish(Destination::DeadLetters, b"", Some(7), |out| out.extend_from_slice(b"two"));
        let seen: Vec<_> = epoch.outputs().map(|output| (output.key, output.value, output.timestamp)).collect();
        assert_eq!(seen, [(&b"c-1"[..], &b"one"[..], None), (&b""[..], &b"two"[..], Some(7))]);
        epoch.clear();
        assert!(epoch.is_empty() && epoch.outputs().len() == 0);
    }
}
