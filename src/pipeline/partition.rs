//! A partition: its engine, and what turns a record into outputs.

use std::sync::Arc;

use super::changelog::{ChangelogError, Key, Position};
use super::sight::{self, Context};
use super::{Destination, Epoch};
use crate::accounts::AccountTable;
use crate::detect::Detector;
use crate::engine::{Engine, Input, Outcome, Scratch};
use crate::message::Event;
use crate::policy::Policy;
use crate::risk::{Trigger, Withheld};
use crate::subject::{Alert, Suppression};
use crate::time::{Span, Timestamp};
use crate::wire::{self, DeadLetter, Decoder, PayloadMode, Provenance, RawRecord, Reject};

/// How far a record's time may lie beyond the one before it, where the record's arrival is not known.
pub const ADVANCE_MAX: Span = Span::days(1);

/// What holds for all partitions of a program.
#[derive(Clone, Debug)]
pub struct Options {
    /// The input topic's name, or the file's, for provenance.
    pub topic: Arc<str>,
    /// The application's name, for the `source` of triggers.
    pub application: Arc<str>,
    /// The hash of rules, lexicons, policies and profiles, for provenance.
    pub knowledge_hash: Arc<str>,
    /// What a dead letter holds of the record.
    pub payload: PayloadMode,
    /// Triggers whose cause is older than this are marked `backfill`; `None` marks none.
    pub publish_max_age: Option<Span>,
    /// Whether every event gets an assessment, not only those that moved an episode.
    pub assessments: bool,
    /// Whether epochs hold sightings and alerts for the second stage, which then publishes the triggers.
    pub second_stage: bool,
}

/// What one thread shares between its partitions: buffers and the decoder.
pub struct Workspace {
    decoder: Decoder,
    scratch: Scratch,
    outcome: Outcome,
    options: Options,
}

impl Workspace {
    /// Buffers for one thread.
    #[must_use]
    pub fn new(decoder: Decoder, options: Options) -> Workspace {
        let mut scratch = Scratch::default();
        scratch.assessments_wanted = options.assessments;
        Workspace { decoder, scratch, outcome: Outcome::default(), options }
    }

    /// What it was made with.
    #[must_use]
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// What the last applied record came to.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

/// What a trigger is published with.
#[derive(Clone, Copy, Debug)]
struct Published {
    offset: i64,
    tick: Option<Timestamp>,
    now: Option<Timestamp>,
    /// The newest time that the partition had seen before.
    newest: Option<Timestamp>,
}

/// One input partition's state.
pub struct Partition {
    number: i32,
    engine: Engine,
    newest: Option<Timestamp>,
    /// As the changelog has it.
    position: Option<Position>,
    /// As the changelog will have it once the open epoch is committed.
    position_of_epoch: Option<Position>,
    newest_before_epoch: Option<Timestamp>,
}

impl Partition {
    /// An empty partition.
    #[must_use]
    pub fn new(number: i32, detector: Arc<Detector>, policy: Arc<Policy>) -> Partition {
        Partition {
            number,
            engine: Engine::new(detector, policy),
            newest: None,
            position: None,
            position_of_epoch: None,
            newest_before_epoch: None,
        }
    }

    /// The partition's number in its topic.
    #[must_use]
    pub fn number(&self) -> i32 {
        self.number
    }

    /// The engine with the partition's conversations.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The newest time that its records have told.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// Goes on with other knowledge; see [`Engine::switch`]. Between two epochs.
    pub fn switch(&mut self, detector: Arc<Detector>, policy: Arc<Policy>) {
        self.engine.switch(detector, policy);
    }

    /// Starts an epoch: from here on, [`Partition::abort`] returns to this state.
    pub fn begin(&mut self) {
        self.position_of_epoch = None;
        self.newest_before_epoch = self.newest;
        self.engine.begin_epoch();
    }

    /// The epoch's transaction is committed.
    pub fn commit(&mut self) {
        self.engine.commit_epoch();
        self.position = self.position_of_epoch.take().or_else(|| self.position.take());
    }

    /// The epoch's transaction is aborted: the state is as it was when the epoch began.
    pub fn abort(&mut self) {
        self.position_of_epoch = None;
        self.newest = self.newest_before_epoch;
        self.engine.abort_epoch();
    }

    /// How far the partition had come when an epoch was last committed with [`Partition::write_changes`], in this life or
    /// in the one that was restored; `None` when it never was.
    #[must_use]
    pub fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Adds the records to `epoch` by which the changelog becomes what the state is now: of each conversation that the
    /// open epoch changed, and the position, where `next_offset` is the record to read next. Last before the commit.
    pub fn write_changes(&mut self, next_offset: i64, workspace: &Workspace, epoch: &mut Epoch) {
        for change in self.engine.changed() {
            let key = Key::Conversation { tenant: change.tenant(), conversation: change.conversation() };
            if change.is_gone() {
                epoch.bury(self.number, |out| key.write(out));
            } else {
                epoch.change(self.number, |out| key.write(out), |out| change.snapshot(out));
            }
        }
        let position = Position {
            next_offset,
            watermark: self.newest,
            knowledge_hash: workspace.options.knowledge_hash.to_string(),
            engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        epoch.change(self.number, |out| Key::Position.write(out), |out| position.write(out));
        self.position_of_epoch = Some(position);
    }

    /// Takes back one record of the changelog; they come in the order of their offsets, before the first epoch.
    ///
    /// # Errors
    /// When this version cannot read it: the state is not whole then, and must not be used.
    pub fn restore(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), ChangelogError> {
        match (Key::read(key)?, value) {
            (Key::Position, Some(value)) => {
                let position = Position::read(value)?;
                self.newest = position.watermark;
                self.position = Some(position);
            }
            (Key::Position, None) => self.position = None,
            (Key::Conversation { tenant, conversation }, Some(value)) => {
                self.engine.restore(tenant, conversation, value)?;
            }
            (Key::Conversation { tenant, conversation }, None) => self.engine.forget(tenant, conversation),
        }
        Ok(())
    }

    /// Applies the record at `offset` and adds what must be published to `epoch`. `now` is the wall clock's time, for
    /// the `backfill` mark alone. Returns the event for callers that report on it; `None` for a dead letter.
    pub fn apply<'a>(
        &mut self,
        offset: i64,
        record: &RawRecord<'a>,
        now: Option<Timestamp>,
        accounts: &AccountTable,
        workspace: &mut Workspace,
        epoch: &mut Epoch,
    ) -> Option<Event<'a>> {
        epoch.counts.records += 1;
        epoch.counts.bytes += record.value.map_or(0, <[u8]>::len) as u64;
        epoch.advance(self.number, offset.saturating_add(1));
        let record = &RawRecord { assumed_arrival: self.newest.map(|newest| newest + ADVANCE_MAX), ..*record };
        match workspace.decoder.decode(record) {
            Ok(event) => {
                let newest = self.newest;
                self.newest = newest.max(Some(event.time));
                let at = Published { offset, tick: None, now, newest };
                self.step(&event, at, accounts, workspace, epoch);
                Some(event)
            }
            Err(reject) => {
                self.reject(offset, record, &reject, &workspace.options, epoch);
                None
            }
        }
    }

    fn step(
        &mut self,
        event: &Event<'_>,
        at: Published,
        accounts: &AccountTable,
        workspace: &mut Workspace,
        epoch: &mut Epoch,
    ) {
        let Workspace { scratch, outcome, options, .. } = workspace;
        self.engine.step(Input::Event { event, accounts }, scratch, outcome);
        let findings = scratch.findings();
        epoch.counts.event(outcome.disposition, outcome.marks, findings.fired);
        count_suppressed(outcome, epoch);
        let mut issue = String::new();
        if options.second_stage {
            let rules = self.engine.detector().rules();
            let account_id = self.engine.account_of(&event.tenant, &event.conversation);
            let account = accounts.get(&event.tenant, account_id, event.time).map(|account| &**account);
            let policy = &self.engine.policy().subjects;
            let context = Context { event, account_id, account, findings, policy, newest: at.newest };
            epoch.sightings.extend(context.sighting(outcome, rules));
            if !outcome.triggers.is_empty() {
                issue = context.issue();
            }
            let mute = sight::wide_mute(event, account_id, outcome, self.engine.policy());
            let alerts = epoch.alerts.len();
            epoch.mutes.extend(mute.map(|mute| (alerts, mute)));
        }
        for trigger in &outcome.triggers {
            self.publish(trigger, at, &issue, options, epoch);
        }
    }

    /// Lets stream time reach `time`: publishes what falls due up to then in conversations of which no record has come.
    /// `next_offset` is that of the next record, which the epoch carries on if anything was due. Whether there is more to do
    /// than one tick may.
    pub fn tick(
        &mut self,
        next_offset: i64,
        time: Timestamp,
        now: Option<Timestamp>,
        accounts: &AccountTable,
        workspace: &mut Workspace,
        epoch: &mut Epoch,
    ) -> bool {
        let Workspace { scratch, outcome, options, .. } = workspace;
        self.engine.step(Input::Tick { time, accounts }, scratch, outcome);
        count_suppressed(outcome, epoch);
        // What changes nothing is no reason to commit.
        if self.engine.changed().next().is_some() {
            epoch.advance(self.number, next_offset);
        }
        for trigger in &outcome.triggers {
            let tick = Published { offset: next_offset, tick: Some(time), now, newest: self.newest };
            self.publish(trigger, tick, "", options, epoch);
        }
        outcome.is_behind
    }

    /// Publishes a trigger or leaves it to the second stage, which keeps its episode's order. `issue` is what its cause is
    /// about.
    fn publish(&self, trigger: &Trigger, at: Published, issue: &str, options: &Options, epoch: &mut Epoch) {
        let Published { offset, tick, now, newest } = at;
        let policy = self.engine.policy();
        let age = now.map(|now| now - trigger.time);
        let backfill = matches!((age, options.publish_max_age), (Some(age), Some(most)) if age > most);
        let provenance = Provenance {
            application: &options.application,
            engine_version: env!("CARGO_PKG_VERSION"),
            knowledge_hash: &options.knowledge_hash,
            topic: &options.topic,
            partition: self.number,
            offset,
            tick,
            backfill,
        };
        if options.second_stage {
            let mut alert =
                Alert { backfill, ..sight::alert(trigger, issue, newest, policy, self.engine.detector().rules()) };
            wire::encode_trigger(trigger, &provenance, &mut alert.bytes);
            epoch.alerts.push(alert);
            return;
        }
        epoch.counts.trigger(trigger.step, trigger.assessment.level, backfill);
        epoch.publish(Destination::Triggers, trigger.conversation.as_bytes(), None, |out| {
            wire::encode_trigger(trigger, &provenance, out);
        });
    }

    /// Makes a dead letter of a record for a reason that lies outside of the record.
    pub fn refuse(
        &self,
        offset: i64,
        record: &RawRecord<'_>,
        reject: &Reject,
        workspace: &Workspace,
        epoch: &mut Epoch,
    ) {
        self.reject(offset, record, reject, &workspace.options, epoch);
    }

    fn reject(&self, offset: i64, record: &RawRecord<'_>, reject: &Reject, options: &Options, epoch: &mut Epoch) {
        epoch.counts.dead_letters[reject.reason as usize] += 1;
        let letter = DeadLetter {
            reject,
            topic: &options.topic,
            partition: self.number,
            offset,
            key: record.key,
            value: record.value,
            arrival: record.arrival,
            payload: options.payload,
        };
        epoch.publish(Destination::DeadLetters, record.key.unwrap_or_default(), None, |out| {
            wire::encode_dead_letter(&letter, out);
        });
    }
}

/// Counts the triggers that were due and held back in a step, by cause.
fn count_suppressed(outcome: &Outcome, epoch: &mut Epoch) {
    let suppressed = &mut epoch.counts.suppressed;
    suppressed[Suppression::CoolDown as usize] += u64::from(outcome.held_back);
    for (cause, number) in Withheld::ALL.into_iter().zip(outcome.withheld) {
        suppressed[Suppression::from(cause) as usize] += u64::from(number);
    }
}
