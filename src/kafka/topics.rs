//! What the cluster says of its topics: whether they exist, how many partitions they have, how large a record may be.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};

use super::context::Quiet;

/// The largest record of a topic that does not say otherwise (`max.message.bytes`).
pub const RECORD_BYTES_DEFAULT: usize = 1_048_588;

/// Asks a cluster about itself.
pub struct Inquiry {
    config: ClientConfig,
    client: BaseConsumer<Quiet>,
    /// Answers of [`Inquiry::record_bytes_max`].
    record_bytes: Mutex<BTreeMap<String, usize>>,
    /// Whether the cluster can be asked for configurations at all.
    tells: bool,
}

impl Inquiry {
    /// A client for questions. Does not connect yet.
    ///
    /// # Errors
    /// When librdkafka does not accept the settings.
    pub fn new(config: ClientConfig) -> KafkaResult<Inquiry> {
        let client = BaseConsumer::from_config_and_context(&config, Quiet)?;
        Ok(Inquiry { config, client, record_bytes: Mutex::default(), tells: true })
    }

    /// The same for a cluster that does not know the request for configurations, and would not answer it either.
    ///
    /// # Errors
    /// When librdkafka does not accept the settings.
    pub fn of_mock(config: ClientConfig) -> KafkaResult<Inquiry> {
        Ok(Inquiry { tells: false, ..Inquiry::new(config)? })
    }

    /// The numbers of partitions of those of `topics` that exist.
    ///
    /// # Errors
    /// When no broker answers in time, or does not allow to know.
    pub fn partitions(&self, topics: &[&str], timeout: Duration) -> KafkaResult<BTreeMap<String, i32>> {
        // Events of the client (errors, log lines) are served by polling.
        while self.client.poll(Duration::ZERO).is_some() {}
        let mut found = BTreeMap::new();
        for topic in topics {
            let metadata = self.client.fetch_metadata(Some(topic), timeout)?;
            let Some(described) = metadata.topics().iter().find(|described| described.name() == *topic) else {
                continue;
            };
            match described.error().map(RDKafkaErrorCode::from) {
                None => drop(found.insert(described.name().to_owned(), described.partitions().len() as i32)),
                Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => {}
                Some(code) => return Err(KafkaError::MetadataFetch(code)),
            }
        }
        Ok(found)
    }

    /// First and last-plus-one offset of a partition.
    ///
    /// # Errors
    /// When no broker answers in time.
    pub fn watermarks(&self, topic: &str, partition: i32, timeout: Duration) -> KafkaResult<(i64, i64)> {
        self.client.fetch_watermarks(topic, partition, timeout)
    }

    /// The largest record that each of `topics` takes, asked once. What the cluster does not tell (it may not allow the
    /// question) is taken to be Kafka's default.
    #[must_use]
    pub fn record_bytes_max(&self, topics: &[&str], timeout: Duration) -> BTreeMap<String, usize> {
        let mut known = self.record_bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<&str> = topics.iter().copied().filter(|topic| !known.contains_key(*topic)).collect();
        if !new.is_empty() {
            let answers = if self.tells { self.ask_record_bytes(&new, timeout) } else { BTreeMap::new() };
            for topic in new {
                known.insert(topic.to_owned(), answers.get(topic).copied().unwrap_or(RECORD_BYTES_DEFAULT));
            }
        }
        topics.iter().map(|topic| ((*topic).to_owned(), known[*topic])).collect()
    }

    /// What a topic has for one of its configurations; `None` where the cluster does not tell.
    #[must_use]
    pub fn setting(&self, topic: &str, name: &str, timeout: Duration) -> Option<String> {
        if !self.tells {
            return None;
        }
        let options = AdminOptions::new().request_timeout(Some(timeout));
        let asked = [ResourceSpecifier::Topic(topic)];
        let answers = self.admin().and_then(|admin| wait(admin.describe_configs(&asked, &options))).ok()?;
        answers.into_iter().next()?.ok()?.get(name)?.value.clone()
    }

    fn ask_record_bytes(&self, topics: &[&str], timeout: Duration) -> BTreeMap<String, usize> {
        let asked: Vec<_> = topics.iter().map(|topic| ResourceSpecifier::Topic(topic)).collect();
        let options = AdminOptions::new().request_timeout(Some(timeout));
        match self.admin().and_then(|admin| wait(admin.describe_configs(&asked, &options))) {
            Ok(answers) => {
                let sizes = topics.iter().zip(answers).filter_map(|(topic, answer)| {
                    let value = answer.ok()?.get("max.message.bytes")?.value.clone()?;
                    Some(((*topic).to_owned(), value.parse().ok()?))
                });
                sizes.collect()
            }
            Err(error) => {
                tracing::info!("the cluster does not tell how large records may be: {error}");
                BTreeMap::new()
            }
        }
    }

    /// Creates topics. One that exists is left as it is.
    ///
    /// # Errors
    /// When the cluster refuses, or does not answer in time.
    pub fn create(&self, topics: &[NewTopic<'_>], timeout: Duration) -> KafkaResult<()> {
        let options = AdminOptions::new().operation_timeout(Some(timeout)).request_timeout(Some(timeout));
        let answers = wait(self.admin()?.create_topics(topics, &options))?;
        for answer in answers {
            match answer {
                Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((_, code)) => return Err(KafkaError::AdminOp(code)),
            }
        }
        Ok(())
    }

    /// How many members a consumer group has; none where there is no such group.
    ///
    /// # Errors
    /// When its coordinator does not answer in time, or does not allow to know.
    pub fn members(&self, group: &str, timeout: Duration) -> KafkaResult<usize> {
        let groups = self.client.fetch_group_list(Some(group), timeout)?;
        Ok(groups.groups().iter().filter(|found| found.name() == group).map(|found| found.members().len()).sum())
    }

    fn admin(&self) -> KafkaResult<AdminClient<Quiet>> {
        AdminClient::from_config_and_context(&self.config, Quiet)
    }
}

/// A topic to create, with the cluster's default replication.
#[must_use]
pub fn new_topic<'a>(name: &'a str, partitions: i32, settings: &[(&'a str, &'a str)]) -> NewTopic<'a> {
    let topic = NewTopic::new(name, partitions, TopicReplication::Fixed(-1));
    settings.iter().fold(topic, |topic, (key, value)| topic.set(key, value))
}

/// Waits for one of the binding's futures, on this thread.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without I/O needs nothing from the system").block_on(future)
}
