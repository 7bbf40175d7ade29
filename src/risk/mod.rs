//! The only state: conversations, their risk as a sum of explained factors, and the episodes of escalation.

mod agenda;
mod assess;
mod clocks;
mod conversation;
mod course;
mod deadline;
mod episode;
mod evidence;
mod fingerprint;
mod heat;
mod silence;
pub mod snapshot;
mod store;
mod tally;
mod trigger;

use std::fmt;
use std::sync::Arc;

use crate::account::Account;
use crate::brief::Brief;
use crate::message::{Marks, Priority, VerdictOutcome};
use crate::response::Plan;
use crate::score::{Level, Score};
use crate::signal::Signal;
use crate::time::Timestamp;

pub(crate) use assess::{Sources, assess};
pub use conversation::Conversation;
pub(crate) use course::{Turn, follow, handed_over, left_vague, triage};
pub use deadline::DeadlineKind;
pub(crate) use deadline::{Deadline, at as deadline_at, earliest as earliest_deadline, next as next_deadline, pace};
pub(crate) use episode::{Episode, Signs, Transition, decide};
pub(crate) use fingerprint::fingerprint;
pub(crate) use heat::{Heat, Loop, Subject};
pub use silence::Withheld;
pub(crate) use silence::{Mute, Rising, Silences, end_of as end_of_silence, is_own, is_urgent, opens_alone, withheld};
pub(crate) use store::{Names, Slot, Store};
pub(crate) use tally::{Exposure, Tally};
pub(crate) use trigger::{Announcement, Circumstances, Heaviest, content_id, episode_id, tags, trigger};

/// What a factor of a score is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A rule fired in the message at hand.
    Rule,
    /// A rule fired earlier in the conversation; its weight has decayed.
    Carried,
    /// The course of the conversation, e.g. a loop.
    Conversation,
    /// What the account stands to lose.
    Stakes,
    /// A bound of the scale (`cap`) or a rule's least level (`floor`).
    Bound,
}

impl Cause {
    /// The cause's name as written in triggers.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Cause::Rule => "rule",
            Cause::Carried => "carried",
            Cause::Conversation => "conversation",
            Cause::Stakes => "stakes",
            Cause::Bound => "bound",
        }
    }
}

/// A masked quote with its place in the original text of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// First byte in the original text.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// The quoted text: masked, at most [`crate::limits::QUOTE_BYTES`] long.
    pub quote: String,
}

/// One summand of a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// A rule's id, or a built-in name such as `loop.bot_question`, `stakes.tier`, `bound.cap`.
    pub id: String,
    /// What it is about.
    pub cause: Cause,
    /// The signal it speaks for, if it speaks for one.
    pub signal: Option<Signal>,
    /// Points on the 0-1000 scale; negative when it lowers the risk.
    pub points: i32,
    /// Why, in a short sentence for people.
    pub reason: String,
    /// The id of the event that it rests on; empty for stakes and bounds.
    pub event: String,
    /// Where in that event's text.
    pub evidence: Vec<Evidence>,
}

/// A risk score with all that it is made of: the factors' points sum to the score exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assessment {
    /// The score.
    pub score: Score,
    /// The score's level by policy.
    pub level: Level,
    /// The summands, heaviest first.
    pub factors: Vec<Factor>,
    /// What the customer wants, how urgent it is, how they feel.
    pub triage: Triage,
    /// How sure the score is by what is known of the account, 0 to 100 per cent.
    pub confidence: u8,
}

/// Intent, urgency and sentiment: three outputs that no score mixes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Triage {
    /// What the customer wants, by the gravest signal of the conversation: a signal's name, else `question`; empty when
    /// nothing tells.
    pub intent: &'static str,
    /// How urgent it is, 0 to 1000.
    pub urgency: u16,
    /// How the customer feels, over their last turns: -1000 to 1000.
    pub sentiment: i16,
}

impl Assessment {
    /// Makes it empty, keeping its memory.
    pub fn clear(&mut self) {
        self.score = Score::ZERO;
        self.level = Level::Info;
        self.factors.clear();
        (self.triage, self.confidence) = (Triage::default(), 0);
    }
}

/// A step in the life of an escalation; each is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Step {
    /// An episode began.
    #[default]
    Opened,
    /// The open episode's level rose.
    Updated,
    /// Somebody took notice or took it over.
    Acknowledged,
    /// It is over: dealt with, or the risk has gone.
    Resolved,
    /// It should not have been raised, or its cause was taken back.
    Withdrawn,
    /// Somebody else has it now.
    HandedOver,
    /// It was resolved, and the customer is back with trouble.
    Reopened,
    /// Nobody acted on it, or nothing was heard for so long that it is given up.
    Expired,
    /// People are reminded of something; nothing has changed.
    Due,
}

impl Step {
    /// All steps. A new one goes to the end: snapshots name them by their place.
    pub const ALL: [Step; 9] = [
        Step::Opened,
        Step::Updated,
        Step::Acknowledged,
        Step::Resolved,
        Step::Withdrawn,
        Step::HandedOver,
        Step::Reopened,
        Step::Expired,
        Step::Due,
    ];

    /// The step's name as written in trigger types.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Step::Opened => "opened",
            Step::Updated => "updated",
            Step::Acknowledged => "acknowledged",
            Step::Resolved => "resolved",
            Step::Withdrawn => "withdrawn",
            Step::HandedOver => "handed_over",
            Step::Reopened => "reopened",
            Step::Expired => "expired",
            Step::Due => "due",
        }
    }

    /// Whether it opens, raises or reopens an episode.
    #[must_use]
    pub const fn raises(self) -> bool {
        matches!(self, Step::Opened | Step::Updated | Step::Reopened)
    }

    /// Whether the episode is over with it.
    #[must_use]
    pub const fn ends(self) -> bool {
        matches!(self, Step::Resolved | Step::Withdrawn | Step::Expired)
    }

    /// What a router does with it, in the words of PagerDuty's Events API v2.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Step::Opened | Step::Updated | Step::Reopened => "trigger",
            Step::Acknowledged | Step::HandedOver => "acknowledge",
            Step::Resolved | Step::Withdrawn | Step::Expired => "resolve",
            Step::Due => "notify",
        }
    }
}

/// A content-derived id: the first 128 bits of a SHA-256, never of an offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(pub [u8; 16]);

/// As 32 lower-case hexadecimal digits.
impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a router receives, before it is JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Hash of (tenant, conversation, step, episode number, cause: event id or deadline).
    pub id: ContentId,
    /// Hash of (tenant, conversation, episode number, the event that opened it): the dedupe key of the whole episode.
    pub episode: ContentId,
    /// The step's number within its episode, from 1, without gaps.
    pub sequence: u32,
    /// What happened.
    pub step: Step,
    /// Why it happened, from a closed vocabulary: a signal's name, `bot_loop`, `conversation_loop`, `status`, `verdict`, `calmed`, …
    pub reason: String,
    /// The helpdesk tenant.
    pub tenant: String,
    /// The conversation.
    pub conversation: String,
    /// The account's id as the events name it; empty when they name none.
    pub account_id: String,
    /// The account's facts, when they are known.
    pub account: Option<Arc<Account>>,
    /// The id of the event that caused the step; empty when time alone did.
    pub cause: String,
    /// That event's time; the deadline when time alone caused the step.
    pub time: Timestamp,
    /// The score with its factors.
    pub assessment: Assessment,
    /// The episode's level before the step, for steps after the first.
    pub previous_level: Option<Level>,
    /// What is to be done about it.
    pub plan: Plan,
    /// What the next team must know; none when the conversation was erased.
    pub brief: Option<Box<Brief>>,
    /// The conversation's priority: the events', else by severity.
    pub priority: Option<Priority>,
    /// The team that should act; never empty.
    pub team: String,
    /// The role that owns it; never empty.
    pub owner_role: String,
    /// The owner's name, or who stands in; never empty.
    pub owner_name: String,
    /// Stable tags for routers and reports.
    pub tags: Vec<String>,
    /// One sentence for people.
    pub summary: String,
    /// What was unusual about the cause.
    pub marks: Marks,
    /// The verdict that moved the episode, if one did.
    pub verdict: Option<VerdictOutcome>,
}
