//! Runs the cases inside rules.

use super::{Detector, Findings, Scratch, Text};
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::{Case, RuleSet};

/// Runs the cases of all rules that `detector` runs; a case that fails is a diagnostic.
#[must_use]
pub fn run_cases(detector: &Detector, rules: &RuleSet) -> Vec<Diagnostic> {
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let mut diagnostics = Vec::new();
    for rule in rules.rules() {
        // A deprecated rule is not among the detector's.
        let Ok(index) = detector.rules().binary_search_by(|facts| facts.id.cmp(&rule.id)) else { continue };
        for case in &rule.cases {
            let text = Text { text: &case.text, format: case.format, author: case.author, language: &case.language };
            detector.detect(text, &mut scratch, &mut findings);
            let of_rule = findings.findings.iter().filter(|finding| usize::from(finding.rule.0) == index);
            let found: Vec<&str> =
                of_rule.map(|finding| &case.text[finding.start as usize..finding.end as usize]).collect();
            if found != case.expect {
                diagnostics.push(failure(case, &found));
            }
        }
    }
    diagnostics
}

fn failure(case: &Case, found: &[&str]) -> Diagnostic {
    let list = |quotes: Vec<String>| if quotes.is_empty() { "nothing".to_owned() } else { quotes.join(", ") };
    let quoted = |quote: &str| format!("\"{quote}\"");
    let expected = list(case.expect.iter().map(|quote| quoted(quote)).collect());
    let found = list(found.iter().map(|quote| quoted(quote)).collect());
    let message = format!("the case expects {expected}, but the rule finds {found}");
    Diagnostic::error(Code::CaseFails, case.location.clone(), message)
        .help("mend the rule or the case; `foreshock explain` shows what was found and what was passed over")
}
