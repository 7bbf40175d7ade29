//! A subject once its panes have closed: what counts within its window, and whether it has been told.

use std::collections::BTreeMap;

use super::pane::Conversations;
use super::{Finding, Kind};
use crate::policy::{Policy, Watch};
use crate::risk::{Step, content_id};
use crate::time::{Span, Timestamp};

/// How far back goes what is usual for an issue.
const USUAL: Span = Span::days(1);

/// A subject: its kind, its tenant, and its account or issue or both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) tenant: String,
    pub(super) account: String,
    pub(super) issue: String,
}

/// A subject of which something was seen within its window.
#[derive(Clone, Debug, Default)]
pub(super) struct Settled {
    conversations: Conversations,
    /// New conversations by the end of their pane, for what is usual.
    history: BTreeMap<Timestamp, u64>,
    told: Option<Told>,
}

/// What was told of a subject.
#[derive(Clone, Copy, Debug)]
struct Told {
    window_start: Timestamp,
    sequence: u32,
    /// How large it was then.
    size: usize,
}

impl Settled {
    /// Whether it has been told and has not ended.
    pub(super) fn is_told(&self) -> bool {
        self.told.is_some()
    }

    /// When everything seen so far has left the window, if nothing more is seen; of an issue that is not told when what is
    /// usual is forgotten, too.
    pub(super) fn expires(&self, watch: &Watch, pane: Span) -> Timestamp {
        let last = self.conversations.span().map_or(Timestamp::MIN, |(_, last)| last);
        let ends = pane_end(last, pane) + watch.window;
        let usual = self.history.keys().next_back().filter(|_| self.told.is_none());
        usual.map_or(ends, |newest| ends.max(*newest + USUAL))
    }

    /// Takes in a pane that ended at `end`; what it comes to, if it is worth telling. Conversations for which there is no
    /// room are added to `full`.
    pub(super) fn close(
        &mut self,
        key: &Key,
        end: Timestamp,
        pane: Conversations,
        policy: &Policy,
        full: &mut u64,
    ) -> Option<Finding> {
        let watch = watch(key.kind, policy);
        let new = pane.len() as u64;
        *full += self.conversations.merge(pane);
        self.conversations.forget_before(end - watch.window);
        let usual = self.usual(end, watch.window);
        if key.kind == Kind::Incident {
            *self.history.entry(end).or_default() += new;
            self.history = self.history.split_off(&(end - USUAL));
        }
        let (conversations, accounts) = (self.conversations.len(), self.conversations.accounts());
        let people = self.conversations.people();
        let size = if key.kind == Kind::Voices { people } else { conversations };
        let reached = conversations >= watch.conversations && accounts >= watch.accounts && people >= watch.people;
        match &mut self.told {
            None if !reached => None,
            None if key.kind == Kind::Incident && (conversations as u64) < usual * policy.subjects.times_usual => None,
            None => {
                let window_start = self.conversations.span().map_or(end, |(first, _)| first);
                self.told = Some(Told { window_start, sequence: 1, size });
                Some(self.finding(key, Step::Opened, end, policy))
            }
            Some(told) if size >= told.size * 2 => {
                (told.size, told.sequence) = (size, told.sequence + 1);
                Some(self.finding(key, Step::Updated, end, policy))
            }
            Some(_) => None,
        }
    }

    /// How many conversations a window of the day before this one had on average, rounded up.
    fn usual(&self, end: Timestamp, window: Span) -> u64 {
        let before = self.history.range(..end - window).map(|(_, number)| number).sum::<u64>();
        let windows = (USUAL.0 / window.0.max(1)).max(1) as u64;
        before.div_ceil(windows)
    }

    /// Nothing was seen for a window: its end, if it had been told.
    pub(super) fn end(&mut self, key: &Key, at: Timestamp, policy: &Policy) -> Option<Finding> {
        self.conversations.forget_before(at - watch(key.kind, policy).window);
        let told = self.told.as_mut().filter(|_| self.conversations.len() == 0)?;
        told.sequence += 1;
        let finding = self.finding(key, Step::Resolved, at, policy);
        self.told = None;
        Some(finding)
    }

    /// Whether nothing is left of it.
    pub(super) fn is_empty(&self, at: Timestamp) -> bool {
        self.conversations.len() == 0 && self.history.range(at - USUAL..).next().is_none()
    }

    fn finding(&self, key: &Key, step: Step, at: Timestamp, policy: &Policy) -> Finding {
        let Told { window_start, sequence, .. } = self.told.expect("it is told of what was told");
        let start = window_start.0.to_string();
        let parts = [key.kind.name(), key.tenant.as_str(), &key.account, &key.issue, &start];
        let number = sequence.to_string();
        let watch = watch(key.kind, policy);
        Finding {
            id: content_id(&[&parts[..], &[step.name(), &number]].concat()),
            episode: content_id(&parts),
            sequence,
            kind: key.kind,
            step,
            tenant: key.tenant.clone(),
            account: key.account.clone(),
            account_name: if key.account.is_empty() { String::new() } else { self.conversations.account_name() },
            issue: key.issue.clone(),
            from: window_start,
            to: at,
            level: watch.level,
            team: policy.routing.team_name(watch.team).to_owned(),
            owner_role: policy.routing.owner(watch.level).role.clone(),
            conversations: self.conversations.len(),
            accounts: self.conversations.accounts(),
            people: self.conversations.people(),
            listed: self.conversations.listed(),
        }
    }
}

/// The end of the pane that a moment lies in.
pub(super) fn pane_end(time: Timestamp, pane: Span) -> Timestamp {
    let pane = pane.0.max(1);
    Timestamp(time.0.div_euclid(pane).saturating_add(1).saturating_mul(pane))
}

/// What makes a subject of this kind worth telling.
pub(super) fn watch(kind: Kind, policy: &Policy) -> &Watch {
    match kind {
        Kind::Incident => &policy.subjects.incident,
        Kind::Recurring => &policy.subjects.recurring,
        Kind::Voices | Kind::Digest => &policy.subjects.voices,
    }
}
