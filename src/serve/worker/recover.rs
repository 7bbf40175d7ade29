//! What follows a transaction that failed. Nothing is guessed: what cannot be known is asked.

use std::time::{Duration, Instant};

use super::attempt::again;
use super::{DRAIN_MAX, Progress, Worker, WorkerError};
use crate::kafka::{Batch, Class, Committed, Fault, Log, Source};
use crate::metrics::TransactionOutcome;
use crate::serve::processor::Processor;

/// How long one call waits for the cluster before the request to stop is looked at again.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest pause between two attempts.
const PAUSE_MAX: Duration = Duration::from_millis(if cfg!(test) { 0 } else { 1_000 });
/// The pause before a producer is asked for again.
const RENEW_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 0 } else { 100 });

/// What became of a transaction whose end was not seen.
#[derive(Debug, PartialEq, Eq)]
struct Fate {
    is_committed: bool,
    /// Partitions that are elsewhere now: another member, or a person, moved their offsets.
    moved: Vec<(Source, i64)>,
}

impl<L: Log, P: Processor> Worker<L, P> {
    /// Brings log and state back to before the transaction that failed; its records are still at hand.
    pub(super) fn recover(&mut self, fault: Fault) -> Result<(), WorkerError> {
        self.failures += 1;
        match fault.class {
            // A rebalance that was waiting for this transaction to end: routine.
            Class::AbortAndRejoin => tracing::info!("transaction aborted, the group is changing: {fault}"),
            _ => tracing::warn!("transaction failed: {fault}"),
        }
        match fault.class {
            Class::Abort | Class::AbortAndRejoin => {
                let log = &mut self.log;
                match again(|| log.abort()) {
                    Ok(()) => {
                        self.take_back();
                        self.metrics.transaction(TransactionOutcome::Aborted);
                        self.pause(&fault)
                    }
                    Err(fault) => self.resolve(fault),
                }
            }
            Class::Hopeless => {
                // The broker aborts it otherwise, when its time is up.
                drop(self.log.abort());
                self.take_back();
                Err(WorkerError::Hopeless(fault))
            }
            Class::Retriable | Class::Renew | Class::Fenced => self.resolve(fault),
        }
    }

    fn take_back(&mut self) {
        self.processor.abort();
        self.cursor = self.done;
    }

    /// Lets a moment pass before the next attempt, unless this was the first to fail.
    fn pause(&mut self, fault: &Fault) -> Result<(), WorkerError> {
        let doublings = self.failures.saturating_sub(1).min(10);
        let pause = if doublings == 0 { Duration::ZERO } else { Duration::from_millis(5 << doublings).min(PAUSE_MAX) };
        if self.stop.wait(pause) && self.failures > 1 && self.stop.since().is_some_and(|since| since > DRAIN_MAX) {
            return Err(WorkerError::NotDrained(fault.clone()));
        }
        Ok(())
    }

    /// The transaction's end is not known, or its producer is of no more use: a new producer ends whatever is open, and
    /// then the committed offsets tell what became of the transaction.
    fn resolve(&mut self, fault: Fault) -> Result<(), WorkerError> {
        self.metrics.transaction(TransactionOutcome::Abandoned);
        if fault.class == Class::Fenced {
            self.note_fencing(&fault)?;
        }
        if !self.renew_until_done()? {
            self.take_back();
            return Err(WorkerError::NotDrained(fault));
        }
        let positions = self.positions();
        let sources: Vec<Source> = positions.iter().map(|(source, _)| *source).collect();
        let committed = loop {
            match self.log.committed(&sources, PATIENCE) {
                Ok(committed) => break committed,
                Err(fault) if self.must_give_up() => {
                    self.take_back();
                    return Err(WorkerError::NotDrained(fault));
                }
                Err(fault) => {
                    tracing::warn!("{fault}; asking again");
                    if !self.renew_until_done()? {
                        self.take_back();
                        return Err(WorkerError::NotDrained(fault));
                    }
                }
            }
        };
        let Fate { is_committed, moved } = self.fate(&positions, &committed);
        if is_committed {
            tracing::info!("the transaction turned out to be committed");
            self.committed();
        } else {
            self.take_back();
            if moved.is_empty() {
                return self.pause(&fault);
            }
        }
        moved.into_iter().try_for_each(|(source, offset)| self.start_over(source, offset))
    }

    /// The name beside the committed offsets tells: a transaction commits all of its offsets or none, each with its name.
    /// The offsets alone do not, since one in which only time passed leaves them where they are.
    fn fate(&self, positions: &[(Source, i64)], committed: &[Option<Committed>]) -> Fate {
        let name = self.name.to_string();
        let pairs = || positions.iter().zip(committed).filter_map(|(at, committed)| Some((*at, committed.as_ref()?)));
        let is_committed = pairs().any(|(_, committed)| committed.metadata == name);
        let moved = pairs().filter(|((source, next), committed)| {
            if is_committed {
                // Somebody has committed there since.
                return committed.metadata != name;
            }
            // A partition that somebody else ticked stands where it did: it was lost before that, and the group's events,
            // which are served before the next transaction, say so.
            committed.offset > self.first_offset(*source).unwrap_or(*next)
        });
        Fate { is_committed, moved: moved.map(|((source, _), committed)| (source, committed.offset)).collect() }
    }

    /// The offset of the transaction's first record of that partition.
    fn first_offset(&self, source: Source) -> Option<i64> {
        let records = (self.done..self.cursor).map(|index| self.batch.record(index));
        records.into_iter().find(|record| record.source == source).map(|record| record.offset)
    }

    /// The partition goes on elsewhere than this worker thought: from there, with the state that the changelog has.
    fn start_over(&mut self, source: Source, offset: i64) -> Result<(), WorkerError> {
        let topic = &self.inputs[source.topic];
        tracing::warn!(topic, partition = source.partition, offset, "somebody moved the partition's offset; following");
        self.skip(source);
        self.forget_tick(source);
        self.processor.revoked(source);
        self.processor.assigned(source);
        self.owned.insert(source, Progress { next: Some(offset), ..Progress::default() });
        if self.needs_restoring(source) {
            return self.begin_restoring(source);
        }
        let log = &mut self.log;
        again(|| log.seek(source, offset)).map_err(WorkerError::Hopeless)
    }

    /// One fencing can be the broker's doing (a transaction that took too long); a second one soon after is somebody who
    /// uses the same name.
    fn note_fencing(&mut self, fault: &Fault) -> Result<(), WorkerError> {
        let again = self.fenced_at.is_some_and(|at| at.elapsed() < self.size.timeout);
        self.fenced_at = Some(Instant::now());
        if again { Err(WorkerError::Fenced(fault.clone())) } else { Ok(()) }
    }

    fn must_give_up(&self) -> bool {
        self.stop.since().is_some_and(|since| since > DRAIN_MAX)
    }

    /// Gets a producer that owns the transactional id, however long it takes. Returns `false` when asked to stop first
    /// with nothing at stake.
    pub(super) fn renew_until_done(&mut self) -> Result<bool, WorkerError> {
        loop {
            let fault = match self.log.renew(PATIENCE) {
                Ok(()) => return Ok(true),
                Err(fault) => fault,
            };
            match fault.class {
                Class::Fenced => self.note_fencing(&fault)?,
                Class::Hopeless => return Err(WorkerError::Hopeless(fault)),
                Class::Retriable | Class::Abort | Class::AbortAndRejoin | Class::Renew => {}
            }
            tracing::warn!("{fault}; trying again");
            if self.stop.wait(RENEW_PAUSE) {
                return Ok(false);
            }
        }
    }
}
