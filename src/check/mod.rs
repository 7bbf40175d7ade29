//! Lints rules, lexicons, policies, source profiles, settings and accounts, and runs the cases inside rules: every fault at once.
//!
//! What is checked is what would run: the shipped files with the given ones laid over them. Loading is linting; there is
//! no second reading of the files that could disagree with the first.

mod files;

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::account_file;
use crate::detect::{Detector, TableSize, run_cases};
use crate::diagnostic::{Diagnostic, Severity};
use crate::knowledge::Files;
use crate::lexicon::Lexicons;
use crate::model::Models;
use crate::policy::Policy;
use crate::rules::RuleSet;
use crate::settings::{self, Origins};
use crate::wire::{Profiles, run_source_cases};

use files::Given;

/// What was found, and how much was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// All faults, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How much was looked at.
    pub looked_at: LookedAt,
    /// How large the tables are; empty when a lexicon has an error.
    pub tables: TableSize,
}

/// How many files of each kind were looked at, shipped ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookedAt {
    /// Rules.
    pub rules: usize,
    /// Cases inside rules.
    pub cases: usize,
    /// Lexicons.
    pub lexicons: usize,
    /// Lines of lexicons that hold a term.
    pub terms: usize,
    /// Policies.
    pub policies: usize,
    /// Source profiles.
    pub sources: usize,
    /// Settings files.
    pub settings: usize,
    /// Accounts.
    pub accounts: usize,
}

impl Report {
    /// How many errors there are.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| is_error(diagnostic)).count()
    }

    /// How many warnings there are.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.diagnostics.len() - self.errors()
    }
}

/// Checks what ships with the program and, over it, the files and folders given.
#[must_use]
pub fn check(paths: &[PathBuf]) -> Report {
    let mut diagnostics = Vec::new();
    let given = Given::collect(paths, &mut diagnostics);
    let settings_files = given.settings.len();
    for file in &given.settings {
        let origins = Origins { file: Some(file.clone()), ..Origins::default() };
        diagnostics.extend(settings::load(&origins).err().unwrap_or_default());
    }
    let tables = given.accounts.iter().map(|file| account_file::parse(file, &mut diagnostics).len());
    let accounts = tables.sum();
    let files = given.over(Files::shipped());
    let before = diagnostics.len();
    let lexicons = Lexicons::load(&files.lexicons, &mut diagnostics);
    let models = Models::load(&files.lexicons, &mut diagnostics);
    let lexicons_sound = !diagnostics[before..].iter().any(is_error);
    let rules = RuleSet::load(&files.rules, &lexicons, &mut diagnostics);
    Policy::load(&files.policies, &mut diagnostics).check_rules(&files.rules, &rules, &mut diagnostics);
    let profiles = Profiles::load(&files.sources, &mut diagnostics);
    let mut failed = run_source_cases(&profiles);
    let mut tables = TableSize::default();
    if lexicons_sound {
        // Without its words a case tells nothing of its rule.
        let detector = Detector::new(&lexicons, &rules).with_models(models);
        failed.extend(run_cases(&detector, &rules));
        tables = detector.size();
    }
    leave_out_broken(&mut failed, &diagnostics);
    diagnostics.append(&mut failed);
    diagnostics.sort_by(|a, b| place(a).cmp(&place(b)));
    let looked_at = LookedAt { settings: settings_files, accounts, ..count(&files) };
    Report { diagnostics, looked_at, tables }
}

/// Leaves out failed cases of files that have an error already: they say nothing new.
fn leave_out_broken(failed: &mut Vec<Diagnostic>, known: &[Diagnostic]) {
    let errors = known.iter().filter(|diagnostic| is_error(diagnostic));
    let broken: BTreeSet<&str> = errors.map(|diagnostic| diagnostic.location.path.as_str()).collect();
    failed.retain(|diagnostic| !broken.contains(diagnostic.location.path.as_str()));
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

fn place(diagnostic: &Diagnostic) -> (&str, u32, u32, u16) {
    let location = &diagnostic.location;
    (&location.path, location.line, location.column, diagnostic.code.number())
}

fn count(files: &Files) -> LookedAt {
    let lines = |text: &str, counts: fn(&str) -> bool| text.lines().filter(|line| counts(line.trim())).count();
    let cases = files.rules.iter().map(|file| lines(&file.text, |line| line == "[[case]]"));
    let terms = files.lexicons.iter().map(|file| lines(&file.text, |line| !line.is_empty() && !line.starts_with('#')));
    LookedAt {
        rules: files.rules.len(),
        cases: cases.sum(),
        lexicons: files.lexicons.len(),
        terms: terms.sum(),
        policies: files.policies.len(),
        sources: files.sources.len(),
        settings: 0,
        accounts: 0,
    }
}
