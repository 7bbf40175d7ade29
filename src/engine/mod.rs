//! One input in, one outcome out. The engine is a total function: it does no I/O, reads no clock, takes no chance and
//! cannot fail; it owns the conversations of one input partition and shares detector and policy.

mod ending;
mod outcome;
mod reading;
mod step;

use std::sync::Arc;

use crate::account::Account;
use crate::detect::{self, Detector, Findings};
use crate::limits;
use crate::message::Event;
use crate::policy::Policy;
use crate::risk::{Conversation, Store, Tally};
use crate::time::Timestamp;

use step::Visit;

pub use outcome::{Disposition, Outcome};

/// What finds signals in a text: the detector, or a table in a test.
type Reader<'r> = dyn Fn(detect::Text<'_>, &mut detect::Scratch, &mut Findings) + 'r;

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
    tally: Tally,
}

impl Scratch {
    /// What was found in the text of the last input; nothing when it had no text that counts.
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
    store: Store,
}

impl Engine {
    /// An engine without conversations, for at most [`limits::CONVERSATIONS`] of them.
    #[must_use]
    pub const fn new(detector: Arc<Detector>, policy: Arc<Policy>) -> Engine {
        Engine::with_limit(detector, policy, limits::CONVERSATIONS)
    }

    /// An engine without conversations, for at most `limit` of them: beyond it the one touched longest ago is dropped.
    #[must_use]
    pub const fn with_limit(detector: Arc<Detector>, policy: Arc<Policy>, limit: usize) -> Engine {
        Engine { detector, policy, store: Store::new(limit) }
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
    pub fn conversations(&self) -> usize {
        self.store.len()
    }

    /// The id of the account that earlier events of the conversation named; empty when none did.
    #[must_use]
    pub fn account_of(&self, tenant: &str, conversation: &str) -> &str {
        self.store.find(tenant, conversation).map_or("", |index| self.store.slot(index).names.account())
    }

    /// Moves the engine by one input. `outcome` is cleared first.
    pub fn step(&mut self, input: Input<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
        outcome.clear();
        scratch.findings.clear();
        let Engine { detector, policy, store } = self;
        match input {
            Input::Event { event, account } => {
                let read: &Reader<'_> = &|text, scratch, findings| detector.detect_points(text, scratch, findings);
                let visit = Visit::new(event, account, policy, detector.rules());
                step::event(store, &visit, read, scratch, outcome);
            }
            Input::Tick(time) => step::tick(store, policy, time, outcome),
        }
    }

    /// From here on, the state before the epoch of each conversation that is touched is kept.
    pub fn begin_epoch(&mut self) {
        self.store.begin_epoch();
    }

    /// The epoch's changes stand.
    pub fn commit_epoch(&mut self) {
        self.store.commit_epoch();
    }

    /// The epoch's changes never happened.
    pub fn abort_epoch(&mut self) {
        self.store.abort_epoch();
    }

    /// Tenant, id and state of the conversations that the open epoch changed, in the order in which it first touched
    /// them; without a state when it was dropped. One that was dropped and made again comes twice, with the same state.
    pub fn changed(&self) -> impl Iterator<Item = (&str, &str, Option<&Conversation>)> {
        self.store.changed().map(|(names, state)| (names.tenant(), names.conversation(), state))
    }
}

#[cfg(test)]
mod tests;
