//! Dead letters: records that could not be used, kept so that they can be mended and sent again.
//!
//! They hold what customers wrote and belong on a restricted topic; `docs/DEAD_LETTERS.md` documents every field.

use sha2::{Digest, Sha256};

use crate::limits::DEAD_LETTER_BYTES;
use crate::text::mask::mask;
use crate::time::Timestamp;

use super::base64;
use super::json::{Writer, escaped_prefix, floor_char_boundary};
use super::record::Reject;
use super::timestamp;

/// How much of the original record a dead letter holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PayloadMode {
    /// The original bytes, up to [`DEAD_LETTER_BYTES`].
    #[default]
    Full,
    /// The same as text, with everything personal or secret masked.
    Masked,
    /// Nothing but its size and hash.
    None,
}

impl PayloadMode {
    /// All modes.
    pub const ALL: [PayloadMode; 3] = [PayloadMode::Full, PayloadMode::Masked, PayloadMode::None];

    /// The mode's name as written in settings and dead letters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            PayloadMode::Full => "full",
            PayloadMode::Masked => "masked",
            PayloadMode::None => "none",
        }
    }

    /// The mode with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<PayloadMode> {
        PayloadMode::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// A record that could not be used, with the place it came from.
#[derive(Clone, Copy, Debug)]
pub struct DeadLetter<'a> {
    /// Why it could not be used.
    pub reject: &'a Reject,
    /// The topic it was read from, or the file's name.
    pub topic: &'a str,
    /// Its partition; 0 for a file.
    pub partition: i32,
    /// Its offset, or its line in the file, from 0.
    pub offset: i64,
    /// Its key.
    pub key: Option<&'a [u8]>,
    /// Its value.
    pub value: Option<&'a [u8]>,
    /// When it reached the log, if that is known.
    pub arrival: Option<Timestamp>,
    /// How much of the value to keep.
    pub payload: PayloadMode,
}

/// The largest payload as written, without quotes: Base64 of as many bytes as are kept. With the rest of the envelope
/// it stays under Kafka's default limit of 1 MB.
const PAYLOAD_BYTES: usize = base64::length(DEAD_LETTER_BYTES);
const _: () = assert!(PAYLOAD_BYTES < 900_000);

/// Appends the dead letter to `out` as one JSON object without a line end.
pub fn encode_dead_letter(letter: &DeadLetter<'_>, out: &mut Vec<u8>) {
    let value = letter.value.unwrap_or_default();
    let mut json = Writer::new(out);
    json.open(b'{').number("schema_version", 1).text("reason", letter.reject.reason.name());
    json.text("detail", &letter.reject.detail).text("topic", letter.topic);
    json.number("partition", letter.partition).number("offset", letter.offset);
    if let Some(time) = letter.arrival {
        json.text("time", &timestamp::format(time));
    }
    if let Some(key) = letter.key {
        match str::from_utf8(&key[..key.len().min(KEY_BYTES)]) {
            Ok(text) => json.text("key", text),
            Err(_) => json.text("key_base64", &base64::encode(&key[..key.len().min(KEY_BYTES)])),
        };
    }
    json.number("size", value.len()).key("sha256").quoted(Hex(&Sha256::digest(value)));
    json.text("payload_mode", letter.payload.name());
    match (letter.value, letter.payload) {
        (None, _) | (_, PayloadMode::None) => {}
        (Some(value), PayloadMode::Full) => full(&mut json, value),
        (Some(value), PayloadMode::Masked) => masked(&mut json, value),
    }
    json.close(b'}');
}

/// Bytes of a key that are kept; ours are ids, so that only a foreign one is longer.
const KEY_BYTES: usize = 1_024;

/// The original bytes: as text if they are text and that is no longer than Base64 would be.
fn full(json: &mut Writer<'_>, value: &[u8]) {
    let kept = &value[..value.len().min(DEAD_LETTER_BYTES)];
    let text = match str::from_utf8(kept) {
        Ok(text) => Some(text),
        // The cut went through a character.
        Err(error) if kept.len() < value.len() && error.error_len().is_none() => {
            str::from_utf8(&kept[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    match text.filter(|text| escaped_prefix(text, base64::length(kept.len())) == text.len()) {
        Some(text) => {
            json.text("payload_encoding", "utf-8").text("payload", text);
            cut(json, text.len() < value.len());
        }
        None => {
            json.text("payload_encoding", "base64").text("payload", &base64::encode(kept));
            cut(json, kept.len() < value.len());
        }
    }
}

/// What can be read of it as text, masked.
fn masked(json: &mut Writer<'_>, value: &[u8]) {
    let near = String::from_utf8_lossy(&value[..value.len().min(DEAD_LETTER_BYTES)]);
    // What the cut splits could no longer be recognised, so it goes as a whole.
    let near = if value.len() > DEAD_LETTER_BYTES {
        near.rsplit_once(char::is_whitespace).unwrap_or_default().0
    } else {
        &near
    };
    let masked = mask(near);
    let bounded = &masked[..floor_char_boundary(&masked, DEAD_LETTER_BYTES)];
    let written = &bounded[..escaped_prefix(bounded, PAYLOAD_BYTES)];
    json.text("payload_encoding", "utf-8").text("payload", written);
    cut(json, written.len() < masked.len() || value.len() > DEAD_LETTER_BYTES);
}

fn cut(json: &mut Writer<'_>, cut: bool) {
    if cut {
        json.boolean("cut", true);
    }
}

/// Bytes as lower-case hexadecimal.
struct Hex<'a>(&'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
