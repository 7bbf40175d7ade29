//! Before the first record: the cluster answers, and has the topics that are needed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use rdkafka::error::KafkaError;

use super::ServeError;
use super::changelog_topic::changelog_fault;
use super::stop::Stop;
use crate::kafka::Inquiry;
use crate::settings::Settings;

/// How long one question waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The least that a topic must take as one record: what a trigger is cut to at most.
const RECORD_BYTES_LEAST: usize = 16 * 1024;

/// The topics of a process, by what they are for.
#[derive(Clone, Debug)]
pub(super) struct Topics {
    /// Topics to read, the one to score last.
    pub(super) inputs: Vec<String>,
    /// Topics to write, in the order of [`super::outputs::place`], then the changelog.
    pub(super) outputs: Vec<String>,
    /// The topic of accounts.
    pub(super) accounts: Option<String>,
}

impl Topics {
    pub(super) fn of(settings: &Settings) -> Topics {
        let topics = &settings.topics;
        let mut inputs = vec![topics.events.clone()];
        // The changelog comes last; see `changelog_place`.
        let mut outputs = vec![topics.triggers.clone(), topics.dead_letters.clone()];
        if settings.input.repartition {
            inputs.push(topics.repartitioned_events.clone());
            outputs.push(topics.repartitioned_events.clone());
        }
        outputs.push(topics.state.clone());
        Topics { inputs, outputs, accounts: topics.accounts.clone() }
    }

    /// The changelog's place among the outputs.
    pub(super) fn changelog_place(&self) -> usize {
        self.outputs.len() - 1
    }

    /// The changelog.
    pub(super) fn changelog(&self) -> &str {
        &self.outputs[self.changelog_place()]
    }

    /// The topic whose events are scored, and leave states behind.
    fn scored(&self) -> &str {
        &self.inputs[self.inputs.len() - 1]
    }

    /// Each topic once.
    fn all(&self) -> Vec<&str> {
        let mut all: Vec<&str> =
            self.inputs.iter().chain(&self.outputs).chain(&self.accounts).map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Waits until the cluster answers, then checks the topics. `None`: asked to stop before that.
///
/// # Errors
/// When the cluster does not have what is needed.
pub(super) fn await_cluster(
    inquiry: &Inquiry,
    settings: &Settings,
    topics: &Topics,
    stop: &Stop,
) -> Result<Option<BTreeMap<String, i32>>, ServeError> {
    let all = topics.all();
    loop {
        let error = match inquiry.partitions(&all, PATIENCE) {
            Ok(found) => {
                check_topics(topics, &found)?;
                if let Some(fault) = changelog_fault(topics.changelog(), topics.scored(), &found, inquiry, PATIENCE) {
                    return Err(ServeError::State(fault));
                }
                check_sizes(topics, inquiry)?;
                return Ok(Some(found));
            }
            Err(error) => error,
        };
        if let Some(refused) = refusal(&error) {
            return Err(ServeError::Cluster(refused));
        }
        let brokers = settings.kafka.brokers.join(", ");
        tracing::warn!(
            "no Kafka answers at {brokers} ({error}); trying again. Check `kafka.brokers`, and that the brokers' \
             advertised listeners can be reached from here"
        );
        if stop.wait(Duration::from_secs(1)) {
            return Ok(None);
        }
    }
}

/// What waiting does not mend.
fn refusal(error: &KafkaError) -> Option<String> {
    use rdkafka::error::RDKafkaErrorCode as Code;
    match error.rdkafka_error_code()? {
        Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed => Some(format!(
            "the cluster does not let this user see the topics ({error}); grant it DESCRIBE on them, READ on the input \
             and WRITE on the outputs"
        )),
        Code::SaslAuthenticationFailed | Code::Authentication => {
            Some(format!("the cluster does not accept the credentials ({error}); check `sasl.*` in `kafka.properties`"))
        }
        _ => None,
    }
}

fn check_topics(topics: &Topics, found: &BTreeMap<String, i32>) -> Result<(), ServeError> {
    // The changelog has a message of its own.
    let is_missing = |topic: &&str| !found.contains_key(*topic) && *topic != topics.changelog();
    let missing: Vec<&str> = topics.all().into_iter().filter(is_missing).collect();
    if !missing.is_empty() {
        let mut text = "topics are missing on the cluster; create them, or name others in `[topics]`:".to_owned();
        for topic in missing {
            let partitions = topics.inputs.iter().find_map(|input| found.get(input)).copied().unwrap_or(8);
            let _ = write!(
                text,
                "\n  kafka-topics.sh --create --topic {topic} --partitions {partitions} --bootstrap-server …"
            );
        }
        return Err(ServeError::Cluster(text));
    }
    if let [events, keyed] = topics.inputs.as_slice()
        && found[events] != found[keyed]
    {
        return Err(ServeError::Cluster(format!(
            "`{keyed}` has {} partitions, but `{events}` has {}: they must have the same number, so that the work is \
             shared out alike; recreate `{keyed}`, it holds nothing of its own",
            found[keyed], found[events]
        )));
    }
    Ok(())
}

fn check_sizes(topics: &Topics, inquiry: &Inquiry) -> Result<(), ServeError> {
    let outputs: Vec<&str> = topics.outputs.iter().map(String::as_str).collect();
    for (topic, size) in inquiry.record_bytes_max(&outputs, PATIENCE) {
        if size < RECORD_BYTES_LEAST {
            return Err(ServeError::Cluster(format!(
                "`{topic}` takes records of {size} bytes at most (`max.message.bytes`); raise that to \
                 {RECORD_BYTES_LEAST} or more"
            )));
        }
    }
    Ok(())
}
