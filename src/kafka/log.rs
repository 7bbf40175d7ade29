//! What a worker needs of a log: batches of records, group events, transactions. Kafka implements it; a simulation can.

use std::time::Duration;

use super::fault::Fault;
use crate::wire::Header;

/// An input partition: the topic by its place in the subscription, and the partition's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The topic's place in the subscription.
    pub topic: usize,
    /// The partition's number in its topic.
    pub partition: i32,
}

/// Something that happened to this member of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupEvent {
    /// The partition is this member's.
    Assigned {
        /// The partition.
        source: Source,
        /// The offset at which reading begins, if it is known.
        next: Option<i64>,
        /// Whether the group has that offset; if not, it should be committed even before the first record.
        is_committed: bool,
    },
    /// The partition is no more this member's; nothing of it may be committed.
    Revoked(Source),
}

/// A record of a batch; its headers are asked for apart, since few have any.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Where it lies.
    pub source: Source,
    /// Its offset.
    pub offset: i64,
    /// Its timestamp in milliseconds since the epoch, if it has one.
    pub timestamp: Option<i64>,
    /// Its key.
    pub key: Option<&'a [u8]>,
    /// Its value.
    pub value: Option<&'a [u8]>,
}

/// Records as they were read, kept until their transaction is over.
pub trait Batch {
    /// How many records there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The record at `index`.
    fn record(&self, index: usize) -> Record<'_>;

    /// Appends the headers of the record at `index`.
    fn headers<'a>(&'a self, index: usize, into: &mut Vec<Header<'a>>);

    /// Lets go of all records.
    fn clear(&mut self);
}

/// A record to be written.
#[derive(Clone, Copy, Debug)]
pub struct Write<'a> {
    /// The topic by its place among the output topics.
    pub topic: usize,
    /// The partition; `None`: the key decides.
    pub partition: Option<i32>,
    /// The key.
    pub key: Option<&'a [u8]>,
    /// The value.
    pub value: Option<&'a [u8]>,
    /// The headers.
    pub headers: &'a [Header<'a>],
    /// The timestamp in milliseconds since the epoch; `None` for the time of writing.
    pub timestamp: Option<i64>,
}

impl Write<'_> {
    /// About how many bytes the record takes in the log, alone in its batch.
    #[must_use]
    pub fn size(&self) -> usize {
        /// A batch's header, and the most that a record's lengths and deltas take.
        const OVERHEAD: usize = 61 + 40;
        let headers: usize = self.headers.iter().map(|header| header.name.len() + header.value.len() + 10).sum();
        OVERHEAD + self.key.map_or(0, <[u8]>::len) + self.value.map_or(0, <[u8]>::len) + headers
    }
}

/// What a group has committed of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The offset of the next record to read.
    pub offset: i64,
    /// What whoever committed it wrote beside it; see [`Log::send_offsets`].
    pub metadata: String,
}

/// What comes of restoring a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored<'a> {
    /// A record of its changelog; they come in the order of their offsets.
    Record {
        /// What it is about.
        key: &'a [u8],
        /// What was so; `None` is a tombstone.
        value: Option<&'a [u8]>,
    },
    /// That was all.
    End {
        /// The offset that the group had committed before the changelog's end was asked for.
        committed: Option<i64>,
        /// The oldest record that the input partition still has.
        oldest: i64,
    },
}

/// One member of a group that reads, and one transactional producer that writes.
///
/// Group events (and so rebalances) happen in [`Log::poll_events`] only, and that is called between transactions only.
pub trait Log {
    /// How records are held.
    type Batch: Batch;

    /// Serves what is waiting, without waiting for more.
    ///
    /// # Errors
    /// A fault that is not about a transaction: the group or the cluster refuses this member.
    fn poll_events(&mut self, events: &mut Vec<GroupEvent>) -> Result<(), Fault>;

    /// An empty batch.
    fn new_batch(&self) -> Self::Batch;

    /// Fills `batch`, which must be empty, with up to `records_max` records: waits up to `idle` for the first, not at
    /// all for more.
    fn poll_batch(&mut self, records_max: usize, idle: Duration, batch: &mut Self::Batch);

    /// Opens a transaction.
    ///
    /// # Errors
    /// By [`super::Class`].
    fn begin(&mut self) -> Result<(), Fault>;

    /// Adds a record to the transaction. Waits while the producer's queue is full.
    ///
    /// # Errors
    /// By [`super::Class`].
    fn write(&mut self, record: &Write<'_>) -> Result<(), Fault>;

    /// The largest [`Write::size`] that the output topic takes.
    fn size_max(&self, topic: usize) -> usize;

    /// Adds the offsets of the next records to read to the transaction, as the member that this was when events were
    /// last served. `metadata` is kept beside each of them: it tells one transaction from another that commits the same.
    ///
    /// # Errors
    /// By [`super::Class`].
    fn send_offsets(&mut self, next: &[(Source, i64)], metadata: &str) -> Result<(), Fault>;

    /// Commits the transaction, after writing what is still queued.
    ///
    /// # Errors
    /// By [`super::Class`].
    fn commit(&mut self) -> Result<(), Fault>;

    /// Aborts the transaction.
    ///
    /// # Errors
    /// By [`super::Class`].
    fn abort(&mut self) -> Result<(), Fault>;

    /// Whether something happened to the producer since it was made (a lost connection, a request that timed out) after
    /// which a late retry could end a later transaction: it must be replaced before the next one.
    fn is_suspect(&self) -> bool;

    /// Replaces the producer by a new one of the same name, which ends whatever the old one left open. Waits up to
    /// `patience`.
    ///
    /// # Errors
    /// By [`super::Class`]; a retriable one may be tried again.
    fn renew(&mut self, patience: Duration) -> Result<(), Fault>;

    /// What the group has committed, once no transaction is pending on it; `None` where there is nothing.
    ///
    /// # Errors
    /// By [`super::Class`].
    fn committed(&mut self, sources: &[Source], patience: Duration) -> Result<Vec<Option<Committed>>, Fault>;

    /// Goes on reading at `offset`, also if reading was held by [`Log::restore`].
    ///
    /// # Errors
    /// By [`super::Class`]; a retriable one may be tried again.
    fn seek(&mut self, source: Source, offset: i64) -> Result<(), Fault>;

    /// Holds reading of the partition and begins to read its changelog, from its start to the end that it has once no
    /// transaction is pending on the group's offset: also what such a transaction wrote is then before that end.
    ///
    /// # Errors
    /// By [`super::Class`].
    fn restore(&mut self, source: Source) -> Result<(), Fault>;

    /// Hands some of what has come of restoring to `each`; waits up to `idle` for it. Returns how many records are still
    /// to come, as far as that is known.
    ///
    /// # Errors
    /// By [`super::Class`].
    fn poll_restore(&mut self, idle: Duration, each: &mut dyn FnMut(Source, Restored<'_>)) -> Result<i64, Fault>;

    /// Asks for the end of a partition, without waiting, also not for other answers. Each question has one answer.
    fn ask_end(&mut self, source: Source);

    /// An answer, once: the offset behind all that the partition had when its leader answered; `None` if it did not.
    fn take_end(&mut self) -> Option<(Source, Option<i64>)>;

    /// Asks, without waiting, whether anything came into any partition of the input, whoever reads it. Not before the
    /// last question is answered.
    fn ask_growth(&mut self);

    /// The answer, once: whether any partition is known to have grown since the question before.
    fn take_growth(&mut self) -> Option<bool>;

    /// The end of the partition as of the last answer from its leader.
    fn end(&self, source: Source) -> Option<i64>;

    /// The offset behind all that was handed out of the partition, markers of transactions included.
    fn position(&self, source: Source) -> Option<i64>;
}
