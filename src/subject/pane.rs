//! What was seen of a subject, by conversation: merging is commutative and idempotent.

use std::collections::{BTreeMap, BTreeSet};

use super::{Listed, Sighting};
use crate::limits;
use crate::score::Level;
use crate::time::Timestamp;

/// What was seen of one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) account: String,
    pub(super) account_name: String,
    /// At most [`limits::SUBJECT_VOICES`]: the least ones.
    voices: BTreeSet<u64>,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) level: Level,
    /// The earliest sentence.
    said: (Timestamp, String),
}

impl Seen {
    pub(super) fn of(sighting: &Sighting) -> Seen {
        Seen {
            account: sighting.account.clone(),
            account_name: sighting.account_name.clone(),
            voices: BTreeSet::from([sighting.voice]),
            first: sighting.time,
            last: sighting.time,
            level: sighting.level,
            said: (sighting.time, sighting.said.clone()),
        }
    }

    fn merge(&mut self, other: Seen) {
        self.account = std::mem::take(&mut self.account).max(other.account);
        self.account_name = std::mem::take(&mut self.account_name).max(other.account_name);
        self.voices.extend(other.voices);
        while self.voices.len() > limits::SUBJECT_VOICES {
            self.voices.pop_last();
        }
        (self.first, self.last) = (self.first.min(other.first), self.last.max(other.last));
        self.level = self.level.max(other.level);
        let is_earlier = (other.said.0, &other.said.1) < (self.said.0, &self.said.1);
        if self.said.1.is_empty() || (is_earlier && !other.said.1.is_empty()) {
            self.said = other.said;
        }
    }
}

/// Conversations by their id, at most [`limits::SUBJECT_CONVERSATIONS`]: those with the least ids, so that what is left out
/// does not depend on the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conversations(BTreeMap<String, Seen>);

impl Conversations {
    /// Adds what was seen; tells whether something had to be left out.
    pub(super) fn add(&mut self, conversation: &str, seen: Seen) -> bool {
        match self.0.get_mut(conversation) {
            Some(known) => known.merge(seen),
            None => drop(self.0.insert(conversation.to_owned(), seen)),
        }
        let is_full = self.0.len() > limits::SUBJECT_CONVERSATIONS;
        if is_full {
            self.0.pop_last();
        }
        is_full
    }

    /// Adds all of another pane; tells how many conversations had to be left out.
    pub(super) fn merge(&mut self, other: Conversations) -> u64 {
        let left_out =
            other.0.into_iter().filter_map(|(conversation, seen)| self.add(&conversation, seen).then_some(()));
        left_out.count() as u64
    }

    /// Forgets those that were last seen before a moment.
    pub(super) fn forget_before(&mut self, moment: Timestamp) {
        self.0.retain(|_, seen| seen.last >= moment);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn accounts(&self) -> usize {
        let named = self.0.values().map(|seen| seen.account.as_str()).filter(|account| !account.is_empty());
        named.collect::<BTreeSet<_>>().len()
    }

    pub(super) fn people(&self) -> usize {
        self.0.values().flat_map(|seen| &seen.voices).collect::<BTreeSet<_>>().len()
    }

    /// When the first and the last of them was seen.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let first = self.0.values().map(|seen| seen.first).min()?;
        Some((first, self.0.values().map(|seen| seen.last).max()?))
    }

    /// The name that an account goes by.
    pub(super) fn account_name(&self) -> String {
        self.0.values().map(|seen| &seen.account_name).max().cloned().unwrap_or_default()
    }

    /// The gravest and, of these, the earliest ones.
    pub(super) fn listed(&self) -> Vec<Listed> {
        let mut all: Vec<(&String, &Seen)> = self.0.iter().collect();
        all.sort_by_key(|(id, seen)| (std::cmp::Reverse(seen.level), seen.first, *id));
        let listed = all.into_iter().take(limits::SUBJECT_LISTED).map(|(id, seen)| Listed {
            conversation: id.clone(),
            account: seen.account.clone(),
            account_name: seen.account_name.clone(),
            time: seen.first,
            level: seen.level,
            said: seen.said.1.clone(),
            episode: None,
        });
        listed.collect()
    }
}
