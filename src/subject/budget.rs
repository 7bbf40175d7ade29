//! Alerts of stage one: those that a part of an incident's list replaces, those beyond an account's budget, and the rest.

use std::collections::{BTreeMap, btree_map};

use super::queue::{Account, Entry, Queue, Waiting, deciding};
use super::settled::Key;
use super::{Alert, Finding, Kind, Listed};
use crate::limits;
use crate::policy::Policy;
use crate::risk::{Step, Withheld, content_id};
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
    /// A later alert of its episode stands for it.
    Superseded,
    /// Policy has an exception for it.
    Exception,
    /// Somebody put its conversation off until later.
    Snooze,
    /// Somebody muted what it rests on.
    Mute,
}

impl Suppression {
    /// All causes.
    pub const ALL: [Suppression; 7] = [
        Suppression::CoolDown,
        Suppression::Incident,
        Suppression::Budget,
        Suppression::Superseded,
        Suppression::Exception,
        Suppression::Snooze,
        Suppression::Mute,
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
            Suppression::Snooze => "snooze",
            Suppression::Mute => "mute",
        }
    }
}

impl From<Withheld> for Suppression {
    fn from(cause: Withheld) -> Suppression {
        match cause {
            Withheld::Exception => Suppression::Exception,
            Withheld::Snooze => Suppression::Snooze,
            Withheld::Mute => Suppression::Mute,
        }
    }
}

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
    queue: Queue,
    /// By the day's end.
    days: BTreeMap<(Timestamp, Account), Day>,
    full: u64,
}

impl Budget {
    /// Takes in an alert of the pane that ends at `pane`, if that is still open; `watermark` is what its own partition has
    /// passed. What may not wait goes out now, unless an earlier step of its episode waits: then it waits behind that, so
    /// that a router never hears of an episode's end before its beginning. What raises an episode gravely goes out now in
    /// any case, and stands for what waits of it.
    pub(super) fn add(
        &mut self,
        alert: Alert,
        pane: Option<Timestamp>,
        watermark: Option<Timestamp>,
        fate: &mut dyn FnMut(Result<Alert, Suppression>),
    ) {
        if alert.raises() && !alert.may_wait {
            self.queue.remove(alert.episode).for_each(|_| fate(Err(Suppression::Superseded)));
            if let Some(end) = pane.filter(|_| !alert.account.is_empty()) {
                let account = (alert.tenant.clone(), alert.account.clone());
                self.full += u64::from(!self.queue.note(end, (alert.time, alert.id), account));
            }
            return fate(Ok(alert));
        }
        let own = pane.filter(|_| alert.may_wait);
        let Some(end) = own.max(self.queue.pane_of(alert.episode)) else { return fate(Ok(alert)) };
        if self.queue.is_full() {
            self.full += 1;
            self.queue.remove(alert.episode).for_each(|before| fate(Ok(before)));
            return fate(Ok(alert));
        }
        let is_late = watermark.is_some_and(|watermark| end <= watermark);
        self.queue.push(end, Waiting { alert, is_late });
    }

    /// How often something was not kept or not counted since there was too much.
    pub(super) fn full(&self) -> u64 {
        self.full
    }

    /// The end of the next pane or day that waits to be closed.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let day = self.days.keys().next().map(|(end, _)| *end);
        self.queue.next().into_iter().chain(day).min()
    }

    /// Decides on the alerts of a pane in the order of their times and ids: those that were held and now go out, and why
    /// others do not. `is_incident` tells whether an issue of a tenant is
    /// an incident now.
    pub(super) fn close_pane(
        &mut self,
        end: Timestamp,
        policy: &Policy,
        is_incident: &dyn Fn(&str, &str) -> bool,
        fate: &mut dyn FnMut(Result<Alert, Suppression>),
    ) {
        for entry in self.queue.close(end) {
            match entry {
                Entry::Sent(time, account) => {
                    if let Some(day) = self.day(time, account) {
                        day.alerts += 1;
                    }
                }
                Entry::Held(steps) => self.decide(steps, policy, is_incident, fate),
            }
        }
    }

    /// Decides on what waits of an episode: its last raise stands for those before it, and what waits behind it shares its
    /// fate.
    fn decide(
        &mut self,
        steps: Vec<Waiting>,
        policy: &Policy,
        is_incident: &dyn Fn(&str, &str) -> bool,
        fate: &mut dyn FnMut(Result<Alert, Suppression>),
    ) {
        let deciding = deciding(&steps);
        let mut held_back = Some(Suppression::Superseded);
        for (place, Waiting { alert, is_late }) in steps.into_iter().enumerate() {
            if Some(place) == deciding {
                let folds = policy.subjects.folds[alert.level as usize];
                held_back = if folds && !alert.issue.is_empty() && is_incident(&alert.tenant, &alert.issue) {
                    Some(Suppression::Incident)
                } else {
                    (!self.is_within(&alert, policy)).then_some(Suppression::Budget)
                };
            }
            fate(held_back.filter(|_| !is_late).map_or(Ok(alert), Err));
        }
    }

    /// An account's day, if there is room for it.
    fn day(&mut self, time: Timestamp, account: Account) -> Option<&mut Day> {
        let day = Span::days(1).0;
        let end = Timestamp(time.0.div_euclid(day).saturating_add(1).saturating_mul(day));
        let is_full = self.days.len() >= limits::ACCOUNT_DAYS;
        match self.days.entry((end, account)) {
            btree_map::Entry::Occupied(day) => Some(day.into_mut()),
            btree_map::Entry::Vacant(_) if is_full => {
                self.full += 1;
                None
            }
            btree_map::Entry::Vacant(place) => Some(place.insert(Day::default())),
        }
    }

    /// Counts an alert that waited on its account's day; whether it goes out, and if it does not, it is in the digest.
    fn is_within(&mut self, alert: &Alert, policy: &Policy) -> bool {
        if alert.account.is_empty() {
            return true;
        }
        let Some(day) = self.day(alert.time, (alert.tenant.clone(), alert.account.clone())) else { return true };
        if day.alerts < policy.subjects.alerts_per_day || !policy.subjects.digested[alert.level as usize] {
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
