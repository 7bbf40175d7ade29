//! `serve`: Kafka in, Kafka out, until asked to stop. Also `publish`, `tail` and `demo`, which make a trial need no other
//! tool.
//!
//! One thread a worker, sharing nothing but the account table; metrics and health on a runtime of their own; one thread
//! for signals. The first worker that cannot go on ends them all.
#![allow(clippy::disallowed_methods, reason = "this floor runs threads and reads the clock")]

mod account_feed;
pub mod baseline;
mod changelog_topic;
pub mod demo;
pub mod http;
pub mod import;
mod outputs;
pub mod processor;
pub mod publish;
pub mod reload;
mod scoring;
mod signals;
mod start;
mod state_fault;
pub mod states;
pub mod stop;
pub mod tail;
pub mod worker;

use std::sync::atomic::Ordering;
use std::sync::{Arc, RwLock};
use std::thread;
use std::time::Duration;

use crate::accounts::AccountTable;
use crate::kafka::{Cluster, Inquiry, Plan, config};
use crate::knowledge::Knowledge;
use crate::metrics::Metrics;
use crate::pipeline::Options;
use crate::settings::Settings;

pub use changelog_topic::changelog_fault;
pub use scoring::{Scoring, SharedAccounts};
pub use signals::{reload_on_hangup, stop_on_signals};
pub use state_fault::{StateFault, StateProblem};

use account_feed::AccountFeed;
use http::Health;
use reload::{Asked, Current, Exchange, Reloading};
use start::Topics;
use stop::Stop;
use worker::{Changelog, TransactionSize, Worker, WorkerError};

/// A transaction takes no further record once its outputs are as large as this.
const TRANSACTION_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Why `serve` ended without being asked to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The cluster does not have, or does not allow, what is needed.
    #[error("{0}")]
    Cluster(String),
    /// Another process uses the same instance name.
    #[error(
        "another process of this group uses the instance name `{instance}`; give each its own `kafka.instance` ({cause})"
    )]
    Fenced {
        /// The name.
        instance: String,
        /// What Kafka said.
        cause: String,
    },
    /// Kept states cannot be used, or do not go together with the group's offsets.
    #[error("{0}")]
    State(StateFault),
    /// There is no such source profile.
    #[error(
        "there is no source profile `{0}`; `input.profile` names `canonical` or a profile that ships or is in `knowledge.sources`"
    )]
    Profile(String),
    /// Metrics cannot be served at the address.
    #[error("cannot listen at {address}, where `http.listen` says: {error}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        error: std::io::Error,
    },
}

/// Runs the pipeline on the cluster that the settings name, until asked to stop or until it cannot go on. Where
/// `reload` asks for it, the knowledge is read again, and work goes on by it.
///
/// # Errors
/// When it cannot go on, with what to do.
pub fn run(
    settings: &Settings,
    knowledge: &Knowledge,
    accounts: AccountTable,
    metrics: &Arc<Metrics>,
    stop: &Stop,
    reload: &Asked,
) -> Result<(), ServeError> {
    let inquiry = Inquiry::new(config::asking(&settings.kafka)).map_err(client_error)?;
    run_on(&inquiry, settings, knowledge, accounts, metrics, stop, reload)
}

fn run_on(
    inquiry: &Inquiry,
    settings: &Settings,
    knowledge: &Knowledge,
    accounts: AccountTable,
    metrics: &Arc<Metrics>,
    stop: &Stop,
    reload: &Asked,
) -> Result<(), ServeError> {
    let profile = settings.input.profile.as_str();
    let profile = knowledge.profiles.get(profile).ok_or_else(|| ServeError::Profile(profile.to_owned()))?;
    let workers = settings.pipeline.workers;
    let health = Arc::new(Health::new(workers, Arc::clone(metrics)));
    let server = settings.http_listen.map(|address| {
        let served = http::serve(address, Arc::clone(metrics), Arc::clone(&health));
        served.map_err(|error| ServeError::Listen { address, error })
    });
    let server = server.transpose()?;
    if let Some(server) = &server {
        tracing::info!("metrics at http://{}/metrics", server.address);
    }
    let topics = Topics::of(settings);
    let Some(found) = start::await_cluster(inquiry, settings, &topics, stop)? else { return Ok(()) };
    let partitions: i32 = topics.inputs.iter().filter_map(|input| found.get(input)).sum();
    if workers > usize::try_from(partitions).unwrap_or(0) {
        tracing::warn!("{workers} workers share {partitions} partitions: some will have nothing to do");
    }
    let accounts: SharedAccounts = Arc::new(RwLock::new(accounts));
    let mut feed = None;
    if let Some(topic) = &topics.accounts {
        feed = AccountFeed::read(&settings.kafka, inquiry, topic, found[topic], &accounts, stop)?;
        if feed.is_none() {
            return Ok(());
        }
    }
    metrics.set_knowledge(&knowledge.hash);
    let exchange = Arc::new(Exchange::new(Current { knowledge: knowledge.clone(), profile }));
    let crew = Crew { settings, exchange, topics: &topics, accounts: &accounts, metrics, health, stop, reload };
    crew.work(inquiry, feed)
}

fn client_error(error: rdkafka::error::KafkaError) -> ServeError {
    ServeError::Cluster(format!("librdkafka does not accept the settings: {error}; check `kafka.properties`"))
}

fn worker_error(error: WorkerError, settings: &Settings) -> ServeError {
    match error {
        WorkerError::Fenced(fault) => {
            ServeError::Fenced { instance: settings.kafka.instance.clone(), cause: fault.to_string() }
        }
        WorkerError::State(fault) => ServeError::State(fault),
        WorkerError::Hopeless(_) | WorkerError::NotDrained(_) => ServeError::Cluster(error.to_string()),
    }
}

/// All threads of a process, and what they are made from.
struct Crew<'a> {
    settings: &'a Settings,
    exchange: Arc<Exchange>,
    topics: &'a Topics,
    accounts: &'a SharedAccounts,
    metrics: &'a Arc<Metrics>,
    health: Arc<Health>,
    stop: &'a Stop,
    reload: &'a Asked,
}

/// Tells all others when its worker ends, also by a panic.
struct Ending<'a>(&'a Health, &'a Stop);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::AcqRel);
        self.1.request();
    }
}

impl Crew<'_> {
    /// Runs until asked to stop, or until the first worker cannot go on.
    fn work(&self, inquiry: &Inquiry, feed: Option<AccountFeed>) -> Result<(), ServeError> {
        thread::scope(|scope| {
            if let Some(feed) = feed {
                let following = thread::Builder::new().name("accounts".to_owned());
                let spawned = following.spawn_scoped(scope, || feed.follow(self.accounts, self.stop));
                spawned.expect("the system has room for a thread");
            }
            let (exchange, metrics, asked) = (&self.exchange, self.metrics, self.reload);
            let reloading = Reloading { settings: self.settings, exchange, metrics, asked, stop: self.stop };
            let spawned = thread::Builder::new().name("reload".to_owned()).spawn_scoped(scope, move || reloading.run());
            spawned.expect("the system has room for a thread");
            let running: Vec<_> = (0..self.settings.pipeline.workers)
                .map(|number| {
                    let cluster = Cluster::join(self.plan(number), inquiry).map_err(client_error)?;
                    let worker = self.worker(cluster);
                    let spawned = thread::Builder::new().name(format!("worker-{number}")).spawn_scoped(scope, || {
                        let _ending = Ending(&self.health, self.stop);
                        worker.run(|| {
                            self.health.starting.fetch_sub(1, Ordering::AcqRel);
                        })
                    });
                    Ok(spawned.expect("the system has room for a thread a core"))
                })
                .collect();
            let mut result = Ok(());
            for spawned in running {
                let ended = spawned.and_then(|thread| {
                    let ended = thread.join().expect("a worker's panic is a fault of ours and ends the program");
                    ended.map_err(|error| worker_error(error, self.settings))
                });
                if ended.is_err() {
                    self.stop.request();
                }
                result = result.and(ended);
            }
            result
        })
    }

    fn plan(&self, worker: usize) -> Plan {
        let kafka = &self.settings.kafka;
        Plan {
            kafka: kafka.clone(),
            transactional_id: format!("{}-{}-{worker}", kafka.group_id, kafka.instance),
            inputs: self.topics.inputs.clone(),
            outputs: self.topics.outputs.clone(),
            changelog: Some(self.topics.changelog_place()),
            start: self.settings.input.start,
        }
    }

    fn worker(&self, cluster: Cluster) -> Worker<Cluster, Scoring> {
        let Current { knowledge, profile } = self.exchange.current();
        let options = Options {
            topic: self.settings.topics.events.as_str().into(),
            application: self.settings.kafka.group_id.as_str().into(),
            knowledge_hash: Arc::clone(&knowledge.hash),
            payload: self.settings.dead_letter_payload,
            publish_max_age: Some(self.settings.publish_max_age),
            assessments: false,
            second_stage: false,
        };
        let accounts = Arc::clone(self.accounts);
        let inputs = &self.topics.inputs;
        let scoring =
            Scoring::new(knowledge, accounts, &profile, inputs, &options).following(Arc::clone(&self.exchange));
        let size = TransactionSize {
            records_max: self.settings.pipeline.transaction_records_max,
            bytes_max: TRANSACTION_BYTES_MAX,
            target_latency: Duration::from_millis(self.settings.pipeline.target_latency.0.max(0).cast_unsigned()),
            timeout: Duration::from_millis(config::transaction_timeout_ms(&self.settings.kafka)),
        };
        let topics = self.topics;
        let trust = self.settings.trust;
        let changelog = Changelog { topic: topics.changelog().to_owned(), place: topics.changelog_place(), trust };
        let worker = Worker::new(cluster, scoring, inputs.clone(), size, Arc::clone(self.metrics), self.stop.clone())
            .with_changelog(changelog);
        let ticks = self.settings.ticks;
        if ticks.clock { worker.with_ticks(ticks) } else { worker }
    }
}
