//! Exit codes: what a script may rely on. `docs/CLI.md` and `--help` show this table.
#![cfg_attr(not(feature = "kafka"), allow(dead_code, reason = "verbs of a cluster are known without it, but not run"))]

use std::io;
use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Success = 0,
    Faults = 1,
    Usage = 2,
    Input = 3,
    Settings = 4,
    Knowledge = 5,
    Kafka = 6,
    Fenced = 7,
    Output = 8,
    State = 9,
}

impl Exit {
    pub(crate) const ALL: [Exit; 10] = [
        Exit::Success,
        Exit::Faults,
        Exit::Usage,
        Exit::Input,
        Exit::Settings,
        Exit::Knowledge,
        Exit::Kafka,
        Exit::Fenced,
        Exit::Output,
        Exit::State,
    ];

    /// What the code means, and what to do.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Exit::Success => "all went well; a reader that closes the pipe early is no fault",
            Exit::Faults => {
                "the work was done and faults were found: `check` found errors, `scan` met lines that it cannot read, `state show` found no state"
            }
            Exit::Usage => "the command line is wrong",
            Exit::Input => "an input file cannot be read",
            Exit::Settings => "a setting is wrong",
            Exit::Knowledge => {
                "rules, lexicons, policies or source profiles have errors; `foreshock check` tells which"
            }
            Exit::Kafka => {
                "the cluster does not have what is needed (a topic, a right, the same number of partitions), or stayed out of reach"
            }
            Exit::Fenced => "another process uses the same `kafka.instance`",
            Exit::Output => "the output cannot be written",
            Exit::State => "kept states cannot be used, or do not go together with the group's offsets: docs/STATE.md",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a verb could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) error: anyhow::Error,
}

impl Failure {
    pub(crate) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Failure {
        Failure { exit, error: error.into() }
    }

    /// Whether the cause is a reader of ours that went away, which is no failure.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        let errors = self.error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
        errors.into_iter().any(|error| error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Gives an error its exit code.
pub(crate) trait OrExit<T> {
    /// The value, or the error with this code.
    fn or_exit(self, exit: Exit) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> OrExit<T> for Result<T, E> {
    fn or_exit(self, exit: Exit) -> Result<T, Failure> {
        self.map_err(|error| Failure::new(exit, error))
    }
}
