//! `foreshock topics`.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::cli::arguments::Topics;
use crate::cli::report::count;
use crate::cli::{Exit, Failure, OrExit, load};
use crate::kafka::{Inquiry, config, new_topic};
use crate::settings::Settings;

/// How long the cluster may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A topic that the settings name.
struct Needed<'a> {
    setting: &'static str,
    name: &'a str,
    /// How it is created beyond the cluster's defaults.
    properties: &'static [(&'static str, &'static str)],
}

/// Lists the topics that the settings name, and creates those that are missing if asked to.
pub(crate) fn topics(arguments: &Topics) -> Result<Exit, Failure> {
    let (settings, _) = load::settings(&arguments.settings, arguments.kafka.flag().into_iter().collect())?;
    let brokers = settings.kafka.brokers.join(", ");
    let refused = |error| Failure::new(Exit::Kafka, anyhow::anyhow!("the cluster at {brokers} refuses: {error}"));
    let inquiry = Inquiry::new(config::asking(&settings.kafka)).map_err(refused)?;
    let needed = needed(&settings);
    let names: Vec<&str> = needed.iter().map(|topic| topic.name).collect();
    let found = inquiry.partitions(&names, PATIENCE).map_err(|error| {
        let message = format!("no Kafka answers at {brokers} ({error}); check `kafka.brokers`");
        Failure::new(Exit::Kafka, anyhow::anyhow!(message))
    })?;
    let missing: Vec<&Needed<'_>> = needed.iter().filter(|topic| !found.contains_key(topic.name)).collect();
    if let Some(partitions) = arguments.create.filter(|_| !missing.is_empty()) {
        let new: Vec<_> = missing.iter().map(|topic| new_topic(topic.name, partitions, topic.properties)).collect();
        inquiry.create(&new, PATIENCE).map_err(refused)?;
        // Brokers learn of a new topic one after the other, and tell nobody that they have.
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && inquiry.partitions(&names, PATIENCE).map_err(refused)?.len() < names.len() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let mut out = io::stdout().lock();
    for Needed { setting, name, .. } in &needed {
        let state = match (found.get(*name), arguments.create) {
            (Some(partitions), _) => count(u64::from(partitions.unsigned_abs()), "partition"),
            (None, Some(partitions)) => {
                format!("created with {}", count(u64::from(partitions.unsigned_abs()), "partition"))
            }
            (None, None) => "missing".to_owned(),
        };
        writeln!(out, "{setting:28}  {name}  {state}").or_exit(Exit::Output)?;
    }
    if missing.is_empty() || arguments.create.is_some() {
        return Ok(Exit::Success);
    }
    let message = format!("{} missing; `--create PARTITIONS` makes them", count(missing.len() as u64, "topic"));
    Err(Failure::new(Exit::Kafka, anyhow::anyhow!(message)))
}

fn needed(settings: &Settings) -> Vec<Needed<'_>> {
    let topics = &settings.topics;
    let mut needed = vec![
        Needed { setting: "topics.events", name: &topics.events, properties: &[] },
        Needed { setting: "topics.triggers", name: &topics.triggers, properties: &[] },
        Needed { setting: "topics.dead_letters", name: &topics.dead_letters, properties: &[] },
    ];
    if let Some(name) = &topics.accounts {
        needed.push(Needed { setting: "topics.accounts", name, properties: &[("cleanup.policy", "compact")] });
    }
    if settings.input.repartition {
        let name = &topics.repartitioned_events;
        needed.push(Needed { setting: "topics.repartitioned_events", name, properties: &[] });
    }
    needed
}
