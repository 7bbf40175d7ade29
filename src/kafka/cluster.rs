//! [`Log`] on a Kafka cluster: one consumer in the group, one transactional producer.

use std::ffi::CString;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Offset, TopicPartitionList};

use super::context::{Change, Deliveries, Membership, Quiet};
use super::ends::{Ends, Growth};
use super::fault::{Class, Fault};
use super::log::{Batch, Committed, GroupEvent, Log, Record, Restored, Source, Write};
use super::raw::{MemberIdentity, Messages, Notice, Producer, Queue, cached_end, position};
use super::restorer::Restorer;
use super::{begin, config, topics::Inquiry};
use crate::settings::{Kafka, Start};
use crate::wire::Header;

/// The least that a topic's record size is lowered to when the topic keeps refusing records.
const RECORD_BYTES_MIN: usize = 4_096;

/// What a worker reads and writes.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How the cluster is reached.
    pub kafka: Kafka,
    /// The worker's transactional id, and its name in the group.
    pub transactional_id: String,
    /// Topics to read; [`Source::topic`] counts them.
    pub inputs: Vec<String>,
    /// Topics to write; [`Write::topic`] counts them.
    pub outputs: Vec<String>,
    /// The changelog's place among the outputs, where states are kept across restarts.
    pub changelog: Option<usize>,
    /// Where reading begins when the group has no offset.
    pub start: Start,
}

/// A member of the group with its producer.
pub struct Cluster {
    plan: Plan,
    input_names: Vec<CString>,
    /// The largest record of each output topic.
    sizes: Vec<usize>,
    producer: Producer<Deliveries>,
    /// Whether the producer has taken over its transactional id.
    ready: bool,
    fault: Option<Fault>,
    /// Who this member was when events were last served. A transaction's offsets are sent under that name, so that they
    /// are refused if anything has changed since.
    identity: Option<MemberIdentity>,
    queue: Arc<Queue<Membership>>,
    restorer: Option<Restorer>,
    ends: Ends,
    growth: Growth,
}

impl Cluster {
    /// Connects (in the background) and joins the group. [`Log::renew`] must come before the first transaction.
    ///
    /// # Errors
    /// When librdkafka does not accept the settings.
    pub fn join(plan: Plan, inquiry: &Inquiry) -> KafkaResult<Cluster> {
        let sizes = output_sizes(&plan, inquiry);
        let consumer = config::member(&plan.kafka, &plan.transactional_id);
        let membership = Membership::new(begin::lookup(&plan)?);
        let consumer = Arc::new(BaseConsumer::from_config_and_context(&consumer, membership)?);
        let queue = Arc::new(Queue::new(Arc::clone(&consumer)));
        consumer.context().set_queue(Arc::downgrade(&queue));
        consumer.subscribe(&plan.inputs.iter().map(String::as_str).collect::<Vec<_>>())?;
        let producer = new_producer(&plan, &sizes)?;
        let changelog = plan.changelog.map(|place| plan.outputs[place].clone());
        let restorer = changelog.map(|changelog| Restorer::start(&plan, &changelog)).transpose()?;
        let ends = Ends::new(&plan)?;
        let growth = Growth::start(&plan)?;
        let input_names = plan.inputs.iter().map(|topic| CString::new(topic.as_str()).expect("no topic has a NUL"));
        Ok(Cluster {
            input_names: input_names.collect(),
            plan,
            sizes,
            producer,
            ready: false,
            fault: None,
            identity: None,
            queue,
            restorer,
            ends,
            growth,
        })
    }

    fn consumer(&self) -> &BaseConsumer<Membership> {
        self.queue.consumer()
    }

    fn list(&self, offsets: &[(Source, i64)], metadata: &str) -> TopicPartitionList {
        let mut list = TopicPartitionList::with_capacity(offsets.len());
        for (source, offset) in offsets {
            let mut element = list.add_partition(&self.plan.inputs[source.topic], source.partition);
            element.set_offset(Offset::Offset(*offset)).expect("offsets are not negative");
            element.set_metadata(metadata);
        }
        list
    }

    fn partition(&self, source: Source) -> TopicPartitionList {
        let mut list = TopicPartitionList::with_capacity(1);
        list.add_partition(&self.plan.inputs[source.topic], source.partition);
        list
    }

    /// Lowers what the topics that refused a record are taken to accept, so that the next attempt is cut further.
    fn lower_sizes(&mut self) {
        for topic in self.producer.context().take_too_large() {
            if let Some(place) = self.plan.outputs.iter().position(|output| *output == topic) {
                let size = (self.sizes[place] / 4 * 3).max(RECORD_BYTES_MIN);
                tracing::warn!(topic, "the topic refused a record as too large; records are cut to {size} bytes now");
                self.sizes[place] = size;
            }
        }
    }
}

/// The largest record of each output topic.
fn output_sizes(plan: &Plan, inquiry: &Inquiry) -> Vec<usize> {
    let names: Vec<&str> = plan.outputs.iter().map(String::as_str).collect();
    let sizes = inquiry.record_bytes_max(&names, Duration::from_secs(5));
    names.iter().map(|name| sizes[*name]).collect()
}

fn new_producer(plan: &Plan, sizes: &[usize]) -> KafkaResult<Producer<Deliveries>> {
    let least = sizes.iter().copied().min().unwrap_or(RECORD_BYTES_MIN);
    let most = sizes.iter().copied().max().unwrap_or(RECORD_BYTES_MIN);
    let config = config::transactional(&plan.kafka, &plan.transactional_id, least, most);
    Producer::new(&config, Deliveries::default(), &plan.outputs)
}

/// Records in librdkafka's memory.
pub struct ClusterBatch {
    messages: Messages<Membership>,
    inputs: Vec<String>,
}

impl Batch for ClusterBatch {
    fn len(&self) -> usize {
        self.messages.len()
    }

    fn record(&self, index: usize) -> Record<'_> {
        let message = self.messages.get(index);
        let topic = match self.inputs.len() {
            1 => 0,
            _ => place_of(&self.inputs, self.messages.topic(index)),
        };
        Record {
            source: Source { topic, partition: message.partition },
            offset: message.offset,
            timestamp: message.timestamp,
            key: message.key,
            value: message.value,
        }
    }

    fn headers<'a>(&'a self, index: usize, into: &mut Vec<Header<'a>>) {
        self.messages.headers(index, into);
    }

    fn clear(&mut self) {
        self.messages.clear();
    }
}

fn place_of(inputs: &[String], topic: &str) -> usize {
    inputs.iter().position(|input| input == topic).expect("nothing comes of a topic that was not subscribed to")
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.consumer().context().note_closing();
    }
}

impl Log for Cluster {
    type Batch = ClusterBatch;

    fn poll_events(&mut self, events: &mut Vec<GroupEvent>) -> Result<(), Fault> {
        // Each call serves one event, and a rebalance has two or three.
        for _ in 0..3 {
            if let Some(Err(error)) = self.consumer().poll(Duration::ZERO) {
                note_error(&error, &mut self.fault);
            }
        }
        self.identity = MemberIdentity::of(self.consumer());
        let inputs = &self.plan.inputs;
        let changes = self.consumer().context().take_changes();
        events.extend(changes.into_iter().map(|change| match change {
            Change::Assigned(topic, partition, begin) => GroupEvent::Assigned {
                source: Source { topic: place_of(inputs, &topic), partition },
                next: begin.map(|begin| begin.offset),
                is_committed: begin.is_none_or(|begin| begin.is_committed),
            },
            Change::Revoked(topic, partition) => {
                GroupEvent::Revoked(Source { topic: place_of(inputs, &topic), partition })
            }
        }));
        for event in &*events {
            if let (GroupEvent::Revoked(source), Some(restorer)) = (event, &mut self.restorer) {
                restorer.cancel(*source);
            }
        }
        self.fault.take().map_or(Ok(()), Err)
    }

    fn new_batch(&self) -> ClusterBatch {
        ClusterBatch { messages: Messages::new(Arc::clone(&self.queue)), inputs: self.plan.inputs.clone() }
    }

    fn poll_batch(&mut self, records_max: usize, idle: Duration, batch: &mut ClusterBatch) {
        let fault = &mut self.fault;
        batch.messages.fill(records_max, idle, |notice| {
            let Notice { topic, partition, offset, .. } = notice;
            tracing::warn!(topic, partition, "cannot read: {}", notice.text);
            if notice.error == RDKafkaRespErr::RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET {
                let message = format!(
                    "the log of `{topic}`, partition {partition}, does not have the offset {offset} where reading should go \
                     on; see what it has, and set the group's offset with `kafka-consumer-groups.sh --reset-offsets`"
                );
                *fault = Some(Fault::new(Class::Hopeless, "OFFSET_OUT_OF_RANGE", message));
            } else {
                note_code(RDKafkaErrorCode::from(notice.error), fault);
            }
        });
    }

    fn begin(&mut self) -> Result<(), Fault> {
        self.producer.begin()
    }

    fn write(&mut self, record: &Write<'_>) -> Result<(), Fault> {
        let error = self.producer.write(record);
        if error == RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR {
            return Ok(());
        }
        let topic = &self.plan.outputs[record.topic];
        let code = RDKafkaErrorCode::from(error);
        if code == RDKafkaErrorCode::MessageSizeTooLarge {
            let size = &mut self.sizes[record.topic];
            *size = (*size / 4 * 3).max(RECORD_BYTES_MIN);
        }
        // In a transaction that has already failed every write is refused, too; the abort tells what is the matter.
        Err(Fault::new(Class::Abort, format!("{code:?}"), format!("cannot write to topic `{topic}`: {code}")))
    }

    fn size_max(&self, topic: usize) -> usize {
        self.sizes[topic]
    }

    fn send_offsets(&mut self, next: &[(Source, i64)], metadata: &str) -> Result<(), Fault> {
        let Some(identity) = &self.identity else {
            let message = "cannot add the read offsets to the transaction: the group has dropped this member";
            return Err(Fault::new(Class::AbortAndRejoin, "NOT_A_MEMBER", message));
        };
        self.producer.send_offsets(&self.list(next, metadata), identity)
    }

    fn commit(&mut self) -> Result<(), Fault> {
        self.producer.commit()
    }

    fn abort(&mut self) -> Result<(), Fault> {
        let result = self.producer.abort();
        self.lower_sizes();
        result
    }

    fn is_suspect(&self) -> bool {
        self.producer.context().is_suspect()
    }

    fn renew(&mut self, patience: Duration) -> Result<(), Fault> {
        if self.ready {
            self.ready = false;
            let made = new_producer(&self.plan, &self.sizes);
            self.producer = made.map_err(|error| Fault::new(Class::Hopeless, "CLIENT", error.to_string()))?;
        }
        self.producer.init_transactions(patience)?;
        self.producer.context().clear_suspicion();
        self.ready = true;
        Ok(())
    }

    fn committed(&mut self, sources: &[Source], patience: Duration) -> Result<Vec<Option<Committed>>, Fault> {
        let mut list = TopicPartitionList::with_capacity(sources.len());
        for source in sources {
            list.add_partition(&self.plan.inputs[source.topic], source.partition);
        }
        // By a client of its own: the member's may be waiting for events to be served, and answers nothing until then.
        let asking = config::group_inquiry(&self.plan.kafka).set("isolation.level", "read_committed").to_owned();
        let client: BaseConsumer<Quiet> = BaseConsumer::from_config_and_context(&asking, Quiet)
            .map_err(|error| Fault::new(Class::Hopeless, "CLIENT", error.to_string()))?;
        let answer = client.committed_offsets(list, patience).map_err(|error| {
            let name = error.rdkafka_error_code().map_or_else(String::new, |code| format!("{code:?}"));
            Fault::new(Class::Retriable, name, format!("cannot read the group's committed offsets: {error}"))
        })?;
        let of = |source: &Source| {
            let element = answer.find_partition(&self.plan.inputs[source.topic], source.partition)?;
            match element.offset() {
                Offset::Offset(offset) => Some(Committed { offset, metadata: element.metadata().to_owned() }),
                _ => None,
            }
        };
        Ok(sources.iter().map(of).collect())
    }

    fn seek(&mut self, source: Source, offset: i64) -> Result<(), Fault> {
        let topic = &self.plan.inputs[source.topic];
        let patience = Duration::from_secs(10);
        // Retriable: right after an assignment librdkafka may not yet have begun with the partition.
        let refused = |error: KafkaError| {
            let message = format!("cannot go on at offset {offset} of `{topic}`: {error}");
            Fault::new(Class::Retriable, "SEEK", message)
        };
        // In this order: what is fetched between the two is thrown away by the second.
        if self.restorer.is_some() {
            self.consumer().resume(&self.partition(source)).map_err(refused)?;
        }
        self.consumer().seek(topic, source.partition, Offset::Offset(offset), patience).map_err(refused)
    }

    fn restore(&mut self, source: Source) -> Result<(), Fault> {
        let topic = &self.plan.inputs[source.topic];
        self.consumer().pause(&self.partition(source)).map_err(|error| {
            Fault::new(
                Class::Hopeless,
                "PAUSE",
                format!("cannot hold `{topic}`, partition {}: {error}", source.partition),
            )
        })?;
        let restorer = self.restorer.as_mut().expect("only a worker with a changelog restores");
        restorer.begin(source);
        Ok(())
    }

    fn poll_restore(&mut self, idle: Duration, each: &mut dyn FnMut(Source, Restored<'_>)) -> Result<i64, Fault> {
        self.restorer.as_mut().map_or(Ok(0), |restorer| restorer.poll(idle, each))
    }

    fn ask_end(&mut self, source: Source) {
        self.ends.ask(source);
    }

    fn take_end(&mut self) -> Option<(Source, Option<i64>)> {
        self.ends.take()
    }

    fn ask_growth(&mut self) {
        self.growth.ask();
    }

    fn take_growth(&mut self) -> Option<bool> {
        self.growth.take()
    }

    fn end(&self, source: Source) -> Option<i64> {
        cached_end(self.consumer(), &self.input_names[source.topic], source.partition)
    }

    fn position(&self, source: Source) -> Option<i64> {
        position(self.consumer(), &self.input_names[source.topic], source.partition)
    }
}

/// Keeps an error of the consumer that no waiting mends; the rest is logged.
fn note_error(error: &KafkaError, fault: &mut Option<Fault>) {
    if let KafkaError::MessageConsumptionFatal(code) = error {
        let class = match code {
            RDKafkaErrorCode::FencedInstanceId => Class::Fenced,
            _ => Class::Hopeless,
        };
        *fault = Some(Fault::new(class, format!("{code:?}"), format!("this member cannot go on: {error}")));
    } else if let Some(code) = error.rdkafka_error_code() {
        note_code(code, fault);
        tracing::warn!("consumer: {error}");
    }
}

fn note_code(code: RDKafkaErrorCode, fault: &mut Option<Fault>) {
    let refused = match code {
        RDKafkaErrorCode::TopicAuthorizationFailed => "read its topics",
        RDKafkaErrorCode::GroupAuthorizationFailed => "join its group",
        RDKafkaErrorCode::ClusterAuthorizationFailed => "use the cluster",
        RDKafkaErrorCode::SaslAuthenticationFailed => "log in",
        _ => return,
    };
    let message = format!("the cluster does not allow this user to {refused}");
    *fault = Some(Fault::new(Class::Hopeless, format!("{code:?}"), message));
}
