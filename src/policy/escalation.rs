//! When episodes open, rise and end.

use super::document::Document;
use super::scoring::Scoring;
use crate::diagnostic::Code;
use crate::score::Level;
use crate::signal::{Signal, SignalSet};
use crate::time::Span;

/// When episodes open, rise and end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Escalation {
    /// The least level that opens an episode; never `Info`.
    pub open_level: Level,
    /// Below this score for [`Escalation::close_turns`] customer messages in a row an episode ends.
    pub close_score: i32,
    /// How many calm customer messages end an episode.
    pub close_turns: u8,
    /// The least time between two triggers of one level.
    pub cool_down: Span,
    /// A customer who comes back with trouble so soon after the end reopens the episode.
    pub reopen: Span,
    /// An episode that nobody acted on for so long is given up.
    pub unattended: Span,
    /// Signals that do not wait for the cool-down.
    pub bypass: SignalSet,
    /// A conversation that was quiet for so long is forgotten.
    pub expire: Span,
    /// A snooze or a mute holds at most so long.
    pub silence_most: Span,
}

impl Escalation {
    pub(super) fn read(document: &mut Document<'_>) -> Escalation {
        let levels = Level::ALL.map(Level::name);
        let open_level = document.name("episode.open_level", &levels[1..], |name| {
            Level::from_name(name).filter(|level| *level > Level::Info)
        });
        let mut bypass = SignalSet::default();
        for (name, at) in document.texts("episode.bypass") {
            match Signal::from_name(&name) {
                Some(signal) => bypass.insert(signal),
                None => {
                    let names: Vec<&str> = Signal::ALL.iter().map(|signal| signal.name()).collect();
                    document.unknown_name("episode.bypass", &name, at, &names);
                }
            }
        }
        Escalation {
            open_level: open_level.unwrap_or(Level::Medium),
            close_score: document.integer("episode.close_score", 1..=1_000) as i32,
            close_turns: document.integer("episode.close_turns", 1..=100) as u8,
            cool_down: Span::minutes(document.integer("episode.cool_down_minutes", 0..=10_080)),
            reopen: Span::hours(document.integer("episode.reopen_hours", 0..=8_760)),
            unattended: Span::days(document.integer("episode.unattended_days", 1..=3_650)),
            bypass,
            expire: Span::days(document.integer("conversation.expire_days", 1..=3_650)),
            silence_most: Span::days(document.integer("silence.most_days", 0..=3_650)),
        }
    }

    /// An episode must not be calm at the score that opens it.
    pub(super) fn check_hysteresis(&self, scoring: &Scoring, document: &mut Document<'_>) {
        let opens_at = scoring.threshold(self.open_level);
        if self.close_score > opens_at {
            let (key, other) = ("episode.close_score", format!("levels.{}", self.open_level));
            let message =
                format!("`{key}` is {}, above `{other}`, where an episode opens: {opens_at}", self.close_score);
            let place = document.later_place(key, &other);
            document.report(Code::PolicyNotAscending, place, message, "an episode must not be calm where it opens");
        }
    }
}
