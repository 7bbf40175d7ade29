//! What can be wrong with kept states: numbered messages that say what happened, what the choices are and the command for
//! each. `docs/STATE.md` has a page for each number; a number is never reused.

use std::fmt;

use crate::pipeline::ChangelogError;

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateProblem {
    /// There is no such topic.
    Missing {
        /// How many partitions it needs.
        partitions: i32,
    },
    /// It does not have as many partitions as the events.
    Partitions {
        /// As it is.
        found: i32,
        /// As it must be.
        wanted: i32,
    },
    /// Kafka deletes its records by age or size.
    NotCompacted {
        /// Its `cleanup.policy`.
        policy: String,
    },
    /// It takes no records as large as a state can be.
    Narrow {
        /// Its `max.message.bytes`.
        found: usize,
        /// What it must be at least.
        wanted: usize,
    },
    /// A record in it cannot be read.
    Unreadable {
        /// Where.
        partition: i32,
        /// Why.
        error: ChangelogError,
    },
    /// The group has read events, but the changelog knows nothing of them.
    Empty {
        /// Where.
        partition: i32,
        /// The group's offset.
        committed: i64,
    },
    /// Changelog and offset tell different positions.
    Differs {
        /// Where.
        partition: i32,
        /// The changelog's.
        position: i64,
        /// The group's offset.
        committed: i64,
    },
}

/// The same with the names that its message needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFault {
    /// The changelog.
    pub changelog: String,
    /// The events that it belongs to.
    pub events: String,
    /// What is wrong.
    pub problem: StateProblem,
}

impl StateFault {
    /// The message's number.
    #[must_use]
    pub const fn number(&self) -> u16 {
        match self.problem {
            StateProblem::Missing { .. } => 700,
            StateProblem::Partitions { .. } => 701,
            StateProblem::NotCompacted { .. } => 702,
            StateProblem::Unreadable { .. } => 703,
            StateProblem::Empty { .. } => 704,
            StateProblem::Differs { .. } => 705,
            StateProblem::Narrow { .. } => 706,
        }
    }

    fn happened(&self) -> String {
        let StateFault { changelog, events, problem } = self;
        match problem {
            StateProblem::Missing { .. } => format!("there is no topic `{changelog}` to keep conversations' states in"),
            StateProblem::Partitions { found, wanted } => format!(
                "`{changelog}` has {found} partitions, but `{events}` has {wanted}: the state of a conversation lies in \
                 the partition of its events"
            ),
            StateProblem::NotCompacted { policy } => {
                format!("`{changelog}` has `cleanup.policy={policy}`: Kafka would delete states that are still needed")
            }
            StateProblem::Narrow { found, wanted } => format!(
                "`{changelog}` takes records of {found} bytes at most, but the state of a conversation can take {wanted}: \
                 its transaction would fail again and again"
            ),
            StateProblem::Unreadable { partition, error } => {
                format!("a record of `{changelog}`, partition {partition}, cannot be used: {error}")
            }
            StateProblem::Empty { partition, committed } => format!(
                "the group has read `{events}`, partition {partition}, up to offset {committed}, but `{changelog}` \
                 knows no position: it was deleted, or another program version kept no states"
            ),
            StateProblem::Differs { partition, position, committed } => format!(
                "the state of `{events}`, partition {partition}, stands at offset {position} by `{changelog}`, but the \
                 group's committed offset is {committed}: somebody moved one of them"
            ),
        }
    }

    /// What can be done, a line each.
    fn choices(&self) -> Vec<String> {
        let StateFault { changelog, .. } = self;
        let make = "make it: foreshock topics apply".to_owned();
        match &self.problem {
            StateProblem::Missing { .. } => vec![make],
            StateProblem::Partitions { .. } => vec![
                format!(
                    "delete it and begin with empty states: kafka-topics.sh --delete --topic {changelog}; foreshock \
                     topics apply; foreshock serve --set state.trust=offsets"
                ),
                "or read all events again: the same with state.trust=changelog; triggers keep their ids".to_owned(),
            ],
            StateProblem::NotCompacted { .. } => vec![format!(
                "kafka-configs.sh --alter --entity-type topics --entity-name {changelog} --add-config \
                 cleanup.policy=compact"
            )],
            StateProblem::Narrow { wanted, .. } => vec![format!(
                "kafka-configs.sh --alter --entity-type topics --entity-name {changelog} --add-config \
                 max.message.bytes={wanted}"
            )],
            StateProblem::Unreadable { .. } => vec![
                "run the program version that wrote it, or a later one".to_owned(),
                format!(
                    "or begin with empty states: kafka-topics.sh --delete --topic {changelog}; foreshock topics apply; \
                     foreshock serve --set state.trust=offsets"
                ),
            ],
            StateProblem::Empty { committed, .. } => vec![
                format!("go on at offset {committed} with empty states: foreshock serve --set state.trust=offsets"),
                "or read all events again, so that states are as they were; triggers keep their ids: foreshock serve \
                 --set state.trust=changelog"
                    .to_owned(),
            ],
            StateProblem::Differs { position, committed, .. } => vec![
                format!(
                    "go on at offset {position}, where the state stands: foreshock serve --set state.trust=changelog"
                ),
                format!("or at offset {committed}, with the state as it is: foreshock serve --set state.trust=offsets"),
            ],
        }
    }
}

/// As diagnostics are told.
impl fmt::Display for StateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[F0{}]: {}", self.number(), self.happened())?;
        self.choices().iter().try_for_each(|choice| write!(f, "\n  = help: {choice}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::snapshot::SnapshotError;

    /// `docs/STATE.md` shows each message as it is.
    #[test]
    fn each_number_has_its_page() {
        let unreadable = ChangelogError::Snapshot(SnapshotError::Newer { found: 2, known: 1 });
        let problems = [
            StateProblem::Missing { partitions: 8 },
            StateProblem::Partitions { found: 6, wanted: 8 },
            StateProblem::NotCompacted { policy: "delete".to_owned() },
            StateProblem::Unreadable { partition: 3, error: unreadable },
            StateProblem::Empty { partition: 3, committed: 41_207 },
            StateProblem::Differs { partition: 3, position: 41_207, committed: 40_000 },
            StateProblem::Narrow { found: 16_384, wanted: crate::serve::changelog_topic::RECORD_BYTES },
        ];
        let page = include_str!("../../docs/STATE.md");
        for (number, problem) in (700..).zip(problems) {
            let (changelog, events) = ("foreshock-state".to_owned(), "conversation-events".to_owned());
            let fault = StateFault { changelog, events, problem };
            assert_eq!(fault.number(), number);
            assert!(page.contains(&format!("```text\n{fault}\n```")), "docs/STATE.md lacks:\n{fault}");
        }
    }
}
