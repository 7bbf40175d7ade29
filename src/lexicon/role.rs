//! What a lexicon's name makes of its weights.

use std::ops::RangeInclusive;

use crate::signal::Signal;

/// What a lexicon's weights mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Favourable or unfavourable.
    Valence,
    /// Adds to a signal's strength.
    Signal(Signal),
    /// Strengthens the words after it.
    Booster,
    /// Weakens the words after it.
    Dampener,
    /// Negates so many words after it; with 0, looks like it.
    Negator,
    /// Begins a clause, where negation ends; with 0, hands negation on into the next clause.
    Clause,
    /// How much of what stood before it still counts.
    Contrast,
    /// Opens a question.
    Question,
    /// Says nothing of the subject.
    FunctionWord,
    /// How surely it stands in an automatic reply.
    AutoReply,
    /// How surely it says that a matter is not settled by what was said before.
    Persistence,
    /// Whatever its readers make of it.
    Other,
}

impl Role {
    /// The role of the lexicon `name`.
    #[must_use]
    pub fn of(name: &str) -> Role {
        match name {
            "valence" => Role::Valence,
            "boosters" => Role::Booster,
            "dampeners" => Role::Dampener,
            "negators" => Role::Negator,
            "clauses" => Role::Clause,
            "contrast" => Role::Contrast,
            "questions" => Role::Question,
            "function_words" => Role::FunctionWord,
            "auto_replies" => Role::AutoReply,
            "persistence" => Role::Persistence,
            name => Signal::from_name(name).map_or(Role::Other, Role::Signal),
        }
    }

    /// The weights that make sense.
    #[must_use]
    pub fn weights(self) -> RangeInclusive<i16> {
        match self {
            Role::Valence | Role::Signal(_) | Role::Other => -1_000..=1_000,
            Role::Booster | Role::Dampener | Role::AutoReply | Role::Persistence => 1..=1_000,
            Role::Negator => 0..=20,
            Role::Clause => 0..=1,
            Role::Contrast => 0..=1_000,
            Role::Question => 1..=1,
            Role::FunctionWord => 0..=0,
        }
    }
}
