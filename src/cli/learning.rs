//! The arguments of `foreshock fit`.

use std::path::PathBuf;

use clap::Args;

/// Learn a signal's weights from labelled messages.
///
/// A line of labels: {"text": "…", "label": true}; also understood are `id`, `set`, `conversation_id`, `author`, `lang` and
/// `labels` (an object of names). What is learned is a table of terms and weights that a person can read and edit; put it
/// into a folder of lexicons. Weights whose source is `hand` are kept.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  foreshock fit --signal churn --labels history.ndjson > lexicons/en/churn.model.tsv\n  \
    zcat sets/*.jsonl.gz | foreshock fit --plan lexicons/fit.plan --out lexicons\n  \
    zcat sets/*.jsonl.gz | foreshock fit --plan lexicons/fit.plan --cross-fit > scan.ndjson"
)]
pub(crate) struct Fit {
    /// File of labelled messages; `-` or nothing is the standard input.
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) labels: PathBuf,

    /// The signal to learn; with a plan, the only one of it.
    #[arg(long, value_name = "SIGNAL")]
    pub(crate) signal: Option<String>,

    /// The language to learn it in.
    #[arg(long, value_name = "CODE", default_value = "en")]
    pub(crate) language: String,

    /// The precision that the threshold is chosen for.
    #[arg(long, value_name = "SHARE", default_value_t = 0.8)]
    pub(crate) precision: f64,

    /// A plan of many models, see lexicons/fit.plan.
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,

    /// Folder that the models are written to, as `<language>/<signal>.model.tsv`; without it, stdout.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,

    /// Learn nothing to keep: judge every message by weights that never saw it, and write lines as `scan` does.
    #[arg(long, requires = "plan")]
    pub(crate) cross_fit: bool,

    /// Folder of rules over the shipped ones.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) rules: Option<PathBuf>,

    /// Folder of lexicons over the shipped ones.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) lexicons: Option<PathBuf>,
}
