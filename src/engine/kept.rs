//! Kept conversations as those see them who look at states, not at events.

use super::Engine;
use crate::detect::RuleFacts;
use crate::policy::Policy;
use crate::risk::{Conversation, DeadlineKind, Names, Slot, next_deadline};
use crate::time::Timestamp;

/// A conversation that an engine keeps.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    slot: &'a Slot,
    pub(crate) policy: &'a Policy,
    pub(crate) rules: &'a [RuleFacts],
}

impl<'a> Kept<'a> {
    pub(crate) fn names(&self) -> &'a Names {
        &self.slot.names
    }

    pub(crate) fn state(&self) -> &'a Conversation {
        &self.slot.conversation
    }

    /// The helpdesk tenant and the conversation.
    #[must_use]
    pub fn ids(&self) -> (&'a str, &'a str) {
        (self.names().tenant(), self.names().conversation())
    }

    /// Whether an escalation is open.
    #[must_use]
    pub fn is_escalated(&self) -> bool {
        self.state().open_episode().is_some()
    }

    /// Its next deadline; there always is one.
    #[must_use]
    pub fn next_deadline(&self) -> (Timestamp, DeadlineKind) {
        let next = next_deadline(self.state(), self.policy);
        (next.at, next.kind)
    }
}

impl Engine {
    /// A conversation, if it is kept.
    #[must_use]
    pub fn kept(&self, tenant: &str, conversation: &str) -> Option<Kept<'_>> {
        let slot = self.store.slot(self.store.find(tenant, conversation)?);
        Some(Kept { slot, policy: &self.policy, rules: self.detector.rules() })
    }
}
