//! The arguments of `foreshock state`.

use clap::{Args, Subcommand};

use super::arguments::{Brokers, Format, SettingsArguments};

/// Look at the states that `serve` keeps of conversations, in the changelog topic.
///
/// Reads what is committed, without joining the group, whether or not `serve` runs; a partition's states are those of its
/// last finished transaction. Exit code 1: there is no state of that conversation; 6: no changelog; 9: a state cannot be
/// read.
#[derive(Debug, Args)]
#[command(hide = cfg!(not(feature = "kafka")))]
#[command(after_help = "Examples:\n  foreshock state show c-4711 | jq .deadlines\n  \
    foreshock state show c-4711 --tenant acme --config foreshock.toml\n  foreshock state summary\n  \
    foreshock state export > states.ndjson")]
pub(crate) struct State {
    /// What to do.
    #[command(subcommand)]
    pub(crate) action: StateAction,
}

/// What `state` does.
#[derive(Debug, Subcommand)]
pub(crate) enum StateAction {
    /// Show the state of one conversation as JSON: score, heats, episode, facts, deadlines.
    ///
    /// One line for each tenant that has a conversation of that id. Of what people wrote only the masked quotes and facts
    /// that triggers show, too; what policy withholds from the triggers of any severity is left out and named in
    /// `withheld`.
    #[command(after_help = "Example:\n  foreshock state show c-4711 | jq .deadlines")]
    Show {
        /// The conversation's id.
        #[arg(value_name = "CONVERSATION")]
        conversation: String,

        /// Only of this tenant.
        #[arg(long, value_name = "TENANT")]
        tenant: Option<String>,

        #[command(flatten)]
        cluster: ClusterArguments,
    },
    /// Tell how much each partition holds, how far it has come, and which deadlines come first.
    #[command(after_help = "Examples:\n  foreshock state summary\n  foreshock state summary --format json")]
    Summary {
        /// How to write it.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,

        #[command(flatten)]
        cluster: ClusterArguments,
    },
    /// Write all states as they are kept, one JSON object a line, and each partition's position behind its states.
    ///
    /// A `snapshot` is the record's value in Base64 (docs/STATE.md). It holds masked quotes and the names that events
    /// gave: keep the file as safe as the topic.
    #[command(after_help = "Example:\n  foreshock state export > states.ndjson")]
    Export {
        #[command(flatten)]
        cluster: ClusterArguments,
    },
}

/// Which cluster, and which settings.
#[derive(Debug, Args)]
pub(crate) struct ClusterArguments {
    #[command(flatten)]
    pub(crate) kafka: Brokers,

    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}
