//! The second stage: what no single conversation can show. Stage one is keyed by conversation and emits compact
//! [`Sighting`]s and [`Alert`]s; this one is keyed by *subject* (an issue of a tenant, an issue of an account, an account).
//!
//! Sightings fall into panes of event time. A pane is a map by conversation whose entries merge by least, most and union,
//! so that order and repetition change nothing; it closes when the smallest watermark of the partitions has passed its end,
//! and panes close in the order of their ends and subjects. Whether a sighting is late is decided within its own partition
//! alone. So how partitions interleave changes nothing of what comes out, as a property test shows.

mod budget;
mod mutes;
mod pane;
mod queue;
mod settled;
mod stage;

use crate::risk::{ContentId, Step};
use crate::score::Level;
use crate::time::Timestamp;

pub use budget::Suppression;
pub use mutes::WideMute;
pub use stage::{Ignored, Subjects};

/// What a scored event tells about the subjects that it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    /// The helpdesk tenant.
    pub tenant: String,
    /// The account; empty when events name none.
    pub account: String,
    /// The account's name, if it is known.
    pub account_name: String,
    /// The conversation.
    pub conversation: String,
    /// A fingerprint of who wrote.
    pub voice: u64,
    /// When.
    pub time: Timestamp,
    /// The newest time that the partition had seen before this event; decides what is late.
    pub newest: Option<Timestamp>,
    /// The conversation's level after it.
    pub level: Level,
    /// The product area or, of an outage that names none, `outage`; empty when it is about neither.
    pub issue: String,
    /// A sentence on what was complained about: the title of the rule that fired, no customer text.
    pub said: String,
}

/// A trigger of stage one as the second stage sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// The trigger's id.
    pub id: ContentId,
    /// Its episode.
    pub episode: ContentId,
    /// Its place in the episode.
    pub sequence: u32,
    /// The helpdesk tenant.
    pub tenant: String,
    /// The account; empty when events name none.
    pub account: String,
    /// The conversation.
    pub conversation: String,
    /// When its cause happened.
    pub time: Timestamp,
    /// See [`Sighting::newest`].
    pub newest: Option<Timestamp>,
    /// Its level.
    pub level: Level,
    /// See [`Sighting::issue`].
    pub issue: String,
    /// One sentence for people.
    pub summary: String,
    /// Its step; only what opens or raises an episode counts as an alert.
    pub step: Step,
    /// Whether it may wait for the end of its pane and be held back then; only what opens or raises an episode may.
    pub may_wait: bool,
    /// Its tags.
    pub tags: Vec<String>,
    /// What its score rests on; without stakes and bounds.
    pub parts: Vec<Part>,
    /// Whether it is about what is never withheld.
    pub urgent: bool,
    /// Whether it is older than what is published without a mark.
    pub backfill: bool,
    /// The encoded trigger.
    pub bytes: Vec<u8>,
}

/// A part of what an alert's score rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// A rule's id or a built-in factor's.
    pub rule: String,
    /// Its points.
    pub points: i32,
    /// Whether the rule opens an episode by itself, whatever the score.
    pub opens: bool,
}

impl Alert {
    /// Whether it opens or raises an episode.
    #[must_use]
    pub const fn raises(&self) -> bool {
        self.step.raises()
    }
}

/// What goes out now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Something found about a subject.
    Finding(Finding),
    /// A trigger of stage one.
    Alert(Alert),
}

/// What kind of subject something was found about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Like complaints of several accounts.
    Incident,
    /// The same issue of one account over several conversations.
    Recurring,
    /// Several people of one account.
    Voices,
    /// Alerts of an account beyond its budget.
    Digest,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 4] = [Kind::Incident, Kind::Recurring, Kind::Voices, Kind::Digest];

    /// The kind's name as written in triggers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Incident => "incident",
            Kind::Recurring => "recurring",
            Kind::Voices => "voices",
            Kind::Digest => "digest",
        }
    }
}

/// One entry of a finding's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The conversation.
    pub conversation: String,
    /// Its account; empty when events name none.
    pub account: String,
    /// The account's name, if it is known.
    pub account_name: String,
    /// When it first came up; of a digest when the alert was due.
    pub time: Timestamp,
    /// The gravest level.
    pub level: Level,
    /// What was said: the title of the rule that fired; of a digest the alert's summary.
    pub said: String,
    /// The alert's episode, in a digest.
    pub episode: Option<ContentId>,
}

/// Something found about a subject; each is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Hash of (kind, tenant, subject, step, number, window start).
    pub id: ContentId,
    /// Hash of (kind, tenant, subject, window start): what routers group by.
    pub episode: ContentId,
    /// The step's number in the episode, from 1.
    pub sequence: u32,
    /// What kind of subject.
    pub kind: Kind,
    /// Opened, updated (it has doubled) or resolved (a window long nothing came).
    pub step: Step,
    /// The helpdesk tenant.
    pub tenant: String,
    /// The account; empty for an incident.
    pub account: String,
    /// The account's name, if it is known.
    pub account_name: String,
    /// The issue; empty where it is about none.
    pub issue: String,
    /// The first moment that counts.
    pub from: Timestamp,
    /// The moment after the last: when it was decided.
    pub to: Timestamp,
    /// Its level.
    pub level: Level,
    /// Who acts.
    pub team: String,
    /// The role that owns it.
    pub owner_role: String,
    /// How many conversations.
    pub conversations: usize,
    /// How many accounts.
    pub accounts: usize,
    /// How many people.
    pub people: usize,
    /// The conversations, gravest first, at most [`crate::limits::SUBJECT_LISTED`].
    pub listed: Vec<Listed>,
}

#[cfg(test)]
mod tests;
