//! Mutes of whole accounts and tenants. They hold from when the second stage hears of them; a mute of a conversation is kept
//! with that conversation, in stage one.

use std::collections::BTreeMap;

use super::Alert;
use crate::limits;
use crate::policy::Policy;
use crate::risk::ContentId;
use crate::time::Timestamp;

/// What an account or a tenant shall not raise until a time. Empty rule and tag mean all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WideMute {
    /// The helpdesk tenant.
    pub tenant: String,
    /// The account; empty for all of the tenant.
    pub account: String,
    /// A rule's id or a built-in factor's.
    pub rule: String,
    /// A tag of the trigger.
    pub tag: String,
    /// When it was said.
    pub time: Timestamp,
    /// The first moment at which it no longer holds; one that has passed takes it back.
    pub until: Timestamp,
}

/// All of them, and the escalations that they keep silent.
#[derive(Clone, Debug, Default)]
pub(super) struct Mutes {
    /// By tenant and account.
    mutes: BTreeMap<(String, String), Vec<WideMute>>,
    /// How many there are.
    count: usize,
    /// Episodes of which nothing went out, with the time of their last step.
    silent: BTreeMap<ContentId, Timestamp>,
    full: u64,
}

impl Mutes {
    /// Adds a mute in place of one for the same.
    pub(super) fn add(&mut self, mute: WideMute) {
        let known = self.mutes.entry((mute.tenant.clone(), mute.account.clone())).or_default();
        self.count -= known.len();
        let is_same = |other: &WideMute| other.rule == mute.rule && other.tag == mute.tag;
        known.retain(|other| other.until > mute.time && !is_same(other));
        let has_room = self.count + known.len() < limits::WIDE_MUTES;
        self.full += u64::from(!has_room);
        if has_room && mute.until > mute.time {
            known.push(mute);
        }
        self.count += known.len();
        self.mutes.retain(|_, mutes| !mutes.is_empty());
    }

    /// How often something found no room.
    pub(super) fn full(&self) -> u64 {
        self.full
    }

    /// Whether an alert is held back. Of an episode of which nothing went out nothing more goes out, but what rises above the
    /// mute, so that a router never hears of an end without a beginning.
    pub(super) fn hold(&mut self, alert: &Alert, policy: &Policy) -> bool {
        let was_silent = self.silent.remove(&alert.episode).is_some();
        let is_held = if alert.raises() { self.is_muted(alert, policy) } else { was_silent };
        if is_held && (was_silent || alert.sequence == 1) {
            if self.silent.len() >= limits::WIDE_MUTES {
                // What was silent for so long has been forgotten by its conversation, too.
                let oldest = alert.time - policy.escalation.expire;
                self.silent.retain(|_, last| *last > oldest);
            }
            if self.silent.len() < limits::WIDE_MUTES {
                self.silent.insert(alert.episode, alert.time);
            } else {
                self.full += 1;
            }
        }
        is_held
    }

    /// Whether what is left of an alert without what is muted would open nothing.
    fn is_muted(&self, alert: &Alert, policy: &Policy) -> bool {
        if self.count == 0 || alert.urgent {
            return false;
        }
        let of = |account: &str| self.mutes.get(&(alert.tenant.clone(), account.to_owned()));
        let own = if alert.account.is_empty() { None } else { of(&alert.account) };
        let all = of("").into_iter().chain(own).flatten();
        let holding = all.filter(|mute| alert.time < mute.until);
        let holding: Vec<&WideMute> =
            holding.filter(|mute| mute.tag.is_empty() || alert.tags.contains(&mute.tag)).collect();
        let is_meant = |rule: &String| holding.iter().any(|mute| mute.rule.is_empty() || mute.rule == *rule);
        let left = || alert.parts.iter().filter(|part| !is_meant(&part.rule));
        let points: i32 = left().map(|part| part.points).sum();
        !holding.is_empty()
            && !left().any(|part| part.opens)
            && points < policy.scoring.threshold(policy.escalation.open_level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::Step;
    use crate::subject::Part;
    use crate::time::Span;

    fn mute(account: &str, rule: &str, until: i64) -> WideMute {
        let until = Timestamp(0) + Span::hours(until);
        WideMute {
            account: account.to_owned(),
            rule: rule.to_owned(),
            time: Timestamp(0),
            until,
            ..WideMute::default()
        }
    }

    fn alert(account: &str, hour: i64, step: Step, sequence: u32) -> Alert {
        Alert {
            account: account.to_owned(),
            time: Timestamp(0) + Span::hours(hour),
            step,
            sequence,
            parts: [("outage.down", 450), ("loop.bot_link", 120)]
                .map(|(rule, points)| Part { rule: rule.to_owned(), points, opens: false })
                .to_vec(),
            ..Alert::default()
        }
    }

    #[test]
    fn an_account_is_muted_until_the_time_and_by_rule() {
        let policy = Policy::shipped();
        let mut opening = alert("a1", 1, Step::Opened, 1);
        opening.parts[1].opens = true;
        let rows = [
            (mute("a1", "outage.down", 5), alert("a1", 1, Step::Opened, 1), true),
            (mute("a1", "outage.down", 5), alert("a2", 1, Step::Opened, 1), false),
            (mute("a1", "outage.down", 5), alert("a1", 5, Step::Opened, 1), false),
            (mute("a1", "loop.bot_link", 5), alert("a1", 1, Step::Opened, 1), false),
            (mute("", "outage.down", 5), alert("a2", 1, Step::Opened, 1), true),
            (mute("a1", "outage.down", 5), opening, false),
            (mute("a1", "", 5), Alert { urgent: true, ..alert("a1", 1, Step::Opened, 1) }, false),
        ];
        for (mute, alert, expected) in rows {
            let mut mutes = Mutes::default();
            mutes.add(mute.clone());
            assert_eq!(mutes.hold(&alert, &policy), expected, "{mute:?} {alert:?}");
        }
    }

    #[test]
    fn what_nobody_heard_of_ends_unheard() {
        let policy = Policy::shipped();
        let mut mutes = Mutes::default();
        mutes.add(mute("a1", "", 5));
        let steps = [(Step::Opened, 1), (Step::Acknowledged, 2), (Step::Resolved, 3)];
        let held = steps.map(|(step, sequence)| mutes.hold(&alert("a1", 1, step, sequence), &policy));
        assert_eq!(held, [true, true, true]);
        assert!(mutes.hold(&alert("a1", 2, Step::Due, 4), &policy), "nobody is reminded of it either");
        mutes.hold(&alert("a1", 1, Step::Opened, 1), &policy);
        assert!(!mutes.hold(&alert("a1", 6, Step::Updated, 2), &policy), "the mute is over");
        assert!(!mutes.hold(&alert("a1", 7, Step::Resolved, 3), &policy), "and it is heard of");
    }

    #[test]
    fn mutes_are_bounded_and_taken_back() {
        let mut mutes = Mutes::default();
        for n in 0..limits::WIDE_MUTES + 3 {
            mutes.add(mute(&format!("a{n}"), "", 5));
        }
        assert_eq!((mutes.count, mutes.full()), (limits::WIDE_MUTES, 3));
        mutes.add(mute("a1", "", 0));
        assert_eq!(mutes.count, limits::WIDE_MUTES - 1);
    }
}
