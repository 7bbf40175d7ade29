//! The only place that knows JSON: events and accounts in, triggers, assessments, scan lines and dead letters out.
//!
//! Everything here is contract with others' programs, documented in `docs/`: fields are only ever added, names never
//! change their meaning, and what is written is the same bytes for the same input on every machine.

mod account;
mod assessment;
mod base64;
mod dead_letter;
mod event;
mod json;
mod names;
mod problem;
mod profile;
mod record;
mod report_line;
mod scan_line;
mod shrink;
mod state;
pub mod timestamp;
mod trigger;
mod value;

pub use account::{decode_account, decode_account_and_tell};
pub use assessment::encode_assessment;
pub use dead_letter::{DeadLetter, PayloadMode, encode_dead_letter};
pub use event::{Decoder, encode_event};
pub use profile::{Profile, Profiles, run_source_cases};
pub use record::{Header, RawRecord, Reason, Reject};
pub use report_line::{RatingsView, SummaryView, encode_summary};
pub use scan_line::{ScanLine, decode_scan_line, encode_scan_line};
pub use shrink::{shrink_dead_letter, shrink_trigger};
pub use state::{
    Exported, NextDeadline, PartitionSummary, Place, Position, decode_exported, encode_exported,
    encode_exported_position, encode_partition_summary, encode_state,
};
pub use trigger::*;
