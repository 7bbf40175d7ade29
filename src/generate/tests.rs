//! Laws of the generator itself; what the engine makes of its records is tested in `tests/generate.rs`.

use std::collections::{BTreeMap, BTreeSet};

use expect_test::expect;
use sha2::{Digest, Sha256};

use super::*;

fn digest(shape: Shape) -> String {
    let mut hash = Sha256::new();
    for record in Generator::new(shape).chain(accounts(shape)) {
        for part in [&record.key, &record.value, record.arrival.0.to_be_bytes().as_slice()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Changes with any sentence; then `UPDATE_EXPECT=1` writes the new one. It must not change otherwise.
#[test]
fn the_same_seed_gives_the_same_bytes_on_every_machine() {
    let digests = Kind::ALL.map(|kind| digest(Shape::new(kind, 7, 2_000)));
    expect!["256b9fcc8dc232ae b54647e6a4f5a231 998405e3fe1a237c"].assert_eq(&digests.join(" "));
    assert_ne!(digest(Shape::new(Kind::Trial, 8, 2_000)), digests[0]);
}

#[test]
fn every_sentence_expands() {
    let facts = template::Facts { customer: "Ana", agent: "Bo", company: "Cee", feature: "dial", reference: "E-5" };
    let pools = scene::TRIAL.iter().flat_map(|scene| scene.beats).filter_map(|beat| match beat {
        scene::Beat::Say(_, pool) | scene::Beat::Led(_, pool) | scene::Beat::Mail(pool) => Some(*pool),
        _ => None,
    });
    let plain = [plain::OPENINGS, plain::DETAILS, plain::ANSWERS, plain::BOT_ANSWERS, plain::THANKS, plain::NOTES];
    let mut random = Random::new(1, 1);
    for template in pools.chain(plain).chain(scene::ALONE.iter().copied()).flatten() {
        for _ in 0..100 {
            let mut out = String::new();
            template::expand(template, &facts, &mut random, &mut out);
            assert!(!out.contains(['[', ']', '{', '}', '|', '\n']), "{template} became {out}");
        }
    }
}

#[test]
fn the_counts_of_a_shape_are_met() {
    for kind in Kind::ALL {
        for events in [1, 2, 19, 200, 3_001] {
            let shape = Shape::new(kind, 3, events);
            let records: Vec<Record> = Generator::new(shape).collect();
            assert_eq!(records.len() as u64, events);
            assert!(records.is_sorted_by_key(|record| record.arrival));
            assert!(records.iter().all(|record| !record.value.is_empty() && !record.value.contains(&b'\n')));
        }
    }
}

/// What a test needs to know of a well-formed event.
struct Seen {
    event: (String, String, String),
    time: Option<i64>,
    text: String,
}

fn seen(record: &Record) -> Option<Seen> {
    let value: serde_json::Value = serde_json::from_slice(&record.value).ok()?;
    let field = |name: &str| value.get(name).and_then(|field| field.as_str()).unwrap_or_default().to_owned();
    let time = match value.get("occurred_at")? {
        serde_json::Value::Number(number) => number.as_i64().map(|n| if n < 10_000_000_000 { n * 1_000 } else { n }),
        other => other.as_str()?.parse::<jiff::Timestamp>().ok().map(|time| time.as_millisecond()),
    };
    let received: jiff::Timestamp = field("received_at").parse().ok()?;
    assert_eq!(received.as_millisecond(), record.arrival.0);
    assert_eq!(field("conversation_id").as_bytes(), record.key);
    Some(Seen { event: (field("tenant"), field("conversation_id"), field("event_id")), time, text: field("text") })
}

#[test]
fn a_trial_has_the_mix_it_promises() {
    let shape = Shape::new(Kind::Trial, 42, 20_000);
    let (mut ids, mut latest, mut texts) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
    let (mut duplicates, mut late, mut malformed) = (0, 0, 0);
    for record in Generator::new(shape) {
        let Some(seen) = seen(&record) else {
            malformed += 1;
            continue;
        };
        texts.insert(seen.text);
        if !ids.insert(seen.event.clone()) {
            duplicates += 1;
            continue;
        }
        let time = seen.time.unwrap_or_default();
        let latest = latest.entry((seen.event.0, seen.event.1)).or_insert(i64::MIN);
        // Seconds are the coarsest clock among the sources.
        late += usize::from(time < *latest / 1_000 * 1_000);
        *latest = (*latest).max(if time > record.arrival.0 { *latest } else { time });
    }
    assert_eq!((malformed, duplicates, latest.len()), (100, 400, 3_000));
    assert!((900..1_100).contains(&late), "{late} events are late");
    assert!(texts.len() > 13_000, "{} texts differ", texts.len());
}

#[test]
fn throughput_messages_are_as_long_as_real_ones() {
    let shape = Shape::new(Kind::Throughput, 42, 20_000);
    let (mut bytes, mut text, mut words) = (0, 0, 0);
    for record in Generator::new(shape) {
        let seen = seen(&record).unwrap();
        bytes += record.value.len();
        text += seen.text.len();
        words += seen.text.split_whitespace().count();
    }
    eprintln!("{bytes} {text} {words}");
    let mean = [bytes, text, words].map(|sum| sum / 20_000);
    assert!((545..=561).contains(&mean[0]), "events of {} B", mean[0]);
    assert!((182..=194).contains(&mean[1]), "texts of {} B", mean[1]);
    assert!((31..=35).contains(&mean[2]), "texts of {} words", mean[2]);
}
