//! Puts exported states back into a changelog: to move them to another group or cluster, or to repair one.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::sync::Arc;
use std::time::Duration;

use super::changelog_topic::{RECORD_BYTES, changelog_fault};
use super::{ServeError, StateFault, client_error};
use crate::engine::Engine;
use crate::kafka::{Fault, Inquiry, TopicWriter, config};
use crate::knowledge::Knowledge;
use crate::lines::Lines;
use crate::pipeline::{Key, Position};
use crate::settings::Settings;
use crate::wire::{Exported, decode_exported};

/// How long the cluster may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why nothing was put back. Lines are all read and checked before anything is written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The cluster is out of reach, or does not have what is needed.
    #[error(transparent)]
    Cluster(#[from] ServeError),
    /// The lines cannot be read.
    #[error("the input cannot be read: {0}")]
    Input(#[from] io::Error),
    /// A line is of no use.
    #[error("line {number}: {what}")]
    Line {
        /// Its number, from 1.
        number: u64,
        /// Why.
        what: String,
    },
    /// The group has members, whose memory and offsets know nothing of what is put there.
    #[error(
        "the group `{group}` has {members} live members, which would go on by what they have in memory; stop them, or \
         say `--force`"
    )]
    Live {
        /// The group.
        group: String,
        /// How many.
        members: usize,
    },
    /// The cluster did not take a partition's states; those of partitions before it are there.
    #[error("partition {partition}: {fault}; the import can be made again")]
    Refused {
        /// The partition.
        partition: i32,
        /// Why.
        fault: Fault,
    },
}

/// What was put back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// States.
    pub states: u64,
    /// Partitions that they are in.
    pub partitions: u64,
}

/// What a partition gets.
#[derive(Default)]
struct Share {
    /// Key and snapshot.
    states: Vec<(Vec<u8>, Vec<u8>)>,
    position: Option<Vec<u8>>,
}

/// Puts the states of an export into the changelog of the settings, each partition's in one transaction with its position
/// behind them. States that are there and not in the lines stay as they are.
///
/// # Errors
/// When a line is of no use, the group is live and `force` is not set, or the cluster does not take it.
pub fn import<R: BufRead>(
    settings: &Settings,
    knowledge: &Knowledge,
    lines: Lines<R>,
    force: bool,
) -> Result<Imported, ImportError> {
    let shares = read(knowledge, lines)?;
    let inquiry = Inquiry::new(config::asking(&settings.kafka)).map_err(client_error)?;
    let (changelog, group) = (&settings.topics.state, &settings.kafka.group_id);
    check(settings, &inquiry, &shares)?;
    let members = inquiry.members(group, PATIENCE).map_err(|error| {
        ServeError::Cluster(format!("the members of the group `{group}` cannot be asked for: {error}"))
    })?;
    if members > 0 && !force {
        return Err(ImportError::Live { group: group.clone(), members });
    }
    let name = format!("{group}-import");
    let writer = TopicWriter::new(&settings.kafka, &name, changelog, RECORD_BYTES).map_err(client_error)?;
    writer.begin(PATIENCE).map_err(|fault| ServeError::Cluster(fault.to_string()))?;
    let mut imported = Imported::default();
    let mut position_key = Vec::new();
    Key::Position.write(&mut position_key);
    for (partition, share) in &shares {
        let states = share.states.iter().map(|(key, value)| (key.as_slice(), value.as_slice()));
        let position = share.position.iter().map(|value| (position_key.as_slice(), value.as_slice()));
        let written = writer.write_all(*partition, states.chain(position));
        written.map_err(|fault| ImportError::Refused { partition: *partition, fault })?;
        imported.states += share.states.len() as u64;
        imported.partitions += 1;
    }
    Ok(imported)
}

fn read<R: BufRead>(knowledge: &Knowledge, mut lines: Lines<R>) -> Result<BTreeMap<i32, Share>, ImportError> {
    let mut shares: BTreeMap<i32, Share> = BTreeMap::new();
    while let Some(line) = lines.next_line()? {
        if line.bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let refused = |what: String| ImportError::Line { number: line.number, what };
        match decode_exported(line.bytes).map_err(refused)? {
            Exported::State { partition, tenant, conversation, snapshot } => {
                let mut engine = Engine::with_limit(Arc::clone(&knowledge.detector), Arc::clone(&knowledge.policy), 1);
                let readable = engine.restore(&tenant, &conversation, &snapshot);
                readable.map_err(|error| refused(format!("the snapshot cannot be read: {error}")))?;
                let mut key = Vec::new();
                Key::Conversation { tenant: &tenant, conversation: &conversation }.write(&mut key);
                shares.entry(partition).or_default().states.push((key, snapshot));
            }
            Exported::Position { partition, next_offset, newest, knowledge_hash, engine_version } => {
                let position = Position { next_offset, watermark: newest, knowledge_hash, engine_version };
                let mut value = Vec::new();
                position.write(&mut value);
                shares.entry(partition).or_default().position = Some(value);
            }
        }
    }
    Ok(shares)
}

/// The changelog is as `serve` needs it, and has all the partitions.
fn check(settings: &Settings, inquiry: &Inquiry, shares: &BTreeMap<i32, Share>) -> Result<(), ServeError> {
    let (changelog, events) = (settings.topics.state.as_str(), settings.topics.events.as_str());
    let found = inquiry.partitions(&[changelog, events], PATIENCE).map_err(|error| {
        let brokers = settings.kafka.brokers.join(", ");
        ServeError::Cluster(format!("no Kafka answers at {brokers} ({error}); check `kafka.brokers`"))
    })?;
    let Some(partitions) = found.get(events).copied() else {
        return Err(ServeError::Cluster(format!("there is no topic `{events}` on the cluster")));
    };
    let fault: Option<StateFault> = changelog_fault(changelog, events, &found, inquiry, PATIENCE);
    if let Some(fault) = fault {
        return Err(ServeError::State(fault));
    }
    match shares.keys().find(|partition| !(0..partitions).contains(*partition)) {
        None => Ok(()),
        Some(beyond) => Err(ServeError::Cluster(format!(
            "the export has a partition {beyond}, but `{events}` has {partitions} partitions: conversations would not \
             lie beside their events"
        ))),
    }
}
