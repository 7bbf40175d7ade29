//! From a pipeline's outputs to records: topics, headers, and what to do with one that is too large.

use crate::kafka::Write;
use crate::pipeline::{Change, Destination, Output};
use crate::wire::{self, Header};

/// What a router's CloudEvents library looks for (structured content mode, CloudEvents Kafka binding 3.3).
const TRIGGER: &[Header<'static>] =
    &[Header { name: "content-type", value: b"application/cloudevents+json; charset=UTF-8" }];
const DEAD_LETTER: &[Header<'static>] = &[Header { name: "content-type", value: b"application/json; charset=UTF-8" }];

/// An output topic's place among those that a worker writes to.
#[must_use]
pub(super) const fn place(destination: Destination) -> usize {
    match destination {
        Destination::Triggers => 0,
        Destination::DeadLetters => 1,
        Destination::RepartitionedEvents => 2,
    }
}

/// The record of an output.
#[must_use]
pub(super) fn write<'a>(output: &Output<'a>) -> Write<'a> {
    let headers = match output.destination {
        Destination::Triggers => TRIGGER,
        Destination::DeadLetters => DEAD_LETTER,
        Destination::RepartitionedEvents => &[],
    };
    Write {
        topic: place(output.destination),
        partition: None,
        key: (!output.key.is_empty()).then_some(output.key),
        value: Some(output.value),
        headers,
        timestamp: output.timestamp,
    }
}

/// The record of a change of state; `changelog` is that topic's place among those that a worker writes to.
#[must_use]
pub(super) fn write_change<'a>(change: &Change<'a>, changelog: usize) -> Write<'a> {
    Write {
        topic: changelog,
        partition: Some(change.partition),
        key: Some(change.key),
        value: change.value,
        headers: &[],
        timestamp: None,
    }
}

/// The output's value cut to `bytes_max`, marked as cut.
#[must_use]
pub(super) fn cut(destination: Destination, value: &[u8], bytes_max: usize) -> Vec<u8> {
    match destination {
        Destination::Triggers => wire::shrink_trigger(value, bytes_max),
        Destination::DeadLetters => wire::shrink_dead_letter(value, bytes_max),
        Destination::RepartitionedEvents => value.to_vec(),
    }
}
