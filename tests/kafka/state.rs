//! Conversations' states across restarts: they are as if nothing had happened, or `serve` says what is the matter.

use std::collections::BTreeMap;

use foreshock::accounts::AccountTable;
use foreshock::generate::{Kind, Record, Shape};
use foreshock::knowledge::Knowledge;
use foreshock::pipeline::{Epoch, Key, Options, Partition, Position, Workspace};
use foreshock::wire::{Decoder, PayloadMode, Profile, RawRecord, TriggerView};

use super::client::*;
use super::program::foreshock;
use super::trial::*;

/// The changelog as a reader finds it: the last value of each key.
fn changelog(trial: &Trial) -> BTreeMap<(i32, Vec<u8>), Vec<u8>> {
    let mut last = BTreeMap::new();
    for record in read_committed(&trial.state) {
        let key = (record.partition, record.key.unwrap());
        match record.value {
            Some(value) => drop(last.insert(key, value)),
            None => drop(last.remove(&key)),
        }
    }
    last
}

/// Where each partition's state stands.
fn positions(trial: &Trial) -> BTreeMap<i32, i64> {
    let all = changelog(trial).into_iter().filter(|((_, key), _)| Key::read(key) == Ok(Key::Position));
    all.map(|((partition, _), value)| (partition, Position::read(&value).unwrap().next_offset)).collect()
}

/// Each conversation's state is that of one run over all records, and each position is the group's offset.
pub(crate) fn assert_state(trial: &Trial, records: &[Record]) {
    let knowledge = Knowledge::shipped();
    let options = Options {
        topic: "events".into(),
        application: "test".into(),
        knowledge_hash: knowledge.hash.clone(),
        payload: PayloadMode::Full,
        publish_max_age: None,
        assessments: false,
        second_stage: false,
    };
    let mut workspace = Workspace::new(Decoder::new(Profile::canonical()), options);
    let mut sequential = Partition::new(0, knowledge.detector, knowledge.policy);
    let (mut epoch, accounts) = (Epoch::default(), AccountTable::default());
    sequential.begin();
    for (offset, record) in (0..).zip(records) {
        let (key, value) = (Some(&record.key[..]), Some(&record.value[..]));
        let raw = RawRecord { key, value, arrival: Some(record.arrival), ..RawRecord::default() };
        sequential.apply(offset, &raw, None, &accounts, &mut workspace, &mut epoch);
    }
    let mut conversations = 0;
    for ((_, key), value) in changelog(trial) {
        if let Key::Conversation { tenant, conversation } = Key::read(&key).unwrap() {
            conversations += 1;
            assert_eq!(sequential.engine().snapshot(tenant, conversation), Some(value), "{conversation}");
        }
    }
    assert_eq!(conversations, sequential.engine().conversations());
    assert_eq!(positions(trial), committed(&trial.group, &trial.events));
}

#[test]
fn states_survive_kill_9_and_move_with_their_partitions() {
    let (records, lines) = generate(Shape::new(Kind::Trial, 77, 12_000));
    let trial = Trial::new("state", 4)
        .with("pipeline.workers", "1")
        .with("pipeline.transaction_records_max", "50")
        .with("kafka.properties.session.timeout.ms", "2000")
        .with("kafka.properties.heartbeat.interval.ms", "300")
        .with("kafka.properties.transaction.timeout.ms", "3000");
    let expected = triggers(&replay(&trial.file("events.ndjson", &lines), None));
    assert!(expected.len() >= 200, "{} triggers", expected.len());
    let mut parts = records.chunks(2_000);
    let mut next = || trial.publish(parts.next().unwrap());
    let first = trial.serve("a");
    first.await_partitions(|partitions| partitions == 4.0);
    next();
    let before = first.metric("foreshock_records_total");
    await_until("work has begun", || first.metric("foreshock_records_total") > before);
    first.kill();
    let first = trial.serve("a");
    next();
    trial.await_caught_up();
    let second = trial.serve("b");
    second.await_partitions(|partitions| partitions > 0.0);
    next();
    first.kill();
    next();
    second.await_partitions(|partitions| partitions == 4.0);
    trial.await_caught_up();
    let first = trial.serve("a");
    next();
    next();
    trial.await_caught_up();
    for serve in [first, second] {
        await_until("all is restored", || serve.metric("foreshock_partitions_restoring") == 0.0);
        assert!(serve.get("/readyz").unwrap().0.ends_with("200 OK"));
        let (code, log) = serve.terminate();
        assert_eq!(code, Some(0), "{log}");
    }
    assert_same(&trial.published(), &expected);
    assert_state(&trial, &records);
    assert_eq!(open_transactions(&trial.state), Vec::<i32>::new());
}

/// Events that are read before something happens; all others come after it.
const BEFORE: usize = 400;

/// A trial with two partitions that has read some events and stopped.
fn stopped(name: &str) -> (Trial, Vec<Record>) {
    let (records, _) = generate(Shape::new(Kind::Trial, 9, 600));
    let trial = Trial::new(name, 2).with("pipeline.workers", "1");
    let serve = trial.serve("a");
    trial.publish(&records[..BEFORE]);
    trial.await_caught_up();
    assert_eq!(serve.terminate().0, Some(0));
    (trial, records)
}

/// What `serve` says before it ends by itself, with its exit code.
fn refusal(trial: &Trial, more: &[(&str, &str)]) -> String {
    let mut command = foreshock();
    command.args(["serve", "--set", "http.listen="]);
    for (key, value) in
        trial.settings("a").iter().map(|(key, value)| (key.as_str(), value.as_str())).chain(more.iter().copied())
    {
        command.arg("--set").arg(format!("{key}={value}"));
    }
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(9), "{told}");
    told
}

/// What one run over these records publishes.
fn expected(trial: &Trial, records: &[Record]) -> Vec<TriggerView> {
    let lines: Vec<u8> = records.iter().flat_map(|record| [&record.value[..], b"\n"].concat()).collect();
    let expected = triggers(&replay(&trial.file("expected.ndjson", &lines), None));
    assert!(!expected.is_empty());
    expected
}

/// With the settings that the message names it goes on, and applies so many records.
fn goes_on(trial: Trial, records: &[Record], settings: &[(&str, &str)], applied: usize) -> Trial {
    let trial = settings.iter().fold(trial, |trial, (key, value)| trial.with(key, value));
    let serve = trial.serve("a");
    trial.publish(&records[BEFORE..]);
    trial.await_caught_up();
    let told = || serve.metric("foreshock_records_total");
    await_until(&format!("{applied} records are counted"), || told() >= applied as f64);
    assert_eq!(told(), applied as f64);
    assert_eq!(serve.terminate().0, Some(0));
    trial
}

/// How often each trigger is there, by its id.
fn times(triggers: &[TriggerView]) -> BTreeMap<String, usize> {
    triggers.iter().fold(BTreeMap::new(), |mut times, trigger| {
        *times.entry(trigger.id.clone()).or_default() += 1;
        times
    })
}

#[test]
fn a_deleted_changelog_is_told() {
    let (mut trial, records) = stopped("deleted");
    trial.state = unique("deleted-anew");
    create_topic(&trial.state, 2, &[("cleanup.policy", "compact")]);
    let told = refusal(&trial, &[]);
    assert!(told.contains("error[F0704]") && told.contains("state.trust=offsets"), "{told}");
    let trial = goes_on(trial, &records, &[("state.trust", "changelog")], records.len());
    // All events were read again: the same triggers, those of the first part twice, and the whole state.
    let twice = [expected(&trial, &records[..BEFORE]), expected(&trial, &records)].concat();
    assert_eq!(times(&trial.published()), times(&twice));
    assert_state(&trial, &records);
}

#[test]
fn a_changelog_beside_which_the_events_do_not_lie_is_told() {
    let (mut trial, _) = stopped("fewer");
    trial.state = unique("fewer-anew");
    let told = refusal(&trial, &[]);
    assert!(told.contains("error[F0700]") && told.contains("topics apply"), "{told}");
    create_topic(&trial.state, 1, &[("cleanup.policy", "compact")]);
    let told = refusal(&trial, &[]);
    assert!(told.contains("error[F0701]") && told.contains("has 1 partitions"), "{told}");
    trial.state = unique("fewer-deleting");
    create_topic(&trial.state, 2, &[("cleanup.policy", "delete")]);
    let told = refusal(&trial, &[]);
    assert!(told.contains("error[F0702]") && told.contains("cleanup.policy=compact"), "{told}");
    trial.state = unique("fewer-narrow");
    create_topic(&trial.state, 2, &[("cleanup.policy", "compact"), ("max.message.bytes", "20000")]);
    let told = refusal(&trial, &[]);
    assert!(told.contains("error[F0706]") && told.contains("max.message.bytes="), "{told}");
}

#[test]
fn a_state_of_a_newer_version_is_told() {
    let (trial, _) = stopped("newer");
    let mut key = Vec::new();
    Key::Conversation { tenant: "", conversation: "c-of-tomorrow" }.write(&mut key);
    produce(&trial.state, [(Some(&key[..]), Some(&[200_u8, 1, 2][..]))]);
    let told = refusal(&trial, &[]);
    assert!(told.contains("error[F0703]") && told.contains("version 200"), "{told}");
}

#[test]
fn an_offset_that_somebody_moved_is_told() {
    for trust in ["changelog", "offsets"] {
        let (trial, records) = stopped("moved");
        let stood = committed(&trial.group, &trial.events);
        commit(&trial.group, &trial.events, 0, 0);
        let told = refusal(&trial, &[]);
        assert!(told.contains("error[F0705]") && told.contains("committed offset is 0"), "{told}");
        assert!(told.contains(&format!("offset {} by", stood[&0])), "{told}");
        let left = records.len() - BEFORE;
        if trust == "changelog" {
            let trial = goes_on(trial, &records, &[("state.trust", trust)], left);
            assert_same(&trial.published(), &expected(&trial, &records));
            assert_state(&trial, &records);
        } else {
            // What was read of the partition before is read again, and nothing is left out for it.
            let trial = goes_on(trial, &records, &[("state.trust", trust)], left + stood[&0] as usize);
            let published = times(&trial.published());
            let lost = expected(&trial, &records).into_iter().filter(|trigger| !published.contains_key(&trigger.id));
            assert_eq!(lost.map(|trigger| trigger.id).collect::<Vec<_>>(), Vec::<String>::new());
            assert_eq!(positions(&trial), committed(&trial.group, &trial.events));
        }
    }
}

#[test]
fn offsets_that_expired_are_no_loss() {
    let (mut trial, records) = stopped("expired");
    // Another group has no offsets, but finds the state.
    trial.group = unique("expired-anew");
    let trial = goes_on(trial, &records, &[], records.len() - BEFORE);
    assert_same(&trial.published(), &expected(&trial, &records));
    assert_state(&trial, &records);
}

#[test]
fn a_deadline_passes_without_an_event_and_once() {
    let trial = Trial::new("ticks", 2)
        .with("pipeline.workers", "1")
        .with("ticks.clock", "true")
        .with("ticks.allowed_lateness", "0s");
    let at = |minutes: i64| jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() - 60 * minutes).unwrap();
    let event = |id: &str, conversation: &str, minutes: i64, author: &str, text: &str| {
        format!(
            r#"{{"event_id":"{id}","conversation_id":"{conversation}","occurred_at":"{}","priority":"P1","author":{{"type":"{author}"}},"text":"{text}"}}"#,
            at(minutes)
        )
    };
    let events = [
        ("waits", event("m-1", "waits", 40, "customer", "How do I export my report?")),
        ("answered", event("m-1", "answered", 40, "customer", "How do I export my report?")),
        ("answered", event("m-2", "answered", 35, "agent", "With the button on the left.")),
    ];
    let serve = trial.serve("a");
    produce(&trial.events, events.iter().map(|(key, value)| (Some(key.as_bytes()), Some(value.as_bytes()))));
    await_until("the clock alone raises an escalation", || !trial.published().is_empty());
    assert_eq!(serve.terminate().0, Some(0));
    // The state has it, so that another life does not raise it again.
    let serve = trial.serve("a");
    let later = event("m-1", "other", 0, "customer", "Hello there.");
    produce(&trial.events, [(Some(&b"other"[..]), Some(later.as_bytes()))]);
    trial.await_caught_up();
    let published = trial.published();
    let told: Vec<_> = published.iter().map(|trigger| (trigger.subject.as_str(), trigger.data.step.as_str())).collect();
    assert_eq!(told, [("waits", "opened")], "{published:?}");
    assert_eq!(serve.terminate().0, Some(0));
    assert_eq!(
        positions(&trial),
        committed(&trial.group, &trial.events),
        "a transaction of the clock's sends offsets, too"
    );
}
