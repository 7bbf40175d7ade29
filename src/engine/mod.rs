//! One input in, one outcome out. The engine is a total function: it does no I/O, reads no clock, takes no chance and
//! cannot fail; it owns the conversations of one input partition and shares detector and policy.

mod outcome;

use std::sync::Arc;

use crate::account::Account;
use crate::detect::{self, Detector, Findings};
use crate::message::Event;
use crate::policy::Policy;
use crate::time::Timestamp;

pub use outcome::{Disposition, Outcome};

/// What moves the engine.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// Something happened in a conversation.
    Event {
        /// What happened.
        event: &'a Event<'a>,
        /// The account that the event (or, where it names none, [`Engine::account_of`]) names, if it is known.
        account: Option<&'a Arc<Account>>,
    },
    /// Stream time is now at least this: conversations that were quiet for too long are forgotten.
    Tick(Timestamp),
}

/// Buffers that are reused from step to step; one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Whether [`Outcome::assessment`] shall have its factors. Triggers have theirs in any case.
    pub assessments_wanted: bool,
    detect: detect::Scratch,
    findings: Findings,
}

impl Scratch {
    /// What was found in the text of the last event that was scored.
    #[must_use]
    pub const fn findings(&self) -> &Findings {
        &self.findings
    }
}

/// The state of one input partition.
#[derive(Clone, Debug)]
pub struct Engine {
    detector: Arc<Detector>,
    policy: Arc<Policy>,
}

impl Engine {
    /// An engine without conversations, for at most [`crate::limits::CONVERSATIONS`] of them.
    #[must_use]
    pub const fn new(detector: Arc<Detector>, policy: Arc<Policy>) -> Engine {
        Engine { detector, policy }
    }

    /// The detector it reads texts with.
    #[must_use]
    pub const fn detector(&self) -> &Arc<Detector> {
        &self.detector
    }

    /// The policy it decides by.
    #[must_use]
    pub const fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// How many conversations it knows.
    #[must_use]
    pub const fn conversations(&self) -> usize {
        0
    }

    /// The id of the account that earlier events of the conversation named; empty when none did.
    #[must_use]
    pub const fn account_of(&self, _tenant: &str, _conversation: &str) -> &str {
        ""
    }

    /// Moves the engine by one input. `outcome` is cleared first.
    pub fn step(&mut self, input: Input<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
        outcome.clear();
        if let Input::Event { event, .. } = input {
            let text = detect::Text {
                text: &event.text,
                format: event.format,
                author: event.author.kind,
                language: &event.language,
            };
            self.detector.detect(text, &mut scratch.detect, &mut scratch.findings);
            outcome.disposition = Disposition::Scored;
            outcome.marks = event.marks.union(scratch.findings.marks);
        }
    }

    /// From here on, the state before the epoch of each conversation that is touched is kept.
    pub const fn begin_epoch(&mut self) {}

    /// The epoch's changes stand.
    pub const fn commit_epoch(&mut self) {}

    /// The epoch's changes never happened.
    pub const fn abort_epoch(&mut self) {}
}
