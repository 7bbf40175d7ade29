//! One run of the engine over each partition, without faults, says what must have come out.

use std::collections::BTreeMap;

use super::Violation;
use super::model::{Fate, OutputLog};
use super::world::{CHANGELOG, World};
use super::{knowledge, options};
use crate::accounts::AccountTable;
use crate::kafka::Write;
use crate::pipeline::{Epoch, Key, Partition, Position, Workspace};
use crate::serve::outputs;
use crate::wire::{Decoder, Profile, RawRecord};

/// Values by topic and key, in order.
type Published = BTreeMap<(usize, Vec<u8>), Vec<Vec<u8>>>;

/// The last committed value of each key.
pub(super) fn last_values(log: &OutputLog) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut last = BTreeMap::new();
    for entry in log.entries.iter().filter(|entry| entry.fate == Fate::Committed) {
        match &entry.value {
            Some(value) => drop(last.insert(entry.key.clone(), value.clone())),
            None => drop(last.remove(&entry.key)),
        }
    }
    last
}

/// What the sequential run publishes, and its partitions as they are at the end.
fn sequential(world: &World) -> (Published, Vec<Partition>) {
    let mut published = Published::new();
    let accounts = AccountTable::default();
    let mut workspace = Workspace::new(
        Decoder::new(Profile::canonical()),
        crate::pipeline::Options { topic: "events".into(), ..options() },
    );
    let mut epoch = Epoch::default();
    let mut partitions = Vec::new();
    for (number, input) in (0..).zip(&world.inputs) {
        let mut partition = Partition::new(number, knowledge().detector.clone(), knowledge().policy.clone());
        partition.begin();
        epoch.clear();
        for (offset, record) in input {
            let raw = RawRecord {
                key: Some(&record.key),
                value: Some(&record.value),
                arrival: Some(record.arrival),
                ..RawRecord::default()
            };
            partition.apply(*offset, &raw, None, &accounts, &mut workspace, &mut epoch);
        }
        let next = world.model.borrow().end(number);
        let time = world.last_moment();
        while partition.tick(next, time, None, &accounts, &mut workspace, &mut epoch) {}
        partition.commit();
        for output in epoch.outputs() {
            let Write { topic, key, value, .. } = outputs::write(&output);
            let key = key.unwrap_or_default().to_vec();
            published.entry((topic, key)).or_default().push(without_tick(value.unwrap_or_default()));
        }
        partitions.push(partition);
    }
    (published, partitions)
}

/// A trigger, but for the moment at which the clock was looked at: that is another in each run, and nothing rests on it.
fn without_tick(value: &[u8]) -> Vec<u8> {
    let name = b"\"tick\":\"";
    let Some(begin) = value.windows(name.len()).position(|part| part == name) else { return value.to_vec() };
    let end = value[begin + name.len()..].iter().position(|byte| *byte == b'"').expect("a text has an end");
    [&value[..begin], &value[begin + name.len() + end + 1..]].concat()
}

/// What readers of committed records see.
fn visible(world: &World) -> Published {
    let mut published = Published::new();
    let model = world.model.borrow();
    for (topic, logs) in model.outputs.iter().enumerate().filter(|(topic, _)| *topic != CHANGELOG) {
        for entry in logs.iter().flat_map(|log| &log.entries).filter(|entry| entry.fate == Fate::Committed) {
            let value = without_tick(entry.value.as_deref().unwrap_or_default());
            published.entry((topic, entry.key.clone())).or_default().push(value);
        }
    }
    published
}

fn outputs_fault(expected: &Published, visible: &Published) -> Option<Violation> {
    for key in expected.keys().chain(visible.keys()) {
        let none = Vec::new();
        let (wanted, found) = (expected.get(key).unwrap_or(&none), visible.get(key).unwrap_or(&none));
        if wanted == found {
            continue;
        }
        let sorted = |values: &[Vec<u8>]| {
            let mut values = values.to_vec();
            values.sort();
            values
        };
        let name = String::from_utf8_lossy(&key.1).into_owned();
        let same = sorted(wanted) == sorted(found);
        let invariant = if same { 6 } else { 1 };
        let what = format!("topic {}, key {name}: {} outputs wanted, {} found", key.0, wanted.len(), found.len());
        return Some(Violation { invariant, what });
    }
    None
}

fn state_fault(world: &World, partitions: &[Partition]) -> Option<Violation> {
    let model = world.model.borrow();
    for (number, partition) in partitions.iter().enumerate() {
        let mut position = None;
        let mut conversations = 0;
        for (key, value) in last_values(&model.outputs[CHANGELOG][number]) {
            match Key::read(&key) {
                Ok(Key::Position) => position = Position::read(&value).ok().map(|position| position.next_offset),
                Ok(Key::Conversation { tenant, conversation }) => {
                    conversations += 1;
                    if partition.engine().snapshot(tenant, conversation).as_ref() != Some(&value) {
                        let what = format!("partition {number}: the state of `{conversation}` is another");
                        return Some(Violation { invariant: 2, what });
                    }
                }
                Err(error) => return Some(Violation { invariant: 2, what: error.to_string() }),
            }
        }
        if conversations != partition.engine().conversations() {
            let what = format!(
                "partition {number}: {conversations} conversations in the changelog, not {}",
                partition.engine().conversations()
            );
            return Some(Violation { invariant: 2, what });
        }
        let committed = model.committed.get(&(number as i32)).copied();
        if position != committed {
            let what = format!("partition {number}: position {position:?}, committed {committed:?}");
            return Some(Violation { invariant: 4, what });
        }
    }
    None
}

/// What is wrong at the end, if anything is.
pub(super) fn judge(world: &World, records_max: usize) -> Option<Violation> {
    let (expected, partitions) = sequential(world);
    if let Some(violation) = outputs_fault(&expected, &visible(world)) {
        return Some(violation);
    }
    let model = world.model.borrow();
    if let Some((partition, before, next)) = model.went_back {
        let what = format!("the offset of partition {partition} went back from {before} to {next}");
        return Some(Violation { invariant: 3, what });
    }
    let open = model.outputs.iter().flatten().position(|log| log.stable() < log.high());
    if let Some(log) = open {
        return Some(Violation { invariant: 5, what: format!("a transaction is open in log {log}") });
    }
    if model.largest > records_max as u64 {
        let what = format!("a transaction of {} records, where {records_max} are allowed", model.largest);
        return Some(Violation { invariant: 8, what });
    }
    for (incarnation, metrics) in world.told.borrow().iter() {
        let counted = model.counted.get(incarnation).copied().unwrap_or(0);
        let told = metrics.records();
        // One whose answer never came cannot know whether it, or whoever had the partition next, committed those records.
        if told != counted && metrics.text().contains("foreshock_transactions_total{outcome=\"abandoned\"} 0\n") {
            return Some(Violation { invariant: 9, what: format!("{told} records counted, {counted} committed") });
        }
    }
    drop(model);
    state_fault(world, &partitions)
}
