//! What escalations came to: triggers and the events around them in, figures out, as text, JSON or one page of HTML.
//!
//! The figures are one JSON document; text and page are templates over it, so that all three say the same. Times are
//! milliseconds, shares thousandths: integers, so that the same files give the same report on every machine.

mod figures;
mod log;
mod noise;
mod people;
mod period;
mod plots;
mod proposals;
mod ratings;
mod reasons;
mod render;
mod resolution;
mod spread;

use std::collections::BTreeMap;

use serde_json::Value;

pub use log::{Kept, Log};
pub use period::Period;
pub use render::{page, text};

/// What a report is about.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The time it covers.
    pub period: Period,
    /// The time it is compared with.
    pub compare: Option<Period>,
    /// The weight of each rule in force, by id, for proposals.
    pub weights: BTreeMap<String, i32>,
    /// The least score that opens an episode now.
    pub opens_at: i32,
}

/// The figures of what `log` holds, as one JSON document; `docs/REPORT.md` describes its fields.
#[must_use]
pub fn figures(log: &Log, wanted: &Wanted) -> Value {
    figures::all(log, wanted)
}
