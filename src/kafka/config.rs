//! How librdkafka's clients are set up: defaults that were measured, overridden by the user's `kafka.properties`, and on
//! top of both what exactly-once rests on.

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use crate::settings::Kafka;

/// How long a transaction may stay open before the broker aborts it, unless `kafka.properties` says otherwise. A dead
/// worker's open transaction holds up every `read_committed` reader of its topics for as long.
pub const TRANSACTION_TIMEOUT_MS: u64 = 10_000;

/// Settings of all clients that the user may change.
const ALL: &[(&str, &str)] = &[
    // A broker that is back is noticed soon; the default waits up to ten seconds.
    ("reconnect.backoff.max.ms", "2000"),
];

/// Consumer settings that the user may change.
const CONSUMER: &[(&str, &str)] = &[
    // The default of 1000 stalls a partition for a second whenever the local queue was full.
    ("fetch.queue.backoff.ms", "10"),
    ("fetch.wait.max.ms", "20"),
    ("queued.min.messages", "100000"),
    ("queued.max.messages.kbytes", "65536"),
    ("check.crcs", "true"),
];

/// The same, where the classic group protocol is in use (with `group.protocol=consumer` the broker decides).
const CONSUMER_CLASSIC: &[(&str, &str)] = &[
    ("partition.assignment.strategy", "cooperative-sticky"),
    ("session.timeout.ms", "10000"),
    ("heartbeat.interval.ms", "1000"),
];

/// Consumer settings that nobody may change.
const CONSUMER_FIXED: &[(&str, &str)] = &[
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    ("isolation.level", "read_committed"),
    ("allow.auto.create.topics", "false"),
    // With batch calls, librdkafka counts the notice of a partition's end as a record: after the next rebalance it asks
    // for an offset that is not there yet, and begins anew.
    ("enable.partition.eof", "false"),
    // Where reading begins is decided at each assignment (see `begin`); anything else must not pass unseen.
    ("auto.offset.reset", "error"),
];

/// Producer settings that the user may change.
const PRODUCER: &[(&str, &str)] = &[
    ("linger.ms", "5"),
    ("compression.codec", "lz4"),
    // While a transaction's markers are still being written, the next one is told to come again: after this long. The
    // default of 100 halves the throughput.
    ("retry.backoff.ms", "2"),
    ("retry.backoff.max.ms", "20"),
    ("queue.buffering.max.messages", "500000"),
    ("queue.buffering.max.kbytes", "262144"),
];

/// Producer settings that nobody may change.
const PRODUCER_FIXED: &[(&str, &str)] = &[
    ("acks", "all"),
    ("enable.idempotence", "true"),
    ("delivery.report.only.error", "true"),
    ("partitioner", "murmur2_random"),
    ("allow.auto.create.topics", "false"),
];

fn set(config: &mut ClientConfig, settings: &[(&str, &str)]) {
    for (key, value) in settings {
        config.set(*key, *value);
    }
}

/// The user's properties over our defaults, below what is fixed.
fn layered(kafka: &Kafka, defaults: &[&[(&str, &str)]], fixed: &[(&str, &str)]) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("client.id", "foreshock");
    set(&mut config, ALL);
    defaults.iter().for_each(|defaults| set(&mut config, defaults));
    for (key, value) in &kafka.properties {
        config.set(key, value);
    }
    set(&mut config, fixed);
    config.set("bootstrap.servers", kafka.brokers.join(","));
    // Lines that tell of trouble reach our contexts whatever the program's own log level is.
    let debug = kafka.properties.contains_key("debug");
    config.set_log_level(if debug { RDKafkaLogLevel::Debug } else { RDKafkaLogLevel::Notice });
    config
}

/// A client that only asks: for topics, offsets, configurations.
#[must_use]
pub fn asking(kafka: &Kafka) -> ClientConfig {
    // Ends of partitions are those of all records, also of transactions that are not yet committed.
    layered(kafka, &[], &[("allow.auto.create.topics", "false"), ("isolation.level", "read_uncommitted")])
}

/// A consumer that belongs to no group, reading what is committed.
#[must_use]
pub fn reader(kafka: &Kafka) -> ClientConfig {
    let fixed = [CONSUMER_FIXED, &[("group.id", "foreshock-reader"), ("auto.offset.reset", "earliest")]].concat();
    layered(kafka, &[CONSUMER], &fixed)
}

/// A member of the group. Where the broker decides (`group.protocol=consumer`) a member that was killed is waited for, and
/// one that is known by name for longer, so that there no member is.
#[must_use]
pub fn member(kafka: &Kafka, name: &str) -> ClientConfig {
    let classic = kafka.properties.get("group.protocol").is_none_or(|protocol| protocol == "classic");
    let defaults: &[_] = if classic { &[CONSUMER, CONSUMER_CLASSIC] } else { &[CONSUMER] };
    let mut config = layered(kafka, defaults, CONSUMER_FIXED);
    config.set("group.id", &kafka.group_id);
    if classic && kafka.static_membership {
        config.set("group.instance.id", name);
    }
    config
}

/// A client that asks for the group's offsets without waiting for transactions that are pending on them.
#[must_use]
pub fn group_inquiry(kafka: &Kafka) -> ClientConfig {
    let mut config = asking(kafka);
    config.set("group.id", &kafka.group_id);
    config
}

/// The transactional producer of a worker, whose largest record is `size_max` and whose batches fit all its topics.
#[must_use]
pub fn transactional(kafka: &Kafka, transactional_id: &str, size_min: usize, size_max: usize) -> ClientConfig {
    let timeout = TRANSACTION_TIMEOUT_MS.to_string();
    let defaults = [PRODUCER, &[("transaction.timeout.ms", timeout.as_str())]].concat();
    let mut config = layered(kafka, &[&defaults], PRODUCER_FIXED);
    config.set("transactional.id", transactional_id);
    config.set("batch.size", size_min.min(1_000_000).to_string());
    config.set("message.max.bytes", size_max.to_string());
    config
}

/// A producer for `publish`: idempotent, without transactions.
#[must_use]
pub fn publisher(kafka: &Kafka, size_max: usize) -> ClientConfig {
    let mut config = layered(kafka, &[PRODUCER], PRODUCER_FIXED);
    config.set("batch.size", size_max.min(1_000_000).to_string());
    config.set("message.max.bytes", size_max.to_string());
    config
}

/// How long a transaction may stay open, as it is in force.
#[must_use]
pub fn transaction_timeout_ms(kafka: &Kafka) -> u64 {
    let own = kafka.properties.get("transaction.timeout.ms").and_then(|value| value.parse().ok());
    own.unwrap_or(TRANSACTION_TIMEOUT_MS)
}
