//! One event: which conversation, whether it is new, and who deals with its kind.

use std::sync::Arc;

use super::settling::{self, Settled};
use super::{Disposition, Outcome, Reader, Scratch, ending, reading, timing};
use crate::account::{Account, Directory};
use crate::detect::RuleFacts;
use crate::limits;
use crate::message::{AuthorType, Event, Kind, Mark, Marks, Status};
use crate::policy::Policy;
use crate::risk::{self, Circumstances, Slot, Sources, Store, earliest_deadline, next_deadline};
use crate::time::Timestamp;

/// What every step stands on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    pub(super) policy: &'a Policy,
    pub(super) rules: &'a [RuleFacts],
    pub(super) accounts: &'a dyn Directory,
}

/// The moment at which a conversation moves: what caused it, and what is known then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment<'a> {
    pub(super) policy: &'a Policy,
    pub(super) rules: &'a [RuleFacts],
    pub(super) account: Option<&'a Arc<Account>>,
    /// The id of the event, or the name of the deadline.
    pub(super) cause: &'a str,
    /// The cause's fingerprint.
    pub(super) fingerprint: u64,
    pub(super) by_deadline: bool,
    /// What a trigger is about, where that is not what the score rests on most.
    pub(super) subject: Option<risk::Subject>,
    pub(super) time: Timestamp,
}

impl<'a> Moment<'a> {
    /// The conversation's time: a late event is published now, so that its cool-down counts from now.
    pub(super) const fn now(&self, conversation: &risk::Conversation) -> Timestamp {
        if self.by_deadline { self.time } else { conversation.newest }
    }

    /// What factors rest on when no text counts.
    pub(super) fn sources(&self) -> Sources<'a> {
        let event = if self.by_deadline { "" } else { self.cause };
        let account = self.account.map(|account| &**account);
        Sources { policy: self.policy, rules: self.rules, time: self.time, event, read: None, account }
    }

    /// What a trigger tells of the cause. `marks` are the event's; a deadline has none but what concerns the account.
    pub(super) fn circumstances<'s>(&'s self, names: &'s risk::Names, marks: Marks) -> Circumstances<'s> {
        let marks = if self.by_deadline { account_marks(self.account, names) } else { marks };
        Circumstances {
            names,
            policy: self.policy,
            account: self.account,
            cause: self.cause,
            by_deadline: self.by_deadline,
            time: self.time,
            marks,
            verdict: None,
        }
    }
}

/// One event with all that is needed to deal with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit<'a> {
    pub(super) event: &'a Event<'a>,
    pub(super) moment: Moment<'a>,
    /// The conversation's newest time before the event.
    pub(super) before: Timestamp,
}

/// Deals with one event: first with the deadlines of its conversation that came before it.
pub(super) fn event(
    store: &mut Store,
    event: &Event<'_>,
    ground: &Ground<'_>,
    read: &Reader<'_>,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    outcome.marks = event.marks;
    let fingerprint = risk::fingerprint(&event.id);
    let entered = enter(store, event, fingerprint, ground, scratch, outcome);
    let known = match entered {
        Some(index) => Some(index),
        None => store.find(&event.tenant, &event.conversation),
    };
    let named = if event.account.is_empty() {
        known.map_or("", |index| store.slot(index).names.account())
    } else {
        &event.account
    };
    let moment = Moment {
        policy: ground.policy,
        rules: ground.rules,
        account: ground.accounts.find(&event.tenant, named, event.time),
        cause: &event.id,
        fingerprint,
        by_deadline: false,
        subject: None,
        time: event.time,
    };
    let before = known.map_or(event.time, |index| store.slot(index).conversation.newest);
    let visit = &Visit { event, moment, before };
    let Some(index) = entered else {
        if let Some(index) = known {
            reading::assess_as_it_is(store.slot(index), &visit.moment, scratch, outcome);
        }
        return;
    };
    if matches!(event.kind, Kind::Erase) {
        ending::erase(store, index, visit, outcome);
    } else {
        apply(store.slot_mut(index), visit, read, scratch, outcome);
    }
    // Most deadlines only move away, which needs no look at a calendar.
    let conversation = &store.slot(index).conversation;
    if store.may_be_due(index, earliest_deadline(conversation, ground.policy)) {
        return;
    }
    let next = next_deadline(conversation, ground.policy);
    store.schedule(index, next.at);
}

/// Lets the conversation follow the event.
fn apply(slot: &mut Slot, visit: &Visit<'_>, read: &Reader<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    note_facts(slot, visit, outcome);
    match &visit.event.kind {
        Kind::Message | Kind::Edit { .. } => reading::read(slot, visit, read, scratch, outcome),
        Kind::InternalNote => outcome.disposition = Disposition::Noted,
        Kind::AssignmentChange => ending::assign(slot, visit, scratch, outcome),
        Kind::StatusChange => ending::status(slot, visit, scratch, outcome),
        Kind::Delete { target } => ending::delete(slot, visit, target, scratch, outcome),
        Kind::Merge { .. } => ending::merge(slot, visit, scratch, outcome),
        Kind::Verdict { outcome: verdict, episode, .. } => {
            ending::verdict(slot, visit, *verdict, episode, scratch, outcome);
        }
        Kind::Erase => {}
    }
    if !matches!(outcome.disposition, Disposition::Scored) {
        reading::sum_what_is_left(slot, &visit.moment, scratch, outcome);
        reading::assess_as_it_is(slot, &visit.moment, scratch, outcome);
    }
    timing::status(slot, visit, outcome);
    slot.conversation.tidy();
}

/// Finds or makes the event's conversation; `None` when the event changes nothing.
fn enter(
    store: &mut Store,
    event: &Event<'_>,
    fingerprint: u64,
    ground: &Ground<'_>,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) -> Option<u32> {
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
    if store.slot(index).conversation.recent.contains(fingerprint) {
        outcome.disposition = Disposition::Duplicate;
        outcome.marks.insert(Mark::Duplicate);
        return None;
    }
    let new_account = !event.account.is_empty() && event.account != store.slot(index).names.account();
    store.touch(index);
    let before = Timestamp(event.time.0.saturating_sub(1));
    if store.may_be_due(index, before) {
        if settling::settle(store.slot_mut(index), before, ground, scratch, outcome) == Settled::Over {
            store.slot_mut(index).conversation = risk::Conversation::new(event.time);
        }
        outcome.assessment.clear();
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
    let Event { priority, status, .. } = *visit.event;
    if visit.event.time < conversation.newest {
        outcome.marks.insert(Mark::Late);
        // What newer records told stands.
        conversation.priority = conversation.priority.or(priority);
        conversation.status = conversation.status.or(status);
    } else {
        conversation.newest = visit.event.time;
        conversation.priority = priority.or(conversation.priority);
        conversation.status = status.or(conversation.status);
    }
    if matches!(visit.event.kind, Kind::Message | Kind::Edit { .. }) {
        outcome.marks = outcome.marks.union(account_marks(visit.moment.account, &slot.names));
        if visit.event.author.kind == AuthorType::Unknown {
            outcome.marks.insert(Mark::AuthorUnknown);
        }
    }
}

/// What is unusual about the account of a conversation.
fn account_marks(account: Option<&Arc<Account>>, names: &risk::Names) -> Marks {
    let mut marks = Marks::default();
    if account.is_none() {
        marks.insert(if names.account().is_empty() { Mark::AccountMissing } else { Mark::AccountUnknown });
    }
    marks
}

/// Whether a status means that the work is done.
pub(super) const fn is_done(status: Option<Status>) -> bool {
    matches!(status, Some(Status::Resolved | Status::Closed))
}

/// Lets time pass: settles deadlines, forgets conversations that were quiet for too long.
pub(super) fn tick(
    store: &mut Store,
    time: Timestamp,
    ground: &Ground<'_>,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    for _ in 0..limits::DEADLINES_PER_TICK {
        let Some(entry) = store.next_due(time, |conversation| next_deadline(conversation, ground.policy).at) else {
            break;
        };
        let Some(index) = entry else { continue };
        store.touch(index);
        if settling::settle(store.slot_mut(index), time, ground, scratch, outcome) == Settled::Over {
            store.remove(index);
        } else {
            let next = next_deadline(&store.slot(index).conversation, ground.policy);
            store.schedule(index, next.at);
        }
    }
    outcome.is_behind = store.is_any_due(time);
    outcome.assessment.clear();
}
