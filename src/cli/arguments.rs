//! The command line as clap reads it: verbs, flags, help with examples.
#![cfg_attr(not(feature = "kafka"), allow(dead_code, reason = "verbs of a cluster are known without it, but not run"))]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::keeping::State;
use super::learning::Fit;
use super::reporting::{Checklist, Report};
use crate::settings::Flag;

/// Watches support conversations for risk and tells people in time, with reasons.
///
/// Conversation events come in (from Kafka, or as lines of JSON), escalation triggers go out: explained, scored from 0
/// to 1000, and each exactly once.
#[derive(Debug, Parser)]
#[command(name = "foreshock", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, after_long_help = super::document::exit_codes())]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,

    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Scan(Scan),
    Replay(Replay),
    Report(Report),
    Check(Check),
    Explain(Explain),
    Serve(Serve),
    Topics(Topics),
    State(State),
    Publish(Publish),
    Tail(Tail),
    Demo(Demo),
    Generate(Generate),
    Fit(Fit),
    Settings(ListSettings),
    Checklist(Checklist),
    Completions(Completions),
}

/// Settings from a file and from flags, for every verb that uses some.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct SettingsArguments {
    /// Settings file; see docs/SETTINGS.md.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// One setting, over file and environment, e.g. `input.start=latest`.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub(crate) set: Vec<(String, String)>,

    /// Folder of rules over the shipped ones [setting: knowledge.rules].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) rules: Option<PathBuf>,

    /// Folder of lexicons over the shipped ones [setting: knowledge.lexicons].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) lexicons: Option<PathBuf>,

    /// Folder of policies over the shipped one [setting: knowledge.policies].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) policies: Option<PathBuf>,

    /// Folder of source profiles over the shipped ones [setting: knowledge.sources].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) sources: Option<PathBuf>,
}

impl SettingsArguments {
    /// The flags as settings.
    pub(crate) fn flags(&self) -> Vec<Flag> {
        let set = self.set.iter().map(|(key, value)| (format!("--set {key}"), key.as_str(), value.clone()));
        let folders = [
            ("--rules", "knowledge.rules", &self.rules),
            ("--lexicons", "knowledge.lexicons", &self.lexicons),
            ("--policies", "knowledge.policies", &self.policies),
            ("--sources", "knowledge.sources", &self.sources),
        ];
        let given = folders
            .into_iter()
            .filter_map(|(flag, key, path)| Some((flag.to_owned(), key, path.as_ref()?.display().to_string())));
        let all = set.chain(given);
        all.map(|(flag, key, value)| Flag { flag, key: key.to_owned(), value }).collect()
    }
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE, e.g. `input.start=latest`")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// How to write what a machine may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// JSON for machines.
    Json,
}

/// Find signals in single texts: a line of JSON in, a line of JSON out.
///
/// A line in: {"id": "1", "author": "customer", "text": "This is unacceptable!", "lang": "en"}; `lang` may be left out.
/// The line out has `scores` (each signal's strength from 0 to 1), `fired` (the signals over their thresholds) and
/// `findings` (rule, signal, start, end, text, weight). A line that cannot be read is told on stderr with its number.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  foreshock scan messages.ndjson > signals.ndjson\n  \
    echo '{\"id\":\"1\",\"author\":\"customer\",\"text\":\"I want a refund, now.\"}' | foreshock scan")]
pub(crate) struct Scan {
    /// File of lines; `-` or nothing is the standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

/// Run events from files through the whole pipeline without Kafka: events in, triggers out.
///
/// Triggers are written to stdout, one JSON object a line, the same bytes each time. Records that cannot be read are
/// counted by reason in the summary on stderr.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  foreshock replay examples/conversations.ndjson --accounts examples/accounts.ndjson\n  \
    zcat events.ndjson.gz | foreshock replay - --assessments > assessments.ndjson"
)]
pub(crate) struct Replay {
    /// Files of events, one JSON object a line, read in this order; `-` or nothing is the standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) files: Vec<PathBuf>,

    /// File of account records, one JSON object a line [setting: accounts.file].
    #[arg(long, value_name = "FILE")]
    pub(crate) accounts: Option<PathBuf>,

    /// Leave out events after this time, and let the clock run to it at the end (RFC 3339).
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) until: Option<crate::time::Timestamp>,

    /// Write a line for every event (score, level, factors) instead of the triggers.
    #[arg(long)]
    pub(crate) assessments: bool,

    /// Leave out the second stage, which sees across conversations: incidents, recurring issues, digests (docs/SUBJECTS.md).
    #[arg(long)]
    pub(crate) first_stage: bool,

    /// Also write what was held back and left out, by cause, to this file, one line of JSON for `report`.
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,

    /// Also write dead letters to this file, one JSON object a line. They hold customer text.
    #[arg(long, value_name = "FILE")]
    pub(crate) dead_letters: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

fn time(text: &str) -> Result<crate::time::Timestamp, String> {
    let time: jiff::Timestamp =
        text.parse().map_err(|error| format!("{error}; write a time like 2026-01-31T09:00:00Z"))?;
    Ok(crate::time::Timestamp(time.as_millisecond()))
}

/// Check rules, lexicons, policies, source profiles, settings and accounts, and run the cases inside rules.
///
/// What is checked is what ships with the program and, over it, the files and folders given. Every fault is told at
/// once, with its number (docs/DIAGNOSTICS.md), place, cause and help. Exit code 0: no errors; 1: errors.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  foreshock check\n  foreshock check rules/churn.moving_away.toml\n  \
    foreshock check my-folder --stats          # my-folder/{rules,lexicons,policy,sources}\n  \
    foreshock check my-folder --format json")]
pub(crate) struct Check {
    /// Files, or folders that hold `rules`, `lexicons`, `policy`, `sources`, `foreshock.toml` or `accounts*.ndjson`.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Also tell how many rules, cases, terms and profiles there are.
    #[arg(long)]
    pub(crate) stats: bool,

    /// How to write the diagnostics.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
}

/// Explain what is found in a text or a conversation, what is not, and how the score comes about.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  foreshock explain \"This is not acceptable. Get me your supervisor!\"\n  \
    foreshock explain --author bot \"I hope that helps!\"\n  \
    foreshock explain --file examples/conversations.ndjson --accounts examples/accounts.ndjson --conversation c-01")]
pub(crate) struct Explain {
    /// The text; `-` or nothing is the standard input.
    #[arg(value_name = "TEXT", conflicts_with = "file")]
    pub(crate) text: Option<String>,

    /// A file of events, one JSON object a line, instead of a text.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// Only this conversation of the file.
    #[arg(long, value_name = "ID", requires = "file")]
    pub(crate) conversation: Option<String>,

    /// File of account records [setting: accounts.file].
    #[arg(long, value_name = "FILE")]
    pub(crate) accounts: Option<PathBuf>,

    /// Who wrote the text: customer, agent, bot, system.
    #[arg(long, value_name = "AUTHOR", default_value = "customer", conflicts_with = "file", value_parser = author)]
    pub(crate) author: crate::message::AuthorType,

    /// The text's language as a BCP 47 tag; it is identified if left out.
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true, conflicts_with = "file")]
    pub(crate) language: String,

    /// The text is HTML.
    #[arg(long, conflicts_with = "file")]
    pub(crate) html: bool,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

fn author(name: &str) -> Result<crate::message::AuthorType, String> {
    crate::message::AuthorType::from_name(name)
        .ok_or_else(|| "it is one of: customer, agent, bot, system, unknown".to_owned())
}

/// Run the pipeline on Kafka until told to stop.
///
/// Reads events, writes triggers and dead letters in transactions, serves /metrics, /livez and /readyz. SIGTERM or
/// SIGINT: commits what is at hand, leaves the group, ends with exit code 0. SIGHUP: reads rules, lexicons, policies and
/// source profiles again and goes on by them, or, if they have faults, tells these and goes on as before.
#[derive(Debug, Args)]
#[command(hide = cfg!(not(feature = "kafka")))]
#[command(after_help = "Examples:\n  foreshock serve --config foreshock.toml\n  \
    foreshock serve --brokers broker-1.example.com:9092 --set input.start=latest\n  \
    FORESHOCK__KAFKA__BROKERS=broker-1.example.com:9092 foreshock serve")]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) kafka: Brokers,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

/// Which cluster.
#[derive(Debug, Default, Args)]
pub(crate) struct Brokers {
    /// Brokers to ask first, `host:port` with commas between [setting: kafka.brokers].
    #[arg(long, value_name = "LIST")]
    pub(crate) brokers: Option<String>,
}

impl Brokers {
    /// The flag as a setting.
    pub(crate) fn flag(&self) -> Option<Flag> {
        let value = self.brokers.clone()?;
        Some(Flag { flag: "--brokers".to_owned(), key: "kafka.brokers".to_owned(), value })
    }
}

/// List the topics that the settings name, make those that are missing, or check them.
///
/// `plan` tells what `apply` would do, `check` (the default) what `serve` would refuse. The changelog is made compacted
/// and with as many partitions as the events have, the accounts topic compacted; all else is the cluster's default.
/// Exit code 6: a topic is missing; 9: the changelog cannot be used as it is.
#[derive(Debug, Args)]
#[command(hide = cfg!(not(feature = "kafka")))]
#[command(
    after_help = "Examples:\n  foreshock topics --config foreshock.toml\n  foreshock topics apply --partitions 8"
)]
pub(crate) struct Topics {
    /// What to do.
    #[arg(value_enum, default_value_t = TopicsAction::Check)]
    pub(crate) action: TopicsAction,

    /// How many partitions new topics have.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i32).range(1..=10_000))]
    pub(crate) partitions: Option<i32>,

    #[command(flatten)]
    pub(crate) kafka: Brokers,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

/// What `topics` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TopicsAction {
    /// Tell what `apply` would do.
    Plan,
    /// Make what is missing.
    Apply,
    /// Tell what is missing or wrong.
    Check,
}

/// Send the lines of a file to a Kafka topic.
///
/// Each line is a record; an event's key is its conversation id, an account's its account id.
#[derive(Debug, Args)]
#[command(hide = cfg!(not(feature = "kafka")))]
#[command(after_help = "Example:\n  foreshock publish examples/conversations.ndjson --topic conversation-events")]
pub(crate) struct Publish {
    /// File of records, one JSON object a line; `-` is the standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The topic [default: the setting topics.events].
    #[arg(long, value_name = "TOPIC")]
    pub(crate) topic: Option<String>,

    #[command(flatten)]
    pub(crate) kafka: Brokers,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

/// Show escalation triggers as they come.
#[derive(Debug, Args)]
#[command(hide = cfg!(not(feature = "kafka")))]
#[command(after_help = "Examples:\n  foreshock tail --from-beginning\n  foreshock tail --format json | jq .data.score")]
pub(crate) struct Tail {
    /// Begin with the oldest trigger instead of the next new one.
    #[arg(long)]
    pub(crate) from_beginning: bool,

    /// End after so many triggers.
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,

    /// How to write triggers.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) kafka: Brokers,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

/// Show the whole of it on an in-process cluster: nothing to install, ends by itself.
#[derive(Debug, Args)]
#[command(hide = cfg!(not(feature = "kafka")))]
#[command(
    after_help = "Examples:\n  foreshock demo\n  foreshock demo --events my-events.ndjson --accounts my-accounts.ndjson"
)]
pub(crate) struct Demo {
    /// Events to use instead of those that ship.
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,

    /// Accounts to use instead of those that ship.
    #[arg(long, value_name = "FILE")]
    pub(crate) accounts: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

/// Make up events and accounts, always the same for the same seed.
///
/// Events are written to stdout, one JSON object a line; all names, addresses and texts are made up.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  foreshock generate --events 20000 --seed 7 --accounts accounts.ndjson > events.ndjson"
)]
pub(crate) struct Generate {
    /// What kind of log: `trial` has everything that a trial should meet, malformed and late records included;
    /// `throughput` is for speed; `stateless` has each conversation trigger at most once.
    #[arg(long, value_name = "KIND", default_value = "trial", value_parser = kind)]
    pub(crate) kind: crate::generate::Kind,

    /// How many events, malformed and duplicate ones included.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) events: u64,

    /// How many conversations [default: by kind and number of events].
    #[arg(long, value_name = "N")]
    pub(crate) conversations: Option<u64>,

    /// Where all chance comes from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// Also write the accounts that the events name to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) accounts: Option<PathBuf>,
}

fn kind(name: &str) -> Result<crate::generate::Kind, String> {
    crate::generate::Kind::from_name(name).ok_or_else(|| "it is one of: trial, throughput, stateless".to_owned())
}

/// List all settings with their values in force and where these come from.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  foreshock settings --config foreshock.toml\n  foreshock settings --format json")]
pub(crate) struct ListSettings {
    /// How to write them; `markdown` is docs/SETTINGS.md.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: SettingsFormat,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

/// How to write settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SettingsFormat {
    /// For people.
    Text,
    /// JSON for machines.
    Json,
    /// The documentation.
    Markdown,
}

/// Write a shell's completion script to stdout.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  foreshock completions bash > ~/.local/share/bash-completion/completions/foreshock")]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// The words of a shell command up to a pipe, a redirection or a comment.
    fn words(command: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quote = None;
        for c in command.chars() {
            match (quote, c) {
                (None, '|' | '>' | '#') => break,
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), _) if open == c => quote = None,
                (None, ' ') => words.push(String::new()),
                _ => words.last_mut().expect("there is one from the start").push(c),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn every_example_of_the_help_is_a_command_line() {
        Arguments::command().debug_assert();
        let mut examples = 0;
        for verb in Arguments::command().get_subcommands() {
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            for (_, example) in help.lines().filter_map(|line| line.split_once("foreshock ")) {
                let line = words(&format!("foreshock {example}"));
                let parsed = Arguments::try_parse_from(&line);
                assert!(parsed.is_ok(), "{line:?} of {}: {}", verb.get_name(), parsed.expect_err("it is one"));
                examples += 1;
            }
        }
        assert!(examples >= 20, "{examples} examples were found");
    }
}
