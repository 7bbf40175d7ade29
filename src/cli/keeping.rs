//! The arguments of `foreshock state`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::{Brokers, Format, SettingsArguments};

/// Look at the states that `serve` keeps of conversations, in the changelog topic, and move them.
///
/// Reads what is committed, without joining the group, whether or not `serve` runs; a partition's states are those of its
/// last finished transaction. Exit code 1: there is no state of that conversation; 3: a line of an import is of no use; 6: no
/// changelog; 9: a state cannot be read, or the group is live.
#[derive(Debug, Args)]
#[command(hide = cfg!(not(feature = "kafka")))]
#[command(after_help = "Examples:\n  foreshock state show c-4711 | jq .deadlines\n  \
    foreshock state show c-4711 --tenant acme --config foreshock.toml\n  foreshock state summary\n  \
    foreshock state export > states.ndjson\n  \
    foreshock state import states.ndjson --set kafka.group_id=foreshock-2")]
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
    /// Put exported states into the changelog: to move them to another group or cluster, or to repair them.
    ///
    /// All lines are checked before anything is written; then each partition's states are written in one transaction, its
    /// position last. States that are there and not in the file stay. Refused while the group has live members, which would
    /// go on by what they have in memory (exit code 9), and where partitions would not lie beside their events. A group
    /// whose committed offsets are not these positions needs `state.trust` once (docs/STATE.md).
    #[command(after_help = "Example:\n  foreshock state import states.ndjson --set kafka.group_id=foreshock-2")]
    Import {
        /// What `state export` wrote; `-` is the standard input.
        #[arg(value_name = "FILE")]
        file: PathBuf,

        /// Write also while the group has live members.
        #[arg(long)]
        force: bool,

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
