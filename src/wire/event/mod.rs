//! The canonical event: JSON in, [`Event`] out, and back.
//!
//! Reading is total: any bytes give an event or a [`Reject`] with a reason of a closed set. What the event cannot
//! do without is checked strictly; of the rest, what cannot be used is left out and marked.

mod assemble;
mod cloudevent;
mod encode;
mod fields;

pub use encode::encode_event;

use crate::limits::RECORD_BYTES;
use crate::message::Event;
use crate::wire::json::{Json, Type};
use crate::wire::problem::Problem;
use crate::wire::profile::{self, Profile};
use crate::wire::record::{RawRecord, Reason, Reject};

use cloudevent::Envelope;
pub(super) use fields::Fields;

/// Turns records into events.
#[derive(Clone, Debug)]
pub struct Decoder {
    profile: Profile,
    keyed: bool,
}

impl Decoder {
    /// A decoder of records whose key must be the conversation id; an event whose record has another key or none is
    /// marked `key_mismatch` or `key_missing`.
    #[must_use]
    pub fn new(profile: Profile) -> Decoder {
        Decoder { profile, keyed: true }
    }

    /// A decoder of records that have no keys, such as lines of a file.
    #[must_use]
    pub fn unkeyed(profile: Profile) -> Decoder {
        Decoder { profile, keyed: false }
    }

    /// Reads one record.
    ///
    /// # Errors
    /// When the record cannot be used; it is then a dead letter.
    pub fn decode<'a>(&self, record: &RawRecord<'a>) -> Result<Event<'a>, Reject> {
        let text = text_of(record)?;
        let mut fields = Fields::default();
        let mut envelope = Envelope::default();
        self.read(text, record, &mut fields, &mut envelope)
            .and_then(|()| assemble::event(&mut fields, &envelope, record, self.keyed))
            .map_err(Problem::reject)
    }
}

/// The record's value as text, without a byte order mark.
pub(super) fn text_of<'a>(record: &RawRecord<'a>) -> Result<&'a str, Reject> {
    let Some(value) = record.value else {
        return Err(Reject::new(Reason::Tombstone, "the record has no value"));
    };
    if value.len() > RECORD_BYTES {
        let detail = format!("the record has {} bytes; at most {RECORD_BYTES} are read", value.len());
        return Err(Reject::new(Reason::TooLarge, detail));
    }
    let text = simdutf8::basic::from_utf8(value).map_err(|_| {
        let valid = simdutf8::compat::from_utf8(value).map_or_else(|error| error.valid_up_to(), str::len);
        Reject::new(Reason::NotUtf8, format!("byte {valid} is not UTF-8"))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return Err(Reject::new(Reason::Empty, "the record is empty"));
    }
    Ok(text)
}

impl Decoder {
    /// Reads the fields, from wherever the record's form puts them.
    fn read<'a>(
        &self,
        text: &'a str,
        record: &RawRecord<'a>,
        fields: &mut Fields<'a>,
        envelope: &mut Envelope<'a>,
    ) -> Result<(), Problem> {
        if !record.headers.is_empty() {
            *envelope = Envelope::of_headers(record)?;
        }
        let source = self.profile.source();
        let mut json = Json::new(text);
        if json.peek()? != Type::Object {
            json.skip()?;
            json.end()?;
            return Err(Problem::NotAnObject);
        }
        let mut payload = json.clone();
        match source {
            None => json.object(|json, key| {
                let known = fields.read(json, key)? || envelope.read(json, key)?;
                if known { Ok(()) } else { Ok::<_, Problem>(json.skip()?) }
            })?,
            Some(_) => json.object(|json, key| {
                let known = envelope.read(json, key)?;
                if known { Ok(()) } else { Ok::<_, Problem>(json.skip()?) }
            })?,
        }
        json.end()?;
        if envelope.is_structured() {
            // Beside the envelope's own attributes there is nothing of ours; the event is its data.
            payload = envelope.take_payload(std::mem::take(fields).subject)?;
        }
        match source {
            Some(source) => profile::read(source, payload, fields),
            None if envelope.is_structured() => payload
                .object(|json, key| if fields.read(json, key)? { Ok(()) } else { Ok::<_, Problem>(json.skip()?) }),
            None => Ok(()),
        }
    }
}
