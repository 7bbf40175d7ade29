//! Triggers: what routers read. A CloudEvent 1.0 in structured mode whose data is documented in `docs/TRIGGERS.md`.

mod account;
mod brevity;
mod brief;
mod encode;
mod plan;
mod subject;
mod view;

use crate::time::Timestamp;

pub use encode::encode_trigger;
pub(in crate::wire) use encode::{write_factor_whole, write_triage};
pub use subject::{encode_finding, finding_key};
pub use view::*;

/// Where a trigger came from and what made it: with the same input and the same of these, the same bytes come out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Provenance<'a> {
    /// The application's name; triggers have the CloudEvents source `/foreshock/<application>`.
    pub application: &'a str,
    /// The engine's version, e.g. `0.1.0`.
    pub engine_version: &'a str,
    /// The hash of rules, lexicons and policies.
    pub knowledge_hash: &'a str,
    /// The topic of the record that caused the trigger, or the file's name.
    pub topic: &'a str,
    /// Its partition; 0 for a file.
    pub partition: i32,
    /// Its offset, or its line in the file, from 0.
    pub offset: i64,
    /// The tick that published it before a record of its conversation did: the stream time it was given. With the offset
    /// (of the next record) it says after which records, so that a replay can be given the same ticks.
    pub tick: Option<Timestamp>,
    /// Whether the cause was old when the trigger was published: nobody should be paged for it.
    pub backfill: bool,
}
