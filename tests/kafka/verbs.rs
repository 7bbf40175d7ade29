//! `publish`, `tail` and `demo`, and how `serve` says what it cannot work with.

use foreshock::generate::{Kind, Shape};

use super::client::*;
use super::program::{foreshock, run, run_with_input};
use super::trial::*;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_trial_needs_no_other_tool() {
    let (_, lines) = generate(Shape::new(Kind::Stateless, 5, 1_000));
    let trial = Trial::new("verbs", 2).with("pipeline.workers", "1");
    let file = trial.file("events.ndjson", &lines);
    let published = run(&["publish", file.to_str().unwrap(), "--topic", &trial.events]);
    assert!(published.status.success(), "{}", text(&published.stderr));
    assert_eq!(text(&published.stderr), format!("1,000 records published to `{}`\n", trial.events).replace(',', ""));
    let serve = trial.serve("a");
    trial.await_caught_up();
    let expected = triggers(&replay(&file, None));
    let topic = format!("topics.triggers={}", trial.triggers);
    let count = expected.len().to_string();
    let tail = ["tail", "--from-beginning", "--count", &count, "--set", &topic];
    let json = run(&[&tail[..], &["--format", "json"]].concat());
    assert!(json.status.success(), "{}", text(&json.stderr));
    assert_same(&triggers(&json.stdout), &expected);
    let readable = text(&run(&tail).stdout);
    for trigger in &expected {
        assert!(readable.contains(&trigger.subject) && readable.contains(&trigger.data.summary), "{readable}");
    }
    assert_eq!(serve.terminate().0, Some(0));
}

#[test]
fn a_record_that_the_topic_does_not_take_is_refused_and_the_others_are_not() {
    let topic = unique("sizes");
    create_topic(&topic, 1, &[]);
    let event = |id: u32, text: &str| {
        format!(
            r#"{{"event_id":"e-{id}","conversation_id":"c-1","occurred_at":"2026-01-05T09:00:00Z","author":{{"type":"customer"}},"text":"{text}"}}"#
        )
    };
    let lines = [event(1, "fine"), event(2, &"long ".repeat(400_000)), event(3, "fine, too")].join("\n");
    let output = run_with_input(&["publish", "-", "--topic", &topic], lines.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("line 2 is too large") && told.contains("`max.message.bytes`"), "{told}");
    assert!(told.contains("2 records published"), "{told}");
    let values: Vec<Vec<u8>> = read_committed(&topic).into_iter().filter_map(|record| record.value).collect();
    assert_eq!(values, [event(1, "fine").into_bytes(), event(3, "fine, too").into_bytes()]);
}

#[test]
fn a_missing_topic_is_named_with_what_to_do() {
    let (events, triggers) = (unique("there"), unique("not-there"));
    create_topic(&events, 3, &[]);
    let sets = [format!("topics.events={events}"), format!("topics.triggers={triggers}")];
    let output = run(&["serve", "--set", "http.listen=", "--set", &sets[0], "--set", &sets[1]]);
    assert_eq!(output.status.code(), Some(6), "{}", text(&output.stderr));
    let told = text(&output.stderr);
    assert!(
        told.contains("topics are missing") && told.contains(&format!("--create --topic {triggers} --partitions 3")),
        "{told}"
    );
    let output = run(&["publish", "-", "--topic", &triggers]);
    assert_eq!(output.status.code(), Some(6));
    assert!(text(&output.stderr).contains(&format!("there is no topic `{triggers}`")), "{}", text(&output.stderr));
}

#[test]
fn a_cluster_out_of_reach_is_waited_for_until_told_to_stop() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let serve = super::program::Serve::start(&[("kafka.brokers", &unused)]);
    await_until("the log says so", || serve.log().contains("no Kafka answers"));
    assert!(serve.log().contains(&unused) && serve.log().contains("kafka.brokers"), "{}", serve.log());
    assert!(serve.get("/livez").unwrap().0.ends_with("200 OK"));
    assert!(serve.get("/readyz").unwrap().0.contains("503"));
    let (code, log) = serve.terminate();
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn the_demo_shows_triggers_and_a_changed_word_takes_one_away() {
    let shipped = foreshock().arg("demo").output().unwrap();
    assert!(shipped.status.success(), "{}", text(&shipped.stderr));
    let shown = text(&shipped.stdout);
    let conversations: std::collections::BTreeSet<&str> =
        shown.split_whitespace().filter(|word| word.starts_with("conv-")).collect();
    assert!(conversations.len() >= 12, "{shown}");
    assert!(shown.contains("Next:"), "{shown}");

    let line = |text: &str| {
        format!(
            r#"{{"event_id":"e-1","conversation_id":"changed","occurred_at":"2026-03-02T08:00:00Z","author":{{"type":"customer"}},"text":"{text}"}}"#
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ndjson");
    for (text_of_event, triggers) in
        [("I will take legal action against you.", true), ("I will take quick action for you.", false)]
    {
        std::fs::write(&file, line(text_of_event)).unwrap();
        let output = foreshock().args(["demo", "--events", file.to_str().unwrap()]).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout).contains("opened"), triggers, "{}", text(&output.stdout));
    }
}
