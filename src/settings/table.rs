//! Every setting as a row: what the documentation, the defaults, the validation and the listing are made from.

/// What a setting's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text that is not empty.
    Text,
    /// Any text; empty means "not set".
    OptionalText,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Switch,
    /// A whole number within bounds, both included.
    Count {
        /// The least.
        min: u64,
        /// The greatest.
        max: u64,
    },
    /// A length of time within bounds in milliseconds, both included; written `50ms`, `1s`, `1h30m`, `7d`.
    Duration {
        /// The shortest, in milliseconds.
        min: i64,
        /// The longest, in milliseconds.
        max: i64,
    },
    /// One or more `host:port`, as a list or separated by commas.
    Brokers,
    /// A Kafka topic.
    Topic,
    /// A Kafka topic; empty means "none".
    OptionalTopic,
    /// `address:port` to listen on; empty means "do not listen".
    Listen,
    /// The path of a file or a folder; empty means "none".
    Path,
    /// `earliest`, `latest` or an RFC 3339 time.
    Start,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The dotted name, e.g. `input.start`.
    pub key: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// The default, written as in the environment.
    pub default: &'static str,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
}

/// The group of settings that are handed to librdkafka as they are: `kafka.properties.<property>`.
pub(super) const PROPERTIES: &str = "kafka.properties";

const fn row(key: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Setting {
    Setting { key, kind, default, doc }
}

/// One row a setting, grouped by the part of the file that they are in.
pub const SETTINGS: &[Setting] = &[
    row(
        "kafka.brokers",
        Kind::Brokers,
        "127.0.0.1:9092",
        "The brokers to ask first; the rest of the cluster is found through them.",
    ),
    row(
        "kafka.group_id",
        Kind::Text,
        "foreshock",
        "The consumer group. Processes of one group share the partitions of the input among them.",
    ),
    row(
        "kafka.instance",
        Kind::OptionalText,
        "",
        "This process's name within the group; it must be stable over restarts and unique, since transactional ids are made from it. Empty: the machine's host name (in a StatefulSet: the pod's name).",
    ),
    row(
        "kafka.static_membership",
        Kind::Switch,
        "true",
        "Whether the group knows this process by `kafka.instance`: one that is restarted within `session.timeout.ms` takes its partitions back, and no other partition moves. `false`: its partitions go to others at once when it stops. Only with the classic group protocol.",
    ),
    row("topics.events", Kind::Topic, "conversation-events", "Where conversation events are read from."),
    row("topics.triggers", Kind::Topic, "escalation-triggers", "Where escalation triggers are written to."),
    row(
        "topics.dead_letters",
        Kind::Topic,
        "conversation-dead-letters",
        "Where records go that cannot be read, with the reason. Holds customer text unless `dead_letters.payload` is `none`: restrict who may read it.",
    ),
    row(
        "topics.accounts",
        Kind::OptionalTopic,
        "",
        "The compacted topic of account records. Empty: accounts come from `accounts.file`, or are not known.",
    ),
    row(
        "topics.repartitioned_events",
        Kind::Topic,
        "conversation-events-by-conversation",
        "The internal topic that events are sent through, keyed by conversation, when `input.repartition` is on.",
    ),
    row(
        "topics.state",
        Kind::OptionalTopic,
        "",
        "The changelog: the compacted topic, with as many partitions as the events have, that conversations' states are kept in across restarts. Empty: the group's name and `-state`.",
    ),
    row(
        "state.trust",
        Kind::Choice(&["neither", "changelog", "offsets"]),
        "neither",
        "Which to go on from when the changelog and the group's committed offset tell different positions of a partition, since somebody moved or deleted one of them. `neither`: say so and stop. `changelog`: where the state stands; without one, from the oldest event. `offsets`: at the committed offset, with the state as it is.",
    ),
    row(
        "input.start",
        Kind::Start,
        "earliest",
        "Where a group that has no committed offsets begins: with the oldest record, with the next new one, or with the first at or after a time.",
    ),
    row(
        "input.repartition",
        Kind::Switch,
        "false",
        "Whether events are first sent through `topics.repartitioned_events`. Needed when their Kafka key is not the conversation id.",
    ),
    row(
        "input.profile",
        Kind::Text,
        "canonical",
        "The source profile that says how events are written: `canonical`, or the name of a file in `knowledge.sources`.",
    ),
    row(
        "ticks.clock",
        Kind::Switch,
        "true",
        "Whether deadlines are settled by the clock, too, in partitions whose events are all dealt with; otherwise only by later events. `false` for running over old events.",
    ),
    row(
        "ticks.allowed_lateness",
        Kind::Duration { min: 0, max: 86_400_000 },
        "10s",
        "How long after its time a deadline is settled where no event does it sooner, so that an answer that is still on its way counts.",
    ),
    row(
        "ticks.input_silence",
        Kind::Duration { min: 1_000, max: 7 * 86_400_000 },
        "1h",
        "When nothing has come into any partition of the input for so long, whoever reads it, no deadline is settled by the clock until something does: an upstream that is down must not look like a thousand broken promises. Longer than the clocks that have to be told when at night one customer waits and all else is quiet; `5m` where events never pause.",
    ),
    row(
        "accounts.file",
        Kind::Path,
        "",
        "A file of account records, one JSON object a line, read at start. Not together with `topics.accounts`.",
    ),
    row(
        "output.publish_max_age",
        Kind::Duration { min: 1_000, max: 3_650 * 86_400_000 },
        "1h",
        "Triggers whose cause is older than this at commit are published marked `backfill`, so that a first start on old events pages nobody.",
    ),
    row(
        "dead_letters.payload",
        Kind::Choice(&["full", "masked", "none"]),
        "full",
        "How much of a refused record its dead letter carries: the bytes as they were, the text with personal data masked, or only their SHA-256.",
    ),
    row(
        "pipeline.workers",
        Kind::Count { min: 0, max: 256 },
        "0",
        "Threads that read, score and write, each with its own partitions. 0: one a core.",
    ),
    row(
        "pipeline.transaction_records_max",
        Kind::Count { min: 1, max: 1_000_000 },
        "20000",
        "The most records that one transaction takes in. Larger transactions cost less a record and more memory and latency.",
    ),
    row(
        "pipeline.target_latency",
        Kind::Duration { min: 1, max: 60_000 },
        "50ms",
        "How long a transaction may stay open to take in more records, when there are more.",
    ),
    row(
        "http.listen",
        Kind::Listen,
        "127.0.0.1:9464",
        "Where `/metrics`, `/livez` and `/readyz` are served; port 0 takes a free one. Empty: nowhere.",
    ),
    row(
        "log.level",
        Kind::Choice(&["error", "warn", "info", "debug", "trace"]),
        "info",
        "The least important log lines that are written. No level writes customer text.",
    ),
    row(
        "log.format",
        Kind::Choice(&["text", "json"]),
        "text",
        "How log lines are written to stderr: for people, or one JSON object a line.",
    ),
    row(
        "knowledge.rules",
        Kind::Path,
        "",
        "A folder of rules (`*.toml`) that are added to the shipped ones; a rule with the id of a shipped one replaces it.",
    ),
    row(
        "knowledge.lexicons",
        Kind::Path,
        "",
        "A folder of lexicons (`<language>/*.tsv`) that are added to the shipped ones; one with the same path replaces it.",
    ),
    row(
        "knowledge.policies",
        Kind::Path,
        "",
        "A folder of policies (`*.toml`); what they set overrides the shipped policy key by key.",
    ),
    row(
        "knowledge.sources",
        Kind::Path,
        "",
        "A folder of source profiles (`*.toml`) that are added to the shipped ones.",
    ),
    row(
        "knowledge.watch",
        Kind::Duration { min: 0, max: 86_400_000 },
        "0s",
        "How often `serve` looks whether files in these folders have changed, to go on by them without a restart, as it does on SIGHUP in any case. `0s`: never.",
    ),
];

/// The row of a key, if there is such a setting.
#[must_use]
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The known key that a mistyped one most likely means, if any is near enough.
#[must_use]
pub(super) fn nearest(key: &str) -> Option<&'static str> {
    let last = |key: &'static str| key.rsplit('.').next().unwrap_or(key);
    let distance = |known: &'static str| {
        let whole = strsim::normalized_damerau_levenshtein(key, known);
        let group_left_out =
            if key.contains('.') { 0.0 } else { strsim::normalized_damerau_levenshtein(key, last(known)) };
        whole.max(group_left_out)
    };
    let scored = SETTINGS.iter().map(|setting| (distance(setting.key), setting.key));
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(similarity, _)| *similarity >= 0.6).map(|(_, key)| key)
}
