//! What rows of the checklist show that no single conversation can: each takes knowledge and what is switched off, and
//! yields lines of text.

use std::sync::Arc;

use foreshock::diagnostic::SourceFile;
use foreshock::knowledge::Knowledge;
use foreshock::policy::Policy;
use serde_json::Value;

use super::switch::Off;
use crate::report::report as two_months;

/// Knowledge in, lines of text out.
pub(super) type Proof = fn(&Knowledge, &Off) -> String;

/// The tests that rows name as `test:NAME`.
pub(super) const PROOFS: &[(&str, Proof)] = &[
    ("low_severity", low_severity),
    ("withheld", withheld),
    ("report", report),
    ("recurring", recurring),
    ("outage", outage),
    ("excepted", excepted),
    ("budget", budget),
];

/// Plays a scenario with policy keys of its own.
fn play_with(scenario: &str, keys: &str, knowledge: &Knowledge, off: &Off) -> String {
    let mut policies = off.files.policies.clone();
    let own = SourceFile { path: "policy/own.toml".to_owned(), text: keys.to_owned() };
    // What is switched off comes last.
    policies.insert(policies.len().saturating_sub(1), own);
    let mut diagnostics = Vec::new();
    let policy = Arc::new(Policy::load(&policies, &mut diagnostics));
    assert_eq!(diagnostics, []);
    crate::scenarios::play(scenario, &Knowledge { policy, ..knowledge.clone() })
}

/// An episode of level low, which the shipped policy does not open.
fn low_severity(knowledge: &Knowledge, off: &Off) -> String {
    let scenario = "00:00 customer  This is unacceptable.\n00:00 show data.severity data.visibility.roles\n";
    play_with(scenario, "[episode]\nopen_level = \"low\"\nclose_score = 100\n", knowledge, off)
}

/// What policy withholds from a trigger: quotes, contacts, revenue.
fn withheld(knowledge: &Knowledge, off: &Off) -> String {
    let scenario = "account tier=enterprise arr=50000 name=Borg contact=Dana_Holt\n00:00 customer  We are evaluating other vendors.\n\
                    00:00 show data.account.contacts\n00:00 show data.account.arr\n00:00 show data.factors.1.evidence\n\
                    00:00 show data.visibility.withheld\n00:00 show data.summary\n";
    play_with(scenario, "[severity.high]\nwithhold = [\"contacts\", \"quotes\", \"revenue\"]\n", knowledge, off)
}

/// The figures of a report on two made-up months that have something to say, by their names, without the events that
/// are switched off.
fn report(knowledge: &Knowledge, off: &Off) -> String {
    let mut lines = String::new();
    told(&two_months(knowledge, &off.input), "", &mut lines);
    lines
}

fn told(value: &Value, name: &str, lines: &mut String) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| told(value, &format!("{name}.{key}"), lines)),
        Value::Array(items) => items.iter().for_each(|item| told(item, &format!("{name}[]"), lines)),
        Value::Null => {}
        Value::Number(number) if number.as_i64() == Some(0) => {}
        leaf => *lines += &format!("{}: {leaf}\n", name.trim_start_matches('.')),
    }
}

/// Three conversations of one account about one part of the product.
fn recurring(knowledge: &Knowledge, _: &Off) -> String {
    crate::subjects::play_named("recurring", knowledge, &[])
}

/// An outage over several accounts.
fn outage(knowledge: &Knowledge, _: &Off) -> String {
    crate::subjects::play_named("outage", knowledge, &[])
}

/// An exception of one rule for one account.
fn excepted(knowledge: &Knowledge, off: &Off) -> String {
    crate::subjects::play_named("excepted", knowledge, &off.files.policies)
}

/// More alerts of an account than its day has room for.
fn budget(knowledge: &Knowledge, off: &Off) -> String {
    crate::subjects::play_named("budget", knowledge, &off.files.policies)
}
