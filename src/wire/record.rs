//! A record as it lies in the log, and why one can be refused.

use std::fmt;

use crate::time::Timestamp;

/// A header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// The header's name.
    pub name: &'a str,
    /// Its value; empty also when the record has none.
    pub value: &'a [u8],
}

/// A record of the input: from Kafka, or a line of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawRecord<'a> {
    /// The record's key.
    pub key: Option<&'a [u8]>,
    /// The record's value; `None` for a tombstone.
    pub value: Option<&'a [u8]>,
    /// The record's headers.
    pub headers: &'a [Header<'a>],
    /// When the record reached the log: its Kafka timestamp. It bounds the event's time.
    pub arrival: Option<Timestamp>,
    /// What bounds the event's time when neither `arrival` nor the event's own `received_at` is known: in a file the
    /// time of the previous record plus 24 hours.
    pub assumed_arrival: Option<Timestamp>,
}

impl<'a> RawRecord<'a> {
    /// A line of a file: only a value.
    #[must_use]
    pub fn line(line: &'a [u8]) -> RawRecord<'a> {
        RawRecord { value: Some(line), ..RawRecord::default() }
    }

    /// The value of the header with that name, compared without regard to case; the last one if it is repeated.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers.iter().rev().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value)
    }
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Why a record is a dead letter. A closed set: names are contract, `docs/DEAD_LETTERS.md` documents each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Reason { $($(#[doc = $doc])+ $variant,)+ }

        impl Reason {
            /// All reasons.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant,)+];

            /// The reason's name as written in dead letters and metrics.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Reason::$variant => $name,)+ }
            }

            /// The reason in a sentence.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self { $(Reason::$variant => concat!($($doc),+),)+ }
            }
        }
    };
}

reasons! {
    /// The record's value is empty or white space.
    Empty = "empty",
    /// The record has no value; events are not deleted by key.
    Tombstone = "tombstone",
    /// The record is larger than 16 MiB.
    TooLarge = "too_large",
    /// The record is not UTF-8.
    NotUtf8 = "not_utf8",
    /// The record is not JSON.
    NotJson = "not_json",
    /// The record's JSON is nested more than 128 deep.
    TooDeep = "too_deep",
    /// The record is JSON, but not an object.
    NotAnObject = "not_an_object",
    /// The record says that it is a CloudEvent, but is none of version 1.0 with a JSON object for data.
    InvalidCloudevent = "invalid_cloudevent",
    /// The record's schema version is not one that is known.
    UnsupportedVersion = "unsupported_version",
    /// The event's kind, or a verdict's outcome, is none that is known.
    UnknownKind = "unknown_kind",
    /// A field that the event needs is missing or null.
    MissingField = "missing_field",
    /// A field that the event needs has a value of a type that it cannot have.
    WrongType = "wrong_type",
    /// An id is empty or longer than 256 bytes.
    InvalidId = "invalid_id",
    /// The time cannot be read, or lies outside the years 0 to 9999.
    InvalidTime = "invalid_time",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A record that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Reject {
    /// Why.
    pub reason: Reason,
    /// What exactly, in a sentence for people. Names fields and places of the record, never what it says.
    pub detail: String,
}

impl Reject {
    /// A rejection with its detail.
    pub(crate) fn new(reason: Reason, detail: impl Into<String>) -> Reject {
        Reject { reason, detail: detail.into() }
    }
}
