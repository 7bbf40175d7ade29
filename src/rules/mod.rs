//! Rules: TOML files, one rule each, checked and compiled. Loading is linting.
//! `docs/RULES.md` describes the files.

pub mod condition;
mod fields;
mod lint;
mod lists;
mod load;

use std::thread;

use crate::diagnostic::{Diagnostic, Location, SourceFile};
use crate::lexicon::term::Phrase;
use crate::lexicon::{Language, Lexicons};
use crate::message::{AuthorType, Format};
use crate::score::Level;
use crate::signal::Signal;
use condition::Condition;

/// How far a rule is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// In shadow: reported, but without points.
    Experimental,
    /// In use.
    Stable,
    /// Loaded and checked, but never run.
    Deprecated,
}

impl Status {
    /// All states.
    pub const ALL: [Status; 3] = [Status::Experimental, Status::Stable, Status::Deprecated];

    /// The state's name as written in rules.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Status::Experimental => "experimental",
            Status::Stable => "stable",
            Status::Deprecated => "deprecated",
        }
    }
}

/// A named list of a rule, written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Its name.
    pub name: String,
    /// The phrases of its terms, in order.
    pub phrases: Vec<Phrase>,
    /// The lexicons that it includes.
    pub lexicons: Vec<String>,
}

/// A text with what the rule must find in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The text.
    pub text: String,
    /// The evidence, in order; empty when the rule must stay quiet.
    pub expect: Vec<String>,
    /// Who wrote it.
    pub author: AuthorType,
    /// In which language.
    pub language: String,
    /// How it is marked up.
    pub format: Format,
    /// Where the text stands in the rule's file.
    pub location: Location,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id: the file's name.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Why it exists.
    pub why: String,
    /// What it speaks for.
    pub signal: Signal,
    /// How far it is trusted.
    pub status: Status,
    /// Least level of a message in which it fires.
    pub level: Level,
    /// Points, −1000 to 1000.
    pub weight: i32,
    /// Known false positives.
    pub false_positives: Vec<String>,
    /// Tags for the trigger.
    pub tags: Vec<String>,
    /// The team that should act; empty for the policy's default.
    pub route: String,
    /// Whether negated words count as well.
    pub counts_negated: bool,
    /// Its lists.
    pub lists: Vec<List>,
    /// When it fires.
    pub condition: Condition,
    /// The condition as written.
    pub condition_text: String,
    /// The languages that inflections of its terms are made for.
    pub languages: Vec<Language>,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// All rules, ordered by id.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
}

impl RuleSet {
    /// Loads files named `…/<id>.toml`; every fault is added to `diagnostics`, rules without errors are kept.
    /// Of two files for one id the later replaces the earlier. Cases are not run here; see [`crate::detect::run_cases`].
    #[must_use]
    pub fn load(files: &[SourceFile], lexicons: &Lexicons, diagnostics: &mut Vec<Diagnostic>) -> RuleSet {
        // Reading them is most of what loading takes: each half in a thread of its own, put in order behind.
        let (first, second) = files.split_at(files.len() / 2);
        let read = |files: &[SourceFile]| {
            let mut faults = Vec::new();
            let rules: Vec<Rule> = files.iter().filter_map(|file| load::rule(file, lexicons, &mut faults)).collect();
            (rules, faults)
        };
        let halves = thread::scope(|scope| {
            let second = scope.spawn(|| read(second));
            [read(first), second.join().expect("reading panics at no file")]
        });
        let mut rules: Vec<Rule> = Vec::new();
        for (read, faults) in halves {
            diagnostics.extend(faults);
            rules.extend(read);
        }
        // Of one id the last.
        rules.reverse();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules.dedup_by(|a, b| a.id == b.id);
        RuleSet { rules }
    }

    /// The rules, ordered by id; deprecated ones included.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}
