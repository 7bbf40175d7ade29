//! The arguments of `foreshock report` and `foreshock checklist`.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Format, SettingsArguments};
use crate::report::Period;

/// Tell what escalations came to: reasons and their precision, resolution, people, ratings, noise.
///
/// Files hold triggers (the records of the trigger topic, or what `replay` writes), events (verdicts, ratings, agents'
/// replies) and what `replay --summary` wrote, one JSON object a line, in any order. Without events the figures that rest on them stay empty. A period is FROM..TO with dates (UTC) or RFC 3339, TO not included; either end may be left out.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  foreshock report triggers.ndjson outcomes.ndjson\n  \
    foreshock report *.ndjson --period 2026-03-01..2026-04-01 --compare 2026-02-01..2026-03-01 --html march.html")]
pub(crate) struct Report {
    /// Files of triggers and events; `-` or nothing is the standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) files: Vec<PathBuf>,

    /// The time to report on.
    #[arg(long, value_name = "FROM..TO", default_value = "..")]
    pub(crate) period: Period,

    /// A time to compare it with.
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) compare: Option<Period>,

    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,

    /// Write one self-contained page to this file instead.
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub(crate) html: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

/// Show what the product has to do, row by row, with the scenario or test that shows it.
///
/// `cargo test checklist` plays each row that is shown, then switches off the rule, policy or template that it stands on
/// and plays it again: it must no longer come out.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  foreshock checklist\n  foreshock checklist --format json")]
pub(crate) struct Checklist {
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
}
