//! A partition's state comes back before its first record is read; the other partitions go on meanwhile.

use std::time::Duration;

use super::{Worker, WorkerError};
use crate::kafka::{Batch, Class, Log, Restored, Source};
use crate::serve::processor::Processor;
use crate::serve::state_fault::{StateFault, StateProblem};
use crate::settings::Trust;

/// How long to wait for a changelog's records when there are no events to read.
const IDLE: Duration = Duration::from_millis(5);

/// A partition whose changelog is read: what is known of where it goes on.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    source: Source,
    committed: Option<i64>,
    oldest: i64,
}

impl<L: Log, P: Processor> Worker<L, P> {
    /// Whether the partition's state is kept in a changelog.
    pub(super) fn needs_restoring(&self, source: Source) -> bool {
        self.changelog.is_some() && self.processor.keeps_state(source)
    }

    /// Whether some partition's state is not whole yet.
    pub(super) fn is_restoring(&self) -> bool {
        self.owned.values().any(|progress| progress.restoring)
    }

    /// Counts what the metrics are told.
    pub(super) fn count_restoring(&mut self) {
        self.restoring = self.owned.values().filter(|progress| progress.restoring).count() as i64;
        if self.restoring == 0 {
            self.remaining = 0;
        }
    }

    /// Holds the partition until its state is back.
    pub(super) fn begin_restoring(&mut self, source: Source) -> Result<(), WorkerError> {
        if let Some(progress) = self.owned.get_mut(&source) {
            progress.restoring = true;
        }
        self.forget_tick(source);
        // What an earlier assignment of it had come to is of no more use.
        self.arrived.retain(|arrived| *arrived != source);
        self.log.restore(source).map_err(WorkerError::Hopeless)
    }

    /// Takes in some of what has come of changelogs. Called with no transaction open.
    pub(super) fn restore(&mut self) -> Result<(), WorkerError> {
        if !self.is_restoring() {
            return Ok(());
        }
        let Worker { log, processor, .. } = self;
        let (mut refused, mut arrivals) = (None, Vec::new());
        // Events that are at hand do not wait for states of other partitions.
        let idle = if self.batch.is_empty() { IDLE } else { Duration::ZERO };
        let polled = log.poll_restore(idle, &mut |source, restored| match restored {
            Restored::Record { key, value } => {
                if let Err(error) = processor.restore(source, key, value) {
                    refused.get_or_insert((source, error));
                }
            }
            Restored::End { committed, oldest } => arrivals.push(Arrival { source, committed, oldest }),
        });
        self.remaining = polled.map_err(WorkerError::Hopeless)?;
        if let Some((Source { topic, partition }, error)) = refused {
            return Err(self.state_fault(topic, StateProblem::Unreadable { partition, error }));
        }
        for arrival in arrivals {
            self.arrive(arrival)?;
        }
        self.retry_seeks()
    }

    fn state_fault(&self, topic: usize, problem: StateProblem) -> WorkerError {
        let events = self.inputs[topic].clone();
        let changelog = self.changelog.as_ref().map_or_else(String::new, |changelog| changelog.topic.clone());
        WorkerError::State(StateFault { changelog, events, problem })
    }

    /// The state is whole: finds out where the partition goes on.
    fn arrive(&mut self, arrival: Arrival) -> Result<(), WorkerError> {
        let Arrival { source, committed, oldest } = arrival;
        let Source { topic, partition } = source;
        let Some(begin) = self.owned.get(&source).map(|progress| progress.next) else { return Ok(()) };
        let position = self.processor.position(source);
        let trust = self.changelog.as_ref().and_then(|changelog| changelog.trust);
        let next = match (position, committed, trust) {
            (Some(position), Some(committed), _) if position == committed => position,
            // Nothing was read yet, so there is no state to miss.
            (None, Some(0), _) => 0,
            (None, None, _) => begin.unwrap_or(oldest),
            (Some(position), None, _) => {
                tracing::warn!(
                    topic = self.inputs[topic],
                    partition,
                    "the group has no committed offset any more (it expired, or was deleted); going on at offset \
                     {position}, where the state stands"
                );
                position
            }
            (Some(position), Some(_), Some(Trust::Changelog)) => position,
            (None, Some(_), Some(Trust::Changelog)) => oldest,
            (_, Some(committed), Some(Trust::Offsets)) => committed,
            (position, Some(committed), None) => return self.doubt(source, position, committed),
        };
        if next < oldest {
            tracing::error!(
                topic = self.inputs[topic],
                partition,
                "records {next} to {oldest} were deleted before they were read; going on at {oldest}"
            );
        }
        let next = next.max(oldest);
        tracing::info!(topic = self.inputs[topic], partition, next, "state restored");
        if let Some(progress) = self.owned.get_mut(&source) {
            progress.next = Some(next);
            let is_saved = committed == Some(next) && position == Some(next);
            progress.unsaved = (!is_saved).then_some(next);
        }
        self.arrived.push(source);
        Ok(())
    }

    /// Position and offset do not go together. A member that slept between asking for the one and reading the other may
    /// have lost the partition meanwhile, and learns of that when it next serves events: so both are looked at once more,
    /// and a person is asked only if they are still the same.
    fn doubt(&mut self, source: Source, position: Option<i64>, committed: i64) -> Result<(), WorkerError> {
        let Source { topic, partition } = source;
        let Some(progress) = self.owned.get_mut(&source) else { return Ok(()) };
        if progress.doubt != Some((position, committed)) {
            progress.doubt = Some((position, committed));
            self.processor.revoked(source);
            self.processor.assigned(source);
            return self.begin_restoring(source);
        }
        Err(self.state_fault(
            topic,
            match position {
                None => StateProblem::Empty { partition, committed },
                Some(position) => StateProblem::Differs { partition, position, committed },
            },
        ))
    }

    /// Goes on reading partitions whose state is whole.
    fn retry_seeks(&mut self) -> Result<(), WorkerError> {
        let arrived = std::mem::take(&mut self.arrived);
        for source in arrived {
            let Some(progress) = self.owned.get_mut(&source).filter(|progress| progress.restoring) else { continue };
            let next = progress.next.expect("it was set when the state was whole");
            match self.log.seek(source, next) {
                Ok(()) => progress.restoring = false,
                Err(fault) if fault.class == Class::Retriable => {
                    tracing::debug!("{fault}; trying again");
                    self.arrived.push(source);
                }
                Err(fault) => return Err(WorkerError::Hopeless(fault)),
            }
        }
        Ok(())
    }
}
