//! From a model's sums to odds that can be believed, and the threshold for a stated precision.

use super::regression::{Matrix, Problem};

/// How a raw sum becomes log-odds: `by hand + slope * sum + offset` (Platt 1999).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calibration {
    /// What the sum is multiplied by.
    pub(super) slope: f64,
    /// What is added.
    pub(super) offset: f64,
}

/// A held-out message: its sum, its label, and how much it counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldOut {
    /// The sum that learned weights gave it that never saw it.
    pub(super) sum: f64,
    /// The sum of weights by hand, which are log-odds already.
    pub(super) by_hand: f64,
    /// Whether the signal is there.
    pub(super) label: bool,
    /// How much it counts.
    pub(super) share: f64,
    /// The source that it comes from.
    pub(super) source: usize,
}

/// The calibration that suits `held_out` best, kept near the identity where there is little to tell.
#[must_use]
pub(super) fn calibrate(held_out: &[HeldOut]) -> Calibration {
    let mut matrix = Matrix::new();
    for message in held_out {
        matrix.push([(0, message.sum), (1, 1.0)].into_iter());
    }
    let labels: Vec<bool> = held_out.iter().map(|message| message.label).collect();
    let shares: Vec<f64> = held_out.iter().map(|message| message.share).collect();
    let offsets: Vec<f64> = held_out.iter().map(|message| message.by_hand).collect();
    let problem = Problem {
        matrix: &matrix,
        labels: &labels,
        shares: &shares,
        offsets: &offsets,
        priors: &[1.0, 0.0],
        penalties: &[1.0, 0.01],
    };
    let solution = problem.solve();
    // A model that is worse than chance on what it has not seen must not be turned around: it knows nothing.
    Calibration { slope: solution[0].max(0.05), offset: solution[1] }
}

impl Calibration {
    /// The log-odds of a message.
    #[must_use]
    pub(super) fn log_odds(&self, message: &HeldOut) -> f64 {
        message.by_hand + self.slope * message.sum + self.offset
    }
}

/// Messages below which a precision says nothing.
const PRECISION_MESSAGES: usize = 10;

/// The least log-odds from which on at least `precision` of the messages (log-odds, label, share) have the signal, with
/// the share of all those with the signal that lie above; `None` where no log-odds are enough.
#[must_use]
pub(super) fn threshold(messages: &[(f64, bool, f64)], precision: f64) -> Option<(f64, f64)> {
    let mut ordered = messages.to_vec();
    ordered.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all: f64 = ordered.iter().filter(|(_, label, _)| *label).map(|(_, _, share)| share).sum();
    let (mut with, mut seen, mut best) = (0.0, 0.0, None);
    for (index, (log_odds, label, share)) in ordered.iter().enumerate() {
        seen += share;
        with += if *label { *share } else { 0.0 };
        // Messages of the same log-odds lie above a threshold together.
        let is_last = ordered.get(index + 1).is_none_or(|(next, _, _)| next < log_odds);
        if is_last && index + 1 >= PRECISION_MESSAGES && with >= precision * seen {
            best = Some((*log_odds, with / all));
        }
    }
    best
}

/// The least log-odds above which at most `per_thousand` of a thousand of these log-odds lie.
#[must_use]
pub(super) fn quiet_from(log_odds: &[f64], per_thousand: f64) -> f64 {
    let mut ordered = log_odds.to_vec();
    ordered.sort_by(|a, b| b.total_cmp(a));
    let allowed = (log_odds.len() as f64 * per_thousand / 1_000.0) as usize;
    // Just above the first that may not.
    ordered.get(allowed).map_or(f64::NEG_INFINITY, |first| first + 0.001)
}
