//! The arguments of `foreshock checklist`.

use clap::Args;

use super::arguments::Format;

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
