//! What the benches read: events of the project's own generator, whole and at three lengths.
#![allow(dead_code, reason = "each bench uses a part of it, and fields are there to be parsed")]

pub(crate) mod mixed;

use std::borrow::Cow;

use foreshock::generate::{Generator, Kind, Record, Shape};
use foreshock::message::Format;
use foreshock::pipeline::{Options, Workspace};
use foreshock::time::Span;
use foreshock::wire::{Decoder, PayloadMode, Profile};

/// How many records a bench goes through; more than fit into the nearer caches.
pub(crate) const EVENTS: u64 = 4_000;

/// Events of 553 B mean with texts of 188 B mean, 2 % of them triggering.
pub(crate) fn records() -> Vec<Record> {
    Generator::new(Shape::new(Kind::Throughput, 42, EVENTS)).collect()
}

/// The text of a generated event.
pub(crate) fn text(record: &Record) -> String {
    let value: serde_json::Value = serde_json::from_slice(&record.value).expect("the throughput shape is well-formed");
    value["text"].as_str().expect("every message has a text").to_owned()
}

/// The texts of [`records`].
pub(crate) fn texts() -> Vec<String> {
    records().iter().map(text).collect()
}

/// [`records`] with the texts of [`mixed::mixed`].
pub(crate) fn mixed_records() -> Vec<Record> {
    let records = records();
    let messages = mixed::mixed(&texts());
    let each = records.iter().zip(messages).map(|(record, message)| {
        let mut value: serde_json::Value = serde_json::from_slice(&record.value).expect("well-formed");
        value["text"] = message.text.into();
        value["language"] = message.language.into();
        if message.format == Format::Html {
            value["format"] = "html".into();
        }
        with(record, value.to_string())
    });
    each.collect()
}

/// Only the plain records, in which nothing is to be found.
pub(crate) fn plain_records() -> Vec<Record> {
    Generator::new(Shape { triggering: 0, ..Shape::new(Kind::Throughput, 42, EVENTS) }).collect()
}

/// The lengths at which the whole engine is measured, in bytes of JSON.
pub(crate) const LENGTHS: [usize; 3] = [100, 553, 1_500];

/// Events of about `bytes` bytes. The short ones have the required fields only, the long ones several messages' text.
pub(crate) fn records_of(bytes: usize) -> Vec<Record> {
    let records = records();
    match bytes {
        553 => records,
        ..553 => records.iter().map(short).collect(),
        _ => {
            let texts: Vec<String> = records.iter().map(text).collect();
            let longer = (bytes - 553) / 188;
            records.iter().enumerate().map(|(index, record)| long(record, &texts, index, longer)).collect()
        }
    }
}

/// The record with an empty text.
pub(crate) fn without_text(record: &Record) -> Record {
    let line = String::from_utf8(record.value.clone()).expect("UTF-8");
    with(record, line.replace(&text(record), ""))
}

/// Buffers for one thread, with settings as `serve` has them by default.
pub(crate) fn workspace() -> Workspace {
    let options = Options {
        topic: "conversation-events".into(),
        application: "foreshock".into(),
        knowledge_hash: "0".into(),
        payload: PayloadMode::Full,
        publish_max_age: Some(Span::hours(1)),
        assessments: false,
        second_stage: false,
    };
    Workspace::new(Decoder::new(Profile::canonical()), options)
}

fn with(record: &Record, value: String) -> Record {
    Record { value: value.into_bytes(), ..record.clone() }
}

fn short(record: &Record) -> Record {
    let value: serde_json::Value = serde_json::from_slice(&record.value).expect("well-formed");
    let all = text(record);
    let words: String = all.split_inclusive(' ').take(3).collect();
    let id = value["event_id"].as_str().expect("an id");
    let conversation = value["conversation_id"].as_str().expect("an id");
    let line = format!(
        r#"{{"event_id":"{id}","conversation_id":"{conversation}","occurred_at":{},"author":{{"type":"customer"}},"text":"{}"}}"#,
        record.arrival.0,
        words.trim_end(),
    );
    with(record, line)
}

fn long(record: &Record, texts: &[String], index: usize, longer: usize) -> Record {
    let line = String::from_utf8(record.value.clone()).expect("UTF-8");
    let more: String = (1..=longer).flat_map(|step| [" ", &texts[(index + step * 97) % texts.len()]]).collect();
    let at = line.find(r#"","channel""#).expect("the text ends before the channel");
    with(record, format!("{}{more}{}", &line[..at], &line[at..]))
}

/// The fields of an event as a reader with serde would declare them; strings borrowed, which fails where one is escaped.
#[derive(serde::Deserialize)]
pub(crate) struct Fields<'a> {
    pub(crate) event_id: &'a str,
    pub(crate) tenant: Option<&'a str>,
    pub(crate) conversation_id: &'a str,
    pub(crate) account_id: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) author: Author<'a>,
    pub(crate) occurred_at: &'a str,
    pub(crate) received_at: &'a str,
    pub(crate) kind: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) text: Option<Cow<'a, str>>,
    pub(crate) channel: Option<&'a str>,
    pub(crate) language: Option<&'a str>,
    pub(crate) priority: Option<&'a str>,
    pub(crate) status: Option<&'a str>,
    pub(crate) product_area: Option<&'a str>,
    pub(crate) environment: Option<&'a str>,
}

#[derive(serde::Deserialize)]
pub(crate) struct Author<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: &'a str,
    pub(crate) id: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
}
