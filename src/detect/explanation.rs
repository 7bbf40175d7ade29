//! What was found in one text, and what was there but did not count.

use std::fmt;

use super::{Findings, RuleIndex};
use crate::score::Strength;
use crate::text::{Hygiene, LeftOut};

/// What was found, and what was there but did not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// What [`super::Detector::detect`] finds.
    pub findings: Findings,
    /// What matched but did not count, ordered by place, then rule.
    pub passed_over: Vec<PassedOver>,
    /// The parts of the text that were left out, in order.
    pub left_out: Vec<LeftOut>,
}

/// A place where a rule's words stand without the rule having fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// First byte in the original text.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// The rule.
    pub rule: RuleIndex,
    /// Why it did not count.
    pub because: Because,
}

/// Why words that a rule looks for did not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// They are negated.
    Negated,
    /// They stand in a part of the text that is left out.
    LeftOut(Hygiene),
    /// The rule is for another author or language.
    OtherReader(String),
    /// A part of the condition does not hold: the part, as the rule writes it.
    Condition(String),
    /// The signal stays below its threshold.
    BelowThreshold {
        /// How strong it is.
        strength: Strength,
        /// What it takes.
        threshold: Strength,
    },
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Because::Negated => f.write_str("negated"),
            Because::LeftOut(hygiene) => write!(f, "in {}", hygiene.name()),
            Because::OtherReader(who) => write!(f, "the rule is for {who}"),
            Because::Condition(part) => write!(f, "does not hold: {part}"),
            Because::BelowThreshold { strength, threshold } => {
                write!(f, "below threshold ({} of {})", strength.thousandths(), threshold.thousandths())
            }
        }
    }
}

impl super::Detector {
    /// Finds what `text` tells, and what was there but did not count, with the reason. For people, not for the stream.
    #[must_use]
    pub fn explain(&self, text: super::Text<'_>, scratch: &mut super::Scratch) -> Explanation {
        let mut explanation = Explanation::default();
        self.detect(text, scratch, &mut explanation.findings);
        explanation.left_out.extend_from_slice(scratch.document.left_out());
        explanation
    }
}
