//! What CloudEvents 1.0 puts around an event: attributes in the value (structured mode) or in headers (binary mode).

use std::borrow::Cow;

use crate::limits::{FIELD_BYTES, ID_BYTES};
use crate::message::Str;
use crate::wire::json::{Json, Type};
use crate::wire::problem::Problem;
use crate::wire::record::RawRecord;

/// The attributes that can stand in for fields of the event.
#[derive(Debug, Default)]
pub(super) struct Envelope<'a> {
    /// `id` for `event_id`.
    pub(super) id: Option<Str<'a>>,
    /// `time` for `occurred_at`.
    pub(super) time: Option<Str<'a>>,
    /// `subject`, else `partitionkey`, for `conversation_id`.
    pub(super) subject: Option<Str<'a>>,
    structured: bool,
    inside: Inside<'a>,
}

/// What the record's value has under the names of attributes; that counts once the value proves to be a CloudEvent.
#[derive(Debug, Default)]
struct Inside<'a> {
    id: Option<Str<'a>>,
    time: Option<Str<'a>>,
    subject: Option<Str<'a>>,
    partition_key: Option<Str<'a>>,
    data: Option<Json<'a>>,
}

impl<'a> Envelope<'a> {
    /// What the record's headers say: the mode by `content-type`, and in binary mode the attributes.
    pub(super) fn of_headers(record: &RawRecord<'a>) -> Result<Envelope<'a>, Problem> {
        let mut envelope = Envelope::default();
        let content_type = record.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if content_type.starts_with(b"application/cloudevents-batch") {
            return Err(Problem::Cloudevent("a batch of CloudEvents in one record is not supported"));
        }
        if content_type.starts_with(b"application/cloudevents") {
            envelope.structured = true;
            return Ok(envelope);
        }
        if let Some(version) = record.header("ce_specversion") {
            check_version(str::from_utf8(version).unwrap_or_default())?;
            envelope.id = attribute(record, "ce_id");
            envelope.time = attribute(record, "ce_time");
            envelope.subject = attribute(record, "ce_subject").or_else(|| attribute(record, "ce_partitionkey"));
        }
        Ok(envelope)
    }

    /// Reads the value of `key`, if that is an attribute or the data of a CloudEvent in structured mode.
    pub(super) fn read(&mut self, json: &mut Json<'a>, key: &str) -> Result<bool, Problem> {
        match key {
            "specversion" => {
                self.structured = true;
                match json.peek()? {
                    Type::String => check_version(&json.string(FIELD_BYTES)?.0)?,
                    _ => return Err(Problem::Cloudevent("`specversion` is not a string")),
                }
            }
            "data" => {
                self.inside.data = Some(json.clone());
                json.skip()?;
            }
            "id" => self.inside.id = string(json)?,
            "time" => self.inside.time = string(json)?,
            "subject" => self.inside.subject = string(json)?,
            "partitionkey" => self.inside.partition_key = string(json)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether the record's value is a CloudEvent.
    pub(super) fn is_structured(&self) -> bool {
        self.structured
    }

    /// The beginning of the data, once all has been read. `subject` is what was read under that name, where an event's
    /// subject line was expected.
    pub(super) fn take_payload(&mut self, subject: Str<'a>) -> Result<Json<'a>, Problem> {
        let inside = std::mem::take(&mut self.inside);
        let subject = inside.subject.or(Some(subject)).filter(|subject| !subject.is_empty());
        (self.id, self.time, self.subject) = (inside.id, inside.time, subject.or(inside.partition_key));
        let mut data = inside.data.ok_or(Problem::Cloudevent("the CloudEvent has no `data` in JSON"))?;
        match data.peek()? {
            Type::Object => Ok(data),
            _ => Err(Problem::Cloudevent("the CloudEvent's `data` is not a JSON object")),
        }
    }
}

fn check_version(version: &str) -> Result<(), Problem> {
    if version == "1.0" { Ok(()) } else { Err(Problem::Cloudevent("the CloudEvent's `specversion` is not 1.0")) }
}

/// An attribute of binary mode; what is not UTF-8 counts as missing.
fn attribute<'a>(record: &RawRecord<'a>, name: &str) -> Option<Str<'a>> {
    let value = str::from_utf8(record.header(name)?).ok()?;
    Some(Cow::Borrowed(value)).filter(|value| !value.is_empty())
}

/// A string attribute, kept just long enough for an id too long to be seen as such; `None` for any other type.
fn string<'a>(json: &mut Json<'a>) -> Result<Option<Str<'a>>, Problem> {
    if json.peek()? == Type::String {
        let (text, _) = json.string(ID_BYTES + 4)?;
        return Ok(Some(text).filter(|text| !text.is_empty()));
    }
    json.skip()?;
    Ok(None)
}
