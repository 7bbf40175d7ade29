//! One event: which conversation, whether it is new, and who deals with its kind.

use std::sync::Arc;

use super::{Disposition, Outcome, Reader, Scratch, ending, reading};
use crate::account::Account;
use crate::detect::RuleFacts;
use crate::limits;
use crate::message::{AuthorType, Event, Kind, Mark, Marks, Status};
use crate::policy::Policy;
use crate::risk::{self, Announcement, Assessment, Circumstances, Slot, Sources, Step, Store};
use crate::time::Timestamp;

/// One event with all that is needed to deal with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit<'a> {
    pub(super) event: &'a Event<'a>,
    pub(super) account: Option<&'a Arc<Account>>,
    pub(super) policy: &'a Policy,
    pub(super) rules: &'a [RuleFacts],
    /// The fingerprint of the event's id.
    pub(super) fingerprint: u64,
}

impl<'a> Visit<'a> {
    /// A visit of `event`.
    pub(super) fn new(
        event: &'a Event<'a>,
        account: Option<&'a Arc<Account>>,
        policy: &'a Policy,
        rules: &'a [RuleFacts],
    ) -> Visit<'a> {
        Visit { event, account, policy, rules, fingerprint: risk::fingerprint(&event.id) }
    }

    /// What factors rest on when the event's text does not count.
    pub(super) fn sources(&self) -> Sources<'a> {
        let account = self.account.map(|account| &**account);
        Sources { policy: self.policy, rules: self.rules, event: self.event, findings: None, account }
    }

    /// What a trigger tells of the event.
    pub(super) fn circumstances<'s>(&'s self, slot: &'s risk::Names, marks: Marks) -> Circumstances<'s> {
        Circumstances {
            names: slot,
            policy: self.policy,
            account: self.account,
            cause: &self.event.id,
            by_deadline: false,
            time: self.event.time,
            marks,
            verdict: None,
        }
    }
}

/// Deals with one event.
pub(super) fn event(
    store: &mut Store,
    visit: &Visit<'_>,
    read: &Reader<'_>,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    let event = visit.event;
    outcome.marks = event.marks;
    let Some(index) = enter(store, visit, outcome) else {
        if let Some(index) = store.find(&event.tenant, &event.conversation) {
            reading::assess_as_it_is(store.slot(index), visit, scratch, outcome);
        }
        return;
    };
    if matches!(event.kind, Kind::Erase) {
        ending::erase(store, index, visit, outcome);
        return;
    }
    let slot = store.slot_mut(index);
    note_facts(slot, visit, outcome);
    match &event.kind {
        Kind::Message | Kind::Edit { .. } => reading::read(slot, visit, read, scratch, outcome),
        Kind::InternalNote => outcome.disposition = Disposition::Noted,
        Kind::AssignmentChange => outcome.disposition = Disposition::Applied,
        Kind::StatusChange => ending::status(slot, visit, scratch, outcome),
        Kind::Delete { target } => ending::delete(slot, visit, target, scratch, outcome),
        Kind::Merge { .. } => ending::merge(slot, visit, scratch, outcome),
        Kind::Verdict { outcome: verdict, episode, .. } => {
            ending::verdict(slot, visit, *verdict, episode, scratch, outcome);
        }
        Kind::Erase => {}
    }
    if !matches!(outcome.disposition, Disposition::Scored) {
        reading::sum_what_is_left(slot, visit, scratch, outcome);
        reading::assess_as_it_is(slot, visit, scratch, outcome);
    }
    slot.conversation.tidy();
}

/// Finds or makes the event's conversation; `None` when the event changes nothing.
fn enter(store: &mut Store, visit: &Visit<'_>, outcome: &mut Outcome) -> Option<u32> {
    let Visit { event, policy, fingerprint, .. } = *visit;
    let Some(index) = store.find(&event.tenant, &event.conversation) else {
        if matches!(event.kind, Kind::Delete { .. } | Kind::Merge { .. } | Kind::Erase | Kind::Verdict { .. }) {
            outcome.disposition = Disposition::Ignored;
            return None;
        }
        while store.is_full()
            && let Some(oldest) = store.oldest()
        {
            store.remove(oldest);
            outcome.evicted += 1;
        }
        let index = store.create(&event.tenant, &event.conversation, &event.account, event.time);
        store.slot_mut(index).conversation.recent.push(fingerprint);
        return Some(index);
    };
    let conversation = &store.slot(index).conversation;
    if conversation.recent.contains(fingerprint) {
        outcome.disposition = Disposition::Duplicate;
        outcome.marks.insert(Mark::Duplicate);
        return None;
    }
    let expired = event.time - conversation.newest >= policy.escalation.expire;
    let new_account = !event.account.is_empty() && event.account != store.slot(index).names.account();
    store.touch(index);
    if expired {
        expire(store.slot_mut(index), policy, outcome);
        store.slot_mut(index).conversation = risk::Conversation::new(event.time);
    }
    if new_account {
        store.rename(index, &event.account);
    }
    store.slot_mut(index).conversation.recent.push(fingerprint);
    Some(index)
}

/// Notes what an event of any kind tells: time, status, priority, account.
fn note_facts(slot: &mut Slot, visit: &Visit<'_>, outcome: &mut Outcome) {
    let conversation = &mut slot.conversation;
    if visit.event.time < conversation.newest {
        outcome.marks.insert(Mark::Late);
    } else {
        conversation.newest = visit.event.time;
    }
    conversation.priority = visit.event.priority.or(conversation.priority);
    conversation.status = visit.event.status.or(conversation.status);
    if matches!(visit.event.kind, Kind::Message | Kind::Edit { .. }) {
        if visit.account.is_none() {
            let named = !slot.names.account().is_empty();
            outcome.marks.insert(if named { Mark::AccountUnknown } else { Mark::AccountMissing });
        }
        if visit.event.author.kind == AuthorType::Unknown {
            outcome.marks.insert(Mark::AuthorUnknown);
        }
    }
}

/// Whether a status means that the work is done.
pub(super) const fn is_done(status: Option<Status>) -> bool {
    matches!(status, Some(Status::Resolved | Status::Closed))
}

/// Lets time pass: forgets conversations that were quiet for too long.
pub(super) fn tick(store: &mut Store, policy: &Policy, time: Timestamp, outcome: &mut Outcome) {
    for _ in 0..limits::EXPIRED_PER_TICK {
        let Some(oldest) = store.oldest() else { return };
        if time - store.slot(oldest).conversation.newest < policy.escalation.expire {
            return;
        }
        store.touch(oldest);
        expire(store.slot_mut(oldest), policy, outcome);
        store.remove(oldest);
    }
}

/// Ends what is open in a conversation that was quiet for too long, as of the moment when it was.
fn expire(slot: &mut Slot, policy: &Policy, outcome: &mut Outcome) {
    outcome.expired += 1;
    let Some(episode) = slot.conversation.open_episode() else { return };
    let (previous_level, deadline) = (episode.level, slot.conversation.newest + policy.escalation.expire);
    let circumstances = Circumstances {
        names: &slot.names,
        policy,
        account: None,
        cause: &format!("expired@{}", deadline.0),
        by_deadline: true,
        time: deadline,
        marks: Marks::default(),
        verdict: None,
    };
    let announcement = Announcement {
        step: Step::Resolved,
        reason: "expired",
        headline: "nothing was heard for a long time",
        previous_level: Some(previous_level),
        tags: vec!["expired".to_owned()],
        assessment: Assessment::default(),
    };
    outcome.triggers.push(risk::trigger(&mut slot.conversation, &circumstances, announcement));
}
