//! What can go wrong in a call to Kafka, by what has to be done about it.

use std::fmt;

/// What a failed call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Make the same call again.
    Retriable,
    /// Abort the transaction, take back what it did to the state, apply its records again.
    Abort,
    /// The same, but the group is about to take partitions away: serve events first. Routine in a rebalance.
    AbortAndRejoin,
    /// The producer is of no more use, and what became of the transaction is not known: take a new producer, and read
    /// the committed offsets to learn it.
    Renew,
    /// Somebody else took over this producer's transactional id.
    Fenced,
    /// Nothing that this process can do will mend it.
    Hopeless,
}

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// What to do about it.
    pub class: Class,
    /// Kafka's name of the error, e.g. `ILLEGAL_GENERATION`.
    pub name: String,
    /// What was tried, and what came of it, for people.
    pub message: String,
}

impl Fault {
    /// A fault with its parts.
    pub fn new(class: Class, name: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault { class, name: name.into(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.name)
    }
}
