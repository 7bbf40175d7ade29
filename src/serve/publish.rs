//! `publish`: the lines of a file become records of a topic.

use std::io::{self, BufRead};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::{FromClientConfigAndContext, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};

use super::ServeError;
use crate::kafka::{Inquiry, Write, config};
use crate::lines::Lines;
use crate::settings::Settings;
use crate::wire::{Decoder, Profile, RawRecord, decode_account};

/// How long the cluster may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long records may wait for the cluster.
const DELIVERY_MAX: Duration = Duration::from_secs(60);
/// How many refused lines are told one by one.
const TOLD: usize = 10;

/// What became of a file's lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// Lines that are records now.
    pub records: u64,
    /// Of these, how many have no key, since no id could be read from them.
    pub without_key: u64,
    /// Lines that the topic does not take.
    pub refused: u64,
    /// The first of these, told for people.
    pub refusals: Vec<String>,
}

/// Why nothing, or not everything, could be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The cluster is out of reach, or does not have the topic.
    #[error(transparent)]
    Cluster(#[from] ServeError),
    /// The lines cannot be read.
    #[error("the input cannot be read: {0}")]
    Input(#[from] io::Error),
}

/// Keeps the first delivery that failed.
#[derive(Default)]
struct Failed(Mutex<Option<KafkaError>>);

impl ClientContext for Failed {
    fn log(&self, _: RDKafkaLogLevel, facility: &str, line: &str) {
        tracing::debug!(target: "librdkafka", facility, "{line}");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", "{error}: {reason}");
    }
}

impl ProducerContext for Failed {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, _)) = result {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.clone());
        }
    }
}

/// Publishes each line of `lines` to `topic`: an event with its conversation's id for a key, an account with its own. A
/// line that is neither has no key; whether it is of any use is for the reader to say. Empty lines are left out.
///
/// # Errors
/// When the lines cannot be read, or the cluster does not take them.
pub fn publish<R: BufRead>(
    settings: &Settings,
    profile: &Profile,
    topic: &str,
    lines: Lines<R>,
) -> Result<Published, PublishError> {
    let inquiry = Inquiry::new(config::asking(&settings.kafka)).map_err(super::client_error)?;
    publish_on(&inquiry, settings, profile, topic, lines)
}

pub(super) fn publish_on<R: BufRead>(
    inquiry: &Inquiry,
    settings: &Settings,
    profile: &Profile,
    topic: &str,
    mut lines: Lines<R>,
) -> Result<Published, PublishError> {
    find_topic(inquiry, settings, topic)?;
    let size_max = inquiry.record_bytes_max(&[topic], PATIENCE)[topic];
    let config = config::publisher(&settings.kafka, size_max);
    let producer: BaseProducer<Failed> =
        BaseProducer::from_config_and_context(&config, Failed::default()).map_err(super::client_error)?;
    let decoder = Decoder::unkeyed(profile.clone());
    let mut published = Published::default();
    while let Some(line) = lines.next_line()? {
        if line.bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let key = key_of(&decoder, line.bytes);
        let (key_bytes, value) = (key.as_deref().map(str::as_bytes), Some(line.bytes));
        let size = Write { topic: 0, partition: None, key: key_bytes, value, headers: &[], timestamp: None }.size();
        if size > size_max {
            published.refused += 1;
            if published.refusals.len() < TOLD {
                published.refusals.push(format!(
                    "line {} is too large: as a record it has {size} bytes, and `{topic}` takes {size_max} \
                     (`max.message.bytes`)",
                    line.number
                ));
            }
            continue;
        }
        send(&producer, topic, key_bytes, line.bytes)?;
        published.records += 1;
        published.without_key += u64::from(key.is_none());
    }
    deliver(&producer)?;
    Ok(published)
}

fn find_topic(inquiry: &Inquiry, settings: &Settings, topic: &str) -> Result<(), ServeError> {
    let brokers = settings.kafka.brokers.join(", ");
    let found = inquiry.partitions(&[topic], PATIENCE).map_err(|error| {
        ServeError::Cluster(format!("no Kafka answers at {brokers} ({error}); check `kafka.brokers`"))
    })?;
    if found.contains_key(topic) {
        return Ok(());
    }
    Err(ServeError::Cluster(format!(
        "there is no topic `{topic}` on the cluster; create it: kafka-topics.sh --create --topic {topic} --partitions 8 \
         --bootstrap-server {brokers}"
    )))
}

/// The key that keeps a conversation, or an account, in one partition.
fn key_of(decoder: &Decoder, line: &[u8]) -> Option<String> {
    if let Ok(event) = decoder.decode(&RawRecord::line(line)) {
        return Some(event.conversation.into_owned());
    }
    decode_account(line, 0).ok().map(|account| match account.tenant.as_str() {
        "" => account.id,
        tenant => format!("{tenant}/{}", account.id),
    })
}

fn send(producer: &BaseProducer<Failed>, topic: &str, key: Option<&[u8]>, value: &[u8]) -> Result<(), ServeError> {
    let begin = Instant::now();
    loop {
        let mut record = BaseRecord::<[u8], [u8]>::to(topic).payload(value);
        record.key = key;
        match producer.send(record) {
            Ok(()) => {
                producer.poll(Duration::ZERO);
                return Ok(());
            }
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) if begin.elapsed() < DELIVERY_MAX => {
                producer.poll(Duration::from_millis(20));
            }
            Err((error, _)) => return Err(undelivered(&error)),
        }
    }
}

/// Waits until all records are delivered.
fn deliver(producer: &BaseProducer<Failed>) -> Result<(), ServeError> {
    let begin = Instant::now();
    while producer.in_flight_count() > 0 && begin.elapsed() < DELIVERY_MAX {
        producer.poll(Duration::from_millis(5));
    }
    let failed = producer.client().context().0.lock().unwrap_or_else(PoisonError::into_inner).take();
    match failed {
        Some(error) => Err(undelivered(&error)),
        None if producer.in_flight_count() > 0 => {
            Err(undelivered(&KafkaError::MessageProduction(RDKafkaErrorCode::MessageTimedOut)))
        }
        None => Ok(()),
    }
}

fn undelivered(error: &KafkaError) -> ServeError {
    ServeError::Cluster(format!("not all records were delivered: {error}"))
}
