//! What the engine makes of generated conversations: the promises of the generator's shapes.

use std::collections::{BTreeMap, BTreeSet};

use foreshock::accounts::AccountTable;
use foreshock::generate::{Generator, Kind, Record, Shape, accounts};
use foreshock::knowledge::Knowledge;
use foreshock::pipeline::{Epoch, Options, Partition, Workspace};
use foreshock::wire::{Decoder, PayloadMode, Profile, RawRecord, decode_account};

/// What one pass over a shape's records came to.
#[derive(Default)]
struct Summary {
    /// Triggers by reason.
    reasons: BTreeMap<String, u32>,
    /// Events that at least one trigger names as its cause.
    causes: u32,
    /// Tenant and conversation of each trigger.
    triggered: BTreeSet<(String, String)>,
    /// Dead letters by reason.
    dead: BTreeMap<&'static str, u64>,
    events: u64,
}

fn account_table(shape: Shape) -> AccountTable {
    let mut table = AccountTable::default();
    for (line, record) in accounts(shape).enumerate() {
        let account = decode_account(&record.value, line as u64).expect("generated accounts are well-formed");
        assert_eq!(account.id.as_bytes(), record.key);
        table.insert(account, record.arrival);
    }
    table
}

fn raw(record: &Record) -> RawRecord<'_> {
    RawRecord {
        key: Some(&record.key),
        value: Some(&record.value),
        arrival: Some(record.arrival),
        ..RawRecord::default()
    }
}

fn run(shape: Shape) -> Summary {
    let knowledge = Knowledge::shipped();
    let options = Options {
        topic: "events".into(),
        application: "test".into(),
        knowledge_hash: "0".into(),
        payload: PayloadMode::Full,
        publish_max_age: None,
        assessments: false,
        second_stage: false,
    };
    let mut workspace = Workspace::new(Decoder::new(Profile::canonical()), options);
    let (mut partition, accounts) = (Partition::new(0, knowledge.detector, knowledge.policy), account_table(shape));
    let (mut epoch, mut summary) = (Epoch::default(), Summary::default());
    partition.begin();
    for (offset, record) in Generator::new(shape).enumerate() {
        let event = partition.apply(offset as i64, &raw(&record), None, &accounts, &mut workspace, &mut epoch);
        summary.events += u64::from(event.is_some());
        let triggers = if event.is_some() { workspace.outcome().triggers.as_slice() } else { &[] };
        summary.causes += u32::from(!triggers.is_empty());
        for trigger in triggers {
            *summary.reasons.entry(trigger.reason.clone()).or_default() += 1;
            summary.triggered.insert((trigger.tenant.clone(), trigger.conversation.clone()));
        }
    }
    let names = foreshock::wire::Reason::ALL.iter().map(|reason| reason.name());
    summary.dead = names.zip(epoch.counts.dead_letters).filter(|(_, count)| *count > 0).collect();
    summary
}

#[test]
fn a_trial_has_what_a_trial_needs() {
    let summary = run(Shape::new(Kind::Trial, 42, 20_000));
    let triggers: u32 = summary.reasons.values().sum();
    assert!(triggers >= 500, "{triggers} triggers: {:?}", summary.reasons);
    assert!(summary.reasons.len() >= 10, "{:?}", summary.reasons);
    assert_eq!(summary.dead.values().sum::<u64>(), 100, "every malformed record is a dead letter: {:?}", summary.dead);
    assert!(summary.dead.len() >= 8, "{:?}", summary.dead);
    assert_eq!(summary.events, 19_900);
}

#[test]
fn of_the_throughput_shape_one_to_three_percent_trigger() {
    for kind in [Kind::Throughput, Kind::Stateless] {
        let summary = run(Shape::new(kind, 42, 20_000));
        assert!((200..=600).contains(&summary.causes), "{kind:?}: {} events trigger", summary.causes);
        assert!(summary.dead.is_empty(), "{:?}", summary.dead);
    }
}

#[test]
fn in_the_stateless_shape_a_triggering_message_is_alone() {
    let shape = Shape::new(Kind::Stateless, 42, 20_000);
    let mut events: BTreeMap<(String, String), u32> = BTreeMap::new();
    for record in Generator::new(shape) {
        let value: serde_json::Value = serde_json::from_slice(&record.value).unwrap();
        let field = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        *events.entry((field("tenant"), field("conversation_id"))).or_default() += 1;
    }
    for triggered in run(shape).triggered {
        assert_eq!(events[&triggered], 1, "{triggered:?}");
    }
}
