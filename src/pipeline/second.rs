//! The second stage without I/O: what epochs of stage one saw goes in, what is published comes out into an epoch.

use std::sync::Arc;

use super::{Destination, Epoch};
use crate::policy::Policy;
use crate::subject::{Kind, Subjects};
use crate::time::Timestamp;
use crate::wire::{self, Provenance};

/// The second stage of a program, over all partitions.
pub struct SecondStage {
    subjects: Subjects,
    application: Arc<str>,
    knowledge_hash: Arc<str>,
    findings: [u64; Kind::ALL.len()],
}

impl SecondStage {
    /// A second stage that knows nothing yet.
    #[must_use]
    pub fn new(policy: Arc<Policy>, application: Arc<str>, knowledge_hash: Arc<str>) -> SecondStage {
        SecondStage { subjects: Subjects::new(policy), application, knowledge_hash, findings: [0; Kind::ALL.len()] }
    }

    /// Takes what an epoch of `partition` saw out of it and adds to it what is now to be published. `newest` is the newest
    /// time that the partition has seen.
    pub fn apply(&mut self, partition: i32, newest: Option<Timestamp>, epoch: &mut Epoch) {
        let before = *self.subjects.suppressed();
        for sighting in epoch.sightings.drain(..) {
            self.subjects.see(&sighting);
        }
        let mut released = Vec::new();
        for alert in epoch.alerts.drain(..) {
            released.extend(self.subjects.alert(alert));
        }
        let mut found = Vec::new();
        if let Some(newest) = newest {
            self.subjects.advance(partition, newest, &mut |finding| found.push(finding), &mut |alert| {
                released.push(alert);
            });
        }
        for (place, before) in before.into_iter().enumerate() {
            epoch.counts.suppressed[place] += self.subjects.suppressed()[place] - before;
        }
        for alert in released {
            let bytes = alert.held.unwrap_or_default();
            epoch.publish(Destination::Triggers, alert.conversation.as_bytes(), None, |out| {
                out.extend_from_slice(&bytes)
            });
        }
        let provenance = Provenance {
            application: &self.application,
            engine_version: env!("CARGO_PKG_VERSION"),
            knowledge_hash: &self.knowledge_hash,
            ..Provenance::default()
        };
        for finding in found {
            self.findings[finding.kind as usize] += 1;
            epoch.publish(Destination::Triggers, wire::finding_key(&finding).as_bytes(), None, |out| {
                wire::encode_finding(&finding, &provenance, out);
            });
        }
    }

    /// The log ends here: what waits for the end of the pane in which `newest` lies is decided now.
    pub fn finish(&mut self, partition: i32, newest: Option<Timestamp>, epoch: &mut Epoch) {
        let end = newest.map(|newest| self.subjects.settled_after(newest));
        self.apply(partition, end, epoch);
    }

    /// What was found so far, by [`Kind`].
    #[must_use]
    pub const fn findings(&self) -> &[u64; Kind::ALL.len()] {
        &self.findings
    }

    /// The state itself.
    #[must_use]
    pub const fn subjects(&self) -> &Subjects {
        &self.subjects
    }
}
