//! One input in, one outcome out. The engine is a total function: it does no I/O, reads no clock, takes no chance and
//! cannot fail; it owns the conversations of one input partition and shares detector and policy.

mod ending;
mod kept;
mod outcome;
mod reading;
mod settling;
mod step;
mod timing;

use std::sync::Arc;

use crate::account::Directory;
use crate::brief;
use crate::detect::{self, Detector, Findings};
use crate::limits;
use crate::message::Event;
use crate::policy::Policy;
use crate::risk::snapshot::{self, Dictionary, SnapshotError};
use crate::risk::{Conversation, Names, Store, Tally, next_deadline};
use crate::time::Timestamp;

use step::Ground;

pub use kept::Kept;
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
        /// Where accounts are known.
        accounts: &'a dyn Directory,
    },
    /// Stream time is now at least this: deadlines up to it that no record has settled are settled now, of at most
    /// [`limits::DEADLINES_PER_TICK`] conversations; [`Outcome::is_behind`] says that there are more.
    Tick {
        /// The time.
        time: Timestamp,
        /// Where accounts are known.
        accounts: &'a dyn Directory,
    },
}

/// Buffers that are reused from step to step; one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Whether [`Outcome::assessment`] shall have its factors. Triggers have theirs in any case.
    pub assessments_wanted: bool,
    detect: detect::Scratch,
    findings: Findings,
    tally: Tally,
    brief: brief::Buffers,
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
    dictionary: Arc<Dictionary>,
}

/// A conversation that an epoch changed.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    names: &'a Names,
    state: Option<&'a Conversation>,
    dictionary: &'a Dictionary,
}

impl<'a> Change<'a> {
    /// The helpdesk tenant.
    #[must_use]
    pub fn tenant(&self) -> &'a str {
        self.names.tenant()
    }

    /// The conversation.
    #[must_use]
    pub fn conversation(&self) -> &'a str {
        self.names.conversation()
    }

    /// Whether the conversation is no more.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        self.state.is_none()
    }

    /// Appends its snapshot; nothing for one that is gone.
    pub fn snapshot(&self, out: &mut Vec<u8>) {
        if let Some(state) = self.state {
            snapshot::encode(self.names.account(), state, self.dictionary, out);
        }
    }
}

impl Engine {
    /// An engine without conversations, for at most [`limits::CONVERSATIONS`] of them.
    #[must_use]
    pub fn new(detector: Arc<Detector>, policy: Arc<Policy>) -> Engine {
        Engine::with_limit(detector, policy, limits::CONVERSATIONS)
    }

    /// An engine without conversations, for at most `limit` of them: beyond it the one touched longest ago is dropped.
    #[must_use]
    pub fn with_limit(detector: Arc<Detector>, policy: Arc<Policy>, limit: usize) -> Engine {
        let dictionary = Arc::new(Dictionary::new(detector.rules(), &policy));
        Engine { detector, policy, store: Store::new(limit), dictionary }
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

    /// The id of the account that events of the conversation named so far; empty when none did.
    #[must_use]
    pub fn account_of(&self, tenant: &str, conversation: &str) -> &str {
        self.store.find(tenant, conversation).map_or("", |index| self.store.slot(index).names.account())
    }

    /// Moves the engine by one input. `outcome` is cleared first.
    pub fn step(&mut self, input: Input<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
        outcome.clear();
        scratch.findings.clear();
        let Engine { detector, policy, store, dictionary: _ } = self;
        match input {
            Input::Event { event, accounts } => {
                let read: &Reader<'_> = &|text, scratch, findings| detector.detect_points(text, scratch, findings);
                let ground = Ground { policy, rules: detector.rules(), accounts };
                step::event(store, event, &ground, read, scratch, outcome);
            }
            Input::Tick { time, accounts } => {
                let ground = Ground { policy, rules: detector.rules(), accounts };
                step::tick(store, time, &ground, scratch, outcome);
            }
        }
    }

    /// Whether a tick of that time could find something to do.
    #[must_use]
    pub fn is_due(&self, time: Timestamp) -> bool {
        self.store.is_any_due(time)
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
        let policy = &self.policy;
        self.store.abort_epoch(|conversation| next_deadline(conversation, policy).at);
    }

    /// The conversations that the open epoch changed: first those that are gone, then the others in the order in which
    /// they were last touched.
    pub fn changed(&self) -> impl Iterator<Item = Change<'_>> {
        self.store.changed().map(|(names, state)| Change { names, state, dictionary: &self.dictionary })
    }

    /// The snapshot of a conversation, if there is that conversation.
    #[must_use]
    pub fn snapshot(&self, tenant: &str, conversation: &str) -> Option<Vec<u8>> {
        let slot = self.store.slot(self.store.find(tenant, conversation)?);
        let mut bytes = Vec::new();
        snapshot::encode(slot.names.account(), &slot.conversation, &self.dictionary, &mut bytes);
        Some(bytes)
    }

    /// Puts a conversation back as its snapshot says, as the one that was touched last. Not within an epoch.
    ///
    /// # Errors
    /// When the bytes are no snapshot that this version reads; the engine is as it was.
    pub fn restore(&mut self, tenant: &str, conversation: &str, bytes: &[u8]) -> Result<(), SnapshotError> {
        let (account, state) = snapshot::decode(bytes, &self.dictionary)?;
        let next = next_deadline(&state, &self.policy);
        let index = self.store.restore(tenant, conversation, account, state);
        self.store.schedule(index, next.at);
        Ok(())
    }

    /// Goes on with another detector and another policy. What conversations know of rules, teams and calendars is carried
    /// over by name, as a snapshot would; their deadlines are those of the new policy. Not within an epoch.
    pub fn switch(&mut self, detector: Arc<Detector>, policy: Arc<Policy>) {
        let dictionary = Arc::new(Dictionary::new(detector.rules(), &policy));
        let same_names = dictionary == self.dictionary;
        let mut bytes = Vec::new();
        self.store.change_all(|conversation| {
            // The same names at the same places need no carrying over.
            if !same_names {
                let carried = snapshot::translate(conversation, &self.dictionary, &dictionary, &mut bytes);
                debug_assert!(carried.is_ok(), "a state that was just written is read: {carried:?}");
                if let Ok(carried) = carried {
                    *conversation = carried;
                }
            }
            next_deadline(conversation, &policy).at
        });
        (self.detector, self.policy, self.dictionary) = (detector, policy, dictionary);
    }

    /// Drops a conversation, as a tombstone in the changelog says. Not within an epoch.
    pub fn forget(&mut self, tenant: &str, conversation: &str) {
        self.store.forget(tenant, conversation);
    }
}

#[cfg(test)]
mod tests;
