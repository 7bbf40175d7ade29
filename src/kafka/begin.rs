//! Where reading of a partition begins: at the group's offset, and where it has none, where the settings say.
//!
//! Decided at each assignment, for librdkafka's own rule (`auto.offset.reset`) cannot tell a new group from a log that
//! no longer has what the group wants to read: with it, one stray offset publishes a whole topic anew.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaResult;
use rdkafka::{Offset, TopicPartitionList};

use super::context::{Begin, BeginLookup, Membership, Quiet};
use super::{cluster::Plan, config};
use crate::settings::Start;

/// How long one question waits for its answer; a transaction that is pending on an offset can take as long.
const PATIENCE: Duration = Duration::from_secs(30);

type ByPartition<T> = BTreeMap<(String, i32), T>;

/// Asks with a client that does not wait for pending transactions, since most offsets need no more than a glance.
pub(super) fn lookup(plan: &Plan) -> KafkaResult<BeginLookup> {
    let client: BaseConsumer<Quiet> =
        BaseConsumer::from_config_and_context(&config::group_inquiry(&plan.kafka), Quiet)?;
    let start = plan.start;
    Ok(Box::new(move |member, list| {
        begins(&client, member, list, start).unwrap_or_else(|error| {
            tracing::warn!("cannot ask where reading begins, so only committed offsets will do: {error}");
            BTreeMap::new()
        })
    }))
}

fn begins(
    client: &BaseConsumer<Quiet>,
    member: &BaseConsumer<Membership>,
    list: &TopicPartitionList,
    start: Start,
) -> KafkaResult<ByPartition<Begin>> {
    let mut begins = BTreeMap::new();
    let mut unclear = TopicPartitionList::new();
    let mut logs = BTreeMap::new();
    for ((topic, partition), offset) in committed(client, list)? {
        let (low, high) = client.fetch_watermarks(&topic, partition, PATIENCE)?;
        match offset {
            Some(offset) if (low..=high).contains(&offset) => {
                begins.insert((topic, partition), Begin { offset, is_committed: true });
            }
            _ => {
                unclear.add_partition(&topic, partition);
                logs.insert((topic, partition), (low, high));
            }
        }
    }
    if logs.is_empty() {
        return Ok(begins);
    }
    // Certainty is worth the wait here: the member's own client waits for what is pending.
    let certain = committed(member, &unclear)?;
    let timed = starts(client, &certain, start)?;
    for (key, (low, high)) in logs {
        let begin = match certain.get(&key).copied().flatten() {
            None => Begin {
                offset: timed.get(&key).copied().unwrap_or(if start == Start::Earliest { low } else { high }),
                is_committed: false,
            },
            Some(offset) if offset < low => {
                tracing::error!(
                    topic = key.0,
                    partition = key.1,
                    "records {offset} to {low} were deleted before they were read; going on at {low}"
                );
                Begin { offset: low, is_committed: false }
            }
            // Beyond the end: reading it fails with a message, and a person has to decide.
            Some(offset) => Begin { offset, is_committed: true },
        };
        begins.insert(key, begin);
    }
    Ok(begins)
}

/// The first offsets at or after the time at which reading starts, of partitions without a committed offset.
fn starts(
    client: &BaseConsumer<Quiet>,
    certain: &ByPartition<Option<i64>>,
    start: Start,
) -> KafkaResult<ByPartition<i64>> {
    let Start::At(time) = start else { return Ok(BTreeMap::new()) };
    let mut asked = TopicPartitionList::new();
    for ((topic, partition), _) in certain.iter().filter(|(_, offset)| offset.is_none()) {
        asked.add_partition_offset(topic, *partition, Offset::Offset(time.0.max(0)))?;
    }
    if asked.count() == 0 {
        return Ok(BTreeMap::new());
    }
    Ok(offsets(&client.offsets_for_times(asked, PATIENCE)?)
        .into_iter()
        .filter_map(|(key, offset)| Some((key, offset?)))
        .collect())
}

fn committed<C: ConsumerContext>(
    client: &BaseConsumer<C>,
    list: &TopicPartitionList,
) -> KafkaResult<ByPartition<Option<i64>>> {
    let mut asked = TopicPartitionList::new();
    for element in list.elements() {
        asked.add_partition(element.topic(), element.partition());
    }
    Ok(offsets(&client.committed_offsets(asked, PATIENCE)?))
}

fn offsets(list: &TopicPartitionList) -> ByPartition<Option<i64>> {
    let elements = list.elements().into_iter().map(|element| {
        let offset = match element.offset() {
            Offset::Offset(offset) => Some(offset),
            _ => None,
        };
        ((element.topic().to_owned(), element.partition()), offset)
    });
    elements.collect()
}
