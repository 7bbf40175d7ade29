//! What a company decides: thresholds, stakes, teams and owners, from `policy/*.toml`.
//!
//! The files are flat tables of dotted keys; a later file overrides an earlier one key by key, and every one overrides
//! those that ship. Loading is linting: every fault is a diagnostic (3xx), and a policy that was loaded with one must
//! not be used.

mod calendar;
mod course;
mod currencies;
mod document;
mod escalation;
mod exceptions;
mod issues;
mod reminders;
mod response;
mod routing;
mod scoring;
mod sla;
mod subjects;
mod tags;
mod vocabulary;
mod words;

use std::sync::{Arc, LazyLock};

use document::Document;

pub use calendar::{Calendar, CalendarIndex, Calendars, ZONE_DATABASE};
pub use course::{Combination, Confidence, Course, Urgency};
pub use currencies::Currencies;
pub use escalation::Escalation;
pub use exceptions::Exception;
pub use issues::{Field, Issue, IssueIndex, Issues};
pub use reminders::Reminders;
pub use response::{Brief, Gate, Lane, Lanes, Response, Severity, Withhold, fill};
pub use routing::{BUILT_IN_REASONS, Owner, PersonField, Routing, TeamIndex};
pub use scoring::{Heat, Loops, Scoring, Stakes};
pub use sla::{Clock, Pace, Sla, Terms};
pub use subjects::{Subjects, Watch};
pub use tags::{TagKind, Tags};
pub use words::{Entry, Lookup, Match, Templates, Use, Words};

use crate::diagnostic::{Diagnostic, SourceFile};
use crate::rules::RuleSet;

/// The policy files that ship with the program: path and text.
pub const SHIPPED: [(&str, &str); 16] = [
    ("policy/briefs/actions.toml", include_str!("../../policy/briefs/actions.toml")),
    ("policy/briefs/context.toml", include_str!("../../policy/briefs/context.toml")),
    ("policy/briefs/templates.toml", include_str!("../../policy/briefs/templates.toml")),
    ("policy/briefs/things.toml", include_str!("../../policy/briefs/things.toml")),
    ("policy/briefs/troubles.toml", include_str!("../../policy/briefs/troubles.toml")),
    ("policy/calendars.toml", include_str!("../../policy/calendars.toml")),
    ("policy/currencies.toml", include_str!("../../policy/currencies.toml")),
    ("policy/escalation.toml", include_str!("../../policy/escalation.toml")),
    ("policy/exceptions.toml", include_str!("../../policy/exceptions.toml")),
    ("policy/issues.toml", include_str!("../../policy/issues.toml")),
    ("policy/response.toml", include_str!("../../policy/response.toml")),
    ("policy/routing.toml", include_str!("../../policy/routing.toml")),
    ("policy/scoring.toml", include_str!("../../policy/scoring.toml")),
    ("policy/sla.toml", include_str!("../../policy/sla.toml")),
    ("policy/subjects.toml", include_str!("../../policy/subjects.toml")),
    ("policy/tags.toml", include_str!("../../policy/tags.toml")),
];

/// Everything a company decides. Immutable once loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// How points become a score.
    pub scoring: Scoring,
    /// When episodes open, rise and end.
    pub escalation: Escalation,
    /// Who acts.
    pub routing: Routing,
    /// The kinds of issues.
    pub issues: Issues,
    /// What cases are told in.
    pub words: Arc<Words>,
    /// What is done about an escalation.
    pub response: Response,
    /// When people are reminded.
    pub reminders: Reminders,
    /// What currencies are worth.
    pub currencies: Currencies,
    /// How long a customer may wait.
    pub sla: Sla,
    /// What is seen across conversations.
    pub subjects: Subjects,
    /// What must not raise an alert.
    pub exceptions: Vec<Exception>,
    /// The words that triggers are tagged with.
    pub tags: Tags,
}

impl Policy {
    /// Reads the shipped files, then `files` in order, later ones overriding earlier ones by key. Every fault is added to
    /// `diagnostics`, in the order of files and places.
    #[must_use]
    pub fn load(files: &[SourceFile], diagnostics: &mut Vec<Diagnostic>) -> Policy {
        let before = diagnostics.len();
        let policy = Policy::read(files, diagnostics);
        let file_of = |path: &str| files.iter().position(|file| file.path == path);
        diagnostics[before..].sort_by_key(|found| {
            (file_of(&found.location.path), found.location.line, found.location.column, found.code)
        });
        policy
    }

    fn read(files: &[SourceFile], diagnostics: &mut Vec<Diagnostic>) -> Policy {
        let shipped = SHIPPED.map(|(path, text)| SourceFile { path: path.to_owned(), text: text.to_owned() });
        let mut document = Document::read(shipped.iter().chain(files), diagnostics);
        let routing = Routing::read(&mut document);
        let issues = Issues::read(&mut document, &routing);
        let policy = Policy {
            scoring: Scoring::read(&mut document),
            escalation: Escalation::read(&mut document),
            words: Arc::new(Words::read(&mut document, &issues.names())),
            issues,
            response: Response::read(&mut document),
            reminders: Reminders::read(&mut document),
            subjects: Subjects::read(&mut document, &routing),
            exceptions: Exception::read_all(&mut document),
            tags: Tags::read(&mut document),
            routing,
            currencies: Currencies::read(&mut document),
            sla: Sla::read(&mut document),
        };
        policy.escalation.check_hysteresis(&policy.scoring, &mut document);
        document.finish();
        policy
    }

    /// Adds to `diagnostics` what the rules of `files` name and this policy does not have: tags and teams.
    pub fn check_rules(&self, files: &[SourceFile], rules: &RuleSet, diagnostics: &mut Vec<Diagnostic>) {
        vocabulary::check(self, files, rules, diagnostics);
    }

    /// The shipped policy.
    #[must_use]
    pub fn shipped() -> Policy {
        static SHIPPED_POLICY: LazyLock<Policy> = LazyLock::new(|| {
            let mut diagnostics = Vec::new();
            let policy = Policy::load(&[], &mut diagnostics);
            debug_assert!(diagnostics.is_empty(), "the shipped policy is sound: {diagnostics:?}");
            policy
        });
        SHIPPED_POLICY.clone()
    }
}

#[cfg(test)]
mod tests;
