//! Reads a topic without a group: all partitions, from the beginning or from what comes next.

use std::ffi::CString;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use super::context::Quiet;
use super::log::{Record, Source};
use super::raw::{Messages, Queue, position};

/// Records of one call.
const RECORDS: usize = 1_000;

/// A reader of one topic.
pub struct Follower {
    messages: Messages<Quiet>,
    queue: Arc<Queue<Quiet>>,
    topic: CString,
}

impl Follower {
    /// Reads `partitions` partitions of `topic` from the offset that `from` names for each.
    ///
    /// # Errors
    /// When librdkafka does not accept the settings.
    pub fn new(
        config: &ClientConfig,
        topic: &str,
        partitions: i32,
        from: impl Fn(i32) -> Offset,
    ) -> KafkaResult<Follower> {
        let consumer = Arc::new(BaseConsumer::from_config_and_context(config, Quiet)?);
        let queue = Arc::new(Queue::new(Arc::clone(&consumer)));
        let mut list = TopicPartitionList::new();
        for partition in 0..partitions {
            queue.forward(topic, partition);
            list.add_partition_offset(topic, partition, from(partition))?;
        }
        consumer.assign(&list)?;
        let topic = CString::new(topic).expect("Kafka allows no NUL in the name of a topic");
        Ok(Follower { messages: Messages::new(Arc::clone(&queue)), queue, topic })
    }

    /// A reader of `topic` that reads nothing yet.
    ///
    /// # Errors
    /// When librdkafka does not accept the settings.
    pub fn idle(config: &ClientConfig, topic: &str) -> KafkaResult<Follower> {
        Follower::new(config, topic, 0, |_| Offset::Beginning)
    }

    /// Reads that partition from its beginning, and no other.
    ///
    /// # Errors
    /// When librdkafka does not know the topic any more.
    pub fn read_only(&mut self, partition: i32) -> KafkaResult<()> {
        let topic = self.topic.to_str().expect("it was made from a text");
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, partition, Offset::Beginning)?;
        self.queue.consumer().unassign()?;
        self.queue.forward(topic, partition);
        self.queue.consumer().assign(&list)
    }

    /// Reads nothing any more.
    ///
    /// # Errors
    /// When librdkafka is shutting down.
    pub fn rest(&mut self) -> KafkaResult<()> {
        self.queue.consumer().unassign()
    }

    /// Hands what has come to `each`; waits up to `idle` for the first record.
    pub fn poll(&mut self, idle: Duration, mut each: impl FnMut(Record<'_>)) {
        // Serves the client's log lines and errors; records come by the queue of our own.
        drop(self.queue.consumer().poll(Duration::ZERO));
        self.messages.fill(RECORDS, idle, |notice| {
            tracing::warn!(topic = notice.topic, partition = notice.partition, "cannot read: {}", notice.text);
        });
        for index in 0..self.messages.len() {
            let message = self.messages.get(index);
            each(Record {
                source: Source { topic: 0, partition: message.partition },
                offset: message.offset,
                timestamp: message.timestamp,
                key: message.key,
                value: message.value,
            });
        }
        self.messages.clear();
    }

    /// The offset behind all that was handed out of the partition; `None` before anything was.
    #[must_use]
    pub fn position(&self, partition: i32) -> Option<i64> {
        position(self.queue.consumer(), &self.topic, partition)
    }
}
