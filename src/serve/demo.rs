//! `demo`: the whole of it on librdkafka's in-process cluster. Nothing to install, ends by itself.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::error::KafkaError;
use rdkafka::mocking::MockCluster;

use super::publish::{PublishError, publish_on};
use super::reload::Asked;
use super::stop::Stop;
use super::tail::{Range, TailError, tail, write_readable};
use super::{ServeError, run_on};
use crate::accounts::AccountTable;
use crate::kafka::{Inquiry, config};
use crate::knowledge::Knowledge;
use crate::lines::Lines;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::time::Span;
use crate::wire::{Profile, TriggerView};

/// The events that ship: one morning of an invented vendor's support.
pub const CONVERSATIONS: &str = include_str!("../../examples/conversations.ndjson");
/// The accounts that ship.
pub const ACCOUNTS: &str = include_str!("../../examples/accounts.ndjson");

/// Partitions of each topic.
const PARTITIONS: i32 = 4;
/// How long the pipeline may take over a demo's events.
const PATIENCE: Duration = Duration::from_secs(25);

/// Why the demo ended early.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The in-process cluster did not do its part.
    #[error("the in-process cluster: {0}")]
    Cluster(#[from] KafkaError),
    /// The pipeline ended early.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The events could not be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The triggers could not be read back.
    #[error(transparent)]
    Tail(#[from] TailError),
    /// What is shown cannot be written.
    #[error(transparent)]
    Output(#[from] io::Error),
    /// The pipeline took too long.
    #[error("only {done} of {all} records were worked on in {PATIENCE:?}")]
    Slow {
        /// Records that were committed.
        done: u64,
        /// Records that were published.
        all: u64,
    },
}

/// What the demo showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Events published.
    pub events: u64,
    /// Triggers read back.
    pub triggers: u64,
    /// Conversations that have one.
    pub conversations: u64,
}

/// Publishes `events` to an in-process cluster, runs the real pipeline on it, and writes the triggers that it reads back
/// to `out`. `settings` count but for the cluster and its topics.
///
/// # Errors
/// When any part of it fails.
pub fn demo(
    settings: &Settings,
    knowledge: &Knowledge,
    accounts: AccountTable,
    events: &str,
    out: &mut impl Write,
) -> Result<Shown, DemoError> {
    let begin = Instant::now();
    let cluster = MockCluster::new(1)?;
    let settings = demo_settings(settings, &cluster.bootstrap_servers());
    let topics = &settings.topics;
    for topic in [&topics.events, &topics.triggers, &topics.dead_letters, &topics.state] {
        cluster.create_topic(topic, PARTITIONS, 1)?;
    }
    let inquiry = Inquiry::of_mock(config::asking(&settings.kafka))?;
    let published =
        publish_on(&inquiry, &settings, &Profile::canonical(), &topics.events, Lines::new(events.as_bytes()))?;
    writeln!(out, "{} events published to `{}`; reading `{}`:\n", published.records, topics.events, topics.triggers)?;
    let (metrics, stop) = (Arc::new(Metrics::new()), Stop::default());
    let worked = thread::scope(|scope| {
        let pipeline = thread::Builder::new().name("pipeline".to_owned());
        let running = pipeline
            .spawn_scoped(scope, || {
                let result = run_on(&inquiry, &settings, knowledge, accounts, &metrics, &stop, &Asked::default());
                // Also when it ended by itself: nobody is to wait for it.
                stop.request();
                result
            })
            .expect("the system has room for a thread");
        while metrics.records() < published.records && begin.elapsed() < PATIENCE {
            if stop.wait(Duration::from_millis(10)) {
                break;
            }
        }
        stop.request();
        running.join().expect("the pipeline's panic is a fault of ours and ends the program")
    });
    worked?;
    if metrics.records() < published.records {
        return Err(DemoError::Slow { done: metrics.records(), all: published.records });
    }
    show(&settings, published.records, out)
}

/// Reads the triggers back, in the order of their causes, and shows them.
fn show(settings: &Settings, events: u64, out: &mut impl Write) -> Result<Shown, DemoError> {
    let mut triggers: Vec<(String, String, u32, Vec<u8>)> = Vec::new();
    let range = Range { from_beginning: true, until_end: true, count: None };
    tail(settings, range, &Stop::default(), |value| {
        let view = TriggerView::decode(value).unwrap_or_default();
        triggers.push((view.time, view.subject, view.data.sequence, value.to_vec()));
        Ok(())
    })?;
    triggers.sort();
    for (.., value) in &triggers {
        write_readable(value, out)?;
    }
    let conversations: BTreeSet<&str> = triggers.iter().map(|(_, conversation, ..)| conversation.as_str()).collect();
    let shown = Shown { events, triggers: triggers.len() as u64, conversations: conversations.len() as u64 };
    writeln!(
        out,
        "{} events, {} triggers in {} conversations, each written once.\n\nNext:\n  \
         foreshock explain \"We are looking at other vendors, this is unacceptable.\"   why a text scores as it does\n  \
         foreshock demo --events my-events.ndjson --accounts my-accounts.ndjson        the same on your own events\n  \
         foreshock serve --brokers broker-1.example.com:9092                           on a cluster (README: Running)",
        shown.events, shown.triggers, shown.conversations
    )?;
    Ok(shown)
}

fn demo_settings(settings: &Settings, brokers: &str) -> Settings {
    let mut settings = settings.clone();
    settings.kafka.brokers = vec![brokers.to_owned()];
    settings.kafka.properties.clear();
    settings.kafka.group_id = "demo".to_owned();
    settings.kafka.instance = "demo".to_owned();
    settings.topics.accounts = None;
    settings.input.start = crate::settings::Start::Earliest;
    settings.input.repartition = false;
    settings.pipeline.workers = 1;
    settings.http_listen = None;
    settings.topics.state = "demo-state".to_owned();
    // The examples are of a day in the past, and still to be shown as if it were today.
    settings.ticks.clock = false;
    settings.publish_max_age = Span(i64::MAX);
    settings
}
