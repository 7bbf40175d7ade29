//! What is seen across conversations, and how many alerts an account may raise in a day.

use super::document::Document;
use super::response::signals;
use super::routing::{Routing, TeamIndex};
use crate::diagnostic::Code;
use crate::score::Level;
use crate::signal::SignalSet;
use crate::time::Span;

/// What is seen across conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects {
    /// How often subjects are looked at, in event time; divides a day.
    pub pane: Span,
    /// How late an event may be within its partition.
    pub lateness: Span,
    /// Like complaints of several accounts.
    pub incident: Watch,
    /// So many times what is usual makes an incident.
    pub times_usual: u64,
    /// Signals that make a message a complaint.
    pub complaints: SignalSet,
    /// By `Level as usize`: whether alerts about an incident's issue become part of its list.
    pub folds: [bool; Level::ALL.len()],
    /// The same issue of one account again.
    pub recurring: Watch,
    /// Several people of one account.
    pub voices: Watch,
    /// Alerts of one account on one day before those of `digested` levels are digested.
    pub alerts_per_day: usize,
    /// By `Level as usize`: whether alerts beyond the budget are digested.
    pub digested: [bool; Level::ALL.len()],
    /// Signals whose alerts are never withheld.
    pub never: SignalSet,
}

/// What makes a subject worth telling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// At least so many conversations.
    pub conversations: usize,
    /// Of at least so many accounts.
    pub accounts: usize,
    /// By at least so many people.
    pub people: usize,
    /// Within this time.
    pub window: Span,
    /// The level of what is told.
    pub level: Level,
    /// Who acts.
    pub team: TeamIndex,
}

impl Subjects {
    pub(super) fn read(document: &mut Document<'_>, routing: &Routing) -> Subjects {
        let minutes = document.integer("windows.pane_minutes", 1..=60);
        if 1_440 % minutes != 0 {
            let at = document.place("windows.pane_minutes");
            let message = format!("`windows.pane_minutes` is {minutes}, which does not divide a day");
            document.report(Code::PolicyOutOfRange, at, message, "such as 1, 2, 3, 5, 6, 10, 12, 15, 20, 30 or 60");
        }
        let mut watch = |table: &str, window: Span| {
            let key = |name: &str| format!("{table}.{name}");
            let names = Level::ALL.map(Level::name);
            let level = document.name(&key("level"), &names[1..], Level::from_name).unwrap_or(Level::Medium);
            let team = routing.read_team(document, &key("team")).unwrap_or_default();
            Watch { conversations: 1, accounts: 1, people: 0, window, level, team }
        };
        let (incident, recurring, voices) =
            (watch("incident", Span::ZERO), watch("recurring", Span::ZERO), watch("voices", Span::ZERO));
        let mut number = |key: &str, most: i64| document.integer(key, 1..=most);
        Subjects {
            pane: Span::minutes(minutes),
            incident: Watch {
                conversations: number("incident.conversations", 1_000) as usize,
                accounts: number("incident.accounts", 1_000) as usize,
                window: Span::minutes(number("incident.window_minutes", 1_440)),
                ..incident
            },
            times_usual: number("incident.times_usual", 1_000) as u64,
            recurring: Watch {
                conversations: number("recurring.conversations", 1_000) as usize,
                window: Span::days(number("recurring.window_days", 366)),
                ..recurring
            },
            voices: Watch {
                people: number("voices.people", 32) as usize,
                window: Span::hours(number("voices.window_hours", 720)),
                ..voices
            },
            lateness: Span::seconds(document.integer("windows.lateness_seconds", 0..=86_400)),
            complaints: signals(document, "incident.complaints"),
            folds: levels(document, "incident.folds"),
            alerts_per_day: document.integer("budget.alerts_per_day", 0..=1_000) as usize,
            digested: levels(document, "budget.levels"),
            never: signals(document, "budget.never"),
        }
    }
}

/// A list of levels up to medium: what is graver is never withheld.
fn levels(document: &mut Document<'_>, key: &str) -> [bool; Level::ALL.len()] {
    let mut levels = [false; Level::ALL.len()];
    for (name, at) in document.texts(key) {
        match Level::from_name(&name).filter(|level| matches!(level, Level::Low | Level::Medium)) {
            Some(level) => levels[level as usize] = true,
            None => document.unknown_name(key, &name, at, &["low", "medium"]),
        }
    }
    levels
}
