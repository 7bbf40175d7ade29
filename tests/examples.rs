//! The example morning that `demo` plays: every signal that the product is about is seen, and each trigger hangs on the
//! words that it names.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use foreshock::accounts::AccountTable;
use foreshock::knowledge::Knowledge;
use foreshock::pipeline::{Destination, Epoch, Options, Partition, Workspace};
use foreshock::signal::Signal;
use foreshock::time::Timestamp;
use foreshock::wire::{Decoder, PayloadMode, Profile, RawRecord, TriggerView, decode_account};

const CONVERSATIONS: &str = include_str!("../examples/conversations.ndjson");
const ACCOUNTS: &str = include_str!("../examples/accounts.ndjson");

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::shipped);

fn accounts() -> AccountTable {
    let mut table = AccountTable::default();
    for (line, text) in (0..).zip(ACCOUNTS.lines()) {
        table.insert(decode_account(text.as_bytes(), line).expect("the examples are well-formed"), Timestamp::MIN);
    }
    table
}

/// The triggers that the lines give, and the ids and signals of all factors of all scores on the way.
fn play(lines: &str) -> (Vec<TriggerView>, BTreeSet<String>) {
    let options = Options {
        topic: "examples".into(),
        application: "test".into(),
        knowledge_hash: Arc::clone(&KNOWLEDGE.hash),
        payload: PayloadMode::Full,
        publish_max_age: None,
        assessments: true,
        second_stage: false,
    };
    let mut workspace = Workspace::new(Decoder::unkeyed(Profile::canonical()), options);
    let mut partition = Partition::new(0, Arc::clone(&KNOWLEDGE.detector), Arc::clone(&KNOWLEDGE.policy));
    let (mut epoch, accounts) = (Epoch::default(), accounts());
    let mut seen = BTreeSet::new();
    partition.begin();
    for (offset, line) in (0..).zip(lines.lines()) {
        let record = RawRecord::line(line.as_bytes());
        let event = partition.apply(offset, &record, None, &accounts, &mut workspace, &mut epoch);
        assert!(event.is_some(), "line {} is no event", offset + 1);
        for factor in &workspace.outcome().assessment.factors {
            seen.insert(factor.id.clone());
            seen.extend(factor.signal.map(|signal| signal.name().to_owned()));
        }
    }
    let triggers = epoch
        .outputs()
        .filter(|output| output.destination == Destination::Triggers)
        .map(|output| TriggerView::decode(output.value).expect("a trigger is what its schema says"))
        .collect();
    (triggers, seen)
}

#[test]
fn every_named_signal_is_seen_and_triggers_tell_their_reasons() {
    let (triggers, factors) = play(CONVERSATIONS);
    let conversations: BTreeSet<_> = triggers.iter().map(|trigger| trigger.data.conversation_id.as_str()).collect();
    assert!(conversations.len() >= 10, "{conversations:?}");
    for signal in [
        Signal::Negative,
        Signal::Anger,
        Signal::Complaint,
        Signal::Profanity,
        Signal::Shouting,
        Signal::Chargeback,
        Signal::LegalThreat,
        Signal::Churn,
        Signal::HumanRequest,
        Signal::SupervisorRequest,
        Signal::Security,
    ] {
        assert!(factors.contains(signal.name()), "no factor speaks of {signal}: {factors:?}");
    }
    for built_in in ["loop.bot_question", "loop.bot_link", "loop.customer_repeats", "stakes.tier"] {
        assert!(factors.contains(built_in), "no factor is {built_in}: {factors:?}");
    }
    for trigger in &triggers {
        let sum: i32 = trigger.data.factors.iter().map(|factor| factor.points).sum();
        assert_eq!(sum, trigger.data.score, "{}", trigger.data.summary);
    }
}

/// Each row: the event, a word of it, another word; with the other word, the trigger that the event caused is gone.
#[test]
fn with_one_word_changed_the_trigger_is_gone() {
    let causes =
        |lines: &str| -> BTreeSet<String> { play(lines).0.into_iter().map(|trigger| trigger.causationid).collect() };
    let before = causes(CONVERSATIONS);
    let mut still_there = Vec::new();
    for (event, word, other) in [
        ("evt-101-03", "down", "slow"),
        ("evt-105-01", "another", "our"),
        ("evt-107-01", "résilier", "prolonger"),
        ("evt-111-01", "cancel", "extend"),
    ] {
        assert!(before.contains(event), "{event} causes no trigger to begin with");
        let change = |line: &str| if line.contains(event) { line.replace(word, other) } else { line.to_owned() } + "\n";
        let changed: String = CONVERSATIONS.lines().map(change).collect();
        assert_ne!(changed, CONVERSATIONS, "{event} does not hold `{word}`");
        if causes(&changed).contains(event) {
            still_there.push((event, other));
        }
    }
    assert_eq!(still_there, []);
}
