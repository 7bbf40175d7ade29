//! A worker: one thread that reads batches, applies records, and commits outputs with the offsets they came from.
//!
//! ```text
//! loop: events (rebalances only here, with no transaction open)
//!       states that are being restored; their partitions are held meanwhile (see `restoring`)
//!       a batch, unless records are left of the last one
//!       apply records until there are enough, or it took long enough -> outputs into the transaction
//!       offsets into the transaction, commit                         -> state stands
//!       or: abort, take the state back, the same records again       (see `recover`)
//! ```

mod attempt;
mod recover;
mod restoring;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod ticking;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::kafka::{Batch, Class, Fault, GroupEvent, Log, Source};
use crate::metrics::Metrics;
use crate::pipeline::Epoch;

use super::processor::Processor;
use super::state_fault::StateFault;
use super::stop::Stop;
use crate::settings::{Ticks, Trust};
use crate::time::Timestamp;
use attempt::TransactionName;
use ticking::Ticker;

/// How long to wait for a record when there is none; events of the group wait as long at most.
const IDLE: Duration = Duration::from_millis(50);
/// How often gauges are brought up to date.
const GAUGES: Duration = Duration::from_millis(250);
/// How long a worker that was asked to stop may take to end a transaction that does not want to end.
pub const DRAIN_MAX: Duration = Duration::from_secs(30);

/// How large transactions become.
#[derive(Clone, Copy, Debug)]
pub struct TransactionSize {
    /// The most records of one batch, and so of one transaction.
    pub records_max: usize,
    /// A transaction takes no further record once its outputs are as large as this.
    pub bytes_max: usize,
    /// A transaction takes no further record once it is open for so long.
    pub target_latency: Duration,
    /// How long the broker leaves a transaction open.
    pub timeout: Duration,
}

/// Where states are kept across restarts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changelog {
    /// The topic's name.
    pub topic: String,
    /// Its place among the output topics.
    pub place: usize,
    /// What to go on from where it and the group's offsets differ; `None`: nothing, a person has to decide.
    pub trust: Option<Trust>,
}

/// Why a worker ended without being asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkerError {
    /// Another process uses the same transactional id.
    #[error("another process took over the transactional id: {0}")]
    Fenced(Fault),
    /// Something that only people can mend.
    #[error("{0}")]
    Hopeless(Fault),
    /// State and offsets of a partition do not go together, or the state cannot be read.
    #[error("{0}")]
    State(StateFault),
    /// Asked to stop, but the cluster did not let the transaction end.
    #[error("could not end the open transaction in time: {0}; its records will be read again")]
    NotDrained(Fault),
}

/// How far a partition has come.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    /// Offset of the next record to apply.
    next: Option<i64>,
    /// A first offset that is not yet the group's, because the group had none.
    unsaved: Option<i64>,
    /// Its state is not whole yet, and nothing of it is read.
    restoring: bool,
    /// Position and committed offset that did not go together when they were first held against each other.
    doubt: Option<(Option<i64>, i64)>,
}

/// A worker's parts. [`Worker::run`] is its life.
pub struct Worker<L: Log, P: Processor> {
    log: L,
    processor: P,
    size: TransactionSize,
    metrics: Arc<Metrics>,
    stop: Stop,
    /// The names of the input topics, for metrics.
    inputs: Vec<String>,
    /// Where states are kept, if they are.
    changelog: Option<Changelog>,
    /// Partitions whose state is whole, but of which nothing is read yet.
    arrived: Vec<Source>,
    batch: L::Batch,
    /// Records of the batch before this are committed.
    done: usize,
    /// Records of the batch before this are applied in the open transaction.
    cursor: usize,
    /// Partitions whose records in the batch are no more ours, or were left behind.
    skipped: Vec<Source>,
    owned: BTreeMap<Source, Progress>,
    /// One for each input topic.
    epochs: Vec<Epoch>,
    /// The Kafka timestamps of the records applied in the open transaction.
    arrivals: Vec<i64>,
    events: Vec<GroupEvent>,
    /// Ticks in the open transaction that could not do all that was due.
    behind: Vec<(Source, Timestamp)>,
    /// How time passes where no event comes; without one it does not.
    ticker: Option<Ticker>,
    gauges_at: Instant,
    /// As the metrics were last told.
    conversations: i64,
    restoring: i64,
    /// Records of changelogs that are still to be read.
    remaining: i64,
    /// Transactions that failed since one was last committed.
    failures: u32,
    /// Of the transaction that is open, or was last.
    name: TransactionName,
    fenced_at: Option<Instant>,
}

impl<L: Log, P: Processor> Worker<L, P> {
    /// A worker that reads `inputs` (as [`Source::topic`] counts them) from `log`.
    pub fn new(
        log: L,
        processor: P,
        inputs: Vec<String>,
        size: TransactionSize,
        metrics: Arc<Metrics>,
        stop: Stop,
    ) -> Worker<L, P> {
        Worker {
            batch: log.new_batch(),
            log,
            processor,
            size,
            metrics,
            stop,
            done: 0,
            cursor: 0,
            skipped: Vec::new(),
            owned: BTreeMap::new(),
            epochs: inputs.iter().map(|_| Epoch::default()).collect(),
            inputs,
            changelog: None,
            arrived: Vec::new(),
            arrivals: Vec::new(),
            events: Vec::new(),
            behind: Vec::new(),
            ticker: None,
            gauges_at: Instant::now(),
            conversations: 0,
            restoring: 0,
            remaining: 0,
            failures: 0,
            name: TransactionName::new(),
            fenced_at: None,
        }
    }

    /// The same with states kept across restarts.
    #[must_use]
    pub fn with_changelog(mut self, changelog: Changelog) -> Worker<L, P> {
        self.changelog = Some(changelog);
        self
    }

    /// The same where time passes also when no event comes.
    #[must_use]
    pub fn with_ticks(self, settings: Ticks) -> Worker<L, P> {
        self.with_clock(settings, ticking::system_clock())
    }

    fn with_clock(mut self, settings: Ticks, clock: ticking::Clock) -> Worker<L, P> {
        self.ticker = Some(Ticker::new(settings, clock));
        self
    }

    /// Works until asked to stop; then the transaction at hand is committed, and the group is left as the worker is
    /// dropped. `started` is called once the transactional id is this worker's.
    ///
    /// # Errors
    /// When it cannot go on.
    pub fn run(mut self, started: impl FnOnce()) -> Result<(), WorkerError> {
        if !self.renew_until_done()? {
            return Ok(());
        }
        started();
        while !self.stop.is_requested() && self.turn()? {}
        // The consumer leaves the group when the last of its records is let go.
        self.batch.clear();
        Ok(())
    }

    /// One turn of the loop; no transaction is open before and after it. Returns whether there may be another.
    fn turn(&mut self) -> Result<bool, WorkerError> {
        self.serve_events()?;
        if self.log.is_suspect() && !self.renew_until_done()? {
            return Ok(false);
        }
        self.restore()?;
        if self.done == self.batch.len() {
            self.read();
        }
        // After reading: what was written after the change was announced is judged by it.
        self.processor.refresh();
        self.find_ticks();
        if !self.batch.is_empty() || self.has_unsaved() || self.has_ticks() {
            self.transaction()?;
        }
        self.update_gauges();
        Ok(true)
    }

    /// Serves the group's events. Called with no transaction open.
    fn serve_events(&mut self) -> Result<(), WorkerError> {
        let mut events = std::mem::take(&mut self.events);
        let result = self.log.poll_events(&mut events);
        let rebalanced = !events.is_empty();
        let mut served = Ok(());
        for event in events.drain(..) {
            served = served.and_then(|()| self.serve_event(event));
        }
        self.events = events;
        if rebalanced {
            self.metrics.rebalance();
            self.gauges_at = Instant::now();
            self.set_gauges();
        }
        result.map_err(|fault| match fault.class {
            Class::Fenced => WorkerError::Fenced(fault),
            _ => WorkerError::Hopeless(fault),
        })?;
        served
    }

    fn serve_event(&mut self, event: GroupEvent) -> Result<(), WorkerError> {
        match event {
            GroupEvent::Assigned { source, next, is_committed } => {
                let Source { topic, partition } = source;
                tracing::info!(topic = self.inputs[topic], partition, next, "partition assigned");
                self.skip(source);
                self.processor.assigned(source);
                self.metrics.partition_assigned();
                let unsaved = next.filter(|_| !is_committed);
                self.owned.insert(source, Progress { next, unsaved, ..Progress::default() });
                if self.needs_restoring(source) {
                    self.begin_restoring(source)?;
                }
            }
            GroupEvent::Revoked(source) => {
                tracing::info!(topic = self.inputs[source.topic], partition = source.partition, "partition revoked");
                self.skip(source);
                self.forget_tick(source);
                if self.owned.remove(&source).is_some() {
                    self.processor.revoked(source);
                    self.metrics.partition_revoked(&self.inputs[source.topic], source.partition);
                }
            }
        }
        Ok(())
    }

    /// Records of the partition that are still in the batch are not to be applied.
    fn skip(&mut self, source: Source) {
        if self.done < self.batch.len() && !self.skipped.contains(&source) {
            self.skipped.push(source);
        }
    }

    fn read(&mut self) {
        self.batch.clear();
        self.done = 0;
        self.cursor = 0;
        self.skipped.clear();
        let hurry = self.has_unsaved() || self.is_restoring() || self.has_ticks();
        let idle = if hurry { Duration::ZERO } else { IDLE };
        self.log.poll_batch(self.size.records_max, idle, &mut self.batch);
        // Nothing should come of a partition that is held; if it does, it comes again.
        let held = self.owned.iter().filter(|(_, progress)| progress.restoring);
        self.skipped.extend(held.map(|(source, _)| *source));
    }

    fn has_unsaved(&self) -> bool {
        self.owned.values().any(|progress| progress.unsaved.is_some() && !progress.restoring)
    }

    fn update_gauges(&mut self) {
        if self.gauges_at.elapsed() >= GAUGES {
            self.gauges_at = Instant::now();
            self.set_gauges();
        }
    }

    /// Lag: from the next record to apply to the end of the partition as its leader last told it.
    fn set_gauges(&mut self) {
        let caught_up = self.done == self.batch.len();
        for (source, progress) in &mut self.owned {
            // Behind the last record there may be markers of transactions, which are no records.
            if caught_up && !progress.restoring {
                progress.next = progress.next.max(self.log.position(*source));
            }
            if let (Some(next), Some(end)) = (progress.next, self.log.end(*source)) {
                self.metrics.set_lag(&self.inputs[source.topic], source.partition, (end - next).max(0));
            }
        }
        let conversations = self.processor.conversations() as i64;
        self.metrics.conversations_changed(conversations - self.conversations);
        self.conversations = conversations;
        let (restoring, remaining) = (self.restoring, self.remaining);
        self.count_restoring();
        self.metrics.restoring_changed(self.restoring - restoring, self.remaining - remaining);
    }
}
