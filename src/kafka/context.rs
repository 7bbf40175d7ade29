//! What librdkafka's clients tell on the side: log lines, errors, deliveries that failed, rebalances.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::Offset;
use rdkafka::TopicPartitionList;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::ProducerContext;
use rdkafka::types::RDKafkaRespErr;

use super::raw::Queue;

/// Facilities of librdkafka's log in which a producer tells of a lost connection, a request that timed out, or a
/// transaction or producer id in trouble. After any of them a late retry could end a later transaction
/// (KAFKA-17754; librdkafka lacks KIP-890), so the producer is replaced.
const SUSPECT: [&str; 4] = ["FAIL", "REQTMOUT", "TXNERR", "GETPID"];

/// How long the group's part of a consumer takes at most to end once it has its partitions back.
const CLOSED_MAX: Duration = Duration::from_secs(1);

/// Whether a line tells of a connection that did not come about: nothing was under way on it. A broker that is down
/// must not have producers replaced for ever.
fn is_about_connecting(line: &str) -> bool {
    line.contains("Connect to ") || line.contains("Failed to resolve")
}

/// Passes one of librdkafka's log lines on. They tell of brokers, topics and partitions, never of records.
fn pass_on(level: RDKafkaLogLevel, facility: &str, line: &str) {
    // Properties are given to consumers and producers alike; librdkafka warns of those that are for the other.
    if facility == "CONFWARN" {
        return;
    }
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
            tracing::warn!(target: "librdkafka", facility, "{line}");
        }
        RDKafkaLogLevel::Warning => tracing::warn!(target: "librdkafka", facility, "{line}"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => tracing::info!(target: "librdkafka", facility, "{line}"),
        RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", facility, "{line}"),
    }
}

/// What a producer told since it was made.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    suspect: AtomicBool,
    /// The topics whose records were refused as too large.
    too_large: Mutex<Vec<String>>,
}

impl Deliveries {
    /// See [`super::Log::is_suspect`].
    pub(super) fn is_suspect(&self) -> bool {
        self.suspect.load(Ordering::Acquire)
    }

    /// Forgets what happened before the transactional id was taken over: what a late retry of that could do is to fence
    /// this producer, and that is noticed.
    pub(super) fn clear_suspicion(&self) {
        self.suspect.store(false, Ordering::Release);
    }

    /// The topics that refused a record as too large since this was last asked.
    pub(super) fn take_too_large(&self) -> Vec<String> {
        std::mem::take(&mut *self.too_large.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        if SUSPECT.contains(&facility) && !is_about_connecting(line) {
            self.suspect.store(true, Ordering::Release);
        }
        pass_on(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if !is_about_connecting(reason) {
            self.suspect.store(true, Ordering::Release);
        }
        tracing::warn!(target: "librdkafka", "producer: {error}: {reason}");
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    /// Called for failures alone (`delivery.report.only.error`); a failed transaction tells of them too, but not why.
    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, message)) = result {
            match error.rdkafka_error_code() {
                Some(RDKafkaErrorCode::MessageSizeTooLarge | RDKafkaErrorCode::InvalidRecord) => {
                    let mut topics = self.too_large.lock().unwrap_or_else(PoisonError::into_inner);
                    topics.push(message.topic().to_owned());
                }
                // What an abort throws away.
                Some(RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight) => {}
                _ => tracing::warn!(topic = message.topic(), "a record was not delivered: {error}"),
            }
        }
    }
}

/// A change of the partitions that this member owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The partition is ours; reading begins there, if that is known.
    Assigned(String, i32, Option<Begin>),
    /// The partition is no more ours.
    Revoked(String, i32),
}

/// Where reading of a partition begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begin {
    pub(super) offset: i64,
    /// Whether it is the offset that the group has committed.
    pub(super) is_committed: bool,
}

/// Finds where reading of newly assigned partitions begins, by topic and partition.
pub(super) type BeginLookup =
    Box<dyn Fn(&BaseConsumer<Membership>, &TopicPartitionList) -> BTreeMap<(String, i32), Begin> + Send + Sync>;

/// A consumer's side talk. Rebalances forward each new partition to the worker's own queue before it is assigned.
pub(super) struct Membership {
    queue: OnceLock<Weak<Queue<Membership>>>,
    changes: Mutex<Vec<Change>>,
    begin: BeginLookup,
    /// Whether the consumer is about to be closed.
    closing: AtomicBool,
    /// Whether it has given its partitions back since.
    gave_back: AtomicBool,
}

impl Membership {
    /// A context; `begin` is asked at each assignment.
    pub(super) fn new(begin: BeginLookup) -> Membership {
        let (closing, gave_back) = (AtomicBool::new(false), AtomicBool::new(false));
        Membership { queue: OnceLock::new(), changes: Mutex::default(), begin, closing, gave_back }
    }

    /// Tells where records go. Before the subscription; once.
    pub(super) fn set_queue(&self, queue: Weak<Queue<Membership>>) {
        // A second call would be a mistake of ours that changes nothing.
        drop(self.queue.set(queue));
    }

    /// The consumer is about to be closed.
    pub(super) fn note_closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Whether a rebalance comes too late to be answered. While it closes, the group's part of librdkafka waits for its
    /// partitions once; what was still on its way then is served when that part has ended, and a question to it would
    /// have no answer, ever.
    fn is_too_late(&self, consumer: &BaseConsumer<Membership>) -> bool {
        if !self.closing.load(Ordering::Acquire) {
            return false;
        }
        if !self.gave_back.swap(true, Ordering::AcqRel) {
            return consumer.closed();
        }
        let begin = Instant::now();
        while !consumer.closed() {
            if begin.elapsed() > CLOSED_MAX {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }

    /// The changes since this was last asked, in order.
    pub(super) fn take_changes(&self) -> Vec<Change> {
        std::mem::take(&mut *self.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn assign(&self, consumer: &BaseConsumer<Membership>, list: &mut TopicPartitionList) {
        let begins = (self.begin)(consumer, list);
        let queue = self.queue.get().and_then(Weak::upgrade);
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let partitions: Vec<(String, i32)> =
            list.elements().iter().map(|element| (element.topic().to_owned(), element.partition())).collect();
        for (topic, partition) in partitions {
            if let Some(queue) = &queue {
                queue.forward(&topic, partition);
            }
            let begin = begins.get(&(topic.clone(), partition)).copied();
            // A committed offset is left to librdkafka, which waits for transactions that are pending on it.
            if let Some(Begin { offset, is_committed: false }) = begin
                && let Err(error) = list.set_partition_offset(&topic, partition, Offset::Offset(offset))
            {
                tracing::warn!(topic, partition, "cannot begin at offset {offset}: {error}");
            }
            changes.push(Change::Assigned(topic, partition, begin));
        }
        drop(changes);
        report(
            "assign",
            match consumer.rebalance_protocol() {
                RebalanceProtocol::Cooperative => consumer.incremental_assign(list),
                RebalanceProtocol::Eager | RebalanceProtocol::None => consumer.assign(list),
            },
        );
    }

    fn unassign(&self, consumer: &BaseConsumer<Membership>, list: &TopicPartitionList) {
        let revoked = list
            .elements()
            .iter()
            .map(|element| Change::Revoked(element.topic().to_owned(), element.partition()))
            .collect::<Vec<_>>();
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).extend(revoked);
        report(
            "unassign",
            match consumer.rebalance_protocol() {
                RebalanceProtocol::Cooperative => consumer.incremental_unassign(list),
                RebalanceProtocol::Eager | RebalanceProtocol::None => consumer.unassign(),
            },
        );
    }
}

fn report(what: &str, result: Result<(), KafkaError>) {
    if let Err(error) = result {
        tracing::warn!("cannot {what} partitions: {error}");
    }
}

impl ClientContext for Membership {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        pass_on(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::warn!(target: "librdkafka", "consumer: {error}: {reason}");
    }
}

impl ConsumerContext for Membership {
    fn rebalance(&self, consumer: &BaseConsumer<Membership>, error: RDKafkaRespErr, list: &mut TopicPartitionList) {
        if self.is_too_late(consumer) {
            return;
        }
        match error {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => self.assign(consumer, list),
            _ => self.unassign(consumer, list),
        }
    }
}

/// The context of clients that only ask: their lines go to the log, nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl ClientContext for Quiet {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        if facility != "FAIL" {
            pass_on(level, facility, line);
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", "{error}: {reason}");
    }
}

impl ConsumerContext for Quiet {}
impl ProducerContext for Quiet {
    type DeliveryOpaque = ();
    fn delivery(&self, _: &DeliveryResult<'_>, (): ()) {}
}
