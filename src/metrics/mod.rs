//! Prometheus metrics: base units, closed label sets, never an id or a text.
//!
//! The data path counts in plain integers, one set an epoch; they are added here when the epoch is committed, so that what
//! is shown is what was published, and no atomic is touched per record.

use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::message::Mark;
use crate::risk::Step;
use crate::score::Level;
use crate::signal::Signal;

/// Bounds of the latency histogram in seconds: from a local commit to what is certainly a backlog.
const LATENCY_BUCKETS: &[f64] =
    &[0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3_600.0];

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionOutcome {
    /// What it holds is visible.
    Committed,
    /// It was taken back, and its records were applied again.
    Aborted,
    /// Its outcome was not known: the producer was replaced and the committed offsets were read again.
    Abandoned,
}

impl TransactionOutcome {
    /// All outcomes.
    pub const ALL: [TransactionOutcome; 3] =
        [TransactionOutcome::Committed, TransactionOutcome::Aborted, TransactionOutcome::Abandoned];

    /// The outcome's name as a label.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            TransactionOutcome::Committed => "committed",
            TransactionOutcome::Aborted => "aborted",
            TransactionOutcome::Abandoned => "abandoned",
        }
    }
}

/// The program's metrics. Cheap to share by reference among threads.
pub struct Metrics {
    registry: Registry,
    marks: Vec<IntCounter>,
    findings: Vec<IntCounter>,
    triggers: Vec<Vec<IntCounter>>,
    transactions: Vec<IntCounter>,
    lag: IntGaugeVec,
    partitions: IntGauge,
    conversations: IntGauge,
    event_to_commit: Histogram,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl Metrics {
    /// All metrics at zero, with every label value that there can be: an alert on a rate needs the series before its
    /// first event.
    #[must_use]
    pub fn new() -> Metrics {
        let registry = Registry::new();
        let one_label = |name, help, label, values: Vec<&'static str>| {
            let family = counters(&registry, name, help, &[label]);
            values.into_iter().map(|value| family.with_label_values(&[value])).collect()
        };
        let triggers = counters(&registry, "triggers_total", "Triggers published.", &["step", "level"]);
        let lag =
            IntGaugeVec::new(options("partition_lag", "Records of a partition not yet committed."), &["partition"]);
        let latency = HistogramOpts::new(
            "foreshock_event_to_commit_seconds",
            "Time from a record's arrival in Kafka to the commit of what it caused.",
        );
        let this = Metrics {
            marks: one_label(
                "marks_total",
                "Events with something unusual, accepted all the same.",
                "mark",
                Mark::ALL.iter().map(|mark| mark.name()).collect(),
            ),
            findings: one_label(
                "findings_total",
                "Texts in which a signal fired.",
                "signal",
                Signal::ALL.iter().map(|signal| signal.name()).collect(),
            ),
            triggers: Step::ALL
                .map(|step| Level::ALL.map(|level| triggers.with_label_values(&[step.name(), level.name()])).into())
                .into(),
            transactions: one_label(
                "transactions_total",
                "Kafka transactions.",
                "outcome",
                TransactionOutcome::ALL.map(TransactionOutcome::name).into(),
            ),
            lag: register(&registry, lag),
            partitions: register(
                &registry,
                IntGauge::with_opts(options("partitions_assigned", "Input partitions that this process works on.")),
            ),
            conversations: register(
                &registry,
                IntGauge::with_opts(options("conversations", "Conversations kept in memory.")),
            ),
            event_to_commit: register(&registry, Histogram::with_opts(latency.buckets(LATENCY_BUCKETS.to_vec()))),
            registry,
        };
        let build = IntGaugeVec::new(options("build_info", "Always 1; the labels tell the version."), &["version"]);
        register(&this.registry, build).with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        this
    }

    /// Adds the events that had each mark, by its place in [`Mark::ALL`].
    pub fn add_marks(&self, counts: &[u64; Mark::ALL.len()]) {
        add(&self.marks, counts);
    }

    /// Adds the texts in which each signal fired, by [`Signal::index`].
    pub fn add_findings(&self, counts: &[u64; Signal::COUNT]) {
        add(&self.findings, counts);
    }

    /// Adds the triggers of each step and level, by their places in [`Step::ALL`] and [`Level::ALL`].
    pub fn add_triggers(&self, counts: &[[u64; Level::ALL.len()]; Step::ALL.len()]) {
        for (counters, counts) in self.triggers.iter().zip(counts) {
            add(counters, counts);
        }
    }

    /// A transaction ended.
    pub fn transaction(&self, outcome: TransactionOutcome) {
        self.transactions[outcome as usize].inc();
    }

    /// How many records of an input partition are not yet committed.
    pub fn set_lag(&self, partition: i32, records: i64) {
        self.lag.with_label_values(&[partition.to_string()]).set(records);
    }

    /// The partition is somebody else's now; its series ends.
    pub fn forget_partition(&self, partition: i32) {
        // An error means that there was no such series.
        let _ = self.lag.remove_label_values(&[partition.to_string()]);
    }

    /// How many input partitions this process works on.
    pub fn set_partitions(&self, count: usize) {
        self.partitions.set(count as i64);
    }

    /// How many conversations this process keeps.
    pub fn set_conversations(&self, count: usize) {
        self.conversations.set(count as i64);
    }

    /// What a record caused was committed so long after the record arrived.
    pub fn event_to_commit(&self, latency: Duration) {
        self.event_to_commit.observe(latency.as_secs_f64());
    }

    /// All metrics in Prometheus' text format.
    #[must_use]
    pub fn text(&self) -> String {
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .expect("every family has a name and at least one series")
    }
}

fn add(counters: &[IntCounter], counts: &[u64]) {
    for (counter, count) in counters.iter().zip(counts) {
        if *count > 0 {
            counter.inc_by(*count);
        }
    }
}

fn options(name: &str, help: &str) -> Opts {
    Opts::new(format!("foreshock_{name}"), help)
}

fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    register(registry, IntCounterVec::new(options(name, help), labels))
}

/// Adds a metric to the registry.
fn register<M: Collector + Clone + 'static>(registry: &Registry, metric: prometheus::Result<M>) -> M {
    let metric = metric.expect("the names are legal; a test builds all of them");
    registry.register(Box::new(metric.clone())).expect("each name is registered once; a test builds all of them");
    metric
}
