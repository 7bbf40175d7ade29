//! The second stage without I/O: what epochs of stage one saw goes in, what is published comes out into an epoch.

use std::sync::Arc;

use super::{Destination, Epoch};
use crate::policy::Policy;
use crate::subject::{Due, Ignored, Kind, Subjects};
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
        let mut due = Vec::new();
        let mut sightings = epoch.sightings.drain(..).peekable();
        let mut mutes = epoch.mutes.drain(..).peekable();
        for (place, alert) in epoch.alerts.drain(..).enumerate() {
            while let Some((_, mute)) = mutes.next_if(|(before, _)| *before <= place) {
                self.subjects.mute(mute);
            }
            // Time moves on from alert to alert, so that how many records an epoch has changes nothing.
            while let Some(sighting) = sightings.next_if(|sighting| sighting.newest <= alert.newest) {
                self.subjects.see(&sighting);
            }
            if let Some(newest) = alert.newest {
                self.subjects.advance(partition, newest, &mut |told| due.push(told));
            }
            self.subjects.alert(alert, &mut |told| due.push(told));
        }
        mutes.for_each(|(_, mute)| self.subjects.mute(mute));
        sightings.for_each(|sighting| self.subjects.see(&sighting));
        if let Some(newest) = newest {
            self.subjects.advance(partition, newest, &mut |told| due.push(told));
        }
        for (place, before) in before.into_iter().enumerate() {
            epoch.counts.suppressed[place] += self.subjects.suppressed()[place] - before;
        }
        self.publish(due, epoch);
    }

    fn publish(&mut self, due: Vec<Due>, epoch: &mut Epoch) {
        let provenance = Provenance {
            application: &self.application,
            engine_version: env!("CARGO_PKG_VERSION"),
            knowledge_hash: &self.knowledge_hash,
            ..Provenance::default()
        };
        for due in due {
            match due {
                Due::Alert(alert) => {
                    epoch.counts.trigger(alert.step, alert.level, alert.backfill);
                    epoch.publish(Destination::Triggers, alert.conversation.as_bytes(), None, |out| {
                        out.extend_from_slice(&alert.bytes);
                    });
                }
                Due::Finding(finding) => {
                    self.findings[finding.kind as usize] += 1;
                    epoch.publish(Destination::Triggers, wire::finding_key(&finding).as_bytes(), None, |out| {
                        wire::encode_finding(&finding, &provenance, out);
                    });
                }
            }
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

    /// What was left out so far.
    #[must_use]
    pub fn ignored(&self) -> Ignored {
        self.subjects.ignored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::{ContentId, Step};
    use crate::score::Level;
    use crate::subject::{Alert, Sighting};
    use crate::time::Span;

    fn at(minute: i64) -> Timestamp {
        Timestamp(0) + Span::minutes(minute)
    }

    fn alert(minute: i64, sequence: u32, level: Level, newest: Option<i64>) -> Alert {
        Alert {
            id: ContentId([sequence as u8; 16]),
            sequence,
            time: at(minute),
            newest: newest.map(at),
            level,
            step: if sequence == 1 { Step::Opened } else { Step::Updated },
            may_wait: level < Level::High,
            issue: "exports".to_owned(),
            bytes: vec![b'0' + sequence as u8],
            ..Alert::default()
        }
    }

    fn complaint(number: i64) -> Sighting {
        Sighting {
            account: format!("a{number}"),
            conversation: format!("c{number}"),
            time: at(10),
            newest: Some(at(10)),
            issue: "exports".to_owned(),
            ..Sighting::default()
        }
    }

    /// What comes out of this log in one epoch, or in one for each record.
    fn published(one_epoch: bool) -> (Vec<Vec<u8>>, u64) {
        let mut second = SecondStage::new(Arc::new(Policy::shipped()), "foreshock".into(), "".into());
        let (mut out, mut triggers) = (Vec::new(), 0);
        let mut epoch = Epoch::default();
        let mut end = |minute: i64, second: &mut SecondStage, epoch: &mut Epoch| {
            second.apply(0, Some(at(minute)), epoch);
            out.extend(epoch.outputs().map(|output| output.value.to_vec()));
            triggers += epoch.counts.triggers_total();
            epoch.clear();
        };
        epoch.alerts.push(alert(4, 1, Level::Medium, None));
        if !one_epoch {
            end(4, &mut second, &mut epoch);
        }
        epoch.sightings.extend((0..6).map(complaint));
        if !one_epoch {
            end(10, &mut second, &mut epoch);
        }
        epoch.alerts.push(alert(60, 2, Level::High, Some(10)));
        end(60, &mut second, &mut epoch);
        second.finish(0, Some(at(61)), &mut epoch);
        end(600, &mut second, &mut epoch);
        (out, triggers)
    }

    #[test]
    fn how_many_records_an_epoch_has_changes_nothing() {
        let (out, triggers) = published(true);
        assert_eq!((out.clone(), triggers), published(false));
        assert_eq!((out[0].as_slice(), out[1].as_slice(), triggers), (&b"1"[..], &b"2"[..], 2));
        assert_eq!(out.len(), 4, "both alerts, the incident and its end");
    }
}
