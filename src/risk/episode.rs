//! An episode of escalation: when it opens, rises and ends.

use super::deadline::DeadlineKind;
use super::{ContentId, Step};
use crate::limits;
use crate::policy::{Escalation, TeamIndex};
use crate::response::Routed;
use crate::score::Level;
use crate::signal::SignalSet;
use crate::time::Timestamp;

/// The last episode of a conversation, and what outlives it: numbers, cool-downs, causes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Episode {
    /// From 1; 0 before the first.
    pub(crate) number: u32,
    pub(crate) id: ContentId,
    pub(crate) open: bool,
    pub(crate) acknowledged: bool,
    /// Whether somebody acted on it since it was opened or reopened.
    pub(crate) attended: bool,
    /// When it was resolved, in the conversation's time; none while it is open, and where it ended otherwise.
    pub(crate) resolved: Option<Timestamp>,
    /// When the customer last heard, or it was last told that they should.
    pub(crate) heard: Option<Timestamp>,
    /// When people were last reminded of the stand-up.
    pub(crate) met: Option<Timestamp>,
    /// Which reminders of what follows the resolution went out, one bit a kind of deadline.
    pub(crate) reminded: u16,
    /// The highest level that was published since it was opened or reopened.
    pub(crate) level: Level,
    /// Steps published.
    pub(crate) sequence: u32,
    pub(crate) team: TeamIndex,
    /// Why that team.
    pub(crate) routed: Routed,
    /// The name of the kind of issue.
    pub(crate) issue: Box<str>,
    /// What its triggers spoke of.
    pub(crate) signals: SignalSet,
    /// The reason it was opened or last raised for.
    pub(crate) reason: Box<str>,
    /// The channel's name, the same for its whole life.
    pub(crate) channel: Box<str>,
    /// Those who said that they own it, the first one first.
    pub(crate) claims: Vec<Box<str>>,
    /// Whether a dispute of high value is part of it.
    pub(crate) high_value: bool,
    /// The steps so far, the first ones and the last ones.
    pub(crate) log: Vec<Logged>,
    /// Signals that were published without waiting for the cool-down.
    pub(crate) announced: SignalSet,
    /// When each level was last published, by `Level as usize`, in the conversation's time.
    pub(super) last: [Option<Timestamp>; Level::ALL.len()],
    /// Fingerprints of the events that opened or raised it or the ones before, the last ones; 0 is none.
    pub(super) causes: [u64; limits::RECENT_CAUSES],
    pub(super) next_cause: u8,
}

/// A step that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logged {
    pub(crate) time: Timestamp,
    pub(crate) step: Step,
    pub(crate) level: Level,
    pub(crate) reason: Box<str>,
}

/// What a message says that may move an episode.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signs {
    /// The conversation's latest time: a late event is published now, so that its cool-down counts from now.
    pub(crate) now: Timestamp,
    /// The event's fingerprint.
    pub(crate) cause: u64,
    pub(crate) level: Level,
    /// What the message itself speaks of.
    pub(crate) signals: SignalSet,
    /// Signals that do not wait for the cool-down.
    pub(crate) bypass: SignalSet,
    /// Calm customer messages in a row, this one included.
    pub(crate) calm_turns: u8,
    /// Whether it is the customer who wrote.
    pub(crate) by_customer: bool,
}

/// What an episode does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transition {
    /// Nothing.
    Stay,
    /// A trigger was due, but the cool-down holds it back.
    Hold,
    /// It opens or rises; the signals did not wait for the cool-down.
    Raise(Step, SignalSet),
    /// It ends because the risk has gone.
    Calm,
}

/// Decides what an episode does next.
pub(crate) fn decide(episode: Option<&Episode>, signs: &Signs, policy: &Escalation) -> Transition {
    let none = Episode::default();
    let episode = episode.unwrap_or(&none);
    let urgent = signs.signals.and(signs.bypass).without(episode.announced_while_open());
    let step = if !episode.open && (signs.level >= policy.open_level || !urgent.is_empty()) {
        if signs.by_customer && episode.is_back(signs.now, policy) { Step::Reopened } else { Step::Opened }
    } else if episode.open && (signs.level > episode.level || !urgent.is_empty()) {
        Step::Updated
    } else if episode.open && signs.calm_turns >= policy.close_turns {
        return Transition::Calm;
    } else {
        return Transition::Stay;
    };
    if episode.knows_cause(signs.cause) {
        return Transition::Stay;
    }
    let level = if step == Step::Updated { signs.level.max(episode.level) } else { signs.level };
    let cooling = episode.last[level as usize].is_some_and(|last| signs.now - last < policy.cool_down);
    if cooling && urgent.is_empty() {
        return Transition::Hold;
    }
    Transition::Raise(step, urgent)
}

impl Episode {
    const fn announced_while_open(&self) -> SignalSet {
        if self.open { self.announced } else { SignalSet::EMPTY }
    }

    /// Whether trouble at `now` is that of an episode which was resolved a short while ago.
    fn is_back(&self, now: Timestamp, policy: &Escalation) -> bool {
        !self.open && self.resolved.is_some_and(|resolved| now - resolved < policy.reopen)
    }

    /// When it was last opened or raised, in the conversation's time.
    pub(crate) fn raised_at(&self) -> Option<Timestamp> {
        self.last[self.level as usize]
    }

    /// Whether the event with that fingerprint opened or raised this episode or one before.
    pub(crate) fn knows_cause(&self, fingerprint: u64) -> bool {
        self.causes.contains(&fingerprint.max(1))
    }

    /// What is left of it when its conversation is erased: its number and the hashes of its causes.
    pub(crate) fn erased(&self) -> Episode {
        Episode { number: self.number, causes: self.causes, next_cause: self.next_cause, ..Episode::default() }
    }

    /// Notes a step; of a long story the beginning and the end.
    pub(crate) fn note_step(&mut self, time: Timestamp, step: Step, reason: &str) {
        if self.log.len() >= limits::EPISODE_LOG {
            self.log.remove(limits::EPISODE_LOG / 2);
        }
        self.log.push(Logged { time, step, level: self.level, reason: reason.into() });
    }

    /// Begins the next episode.
    pub(crate) fn open(&mut self, level: Level, id: impl FnOnce(u32) -> ContentId) {
        self.number = self.number.saturating_add(1);
        self.id = id(self.number);
        self.begin(level);
        self.sequence = 0;
        self.signals = SignalSet::EMPTY;
        self.channel = Box::default();
        self.claims.clear();
        self.log.clear();
        self.high_value = false;
    }

    /// Goes on with it, at a level of its own.
    pub(crate) fn begin(&mut self, level: Level) {
        (self.open, self.acknowledged, self.attended) = (true, false, false);
        self.level = level;
        (self.resolved, self.heard, self.met, self.reminded) = (None, None, None, 0);
        self.announced = SignalSet::EMPTY;
    }

    /// Notes that people are reminded at `time`.
    pub(crate) fn remind(&mut self, kind: DeadlineKind, time: Timestamp) {
        match kind {
            DeadlineKind::UpdateDue => self.heard = Some(time),
            DeadlineKind::StandUpDue => self.met = Some(time),
            _ => self.reminded |= 1 << kind as u16,
        }
    }

    /// The customer hears at `time` how it stands.
    pub(crate) fn hear(&mut self, time: Timestamp) {
        self.heard = self.heard.max(Some(time));
    }

    /// What is left when the episode that followed it is taken back: this one, as if the other had never been, but with
    /// what is known of causes.
    pub(crate) fn restored(self, after: &Episode) -> Episode {
        let mut last = after.last;
        last[after.level as usize] = self.last[after.level as usize];
        Episode { causes: after.causes, next_cause: after.next_cause, last, ..self }
    }

    /// It should never have been: the next episode takes its number, and the cool-down does not count from it.
    pub(crate) fn unhappen(&mut self) {
        self.number = self.number.saturating_sub(1);
        self.last[self.level as usize] = None;
    }

    /// Notes that the event `cause` opened it or raised it to `level` at `now`.
    pub(crate) fn note_raise(&mut self, level: Level, now: Timestamp, cause: u64, urgent: SignalSet) {
        self.level = level;
        self.last[level as usize] = Some(now);
        self.hear(now);
        self.announced = self.announced.union(urgent);
        self.causes[usize::from(self.next_cause) % limits::RECENT_CAUSES] = cause.max(1);
        self.next_cause = (self.next_cause + 1) % limits::RECENT_CAUSES as u8;
    }
}
