//! Support conversations from a seed: canonical events and the accounts they name, for trials, tests and benches.
//!
//! Pure: the same [`Shape`] gives the same bytes on every machine. Text, names and addresses are made up; all domains are
//! `example.com`.
//!
//! Records come in log order with an arrival that never goes back, and every well-formed event carries that arrival as
//! `received_at`, so that a replay of the lines and a run over Kafka see the same times.

mod accounts;
mod conversation;
mod hot;
mod line;
mod malformed;
mod plain;
mod random;
mod scene;
mod template;
mod words;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

pub use accounts::accounts;
pub use malformed::MALFORMED_KINDS;

use crate::time::{Span, Timestamp};
use conversation::Conversation;
use random::Random;

/// What kind of log is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Everything that a trial should meet: each signal and its look-alikes, loops, edits, verdicts, several tenants and
    /// languages, late and duplicate events, malformed records.
    Trial,
    /// Well-formed messages of 553 B mean, with text of 188 B and 33 words, some of them triggering. For speed.
    Throughput,
    /// As `Throughput`, but each triggering message is the only one of its conversation, so that no state is needed to
    /// judge it, and nothing comes twice.
    Stateless,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 3] = [Kind::Trial, Kind::Throughput, Kind::Stateless];

    /// The kind's name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Trial => "trial",
            Kind::Throughput => "throughput",
            Kind::Stateless => "stateless",
        }
    }

    /// The kind with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// What kind of log.
    pub kind: Kind,
    /// Where all chance comes from.
    pub seed: u64,
    /// Records in all, malformed and duplicate ones included.
    pub events: u64,
    /// Conversations in all; at most as many as there are events for.
    pub conversations: u64,
    /// Customer accounts that the conversations belong to; at least 1.
    pub accounts: u64,
    /// Event time of the first record.
    pub start: Timestamp,
    /// Event time from one record to the next, on average; at least 1 ms.
    pub spacing: Span,
    /// Thousandths of the records that are exact duplicates of an earlier one, but for their arrival.
    pub duplicates: u64,
    /// Thousandths of the records that are malformed and end as dead letters.
    pub malformed: u64,
    /// Thousandths of the records that arrive after a later event of their conversation.
    pub late: u64,
    /// Thousandths of the messages that should trigger; the trial has its own mix.
    pub triggering: u64,
}

/// Event time of the first record unless told otherwise: 2026-01-05T08:00:00Z.
pub const START: Timestamp = Timestamp(1_767_600_000_000);

impl Shape {
    /// A shape of that kind and size with its usual mix: the trial has 3 conversations for 20 events, 2 % duplicates,
    /// 5 % late and 0.5 % malformed records; the others 8 messages a conversation and 2 % triggering messages.
    #[must_use]
    pub fn new(kind: Kind, seed: u64, events: u64) -> Shape {
        let trial = kind == Kind::Trial;
        Shape {
            kind,
            seed,
            events,
            conversations: if trial { events * 3 / 20 } else { events / 8 }.max(1),
            accounts: 240,
            start: START,
            spacing: Span(if trial { 3_000 } else { 1 }),
            duplicates: if trial { 20 } else { 0 },
            malformed: if trial { 5 } else { 0 },
            late: if trial { 50 } else { 0 },
            triggering: 20,
        }
    }
}

/// A record as it lies in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record's key: the conversation's id.
    pub key: Vec<u8>,
    /// The record's value: one line of JSON without a line break, unless it is malformed; never empty, and never with a
    /// line break.
    pub value: Vec<u8>,
    /// When the record reached the log; never earlier than that of the record before it.
    pub arrival: Timestamp,
}

/// Records of one shape, in log order.
#[derive(Debug)]
pub struct Generator {
    shape: Shape,
    random: Random,
    arrival: Timestamp,
    /// Conversations not yet opened, and what is left of each kind of record.
    unopened: u64,
    turns: u64,
    duplicates: u64,
    malformed: u64,
    /// Turns that open conversations will still take.
    promised: u64,
    /// The time at which the next conversation opens.
    opening: Timestamp,
    /// Open conversations; the one that acts first is on top.
    open: BinaryHeap<Reverse<Conversation>>,
    /// The latest records that may come again.
    recent: VecDeque<Record>,
}

/// How many records back a duplicate may reach.
const REACH: usize = 64;

impl Generator {
    /// The generator of a shape.
    #[must_use]
    pub fn new(shape: Shape) -> Generator {
        let duplicates = shape.events * shape.duplicates.min(500) / 1_000;
        let malformed = shape.events * shape.malformed.min(500) / 1_000;
        let turns = shape.events - duplicates - malformed;
        Generator {
            shape: Shape { accounts: shape.accounts.max(1), spacing: shape.spacing.max(Span(1)), ..shape },
            random: Random::new(shape.seed, u64::MAX),
            arrival: shape.start,
            unopened: shape.conversations.clamp(1, turns.max(1)),
            turns,
            duplicates,
            malformed,
            promised: 0,
            opening: shape.start,
            open: BinaryHeap::new(),
            recent: VecDeque::with_capacity(REACH),
        }
    }

    /// Opens the next conversation. Turns are dealt so that the last one comes out even.
    fn open_conversation(&mut self) {
        let left = self.turns - self.promised;
        let others = self.unopened - 1;
        let number = self.shape.conversations - self.unopened;
        let conversation = Conversation::open(&self.shape, number, left, others, self.opening);
        self.promised += conversation.turns_left();
        self.unopened = others;
        // Conversations open as evenly as they end, so that about as many are open at any time.
        let share = self.shape.spacing.0 * self.shape.events as i64 / self.shape.conversations.max(1) as i64;
        let gap = self.random.between(1, 2 * share.max(1) as u64);
        self.opening = self.opening + Span(gap as i64);
        self.open.push(Reverse(conversation));
    }

    /// The next turn of whichever conversation acts first.
    fn turn(&mut self) -> Record {
        while self.unopened > 0 && self.open.peek().is_none_or(|first| first.0.due() >= self.opening) {
            self.open_conversation();
        }
        let mut conversation = self.open.pop().expect("turns are left, so a conversation is open").0;
        self.arrival = self.arrival.max(conversation.due() + Span(self.random.between(2, 400) as i64));
        let record = conversation.act(self.arrival);
        (self.turns, self.promised) = (self.turns - 1, self.promised - 1);
        if conversation.turns_left() > 0 {
            self.open.push(Reverse(conversation));
        }
        if self.shape.duplicates > 0 {
            if self.recent.len() == REACH {
                self.recent.pop_front();
            }
            self.recent.push_back(record.clone());
        }
        record
    }

    /// One of the latest records again, with an arrival of its own.
    fn duplicate(&mut self) -> Record {
        let mut record = self.recent[self.random.below(self.recent.len() as u64) as usize].clone();
        line::arrive_again(&mut record.value, self.arrival);
        record.arrival = self.arrival;
        record
    }
}

impl Iterator for Generator {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        // Selection sampling (Knuth, TAOCP 2, 3.4.2, algorithm S): exact counts, every order equally likely.
        let left = self.turns + self.duplicates + self.malformed;
        let draw = if left > 0 { self.random.below(left) } else { return None };
        if draw < self.duplicates && !self.recent.is_empty() || self.turns + self.malformed == 0 {
            self.duplicates -= 1;
            Some(self.duplicate())
        } else if draw < self.duplicates + self.malformed && self.malformed > 0 || self.turns == 0 {
            self.malformed -= 1;
            Some(malformed::record(self.malformed, self.arrival, &mut self.random))
        } else {
            Some(self.turn())
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.turns + self.duplicates + self.malformed) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Generator {}

#[cfg(test)]
mod tests;
