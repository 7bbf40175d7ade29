//! `foreshock topics`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::cli::arguments::{Topics, TopicsAction};
use crate::cli::report::count;
use crate::cli::{Exit, Failure, OrExit, load};
use crate::kafka::{Inquiry, config, new_topic};
use crate::serve::changelog_fault;
use crate::settings::Settings;

/// How long the cluster may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// An erased conversation's earlier states are gone from the changelog's files after this long.
const STATE_PROPERTIES: &[(&str, &str)] = &[("cleanup.policy", "compact"), ("max.compaction.lag.ms", "3600000")];

/// A topic that the settings name.
struct Needed<'a> {
    setting: &'static str,
    name: &'a str,
    /// How it is created beyond the cluster's defaults.
    properties: &'static [(&'static str, &'static str)],
    /// Whether it has as many partitions as the events, always.
    beside_events: bool,
}

impl Needed<'_> {
    /// How many partitions it is made with; `None` when nobody said.
    fn partitions(&self, asked: Option<i32>, found: &BTreeMap<String, i32>, events: &str) -> Option<i32> {
        let beside = found.get(events).copied().filter(|_| self.beside_events);
        beside.or(asked)
    }
}

/// Lists the topics that the settings name; makes or checks them if asked to.
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
    let wanted = |topic: &Needed<'_>| topic.partitions(arguments.partitions, &found, &settings.topics.events);
    if arguments.action == TopicsAction::Apply && !missing.is_empty() {
        if missing.iter().any(|topic| wanted(topic).is_none()) {
            let message = "say how many partitions new topics shall have: `--partitions 8`";
            return Err(Failure::new(Exit::Usage, anyhow::anyhow!(message)));
        }
        let new: Vec<_> = missing
            .iter()
            .map(|topic| new_topic(topic.name, wanted(topic).unwrap_or_default(), topic.properties))
            .collect();
        inquiry.create(&new, PATIENCE).map_err(refused)?;
        // Brokers learn of a new topic one after the other, and tell nobody that they have.
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && inquiry.partitions(&names, PATIENCE).map_err(refused)?.len() < names.len() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let mut out = io::stdout().lock();
    for topic in &needed {
        let partitions = |number: i32| count(u64::from(number.unsigned_abs()), "partition");
        let state = match (found.get(topic.name), arguments.action, wanted(topic)) {
            (Some(number), ..) => partitions(*number),
            (None, TopicsAction::Apply, Some(number)) => format!("created with {}", partitions(number)),
            (None, TopicsAction::Plan, Some(number)) => format!("to be created with {}", partitions(number)),
            (None, ..) => "missing".to_owned(),
        };
        writeln!(out, "{:28}  {}  {state}", topic.setting, topic.name).or_exit(Exit::Output)?;
    }
    // One that is not there is listed as missing, or was made just now.
    let (changelog, events) = (&settings.topics.state, &settings.topics.events);
    if found.contains_key(changelog)
        && let Some(fault) = changelog_fault(changelog, events, &found, &inquiry, PATIENCE)
    {
        return Err(Failure::new(Exit::State, anyhow::anyhow!("{fault}")));
    }
    if missing.is_empty() || arguments.action != TopicsAction::Check {
        return Ok(Exit::Success);
    }
    let topics = count(missing.len() as u64, "topic");
    let message = format!("{topics} missing; `foreshock topics apply --partitions 8` makes them");
    Err(Failure::new(Exit::Kafka, anyhow::anyhow!(message)))
}

fn needed(settings: &Settings) -> Vec<Needed<'_>> {
    let topics = &settings.topics;
    let plain = |setting, name| Needed { setting, name, properties: &[], beside_events: false };
    let mut needed = vec![
        plain("topics.events", topics.events.as_str()),
        plain("topics.triggers", &topics.triggers),
        plain("topics.dead_letters", &topics.dead_letters),
        Needed { properties: STATE_PROPERTIES, beside_events: true, ..plain("topics.state", &topics.state) },
    ];
    if let Some(name) = &topics.accounts {
        needed.push(Needed { properties: &[("cleanup.policy", "compact")], ..plain("topics.accounts", name) });
    }
    if settings.input.repartition {
        let name = &topics.repartitioned_events;
        needed.push(Needed { beside_events: true, ..plain("topics.repartitioned_events", name) });
    }
    needed
}
