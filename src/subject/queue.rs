//! Alerts that wait for the end of their pane, the steps of an episode in their order.

use std::collections::BTreeMap;

use super::Alert;
use crate::limits;
use crate::risk::ContentId;
use crate::time::Timestamp;

/// Tenant and account.
pub(super) type Account = (String, String);

/// A step of an episode that waits.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) alert: Alert,
    /// Its own partition had passed the pane's end when it came: it goes out whatever becomes of those before it, as it would
    /// had the other partitions been as far.
    pub(super) is_late: bool,
}

/// What a pane has of an episode or of an alert that has gone out.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// It has gone out, and counts for its account.
    Sent(Timestamp, Account),
    /// Steps of an episode.
    Held(Vec<Waiting>),
}

#[derive(Clone, Debug, Default)]
struct Pane {
    /// By episode, in the order of their sequences.
    held: BTreeMap<ContentId, Vec<Waiting>>,
    /// By time and id.
    sent: BTreeMap<(Timestamp, ContentId), Account>,
}

/// Panes by their end. A step never lies in an earlier pane than one before it of its episode.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    panes: BTreeMap<Timestamp, Pane>,
    held: usize,
    sent: usize,
}

impl Queue {
    /// The end of the next pane.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.panes.keys().next().copied()
    }

    /// Whether no further step can wait.
    pub(super) fn is_full(&self) -> bool {
        self.held >= limits::HELD_ALERTS
    }

    /// The end of the last pane in which steps of an episode wait.
    pub(super) fn pane_of(&self, episode: ContentId) -> Option<Timestamp> {
        self.panes.iter().rev().find(|(_, pane)| pane.held.contains_key(&episode)).map(|(end, _)| *end)
    }

    /// Adds a step behind those of its episode.
    pub(super) fn push(&mut self, end: Timestamp, step: Waiting) {
        self.panes.entry(end).or_default().held.entry(step.alert.episode).or_default().push(step);
        self.held += 1;
    }

    /// Notes an alert that has gone out, by time and id; `false` if there is no room for it.
    pub(super) fn note(&mut self, end: Timestamp, alert: (Timestamp, ContentId), account: Account) -> bool {
        if self.sent >= limits::HELD_ALERTS {
            return false;
        }
        let before = self.panes.entry(end).or_default().sent.insert(alert, account);
        self.sent += usize::from(before.is_none());
        true
    }

    /// Takes out what waits of an episode, in order.
    pub(super) fn remove(&mut self, episode: ContentId) -> impl Iterator<Item = Alert> + use<> {
        let steps = self.panes.values_mut().filter_map(|pane| pane.held.remove(&episode));
        let steps: Vec<Waiting> = steps.flatten().collect();
        self.held -= steps.len();
        steps.into_iter().map(|step| step.alert)
    }

    /// Takes out a pane: its alerts in the order of their times and ids.
    pub(super) fn close(&mut self, end: Timestamp) -> impl Iterator<Item = Entry> + use<> {
        let Pane { held, sent } = self.panes.remove(&end).unwrap_or_default();
        self.held -= held.values().map(Vec::len).sum::<usize>();
        self.sent -= sent.len();
        let sent = sent.into_iter().map(|(alert, account)| (alert, Entry::Sent(alert.0, account)));
        let held = held.into_values().filter_map(|steps| {
            let alert = &steps.get(deciding(&steps).unwrap_or(0))?.alert;
            Some(((alert.time, alert.id), Entry::Held(steps)))
        });
        let mut entries: Vec<_> = sent.chain(held).collect();
        entries.sort_by_key(|(alert, _)| *alert);
        entries.into_iter().map(|(_, entry)| entry)
    }
}

/// Which of an episode's waiting steps decides whether they go out: the last one that raises and came in time.
pub(super) fn deciding(steps: &[Waiting]) -> Option<usize> {
    steps.iter().rposition(|step| step.alert.raises() && !step.is_late)
}
