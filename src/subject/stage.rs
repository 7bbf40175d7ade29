//! The second stage itself: panes and alerts that wait for the watermark, and what closes when it has passed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::budget::Budget;
use super::mutes::{Mutes, WideMute};
use super::pane::{Conversations, Seen};
use super::settled::{Key, Settled, pane_end, watch};
use super::{Alert, Due, Finding, Kind, Sighting, Suppression};
use crate::limits;
use crate::policy::Policy;
use crate::time::Timestamp;

/// What was left out, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ignored {
    /// Complaints and alerts that came later within their partition than policy allows. Such an alert goes out at once.
    pub late: u64,
    /// What met a bound: conversations that a full pane left out, complaints without a pane, subjects that were dropped for
    /// newer ones, alerts that went out at once or are not counted for their account.
    pub full: u64,
}

/// What is known of all subjects.
#[derive(Clone, Debug)]
pub struct Subjects {
    policy: Arc<Policy>,
    /// The newest time that each partition has told.
    sources: BTreeMap<i32, Timestamp>,
    panes: BTreeMap<(Timestamp, Key), Conversations>,
    settled: BTreeMap<Key, Settled>,
    /// When each settled subject ends if nothing more is seen of it.
    ends: BTreeSet<(Timestamp, Key)>,
    budget: Budget,
    mutes: Mutes,
    ignored: Ignored,
    suppressed: [u64; Suppression::ALL.len()],
}

impl Subjects {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(policy: Arc<Policy>) -> Subjects {
        Subjects {
            policy,
            sources: BTreeMap::new(),
            panes: BTreeMap::new(),
            settled: BTreeMap::new(),
            ends: BTreeSet::new(),
            budget: Budget::default(),
            mutes: Mutes::default(),
            ignored: Ignored::default(),
            suppressed: [0; Suppression::ALL.len()],
        }
    }

    /// What was left out so far.
    #[must_use]
    pub fn ignored(&self) -> Ignored {
        Ignored { full: self.ignored.full + self.budget.full() + self.mutes.full(), ..self.ignored }
    }

    /// How many alerts were held back so far, by cause.
    #[must_use]
    pub const fn suppressed(&self) -> &[u64; Suppression::ALL.len()] {
        &self.suppressed
    }

    /// Notes that records of a partition will be seen: until it has told a time, nothing closes.
    pub fn add_source(&mut self, partition: i32) {
        self.sources.entry(partition).or_insert(Timestamp::MIN);
    }

    /// A partition has gone, or was silent for so long that nobody waits for it.
    pub fn drop_source(&mut self, partition: i32) {
        self.sources.remove(&partition);
    }

    /// Takes in what stage one saw.
    pub fn see(&mut self, sighting: &Sighting) {
        let Some(end) = self.open_pane(sighting.time, sighting.newest) else { return };
        let key = |kind: Kind, account: &str, issue: &str| Key {
            kind,
            tenant: sighting.tenant.clone(),
            account: account.to_owned(),
            issue: issue.to_owned(),
        };
        let (account, issue) = (sighting.account.as_str(), sighting.issue.as_str());
        let incident = (!issue.is_empty()).then(|| key(Kind::Incident, "", issue));
        let recurring = (!issue.is_empty() && !account.is_empty()).then(|| key(Kind::Recurring, account, issue));
        let voices = (!account.is_empty()).then(|| key(Kind::Voices, account, ""));
        for key in [incident, recurring, voices].into_iter().flatten() {
            let place = (end, key);
            if self.panes.len() >= limits::SUBJECT_PANES && !self.panes.contains_key(&place) {
                self.ignored.full += 1;
                continue;
            }
            let pane = self.panes.entry(place).or_default();
            self.ignored.full += u64::from(pane.add(&sighting.conversation, Seen::of(sighting)));
        }
    }

    /// An account or a tenant is muted from now on.
    pub fn mute(&mut self, mute: WideMute) {
        self.mutes.add(mute);
    }

    /// Takes in an alert; those of a partition come in their order. What goes out at once is told.
    pub fn alert(&mut self, alert: Alert, tell: &mut dyn FnMut(Due)) {
        if self.mutes.hold(&alert, &self.policy) {
            self.suppressed[Suppression::Mute as usize] += 1;
            return;
        }
        let pane = if alert.raises() { self.open_pane(alert.time, alert.newest) } else { None };
        let watermark = alert.newest.map(|newest| newest - self.policy.subjects.lateness);
        let Subjects { budget, suppressed, .. } = self;
        budget.add(alert, pane, watermark, &mut |fate| match fate {
            Ok(alert) => tell(Due::Alert(alert)),
            Err(cause) => suppressed[cause as usize] += 1,
        });
    }

    /// The end of the pane that a moment lies in, unless it is late within its own partition.
    fn open_pane(&mut self, time: Timestamp, newest: Option<Timestamp>) -> Option<Timestamp> {
        let end = pane_end(time, self.policy.subjects.pane);
        let is_late = newest.is_some_and(|newest| end <= newest - self.policy.subjects.lateness);
        self.ignored.late += u64::from(is_late);
        (!is_late).then_some(end)
    }

    /// A partition has seen events up to `newest`: what no partition can add to any more closes. What is found and which
    /// held alerts go out is told in the order in which it closes.
    pub fn advance(&mut self, partition: i32, newest: Timestamp, tell: &mut dyn FnMut(Due)) {
        let known = self.sources.entry(partition).or_insert(newest);
        *known = newest.max(*known);
        let Some(smallest) = self.sources.values().min() else { return };
        let watermark = *smallest - self.policy.subjects.lateness;
        while let Some(next) = self.next_end().filter(|next| *next <= watermark) {
            self.close(next, tell);
        }
    }

    /// The time that a partition must reach for all up to `newest` to be decided.
    #[must_use]
    pub fn settled_after(&self, newest: Timestamp) -> Timestamp {
        pane_end(newest, self.policy.subjects.pane) + self.policy.subjects.lateness
    }

    /// The next moment at which something closes.
    fn next_end(&self) -> Option<Timestamp> {
        let pane = self.panes.keys().next().map(|(end, _)| *end);
        let ending = self.ends.first().map(|(end, _)| *end);
        pane.into_iter().chain(ending).chain(self.budget.next()).min()
    }

    /// Closes all that ends at `end`: panes, then subjects of which nothing more came, then alerts, then days.
    fn close(&mut self, end: Timestamp, tell: &mut dyn FnMut(Due)) {
        while let Some(((pane_end, _), _)) = self.panes.first_key_value()
            && *pane_end <= end
        {
            let Some(((_, key), pane)) = self.panes.pop_first() else { break };
            self.settle(key, end, pane).map(Due::Finding).map(&mut *tell);
        }
        while let Some((due, _)) = self.ends.first()
            && *due <= end
        {
            let Some((_, key)) = self.ends.pop_first() else { break };
            self.end(key, end).map(Due::Finding).map(&mut *tell);
        }
        let Subjects { budget, policy, settled, suppressed, .. } = self;
        let is_incident = |tenant: &str, issue: &str| {
            let key = Key {
                kind: Kind::Incident,
                tenant: tenant.to_owned(),
                account: String::new(),
                issue: issue.to_owned(),
            };
            settled.get(&key).is_some_and(Settled::is_told)
        };
        budget.close_pane(end, policy, &is_incident, &mut |fate| match fate {
            Ok(alert) => tell(Due::Alert(alert)),
            Err(cause) => suppressed[cause as usize] += 1,
        });
        budget.close_days(end, policy, |finding| tell(Due::Finding(finding)));
    }

    fn settle(&mut self, key: Key, end: Timestamp, pane: Conversations) -> Option<Finding> {
        let (watch, length) = (watch(key.kind, &self.policy), self.policy.subjects.pane);
        let settled = self.settled.entry(key.clone()).or_default();
        self.ends.remove(&(settled.expires(watch, length), key.clone()));
        let finding = settled.close(&key, end, pane, &self.policy, &mut self.ignored.full);
        self.ends.insert((settled.expires(watch, length), key));
        if self.settled.len() > limits::SUBJECTS
            && let Some((_, oldest)) = self.ends.pop_first()
        {
            self.settled.remove(&oldest);
            self.ignored.full += 1;
        }
        finding
    }

    fn end(&mut self, key: Key, at: Timestamp) -> Option<Finding> {
        let (watch, length) = (watch(key.kind, &self.policy), self.policy.subjects.pane);
        let settled = self.settled.get_mut(&key)?;
        let finding = settled.end(&key, at, &self.policy);
        if settled.is_empty(at) {
            self.settled.remove(&key);
        } else {
            // What is left leaves later; never at this moment again, so that closing comes to an end.
            let expires = settled.expires(watch, length).max(Timestamp(at.0.saturating_add(1)));
            self.ends.insert((expires, key));
        }
        finding
    }
}
