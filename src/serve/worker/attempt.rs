//! One transaction, from its first record to its commit.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::{Changelog, Progress, TransactionSize, Worker, WorkerError};
use crate::kafka::{Batch, Class, Fault, Log, Source, Write};
use crate::limits;
use crate::metrics::TransactionOutcome;
use crate::pipeline::{Destination, Epoch, Output};
use crate::serve::outputs;
use crate::serve::processor::{Processor, Route, Session};
use crate::time::Timestamp;
use crate::wire::{Header, RawRecord};

/// After so many records outputs are handed to the producer, which sends them while more records are applied.
const FLUSH_RECORDS: usize = 512;
/// After so many records the clock is looked at.
const CLOCK_RECORDS: usize = 64;
/// How often a call is made again that says that it may be.
const RETRIES: usize = 100;

/// What a transaction is told from all others by: committed beside its offsets, and looked for if its end was not seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct TransactionName {
    /// Of this life of the worker, also beside one of the same transactional id.
    life: u64,
    number: u64,
}

impl TransactionName {
    /// Before the first transaction.
    pub(super) fn new() -> TransactionName {
        // The standard library's one source of chance: two of its hashers differ from each other.
        TransactionName { life: RandomState::new().hash_one(Instant::now()), number: 0 }
    }
}

impl fmt::Display for TransactionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.life, self.number)
    }
}

impl<L: Log, P: Processor> Worker<L, P> {
    /// Applies records, publishes what they caused, commits; or recovers so that they can be applied again.
    pub(super) fn transaction(&mut self) -> Result<(), WorkerError> {
        match self.attempt() {
            Ok(()) => {
                self.committed();
                Ok(())
            }
            Err(fault) => self.recover(fault),
        }
    }

    fn attempt(&mut self) -> Result<(), Fault> {
        self.epochs.iter_mut().for_each(Epoch::clear);
        self.arrivals.clear();
        self.behind.clear();
        self.name.number += 1;
        self.cursor = self.done;
        let mut writer = Writer { begun: false, written: vec![0; self.epochs.len()] };
        self.apply(&mut writer)?;
        let positions = self.positions();
        if positions.is_empty() {
            return Ok(());
        }
        writer.begin(&mut self.log)?;
        if let Some(Changelog { place, .. }) = self.changelog {
            // Partitions that are only relayed have no state; their numbers are others' in the changelog.
            for (source, next) in &positions {
                if self.processor.keeps_state(*source) {
                    self.processor.write_changes(*source, *next, &mut self.epochs[source.topic]);
                }
            }
            for change in self.epochs.iter().flat_map(Epoch::changes) {
                self.log.write(&outputs::write_change(&change, place))?;
            }
        }
        let (log, name) = (&mut self.log, self.name.to_string());
        again(|| log.send_offsets(&positions, &name))?;
        again(|| log.commit())
    }

    /// Applies records from `done` on, and moves `cursor` behind the last.
    fn apply(&mut self, writer: &mut Writer) -> Result<(), Fault> {
        let begun_at = Instant::now();
        let mut session = self.processor.begin();
        let mut headers: Vec<Header<'_>> = Vec::new();
        let mut key = Vec::new();
        // Before the batch: its records came after the moments that partitions tick to.
        if let Some(ticker) = &self.ticker {
            let room = Room { size: &self.size, begun_at };
            self.behind = settle_due(&mut session, &ticker.due, &self.owned, &mut self.epochs, &room);
            if !self.behind.is_empty() {
                return writer.flush(&mut self.log, &mut self.epochs);
            }
        }
        let first = self.done;
        while self.cursor < self.batch.len() {
            let record = self.batch.record(self.cursor);
            self.cursor += 1;
            if self.skipped.contains(&record.source) {
                continue;
            }
            headers.clear();
            self.batch.headers(self.cursor - 1, &mut headers);
            let raw = RawRecord {
                key: record.key,
                value: record.value,
                headers: &headers,
                arrival: record.timestamp.map(crate::time::Timestamp),
                ..RawRecord::default()
            };
            self.arrivals.extend(record.timestamp);
            let Source { topic, partition } = record.source;
            let epoch = &mut self.epochs[topic];
            key.clear();
            let route = session.apply(record.source, record.offset, &raw, epoch, &mut key);
            epoch.advance(partition, record.offset + 1);
            if route == Route::Relay {
                if writer.relay(&mut self.log, &raw, &key)? {
                    epoch.counts.repartitioned += 1;
                } else {
                    session.refuse(record.source, record.offset, &raw, epoch);
                }
            }
            let applied = self.cursor - first;
            if applied.is_multiple_of(FLUSH_RECORDS) {
                writer.flush(&mut self.log, &mut self.epochs)?;
            }
            let room = Room { size: &self.size, begun_at };
            if room.is_filled(&self.epochs) || applied.is_multiple_of(CLOCK_RECORDS) && room.is_late() {
                break;
            }
        }
        writer.flush(&mut self.log, &mut self.epochs)
    }

    /// The offsets that the transaction commits: of each partition it read from, and first ones that nobody knows yet.
    pub(super) fn positions(&self) -> Vec<(Source, i64)> {
        let mut positions: Vec<(Source, i64)> = Vec::new();
        for (topic, epoch) in self.epochs.iter().enumerate() {
            positions.extend(
                epoch.positions().iter().map(|(partition, next)| (Source { topic, partition: *partition }, *next)),
            );
        }
        for (source, progress) in &self.owned {
            if let Some(first) = progress.unsaved
                && !progress.restoring
                && positions.iter().all(|(touched, _)| touched != source)
            {
                positions.push((*source, first));
            }
        }
        positions
    }

    /// The transaction is committed: so is the state, and what it did is counted.
    pub(super) fn committed(&mut self) {
        self.processor.commit();
        self.failures = 0;
        self.done = self.cursor;
        if let Some(ticker) = &mut self.ticker {
            ticker.due = self.behind.drain(..).collect();
        }
        let positions = self.positions();
        if positions.is_empty() {
            return;
        }
        for (source, next) in positions {
            if let Some(progress) = self.owned.get_mut(&source) {
                progress.next = Some(next);
                progress.unsaved = None;
            }
        }
        for epoch in &self.epochs {
            self.metrics.add(&epoch.counts);
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_millis() as i64);
        self.metrics.events_to_commit(
            self.arrivals.iter().map(|arrival| Duration::from_millis(now.saturating_sub(*arrival).max(0) as u64)),
        );
        self.metrics.transaction(TransactionOutcome::Committed);
    }
}

/// How much more goes into a transaction.
struct Room<'a> {
    size: &'a TransactionSize,
    begun_at: Instant,
}

impl Room<'_> {
    fn is_filled(&self, epochs: &[Epoch]) -> bool {
        epochs.iter().any(|epoch| epoch.size() >= self.size.bytes_max)
    }

    fn is_late(&self) -> bool {
        self.begun_at.elapsed() >= self.size.target_latency
    }
}

/// Settles what is due in partitions, some at a time, as long as there is room. Returns the ticks that are left.
fn settle_due(
    session: &mut impl Session,
    due: &BTreeMap<Source, Timestamp>,
    owned: &BTreeMap<Source, Progress>,
    epochs: &mut [Epoch],
    room: &Room<'_>,
) -> Vec<(Source, Timestamp)> {
    let mut left = Vec::new();
    // Of as many conversations as a transaction may have records; but never none, or nothing would ever be settled.
    let most = (room.size.records_max / limits::DEADLINES_PER_TICK).max(1);
    let mut ticks = 0;
    for (source, time) in due {
        let Some(next) = owned.get(source).and_then(|progress| progress.next) else { continue };
        let mut is_behind = true;
        while is_behind && ticks < most && (ticks == 0 || !room.is_filled(epochs) && !room.is_late()) {
            is_behind = session.tick(*source, next, *time, &mut epochs[source.topic]);
            ticks += 1;
        }
        if is_behind {
            left.push((*source, *time));
        }
    }
    left
}

/// The writing side of one transaction.
struct Writer {
    begun: bool,
    /// How many outputs of each epoch are written.
    written: Vec<usize>,
}

impl Writer {
    /// A transaction is opened late: while it is open, readers of what is committed wait.
    fn begin(&mut self, log: &mut impl Log) -> Result<(), Fault> {
        if !self.begun {
            log.begin()?;
            self.begun = true;
        }
        Ok(())
    }

    fn flush(&mut self, log: &mut impl Log, epochs: &mut [Epoch]) -> Result<(), Fault> {
        for (epoch, written) in epochs.iter_mut().zip(&mut self.written) {
            let mut cut = 0;
            for output in epoch.outputs().skip(*written) {
                if !self.begun {
                    log.begin()?;
                    self.begun = true;
                }
                cut += u64::from(write(log, &output)?);
                *written += 1;
            }
            epoch.counts.cut += cut;
        }
        Ok(())
    }

    /// Returns whether the record fits the topic.
    fn relay(&mut self, log: &mut impl Log, record: &RawRecord<'_>, key: &[u8]) -> Result<bool, Fault> {
        let write = Write {
            topic: outputs::place(Destination::RepartitionedEvents),
            partition: None,
            key: Some(key),
            value: record.value,
            headers: record.headers,
            timestamp: record.arrival.map(|arrival| arrival.0),
        };
        if write.size() > log.size_max(write.topic) {
            return Ok(false);
        }
        self.begin(log)?;
        log.write(&write)?;
        Ok(true)
    }
}

/// Writes one output, cut if its topic does not take as much. Returns whether it was.
fn write(log: &mut impl Log, output: &Output<'_>) -> Result<bool, Fault> {
    let write = outputs::write(output);
    let size_max = log.size_max(write.topic);
    let size = write.size();
    if size <= size_max {
        log.write(&write)?;
        return Ok(false);
    }
    let overhead = size - output.value.len();
    let cut = outputs::cut(output.destination, output.value, size_max.saturating_sub(overhead));
    log.write(&Write { value: Some(&cut), ..write })?;
    Ok(true)
}

/// Makes a call again as long as it says that it may be.
pub(super) fn again(mut call: impl FnMut() -> Result<(), Fault>) -> Result<(), Fault> {
    let mut result = call();
    for _ in 0..RETRIES {
        match result {
            Err(Fault { class: Class::Retriable, .. }) => result = call(),
            _ => break,
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::processor::Route;

    /// How many ticks each partition still needs; each publishes ten bytes.
    struct Owing(BTreeMap<i32, usize>);

    impl Session for Owing {
        fn apply(&mut self, _: Source, _: i64, _: &RawRecord<'_>, _: &mut Epoch, _: &mut Vec<u8>) -> Route {
            unreachable!("there are no records")
        }

        fn tick(&mut self, source: Source, next_offset: i64, _: Timestamp, epoch: &mut Epoch) -> bool {
            let left = self.0.get_mut(&source.partition).expect("only what is due is settled");
            *left -= 1;
            epoch.publish(Destination::Triggers, b"", None, |out| out.extend_from_slice(&[b'x'; 10]));
            epoch.advance(source.partition, next_offset);
            *left > 0
        }
    }

    /// Ticks of each transaction until nothing is left, by partition.
    fn settle(owing: [usize; 2], size: TransactionSize) -> Vec<Vec<usize>> {
        let sources = [0, 1].map(|partition| Source { topic: 0, partition });
        let mut due: BTreeMap<Source, Timestamp> = sources.iter().map(|source| (*source, Timestamp(7))).collect();
        let owned: BTreeMap<Source, Progress> =
            sources.iter().map(|source| (*source, Progress { next: Some(3), ..Progress::default() })).collect();
        let mut session = Owing((0..).zip(owing).collect());
        let mut transactions = Vec::new();
        while !due.is_empty() {
            let before: Vec<usize> = session.0.values().copied().collect();
            let mut epochs = [Epoch::default()];
            let room = Room { size: &size, begun_at: Instant::now() };
            due = settle_due(&mut session, &due, &owned, &mut epochs, &room).into_iter().collect();
            transactions.push(before.iter().zip(session.0.values()).map(|(before, after)| before - after).collect());
        }
        transactions
    }

    #[test]
    fn what_falls_due_at_once_is_settled_in_as_many_transactions_as_it_takes() {
        let hour = Duration::from_secs(3_600);
        let size = TransactionSize { records_max: 1_000, bytes_max: 30, target_latency: hour, timeout: hour };
        assert_eq!(settle([2, 1], size), [[2, 1]], "all fits");
        assert_eq!(settle([5, 2], size), [[3, 0], [2, 1], [0, 1]], "bytes");
        let size = TransactionSize { bytes_max: 1_000, records_max: 2 * limits::DEADLINES_PER_TICK, ..size };
        assert_eq!(settle([3, 2], size), [[2, 0], [1, 1], [0, 1]], "conversations");
        let size = TransactionSize { target_latency: Duration::ZERO, records_max: 1, ..size };
        assert_eq!(settle([2, 1], size), [[1, 0], [1, 0], [0, 1]], "time; but never nothing at all");
    }
}
