//! What downstream did with an escalation, and what it wants to hear no more of.

use super::Str;
use crate::time::Timestamp;

/// What downstream did with an escalation. A new one goes to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerdictOutcome {
    /// Somebody took notice.
    Acknowledged,
    /// Somebody owns it now.
    Assigned,
    /// It was dealt with.
    Resolved,
    /// It should not have been raised.
    FalseAlarm,
    /// It was passed to another team.
    Rerouted,
    /// The conversation shall raise nothing until a time; what is still so then is raised then.
    Snooze,
    /// What a rule finds in the conversation, the account or the tenant shall raise nothing until a time.
    Mute,
}

impl VerdictOutcome {
    /// All outcomes.
    pub const ALL: [VerdictOutcome; 7] = [
        VerdictOutcome::Acknowledged,
        VerdictOutcome::Assigned,
        VerdictOutcome::Resolved,
        VerdictOutcome::FalseAlarm,
        VerdictOutcome::Rerouted,
        VerdictOutcome::Snooze,
        VerdictOutcome::Mute,
    ];

    /// The outcome's name as written in events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            VerdictOutcome::Acknowledged => "acknowledged",
            VerdictOutcome::Assigned => "assigned",
            VerdictOutcome::Resolved => "resolved",
            VerdictOutcome::FalseAlarm => "false_alarm",
            VerdictOutcome::Rerouted => "rerouted",
            VerdictOutcome::Snooze => "snooze",
            VerdictOutcome::Mute => "mute",
        }
    }

    /// The outcome with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<VerdictOutcome> {
        VerdictOutcome::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// What a mute is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The conversation.
    #[default]
    Conversation,
    /// All conversations of its account.
    Account,
    /// All conversations of its tenant.
    Tenant,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Scope; 3] = [Scope::Conversation, Scope::Account, Scope::Tenant];

    /// The scope's name as written in events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Scope::Conversation => "conversation",
            Scope::Account => "account",
            Scope::Tenant => "tenant",
        }
    }

    /// The scope with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// The terms of a snooze or a mute. Empty strings mean all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The first moment at which it no longer holds; one that has passed takes it back.
    pub until: Timestamp,
    /// A rule's id or a built-in factor's, e.g. `loop.bot_link`.
    pub rule: Str<'a>,
    /// A tag of the trigger.
    pub tag: Str<'a>,
    /// What it is for.
    pub scope: Scope,
}
