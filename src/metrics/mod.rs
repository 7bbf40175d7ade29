//! Prometheus metrics: base units, closed label sets, never an id or a text.
//!
//! The data path counts in plain integers ([`Counts`], one set an epoch); they are added here when the epoch is committed,
//! so that what is shown is what was published, and no atomic is touched per record.

use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::engine::Disposition;
use crate::message::Mark;
use crate::pipeline::Counts;
use crate::risk::Step;
use crate::score::Level;
use crate::signal::Signal;
use crate::subject::Suppression;
use crate::wire::Reason;

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

/// What came of reading the knowledge again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReloadOutcome {
    /// Other knowledge is in force.
    Switched,
    /// It is what was in force.
    Unchanged,
    /// It has faults; what was in force goes on.
    Refused,
}

impl ReloadOutcome {
    /// All outcomes.
    pub const ALL: [ReloadOutcome; 3] = [ReloadOutcome::Switched, ReloadOutcome::Unchanged, ReloadOutcome::Refused];

    /// The outcome's name as a label.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ReloadOutcome::Switched => "switched",
            ReloadOutcome::Unchanged => "unchanged",
            ReloadOutcome::Refused => "refused",
        }
    }
}

/// The program's metrics. Cheap to share by reference among threads.
pub struct Metrics {
    registry: Registry,
    records: IntCounter,
    bytes: IntCounter,
    events: Vec<IntCounter>,
    marks: Vec<IntCounter>,
    findings: Vec<IntCounter>,
    triggers: Vec<Vec<IntCounter>>,
    backfilled: IntCounter,
    suppressed: Vec<IntCounter>,
    dead_letters: Vec<IntCounter>,
    cut: IntCounter,
    repartitioned: IntCounter,
    rebalances: IntCounter,
    transactions: Vec<IntCounter>,
    lag: IntGaugeVec,
    partitions: IntGauge,
    conversations: IntGauge,
    restoring: IntGauge,
    silent: IntGauge,
    restore_remaining: IntGauge,
    event_to_commit: Histogram,
    knowledge: IntGaugeVec,
    reloads: Vec<IntCounter>,
    knowledge_refused: IntGauge,
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
        let build = IntGaugeVec::new(options("build_info", "Always 1; the label tells the version."), &["version"]);
        register(&registry, build).with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let closed = Closed(&registry);
        Metrics {
            records: closed.one("records_total", "Records taken from the input."),
            bytes: closed.one("record_bytes_total", "Bytes of the values of these records."),
            events: closed.many(
                "events_total",
                "Events by what became of them.",
                "disposition",
                Disposition::ALL.map(Disposition::name),
            ),
            marks: closed.many(
                "marks_total",
                "Events with something unusual, accepted all the same.",
                "mark",
                Mark::ALL.iter().map(|mark| mark.name()),
            ),
            findings: closed.many(
                "findings_total",
                "Texts in which a signal fired.",
                "signal",
                Signal::ALL.iter().map(|signal| signal.name()),
            ),
            triggers: closed.triggers(),
            backfilled: closed.one("triggers_backfilled_total", "Triggers too old to page anybody, published marked."),
            suppressed: closed.many(
                "triggers_suppressed_total",
                "Triggers that were due and held back.",
                "cause",
                Suppression::ALL.map(Suppression::name),
            ),
            dead_letters: closed.many(
                "dead_letters_total",
                "Records that could not be used.",
                "reason",
                Reason::ALL.iter().map(|reason| reason.name()),
            ),
            cut: closed.one("outputs_cut_total", "Triggers and dead letters that were cut to fit their topic."),
            rebalances: closed.one("rebalances_total", "Changes of the partitions that this process works on."),
            repartitioned: closed.one("repartitioned_total", "Records sent on to the topic keyed by conversation."),
            transactions: closed.many(
                "transactions_total",
                "Kafka transactions by how they ended.",
                "outcome",
                TransactionOutcome::ALL.map(TransactionOutcome::name),
            ),
            lag: register(&registry, IntGaugeVec::new(lag(), &["topic", "partition"])),
            partitions: closed.gauge("partitions_assigned", "Input partitions that this process works on."),
            conversations: closed.gauge("conversations", "Conversations kept in memory."),
            silent: closed.gauge(
                "input_silent",
                "1 while nothing has come into the input for `ticks.input_silence`, and time stands.",
            ),
            restoring: closed.gauge("partitions_restoring", "Partitions that wait for their conversations' states."),
            restore_remaining: closed
                .gauge("restore_remaining_records", "Records of the changelog that are still to be read for these."),
            event_to_commit: register(&registry, Histogram::with_opts(latency())),
            knowledge: register(&registry, IntGaugeVec::new(knowledge(), &["hash"])),
            reloads: closed.reloads(),
            knowledge_refused: closed.gauge("knowledge_refused", "1 while the knowledge last read has faults."),
            registry,
        }
    }

    /// Adds what happened in an epoch that is committed.
    pub fn add(&self, counts: &Counts) {
        self.records.inc_by(counts.records);
        self.bytes.inc_by(counts.bytes);
        add(&self.events, &counts.dispositions);
        add(&self.marks, &counts.marks);
        add(&self.findings, &counts.signals);
        for (counters, counts) in self.triggers.iter().zip(&counts.triggers) {
            add(counters, counts);
        }
        self.backfilled.inc_by(counts.backfilled);
        add(&self.suppressed, &counts.suppressed);
        add(&self.dead_letters, &counts.dead_letters);
        self.cut.inc_by(counts.cut);
        self.repartitioned.inc_by(counts.repartitioned);
    }

    /// Records taken from the input, as far as they are committed.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records.get()
    }

    /// A transaction ended.
    pub fn transaction(&self, outcome: TransactionOutcome) {
        self.transactions[outcome as usize].inc();
    }

    /// How many records of an input partition are not yet committed.
    pub fn set_lag(&self, topic: &str, partition: i32, records: i64) {
        self.lag.with_label_values(&[topic, &partition.to_string()]).set(records);
    }

    /// The partitions that this process works on changed.
    pub fn rebalance(&self) {
        self.rebalances.inc();
    }

    /// This process works on one more partition.
    pub fn partition_assigned(&self) {
        self.partitions.inc();
    }

    /// The partition is somebody else's now; its series ends.
    pub fn partition_revoked(&self, topic: &str, partition: i32) {
        self.partitions.dec();
        // An error means that there was no such series yet.
        let _ = self.lag.remove_label_values(&[topic, &partition.to_string()]);
    }

    /// How many partitions this process works on.
    #[must_use]
    pub fn partitions(&self) -> i64 {
        self.partitions.get()
    }

    /// This process keeps so many conversations more, or fewer.
    pub fn conversations_changed(&self, by: i64) {
        self.conversations.add(by);
    }

    /// So many partitions more, or fewer, wait for their state, and so many records of the changelog for being read.
    pub fn restoring_changed(&self, partitions: i64, records: i64) {
        self.restoring.add(partitions);
        self.restore_remaining.add(records);
    }

    /// Whether no event has come for long.
    pub fn set_silent(&self, is_silent: bool) {
        self.silent.set(i64::from(is_silent));
    }

    /// The knowledge of that hash is in force.
    pub fn set_knowledge(&self, hash: &str) {
        self.knowledge.reset();
        self.knowledge.with_label_values(&[hash]).set(1);
    }

    /// The knowledge was read again.
    pub fn reloaded(&self, outcome: ReloadOutcome) {
        self.reloads[outcome as usize].inc();
        self.knowledge_refused.set(i64::from(outcome == ReloadOutcome::Refused));
    }

    /// How many partitions wait for their state.
    #[must_use]
    pub fn restoring(&self) -> i64 {
        self.restoring.get()
    }

    /// What records caused was committed so long after each of them arrived.
    pub fn events_to_commit(&self, latencies: impl Iterator<Item = Duration>) {
        let local = self.event_to_commit.local();
        latencies.for_each(|latency| local.observe(latency.as_secs_f64()));
        local.flush();
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

fn lag() -> Opts {
    options("partition_lag", "Records of an input partition that are not yet committed, by its high watermark.")
}

fn knowledge() -> Opts {
    options("knowledge_info", "Always 1; the label is the hash of the knowledge in force, as triggers name it.")
}

fn latency() -> HistogramOpts {
    let help = "Time from a record's arrival in Kafka to the commit of what it caused.";
    HistogramOpts::new("foreshock_event_to_commit_seconds", help).buckets(LATENCY_BUCKETS.to_vec())
}

/// Registers families whose label values are all known beforehand.
struct Closed<'a>(&'a Registry);

impl Closed<'_> {
    fn one(&self, name: &str, help: &str) -> IntCounter {
        register(self.0, IntCounter::with_opts(options(name, help)))
    }

    fn gauge(&self, name: &str, help: &str) -> IntGauge {
        register(self.0, IntGauge::with_opts(options(name, help)))
    }

    fn many(
        &self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = &'static str>,
    ) -> Vec<IntCounter> {
        let family = register(self.0, IntCounterVec::new(options(name, help), &[label]));
        values.into_iter().map(|value| family.with_label_values(&[value])).collect()
    }

    fn reloads(&self) -> Vec<IntCounter> {
        let help = "Times that rules, lexicons, policies and profiles were read again, by what came of it.";
        self.many("knowledge_reloads_total", help, "outcome", ReloadOutcome::ALL.map(ReloadOutcome::name))
    }

    fn triggers(&self) -> Vec<Vec<IntCounter>> {
        let options = options("triggers_total", "Triggers published.");
        let family = register(self.0, IntCounterVec::new(options, &["step", "level"]));
        let of_step =
            |step: Step| Level::ALL.map(|level| family.with_label_values(&[step.name(), level.name()])).into();
        Step::ALL.map(of_step).into()
    }
}

/// Adds a metric to the registry.
fn register<M: Collector + Clone + 'static>(registry: &Registry, metric: prometheus::Result<M>) -> M {
    let metric = metric.expect("the names are legal; a test builds all of them");
    registry.register(Box::new(metric.clone())).expect("each name is registered once; a test builds all of them");
    metric
}
