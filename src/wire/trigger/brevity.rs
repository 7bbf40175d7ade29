//! What is left out of a trigger that would be too large, step by step. Points always sum to the score.

use std::borrow::Cow;

use crate::risk::{Cause, Factor};
use crate::wire::json::floor_char_boundary;

/// How much of a trigger is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Brevity {
    /// Whether factors carry their evidence.
    pub(super) evidence: bool,
    /// Whether factors carry their reasons.
    pub(super) reasons: bool,
    /// How many factors are written as they are; the rest is one factor `cut`.
    pub(super) factors: usize,
    /// How many entries of the other lists are written.
    pub(super) entries: usize,
    /// How many bytes of a text that is not an id.
    pub(super) text: usize,
}

impl Brevity {
    /// Everything, then ever less; the last fits whatever the trigger holds.
    pub(super) const STEPS: [Brevity; 6] = [
        Brevity { evidence: true, reasons: true, factors: usize::MAX, entries: usize::MAX, text: usize::MAX },
        Brevity { evidence: false, reasons: true, factors: usize::MAX, entries: usize::MAX, text: usize::MAX },
        Brevity { evidence: false, reasons: false, factors: usize::MAX, entries: usize::MAX, text: usize::MAX },
        Brevity { evidence: false, reasons: false, factors: 64, entries: 64, text: 2_048 },
        Brevity { evidence: false, reasons: false, factors: 16, entries: 16, text: 512 },
        Brevity { evidence: false, reasons: false, factors: 4, entries: 4, text: 64 },
    ];

    /// Whether anything is left out.
    pub(super) fn cuts(self) -> bool {
        self != Brevity::STEPS[0]
    }

    /// As much of a text as is written.
    pub(super) fn text(self, text: &str) -> &str {
        &text[..floor_char_boundary(text, self.text)]
    }

    /// As many entries of a list as are written.
    pub(super) fn entries<T>(self, entries: &[T]) -> &[T] {
        &entries[..entries.len().min(self.entries)]
    }

    /// The factors that are written: the first as they are, the rest as one with the sum of its points.
    pub(super) fn factors(self, factors: &[Factor]) -> Vec<Cow<'_, Factor>> {
        if factors.len() <= self.factors {
            return factors.iter().map(Cow::Borrowed).collect();
        }
        let (kept, rest) = factors.split_at(self.factors - 1);
        let points = rest.iter().fold(0_i32, |sum, factor| sum.saturating_add(factor.points));
        let folded = Factor {
            id: "cut".to_owned(),
            cause: Cause::Bound,
            signal: None,
            points,
            reason: String::new(),
            event: String::new(),
            evidence: Vec::new(),
        };
        kept.iter().map(Cow::Borrowed).chain([Cow::Owned(folded)]).collect()
    }
}
