//! What ships speaks of every signal: rules with enough cases, definitions, and an example morning.

use foreshock::detect::{Detector, Findings, Scratch, Text};
use foreshock::message::{AuthorType, Format};
use foreshock::signal::{Signal, SignalSet};

use super::shipped::load;

const DEFINITIONS: &str = include_str!("../../docs/SIGNALS.md");
const CONVERSATIONS: &str = include_str!("../../examples/conversations.ndjson");

#[test]
fn every_signal_has_a_rule_and_a_definition() {
    let (_, rules, _) = load();
    for signal in Signal::ALL {
        assert!(rules.rules().iter().any(|rule| rule.signal == *signal), "no rule speaks for {signal}");
        assert!(DEFINITIONS.contains(&format!("| `{signal}` |")), "docs/SIGNALS.md does not define {signal}");
    }
}

#[test]
fn every_rule_shows_two_texts_that_fire_and_two_that_do_not() {
    let (_, rules, _) = load();
    for rule in rules.rules() {
        let quiet = rule.cases.iter().filter(|case| case.expect.is_empty()).count();
        assert!(quiet >= 2 && rule.cases.len() - quiet >= 2, "{} has too few cases", rule.id);
    }
}

#[test]
fn every_signal_is_seen_in_the_example_morning() {
    let (lexicons, rules, _) = load();
    let detector = Detector::new(&lexicons, &rules);
    let (mut scratch, mut findings, mut seen) = (Scratch::default(), Findings::default(), SignalSet::default());
    for line in CONVERSATIONS.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        let said_by = |field: &str| event[field].as_str().unwrap_or_default();
        if !matches!(said_by("kind"), "" | "message") {
            continue;
        }
        let author = AuthorType::from_name(event["author"]["type"].as_str().unwrap()).unwrap();
        let text = Text { text: said_by("text"), format: Format::Plain, author, language: said_by("language") };
        detector.detect(text, &mut scratch, &mut findings);
        for finding in &findings.findings {
            seen.insert(detector.rules()[usize::from(finding.rule.0)].signal);
        }
    }
    for signal in Signal::ALL {
        assert!(seen.contains(*signal), "no rule for {signal} fires in examples/conversations.ndjson");
    }
}
