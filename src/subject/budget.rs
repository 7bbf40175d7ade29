//! Alerts of stage one: those that a part of an incident's list replaces, those beyond an account's budget, and the rest.

use std::collections::BTreeMap;

use super::settled::Key;
use super::{Alert, Finding, Kind, Listed};
use crate::limits;
use crate::policy::Policy;
use crate::risk::{ContentId, Step, content_id};
use crate::score::Level;
use crate::time::{Span, Timestamp};

/// Why a trigger that was due did not go out. Closed: each is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suppression {
    /// It came too soon after another of its level.
    CoolDown,
    /// An incident's list has it.
    Incident,
    /// It is beyond its account's budget of the day; the digest has it.
    Budget,
    /// A later step of its episode had gone out before it could.
    Superseded,
    /// Policy has an exception for it.
    Exception,
}

impl Suppression {
    /// All causes.
    pub const ALL: [Suppression; 5] = [
        Suppression::CoolDown,
        Suppression::Incident,
        Suppression::Budget,
        Suppression::Superseded,
        Suppression::Exception,
    ];

    /// The cause's name as written in metrics, summaries and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Suppression::CoolDown => "cool_down",
            Suppression::Incident => "incident",
            Suppression::Budget => "budget",
            Suppression::Superseded => "superseded",
            Suppression::Exception => "exception",
        }
    }
}

/// Tenant and account.
type Account = (String, String);

/// An account's day.
#[derive(Clone, Debug, Default)]
struct Day {
    alerts: usize,
    digested: usize,
    level: Level,
    listed: Vec<Listed>,
}

/// Alerts until their pane closes, and the days of accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct Budget {
    /// By the end of their pane, then time and id.
    waiting: BTreeMap<Timestamp, BTreeMap<(Timestamp, ContentId), Alert>>,
    held: usize,
    /// By the day's end.
    days: BTreeMap<(Timestamp, Account), Day>,
}

impl Budget {
    /// Keeps an alert until its pane closes; gives one back that must go out at once, since too many are held.
    pub(super) fn add(&mut self, pane_end: Timestamp, alert: Alert) -> Option<Alert> {
        if alert.held.is_some() && self.held >= limits::HELD_ALERTS {
            return Some(alert);
        }
        let is_held = alert.held.is_some();
        let before = self.waiting.entry(pane_end).or_default().insert((alert.time, alert.id), alert);
        let was_held = before.is_some_and(|before| before.held.is_some());
        self.held += usize::from(is_held);
        self.held -= usize::from(was_held);
        None
    }

    /// The end of the next pane or day that waits to be closed, and whether it is a day.
    pub(super) fn next(&self) -> Option<(Timestamp, bool)> {
        let pane = self.waiting.keys().next().map(|end| (*end, false));
        let day = self.days.keys().next().map(|(end, _)| (*end, true));
        pane.into_iter().chain(day).min()
    }

    /// Decides on the alerts of a pane in the order of their times and ids: those that were held and now go out, and why
    /// others do not. `is_incident` tells whether an issue of a tenant is
    /// an incident now.
    pub(super) fn close_pane(
        &mut self,
        end: Timestamp,
        policy: &Policy,
        is_incident: &dyn Fn(&str, &str) -> bool,
        mut fate: impl FnMut(Result<Alert, Suppression>),
    ) {
        let Some(alerts) = self.waiting.remove(&end) else { return };
        let mut latest: BTreeMap<ContentId, u32> = BTreeMap::new();
        for alert in alerts.values() {
            let sequence = latest.entry(alert.episode).or_default();
            *sequence = (*sequence).max(alert.sequence);
        }
        for alert in alerts.into_values() {
            let is_held = alert.held.is_some();
            self.held -= usize::from(is_held);
            let is_superseded = is_held && latest.get(&alert.episode).is_some_and(|latest| *latest > alert.sequence);
            let folds = policy.subjects.folds[alert.level as usize];
            if is_superseded {
                fate(Err(Suppression::Superseded));
            } else if is_held && folds && !alert.issue.is_empty() && is_incident(&alert.tenant, &alert.issue) {
                fate(Err(Suppression::Incident));
            } else if self.is_within(&alert, is_held, policy) {
                if is_held {
                    fate(Ok(alert));
                }
            } else {
                fate(Err(Suppression::Budget));
            }
        }
    }

    /// Counts an alert on its account's day; whether it goes out, and if it does not, it is in the digest.
    fn is_within(&mut self, alert: &Alert, is_held: bool, policy: &Policy) -> bool {
        if alert.account.is_empty() || !alert.raises {
            return true;
        }
        let day = Span::days(1).0;
        let end = Timestamp(alert.time.0.div_euclid(day).saturating_add(1).saturating_mul(day));
        let account = (alert.tenant.clone(), alert.account.clone());
        let day = self.days.entry((end, account)).or_default();
        let is_over = day.alerts >= policy.subjects.alerts_per_day && policy.subjects.digested[alert.level as usize];
        if !is_held || !is_over {
            day.alerts += 1;
            return true;
        }
        day.digested += 1;
        day.level = day.level.max(alert.level);
        if day.listed.len() < limits::SUBJECT_LISTED {
            day.listed.push(Listed {
                conversation: alert.conversation.clone(),
                account: alert.account.clone(),
                account_name: String::new(),
                time: alert.time,
                level: alert.level,
                said: alert.summary.clone(),
                episode: Some(alert.episode),
            });
        }
        false
    }

    /// Ends the days that end at `end`: a digest for each account that was held back.
    pub(super) fn close_days(&mut self, end: Timestamp, policy: &Policy, mut found: impl FnMut(Finding)) {
        while let Some(((day_end, _), _)) = self.days.first_key_value()
            && *day_end <= end
        {
            let Some(((at, (tenant, account)), day)) = self.days.pop_first() else { return };
            if day.digested > 0 {
                let key = Key { kind: Kind::Digest, tenant, account, issue: String::new() };
                found(digest(&key, at, day, policy));
            }
        }
    }
}

fn digest(key: &Key, end: Timestamp, day: Day, policy: &Policy) -> Finding {
    let from = end - Span::days(1);
    let start = from.0.to_string();
    let parts = [key.kind.name(), key.tenant.as_str(), &key.account, "", &start];
    Finding {
        id: content_id(&[&parts[..], &[Step::Opened.name(), "1"]].concat()),
        episode: content_id(&parts),
        sequence: 1,
        kind: key.kind,
        step: Step::Opened,
        tenant: key.tenant.clone(),
        account: key.account.clone(),
        account_name: String::new(),
        issue: String::new(),
        from,
        to: end,
        level: day.level,
        team: policy.routing.team_name(policy.routing.default_team).to_owned(),
        owner_role: policy.routing.owner(day.level).role.clone(),
        conversations: day.digested,
        accounts: 1,
        people: 0,
        listed: day.listed,
    }
}
