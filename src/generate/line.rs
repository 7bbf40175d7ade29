//! How generated events are written: canonical JSON, one object a line, empty fields left out.

use serde::Serialize;

use crate::time::Timestamp;

/// A canonical event as its source writes it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Line<'a> {
    pub(super) schema_version: u8,
    pub(super) event_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) tenant: &'a str,
    pub(super) conversation_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) account_id: &'a str,
    pub(super) occurred_at: Time,
    pub(super) received_at: Time,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) kind: &'a str,
    pub(super) author: Author<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) text: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) format: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) subject: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) channel: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) language: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) priority: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) status: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) assignee: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) team: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) tags: &'a [&'a str],
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) product_area: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) environment: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bot: Option<Bot<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) csat: Option<u8>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) target_event_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) merge_into: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verdict: Option<Verdict<'a>>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Author<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) name: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Bot<'a> {
    pub(super) confidence: f64,
    pub(super) intent: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Verdict<'a> {
    pub(super) outcome: &'a str,
    pub(super) by: &'a str,
}

/// The ways in which sources write a time.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Time {
    Text(String),
    Number(i64),
}

impl Default for Time {
    fn default() -> Time {
        Time::Number(0)
    }
}

impl Time {
    /// RFC 3339 in UTC with milliseconds: 24 bytes from year 0 to 9999.
    pub(super) fn rfc3339(time: Timestamp) -> Time {
        Time::Text(rfc3339(time))
    }
}

fn rfc3339(time: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(time.0.clamp(Timestamp::MIN.0, Timestamp::MAX.0));
    format!("{:.3}", time.expect("the range of `Timestamp` is smaller than jiff's"))
}

impl Line<'_> {
    /// The line without its line break.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(640);
        serde_json::to_writer(&mut out, self).expect("strings and numbers always serialize, and memory takes all");
        out
    }
}

/// Sets a written event's `received_at` to `arrival`, as when its source sends it again.
pub(super) fn arrive_again(value: &mut [u8], arrival: Timestamp) {
    const FIELD: &[u8] = b"\"received_at\":\"";
    let found = value.windows(FIELD.len()).position(|window| window == FIELD);
    let at = found.expect("every event carries it, and before its text") + FIELD.len();
    let time = rfc3339(arrival);
    value[at..at + time.len()].copy_from_slice(time.as_bytes());
}
