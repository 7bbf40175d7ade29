//! What is to be done about an escalation: lane, route, owner, channel, exit criteria. A plan is made of facts and policy alone.

mod channel;
mod decide;
#[cfg(test)]
mod tests;

use crate::account::Account;
use crate::message::Priority;
use crate::policy::{IssueIndex, Lane, Policy, TeamIndex, Withhold};
use crate::score::Level;
use crate::signal::SignalSet;
use crate::time::Timestamp;

pub use channel::channel_name;
pub(crate) use decide::{dollars_of_high_value, plan, route};

/// Why a team acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Routed {
    /// The rule that speaks loudest names it.
    Rule,
    /// Policy gives it the reason.
    Reason,
    /// Policy gives it the kind of issue.
    Issue,
    /// Several attempts have not helped.
    Complex,
    /// The account's tier skips the team before it.
    Tier,
    /// A verdict passed it on.
    Verdict,
    /// Nothing says who.
    #[default]
    Fallthrough,
}

impl Routed {
    /// All of them.
    pub const ALL: [Routed; 7] = [
        Routed::Rule,
        Routed::Reason,
        Routed::Issue,
        Routed::Complex,
        Routed::Tier,
        Routed::Verdict,
        Routed::Fallthrough,
    ];

    /// The reason in a few words, for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Routed::Rule => "the rule that fired names the team",
            Routed::Reason => "policy gives the team this reason",
            Routed::Issue => "policy gives the team this kind of issue",
            Routed::Complex => "several attempts have not helped",
            Routed::Tier => "the account's tier goes straight to the team",
            Routed::Verdict => "it was passed on to the team",
            Routed::Fallthrough => "nothing names a team, so it goes to the default one",
        }
    }
}

/// A step of help before a human being takes over, gentlest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FallbackStep {
    /// Ask what is meant.
    #[default]
    Clarify,
    /// Give steps to follow.
    Guide,
    /// Offer a call at a time.
    Callback,
    /// A human being takes over.
    LiveAgent,
}

impl FallbackStep {
    /// All steps, in order.
    pub const ALL: [FallbackStep; 4] =
        [FallbackStep::Clarify, FallbackStep::Guide, FallbackStep::Callback, FallbackStep::LiveAgent];

    /// The step's name as written in triggers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            FallbackStep::Clarify => "clarify",
            FallbackStep::Guide => "guide",
            FallbackStep::Callback => "callback",
            FallbackStep::LiveAgent => "live_agent",
        }
    }
}

/// Where the progressive fallback stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fallback {
    /// The furthest step that was taken, if one was.
    pub reached: Option<FallbackStep>,
    /// The step to take now.
    pub next: FallbackStep,
    /// Why steps are left out; empty when none is.
    pub bypassed: &'static str,
}

/// The one who owns an episode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The role; never empty.
    pub role: String,
    /// The person, or who stands in; never empty.
    pub name: String,
    /// Where the name is from: `verdict`, `product_managers`, `account`, `stand_in`.
    pub from: &'static str,
    /// Others who say that they have it.
    pub conflict: Vec<String>,
}

/// What is to be done about an escalation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The gravest level of the episode so far.
    pub severity: Level,
    /// What that means.
    pub meaning: String,
    /// How often people meet and the customer hears.
    pub cadence: String,
    /// Roles that are told.
    pub involve: Vec<String>,
    /// How urgent it is for the customer now.
    pub priority: Priority,
    /// Whether the events told the priority; else it follows from the severity.
    pub priority_told: bool,
    /// How much a machine may do alone.
    pub lane: Lane,
    /// Why.
    pub lane_reason: String,
    /// Where the progressive fallback stands.
    pub fallback: Fallback,
    /// The kind of issue.
    pub issue: String,
    /// The team that acts.
    pub team: String,
    /// Why that team.
    pub routed: Routed,
    /// Whether it is a matter for Customer Success rather than Support.
    pub customer_success: bool,
    /// Why.
    pub department_reason: String,
    /// Who should work on it: a person, or a team's queue.
    pub assignee: String,
    /// Where that is from: `current`, `account`, `queue`.
    pub assignee_from: &'static str,
    /// Who owns it.
    pub owner: Owner,
    /// Whether the channel is private.
    pub private: bool,
    /// Roles that may see it.
    pub roles: Vec<String>,
    /// What is left out of the trigger.
    pub withhold: Withhold,
    /// The channel's name.
    pub channel: String,
    /// When it may be closed.
    pub exit: Vec<String>,
    /// When the customer should hear next; none once it is over.
    pub update_due: Option<Timestamp>,
    /// Where the case can be read.
    pub case_link: String,
    /// Where notes about the customer can be read.
    pub notes_link: String,
}

/// What a plan is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) account: Option<&'a Account>,
    pub(crate) tenant: &'a str,
    pub(crate) conversation: &'a str,
    pub(crate) account_id: &'a str,
    /// The gravest level of the episode.
    pub(crate) level: Level,
    /// What the episode speaks of.
    pub(crate) signals: SignalSet,
    /// The reason of the step that opened or raised it.
    pub(crate) reason: &'a str,
    pub(crate) issue: IssueIndex,
    pub(crate) team: TeamIndex,
    pub(crate) routed: Routed,
    pub(crate) told_priority: Option<Priority>,
    /// Who works on the conversation, as far as events told.
    pub(crate) assignee: &'a str,
    /// Those who said that they own it, the first one first.
    pub(crate) claims: &'a [Box<str>],
    pub(crate) product_area: &'a str,
    pub(crate) reached: Option<FallbackStep>,
    /// Whether a dispute of high value is part of it.
    pub(crate) high_value: bool,
    /// The channel's name, fixed when the episode opened.
    pub(crate) channel: &'a str,
    /// When the customer last heard, or it was opened or raised.
    pub(crate) time: Timestamp,
    pub(crate) over: bool,
}
