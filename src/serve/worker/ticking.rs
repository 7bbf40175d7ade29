//! Time passes in partitions of which no event comes: deadlines are settled by the clock, but never by a guess.
//!
//! A partition ticks to a moment only if its leader, asked after that moment, had nothing that was not applied yet. The
//! clock is the wall's, but never faster than the monotonic one, so that a step of the wall's breaks no promise; and when
//! no event at all has come for long, it stands.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Worker;
use crate::kafka::{Batch, Log, Source};
use crate::serve::processor::Processor;
use crate::settings::Ticks;
use crate::time::Timestamp;

/// How often partitions tick.
const EVERY: Duration = Duration::from_millis(500);

/// The wall's clock, held to the pace of the monotonic one.
#[derive(Clone, Copy, Debug)]
struct Pace {
    told: Timestamp,
    at: Instant,
}

impl Pace {
    /// What it is now, where the wall says `wall`.
    fn tell(&mut self, wall: Timestamp, now: Instant) -> Timestamp {
        let elapsed = now.saturating_duration_since(self.at).as_millis() as i64;
        let furthest = Timestamp(self.told.0.saturating_add(elapsed));
        *self = Pace { told: wall.min(furthest).max(self.told), at: now };
        self.told
    }
}

fn wall() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp(now.map_or(0, |now| now.as_millis() as i64))
}

/// What a worker knows of time.
#[derive(Debug)]
pub(super) struct Ticker {
    settings: Ticks,
    pace: Pace,
    /// When ends were last asked for, and the time that it was then; the time is taken by the answer.
    asked: (Instant, Option<Timestamp>),
    /// Ticks that are due: kept until the transaction that holds them is committed.
    pub(super) due: BTreeMap<Source, Timestamp>,
    /// How many records the process had committed when that was last seen to change, and when that was.
    heard: (u64, Instant),
}

impl Ticker {
    /// Time begins now.
    pub(super) fn new(settings: Ticks) -> Ticker {
        let now = Instant::now();
        let pace = Pace { told: wall(), at: now };
        Ticker { settings, pace, asked: (now, None), due: BTreeMap::new(), heard: (0, now) }
    }

    /// Whether no event has come for long.
    fn is_silent(&mut self, records: u64, now: Instant) -> bool {
        if records != self.heard.0 {
            self.heard = (records, now);
        }
        let silence = now.saturating_duration_since(self.heard.1).as_millis() as i64;
        silence > self.settings.input_silence.0
    }
}

impl<L: Log, P: Processor> Worker<L, P> {
    /// Asks how far partitions are, and finds out which may tick. Called with no transaction open.
    pub(super) fn find_ticks(&mut self) {
        let Some(ticker) = &mut self.ticker else { return };
        let now = Instant::now();
        if let Some(ends) = self.log.take_ends()
            && let Some(time) = ticker.asked.1.take()
        {
            let time = time - ticker.settings.allowed_lateness;
            let all_applied = self.done == self.batch.len();
            for (source, end) in ends {
                let Some(progress) = self.owned.get(&source).filter(|progress| !progress.restoring) else { continue };
                // Behind the last record there may be markers of transactions, which are no records.
                let position = if all_applied { self.log.position(source) } else { None };
                let is_caught_up = progress.next.max(position) >= Some(end);
                if is_caught_up && progress.next.is_some() && self.processor.is_due(source, time) {
                    ticker.due.insert(source, time);
                }
            }
        }
        if ticker.asked.1.is_some() || now.saturating_duration_since(ticker.asked.0) < EVERY {
            return;
        }
        let is_silent = ticker.is_silent(self.metrics.records(), now);
        self.metrics.set_silent(is_silent);
        if is_silent {
            ticker.asked.0 = now;
            return;
        }
        ticker.asked = (now, Some(ticker.pace.tell(wall(), now)));
        let keep_state = |source: &Source| self.processor.keeps_state(*source);
        let sources: Vec<Source> = self.owned.keys().copied().filter(keep_state).collect();
        self.log.ask_ends(sources);
    }

    /// Whether a partition has a tick to make.
    pub(super) fn has_ticks(&self) -> bool {
        self.ticker.as_ref().is_some_and(|ticker| !ticker.due.is_empty())
    }

    /// The partition is not this worker's any more, or its state is being restored.
    pub(super) fn forget_tick(&mut self, source: Source) {
        if let Some(ticker) = &mut self.ticker {
            ticker.due.remove(&source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_never_faster_than_the_monotonic_one_and_never_goes_back() {
        let begin = Instant::now();
        let after = |milliseconds| begin + Duration::from_millis(milliseconds);
        let mut pace = Pace { told: Timestamp(1_000), at: begin };
        assert_eq!(pace.tell(Timestamp(1_500), after(500)), Timestamp(1_500));
        assert_eq!(pace.tell(Timestamp(3_601_500), after(1_000)), Timestamp(2_000), "the wall stepped forward");
        assert_eq!(pace.tell(Timestamp(900), after(1_500)), Timestamp(2_000), "and back");
        assert_eq!(pace.tell(Timestamp(2_100), after(2_000)), Timestamp(2_100));
    }

    #[test]
    fn time_stands_when_nothing_is_heard() {
        let settings = Ticks {
            clock: true,
            allowed_lateness: crate::time::Span::ZERO,
            input_silence: crate::time::Span::minutes(5),
        };
        let mut ticker = Ticker::new(settings);
        let begin = ticker.heard.1;
        let minute = |minutes: u64| begin + Duration::from_secs(60 * minutes);
        assert!(!ticker.is_silent(0, minute(4)));
        assert!(ticker.is_silent(0, minute(6)));
        assert!(!ticker.is_silent(1, minute(7)), "an event came");
        assert!(ticker.is_silent(1, minute(13)));
    }
}
