//! A cluster in memory, as far as exactly-once rests on it: logs with open transactions and a last stable offset, the
//! transaction coordinator with epochs, time-outs and late markers, the group coordinator with generations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::kafka::{Class, Fault};

/// Calls after which a member that was killed is thrown out of the group.
const SESSION: u64 = 60;
/// Calls after which the broker ends an open transaction.
const TRANSACTION: u64 = 900;

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Open,
    Committed,
    Aborted,
    /// It is no record, but says how a transaction ended.
    Marker,
}

/// A place in a log.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) producer: usize,
    pub(super) key: Vec<u8>,
    pub(super) value: Option<Vec<u8>>,
    pub(super) fate: Fate,
}

/// One partition of an output topic.
#[derive(Clone, Debug, Default)]
pub(super) struct OutputLog {
    pub(super) entries: Vec<Entry>,
    /// Where each producer's open transaction begins.
    open: BTreeMap<usize, usize>,
}

impl OutputLog {
    /// The high watermark.
    pub(super) fn high(&self) -> usize {
        self.entries.len()
    }

    /// The last stable offset.
    pub(super) fn stable(&self) -> usize {
        self.open.values().copied().min().unwrap_or(self.entries.len())
    }

    pub(super) fn append(&mut self, producer: usize, key: &[u8], value: Option<&[u8]>, fate: Fate) {
        if fate == Fate::Open {
            self.open.entry(producer).or_insert(self.entries.len());
        }
        self.entries.push(Entry { producer, key: key.to_vec(), value: value.map(<[u8]>::to_vec), fate });
    }

    fn mark(&mut self, producer: usize, commit: bool) {
        if let Some(first) = self.open.remove(&producer) {
            let fate = if commit { Fate::Committed } else { Fate::Aborted };
            let own = self.entries[first..].iter_mut().filter(|entry| entry.producer == producer);
            own.filter(|entry| entry.fate == Fate::Open).for_each(|entry| entry.fate = fate);
        }
        self.append(producer, &[], None, Fate::Marker);
    }
}

/// An open or ending transaction, as the coordinator knows it.
#[derive(Clone, Debug, Default)]
struct Transaction {
    touched: BTreeSet<(usize, usize)>,
    offsets: BTreeMap<i32, i64>,
    /// What is written beside the offsets.
    name: String,
    incarnation: u64,
    begun: u64,
}

/// A transactional id.
#[derive(Clone, Debug, Default)]
struct Producer {
    epoch: u32,
    open: Option<Transaction>,
    /// A transaction whose end is decided, but not yet written everywhere: until when, and how it ends.
    ending: Option<(u64, bool, Transaction)>,
    last: Option<bool>,
}

/// A request that is still on its way.
#[derive(Clone, Copy, Debug)]
struct Late {
    due: u64,
    producer: usize,
    epoch: u32,
    commit: bool,
}

/// The group.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) generation: u64,
    /// By id; when it was killed.
    members: BTreeMap<u64, Option<u64>>,
    next_member: u64,
    pub(super) owners: BTreeMap<i32, u64>,
    pub(super) targets: BTreeMap<i32, u64>,
}

impl Group {
    /// A new member's id.
    pub(super) fn join(&mut self, partitions: i32) -> u64 {
        self.next_member += 1;
        self.members.insert(self.next_member, None);
        self.share_out(partitions);
        self.next_member
    }

    pub(super) fn leave(&mut self, member: u64, partitions: i32) {
        if self.members.remove(&member).is_some() {
            self.owners.retain(|_, owner| *owner != member);
            self.share_out(partitions);
        }
    }

    pub(super) fn knows(&self, member: u64) -> bool {
        self.members.contains_key(&member)
    }

    fn note_death(&mut self, member: u64, now: u64) {
        if let Some(death) = self.members.get_mut(&member) {
            *death = Some(now);
        }
    }

    /// Keeps what can stay where it is.
    fn share_out(&mut self, partitions: i32) {
        self.generation += 1;
        let ids: Vec<u64> = self.members.keys().copied().collect();
        if ids.is_empty() {
            self.targets.clear();
            return;
        }
        let most = (partitions as usize).div_ceil(ids.len());
        let mut counts: BTreeMap<u64, usize> = ids.iter().map(|id| (*id, 0)).collect();
        let mut targets = BTreeMap::new();
        for partition in 0..partitions {
            let stays = self.targets.get(&partition).filter(|id| counts.get(id).is_some_and(|count| *count < most));
            if let Some(id) = stays.copied() {
                targets.insert(partition, id);
                *counts.entry(id).or_default() += 1;
            }
        }
        for partition in 0..partitions {
            targets.entry(partition).or_insert_with(|| {
                let id = ids.iter().copied().min_by_key(|id| counts[id]).expect("there is a member");
                *counts.entry(id).or_default() += 1;
                id
            });
        }
        self.targets = targets;
    }
}

/// The cluster.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) clock: u64,
    /// The same, for the workers' clocks.
    pub(super) shared_clock: Arc<AtomicU64>,
    /// By topic and partition.
    pub(super) outputs: Vec<Vec<OutputLog>>,
    /// Offsets of the records in each input partition, in order.
    pub(super) inputs: Vec<Vec<i64>>,
    pub(super) committed: BTreeMap<i32, i64>,
    /// What was written beside the committed offsets.
    pub(super) names: BTreeMap<i32, String>,
    producers: Vec<Producer>,
    late: Vec<Late>,
    pub(super) group: Group,
    /// How long the next markers take.
    pub(super) marker_delay: u64,
    /// Records whose offsets each life of a worker committed.
    pub(super) counted: BTreeMap<u64, u64>,
    /// The most records of one transaction.
    pub(super) largest: u64,
    /// An offset was committed that lies before the one that was.
    pub(super) went_back: Option<(i32, i64, i64)>,
}

pub(super) fn fault(class: Class, what: &str) -> Fault {
    Fault::new(class, "SIMULATED", what)
}

impl Model {
    pub(super) fn new(workers: usize, outputs: Vec<Vec<OutputLog>>, inputs: Vec<Vec<i64>>) -> Model {
        Model { outputs, inputs, producers: vec![Producer::default(); workers], ..Model::default() }
    }

    pub(super) fn partitions(&self) -> i32 {
        self.inputs.len() as i32
    }

    /// The offset behind the last record of an input partition.
    pub(super) fn end(&self, partition: i32) -> i64 {
        self.inputs[partition as usize].last().map_or(0, |last| last + 1)
    }

    /// A moment passes.
    pub(super) fn tick(&mut self) {
        self.clock += 1;
        self.shared_clock.store(self.clock, Ordering::Relaxed);
        let now = self.clock;
        let due: Vec<Late> = self.late.extract_if(.., |late| late.due <= now).collect();
        for Late { producer, epoch, commit, .. } in due {
            // Nobody waits for the answer. The coordinator cannot tell for which transaction it was meant.
            if self.producers[producer].epoch == epoch && self.producers[producer].open.is_some() {
                self.decide(producer, commit);
            }
        }
        for producer in 0..self.producers.len() {
            if self.producers[producer].ending.as_ref().is_some_and(|(due, ..)| *due <= now) {
                self.write_markers(producer);
            }
            if self.producers[producer].open.as_ref().is_some_and(|open| open.begun + TRANSACTION < now) {
                self.time_out(producer);
            }
        }
        let dead = |(id, death): (&u64, &Option<u64>)| death.filter(|death| death + SESSION < now).map(|_| *id);
        let expired: Vec<u64> = self.group.members.iter().filter_map(dead).collect();
        let partitions = self.partitions();
        expired.into_iter().for_each(|member| self.group.leave(member, partitions));
    }

    /// A member was killed: the group learns of it when its session is over.
    pub(super) fn note_death(&mut self, member: u64) {
        self.group.note_death(member, self.clock);
    }

    /// The broker ends the producer's open transaction, and lets it do nothing any more.
    pub(super) fn time_out(&mut self, producer: usize) {
        if self.producers[producer].open.is_some() {
            self.decide(producer, false);
            self.write_markers(producer);
            self.producers[producer].epoch += 1;
        }
    }

    /// A producer takes over the transactional id; returns its epoch.
    pub(super) fn take_over(&mut self, producer: usize) -> u32 {
        self.write_markers(producer);
        if self.producers[producer].open.is_some() {
            self.decide(producer, false);
            self.write_markers(producer);
        }
        self.producers[producer].epoch += 1;
        self.producers[producer].last = None;
        self.producers[producer].epoch
    }

    fn check(&self, producer: usize, epoch: u32) -> Result<(), Fault> {
        if self.producers[producer].epoch == epoch { Ok(()) } else { Err(fault(Class::Fenced, "a newer epoch")) }
    }

    fn open(&mut self, producer: usize, incarnation: u64) -> &mut Transaction {
        // While markers of the last one are being written, the client is told to come again, and does.
        self.write_markers(producer);
        let begun = self.clock;
        let new = || Transaction { incarnation, begun, ..Transaction::default() };
        self.producers[producer].open.get_or_insert_with(new)
    }

    /// Adds a partition to the transaction.
    pub(super) fn add_partition(
        &mut self,
        producer: usize,
        epoch: u32,
        incarnation: u64,
        place: (usize, usize),
    ) -> Result<(), Fault> {
        self.check(producer, epoch)?;
        self.open(producer, incarnation).touched.insert(place);
        Ok(())
    }

    /// Writes a record; the partition must have been added, which brokers of that age do not check.
    pub(super) fn write(
        &mut self,
        producer: usize,
        epoch: u32,
        (topic, partition): (usize, usize),
        key: &[u8],
        value: Option<&[u8]>,
    ) -> Result<(), Fault> {
        self.check(producer, epoch)?;
        self.outputs[topic][partition].append(producer, key, value, Fate::Open);
        Ok(())
    }

    /// Adds offsets to the transaction, in the name of a member of a generation.
    pub(super) fn add_offsets(
        &mut self,
        producer: usize,
        epoch: u32,
        incarnation: u64,
        identity: Option<(u64, u64)>,
        (offsets, name): (&[(i32, i64)], &str),
    ) -> Result<(), Fault> {
        self.check(producer, epoch)?;
        let is_current = |(member, generation)| self.group.knows(member) && self.group.generation == generation;
        if !identity.is_some_and(is_current) {
            return Err(fault(Class::AbortAndRejoin, "the group goes on without that member"));
        }
        let open = self.open(producer, incarnation);
        open.offsets.extend(offsets.iter().copied());
        name.clone_into(&mut open.name);
        Ok(())
    }

    /// Ends the transaction.
    pub(super) fn end_transaction(&mut self, producer: usize, epoch: u32, commit: bool) -> Result<(), Fault> {
        self.check(producer, epoch)?;
        let Producer { open, ending, last, .. } = &self.producers[producer];
        let decided = ending.as_ref().map(|(_, commit, _)| *commit).or(*last);
        if open.is_some() {
            self.decide(producer, commit);
            Ok(())
        } else if decided == Some(commit) || (!commit && decided.is_none()) {
            Ok(())
        } else {
            Err(fault(Class::Renew, "the transaction is in no state for that"))
        }
    }

    /// The same request arrives once more, later.
    pub(super) fn repeat_end(&mut self, producer: usize, epoch: u32, commit: bool, delay: u64) {
        self.late.push(Late { due: self.clock + delay, producer, epoch, commit });
    }

    fn decide(&mut self, producer: usize, commit: bool) {
        let due = self.clock + self.marker_delay;
        let producer_state = &mut self.producers[producer];
        if let Some(open) = producer_state.open.take() {
            producer_state.ending = Some((due, commit, open));
        }
        if self.marker_delay == 0 {
            self.write_markers(producer);
        }
    }

    fn write_markers(&mut self, producer: usize) {
        let Some((_, commit, transaction)) = self.producers[producer].ending.take() else { return };
        self.producers[producer].last = Some(commit);
        for (topic, partition) in transaction.touched {
            self.outputs[topic][partition].mark(producer, commit);
        }
        if !commit {
            return;
        }
        let mut records = 0;
        for (partition, next) in transaction.offsets {
            let before = self.committed.insert(partition, next).unwrap_or(0);
            self.names.insert(partition, transaction.name.clone());
            if next < before {
                self.went_back.get_or_insert((partition, before, next));
            }
            let input = &self.inputs[partition as usize];
            records += input.iter().filter(|offset| (before..next).contains(*offset)).count() as u64;
        }
        *self.counted.entry(transaction.incarnation).or_default() += records;
        self.largest = self.largest.max(records);
    }

    /// Whether a transaction is pending on the partition's offset.
    pub(super) fn is_pending(&self, partition: i32) -> bool {
        let names = |transaction: &Transaction| transaction.offsets.contains_key(&partition);
        self.producers.iter().any(|producer| {
            producer.open.as_ref().is_some_and(names) || producer.ending.as_ref().is_some_and(|(.., t)| names(t))
        })
    }
}
