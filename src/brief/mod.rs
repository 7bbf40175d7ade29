//! The case brief: what the next team must know, so that nobody has to ask the customer again.
//!
//! [`extract`] reads facts out of each turn by the vocabulary in `policy/briefs`; they are masked before they are kept.
//! [`compose`] makes the brief of a trigger of them, in the reader's words and the customer's.

mod attempts;
mod compose;
mod extract;
mod facts;
mod money;
mod render;
mod sentence;
#[cfg(test)]
mod tests;

pub(crate) use compose::{Inputs, compose, issue_of};
pub(crate) use extract::{Buffers, Reading, extract, note_people};
pub(crate) use facts::{Fact, Facts, Kind};

use crate::time::Timestamp;

/// What was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// What, in the reader's language.
    pub what: String,
    /// Who: `customer`, `agent` or `bot`.
    pub by: &'static str,
    /// `helped`, `did_not_help` or `unknown`.
    pub result: &'static str,
    /// Why it did not help, in the customer's words, masked; empty when they did not say.
    pub why: String,
}

/// Something by reference: a file, a link, lines of a log, a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// `attachment`, `link`, `log`, or what the number stands for: `order`, `invoice`, `error`, …
    pub kind: String,
    /// Its name or number, masked.
    pub text: String,
}

/// A sign of emotion with the customer's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emotion {
    /// The signal's name.
    pub signal: &'static str,
    /// Masked.
    pub quote: String,
}

/// One thing that happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub time: Timestamp,
    /// Who: an author's type, or `foreshock`.
    pub by: &'static str,
    /// `symptom`, `attempt`, `opened`, …
    pub what: &'static str,
    /// In the reader's words.
    pub text: String,
}

/// Words for the customer, in the customer's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// BCP 47.
    pub language: &'static str,
    /// A reply to the customer.
    pub reply: String,
    /// The message that hands over to a human being.
    pub handover: String,
    /// How many minutes the customer is told to wait.
    pub wait_minutes: i64,
    /// What else can be offered: `callback` and `scheduled_call`, with words for each.
    pub alternatives: Vec<(&'static str, String)>,
}

/// The case brief of a trigger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// BCP 47 language of the texts for the reader.
    pub language: &'static str,
    /// One to three sentences.
    pub summary: String,
    /// The customer's name; empty when it is not known.
    pub customer: String,
    /// The person on the customer's side.
    pub contact: String,
    /// Their address.
    pub email: String,
    /// The plan, tier and revenue as the account tells them; empty when not known.
    pub plan: String,
    /// The tier's name.
    pub tier: String,
    /// Annual revenue in words, e.g. `$50,000`.
    pub arr: String,
    /// The region.
    pub region: String,
    /// Risks that others noted.
    pub risk_flags: Vec<String>,
    /// `known`, `stale`, `unknown` or `missing`.
    pub account_status: &'static str,
    /// The product area concerned.
    pub product_area: String,
    /// What does not work, and how.
    pub symptom: String,
    /// The sentence in which the customer first told of it, masked.
    pub statement: String,
    /// Further ones.
    pub symptoms: Vec<String>,
    /// What it may come from.
    pub cause: String,
    /// Since when, in the customer's words.
    pub since: String,
    /// Browser, system, version, stage.
    pub environment: Vec<String>,
    /// Orders, invoices, errors.
    pub references: Vec<Reference>,
    /// Files, links, logs.
    pub artifacts: Vec<Reference>,
    /// Sums of money.
    pub amounts: Vec<String>,
    /// What was tried.
    pub attempts: Vec<Attempt>,
    /// What it costs the customer: in the reader's words, with the sentence.
    pub impacts: Vec<(String, String)>,
    /// A draft of the post-mortem; empty but in the step that brings it.
    pub post_mortem: String,
    /// `high`, `normal`: whether the customer says that time presses.
    pub urgency: &'static str,
    /// Signs of emotion.
    pub emotions: Vec<Emotion>,
    /// What the customer wants.
    pub outcomes: Vec<String>,
    /// What to do next; never empty.
    pub next_step: String,
    /// Required fields that are not known.
    pub missing: Vec<&'static str>,
    /// 0 to 100.
    pub completeness: u8,
    /// Whether something required is missing in a case that goes out all the same.
    pub incomplete: bool,
    /// Estimated satisfaction in tenths of 1 to 5.
    pub csat_estimate: i64,
    /// In order of time.
    pub timeline: Vec<Moment>,
    /// Episodes of this conversation before this one.
    pub earlier_episodes: u32,
    /// Why it is escalated, who has it, what comes next.
    pub why: String,
    /// Who has it.
    pub who: String,
    /// What comes next.
    pub next: String,
    /// The first message of the channel.
    pub opening: String,
    /// Words for the customer.
    pub wording: Wording,
    /// Facts that found no room.
    pub dropped: u16,
}
