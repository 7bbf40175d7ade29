//! Each stage by itself, beside the floors that a machine sets: what `cargo bench` shows a developer.
//!
//! A sample is a pass over the whole corpus; items are records. Compare only within one run.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use foreshock::accounts::AccountTable;
use foreshock::detect::{Detector, Findings, Scratch, Text};
use foreshock::engine::{self, Engine, Input, Outcome};
use foreshock::generate::Record;
use foreshock::knowledge::Knowledge;
use foreshock::message::{AuthorType, Event, Format};
use foreshock::pipeline::{Epoch, Partition};
use foreshock::risk::Trigger;
use foreshock::wire::{self, Decoder, Profile, Provenance, RawRecord};

mod corpus;

fn main() {
    divan::main();
}

/// Measures `read` on every record.
fn each(bencher: Bencher<'_, '_>, records: &[Record], mut read: impl FnMut(&Record)) {
    bencher.counter(ItemsCount::new(records.len())).bench_local(|| {
        for record in black_box(records) {
            read(record);
        }
    });
}

/// Everything that ships, from files in memory to tables.
#[divan::bench(sample_size = 1)]
fn load() -> Knowledge {
    Knowledge::shipped()
}

/// What no reader of the records can beat.
mod floor {
    use super::*;

    #[divan::bench]
    fn memchr(bencher: Bencher<'_, '_>) {
        each(bencher, &corpus::records(), |record| {
            black_box(memchr::memchr(b'\n', &record.value));
        });
    }

    #[divan::bench]
    fn utf8(bencher: Bencher<'_, '_>) {
        each(bencher, &corpus::records(), |record| {
            black_box(simdutf8::basic::from_utf8(&record.value).is_ok());
        });
    }
}

/// JSON to the fields of an event.
mod parse {
    use super::*;
    use corpus::Fields;

    #[divan::bench]
    fn sonic_rs_borrowed(bencher: Bencher<'_, '_>) {
        each(bencher, &corpus::records(), |record| {
            black_box(sonic_rs::from_slice::<Fields<'_>>(&record.value).is_ok());
        });
    }

    #[divan::bench]
    fn serde_json_borrowed(bencher: Bencher<'_, '_>) {
        each(bencher, &corpus::records(), |record| {
            black_box(serde_json::from_slice::<Fields<'_>>(&record.value).is_ok());
        });
    }

    #[divan::bench(args = corpus::LENGTHS)]
    fn decode(bencher: Bencher<'_, '_>, length: usize) {
        let decoder = Decoder::new(Profile::canonical());
        each(bencher, &corpus::records_of(length), |record| {
            black_box(decoder.decode(&raw(record)).is_ok());
        });
    }
}

fn raw(record: &Record) -> RawRecord<'_> {
    RawRecord {
        key: Some(&record.key),
        value: Some(&record.value),
        arrival: Some(record.arrival),
        ..RawRecord::default()
    }
}

/// A text to findings.
mod detect {
    use super::*;

    /// As in the stream: without models that give no points.
    #[divan::bench]
    fn points(bencher: Bencher<'_, '_>) {
        each_text(bencher, 553, Detector::detect_points);
    }

    #[divan::bench(args = corpus::LENGTHS)]
    fn all(bencher: Bencher<'_, '_>, length: usize) {
        each_text(bencher, length, Detector::detect);
    }

    fn each_text(
        bencher: Bencher<'_, '_>,
        length: usize,
        detect: impl Fn(&Detector, Text<'_>, &mut Scratch, &mut Findings),
    ) {
        let knowledge = Knowledge::shipped();
        let records = corpus::records_of(length);
        let texts: Vec<String> = records.iter().map(corpus::text).collect();
        let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
        bencher.counter(ItemsCount::new(texts.len())).bench_local(|| {
            for text in black_box(&texts) {
                let text = Text { text, format: Format::Plain, author: AuthorType::Customer, language: "en" };
                detect(&knowledge.detector, text, &mut scratch, &mut findings);
                black_box(&findings);
            }
        });
    }
}

/// A decoded event to an outcome: detection, conversation state, score, triggers.
mod step {
    use super::*;

    #[divan::bench]
    fn whole(bencher: Bencher<'_, '_>) {
        stepped(bencher, &corpus::records());
    }

    #[divan::bench]
    fn plain(bencher: Bencher<'_, '_>) {
        stepped(bencher, &corpus::plain_records());
    }

    /// Texts emptied: what is left is state and score.
    #[divan::bench]
    fn without_text(bencher: Bencher<'_, '_>) {
        let records: Vec<Record> = corpus::plain_records().iter().map(corpus::without_text).collect();
        stepped(bencher, &records);
    }

    fn stepped(bencher: Bencher<'_, '_>, records: &[Record]) {
        let knowledge = Knowledge::shipped();
        let decoder = Decoder::new(Profile::canonical());
        let events: Vec<Event<'_>> =
            records.iter().map(|record| decoder.decode(&raw(record)).expect("well-formed")).collect();
        let (mut scratch, mut outcome) = (engine::Scratch::default(), Outcome::default());
        let engine = || Engine::new(knowledge.detector.clone(), knowledge.policy.clone());
        // A new engine each time: else all events would be duplicates.
        bencher.counter(ItemsCount::new(events.len())).with_inputs(engine).bench_local_refs(|engine| {
            for event in black_box(&events) {
                engine.step(Input::Event { event, accounts: &None }, &mut scratch, &mut outcome);
                black_box(&outcome);
            }
        });
    }
}

/// A trigger to JSON; items are triggers.
#[divan::bench]
fn encode_trigger(bencher: Bencher<'_, '_>) {
    let (knowledge, decoder) = (Knowledge::shipped(), Decoder::new(Profile::canonical()));
    let mut engine = Engine::new(knowledge.detector.clone(), knowledge.policy.clone());
    let (mut scratch, mut outcome) = (engine::Scratch::default(), Outcome::default());
    let mut triggers: Vec<Trigger> = Vec::new();
    for record in &corpus::records() {
        let event = decoder.decode(&raw(record)).expect("well-formed");
        engine.step(Input::Event { event: &event, accounts: &None }, &mut scratch, &mut outcome);
        triggers.append(&mut outcome.triggers);
    }
    let mut out = Vec::new();
    bencher.counter(ItemsCount::new(triggers.len())).bench_local(|| {
        for trigger in black_box(&triggers) {
            out.clear();
            wire::encode_trigger(trigger, &Provenance::default(), &mut out);
            black_box(&out);
        }
    });
}

/// Record in, epoch out: everything that a worker does but Kafka.
#[divan::bench(args = corpus::LENGTHS)]
fn pipeline(bencher: Bencher<'_, '_>, length: usize) {
    let knowledge = Knowledge::shipped();
    let records = corpus::records_of(length);
    let accounts = AccountTable::default();
    let mut workspace = corpus::workspace();
    let mut epoch = Epoch::default();
    let partition = || Partition::new(0, knowledge.detector.clone(), knowledge.policy.clone());
    bencher.counter(ItemsCount::new(records.len())).with_inputs(partition).bench_local_refs(|partition| {
        epoch.clear();
        partition.begin();
        for (offset, record) in black_box(&records).iter().enumerate() {
            partition.apply(offset as i64, &raw(record), None, &accounts, &mut workspace, &mut epoch);
        }
        partition.commit();
        black_box(&epoch);
    });
}
