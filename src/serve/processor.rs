//! What a worker does to records: the pipeline in `serve`, simpler things as baselines in benches.

use crate::kafka::Source;
use crate::pipeline::{ChangelogError, Epoch};
use crate::time::Timestamp;
use crate::wire::RawRecord;

/// What becomes of a record beside what it added to the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// It is dealt with.
    Done,
    /// It is passed on, as it is but for its key, to the topic that is keyed by conversation.
    Relay,
}

/// Turns records into outputs and keeps their state, one epoch (transaction) after the other.
pub trait Processor {
    /// One epoch's work; holds what the epoch needs.
    type Session<'a>: Session
    where
        Self: 'a;

    /// Takes up what its decisions rest on, if that has changed. Called between two epochs.
    fn refresh(&mut self) {}

    /// The partition is ours now. Its state begins empty.
    fn assigned(&mut self, source: Source);

    /// The partition is somebody else's now; its state is forgotten.
    fn revoked(&mut self, source: Source);

    /// Whether what is read from the partition leaves a state behind that the changelog has to keep.
    fn keeps_state(&self, _source: Source) -> bool {
        false
    }

    /// Takes back one record of the partition's changelog, between its assignment and its first record.
    ///
    /// # Errors
    /// When this version cannot read it.
    fn restore(&mut self, _source: Source, _key: &[u8], _value: Option<&[u8]>) -> Result<(), ChangelogError> {
        Ok(())
    }

    /// The offset of the partition's next record by its changelog, if that has one.
    fn position(&self, _source: Source) -> Option<i64> {
        None
    }

    /// Adds to `epoch` what the changelog has to learn of the partition, whose next record is that at `next_offset`. Last
    /// before the epoch ends.
    fn write_changes(&mut self, _source: Source, _next_offset: i64, _epoch: &mut Epoch) {}

    /// Whether something falls due in the partition up to `time`.
    fn is_due(&self, _source: Source, _time: Timestamp) -> bool {
        false
    }

    /// Begins an epoch. [`Processor::commit`] or [`Processor::abort`] ends it.
    fn begin(&mut self) -> Self::Session<'_>;

    /// The epoch is published: its state stands.
    fn commit(&mut self);

    /// The epoch was taken back: the state is as it was before it.
    fn abort(&mut self);

    /// Conversations that are kept in memory.
    fn conversations(&self) -> usize {
        0
    }
}

/// The work of one epoch.
pub trait Session {
    /// Applies one record and adds what must be published to `epoch`. For [`Route::Relay`] the new key is left in `key`,
    /// which is empty before.
    fn apply(
        &mut self,
        source: Source,
        offset: i64,
        record: &RawRecord<'_>,
        epoch: &mut Epoch,
        key: &mut Vec<u8>,
    ) -> Route;

    /// Settles what falls due in the partition up to `time`; its next record is that at `next_offset`. Whether there is
    /// more than one call may do.
    fn tick(&mut self, _source: Source, _next_offset: i64, _time: Timestamp, _epoch: &mut Epoch) -> bool {
        false
    }

    /// Adds a dead letter to `epoch` for a record that was to be relayed, but does not fit the topic.
    fn refuse(&mut self, _source: Source, _offset: i64, _record: &RawRecord<'_>, _epoch: &mut Epoch) {}
}
