//! What a conversation shall not raise, since somebody said so: a snooze, mutes, and policy's exceptions. What they hold back is
//! counted by cause. What is about a signal of `budget.never` (security, legal threats) is held back by no snooze and no
//! mute, and by an exception only if that names the rule.

use super::{Assessment, Cause, Factor};
use crate::detect::RuleFacts;
use crate::limits;
use crate::message::Terms;
use crate::policy::{Exception, Policy};
use crate::time::Timestamp;

/// Why a trigger that was due was not made. Closed: each is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Withheld {
    /// Policy has an exception for it.
    Exception,
    /// Somebody put the conversation off.
    Snooze,
    /// Somebody muted what it rests on.
    Mute,
}

impl Withheld {
    /// All causes.
    pub const ALL: [Withheld; 3] = [Withheld::Exception, Withheld::Snooze, Withheld::Mute];

    /// The cause's name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Withheld::Exception => "exception",
            Withheld::Snooze => "snooze",
            Withheld::Mute => "mute",
        }
    }
}

/// Something that shall raise nothing until a time. Empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mute {
    /// The first moment at which it no longer holds.
    pub(crate) until: Timestamp,
    /// A rule's id or a built-in factor's.
    pub(crate) rule: Box<str>,
    /// A tag of the trigger.
    pub(crate) tag: Box<str>,
    /// Who decided it.
    pub(crate) by: Box<str>,
    /// Why.
    pub(crate) reason: Box<str>,
}

/// What a conversation shall not raise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Silences {
    /// Until when the conversation is put off.
    pub(crate) snoozed_until: Option<Timestamp>,
    /// At most [`limits::MUTES`].
    pub(crate) mutes: Vec<Mute>,
}

impl Silences {
    /// Puts the conversation off until a time; a time that is over ends the snooze now, so that what it held back comes.
    pub(crate) fn snooze(&mut self, until: Timestamp, now: Timestamp) {
        if until > now || self.snoozed_until.is_some() {
            self.snoozed_until = Some(until.max(now));
        }
    }

    /// Adds a mute in place of one for the same, or takes that back where the time is over; `false` if there is no room.
    pub(crate) fn mute(&mut self, mute: Mute, now: Timestamp) -> bool {
        let is_same = |known: &Mute| known.rule == mute.rule && known.tag == mute.tag;
        self.mutes.retain(|known| known.until > now && !is_same(known));
        let has_room = self.mutes.len() < limits::MUTES;
        if mute.until > now && has_room {
            self.mutes.push(mute);
        }
        has_room
    }
}

/// The end of a snooze or a mute that begins `now`, and whether policy had to cut it.
pub(crate) fn end_of(terms: &Terms<'_>, now: Timestamp, policy: &Policy) -> (Timestamp, bool) {
    let latest = now + policy.escalation.silence_most;
    (terms.until.min(latest), terms.until > latest)
}

/// A trigger that opens or raises an episode, before it is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rising<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) account: &'a str,
    pub(crate) tags: &'a [String],
    /// The conversation's time.
    pub(crate) now: Timestamp,
    pub(crate) assessment: &'a Assessment,
    pub(crate) rules: &'a [RuleFacts],
}

/// Why it must not be made, if it must not: what is left of its score without what is silenced would open nothing.
pub(crate) fn withheld(rising: &Rising<'_>, silences: Option<&Silences>, policy: &Policy) -> Option<Withheld> {
    if is_excepted(rising, policy) {
        return Some(Withheld::Exception);
    }
    let silences = silences?;
    let factors = &rising.assessment.factors;
    if factors.iter().any(|factor| factor.points > 0 && is_urgent(factor, policy)) {
        return None;
    }
    if silences.snoozed_until.is_some_and(|until| rising.now < until) {
        return Some(Withheld::Snooze);
    }
    let has_tag = |mute: &Mute| mute.tag.is_empty() || rising.tags.iter().any(|tag| **tag == *mute.tag);
    let holds = |mute: &&Mute| rising.now < mute.until && has_tag(mute);
    let holding: Vec<&Mute> = silences.mutes.iter().filter(holds).collect();
    let is_meant = |factor: &Factor| holding.iter().any(|mute| mute.rule.is_empty() || *mute.rule == *factor.id);
    (!holding.is_empty() && opens_nothing(rising, policy, is_meant)).then_some(Withheld::Mute)
}

/// Whether what is left without the factors that are meant would open no episode.
fn opens_nothing(rising: &Rising<'_>, policy: &Policy, is_meant: impl Fn(&Factor) -> bool) -> bool {
    let own = rising.assessment.factors.iter().filter(|factor| is_own(factor));
    let left: Vec<&Factor> = own.filter(|factor| !is_meant(factor)).collect();
    let points: i32 = left.iter().map(|factor| factor.points).sum();
    points < policy.scoring.threshold(policy.escalation.open_level)
        && !left.iter().any(|factor| opens_alone(factor, rising.rules, policy))
}

/// Whether a rule's own level opens an episode, whatever the score.
pub(crate) fn opens_alone(factor: &Factor, rules: &[RuleFacts], policy: &Policy) -> bool {
    let rule = rules.iter().find(|rule| rule.id == factor.id);
    factor.points > 0 && rule.is_some_and(|rule| rule.level >= policy.escalation.open_level)
}

/// Whether a factor says something of itself: stakes and bounds only weigh what others say.
pub(crate) const fn is_own(factor: &Factor) -> bool {
    !matches!(factor.cause, Cause::Stakes | Cause::Bound)
}

/// Whether a factor is about what is never withheld.
pub(crate) fn is_urgent(factor: &Factor, policy: &Policy) -> bool {
    factor.signal.is_some_and(|signal| policy.subjects.never.contains(signal))
}

fn is_excepted(rising: &Rising<'_>, policy: &Policy) -> bool {
    let Rising { tenant, account, tags, now, .. } = *rising;
    let holding = policy.exceptions.iter().filter(|exception| exception.holds(tenant, account, tags, now));
    let holding: Vec<&Exception> = holding.collect();
    let is_meant = |factor: &Factor| {
        let names = |exception: &Exception| exception.rule == factor.id;
        let covers = |exception: &Exception| exception.rule.is_empty() && !is_urgent(factor, policy);
        holding.iter().any(|exception| names(exception) || covers(exception))
    };
    !holding.is_empty() && opens_nothing(rising, policy, is_meant)
}
