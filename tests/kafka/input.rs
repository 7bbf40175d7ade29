//! What no producer should send, and outputs that no topic takes: each has its outcome, and good events go on.

use std::collections::BTreeMap;

use foreshock::wire::TriggerView;

use super::client::*;
use super::trial::*;

/// A word that must never reach a log.
const SECRET: &str = "Quetzalcoatlus";

fn event(id: &str, conversation: &str, more: &str) -> Vec<u8> {
    format!(
        r#"{{"event_id":"{id}","conversation_id":"{conversation}","occurred_at":"2026-01-05T09:00:00Z","author":{{"type":"customer"}},{more}}}"#
    )
    .into_bytes()
}

/// A message that opens an escalation whatever came before.
fn threat(id: &str, conversation: &str) -> Vec<u8> {
    event(id, conversation, r#""text":"I will take legal action against you.""#)
}

/// Bad records with the reason that each is refused for; `None`: accepted, with a mark.
fn bad() -> Vec<(Option<Vec<u8>>, Option<&'static str>)> {
    let text = |text: &str| format!(r#""text":"{SECRET} {text}""#);
    let deep = [r#"{"event_id":"deep","deep":"#, &"[".repeat(10_000), &"]".repeat(10_000), "}"].concat().into_bytes();
    let mut invalid = event("utf", "bad", &text("x"));
    let place = invalid.len() - 4;
    invalid[place] = 0xff;
    vec![
        (Some(format!("{SECRET}: upstream connect error").into_bytes()), Some("not_json")),
        (Some(Vec::new()), Some("empty")),
        (None, Some("tombstone")),
        (Some(b"[1,2,3]".to_vec()), Some("not_an_object")),
        (Some(event("types", "bad", r#""text":{"no":"text"}"#)), Some("wrong_type")),
        (Some(format!(r#"{{"conversation_id":"bad",{}}}"#, text("x")).into_bytes()), Some("missing_field")),
        (Some(event("", "bad", &text("x"))), Some("invalid_id")),
        (Some(deep), Some("too_deep")),
        (Some(invalid), Some("not_utf8")),
        (Some([b"not JSON ".as_slice(), "ä".repeat(2_500_000).as_bytes()].concat()), Some("not_json")),
        (Some(event("huge", "bad-1", &text(&"word ".repeat(1_000_000)))), None),
        (Some(event("nul", "bad-2", &text(r"\u0000 \u202e reversed"))), None),
        (
            Some(String::from_utf8(event("author", "bad-3", &text("x"))).unwrap().replace("customer", "alien").into()),
            None,
        ),
        (
            Some(
                String::from_utf8(event("future", "bad-4", &text("x")))
                    .unwrap()
                    .replace("2026-01-05", "2099-01-05")
                    .into(),
            ),
            None,
        ),
        (
            Some(
                String::from_utf8(event("past", "bad-5", &text("x")))
                    .unwrap()
                    .replace("2026-01-05", "1970-01-05")
                    .into(),
            ),
            None,
        ),
        (Some(event("account", "bad-6", &format!(r#""account_id":"nobody",{}"#, text("x")))), None),
        (Some(event("account", "bad-6", &format!(r#""account_id":"nobody",{}"#, text("x")))), None),
    ]
}

#[test]
fn bad_records_stop_nothing_and_are_told_by_reason() {
    let trial = Trial::new("bad", 2).with("pipeline.workers", "1");
    let mut records: Vec<[Option<Vec<u8>>; 2]> = Vec::new();
    let mut wanted: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, (value, reason)) in bad().into_iter().enumerate() {
        let conversation = format!("good-{number}");
        records.push([Some(conversation.clone().into()), Some(threat("m-1", &conversation))]);
        // Some also without a key; the last two are one event, and must meet in one partition.
        records.push([(number % 2 == 0 || number > 12).then(|| b"bad".to_vec()), value]);
        if let Some(reason) = reason {
            *wanted.entry(reason).or_default() += 1;
        }
    }
    let good = bad().len();
    let serve = trial.serve("a");
    produce(&trial.events, records.iter().map(|[key, value]| (key.as_deref(), value.as_deref())));
    trial.await_caught_up();
    let published = trial.published();
    let opened = published.iter().filter(|t| t.subject.starts_with("good-") && t.data.step == "opened").count();
    assert_eq!(opened, good, "every good event has its trigger");
    let letters = read_committed(&trial.dead_letters);
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for letter in &letters {
        let letter: serde_json::Value = serde_json::from_slice(letter.value.as_ref().unwrap()).unwrap();
        *found.entry(letter["reason"].as_str().unwrap().to_owned()).or_default() += 1;
        assert_eq!(letter["topic"], trial.events.as_str());
    }
    assert_eq!(found, wanted.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect());
    let metrics = serve.metrics();
    for (reason, count) in wanted {
        assert!(
            metrics.contains(&format!("foreshock_dead_letters_total{{reason=\"{reason}\"}} {count}\n")),
            "{reason}"
        );
    }
    for mark in [
        "text_cut",
        "control_characters",
        "bidirectional_controls",
        "time_clamped",
        "account_unknown",
        "key_missing",
        "duplicate",
    ] {
        assert!(!metrics.contains(&format!("foreshock_marks_total{{mark=\"{mark}\"}} 0\n")), "{mark} is not counted");
    }
    let (code, log) = serve.terminate();
    assert_eq!(code, Some(0));
    assert!(!log.contains(SECRET), "text reached the log");
}

#[test]
fn outputs_are_cut_to_what_their_topics_take() {
    let mut trial = Trial::new("cut", 1).with("pipeline.workers", "1");
    trial.dead_letters = unique("small");
    create_topic(&trial.dead_letters, 1, &[("max.message.bytes", "20000"), ("retention.ms", "-1")]);
    let serve = trial.serve("a");
    let junk = "no JSON at all, ".repeat(20_000);
    let good = threat("m-1", "c-1");
    let records = [(None, Some(junk.as_bytes())), (Some(&b"c-1"[..]), Some(&good[..]))];
    produce(&trial.events, records);
    trial.await_caught_up();
    let letter = read_committed(&trial.dead_letters).remove(0).value.unwrap();
    let letter: serde_json::Value = serde_json::from_slice(&letter).unwrap();
    assert_eq!(letter["cut"], true);
    assert_eq!(letter["size"], junk.len());
    assert!(junk.starts_with(letter["payload"].as_str().unwrap()));
    assert_eq!(serve.metric("foreshock_outputs_cut_total"), 1.0);
    assert_eq!(trial.published().len(), 1);
    assert_eq!(serve.terminate().0, Some(0));
}

#[test]
fn records_with_other_keys_are_keyed_anew_if_so_set() {
    let trial = Trial::new("keys", 4).with("pipeline.workers", "2").with("input.repartition", "true");
    let keyed = format!("{}-keyed", trial.group);
    create_topic(&keyed, 4, &[("retention.ms", "-1")]);
    let trial = trial.with("topics.repartitioned_events", &keyed);
    let serve = trial.serve("a");
    // Each conversation's messages lie under ten keys; only together and in order do they make what a replay finds.
    let (mut records, lines) =
        generate(foreshock::generate::Shape::new(foreshock::generate::Kind::Stateless, 11, 2_000));
    let expected = triggers(&replay(&trial.file("events.ndjson", &lines), None));
    for (number, record) in records.iter_mut().enumerate() {
        record.key = format!("agent-{}", number % 10).into_bytes();
    }
    trial.publish(&records);
    trial.await_caught_up();
    await_until("all records have come around", || serve.metric("foreshock_records_total") == records.len() as f64);
    let published: Vec<TriggerView> = trial.published();
    assert_same(&published, &expected);
    assert_eq!(serve.metric("foreshock_repartitioned_total"), records.len() as f64);
    await_until("no lag is told, although transactions end in markers", || {
        serve.metric("foreshock_partition_lag") == 0.0
    });
    let (code, log) = serve.terminate();
    assert_eq!(code, Some(0), "{log}");
}
