//! How strongly the lexicons speak for each signal in one text.
//!
//! Valence follows the rules of VADER (Hutto and Gilbert 2014), in whole numbers: boosters and dampeners before a word,
//! negation, capitals, "but", exclamation marks.

use super::context::Context;
use super::hits::{EntryHit, Hits};
use crate::lexicon::Role;
use crate::score::Strength;
use crate::signal::Signal;
use crate::text::{Document, flags};

/// What a negated word is worth, in thousandths of its opposite.
const NEGATED: i32 = -740;
/// What capitals add in a text that has other words, in thousandths.
const CAPITALS: i32 = 200;
/// What an exclamation mark adds in its sentence, up to three, in thousandths.
const EXCLAMATION: i32 = 80;
/// A sum at which a signal's strength is one half. One strong word reaches it.
const HALF: i32 = 600;
/// How many words before a word a booster is looked for, and what is left of it, in thousandths, with each step.
const BOOSTER_REACH: [i32; 3] = [1_000, 950, 900];

/// What one term adds to one signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Contribution {
    pub(super) signal: Signal,
    pub(super) value: i32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The strengths of the lexicons; reused from text to text.
#[derive(Debug, Default)]
pub(super) struct Strengths {
    pub(super) contributions: Vec<Contribution>,
    pub(super) by_signal: [Strength; Signal::COUNT],
}

impl Strengths {
    /// Weighs what the lexicons found.
    pub(super) fn weigh(&mut self, document: &Document, hits: &Hits, context: &Context) {
        self.contributions.clear();
        self.by_signal = [Strength::ZERO; Signal::COUNT];
        let mut sums = [0_i32; Signal::COUNT];
        for hit in &hits.entries {
            let contribution = match hit.role {
                Role::Valence => {
                    let value = valence(document, hits, context, hit);
                    let signal = if value < 0 { Signal::Negative } else { Signal::Satisfaction };
                    Contribution { signal, value: value.abs(), start: hit.place.start, end: hit.place.end }
                }
                Role::Signal(signal) if !context.is_negated(document, &hit.place, |_| false) => {
                    let value = i32::from(hit.weight) * boost(document, hits, hit) / 1_000;
                    Contribution { signal, value, start: hit.place.start, end: hit.place.end }
                }
                _ => continue,
            };
            sums[contribution.signal.index()] += contribution.value;
            self.contributions.push(contribution);
        }
        if self.contributions.is_empty() {
            return;
        }
        // Praise softens blame, and blame outweighs praise.
        let (blame, praise) = (sums[Signal::Negative.index()], sums[Signal::Satisfaction.index()]);
        sums[Signal::Negative.index()] = blame - praise / 2;
        sums[Signal::Satisfaction.index()] = praise - blame;
        for (strength, sum) in self.by_signal.iter_mut().zip(sums) {
            *strength = saturated(sum);
        }
    }
}

/// A sum as a strength: half at [`HALF`], never quite 1000.
fn saturated(sum: i32) -> Strength {
    let sum = i64::from(sum.max(0));
    Strength::clamped((sum * 1_000 / (sum + i64::from(HALF))) as i32)
}

/// The weight of a valence term where it stands.
fn valence(document: &Document, hits: &Hits, context: &Context, hit: &EntryHit) -> i32 {
    let mut value = i32::from(hit.weight) * boost(document, hits, hit) / 1_000;
    if context.is_negated(document, &hit.place, |_| false) {
        value = value * NEGATED / 1_000;
    }
    let token = document.tokens()[hit.place.first as usize];
    for contrast in hits.entries_of(Role::Contrast) {
        let at = contrast.place.first;
        if document.tokens()[at as usize].sentence == token.sentence {
            let before = i32::from(contrast.weight);
            value = value * if hit.place.last < at { before } else { 1_500 - before / 2 } / 1_000;
            break;
        }
    }
    value.clamp(-2_000, 2_000)
}

/// What the words around strengthen or weaken a term by, in thousandths.
fn boost(document: &Document, hits: &Hits, hit: &EntryHit) -> i32 {
    let tokens = document.tokens();
    let token = tokens[hit.place.first as usize];
    let mut boost = 1_000;
    for booster in hits.entries.iter().filter(|other| matches!(other.role, Role::Booster | Role::Dampener)) {
        let distance = hit.place.first.checked_sub(booster.place.last + 1);
        let left = distance.and_then(|distance| BOOSTER_REACH.get(distance as usize));
        let same = tokens[booster.place.last as usize].sentence == token.sentence;
        if let (Some(left), true) = (left, same) {
            let sign = if booster.role == Role::Booster { 1 } else { -1 };
            boost += sign * i32::from(booster.weight) * left / 1_000;
        }
    }
    let words_in_capitals = u32::from(token.flags & flags::CAPITALS != 0);
    if words_in_capitals > 0 && hits.capitals < hits.words {
        boost += CAPITALS;
    }
    let exclamations = document.sentences()[usize::from(token.sentence)].exclamations;
    boost += EXCLAMATION * i32::from(exclamations.min(3));
    boost.clamp(0, 3_000)
}
