//! Who waits for whom, and since when: the facts that clocks are computed from. Only records move them.

use super::deadline::DeadlineKind;
use crate::policy::{CalendarIndex, Pace};
use crate::time::{Span, Timestamp};

/// A moment or none, in six bytes: ms since [`Timestamp::MIN`], and one more. Later than the year 8900 is the year 8900.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Since([u16; 3]);

impl Since {
    /// No moment.
    pub(crate) const NEVER: Since = Since([0; 3]);
    const MOST: i64 = (1 << 48) - 1;

    pub(crate) const fn get(self) -> Option<Timestamp> {
        let Since([low, middle, high]) = self;
        match (low as i64) | (middle as i64) << 16 | (high as i64) << 32 {
            0 => None,
            ms => Some(Timestamp(ms - 1 + Timestamp::MIN.0)),
        }
    }
}

impl From<Timestamp> for Since {
    fn from(time: Timestamp) -> Since {
        let ms = (time - Timestamp::MIN).0.clamp(0, Since::MOST - 1) + 1;
        Since([ms as u16, (ms >> 16) as u16, (ms >> 32) as u16])
    }
}

/// Whether a human being has answered since the matter began.
const REPLIED: u16 = 1 << 15;
/// Whether the resolution clock stands still.
const PAUSED: u16 = 1 << 14;
/// Whether the matter is said to be settled.
const DONE: u16 = 1 << 13;
/// Whether the last answer was a vague close.
const VAGUE: u16 = 1 << 12;

/// What a conversation's clocks run from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clocks {
    /// When the oldest customer message was written that no human being has answered.
    pub(super) waits_for_human: Since,
    /// When the oldest was that nobody has answered, not even a bot.
    pub(super) waits: Since,
    /// Since when the resolution clock runs.
    pub(super) runs: Since,
    /// Milliseconds that it ran before, in two halves.
    pub(super) spent: [u16; 2],
    /// The deadlines that have passed, one bit a kind, and four facts in the highest bits.
    pub(super) bits: u16,
    /// Per cent of the time that the account is given; 0 is not known yet.
    pub(super) percent: u8,
    /// The business calendar.
    pub(super) calendar: CalendarIndex,
}

const _: () = assert!(size_of::<Clocks>() == 26, "clocks are part of every conversation");
/// Kinds with a higher number have no bit: what comes of them changes a fact, so that they do not pass again.
const BITS: u16 = 12;
const _: () = assert!((DeadlineKind::SilentDrop as u16) < BITS, "clocks keep one bit a kind, and four facts");

impl Clocks {
    const fn has(&self, bit: u16) -> bool {
        self.bits & bit != 0
    }

    const fn set(&mut self, bit: u16, on: bool) {
        self.bits = if on { self.bits | bit } else { self.bits & !bit };
    }

    /// Since when the customer waits for a human being, or for anyone.
    pub(crate) const fn waits_since(&self, humans_only: bool) -> Option<Timestamp> {
        if humans_only { self.waits_for_human.get() } else { self.waits.get() }
    }

    /// Since when the resolution clock runs, and how long it ran before.
    pub(crate) fn runs_since(&self) -> Option<(Timestamp, Span)> {
        Some((self.runs.get()?, self.spent()))
    }

    fn spent(&self) -> Span {
        Span(i64::from(self.spent[0]) | i64::from(self.spent[1]) << 16)
    }

    /// Whether a human being has answered since the matter began.
    pub(crate) const fn is_replied(&self) -> bool {
        self.has(REPLIED)
    }

    /// Whether the matter is said to be settled, and nobody has written since that it is not.
    pub(crate) const fn is_done(&self) -> bool {
        self.has(DONE)
    }

    /// Whether the last answer was a vague close that left the matter unsolved.
    pub(crate) const fn is_left_vague(&self) -> bool {
        self.has(VAGUE)
    }

    /// The last answer was, or was not, a vague close.
    pub(crate) const fn leave_vague(&mut self, vague: bool) {
        self.set(VAGUE, vague);
        self.set(1 << DeadlineKind::SilentDrop as u16, false);
    }

    /// Whether the deadline has passed.
    pub(crate) const fn is_settled(&self, kind: DeadlineKind) -> bool {
        (kind as u16) < BITS && self.has(1 << kind as u16)
    }

    /// Notes that the deadline has passed.
    pub(crate) const fn settle(&mut self, kind: DeadlineKind) {
        debug_assert!((kind as u16) < BITS, "only these have a bit");
        self.set(1 << kind as u16, true);
    }

    fn unsettle(&mut self, about: impl Fn(DeadlineKind) -> bool) {
        for kind in DeadlineKind::ALL.into_iter().filter(|kind| about(*kind)) {
            self.set(1 << kind as u16, false);
        }
    }

    /// By what the account asks for, clocks run from now on.
    pub(crate) const fn set_pace(&mut self, percent: u8, calendar: CalendarIndex) {
        (self.percent, self.calendar) = (percent, calendar);
    }

    /// The customer wrote at `time` what asks for an answer; `late` when the conversation has already seen later records.
    pub(crate) fn customer_wrote(&mut self, time: Timestamp, late: bool) {
        if late {
            // A first message that others overtook: its clocks began with it, unless a deadline has passed already.
            let untouched = !self.is_replied() && !DeadlineKind::ALL.into_iter().any(|kind| self.is_settled(kind));
            for since in [&mut self.waits_for_human, &mut self.waits, &mut self.runs] {
                if untouched && let Some(known) = since.get() {
                    *since = known.min(time).into();
                }
            }
            return;
        }
        if self.waits_for_human == Since::NEVER {
            self.waits_for_human = time.into();
            self.unsettle(DeadlineKind::is_about_waiting);
        }
        if self.waits == Since::NEVER {
            self.waits = time.into();
        }
        self.set(DONE, false);
        self.resume(time);
    }

    /// A bot answered.
    pub(crate) const fn bot_replied(&mut self) {
        self.waits = Since::NEVER;
    }

    /// A human being answered at `time`.
    pub(crate) fn human_replied(&mut self, time: Timestamp) {
        if self.waits_for_human.get().is_none_or(|since| since <= time) {
            (self.waits_for_human, self.waits) = (Since::NEVER, Since::NEVER);
            self.set(REPLIED, true);
            self.unsettle(DeadlineKind::is_about_waiting);
        }
    }

    /// The resolution clock stands still from `time` on.
    pub(crate) fn pause(&mut self, time: Timestamp, pace: Option<&Pace<'_>>) {
        let Some(since) = self.runs.get() else { return };
        let ran = pace.map_or(Span::ZERO, |pace| pace.between(since, time));
        let spent = u32::try_from(self.spent().0 + ran.0).unwrap_or(u32::MAX);
        self.spent = [spent as u16, (spent >> 16) as u16];
        self.runs = Since::NEVER;
        self.set(PAUSED, true);
    }

    /// It runs again, or begins.
    pub(crate) fn resume(&mut self, time: Timestamp) {
        if self.runs == Since::NEVER {
            self.runs = time.into();
            self.set(PAUSED, false);
        }
    }

    /// Whether the resolution clock stands still.
    pub(crate) const fn is_paused(&self) -> bool {
        self.has(PAUSED)
    }

    /// Nobody waits any more; `done` when the matter is said to be settled. That a bot left it vague is not settled by that.
    pub(crate) fn stop(&mut self, done: bool, by_bot: bool) {
        let Clocks { percent, calendar, bits, .. } = *self;
        let kept = if by_bot { REPLIED | VAGUE | 1 << DeadlineKind::SilentDrop as u16 } else { REPLIED };
        *self = Clocks { percent, calendar, bits: bits & kept | if done { DONE } else { 0 }, ..Clocks::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_keep_their_milliseconds() {
        for time in [Timestamp::MIN, Timestamp(0), Timestamp(-1), Timestamp(1_800_000_000_123)] {
            assert_eq!(Since::from(time).get(), Some(time));
        }
        assert_eq!(Since::NEVER.get(), None);
        assert!(Since::from(Timestamp::MAX).get() < Some(Timestamp::MAX), "so late a moment is set back");
    }

    #[test]
    fn a_pause_does_not_count() {
        let mut clocks = Clocks::default();
        clocks.customer_wrote(Timestamp(1_000), false);
        let policy = crate::policy::Policy::shipped();
        let pace = policy.sla.pace(Some(crate::message::Priority::P1), 100, CalendarIndex(0));
        clocks.pause(Timestamp(61_000), pace.as_ref());
        assert!(clocks.is_paused() && clocks.runs_since().is_none());
        clocks.resume(Timestamp(500_000));
        assert_eq!(clocks.runs_since(), Some((Timestamp(500_000), Span(60_000))));
    }
}
