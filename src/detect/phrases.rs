//! Phrases, anchored at a pair of words or at their rarest word, and the signs that are no words.

use aho_corasick::AhoCorasick;

use super::vocabulary::{AtomIndex, Class, ClassIndex, NO_CLASS, Vocabulary};
use crate::lexicon::Role;
use crate::text::Token;

/// What a phrase is looked for on behalf of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A list of a rule, by its number over all rules.
    List(u32),
    /// An entry of a lexicon.
    Entry {
        /// What the entry's weight means.
        role: Role,
        /// The weight.
        weight: i16,
        /// The lexicon's number; only terms of one lexicon hide each other.
        lexicon: u16,
    },
}

/// One step of a phrase.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) atom: AtomIndex,
    pub(super) gap: u8,
}

/// A phrase, compiled.
#[derive(Clone, Copy, Debug)]
pub(super) struct CompiledPhrase {
    /// Its steps, a span of [`Phrases::steps`].
    pub(super) steps: (u32, u32),
    /// What it is looked for on behalf of, a span of [`Phrases::targets`].
    pub(super) targets: (u32, u32),
    /// The step that a text is searched for first.
    pub(super) anchor: u8,
    /// Whether words may stand in between that can negate it.
    pub(super) negatable_inside: bool,
}

/// Two words side by side by which phrases are found: the second by its class, in the list of the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// The class of the second word.
    pub(super) right: ClassIndex,
    /// The phrases, a span of [`Phrases::paired`]; each is anchored at the first word. Those that are nothing but the two
    /// words come first.
    pub(super) phrases: (u32, u32),
    /// Where the longer ones begin.
    pub(super) longer: u32,
}

/// A phrase that is found by a pair of words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paired {
    /// The phrase's number.
    pub(super) phrase: u32,
    /// Where from the pair's first word the word beside the pair stands; 0 if none has to stand right there.
    pub(super) beside: i8,
    /// The bit of the atom that it has.
    pub(super) bit: u8,
}

impl Paired {
    /// The bit that stands for an atom in [`Class::atom_bits`].
    pub(super) const fn bit_of(atom: AtomIndex) -> u8 {
        (atom.wrapping_mul(0x9E37_79B1) >> 26) as u8
    }

    /// Whether the phrase may stand where its pair begins at word `at`.
    #[inline]
    pub(super) fn may_stand(&self, vocabulary: &Vocabulary, classes: &[ClassIndex], at: usize) -> bool {
        if self.beside == 0 {
            return true;
        }
        let class = at.checked_add_signed(isize::from(self.beside)).and_then(|beside| classes.get(beside));
        class.is_some_and(|class| vocabulary.classes[*class as usize].atom_bits & 1 << self.bit != 0)
    }
}

/// A phrase of several words, to be tried where the word it is anchored at stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    /// The phrase's number.
    pub(super) phrase: u32,
    /// What must stand near, too: the rarest atom but for the anchor, by its number among such atoms.
    pub(super) companion: u32,
    /// Where the companion can stand if the anchor is word 0, in the terms of [`Companions`].
    pub(super) window: u64,
}

impl Posting {
    /// The window of a companion that can stand at `width` words, the nearest of them `nearest` words after the anchor
    /// (before it, if negative).
    pub(super) fn window(nearest: i32, width: u8) -> u64 {
        let places = u64::MAX >> (64 - u32::from(width.clamp(1, 64)));
        places.rotate_left(nearest.rem_euclid(64) as u32)
    }
}

/// Which atoms that some phrase needs beside its anchor stand in a text, and where: for each the numbers of its words,
/// modulo 64, as bits.
#[derive(Clone, Debug, Default)]
pub(super) struct Companions {
    places: Vec<u64>,
    touched: Vec<u32>,
}

impl Companions {
    /// Forgets everything; `count` is how many there are.
    pub(super) fn clear(&mut self, count: usize) {
        for companion in self.touched.drain(..) {
            self.places[companion as usize] = 0;
        }
        // Never made smaller: texts of several languages come in turn.
        self.places.resize(count.max(self.places.len()), 0);
        self.touched.reserve(self.places.len());
    }

    #[inline]
    pub(super) fn insert(&mut self, companion: u32, at: usize) {
        let places = &mut self.places[companion as usize];
        if *places == 0 {
            self.touched.push(companion);
        }
        *places |= 1 << (at % 64);
    }

    /// Whether the phrase anchored at word `at` may stand there. Beyond 64 words this errs towards yes.
    #[inline]
    pub(super) fn allow(&self, posting: &Posting, at: usize) -> bool {
        self.places[posting.companion as usize] & posting.window.rotate_left(at as u32 % 64) != 0
    }
}

/// All phrases.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    pub(super) phrases: Vec<CompiledPhrase>,
    pub(super) steps: Vec<Step>,
    pub(super) targets: Vec<Target>,
    /// What single words stand for; [`super::vocabulary::Class::singles`] are spans of it.
    pub(super) singles: Vec<Target>,
    /// Longer phrases by the class they are anchored at; [`super::vocabulary::Class::postings`] are spans of it.
    pub(super) postings: Vec<Posting>,
    /// By class of the first word, then of the second; [`super::vocabulary::Class::pairs`] are spans of it.
    pub(super) pairs: Vec<Pair>,
    /// The phrases that pairs find.
    pub(super) paired: Vec<Paired>,
    /// How many atoms some phrase needs beside its anchor.
    pub(super) companions: usize,
    pub(super) signs: Option<AhoCorasick>,
    /// What each sign is looked for on behalf of, spans of `targets`.
    pub(super) sign_targets: Vec<(u32, u32)>,
}

impl Phrases {
    /// Memory that they take up, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let Phrases { phrases, steps, targets, singles, postings, pairs, paired, companions: _, signs, sign_targets } =
            self;
        size_of_val(phrases.as_slice())
            + size_of_val(steps.as_slice())
            + size_of_val(targets.as_slice())
            + size_of_val(singles.as_slice())
            + size_of_val(postings.as_slice())
            + size_of_val(pairs.as_slice())
            + size_of_val(paired.as_slice())
            + signs.as_ref().map_or(0, AhoCorasick::memory_usage)
            + size_of_val(sign_targets.as_slice())
    }

    /// The phrases that are found by a word of class `left` and one of class `right` after it: those that this is all of,
    /// and longer ones.
    #[inline]
    pub(super) fn of_pair(&self, left: &Class, right: ClassIndex) -> (&[Paired], &[Paired]) {
        let pairs = &self.pairs[left.pairs.0 as usize..left.pairs.1 as usize];
        let Ok(at) = pairs.binary_search_by_key(&right, |pair| pair.right) else { return (&[], &[]) };
        let Pair { phrases: (from, to), longer, .. } = pairs[at];
        (&self.paired[from as usize..longer as usize], &self.paired[longer as usize..to as usize])
    }

    /// The words of `tokens` (of the given classes) that `phrase` covers when its anchor stands at `at`: the shortest
    /// stretch within one sentence.
    #[inline]
    pub(super) fn matched(
        &self,
        phrase: &CompiledPhrase,
        vocabulary: &Vocabulary,
        tokens: &[Token],
        classes: &[ClassIndex],
        at: usize,
    ) -> Option<(usize, usize)> {
        let steps = &self.steps[phrase.steps.0 as usize..phrase.steps.1 as usize];
        let anchor = usize::from(phrase.anchor);
        let is = |token: usize, atom: AtomIndex| {
            classes[token] != NO_CLASS
                && tokens[token].sentence == tokens[at].sentence
                && vocabulary.has_atom(classes[token], atom)
        };
        let last = reach(
            at,
            steps[anchor + 1..].iter().map(|step| (step.atom, step.gap)),
            |distance| at.checked_add(distance).filter(|token| *token < tokens.len()),
            is,
        )?;
        // Backwards, the gap before a step is the one that lies between it and the step to its left.
        let left = (0..anchor).rev().map(|index| (steps[index].atom, steps[index + 1].gap));
        let first = reach(at, left, |distance| at.checked_sub(distance), is)?;
        Some((first, last))
    }
}

/// Walks `steps` from `at` on; the nearest token that the last step can stand at. `token_at` says which token lies so
/// many words away.
///
/// All places that a step can stand at are kept as bits of their distance, so that no way is tried twice.
#[inline]
fn reach(
    at: usize,
    steps: impl Iterator<Item = (AtomIndex, u8)>,
    token_at: impl Fn(usize) -> Option<usize>,
    is: impl Fn(usize, AtomIndex) -> bool,
) -> Option<usize> {
    let mut places: u64 = 1;
    for (atom, gap) in steps {
        if gap == 0 && places.is_power_of_two() {
            // Nearly always there is one way only.
            places = places.checked_shl(1)?;
            let token = token_at(places.trailing_zeros() as usize)?;
            if !is(token, atom) {
                return None;
            }
            continue;
        }
        let mut next = 0;
        for skipped in 0..=u32::from(gap) {
            next |= places.checked_shl(1 + skipped).unwrap_or(0);
        }
        places = 0;
        while next != 0 {
            let distance = next.trailing_zeros();
            next &= next - 1;
            match token_at(distance as usize) {
                Some(token) if is(token, atom) => places |= 1 << distance,
                Some(_) => {}
                None => break,
            }
        }
        if places == 0 {
            return None;
        }
    }
    if places == 1 { Some(at) } else { token_at(places.trailing_zeros() as usize) }
}
