//! When people are reminded: of the customer, of the stand-up, of the debrief, of the post-mortem.

use super::document::Document;
use crate::score::Level;
use crate::signal::{Signal, SignalSet};
use crate::time::Span;

/// When people are reminded of an escalation. How often the customer hears is part of its severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reminders {
    /// From this level on there is a stand-up on each working day.
    pub stand_up: Level,
    /// The reminder goes out so long after the working day begins.
    pub stand_up_after: Span,
    /// And the stand-up is so long after the reminder.
    pub stand_up_before: Span,
    /// From this level on a debrief falls due ...
    pub debrief: Level,
    /// ... so long after the resolution.
    pub debrief_after: Span,
    /// From this level on, and for these signals, a draft of the post-mortem is made ...
    pub post_mortem: Level,
    /// See above.
    pub post_mortem_signals: SignalSet,
    /// ... so long after the resolution.
    pub post_mortem_after: Span,
}

impl Reminders {
    pub(super) fn read(document: &mut Document<'_>) -> Reminders {
        let levels = Level::ALL.map(Level::name);
        let mut level = |key: &str| document.name(key, &levels[1..], Level::from_name).unwrap_or(Level::Critical);
        let [stand_up, debrief, post_mortem] =
            ["stand_up.severity", "debrief.severity", "post_mortem.severity"].map(&mut level);
        let remind = Span::minutes(document.integer("stand_up.remind_minutes", 0..=720));
        let after = Span::minutes(document.integer("stand_up.minutes_after_opening", 0..=720));
        let mut post_mortem_signals = SignalSet::EMPTY;
        for (name, at) in document.texts("post_mortem.signals") {
            match Signal::from_name(&name) {
                Some(signal) => post_mortem_signals.insert(signal),
                None => {
                    let names: Vec<&str> = Signal::ALL.iter().map(|signal| signal.name()).collect();
                    document.unknown_name("post_mortem.signals", &name, at, &names);
                }
            }
        }
        Reminders {
            stand_up,
            stand_up_after: Span(after.0 - remind.0),
            stand_up_before: remind,
            debrief,
            debrief_after: Span::hours(document.integer("debrief.after_hours", 0..=8_760)),
            post_mortem,
            post_mortem_signals,
            post_mortem_after: Span::hours(document.integer("post_mortem.after_hours", 0..=8_760)),
        }
    }
}
