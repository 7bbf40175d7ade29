//! The only place that knows JSON: events and accounts in, triggers, assessments, scan lines and dead letters out.
//!
//! Everything here is contract with others' programs, documented in `docs/`: fields are only ever added, names never
//! change their meaning, and what is written is the same bytes for the same input on every machine.

mod assessment;
mod dead_letter;
mod event;
mod json;
mod names;
mod record;
pub mod timestamp;
mod trigger;

pub use assessment::encode_assessment;
pub use dead_letter::{DeadLetter, PayloadMode, encode_dead_letter};
pub use event::{Decoder, Profile, encode_event};
pub use record::{Header, RawRecord, Reason, Reject};
pub use trigger::*;
