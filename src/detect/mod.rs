//! One text in, findings out. Stateless; never fails; allocates nothing once its scratch space is warm.

mod anchor;
mod cases;
mod commonness;
mod compile;
mod context;
mod detector;
mod explanation;
mod gate;
mod hits;
mod language;
mod learned;
mod phrases;
mod program;
mod strength;
mod surfaces;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use crate::text::LeftOut;
pub use cases::run_cases;
pub use detector::{Detector, Scratch, THRESHOLD, TableSize};
pub use explanation::{Because, Explanation, PassedOver};

use crate::message::{AuthorType, Format, Marks};
use crate::score::{Level, Strength};
use crate::signal::{Signal, SignalSet};

/// A rule's place in [`Detector::rules`]. Stable for the life of a detector only; the rule's id is the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub u16);

/// What a reader of a finding needs to know of its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFacts {
    /// The rule's id, e.g. `churn.evaluating_vendors`.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Why the rule exists, in a sentence.
    pub why: String,
    /// The signal that the rule speaks for.
    pub signal: Signal,
    /// The least level that a customer's message has in which the rule fires; `Info` for none.
    pub level: Level,
    /// Points on the 0-1000 scale; negative for rules that lower the risk.
    pub weight: i32,
    /// Tags that the rule adds to a trigger.
    pub tags: Vec<String>,
    /// The team that should act, e.g. `customer-success`; empty for the policy's default.
    pub route: String,
    /// Whether the rule is in shadow: reported by `scan` and counted, but without points.
    pub experimental: bool,
}

/// One place in a text that a rule speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// First byte in the original text.
    pub start: u32,
    /// The byte after the last, in the original text. Both lie on char boundaries.
    pub end: u32,
    /// The rule that fired.
    pub rule: RuleIndex,
    /// How strongly.
    pub strength: Strength,
}

/// One text with what must be known to read it.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The original text.
    pub text: &'a str,
    /// How it is marked up.
    pub format: Format,
    /// Who wrote it.
    pub author: AuthorType,
    /// BCP 47 tag; empty when it must be identified.
    pub language: &'a str,
}

/// How many of a text's smallest content-word hashes are kept for comparing texts.
pub const SKETCH_WORDS: usize = 8;

/// The smallest distinct hashes of a text's content words, ascending (bottom-k MinHash; Broder 1997). Two texts
/// that say the same share many; a text of fewer content words fills the rest with `u32::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sketch(pub [u32; SKETCH_WORDS]);

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch([u32::MAX; SKETCH_WORDS])
    }
}

/// Everything found in one text. Reused from text to text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Where rules fired, ordered by place, then rule.
    pub findings: Vec<Finding>,
    /// Each signal's strength, by [`Signal::index`].
    pub strengths: [Strength; Signal::COUNT],
    /// The signals that reached their own threshold.
    pub fired: SignalSet,
    /// What was unusual about the text.
    pub marks: Marks,
    /// The text's content words, for loops.
    pub sketch: Sketch,
    /// How surely it says that a matter is not settled by what was said before: "as I said", "still not".
    pub persistence: Strength,
    /// Hashes of the distinct links in the text, in order of appearance, at most eight.
    pub links: Vec<u32>,
    /// Whether the text asks something.
    pub question: bool,
    /// How many words the text has after hygiene.
    pub words: u32,
}

impl Findings {
    /// Forgets everything, keeping the buffers.
    pub fn clear(&mut self) {
        self.findings.clear();
        self.links.clear();
        let (findings, links) = (std::mem::take(&mut self.findings), std::mem::take(&mut self.links));
        *self = Findings { findings, links, ..Findings::default() };
    }
}
