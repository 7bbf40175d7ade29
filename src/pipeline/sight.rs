//! What stage one tells the second stage of an event and of its triggers.

use crate::account::Account;
use crate::detect::{Findings, RuleFacts};
use crate::engine::{Disposition, Outcome};
use crate::message::{AuthorType, Event};
use crate::policy::{Exception, Policy, Subjects};
use crate::risk::{Cause, Factor, Step, Trigger, fingerprint};
use crate::signal::Signal;
use crate::subject::{Alert, Sighting};
use crate::time::Timestamp;

/// The issue of an outage that names no product area.
const OUTAGE: &str = "outage";

/// What is known of the event beside itself.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) event: &'a Event<'a>,
    pub(super) account_id: &'a str,
    pub(super) account: Option<&'a Account>,
    pub(super) findings: &'a Findings,
    pub(super) policy: &'a Subjects,
    /// The newest time that the partition had seen before.
    pub(super) newest: Option<Timestamp>,
}

impl Context<'_> {
    /// The product area, in one spelling, else `outage` if it is one, else nothing.
    pub(super) fn issue(&self) -> String {
        let area = self.event.product_area.trim();
        match area {
            "" if self.findings.fired.contains(Signal::Outage) => OUTAGE.to_owned(),
            area => area.to_lowercase(),
        }
    }

    /// What a complaint of a customer tells; nothing of other events, and nothing is allocated for them.
    pub(super) fn sighting(&self, outcome: &Outcome, rules: &[RuleFacts]) -> Option<Sighting> {
        let complains = !self.findings.fired.and(self.policy.complaints).is_empty();
        let is_read = outcome.disposition == Disposition::Scored && self.event.author.kind == AuthorType::Customer;
        if !complains || !is_read {
            return None;
        }
        let rules = self.findings.findings.iter().filter_map(|finding| rules.get(usize::from(finding.rule.0)));
        let telling = rules.filter(|rule| self.policy.complaints.contains(rule.signal) && !rule.experimental);
        let heaviest = telling.max_by_key(|rule| (rule.weight, std::cmp::Reverse(&rule.id)));
        let writer = [&self.event.contact.id, &self.event.author.id, &self.event.author.name, &self.event.conversation];
        let writer = writer.into_iter().find(|name| !name.is_empty()).map_or("", |name| name);
        Some(Sighting {
            tenant: self.event.tenant.clone().into_owned(),
            account: self.account_id.to_owned(),
            account_name: self.account.map(|account| account.name.clone()).unwrap_or_default(),
            conversation: self.event.conversation.clone().into_owned(),
            voice: fingerprint(writer),
            time: self.event.time,
            newest: self.newest,
            level: outcome.assessment.level,
            issue: self.issue(),
            said: heaviest.map(|rule| rule.title.clone()).unwrap_or_default(),
        })
    }
}

/// Whether a trigger that opens or raises an episode rests on what policy has exceptions for: what is left of its score
/// without that would open nothing.
pub(super) fn is_excepted(trigger: &Trigger, policy: &Policy) -> bool {
    if policy.exceptions.is_empty() || !matches!(trigger.step, Step::Opened | Step::Updated) {
        return false;
    }
    let Trigger { tenant, account_id, tags, time, .. } = trigger;
    let holding = policy.exceptions.iter().filter(|exception| exception.holds(tenant, account_id, tags, *time));
    let holding: Vec<&Exception> = holding.collect();
    let is_urgent = |factor: &Factor| factor.signal.is_some_and(|signal| policy.subjects.never.contains(signal));
    let is_meant = |factor: &Factor, exception: &Exception| {
        exception.rule == factor.id || (exception.rule.is_empty() && !is_urgent(factor))
    };
    let counts = |factor: &&Factor| !matches!(factor.cause, Cause::Stakes | Cause::Bound);
    let left = trigger.assessment.factors.iter().filter(counts);
    let left = left.filter(|factor| !holding.iter().any(|exception| is_meant(factor, exception)));
    let left = left.map(|factor| factor.points).sum::<i32>();
    !holding.is_empty() && left < policy.scoring.threshold(policy.escalation.open_level)
}

/// A trigger as the second stage sees it, not yet encoded.
pub(super) fn alert(trigger: &Trigger, issue: &str, newest: Option<Timestamp>, policy: &Subjects) -> Alert {
    let raises = matches!(trigger.step, Step::Opened | Step::Updated);
    let level = trigger.assessment.level as usize;
    let factors = trigger.assessment.factors.iter().filter(|factor| factor.points > 0);
    let is_urgent = factors.filter_map(|factor| factor.signal).any(|signal| policy.never.contains(signal));
    let may_wait = policy.digested[level] || (policy.folds[level] && !issue.is_empty());
    Alert {
        id: trigger.id,
        episode: trigger.episode,
        sequence: trigger.sequence,
        tenant: trigger.tenant.clone(),
        account: trigger.account_id.clone(),
        conversation: trigger.conversation.clone(),
        time: trigger.time,
        newest,
        level: trigger.assessment.level,
        issue: if raises { issue.to_owned() } else { String::new() },
        summary: trigger.summary.clone(),
        step: trigger.step,
        may_wait: raises && may_wait && !is_urgent,
        ..Alert::default()
    }
}
