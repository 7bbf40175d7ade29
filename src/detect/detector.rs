//! The compiled detector.

use super::{Explanation, Findings, RuleFacts, Text};
use crate::diagnostic::Diagnostic;
use crate::lexicon::Lexicons;
use crate::rules::RuleSet;

/// Buffers that are reused from text to text; one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {}

/// All rules and lexicons, compiled. Immutable; shared by reference.
#[derive(Debug, Default)]
pub struct Detector {
    rules: Vec<RuleFacts>,
}

impl Detector {
    /// Compiles what was loaded.
    #[must_use]
    pub fn new(_lexicons: &Lexicons, _rules: &RuleSet) -> Detector {
        Detector::default()
    }

    /// The rules, by [`super::RuleIndex`]; ordered by id.
    #[must_use]
    pub fn rules(&self) -> &[RuleFacts] {
        &self.rules
    }

    /// Finds what `text` tells. `findings` is cleared first.
    pub fn detect(&self, _text: Text<'_>, _scratch: &mut Scratch, findings: &mut Findings) {
        findings.clear();
    }

    /// Finds what `text` tells, and what was there but did not count, with the reason. For people, not for the stream.
    #[must_use]
    pub fn explain(&self, text: Text<'_>, scratch: &mut Scratch) -> Explanation {
        let mut explanation = Explanation::default();
        self.detect(text, scratch, &mut explanation.findings);
        explanation
    }
}

/// Runs the cases inside all rules; a case that fails is a diagnostic.
#[must_use]
pub fn run_cases(_detector: &Detector, _rules: &RuleSet) -> Vec<Diagnostic> {
    Vec::new()
}
