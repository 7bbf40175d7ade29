//! Time passes in partitions of which no event comes: deadlines are settled by the clock, but never by a guess.
//!
//! A partition ticks to a moment only if its leader, asked after that moment, had nothing that was not applied yet. The
//! clock is the wall's, but never faster than the monotonic one, so that a step of the wall's breaks no promise; and when
//! nothing at all has come into the input for long, whoever reads it, it stands.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Worker;
use crate::kafka::{Batch, Log, Source};
use crate::serve::processor::Processor;
use crate::settings::Ticks;
use crate::time::{Span, Timestamp};

/// How often partitions tick.
const EVERY: Duration = Duration::from_millis(500);
/// How often at most it is asked whether anything comes into the partitions of others.
const GROWTH_EVERY: Duration = Duration::from_secs(60);

/// Tells the monotonic time, and the wall's.
pub(super) type Clock = Box<dyn Fn() -> (Instant, Timestamp) + Send>;

/// The system's clocks.
pub(super) fn system_clock() -> Clock {
    Box::new(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        (Instant::now(), Timestamp(now.map_or(0, |now| now.as_millis() as i64)))
    })
}

/// The wall's clock, held to the pace of the monotonic one.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// Where both began: steps are never added up, since what each of them cuts off would be lost.
    begun: (Instant, Timestamp),
    told: Timestamp,
}

impl Pace {
    fn new((now, wall): (Instant, Timestamp)) -> Pace {
        Pace { begun: (now, wall), told: wall }
    }

    /// What it is now.
    fn tell(&mut self, (now, wall): (Instant, Timestamp)) -> Timestamp {
        let elapsed = now.saturating_duration_since(self.begun.0).as_millis() as i64;
        let furthest = Timestamp(self.begun.1.0.saturating_add(elapsed));
        self.told = wall.min(furthest).max(self.told);
        self.told
    }
}

/// Since when nothing has come into the input.
#[derive(Clone, Copy, Debug)]
struct Silence {
    /// How many records this process had committed when that was last seen to change.
    records: u64,
    /// When something was last seen to come, here or elsewhere.
    heard: Instant,
    /// When it was last asked what comes elsewhere, and whether the answer is still to come.
    asked: (Instant, bool),
}

impl Silence {
    fn new(now: Instant) -> Silence {
        Silence { records: 0, heard: now, asked: (now, false) }
    }

    /// Takes in what is known: records of this process, and the answer to the last question about all others.
    fn note(&mut self, records: u64, growth: Option<bool>, now: Instant) {
        if growth.is_some() {
            self.asked.1 = false;
        }
        if records != self.records || growth == Some(true) {
            (self.records, self.heard) = (records, now);
        }
    }

    /// Whether to ask now: four times before `longest` is over, so that what others read is heard in time.
    fn asks(&mut self, longest: Span, now: Instant) -> bool {
        let quarter = Duration::from_millis(longest.0.unsigned_abs() / 4).min(GROWTH_EVERY);
        let is_time = [self.heard, self.asked.0].iter().all(|at| now.saturating_duration_since(*at) >= quarter);
        let asks = is_time && !self.asked.1;
        if asks {
            self.asked = (now, true);
        }
        asks
    }

    fn is_longer(&self, longest: Span, now: Instant) -> bool {
        now.saturating_duration_since(self.heard).as_millis() as i64 > longest.0
    }
}

/// What a worker knows of time.
pub(super) struct Ticker {
    settings: Ticks,
    clock: Clock,
    pace: Pace,
    asked_at: Instant,
    /// Partitions whose ends are asked for, each with the time that it was then.
    asked: BTreeMap<Source, Timestamp>,
    /// Ticks that are due: kept until the transaction that holds them is committed.
    pub(super) due: BTreeMap<Source, Timestamp>,
    silence: Silence,
}

impl Ticker {
    /// Time begins now.
    pub(super) fn new(settings: Ticks, clock: Clock) -> Ticker {
        let begun = clock();
        let (now, pace) = (begun.0, Pace::new(begun));
        let silence = Silence::new(now);
        Ticker { settings, clock, pace, asked_at: now, asked: BTreeMap::new(), due: BTreeMap::new(), silence }
    }
}

impl<L: Log, P: Processor> Worker<L, P> {
    /// Asks how far partitions are in which something falls due, and finds out which may tick. Called with no transaction
    /// open.
    pub(super) fn find_ticks(&mut self) {
        let Some(ticker) = &mut self.ticker else { return };
        let all_applied = self.done == self.batch.len();
        while let Some((source, end)) = self.log.take_end() {
            let (Some(time), Some(end)) = (ticker.asked.remove(&source), end) else { continue };
            let Some(progress) = self.owned.get(&source).filter(|progress| !progress.restoring) else { continue };
            // Behind the last record there may be markers of transactions, which are no records.
            let position = if all_applied { self.log.position(source) } else { None };
            let is_caught_up = progress.next.max(position) >= Some(end);
            if is_caught_up && progress.next.is_some() && self.processor.is_due(source, time) {
                ticker.due.insert(source, time);
            }
        }
        let (now, wall) = (ticker.clock)();
        if now.saturating_duration_since(ticker.asked_at) < EVERY {
            return;
        }
        ticker.asked_at = now;
        let longest = ticker.settings.input_silence;
        ticker.silence.note(self.metrics.records(), self.log.take_growth(), now);
        if ticker.silence.asks(longest, now) {
            self.log.ask_growth();
        }
        let is_silent = ticker.silence.is_longer(longest, now);
        self.metrics.set_silent(is_silent);
        if is_silent {
            return;
        }
        let time = ticker.pace.tell((now, wall)) - ticker.settings.allowed_lateness;
        for (source, progress) in &self.owned {
            let waits = ticker.asked.contains_key(source) || ticker.due.contains_key(source);
            if !waits && !progress.restoring && self.processor.is_due(*source, time) {
                ticker.asked.insert(*source, time);
                self.log.ask_end(*source);
            }
        }
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
        let mut pace = Pace::new((begin, Timestamp(1_000)));
        assert_eq!(pace.tell((after(500), Timestamp(1_500))), Timestamp(1_500));
        assert_eq!(pace.tell((after(1_000), Timestamp(3_601_500))), Timestamp(2_000), "the wall stepped forward");
        assert_eq!(pace.tell((after(1_500), Timestamp(900))), Timestamp(2_000), "and back");
        assert_eq!(pace.tell((after(2_000), Timestamp(2_100))), Timestamp(2_100));
    }

    #[test]
    fn the_clock_loses_nothing_by_being_asked_often() {
        let begin = Instant::now();
        let mut pace = Pace::new((begin, Timestamp(0)));
        for step in 1..=10_000 {
            let elapsed = Duration::from_micros(700 * step);
            pace.tell((begin + elapsed, Timestamp(elapsed.as_millis() as i64)));
        }
        assert_eq!(pace.told, Timestamp(7_000));
    }

    #[test]
    fn time_stands_when_nothing_is_heard_here_or_elsewhere() {
        let longest = Span::minutes(5);
        let begin = Instant::now();
        let minute = |minutes: u64| begin + Duration::from_secs(60 * minutes);
        let mut silence = Silence::new(begin);
        assert!(!silence.asks(longest, begin) && !silence.is_longer(longest, minute(4)));
        assert!(silence.asks(longest, minute(2)), "nothing came here: what of the others?");
        assert!(!silence.asks(longest, minute(4)), "not before there is an answer");
        silence.note(0, Some(false), minute(4));
        assert!(silence.asks(longest, minute(4)));
        silence.note(0, Some(true), minute(5));
        assert!(!silence.is_longer(longest, minute(10)), "others heard something");
        assert!(silence.is_longer(longest, minute(11)));
        silence.note(1, None, minute(12));
        assert!(!silence.is_longer(longest, minute(13)), "an event came here");
        assert!(silence.is_longer(longest, minute(18)));
    }
}
