//! Deliberate mistakes, as wrappers around the two traits of the worker: each is what somebody could have written, and
//! the simulation has to notice each. Nothing of this is in the program.

use std::time::Duration;

use super::batch::Records;
use super::member::{Member, Wrong};
use super::world::CHANGELOG;
use crate::kafka::{Class, Committed, Fault, GroupEvent, Log, Restored, Source, Write};
use crate::pipeline::{ChangelogError, Epoch};
use crate::serve::processor::Processor;
use crate::serve::scoring::{Scored, Scoring};
use crate::time::Timestamp;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutation {
    /// What a transaction writes comes after its offsets are committed, in the next one.
    CommitBeforeProduce,
    /// Offsets are committed after what was written, in the next transaction.
    OffsetsAfterCommit,
    /// The state stays as the aborted transaction left it.
    ForgetUndo,
    /// Restoring ends at the last stable offset.
    RestoreToStable,
    /// Restoring reads what was aborted.
    RestoreUncommitted,
    /// Nobody compares position and offset.
    SkipPositionCheck,
    /// The position is not written.
    ForgetPosition,
    /// The changelog is written outside of the transaction.
    ChangelogOutside,
    /// A producer goes on after a broken connection.
    KeepSuspectProducer,
    /// The group's events are served inside a transaction.
    EventsInside,
    /// Offsets are sent as whoever this member is by now, though it does not know what it lost.
    FreshIdentity,
    /// A transaction whose end was not seen counts as committed.
    UnknownIsCommitted,
    /// A transaction whose end was not seen counts as aborted.
    UnknownIsAborted,
    /// An aborted transaction is only thought to be.
    ForgetAbort,
    /// Partitions that were taken away are worked on.
    KeepRevoked,
    /// A restored partition is not read on.
    ForgetSeek,
    /// A transaction whose end was not seen counts as committed if the offsets are where it would have left them.
    OffsetsAloneDecide,
    /// A transaction in which only time passed sends no offsets.
    TicksWithoutOffsets,
    /// A partition ticks though its leader has more than was read.
    TickBehind,
}

impl Mutation {
    pub(super) const ALL: [Mutation; 19] = [
        Mutation::CommitBeforeProduce,
        Mutation::OffsetsAfterCommit,
        Mutation::ForgetUndo,
        Mutation::RestoreToStable,
        Mutation::RestoreUncommitted,
        Mutation::SkipPositionCheck,
        Mutation::ForgetPosition,
        Mutation::ChangelogOutside,
        Mutation::KeepSuspectProducer,
        Mutation::EventsInside,
        Mutation::FreshIdentity,
        Mutation::UnknownIsCommitted,
        Mutation::UnknownIsAborted,
        Mutation::ForgetAbort,
        Mutation::KeepRevoked,
        Mutation::ForgetSeek,
        Mutation::OffsetsAloneDecide,
        Mutation::TicksWithoutOffsets,
        Mutation::TickBehind,
    ];

    /// What it does to restoring.
    pub(super) fn wrong(mutation: Option<Mutation>) -> Wrong {
        Wrong {
            to_stable: mutation == Some(Mutation::RestoreToStable),
            uncommitted: mutation == Some(Mutation::RestoreUncommitted),
        }
    }
}

/// A record that is written later.
struct Kept {
    topic: usize,
    partition: Option<i32>,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
}

/// A log with a mistake, or with none.
pub(super) struct MutantLog {
    pub(super) inner: Member,
    pub(super) mutation: Option<Mutation>,
    kept: Vec<Kept>,
    offsets: Vec<(Source, i64)>,
    /// What was last sent to be committed, and what beside it.
    sent: (Vec<(Source, i64)>, String),
    events: Vec<GroupEvent>,
}

impl MutantLog {
    pub(super) fn new(inner: Member, mutation: Option<Mutation>) -> MutantLog {
        MutantLog {
            inner,
            mutation,
            kept: Vec::new(),
            offsets: Vec::new(),
            sent: Default::default(),
            events: Vec::new(),
        }
    }

    fn is(&self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    fn commit_rest(&mut self) -> Result<(), Fault> {
        let (kept, offsets) = (std::mem::take(&mut self.kept), std::mem::take(&mut self.offsets));
        if kept.is_empty() && offsets.is_empty() {
            return Ok(());
        }
        self.inner.begin()?;
        for Kept { topic, partition, key, value } in &kept {
            let (key, value) = (key.as_deref(), value.as_deref());
            let write = Write { topic: *topic, partition: *partition, key, value, headers: &[], timestamp: None };
            self.inner.write(&write)?;
        }
        if !offsets.is_empty() {
            self.inner.send_offsets(&offsets, &self.sent.1)?;
        }
        self.inner.commit()
    }
}

impl Log for MutantLog {
    type Batch = Records;

    fn poll_events(&mut self, events: &mut Vec<GroupEvent>) -> Result<(), Fault> {
        events.append(&mut self.events);
        let result = self.inner.poll_events(events);
        if self.is(Mutation::KeepRevoked) {
            events.retain(|event| !matches!(event, GroupEvent::Revoked(_)));
        }
        result
    }

    fn new_batch(&self) -> Records {
        self.inner.new_batch()
    }

    fn poll_batch(&mut self, records_max: usize, idle: Duration, batch: &mut Records) {
        self.inner.poll_batch(records_max, idle, batch);
    }

    fn begin(&mut self) -> Result<(), Fault> {
        self.kept.clear();
        self.offsets.clear();
        if self.is(Mutation::ForgetAbort) && self.inner.is_open() {
            return Ok(());
        }
        self.inner.begin()
    }

    fn write(&mut self, record: &Write<'_>) -> Result<(), Fault> {
        let Write { topic, partition, key, value, .. } = *record;
        if self.is(Mutation::EventsInside) {
            let mut events = Vec::new();
            self.inner.poll_events(&mut events)?;
            self.events.append(&mut events);
        }
        if self.is(Mutation::CommitBeforeProduce) {
            let (key, value) = (key.map(<[u8]>::to_vec), value.map(<[u8]>::to_vec));
            self.kept.push(Kept { topic, partition, key, value });
            return Ok(());
        }
        if self.is(Mutation::ForgetPosition) && topic == CHANGELOG && key == Some(&[0]) {
            return Ok(());
        }
        if self.is(Mutation::ChangelogOutside) && topic == CHANGELOG {
            self.inner.write_outside(record);
            return Ok(());
        }
        self.inner.write(record)
    }

    fn size_max(&self, topic: usize) -> usize {
        self.inner.size_max(topic)
    }

    fn send_offsets(&mut self, next: &[(Source, i64)], metadata: &str) -> Result<(), Fault> {
        self.sent = (next.to_vec(), metadata.to_owned());
        if self.is(Mutation::TicksWithoutOffsets) && self.inner.stand_at(next) {
            return Ok(());
        }
        if self.is(Mutation::OffsetsAfterCommit) {
            self.offsets = next.to_vec();
            return Ok(());
        }
        if self.is(Mutation::FreshIdentity) || self.is(Mutation::KeepRevoked) {
            self.inner.identify();
        }
        self.inner.send_offsets(next, metadata)
    }

    fn commit(&mut self) -> Result<(), Fault> {
        let result = self.inner.commit();
        if self.is(Mutation::UnknownIsCommitted)
            && let Err(Fault { class: Class::Renew, .. }) = &result
        {
            self.inner.renew(Duration::ZERO)?;
            return Ok(());
        }
        result?;
        self.commit_rest()
    }

    fn abort(&mut self) -> Result<(), Fault> {
        if self.is(Mutation::ForgetAbort) {
            return Ok(());
        }
        self.inner.abort()
    }

    fn is_suspect(&self) -> bool {
        self.inner.is_suspect() && !self.is(Mutation::KeepSuspectProducer)
    }

    fn renew(&mut self, patience: Duration) -> Result<(), Fault> {
        self.inner.renew(patience)
    }

    fn committed(&mut self, sources: &[Source], patience: Duration) -> Result<Vec<Option<Committed>>, Fault> {
        let mut committed = self.inner.committed(sources, patience)?;
        if self.is(Mutation::OffsetsAloneDecide) {
            let (offsets, name) = &self.sent;
            let stands = |(source, next): &(Source, i64)| {
                let place = sources.iter().position(|asked| asked == source);
                place.and_then(|place| committed[place].as_ref()).is_some_and(|committed| committed.offset == *next)
            };
            if offsets.iter().all(stands) {
                committed.iter_mut().flatten().for_each(|committed| committed.metadata.clone_from(name));
            }
        }
        Ok(if self.is(Mutation::UnknownIsAborted) { vec![None; sources.len()] } else { committed })
    }

    fn seek(&mut self, source: Source, offset: i64) -> Result<(), Fault> {
        if self.is(Mutation::ForgetSeek) {
            return Ok(());
        }
        self.inner.seek(source, offset)
    }

    fn restore(&mut self, source: Source) -> Result<(), Fault> {
        self.inner.restore(source)
    }

    fn poll_restore(&mut self, idle: Duration, each: &mut dyn FnMut(Source, Restored<'_>)) -> Result<i64, Fault> {
        self.inner.poll_restore(idle, each)
    }

    fn ask_end(&mut self, source: Source) {
        self.inner.ask_end(source);
    }

    fn take_end(&mut self) -> Option<(Source, Option<i64>)> {
        let (source, end) = self.inner.take_end()?;
        Some((source, if self.is(Mutation::TickBehind) { end.map(|_| 0) } else { end }))
    }

    fn ask_growth(&mut self) {
        self.inner.ask_growth();
    }

    fn take_growth(&mut self) -> Option<bool> {
        self.inner.take_growth()
    }

    fn end(&self, source: Source) -> Option<i64> {
        self.inner.end(source)
    }

    fn position(&self, source: Source) -> Option<i64> {
        self.inner.position(source)
    }
}

/// The pipeline with a mistake, or with none.
pub(super) struct MutantScoring {
    pub(super) inner: Scoring,
    pub(super) mutation: Option<Mutation>,
}

impl Processor for MutantScoring {
    type Session<'a> = Scored<'a>;

    fn refresh(&mut self) {
        self.inner.refresh();
    }

    fn assigned(&mut self, source: Source) {
        self.inner.assigned(source);
    }

    fn revoked(&mut self, source: Source) {
        self.inner.revoked(source);
    }

    fn keeps_state(&self, source: Source) -> bool {
        self.inner.keeps_state(source)
    }

    fn restore(&mut self, source: Source, key: &[u8], value: Option<&[u8]>) -> Result<(), ChangelogError> {
        self.inner.restore(source, key, value)
    }

    fn position(&self, source: Source) -> Option<i64> {
        self.inner.position(source)
    }

    fn is_due(&self, source: Source, time: Timestamp) -> bool {
        self.inner.is_due(source, time)
    }

    fn write_changes(&mut self, source: Source, next_offset: i64, epoch: &mut Epoch) {
        self.inner.write_changes(source, next_offset, epoch);
    }

    fn begin(&mut self) -> Scored<'_> {
        self.inner.begin()
    }

    fn commit(&mut self) {
        self.inner.commit();
    }

    fn abort(&mut self) {
        if self.mutation == Some(Mutation::ForgetUndo) { self.inner.commit() } else { self.inner.abort() }
    }

    fn conversations(&self) -> usize {
        self.inner.conversations()
    }
}
