//! What falls due when nothing is heard. The one place that says which deadlines a conversation has: a further kind is
//! one more name here, its time in [`at`], and what comes of it in `engine/settling.rs`.

use super::conversation::Conversation;
use crate::message::Priority;
use crate::policy::Policy;
use crate::time::Timestamp;

/// A kind of deadline. Of two at one moment the one with the lower number comes first. Numbers are part of snapshots: a new
/// kind goes to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DeadlineKind {
    /// No human being has answered for so long that the matter escalates by itself.
    AutoEscalation,
    /// Nothing was heard for so long that the conversation is forgotten.
    Expired,
}

impl DeadlineKind {
    /// All kinds.
    pub const ALL: [DeadlineKind; 2] = [DeadlineKind::AutoEscalation, DeadlineKind::Expired];

    /// The kind's name, as factors and ids have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            DeadlineKind::AutoEscalation => "sla.auto_escalation",
            DeadlineKind::Expired => "expired",
        }
    }

    /// A sentence for people, without its full stop.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            DeadlineKind::AutoEscalation => "Nobody has answered until the time of automatic escalation",
            DeadlineKind::Expired => "Nothing was heard for a long time",
        }
    }

    /// Whether it is about how long the customer waits for a human being, and so can be disproved by a late reply.
    pub(crate) const fn is_about_waiting(self) -> bool {
        matches!(self, DeadlineKind::AutoEscalation)
    }
}

/// A deadline: a fact about a conversation, whether or not anybody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline {
    pub(crate) at: Timestamp,
    pub(crate) kind: DeadlineKind,
}

impl Deadline {
    /// What names it among the causes of triggers: its kind and its moment, so that who notices it when is all one.
    pub(crate) fn cause(self) -> String {
        format!("{}@{}", self.kind.name(), self.at.0)
    }
}

/// The conversation's next deadline; there always is one.
pub(crate) fn next(conversation: &Conversation, policy: &Policy) -> Deadline {
    let expired = Deadline { at: conversation.newest + policy.escalation.expire, kind: DeadlineKind::Expired };
    let waiting = DeadlineKind::ALL.into_iter().filter(|kind| !conversation.clocks.is_settled(*kind));
    let others = waiting.filter_map(|kind| Some(Deadline { at: at(kind, conversation, policy)?, kind }));
    others.min().map_or(expired, |first| first.min(expired))
}

/// When the deadline of this kind is, settled or not; `None` when its clock does not run.
pub(crate) fn at(kind: DeadlineKind, conversation: &Conversation, policy: &Policy) -> Option<Timestamp> {
    match kind {
        DeadlineKind::AutoEscalation => {
            let terms = policy.sla.terms(conversation.priority?);
            Some(conversation.clocks.waits_since()? + terms.auto_escalation?)
        }
        DeadlineKind::Expired => Some(conversation.newest + policy.escalation.expire),
    }
}

const _: () = assert!(DeadlineKind::ALL.len() <= 16, "a conversation keeps one bit a kind");
const _: () = assert!(Priority::ALL.len() == 4, "policy has terms for each priority");
