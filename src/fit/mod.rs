//! `foreshock fit`: learns a signal's weights from labelled messages, and tells how far they carry.
//!
//! A plan names the models: for each signal and language the sets of messages that teach it. A model is a logistic
//! regression over words, pairs of words, first letters of longer words and measures; smooth (strong L2), sparse (only
//! the weightiest terms are kept), deterministic (no chance anywhere: folds are hashes of ids, sums run in order).
//! Fractions are allowed here and nowhere else: what is written is whole numbers, and they alone decide at run time.

mod calibration;
mod cross;
mod features;
mod labels;
mod learn;
mod plan;
mod regression;

pub use cross::{Judged, cross_fit};
pub use labels::{Example, LabelError, read_example};
pub use learn::{Corpus, Fitted, fit};
pub use plan::{ModelPlan, Plan, Source};

/// CRC-32 as zlib computes it (ISO 3309): what decides folds, so that anyone can tell which message is in which.
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests;
