//! Settings from file, environment and flags; each documented with its default.
//!
//! [`SETTINGS`] is the one table that defaults, validation, `docs/SETTINGS.md` and `foreshock settings` are made from.
//! [`load`] layers what was written (file < environment < flags) and turns it into [`Settings`], which is what code sees.
#![allow(clippy::disallowed_methods, reason = "settings alone read the environment and the settings file")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Location, SourceFile};
use crate::time::{Span, Timestamp};
use crate::wire::PayloadMode;

mod document;
pub mod duration;
mod layers;
mod properties;
mod reader;
mod table;

pub use document::document;
pub use layers::{ENVIRONMENT_PREFIX, Flag};
pub use table::{Kind, SETTINGS, Setting};

use layers::Layer;
use reader::Reader;

/// Settings that have been checked: every value is of its type and within its bounds, and they go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the cluster is reached.
    pub kafka: Kafka,
    /// The topics' names.
    pub topics: Topics,
    /// Which of changelog and committed offset to go on from when they differ; `None`: neither.
    pub trust: Option<Trust>,
    /// What is read, and from where on.
    pub input: Input,
    /// How time passes where no event comes.
    pub ticks: Ticks,
    /// A file of account records, if accounts come from one.
    pub accounts_file: Option<PathBuf>,
    /// Triggers with a cause older than this are marked `backfill`.
    pub publish_max_age: Span,
    /// How much of a refused record its dead letter carries.
    pub dead_letter_payload: PayloadMode,
    /// How work is shared out.
    pub pipeline: Pipeline,
    /// Where metrics and health are served; `None`: nowhere.
    pub http_listen: Option<SocketAddr>,
    /// What is logged.
    pub log: Log,
    /// Folders that add to the shipped knowledge.
    pub knowledge: KnowledgeFolders,
}

/// How the cluster is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kafka {
    /// `host:port` of the brokers to ask first; at least one.
    pub brokers: Vec<String>,
    /// The consumer group.
    pub group_id: String,
    /// This process's name within the group; never empty.
    pub instance: String,
    /// Whether the group knows the process by that name.
    pub static_membership: bool,
    /// Further librdkafka properties, none of which exactly-once rests on.
    pub properties: BTreeMap<String, String>,
}

/// The topics' names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topics {
    /// Conversation events, read.
    pub events: String,
    /// Escalation triggers, written.
    pub triggers: String,
    /// Refused records, written.
    pub dead_letters: String,
    /// Account records, read; `None`: there is no such topic.
    pub accounts: Option<String>,
    /// Conversation events keyed by conversation, written and read when [`Input::repartition`] is on.
    pub repartitioned_events: String,
    /// The changelog of conversations' states, written, and read at assignment.
    pub state: String,
}

/// What to go on from when the changelog and the group's committed offset tell different positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Where the state stands.
    Changelog,
    /// Where the group's offset stands.
    Offsets,
}

/// What is read, and from where on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Where a group without committed offsets begins.
    pub start: Start,
    /// Whether events are first keyed anew.
    pub repartition: bool,
    /// The source profile's name.
    pub profile: String,
}

/// Where a group without committed offsets begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the oldest record.
    Earliest,
    /// With the next new record.
    Latest,
    /// With the first record at or after that time.
    At(Timestamp),
}

/// How time passes where no event comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticks {
    /// Whether deadlines are settled by the clock at all.
    pub clock: bool,
    /// How long after its time a deadline is settled by the clock.
    pub allowed_lateness: Span,
    /// When nothing has come into the input for so long, none is.
    pub input_silence: Span,
}

/// How work is shared out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Worker threads; at least one.
    pub workers: usize,
    /// The most records of one transaction.
    pub transaction_records_max: usize,
    /// How long a transaction may stay open to take in more records.
    pub target_latency: Span,
}

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// For people or for machines.
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Folders that add to the shipped knowledge; `None`: only what is shipped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnowledgeFolders {
    /// Rules.
    pub rules: Option<PathBuf>,
    /// Lexicons.
    pub lexicons: Option<PathBuf>,
    /// Policies.
    pub policies: Option<PathBuf>,
    /// Source profiles.
    pub sources: Option<PathBuf>,
    /// How often `serve` looks whether these have changed; none: only when asked to.
    pub watch: Span,
}

/// A setting with the value in force, for `foreshock settings`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The dotted name.
    pub key: String,
    /// The value as written; passwords and keys are hidden.
    pub value: String,
    /// `default`, or the file and line, variable or flag it came from.
    pub origin: String,
}

/// Where settings come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// The settings file, already read.
    pub file: Option<SourceFile>,
    /// The environment's variables; those that are no settings are ignored.
    pub environment: Vec<(String, String)>,
    /// Settings given on the command line.
    pub flags: Vec<Flag>,
}

impl Origins {
    /// The file at `path`, this process's environment, and `flags`.
    ///
    /// # Errors
    /// A diagnostic when the file cannot be read or is not UTF-8.
    pub fn gather(path: Option<&Path>, flags: Vec<Flag>) -> Result<Origins, Diagnostic> {
        let file = path.map(read).transpose()?;
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Ok(Origins { file, environment: environment.collect(), flags })
    }
}

fn read(path: &Path) -> Result<SourceFile, Diagnostic> {
    let shown = path.display().to_string();
    let unreadable = |error: std::io::Error| {
        let message = format!("the settings file cannot be read: {error}");
        Diagnostic::error(Code::Unreadable, Location::file(&shown), message).help("check the path and the rights")
    };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let message = format!("the settings file is not UTF-8: byte {offset} is not");
        Diagnostic::error(Code::NotUtf8, Location::file(&shown), message).help("save it as UTF-8")
    })?;
    Ok(SourceFile { path: shown, text })
}

/// Layers and checks settings; also tells what is in force and why.
///
/// # Errors
/// Every fault there is, each naming the setting, what is allowed, and where the value came from.
pub fn load(origins: &Origins) -> Result<(Settings, Vec<Listed>), Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let file = origins.file.as_ref().map(|file| Layer::of_file(file, &mut diagnostics)).unwrap_or_default();
    let values = layers::merge(&[file, Layer::of_environment(&origins.environment), Layer::of_flags(&origins.flags)]);
    let mut reader = Reader::new(&values, &mut diagnostics);
    reader.refuse_unknown();
    let settings = read_settings(&mut reader);
    refuse_conflicts(&settings, &mut reader);
    let listed = reader.listing();
    if diagnostics.is_empty() { Ok((settings, listed)) } else { Err(diagnostics) }
}

impl Default for Settings {
    /// The defaults of the table.
    fn default() -> Settings {
        load(&Origins::default()).expect("the table's defaults pass its own checks").0
    }
}

fn read_settings(reader: &mut Reader<'_>) -> Settings {
    let payloads = [("full", PayloadMode::Full), ("masked", PayloadMode::Masked), ("none", PayloadMode::None)];
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let group_id = reader.text("kafka.group_id");
    Settings {
        kafka: Kafka {
            brokers: reader.brokers("kafka.brokers"),
            group_id: group_id.clone(),
            instance: reader.optional("kafka.instance").unwrap_or_else(host_name),
            static_membership: reader.switch("kafka.static_membership"),
            properties: reader.properties(),
        },
        topics: Topics {
            events: reader.text("topics.events"),
            triggers: reader.text("topics.triggers"),
            dead_letters: reader.text("topics.dead_letters"),
            accounts: reader.optional("topics.accounts"),
            repartitioned_events: reader.text("topics.repartitioned_events"),
            state: reader.optional("topics.state").unwrap_or_else(|| format!("{group_id}-state")),
        },
        trust: reader.choice(
            "state.trust",
            &[("neither", None), ("changelog", Some(Trust::Changelog)), ("offsets", Some(Trust::Offsets))],
        ),
        input: Input {
            start: reader.start("input.start"),
            repartition: reader.switch("input.repartition"),
            profile: reader.text("input.profile"),
        },
        ticks: Ticks {
            clock: reader.switch("ticks.clock"),
            allowed_lateness: reader.duration("ticks.allowed_lateness"),
            input_silence: reader.duration("ticks.input_silence"),
        },
        accounts_file: reader.path("accounts.file"),
        publish_max_age: reader.duration("output.publish_max_age"),
        dead_letter_payload: reader.choice("dead_letters.payload", &payloads),
        pipeline: Pipeline {
            workers: Some(reader.count("pipeline.workers")).filter(|workers| *workers > 0).unwrap_or_else(cores),
            transaction_records_max: reader.count("pipeline.transaction_records_max"),
            target_latency: reader.duration("pipeline.target_latency"),
        },
        http_listen: reader.listen("http.listen"),
        log: Log { level: reader.text("log.level"), format: reader.choice("log.format", &formats) },
        knowledge: KnowledgeFolders {
            rules: reader.path("knowledge.rules"),
            lexicons: reader.path("knowledge.lexicons"),
            policies: reader.path("knowledge.policies"),
            sources: reader.path("knowledge.sources"),
            watch: reader.duration("knowledge.watch"),
        },
    }
}

fn refuse_conflicts(settings: &Settings, reader: &mut Reader<'_>) {
    if settings.accounts_file.is_some() && settings.topics.accounts.is_some() {
        let message = "`accounts.file` and `topics.accounts` are both set".to_owned();
        reader.conflict("accounts.file", message, "accounts come from one of them; take the other out");
    }
    let topics = &settings.topics;
    let mut named = vec![("topics.events", topics.events.as_str()), ("topics.triggers", &topics.triggers)];
    named.push(("topics.dead_letters", &topics.dead_letters));
    named.extend(topics.accounts.as_deref().map(|name| ("topics.accounts", name)));
    named.push(("topics.repartitioned_events", &topics.repartitioned_events));
    named.push(("topics.state", &topics.state));
    for (index, (key, name)) in named.iter().enumerate() {
        if let Some((other, _)) = named[..index].iter().find(|(_, earlier)| earlier == name) {
            let message = format!("`{key}` and `{other}` are both `{name}`");
            reader.conflict(key, message, "each topic has one use; give them different names");
        }
    }
}

/// One worker a core.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The machine's host name; `foreshock` where it cannot be known.
fn host_name() -> String {
    let given = ["HOSTNAME", "COMPUTERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let name = given.or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "foreshock".to_owned())
}
