//! Writes records into partitions of one topic, outside of any group: a transaction for each partition.

use std::time::Duration;

use rdkafka::error::{KafkaResult, RDKafkaErrorCode};
use rdkafka::types::RDKafkaRespErr;

use super::config;
use super::context::Deliveries;
use super::fault::{Class, Fault};
use super::log::Write;
use super::raw::Producer;
use crate::settings::Kafka;

/// How long a transaction may stay open: a partition with a million states is written meanwhile.
const TIMEOUT: Duration = Duration::from_mins(10);

/// A writer of one topic.
pub struct TopicWriter {
    producer: Producer<Deliveries>,
    topic: String,
}

impl TopicWriter {
    /// Writes to `topic`, which takes records of `size_max` bytes.
    ///
    /// # Errors
    /// When librdkafka does not accept the settings.
    pub fn new(kafka: &Kafka, transactional_id: &str, topic: &str, size_max: usize) -> KafkaResult<TopicWriter> {
        let mut config = config::transactional(kafka, transactional_id, size_max, size_max);
        config.set("transaction.timeout.ms", TIMEOUT.as_millis().to_string());
        let producer = Producer::new(&config, Deliveries::default(), &[topic.to_owned()])?;
        Ok(TopicWriter { producer, topic: topic.to_owned() })
    }

    /// Takes over the transactional id; ends what another of that name left open.
    ///
    /// # Errors
    /// When the cluster does not answer in time, or does not allow it.
    pub fn begin(&self, patience: Duration) -> Result<(), Fault> {
        self.producer.init_transactions(patience)
    }

    /// Writes keys and values into a partition: all of them or none.
    ///
    /// # Errors
    /// When the cluster does not take them.
    pub fn write_all<'a>(
        &self,
        partition: i32,
        records: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<(), Fault> {
        self.producer.begin()?;
        let written = records.into_iter().try_for_each(|(key, value)| self.write(partition, key, value));
        let result = written.and_then(|()| self.producer.commit());
        if result.is_err() {
            // What went wrong is told already; the broker ends the transaction otherwise.
            drop(self.producer.abort());
        }
        result
    }

    fn write(&self, partition: i32, key: &[u8], value: &[u8]) -> Result<(), Fault> {
        let (partition, key, value) = (Some(partition), Some(key), Some(value));
        let error = self.producer.write(&Write { topic: 0, partition, key, value, headers: &[], timestamp: None });
        if error == RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR {
            return Ok(());
        }
        let code = RDKafkaErrorCode::from(error);
        let message = format!("cannot write to topic `{}`: {code}", self.topic);
        Err(Fault::new(Class::Abort, format!("{code:?}"), message))
    }
}
