//! The processes that are measured: the pipeline as `serve` runs it, and the same worker loop without thought.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use foreshock::accounts::AccountTable;
use foreshock::kafka::{Cluster, Inquiry, Plan, config};
use foreshock::knowledge::Knowledge;
use foreshock::metrics::Metrics;
use foreshock::serve::baseline::{Drop, Echo};
use foreshock::serve::processor::Processor;
use foreshock::serve::reload::Asked;
use foreshock::serve::stop::Stop;
use foreshock::serve::worker::{TransactionSize, Worker};
use foreshock::settings::Settings;

use crate::client::unique;

/// Who runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The pipeline with all that ships, one worker.
    Serve,
    /// Reads and commits; looks at every byte, parses nothing, writes nothing.
    Drop,
    /// Reads and commits; writes each record back that [`MARK`] ends.
    Echo,
}

/// What ends the value of a record that an echo shall write: white space after JSON.
pub(crate) const MARK: u8 = b' ';

impl Role {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Role::Serve => "serve",
            Role::Drop => "drop",
            Role::Echo => "echo",
        }
    }
}

/// A running role. Ended when dropped.
pub(crate) struct Actor {
    child: Child,
    /// CPU time that it had taken when it was about to join the group.
    before: Cpu,
    /// Its consumer group.
    pub(crate) group: String,
}

impl Actor {
    /// Starts a role over topics in a new group, and waits until it is about to join.
    pub(crate) fn start(role: Role, topics: &Topics) -> Actor {
        let group = unique(role.name());
        // Of its own, so that nobody restores what another run has kept.
        crate::client::create_topic(&format!("{group}-state"), 8, &[("cleanup.policy", "compact")]);
        let brokers = &crate::broker::broker().brokers;
        let mut child = Command::new(std::env::current_exe().expect("this program has a path"))
            .args(["role", role.name(), brokers, &topics.events, &topics.triggers, &topics.dead_letters, &group])
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program can be run again");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("the role says when it starts");
        assert_eq!(line.trim(), "starting", "the role did not get that far");
        let before = Cpu::of(child.id());
        Actor { child, before, group }
    }

    /// CPU time since it joined, by thread.
    pub(crate) fn cpu(&self) -> Cpu {
        let mut now = Cpu::of(self.child.id());
        for (name, seconds) in &mut now.0 {
            *seconds -= self.before.0.get(name).copied().unwrap_or_default();
        }
        now
    }
}

impl std::ops::Drop for Actor {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds of CPU by thread name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cpu(BTreeMap<String, f64>);

impl Cpu {
    /// What the live threads of a process have taken so far, to the nanosecond.
    fn of(process: u32) -> Cpu {
        let mut threads = BTreeMap::new();
        let folder = format!("/proc/{process}/task");
        for entry in std::fs::read_dir(folder).expect("Linux, and the process lives").flatten() {
            let read = |file: &str| std::fs::read_to_string(entry.path().join(file)).unwrap_or_default();
            let name = read("comm").trim().to_owned();
            let nanoseconds: f64 = read("schedstat").split(' ').next().and_then(|n| n.parse().ok()).unwrap_or_default();
            *threads.entry(name).or_default() += nanoseconds / 1e9;
        }
        Cpu(threads)
    }

    pub(crate) fn total(&self) -> f64 {
        self.0.values().sum()
    }

    /// The worker's own thread, without librdkafka's.
    pub(crate) fn worker(&self) -> f64 {
        self.0.iter().filter(|(name, _)| name.starts_with("worker")).map(|(_, seconds)| seconds).sum()
    }
}

/// The topics of one run.
pub(crate) struct Topics {
    pub(crate) events: String,
    pub(crate) triggers: String,
    pub(crate) dead_letters: String,
}

impl Topics {
    /// New topics with eight partitions each.
    pub(crate) fn create() -> Topics {
        let topics =
            Topics { events: unique("events"), triggers: unique("triggers"), dead_letters: unique("dead-letters") };
        for topic in [&topics.events, &topics.triggers, &topics.dead_letters] {
            crate::client::create_topic(topic, 8, &[]);
        }
        topics
    }
}

/// The child process.
pub(crate) fn play(arguments: &[String]) {
    let [role, brokers, events, triggers, dead_letters, group] = arguments else { panic!("six arguments") };
    let mut settings = Settings { http_listen: None, ..Settings::default() };
    settings.kafka.brokers = vec![brokers.clone()];
    settings.kafka.group_id.clone_from(group);
    settings.topics.events.clone_from(events);
    settings.topics.triggers.clone_from(triggers);
    settings.topics.dead_letters.clone_from(dead_letters);
    settings.topics.state = format!("{group}-state");
    settings.ticks.clock = false;
    settings.pipeline.workers = 1;
    match role.as_str() {
        "serve" => {
            let knowledge = Knowledge::shipped();
            let (accounts, metrics) = (AccountTable::default(), Arc::new(Metrics::new()));
            println!("starting");
            foreshock::serve::run(&settings, &knowledge, accounts, &metrics, &Stop::default(), &Asked::default())
                .expect("it runs");
        }
        "drop" => bare(&settings, Drop::default()),
        _ => bare(
            &settings,
            Echo(|record: &foreshock::wire::RawRecord<'_>| record.value.and_then(<[u8]>::last) == Some(&MARK)),
        ),
    }
}

/// The worker of `serve` with another processor.
fn bare(settings: &Settings, processor: impl Processor + Send) {
    println!("starting");
    let inputs = vec![settings.topics.events.clone()];
    let plan = Plan {
        kafka: settings.kafka.clone(),
        transactional_id: format!("{}-0", settings.kafka.group_id),
        inputs: inputs.clone(),
        outputs: vec![settings.topics.triggers.clone(), settings.topics.dead_letters.clone()],
        changelog: None,
        start: settings.input.start,
    };
    let inquiry = Inquiry::new(config::asking(&settings.kafka)).expect("the settings of `serve`");
    let cluster = Cluster::join(plan, &inquiry).expect("the settings of `serve`");
    let size = TransactionSize {
        records_max: settings.pipeline.transaction_records_max,
        bytes_max: 16 * 1024 * 1024,
        target_latency: Duration::from_millis(settings.pipeline.target_latency.0.max(0).cast_unsigned()),
        timeout: Duration::from_millis(config::transaction_timeout_ms(&settings.kafka)),
    };
    let worker = Worker::new(cluster, processor, inputs, size, Arc::new(Metrics::new()), Stop::default());
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("worker-0".to_owned());
        let running = builder.spawn_scoped(scope, || worker.run(|| {})).expect("room for a thread");
        running.join().expect("no panic").expect("it runs");
    });
}
