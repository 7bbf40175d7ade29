//! What tests do to a cluster: create topics, write, read what is committed, ask how far a group has come.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use foreshock::kafka::{Inquiry, new_topic};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use super::broker::broker;

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A record as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
}

/// A name that no other test uses.
pub(crate) fn unique(base: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{base}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn config() -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &broker().brokers).set("log_level", "0");
    config
}

/// Creates a topic.
pub(crate) fn create_topic(name: &str, partitions: i32, settings: &[(&str, &str)]) {
    let inquiry = Inquiry::new(config()).unwrap();
    inquiry.create(&[new_topic(name, partitions, settings)], PATIENCE).unwrap();
    await_until("the topic is known", || inquiry.partitions(&[name], PATIENCE).unwrap().contains_key(name));
}

/// Asks until the answer is yes.
pub(crate) fn await_until(what: &str, mut answer: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !answer() {
        assert!(begin.elapsed() < PATIENCE, "gave up waiting until {what}");
        std::thread::yield_now();
    }
}

/// Writes records (key, value) and waits until the cluster has them.
pub(crate) fn produce<'a>(topic: &str, records: impl IntoIterator<Item = (Option<&'a [u8]>, Option<&'a [u8]>)>) {
    write_all(topic, records.into_iter().map(|(key, value)| (key, value, None, &[][..])));
}

/// The same with times in milliseconds since the epoch.
pub(crate) fn produce_at<'a>(
    topic: &str,
    records: impl IntoIterator<Item = (Option<&'a [u8]>, Option<&'a [u8]>, Option<i64>)>,
) {
    write_all(topic, records.into_iter().map(|(key, value, time)| (key, value, time, &[][..])));
}

/// One record to write: key, value, time, headers.
pub(crate) type Written<'a> = (Option<&'a [u8]>, Option<&'a [u8]>, Option<i64>, &'a [(&'a str, &'a [u8])]);

/// Writes records and waits until the cluster has them.
pub(crate) fn write_all<'a>(topic: &str, records: impl IntoIterator<Item = Written<'a>>) {
    let mut config = config();
    config.set("partitioner", "murmur2_random").set("linger.ms", "5").set("message.max.bytes", "20000000");
    config.set("queue.buffering.max.messages", "1000000").set("enable.idempotence", "true");
    let producer: BaseProducer = config.create().unwrap();
    for (key, value, time, headers) in records {
        let mut record = BaseRecord::<[u8], [u8]>::to(topic);
        record.key = key;
        record.payload = value;
        record.timestamp = time;
        if !headers.is_empty() {
            let headers = headers
                .iter()
                .fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(*value) }));
            record = record.headers(headers);
        }
        producer.send(record).map_err(|(error, _)| error).unwrap();
        producer.poll(Duration::ZERO);
    }
    #[allow(clippy::disallowed_methods, reason = "a test's producer may take its time")]
    producer.flush(PATIENCE).unwrap();
}

/// The ends of a topic's partitions: of all records, or of those that are committed.
pub(crate) fn ends(topic: &str, isolation: &str) -> BTreeMap<i32, i64> {
    let consumer: BaseConsumer = config().set("group.id", "ends").set("isolation.level", isolation).create().unwrap();
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).unwrap();
    let partitions = metadata.topics()[0].partitions().iter().map(|partition| partition.id());
    partitions.map(|id| (id, consumer.fetch_watermarks(topic, id, PATIENCE).unwrap().1)).collect()
}

/// Partitions in which a transaction is open: their last stable offset lies before their end.
pub(crate) fn open_transactions(topic: &str) -> Vec<i32> {
    let stable = ends(topic, "read_committed");
    let all = ends(topic, "read_uncommitted");
    all.into_iter().filter(|(partition, end)| stable[partition] < *end).map(|(partition, _)| partition).collect()
}

/// All committed records of a topic, in order of partition and offset.
pub(crate) fn read_committed(topic: &str) -> Vec<Read> {
    let mut config = config();
    config.set("group.id", "reader").set("isolation.level", "read_committed").set("enable.partition.eof", "true");
    config.set("enable.auto.commit", "false").set("fetch.message.max.bytes", "20000000");
    let consumer: BaseConsumer = config.create().unwrap();
    let ends = ends(topic, "read_committed");
    let mut list = TopicPartitionList::new();
    ends.keys().for_each(|id| list.add_partition_offset(topic, *id, Offset::Beginning).unwrap());
    consumer.assign(&list).unwrap();
    let mut open = ends.len();
    let mut records = Vec::new();
    let begin = Instant::now();
    while open > 0 {
        assert!(begin.elapsed() < PATIENCE, "{topic} cannot be read to its end");
        match consumer.poll(Duration::from_millis(100)) {
            None => {}
            Some(Err(rdkafka::error::KafkaError::PartitionEOF(_))) => open -= 1,
            Some(Err(error)) => panic!("{error}"),
            Some(Ok(message)) => records.push(Read {
                partition: message.partition(),
                offset: message.offset(),
                key: message.key().map(<[u8]>::to_vec),
                value: message.payload().map(<[u8]>::to_vec),
                headers: message.headers().map_or_else(Vec::new, |headers| {
                    headers.iter().map(|h| (h.key.to_owned(), h.value.unwrap_or_default().to_vec())).collect()
                }),
            }),
        }
    }
    records.sort_by_key(|record| (record.partition, record.offset));
    records
}

/// The offsets that a group has committed, where it has.
pub(crate) fn committed(group: &str, topic: &str) -> BTreeMap<i32, i64> {
    // Offsets of transactions that are still open do not count, and are not waited for.
    let mut config = config();
    let consumer: BaseConsumer =
        config.set("group.id", group).set("isolation.level", "read_uncommitted").create().unwrap();
    let mut list = TopicPartitionList::new();
    for id in ends(topic, "read_uncommitted").into_keys() {
        list.add_partition(topic, id);
    }
    let answer = consumer.committed_offsets(list, PATIENCE).unwrap();
    let known = answer.elements().into_iter().filter_map(|element| match element.offset() {
        Offset::Offset(offset) => Some((element.partition(), offset)),
        _ => None,
    });
    known.collect()
}

/// Moves a group's offset, as an operator does.
pub(crate) fn commit(group: &str, topic: &str, partition: i32, offset: i64) {
    let consumer: BaseConsumer = config().set("group.id", group).create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition, Offset::Offset(offset)).unwrap();
    await_until("the group takes an offset from outside", || {
        consumer.commit(&list, rdkafka::consumer::CommitMode::Sync).is_ok()
    });
}

/// Waits until the group has committed all that is in the topic.
pub(crate) fn await_caught_up(group: &str, topic: &str) {
    let ends: BTreeMap<i32, i64> = ends(topic, "read_committed").into_iter().filter(|(_, end)| *end > 0).collect();
    let done = || committed(group, topic).into_iter().filter(|(_, offset)| *offset > 0).collect::<BTreeMap<_, _>>();
    await_until(&format!("{group} has committed {topic}"), || done() == ends);
}
