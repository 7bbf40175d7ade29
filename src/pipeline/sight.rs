//! What stage one tells the second stage of an event and of its triggers.

use crate::account::Account;
use crate::detect::{Findings, RuleFacts};
use crate::engine::{Disposition, Outcome};
use crate::message::{AuthorType, Event, Kind, Scope, VerdictOutcome};
use crate::policy::{Policy, Subjects};
use crate::risk::{self, Factor, Trigger, fingerprint};
use crate::signal::Signal;
use crate::subject::{Alert, Part, Sighting, WideMute};
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

/// The mute of a whole account or tenant that an event is, if it is one that counts.
pub(super) fn wide_mute(event: &Event<'_>, account_id: &str, outcome: &Outcome, policy: &Policy) -> Option<WideMute> {
    let Kind::Verdict { outcome: VerdictOutcome::Mute, terms: Some(terms), .. } = &event.kind else { return None };
    let account = match terms.scope {
        Scope::Conversation => return None,
        Scope::Account => account_id,
        Scope::Tenant => "",
    };
    let is_unnamed = terms.scope == Scope::Account && account.is_empty();
    (outcome.disposition == Disposition::Applied && !is_unnamed).then(|| WideMute {
        tenant: event.tenant.clone().into_owned(),
        account: account.to_owned(),
        rule: terms.rule.clone().into_owned(),
        tag: terms.tag.clone().into_owned(),
        time: event.time,
        until: risk::end_of_silence(terms, event.time, policy).0,
    })
}

/// A trigger as the second stage sees it, not yet encoded.
pub(super) fn alert(
    trigger: &Trigger,
    issue: &str,
    newest: Option<Timestamp>,
    policy: &Policy,
    rules: &[RuleFacts],
) -> Alert {
    let raises = trigger.step.raises();
    let level = trigger.assessment.level as usize;
    let factors = || trigger.assessment.factors.iter();
    let urgent = factors().any(|factor| factor.points > 0 && risk::is_urgent(factor, policy));
    let subjects = &policy.subjects;
    let may_wait = subjects.digested[level] || (subjects.folds[level] && !issue.is_empty());
    let part = |factor: &Factor| Part {
        rule: factor.id.clone(),
        points: factor.points,
        opens: risk::opens_alone(factor, rules, policy),
    };
    let parts = factors().filter(|factor| raises && risk::is_own(factor));
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
        may_wait: raises && may_wait && !urgent,
        tags: if raises { trigger.tags.clone() } else { Vec::new() },
        parts: parts.map(part).collect(),
        urgent,
        ..Alert::default()
    }
}
