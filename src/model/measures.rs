//! What of a text is a matter of degree: sums of lexicons, shape. A model weighs each as it weighs a word.

use crate::signal::Signal;

macro_rules! measures {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A quantity of one text, from 0 to 1000 at its full. In a model's file its term is `@` and its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Measure { $($(#[doc = $doc])+ $variant,)+ }

        impl Measure {
            /// All measures.
            pub const ALL: &'static [Measure] = &[$(Measure::$variant,)+];

            /// The measure's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Measure::$variant => $name,)+ }
            }
        }
    };
}

measures! {
    /// How much unfavourable is said.
    Unfavourable = "unfavourable",
    /// How much favourable is said.
    Favourable = "favourable",
    /// How far the unfavourable outweighs the favourable.
    Blame = "blame",
    /// How far the favourable outweighs the unfavourable.
    Praise = "praise",
    /// The most unfavourable single term.
    Worst = "worst",
    /// Unfavourable said per word.
    UnfavourableDensity = "unfavourable_density",
    /// Favourable said per word.
    FavourableDensity = "favourable_density",
    /// Whether the last word on the matter is unfavourable.
    UnfavourableClose = "unfavourable_close",
    /// Whether the last word on the matter is favourable.
    FavourableClose = "favourable_close",
    /// The lexicon of anger.
    Anger = "anger",
    /// The lexicon of abuse.
    Abuse = "abuse",
    /// The lexicon of profanity.
    Profanity = "profanity",
    /// Share of words in capitals, from three on.
    Capitals = "capitals",
    /// Exclamation marks, up to three.
    Exclamations = "exclamations",
    /// Questions, up to three.
    Questions = "questions",
    /// Negations, up to three.
    Negations = "negations",
    /// Length: full at 64 words, half at 8.
    Length = "length",
}

impl Measure {
    /// How many measures there are.
    pub const COUNT: usize = Measure::ALL.len();

    /// The measure's place in [`Measure::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The measure's term in a model's file.
    #[must_use]
    pub fn term(self) -> String {
        format!("@{}", self.name())
    }

    /// The measure of such a term.
    #[must_use]
    pub fn from_term(term: &str) -> Option<Measure> {
        let name = term.strip_prefix('@')?;
        Measure::ALL.iter().copied().find(|measure| measure.name() == name)
    }
}

/// What was seen of a text, before it becomes measures. Sums of lexicons are in their weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Sum of favourable terms, at least 0.
    pub favourable: i32,
    /// Sum of unfavourable terms, their sign dropped, at least 0.
    pub unfavourable: i32,
    /// The most unfavourable term, its sign dropped.
    pub worst: i32,
    /// The value of the last term that is favourable or not.
    pub last: i32,
    /// Sum of the lexicon of anger.
    pub anger: i32,
    /// Sum of the lexicon of abuse.
    pub abuse: i32,
    /// Sum of the lexicon of profanity.
    pub profanity: i32,
    /// Words.
    pub words: u32,
    /// Words in capitals.
    pub capitals: u32,
    /// Exclamation marks at sentence ends.
    pub exclamations: u32,
    /// Sentences that ask.
    pub questions: u32,
    /// Words that negate.
    pub negations: u32,
}

/// A sum of valence at which its measure is half full: one strong term.
const VALENCE_HALF: i32 = 600;
/// The same for lexicons of one signal.
const SIGNAL_HALF: i32 = 700;
/// Words for which density equals the sum.
const DENSITY_WORDS: i32 = 8;

/// All measures of one text, by [`Measure::index`], each from 0 to 1000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measures(pub [i32; Measure::COUNT]);

impl Measures {
    /// The measures of what was seen.
    #[must_use]
    pub fn of(observed: &Observed) -> Measures {
        let Observed { favourable, unfavourable, .. } = *observed;
        let words = i32::try_from(observed.words).unwrap_or(i32::MAX).max(1);
        let dense =
            |sum: i32| saturated((i64::from(sum) * i64::from(DENSITY_WORDS) / i64::from(words)) as i32, VALENCE_HALF);
        let up_to_three = |count: u32| count.min(3) as i32 * 1_000 / 3;
        let yes = |holds: bool| if holds { 1_000 } else { 0 };
        let mut measures = [0; Measure::COUNT];
        for measure in Measure::ALL {
            measures[measure.index()] = match measure {
                Measure::Unfavourable => saturated(unfavourable, VALENCE_HALF),
                Measure::Favourable => saturated(favourable, VALENCE_HALF),
                Measure::Blame => saturated(unfavourable.saturating_sub(favourable), VALENCE_HALF),
                Measure::Praise => saturated(favourable.saturating_sub(unfavourable), VALENCE_HALF),
                Measure::Worst => saturated(observed.worst, VALENCE_HALF),
                Measure::UnfavourableDensity => dense(unfavourable),
                Measure::FavourableDensity => dense(favourable),
                Measure::UnfavourableClose => yes(observed.last < 0),
                Measure::FavourableClose => yes(observed.last > 0),
                Measure::Anger => saturated(observed.anger, SIGNAL_HALF),
                Measure::Abuse => saturated(observed.abuse, SIGNAL_HALF),
                Measure::Profanity => saturated(observed.profanity, SIGNAL_HALF),
                Measure::Capitals if observed.capitals < 3 => 0,
                Measure::Capitals => (u64::from(observed.capitals) * 1_000 / words as u64).min(1_000) as i32,
                Measure::Exclamations => up_to_three(observed.exclamations),
                Measure::Questions => up_to_three(observed.questions),
                Measure::Negations => up_to_three(observed.negations),
                Measure::Length => length(observed.words),
            };
        }
        Measures(measures)
    }

    /// Each measure's share of a sum with these weights, which are log-odds at the measure's full.
    pub fn products<'a>(&'a self, weights: &'a [i32; Measure::COUNT]) -> impl Iterator<Item = (Measure, i32)> + 'a {
        let parts =
            self.0.iter().zip(weights).map(|(value, weight)| (i64::from(*value) * i64::from(*weight) / 1_000) as i32);
        Measure::ALL.iter().copied().zip(parts)
    }

    /// The measure that a lexicon of that signal feeds.
    #[must_use]
    pub const fn of_lexicon(signal: Signal) -> Option<Measure> {
        match signal {
            Signal::Anger => Some(Measure::Anger),
            Signal::Abuse => Some(Measure::Abuse),
            Signal::Profanity => Some(Measure::Profanity),
            _ => None,
        }
    }
}

/// A sum from 0 up as a measure: half full at `half`, never quite full.
fn saturated(sum: i32, half: i32) -> i32 {
    let sum = i64::from(sum.max(0));
    (sum * 1_000 / (sum + i64::from(half))) as i32
}

/// The logarithm of a number of words: 1000 at 64 and beyond.
fn length(words: u32) -> i32 {
    let words = words.min(63) + 1;
    let whole = words.ilog2();
    // Between two powers of two, a straight line.
    let rest = (words - (1 << whole)) * 1_000 / (1 << whole);
    ((whole * 1_000 + rest) / 6) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_stay_in_bounds() {
        for sum in [i32::MIN, -1, 0, 1, 600, i32::MAX] {
            for count in [0, 1, 3, u32::MAX] {
                let observed = Observed {
                    favourable: sum,
                    unfavourable: sum,
                    worst: sum,
                    last: sum,
                    anger: sum,
                    abuse: sum,
                    profanity: sum,
                    words: count,
                    capitals: count,
                    exclamations: count,
                    questions: count,
                    negations: count,
                };
                for value in Measures::of(&observed).0 {
                    assert!((0..=1_000).contains(&value), "{observed:?}");
                }
            }
        }
    }

    #[test]
    fn more_blame_is_never_less() {
        let of =
            |unfavourable| Measures::of(&Observed { unfavourable, favourable: 500, words: 9, ..Observed::default() });
        for sum in 0..3_000 {
            for measure in [Measure::Unfavourable, Measure::Blame, Measure::UnfavourableDensity] {
                assert!(of(sum).0[measure.index()] <= of(sum + 1).0[measure.index()]);
            }
        }
    }

    #[test]
    fn length_is_a_logarithm() {
        let lengths: Vec<i32> = [0, 1, 7, 15, 63, 10_000].map(length).to_vec();
        assert_eq!(lengths, [0, 166, 500, 666, 1_000, 1_000]);
    }
}
