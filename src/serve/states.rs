//! The states that the changelog keeps, read without a group: for people who look at them, and to move them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use rdkafka::Offset;

use super::stop::Stop;
use super::{ServeError, StateFault, StateProblem, client_error};
use crate::engine::{Engine, Kept};
use crate::kafka::{Follower, Inquiry, Record, config};
use crate::knowledge::Knowledge;
use crate::pipeline::{ChangelogError, Key, Position};
use crate::settings::Settings;
use crate::wire::{self, NextDeadline, PartitionSummary, Place};

/// How long to wait for a record before the request to stop is looked at.
const IDLE: Duration = Duration::from_millis(100);
/// How long the cluster may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The deadlines of a partition that a summary tells.
const DEADLINES: usize = 5;

/// What a partition holds: the states as of its last position, so that none of an unfinished transaction is among them.
#[derive(Clone, Debug, Default)]
struct Held {
    /// By the key's bytes.
    states: BTreeMap<Vec<u8>, Vec<u8>>,
    position: Option<Position>,
    /// What came after the last position.
    pending: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Held {
    fn add(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), ChangelogError> {
        if Key::read(key)? != Key::Position {
            self.pending.push((key.to_vec(), value.map(<[u8]>::to_vec)));
            return Ok(());
        }
        self.position = value.map(Position::read).transpose()?;
        for (key, value) in self.pending.drain(..) {
            match value {
                Some(value) => drop(self.states.insert(key, value)),
                None => drop(self.states.remove(&key)),
            }
        }
        Ok(())
    }
}

/// All kept states; as many bytes as they have are held in memory.
pub struct States {
    changelog: String,
    events: String,
    knowledge: Knowledge,
    partitions: BTreeMap<i32, Held>,
}

impl States {
    /// Reads what the changelog holds now. `None`: asked to stop before the end.
    ///
    /// # Errors
    /// When there is no such topic, or no reading it.
    pub fn read(settings: &Settings, knowledge: &Knowledge, stop: &Stop) -> Result<Option<States>, ServeError> {
        let inquiry = Inquiry::new(config::asking(&settings.kafka)).map_err(client_error)?;
        let (changelog, events) = (settings.topics.state.clone(), settings.topics.events.clone());
        let unread = |error| ServeError::Cluster(format!("the states in `{changelog}` cannot be read: {error}"));
        let found = inquiry.partitions(&[&changelog], PATIENCE).map_err(unread)?;
        let Some(partitions) = found.get(&changelog).copied() else {
            return Err(ServeError::Cluster(format!("there is no topic `{changelog}` on the cluster")));
        };
        let mut ends = BTreeMap::new();
        for partition in 0..partitions {
            let (low, high) = inquiry.watermarks(&changelog, partition, PATIENCE).map_err(unread)?;
            if low < high {
                ends.insert(partition, high);
            }
        }
        let follower = Follower::new(&config::reader(&settings.kafka), &changelog, partitions, |_| Offset::Beginning);
        let mut follower = follower.map_err(client_error)?;
        let held = (0..partitions).map(|partition| (partition, Held::default())).collect();
        let mut states = States { changelog, events, knowledge: knowledge.clone(), partitions: held };
        while !ends.is_empty() {
            if stop.is_requested() {
                return Ok(None);
            }
            let mut fault = Ok(());
            follower.poll(IDLE, |record| {
                if fault.is_ok() {
                    fault = states.add(&record);
                }
            });
            fault?;
            ends.retain(|partition, end| follower.position(*partition).is_none_or(|next| next < *end));
        }
        Ok(Some(states))
    }

    fn add(&mut self, record: &Record<'_>) -> Result<(), ServeError> {
        let partition = record.source.partition;
        let held = self.partitions.entry(partition).or_default();
        let added = held.add(record.key.unwrap_or_default(), record.value);
        added.map_err(|error| self.unreadable(partition, error))
    }

    fn unreadable(&self, partition: i32, error: ChangelogError) -> ServeError {
        let problem = StateProblem::Unreadable { partition, error };
        ServeError::State(StateFault { changelog: self.changelog.clone(), events: self.events.clone(), problem })
    }

    /// Hands each conversation to `each`: where it is kept, its snapshot, and what that says.
    ///
    /// # Errors
    /// When a state cannot be read, or `each` fails.
    fn each<E: From<ServeError>>(
        &self,
        wanted: impl Fn(&str, &str) -> bool,
        mut each: impl FnMut(Place, &[u8], Kept<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Knowledge { detector, policy, .. } = &self.knowledge;
        for (partition, held) in &self.partitions {
            for (key, snapshot) in &held.states {
                let Ok(Key::Conversation { tenant, conversation }) = Key::read(key) else { continue };
                if !wanted(tenant, conversation) {
                    continue;
                }
                let mut engine = Engine::with_limit(Arc::clone(detector), Arc::clone(policy), 1);
                let read = engine.restore(tenant, conversation, snapshot);
                read.map_err(|error| self.unreadable(*partition, error.into()))?;
                let place = Place { partition: *partition, bytes: key.len() + snapshot.len() };
                let kept = engine.kept(tenant, conversation).expect("it was just put there");
                each(place, snapshot, kept)?;
            }
        }
        Ok(())
    }

    /// Hands each state of that conversation to `show`, as JSON; of one tenant, or of all that have one of that id.
    ///
    /// # Errors
    /// When a state cannot be read, or `show` fails.
    pub fn show<E: From<ServeError>>(
        &self,
        tenant: Option<&str>,
        conversation: &str,
        mut show: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let wanted = |of: &str, id: &str| id == conversation && tenant.is_none_or(|tenant| tenant == of);
        self.each(wanted, |place, _, kept| {
            let mut out = Vec::new();
            wire::encode_state(&kept, place, &mut out);
            show(&out)
        })
    }

    /// What each partition holds.
    ///
    /// # Errors
    /// When a state cannot be read.
    pub fn summary(&self) -> Result<Vec<(PartitionSummary, Option<Position>)>, ServeError> {
        let empty = |partition: &i32| PartitionSummary { partition: *partition, ..PartitionSummary::default() };
        let mut all: BTreeMap<i32, (PartitionSummary, BTreeSet<NextDeadline>)> =
            self.partitions.keys().map(|partition| (*partition, (empty(partition), BTreeSet::new()))).collect();
        self.each(
            |_, _| true,
            |place, _, kept| -> Result<(), ServeError> {
                let (summary, first) = all.get_mut(&place.partition).expect("it has each partition");
                summary.conversations += 1;
                summary.escalated += u64::from(kept.is_escalated());
                summary.bytes += place.bytes as u64;
                summary.largest = summary.largest.max(place.bytes as u64);
                let (at, kind) = kept.next_deadline();
                let (tenant, conversation) = kept.ids();
                first.insert(NextDeadline {
                    at,
                    kind,
                    tenant: tenant.to_owned(),
                    conversation: conversation.to_owned(),
                });
                if first.len() > DEADLINES {
                    first.pop_last();
                }
                Ok(())
            },
        )?;
        let with_position = |(summary, first): (PartitionSummary, BTreeSet<NextDeadline>)| {
            let position = self.partitions[&summary.partition].position.clone();
            (PartitionSummary { deadlines: first.into_iter().collect(), ..summary }, position)
        };
        Ok(all.into_values().map(with_position).collect())
    }

    /// Hands each state to `write` as it is kept, and behind those of a partition its position, as JSON.
    ///
    /// # Errors
    /// When a state cannot be read, or `write` fails.
    pub fn export<E: From<ServeError>>(&self, mut write: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut out = Vec::new();
        for (partition, held) in &self.partitions {
            for (key, snapshot) in &held.states {
                let Ok(Key::Conversation { tenant, conversation }) = Key::read(key) else { continue };
                out.clear();
                wire::encode_exported(*partition, tenant, conversation, snapshot, &mut out);
                write(&out)?;
            }
            if let Some(position) = &held.position {
                out.clear();
                wire::encode_exported_position(*partition, &shown(position), &mut out);
                write(&out)?;
            }
        }
        Ok(())
    }
}

/// A position as JSON has it.
#[must_use]
pub fn shown(position: &Position) -> wire::Position<'_> {
    wire::Position {
        next_offset: position.next_offset,
        newest: position.watermark,
        knowledge_hash: &position.knowledge_hash,
        engine_version: &position.engine_version,
    }
}
