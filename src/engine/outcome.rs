//! What one step of the engine came to.

use crate::message::Marks;
use crate::risk::{Assessment, DeadlineKind, Trigger, Withheld};
use crate::time::Timestamp;

/// What became of an input. Closed: each is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// A text was read and the conversation assessed anew.
    Scored,
    /// It moved the conversation without a text to read: a status, a verdict, a deletion.
    Applied,
    /// It is no matter of risk: an internal note, an author without a known role, a machine's reply.
    Noted,
    /// Its id was seen before; it changed nothing.
    Duplicate,
    /// It speaks of something that is not there: an unknown episode, message or conversation; it changed nothing.
    Ignored,
    /// Time passed.
    #[default]
    Ticked,
}

impl Disposition {
    /// All dispositions.
    pub const ALL: [Disposition; 6] = [
        Disposition::Scored,
        Disposition::Applied,
        Disposition::Noted,
        Disposition::Duplicate,
        Disposition::Ignored,
        Disposition::Ticked,
    ];

    /// The disposition's name as written in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Disposition::Scored => "scored",
            Disposition::Applied => "applied",
            Disposition::Noted => "noted",
            Disposition::Duplicate => "duplicate",
            Disposition::Ignored => "ignored",
            Disposition::Ticked => "ticked",
        }
    }
}

/// What one step came to. Reused from step to step; the engine clears it first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What became of the input.
    pub disposition: Disposition,
    /// What was unusual about the event: its own marks and the engine's.
    pub marks: Marks,
    /// The conversation's score and level after the step; its factors only when
    /// [`super::Scratch::assessments_wanted`] is set. Empty for a tick and for an erased conversation.
    pub assessment: Assessment,
    /// What must be published, in order.
    pub triggers: Vec<Trigger>,
    /// Triggers that were due and held back by the cool-down.
    pub held_back: u32,
    /// Triggers that were due and silenced, by [`Withheld`].
    pub withheld: [u32; Withheld::ALL.len()],
    /// Conversations dropped because the store was full.
    pub evicted: u32,
    /// Conversations forgotten because they were quiet for too long.
    pub expired: u32,
    /// The deadlines that passed, in order, each with its moment.
    pub passed: Vec<(DeadlineKind, Timestamp)>,
    /// Whether the tick had more to do than it may: more of it is left for the next one.
    pub is_behind: bool,
}

impl Outcome {
    /// Makes it empty, keeping its memory.
    pub fn clear(&mut self) {
        let Outcome {
            disposition,
            marks,
            assessment,
            triggers,
            held_back,
            withheld,
            evicted,
            expired,
            passed,
            is_behind,
        } = self;
        *disposition = Disposition::default();
        *marks = Marks::default();
        assessment.clear();
        triggers.clear();
        passed.clear();
        *withheld = Default::default();
        (*held_back, *evicted, *expired, *is_behind) = (0, 0, 0, false);
    }
}
