//! Reads changelogs on a thread of its own, so that the partitions that need no restoring go on meanwhile.
//!
//! The order of questions is what makes it right. First the group's committed offset, by a client that waits until no
//! transaction is pending on it; then the changelog's end, by a client that sees open transactions, too. Whoever had the
//! partition before wrote the records of a transaction before it sent the offsets, so that all that belongs to the offset
//! is before that end. Reading itself sees committed records only, and so waits for what is still open.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::{Offset, TopicPartitionList};

use super::context::Quiet;
use super::fault::{Class, Fault};
use super::follower::Follower;
use super::log::{Restored, Source};
use super::{cluster::Plan, config};

/// Chunks that may wait for the worker; each holds what one poll returned.
const CHUNKS: usize = 8;
/// How long one question waits for its answer, and so how long a cancelled restore may go on.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for a record.
const IDLE: Duration = Duration::from_millis(50);

/// A partition to restore. Its ticket tells it from an earlier try.
#[derive(Clone)]
struct Order {
    source: Source,
    ticket: u64,
    /// Nobody waits for it any more.
    cancelled: Arc<AtomicBool>,
}

impl Order {
    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }
}

/// Part of a changelog.
struct Chunk {
    order: Order,
    /// Keys and values, one after the other.
    bytes: Vec<u8>,
    /// Where each key ends, and where its value does, if it has one.
    records: Vec<(usize, Option<usize>)>,
    /// Records that are still to come.
    remaining: i64,
    /// The committed offset and the oldest record of the input, once all is read.
    end: Option<(Option<i64>, i64)>,
}

impl Chunk {
    fn of(order: &Order) -> Chunk {
        Chunk { order: order.clone(), bytes: Vec::new(), records: Vec::new(), remaining: 0, end: None }
    }
}

/// The worker's side.
pub(super) struct Restorer {
    orders: Sender<Order>,
    chunks: Receiver<Result<Chunk, Fault>>,
    /// What is under way, with the records that are still to come.
    open: Vec<(Order, i64)>,
    tickets: u64,
}

impl Restorer {
    /// Starts the thread. It ends when this is dropped.
    pub(super) fn start(plan: &Plan, changelog: &str) -> KafkaResult<Restorer> {
        let asking = BaseConsumer::from_config_and_context(&config::asking(&plan.kafka), Quiet)?;
        let stable = config::group_inquiry(&plan.kafka).set("isolation.level", "read_committed").to_owned();
        let group = BaseConsumer::from_config_and_context(&stable, Quiet)?;
        let follower = Follower::idle(&config::reader(&plan.kafka), changelog)?;
        let (orders, ordered) = channel();
        let (sender, chunks) = sync_channel(CHUNKS);
        let reading =
            Reading { inputs: plan.inputs.clone(), changelog: changelog.to_owned(), asking, group, follower, sender };
        let thread = thread::Builder::new().name("restore".to_owned());
        let spawned = thread.spawn(move || reading.run(&ordered));
        spawned.expect("the system has room for a thread a worker");
        Ok(Restorer { orders, chunks, open: Vec::new(), tickets: 0 })
    }

    /// Begins to restore a partition, anew if that is under way.
    pub(super) fn begin(&mut self, source: Source) {
        self.cancel(source);
        self.tickets += 1;
        let order = Order { source, ticket: self.tickets, cancelled: Arc::default() };
        self.open.push((order.clone(), 0));
        // An error means that the thread has ended, which the next poll tells.
        let _ = self.orders.send(order);
    }

    /// Restoring of the partition ends where it is, and what has come of it is thrown away.
    pub(super) fn cancel(&mut self, source: Source) {
        self.open.retain(|(order, _)| {
            let stays = order.source != source;
            order.cancelled.fetch_or(!stays, Ordering::AcqRel);
            stays
        });
    }

    /// See [`super::Log::poll_restore`].
    pub(super) fn poll(&mut self, idle: Duration, each: &mut dyn FnMut(Source, Restored<'_>)) -> Result<i64, Fault> {
        if self.open.is_empty() {
            return Ok(0);
        }
        match self.chunks.recv_timeout(idle) {
            Ok(chunk) => self.hand_out(&chunk?, each),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Fault::new(Class::Hopeless, "RESTORE", "the thread that reads the changelog has ended"));
            }
        }
        Ok(self.open.iter().map(|(_, remaining)| remaining).sum())
    }

    fn hand_out(&mut self, chunk: &Chunk, each: &mut dyn FnMut(Source, Restored<'_>)) {
        let Some(place) = self.open.iter().position(|(order, _)| order.ticket == chunk.order.ticket) else { return };
        self.open[place].1 = chunk.remaining;
        let source = chunk.order.source;
        let mut start = 0;
        for (key_end, value_end) in &chunk.records {
            let key = &chunk.bytes[start..*key_end];
            let value = value_end.map(|end| &chunk.bytes[*key_end..end]);
            each(source, Restored::Record { key, value });
            start = value_end.unwrap_or(*key_end);
        }
        if let Some((committed, oldest)) = chunk.end {
            self.open.remove(place);
            each(source, Restored::End { committed, oldest });
        }
    }
}

/// The thread does not read to the end for nobody.
impl Drop for Restorer {
    fn drop(&mut self) {
        self.open.iter().for_each(|(order, _)| order.cancelled.store(true, Ordering::Release));
    }
}

/// Why the thread goes on to the next order, or ends.
enum Halt {
    /// The order at hand was cancelled.
    Cancelled,
    /// Nobody listens any more.
    Deserted,
}

/// The thread's side.
struct Reading {
    inputs: Vec<String>,
    changelog: String,
    /// Sees records of open transactions.
    asking: BaseConsumer<Quiet>,
    /// Waits for transactions that are pending on offsets.
    group: BaseConsumer<Quiet>,
    follower: Follower,
    sender: SyncSender<Result<Chunk, Fault>>,
}

impl Reading {
    fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(order) = orders.recv() {
            let halted = self.restore(&order);
            if let Err(error) = self.follower.rest() {
                tracing::warn!("cannot let go of the changelog: {error}");
            }
            match halted {
                Ok(()) => {}
                Err(Halt::Cancelled) => tracing::info!(partition = order.source.partition, "restoring cancelled"),
                Err(Halt::Deserted) => return,
            }
        }
    }

    fn restore(&mut self, order: &Order) -> Result<(), Halt> {
        let input = self.inputs[order.source.topic].clone();
        let changelog = self.changelog.clone();
        let partition = order.source.partition;
        let committed = self.ask(order, |reading| reading.committed(&input, partition))?;
        let (oldest, _) = self.ask(order, |reading| reading.asking.fetch_watermarks(&input, partition, PATIENCE))?;
        let (low, high) =
            self.ask(order, |reading| reading.asking.fetch_watermarks(&changelog, partition, PATIENCE))?;
        if low < high {
            self.read(order, high)?;
        }
        self.send(Chunk { end: Some((committed, oldest)), ..Chunk::of(order) })
    }

    fn read(&mut self, order: &Order, end: i64) -> Result<(), Halt> {
        let partition = order.source.partition;
        if let Err(error) = self.follower.read_only(partition) {
            self.sender.send(Err(self.fault(&error))).map_err(|_| Halt::Deserted)?;
            return Err(Halt::Cancelled);
        }
        let mut next = 0;
        while next < end {
            let mut chunk = Chunk::of(order);
            self.follower.poll(IDLE, |record| {
                // A late record of the partition before this one.
                if record.source.partition != partition {
                    return;
                }
                chunk.bytes.extend_from_slice(record.key.unwrap_or_default());
                let key_end = chunk.bytes.len();
                chunk.bytes.extend_from_slice(record.value.unwrap_or_default());
                chunk.records.push((key_end, record.value.map(|_| chunk.bytes.len())));
            });
            next = self.follower.position(partition).unwrap_or(next);
            chunk.remaining = (end - next).max(0);
            self.send(chunk)?;
        }
        Ok(())
    }

    /// Asks until there is an answer that is no matter of waiting.
    fn ask<T>(&mut self, order: &Order, question: impl Fn(&Reading) -> KafkaResult<T>) -> Result<T, Halt> {
        loop {
            if order.is_cancelled() {
                return Err(Halt::Cancelled);
            }
            match question(self) {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    let fault = self.fault(&error);
                    if fault.class == Class::Hopeless {
                        self.sender.send(Err(fault)).map_err(|_| Halt::Deserted)?;
                        return Err(Halt::Deserted);
                    }
                    tracing::info!(partition = order.source.partition, "{fault}; asking again");
                    // An empty chunk tells whether anybody still listens.
                    self.send(Chunk::of(order))?;
                }
            }
        }
    }

    fn committed(&self, input: &str, partition: i32) -> KafkaResult<Option<i64>> {
        let mut list = TopicPartitionList::new();
        list.add_partition(input, partition);
        let answer = self.group.committed_offsets(list, PATIENCE)?;
        let element = answer.elements().into_iter().next();
        element.map_or(Ok(None), |element| {
            element.error()?;
            Ok(match element.offset() {
                Offset::Offset(offset) => Some(offset),
                _ => None,
            })
        })
    }

    /// Hands over a chunk, unless nobody waits for it.
    fn send(&self, chunk: Chunk) -> Result<(), Halt> {
        if chunk.order.is_cancelled() {
            return Err(Halt::Cancelled);
        }
        self.sender.send(Ok(chunk)).map_err(|_| Halt::Deserted)
    }

    fn fault(&self, error: &KafkaError) -> Fault {
        use rdkafka::error::RDKafkaErrorCode as Code;
        let code = error.rdkafka_error_code();
        let class = match code {
            Some(
                Code::TopicAuthorizationFailed
                | Code::GroupAuthorizationFailed
                | Code::UnknownTopicOrPartition
                | Code::UnknownTopic
                | Code::UnknownPartition,
            ) => Class::Hopeless,
            _ => Class::Retriable,
        };
        let name = code.map_or_else(String::new, |code| format!("{code:?}"));
        Fault::new(class, name, format!("cannot restore from `{}`: {error}", self.changelog))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Instant;

    use super::*;
    use crate::settings::{Kafka, Start};

    /// Where nobody answers, a restore goes on for ever; one that is cancelled makes way for the next.
    #[test]
    fn a_cancelled_restore_makes_way() {
        let kafka = Kafka {
            brokers: vec!["127.0.0.1:1".to_owned()],
            group_id: "group".to_owned(),
            instance: "a".to_owned(),
            static_membership: false,
            properties: BTreeMap::new(),
        };
        let (inputs, outputs) = (vec!["events".to_owned()], Vec::new());
        let transactional_id = "group-a-0".to_owned();
        let plan = Plan { kafka, transactional_id, inputs, outputs, changelog: None, start: Start::Earliest };
        let mut restorer = Restorer::start(&plan, "state").expect("no broker is asked yet");
        let [first, second] = [0, 1].map(|partition| Source { topic: 0, partition });
        let comes = |restorer: &Restorer| {
            let chunk = restorer.chunks.recv_timeout(PATIENCE * 10).expect("the thread tells that it goes on");
            chunk.unwrap_or_else(|fault| panic!("{fault}")).order.source
        };
        restorer.begin(first);
        restorer.begin(second);
        assert_eq!(comes(&restorer), first);
        restorer.cancel(first);
        let deadline = Instant::now() + PATIENCE * 10;
        // Some of the first may be on its way.
        while comes(&restorer) != second {
            assert!(Instant::now() < deadline, "the second restore does not begin");
        }
    }
}
