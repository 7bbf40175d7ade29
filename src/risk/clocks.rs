//! Who waits for whom, and since when: the facts that clocks are computed from. Only records move them.

use super::deadline::DeadlineKind;
use crate::time::Timestamp;

/// What a conversation's clocks run from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clocks {
    /// When the oldest customer message that no human being has answered was written.
    pub(super) waits_since: Option<Timestamp>,
    /// Whether a human being has answered before.
    pub(super) replied: bool,
    /// The deadlines of the wait at hand that have passed, one bit a kind.
    pub(super) settled: u16,
}

impl Clocks {
    /// No clock runs.
    pub(crate) const STOPPED: Clocks = Clocks { waits_since: None, replied: false, settled: 0 };

    /// Since when the customer waits for a human being.
    pub(crate) const fn waits_since(&self) -> Option<Timestamp> {
        self.waits_since
    }

    /// Whether the deadline has passed in the wait at hand.
    pub(crate) const fn is_settled(&self, kind: DeadlineKind) -> bool {
        self.settled & (1 << kind as u8) != 0
    }

    /// Notes that the deadline has passed.
    pub(crate) const fn settle(&mut self, kind: DeadlineKind) {
        self.settled |= 1 << kind as u8;
    }

    /// The customer wrote at `time`; `late` when the conversation has already seen later records.
    pub(crate) fn customer_wrote(&mut self, time: Timestamp, late: bool) {
        match self.waits_since {
            None if !late => (self.waits_since, self.settled) = (Some(time), 0),
            // A first message that others overtook: its clock began with it, unless a deadline has passed already.
            Some(since) if late && !self.replied && self.settled == 0 => self.waits_since = Some(since.min(time)),
            _ => {}
        }
    }

    /// A human being answered at `time`.
    pub(crate) fn human_replied(&mut self, time: Timestamp) {
        if self.waits_since.is_some_and(|since| since <= time) {
            *self = Clocks { replied: true, ..Clocks::STOPPED };
        }
    }

    /// The matter is settled: nobody waits.
    pub(crate) const fn stop(&mut self) {
        *self = Clocks::STOPPED;
    }
}
