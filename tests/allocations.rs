//! What the hot path takes from the allocator: nothing for a plain message, once its buffers are warm. A test program of
//! its own, since it counts what this program allocates.

use std::collections::BTreeSet;

use allocation_counter::measure;
use foreshock::detect::{Findings, Scratch, Text};
use foreshock::engine::{self, Engine, Input, Outcome};
use foreshock::generate::{Generator, Kind, Record, Shape};
use foreshock::knowledge::Knowledge;
use foreshock::lexicon::Language;
use foreshock::message::{AuthorType, Event, Format};
use foreshock::policy::Use;
use foreshock::score::Score;
use foreshock::text::{Document, Reading};
use foreshock::wire::{Decoder, Profile, RawRecord};

/// Plain conversations only: nothing in them triggers.
fn records() -> Vec<Record> {
    Generator::new(Shape { triggering: 0, ..Shape::new(Kind::Throughput, 5, 2_000) }).collect()
}

fn decode<'a>(decoder: &Decoder, record: &'a Record) -> Event<'a> {
    let raw = RawRecord {
        key: Some(&record.key),
        value: Some(&record.value),
        arrival: Some(record.arrival),
        ..RawRecord::default()
    };
    decoder.decode(&raw).expect("the throughput shape is well-formed")
}

/// Reading borrows from the record; only unescaping and lists take memory of their own.
#[test]
fn reading_an_event_without_escapes_and_lists_allocates_nothing() {
    let (decoder, records) = (Decoder::new(Profile::canonical()), records());
    let plain = |record: &&Record| !record.value.iter().any(|byte| matches!(byte, b'\\' | b'['));
    let plain: Vec<&Record> = records.iter().filter(plain).collect();
    assert!(plain.len() > 100, "{} of {} records are plain", plain.len(), records.len());
    let allocations: u64 = plain.iter().map(|record| measure(|| drop(decode(&decoder, record))).count_total).sum();
    assert_eq!(allocations, 0, "{} records", plain.len());
}

/// `step` may allocate for a conversation it has not met, and for a bot's first turn in it, but not for what a person
/// goes on to say, unless it tells a fact of the case.
#[test]
fn a_plain_message_allocates_nothing_once_warm() {
    let (knowledge, decoder, records) = (Knowledge::shipped(), Decoder::new(Profile::canonical()), records());
    let events: Vec<Event<'_>> = records.iter().map(|record| decode(&decoder, record)).collect();

    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let mut detect = |event: &Event<'_>| {
        let text = Text { text: &event.text, format: Format::Plain, author: AuthorType::Customer, language: "en" };
        knowledge.detector.detect(text, &mut scratch, &mut findings);
        findings.findings.is_empty()
    };
    let plain: Vec<&Event<'_>> = events.iter().filter(|event| detect(event)).collect();
    assert!(plain.len() * 10 > events.len() * 8, "{} of {} messages are plain", plain.len(), events.len());
    let words = &knowledge.policy.words;
    let tells_facts = |event: &Event<'_>| {
        let (mut document, mut places) = (Document::default(), Vec::new());
        document.read(&event.text, Format::Plain, Reading::Own);
        words.lookup.search(&document, &event.text, Language::Any, &mut places);
        places.iter().any(|place| {
            words.entry(place.entry).is_some_and(|entry| entry.usage != Use::Marker || entry.name == "since")
        })
    };
    let allocations = plain.iter().map(|event| measure(|| _ = detect(event)).count_total).sum::<u64>();
    assert_eq!(allocations, 0, "detection, {} messages", plain.len());

    let mut engine = Engine::new(knowledge.detector.clone(), knowledge.policy.clone());
    let (mut scratch, mut outcome) = (engine::Scratch::default(), Outcome::default());
    let mut step = |event: &Event<'_>| {
        engine.step(Input::Event { event, accounts: &None }, &mut scratch, &mut outcome);
        outcome.assessment.score
    };
    let (warming, measured) = plain.split_at(plain.len() * 3 / 4);
    let mut known = BTreeSet::new();
    for event in warming {
        step(event);
        known.insert((&event.tenant, &event.conversation));
    }
    let (mut steps, mut allocations) = (0, 0);
    for event in measured.iter().filter(|event| known.contains(&(&event.tenant, &event.conversation))) {
        let mut score = Score::ZERO;
        let taken = measure(|| score = step(event)).count_total;
        // A bot's turn and what a brief needs are remembered, and a score has reasons, even if each message for itself is
        // plain.
        if event.author.kind != AuthorType::Bot && score == Score::ZERO && !tells_facts(event) {
            (steps, allocations) = (steps + 1, allocations + taken);
        }
    }
    assert!(steps > 100, "{steps} of {} messages are plain in conversations already met", measured.len());
    assert_eq!(allocations, 0, "{steps} steps");
}
