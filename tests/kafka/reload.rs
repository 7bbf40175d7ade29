//! Other knowledge while `serve` runs: later events are judged by it, or it is refused and nothing changes.

use foreshock::pipeline::{Key, Position};
use foreshock::wire::TriggerView;

use super::client::*;
use super::program::{Serve, run};
use super::trial::*;

/// A rule whose place is before most shipped ones, so that these move.
const RULE: &str = r#"
title = "Customer goes back to spreadsheets"
signal = "churn"
status = "stable"
level = "high"
weight = 620
why = "Going back to the old way of working comes before the cancellation."
tags = ["churn"]
route = "customer-success"

[detect]
back = ["(going|go|gone|went|moving) back to"]
old = ["spreadsheet*", "excel"]
condition = "back before:3 old"

[[case]]
text = "We are going back to our spreadsheets."
expect = ["going back to", "spreadsheets"]

[[case]]
text = "We are not going back to spreadsheets!"
expect = []
"#;

/// The rule's file in the trial's folder of rules.
const FILE: &str = "rules/churn.back_to_spreadsheets.toml";

/// An event of a conversation.
fn event(conversation: &str, minute: u32, text: &str) -> (String, String) {
    let value = format!(
        r#"{{"event_id": "{conversation}-{minute}", "conversation_id": "{conversation}", "occurred_at": "2026-03-02T09:{minute:02}:00Z", "author": {{"type": "customer"}}, "text": "{text}"}}"#
    );
    (conversation.to_owned(), value)
}

fn publish(trial: &Trial, events: &[(String, String)]) {
    produce(&trial.events, events.iter().map(|(key, value)| (Some(key.as_bytes()), Some(value.as_bytes()))));
    trial.await_caught_up();
}

/// A trial with an empty folder of rules.
fn with_rules(name: &str) -> Trial {
    let trial = Trial::new(name, 2).with("pipeline.workers", "2");
    let folder = trial.folder.path().join("rules");
    std::fs::create_dir(&folder).unwrap();
    trial.with("knowledge.rules", folder.to_str().unwrap())
}

fn await_outcome(serve: &Serve, outcome: &str, times: u32) {
    let line = format!("foreshock_knowledge_reloads_total{{outcome=\"{outcome}\"}} {times}\n");
    await_until(&format!("{outcome} {times}"), || serve.metrics().contains(&line));
}

/// The hash of the knowledge in force, as metrics tell it.
fn hash_in_force(serve: &Serve) -> String {
    let metrics = serve.metrics();
    let (_, rest) = metrics.split_once("foreshock_knowledge_info{hash=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// The triggers of a conversation.
fn of<'a>(triggers: &'a [TriggerView], conversation: &str) -> Vec<&'a TriggerView> {
    triggers.iter().filter(|trigger| trigger.subject == conversation).collect()
}

/// The hashes in the partitions' positions.
fn hashes_in_positions(trial: &Trial) -> Vec<String> {
    let all = read_committed(&trial.state).into_iter();
    let positions = all.filter(|record| Key::read(record.key.as_ref().unwrap()) == Ok(Key::Position));
    let mut last = std::collections::BTreeMap::new();
    positions.for_each(|record| drop(last.insert(record.partition, record.value.unwrap())));
    last.into_values().map(|value| Position::read(&value).unwrap().knowledge_hash).collect()
}

#[test]
fn a_changed_rule_judges_later_events_and_a_broken_one_is_refused() {
    const SPREADSHEETS: &str = "Honestly, we are going back to our spreadsheets.";
    let trial = with_rules("reload");
    let serve = trial.serve("a");
    let first = [event("c-1", 0, SPREADSHEETS), event("c-2", 1, "I want to speak to your supervisor.")];
    publish(&trial, &first);
    let before = hash_in_force(&serve);
    assert!(of(&trial.published(), "c-1").is_empty(), "no shipped rule knows of spreadsheets");

    trial.file(FILE, RULE.as_bytes());
    serve.signal("HUP");
    await_outcome(&serve, "switched", 1);
    let now = hash_in_force(&serve);
    assert_ne!(before, now);
    // What was known of a conversation is known as before, though the place of its rule has moved.
    let second = [event("c-2", 2, SPREADSHEETS), event("c-3", 3, SPREADSHEETS)];
    publish(&trial, &second);

    trial.file(FILE, b"title = \"half of a f");
    serve.signal("HUP");
    await_outcome(&serve, "refused", 1);
    assert_eq!(serve.metric("foreshock_knowledge_refused"), 1.0);
    assert!(serve.log().contains("error[F0"), "{}", serve.log());
    publish(&trial, &[event("c-4", 4, SPREADSHEETS)]);
    assert_eq!(hash_in_force(&serve), now);

    trial.file(FILE, RULE.as_bytes());
    serve.signal("HUP");
    await_outcome(&serve, "unchanged", 1);
    assert_eq!(serve.metric("foreshock_knowledge_refused"), 0.0);
    publish(&trial, &[event("c-1", 5, "Thank you."), event("c-5", 6, SPREADSHEETS), event("c-6", 7, "Thank you.")]);

    let published = trial.published();
    for conversation in ["c-2", "c-3", "c-4", "c-5"] {
        let triggers = of(&published, conversation);
        let last = triggers.last().unwrap_or_else(|| panic!("no trigger of {conversation}"));
        assert_eq!(last.data.provenance.knowledge_hash, now, "{conversation}");
        assert!(last.data.factors.iter().any(|factor| factor.id == "churn.back_to_spreadsheets"), "{last:?}");
    }
    assert!(of(&published, "c-1").is_empty(), "what is judged stays judged");
    assert_eq!(
        factors(&of(&published, "c-2")),
        factors(&of(&with_rule_from_the_start(&trial, &second, &first), "c-2"))
    );
    assert!(hashes_in_positions(&trial).contains(&now), "positions tell by what was decided");
    let (code, log) = serve.terminate();
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("Honestly"), "no customer text in logs: {log}");
}

/// Rule, points and quotes of the last trigger.
fn factors(triggers: &[&TriggerView]) -> Vec<(String, i64, Vec<String>)> {
    let factors = triggers.last().unwrap().data.factors.iter();
    let quotes =
        |evidence: &[foreshock::wire::EvidenceView]| evidence.iter().map(|found| found.quote.clone()).collect();
    factors.map(|factor| (factor.id.clone(), i64::from(factor.points), quotes(&factor.evidence))).collect()
}

/// What `replay` finds in c-2, which held nothing of spreadsheets before.
fn with_rule_from_the_start(
    trial: &Trial,
    second: &[(String, String)],
    first: &[(String, String)],
) -> Vec<TriggerView> {
    let lines: String = first.iter().chain(second).map(|(_, value)| format!("{value}\n")).collect();
    let file = trial.file("c-2.ndjson", lines.as_bytes());
    let folder = trial.folder.path().join("rules");
    let output = run(&["replay", "--first-stage", file.to_str().unwrap(), "--rules", folder.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    triggers(&output.stdout)
}

#[test]
fn files_are_watched_by_choice() {
    let trial = with_rules("watch").with("knowledge.watch", "50ms");
    let serve = trial.serve("a");
    trial.file(FILE, RULE.as_bytes());
    await_outcome(&serve, "switched", 1);
    trial.file(FILE, b"title = 7");
    await_outcome(&serve, "refused", 1);
    std::fs::remove_file(trial.folder.path().join(FILE)).unwrap();
    await_outcome(&serve, "switched", 2);
    assert_eq!(serve.terminate().0, Some(0));
}
