//! How an episode ends, is taken over or handed over: status, assignment, verdicts, deletions, merging, erasing.

use super::step::{Moment, Visit, is_done};
use super::{Disposition, Outcome, Scratch, reading};
use crate::brief;
use crate::limits;
use crate::message::{AuthorType, Event, Kind, Mark, Terms, VerdictOutcome};
use crate::response::Routed;
use crate::risk::{
    self, Announcement, Assessment, Circumstances, Mute, Silences, Slot, Sources, Step, Store, Tally, fingerprint,
};
use crate::time::Timestamp;

/// A way in which an episode ends or is taken over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    step: Step,
    reason: &'static str,
    headline: &'static str,
    verdict: Option<VerdictOutcome>,
}

const fn ending(step: Step, reason: &'static str, headline: &'static str) -> Ending {
    Ending { step, reason, headline, verdict: None }
}

/// The risk has gone.
pub(super) const CALMED: Ending = ending(Step::Resolved, "calmed", "the customer has calmed down");
/// The message that caused it was rewritten.
pub(super) const EDITED: Ending =
    ending(Step::Withdrawn, "edited", "the message that caused the escalation was rewritten");
/// A reply that arrived late was written before the deadline that opened it.
pub(super) const ANSWERED_IN_TIME: Ending =
    ending(Step::Withdrawn, "answered_in_time", "the customer had been answered in time");
const DELETED: Ending = ending(Step::Withdrawn, "deleted", "the message that caused the escalation was deleted");
const STATUS: Ending = ending(Step::Resolved, "status", "the conversation was resolved");
const MERGED: Ending = ending(Step::Withdrawn, "merged", "the conversation goes on in another one");
/// Nobody acted on it.
pub(super) const UNATTENDED: Ending = ending(Step::Expired, "unattended", "nobody acted on it");
const HANDED_OVER: Ending = ending(Step::HandedOver, "assignment", "somebody else has it now");
const ERASED: Ending = ending(Step::Withdrawn, "erased", "the conversation was erased");

/// Publishes an ending of the open episode, if one is open, with what `tally` holds.
pub(super) fn end(
    slot: &mut Slot,
    moment: &Moment<'_>,
    tally: &Tally,
    sources: &Sources<'_>,
    ending: Ending,
    outcome: &mut Outcome,
) {
    let mut assessment = Assessment::default();
    risk::assess(tally, &slot.conversation, sources, &mut assessment);
    let tags = risk::tags(tally, &slot.conversation, sources, ending.reason);
    publish(slot, moment, ending, assessment, tags, outcome);
}

fn publish(
    slot: &mut Slot,
    moment: &Moment<'_>,
    ending: Ending,
    assessment: Assessment,
    tags: Vec<String>,
    outcome: &mut Outcome,
) {
    let now = moment.now(&slot.conversation);
    let Some(extra) = slot.conversation.extra_if_any() else { return };
    let Some(episode) = extra.episode.as_deref_mut().filter(|episode| episode.open) else { return };
    let previous_level = Some(episode.level);
    if ending.step.ends() {
        episode.open = false;
        episode.resolved = (ending.step == Step::Resolved).then_some(now);
        extra.before = None;
    } else {
        episode.acknowledged |= ending.step == Step::Acknowledged;
        episode.attended = true;
    }
    let Ending { step, reason, headline, verdict } = ending;
    let circumstances = Circumstances { verdict, ..moment.circumstances(&slot.names, outcome.marks) };
    let announcement = Announcement { step, reason, headline, previous_level, tags, assessment };
    outcome.triggers.push(risk::trigger(&mut slot.conversation, &circumstances, announcement));
    if step.ends() {
        slot.conversation.calm_turns = 0;
    }
}

/// Sums what is left, publishes the ending if an episode is open.
fn end_with_what_is_left(
    slot: &mut Slot,
    visit: &Visit<'_>,
    ending: Ending,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    let moment = &visit.moment;
    reading::sum_what_is_left(slot, moment, scratch, outcome);
    if slot.conversation.open_episode().is_some() {
        end(slot, moment, &scratch.tally, &moment.sources(), ending, outcome);
    }
}

/// Forgets all points: the matter is settled, or said to be (`done`); what comes next starts anew.
fn settle(slot: &mut Slot, done: bool) {
    slot.conversation.bot_answers = 0;
    slot.conversation.calm_turns = 0;
    let by_bot = slot.conversation.last_author == AuthorType::Bot;
    slot.conversation.clocks.stop(done, by_bot);
    if let Some(extra) = slot.conversation.extra_if_any() {
        extra.heats.clear();
        extra.bot = None;
    }
}

/// The status changed.
pub(super) fn status(slot: &mut Slot, visit: &Visit<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    outcome.disposition = Disposition::Applied;
    if is_done(visit.event.status) {
        end_with_what_is_left(slot, visit, STATUS, scratch, outcome);
        settle(slot, true);
    }
}

/// A message was deleted.
pub(super) fn delete(slot: &mut Slot, visit: &Visit<'_>, target: &str, scratch: &mut Scratch, outcome: &mut Outcome) {
    let target_fingerprint = fingerprint(target);
    let was_heat = reading::forget_event(slot, target);
    let was_cause = slot.conversation.episode().is_some_and(|episode| episode.knows_cause(target_fingerprint));
    let is_known = was_heat || was_cause || slot.conversation.recent.contains(target_fingerprint);
    outcome.disposition = if is_known { Disposition::Applied } else { Disposition::Ignored };
    if was_cause {
        let moment = &visit.moment;
        reading::sum_what_is_left(slot, moment, scratch, outcome);
        if outcome.assessment.level < moment.policy.escalation.open_level {
            end(slot, moment, &scratch.tally, &moment.sources(), DELETED, outcome);
        }
    }
}

/// The conversation goes on in another one.
pub(super) fn merge(slot: &mut Slot, visit: &Visit<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    outcome.disposition = Disposition::Applied;
    end_with_what_is_left(slot, visit, MERGED, scratch, outcome);
    settle(slot, false);
}

/// Everything is forgotten but hashes of event ids; a trigger tells downstream to forget too, and quotes nothing.
pub(super) fn erase(store: &mut Store, index: u32, visit: &Visit<'_>, outcome: &mut Outcome) {
    outcome.disposition = Disposition::Applied;
    let tags = vec![ERASED.reason.to_owned()];
    if let Some(extra) = store.slot_mut(index).conversation.extra_if_any() {
        extra.facts = None;
        extra.heats.clear();
    }
    publish(store.slot_mut(index), &visit.moment, ERASED, Assessment::default(), tags, outcome);
    store.rename(index, "");
    store.slot_mut(index).conversation.erase(visit.event.time);
}

/// The assignment changed: an open episode that had another owner or another team is handed over.
pub(super) fn assign(slot: &mut Slot, visit: &Visit<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    outcome.disposition = Disposition::Applied;
    let had = slot.conversation.extra().map_or(0, |extra| extra.assignee);
    risk::handed_over(&mut slot.conversation, visit.event, visit.moment.policy);
    let Some(extra) = slot.conversation.extra_if_any() else { return };
    if let Some(facts) = extra.facts.as_deref_mut() {
        brief::note_people(facts, visit.event);
    }
    let has = extra.assignee;
    let Some(episode) = extra.episode.as_deref_mut().filter(|episode| episode.open) else { return };
    let Event { assignee, team, .. } = visit.event;
    episode.attended |= !assignee.is_empty();
    if outcome.marks.contains(Mark::Late) {
        return;
    }
    let short = &assignee[..assignee.floor_char_boundary(limits::FACT_BYTES)];
    let had_owner = had != 0 || !episode.claims.is_empty();
    let passed_on = !assignee.is_empty()
        && had_owner
        && if episode.claims.is_empty() { had != has } else { episode.claims.iter().all(|claim| **claim != *short) };
    let team = visit.moment.policy.routing.team(team).filter(|team| *team != episode.team);
    if passed_on && !episode.claims.is_empty() {
        episode.claims = vec![short.into()];
    }
    if let Some(team) = team {
        (episode.team, episode.routed) = (team, Routed::Verdict);
    }
    if passed_on || team.is_some() {
        end_with_what_is_left(slot, visit, HANDED_OVER, scratch, outcome);
    }
}

/// A human being answered at `time`: somebody acts on what is open, and the customer hears.
pub(super) fn attend(slot: &mut Slot, time: Timestamp) {
    let episode = slot.conversation.extra_if_any().and_then(|extra| extra.episode.as_deref_mut());
    if let Some(episode) = episode.filter(|episode| episode.open) {
        episode.attended = true;
        episode.hear(time);
    }
}

/// Downstream acted on an escalation.
pub(super) fn verdict(
    slot: &mut Slot,
    visit: &Visit<'_>,
    verdict: VerdictOutcome,
    episode: &str,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    if let Kind::Verdict { by, reason, terms: Some(terms), .. } = &visit.event.kind {
        outcome.disposition = Disposition::Applied;
        silence(slot, visit, (by, reason, terms), verdict, outcome);
    }
    if verdict == VerdictOutcome::Mute {
        return;
    }
    let open = slot.conversation.open_episode();
    let is_meant = |id: risk::ContentId| episode.is_empty() || episode.eq_ignore_ascii_case(&id.to_string());
    let Some(acknowledged) = open.filter(|open| is_meant(open.id)).map(|open| open.acknowledged) else {
        // A snooze is for the conversation, whether or not an episode is open.
        if verdict != VerdictOutcome::Snooze {
            outcome.disposition = Disposition::Ignored;
        }
        return;
    };
    outcome.disposition = Disposition::Applied;
    let (step, headline) = match verdict {
        VerdictOutcome::Acknowledged => (Step::Acknowledged, "somebody took notice"),
        VerdictOutcome::Assigned => (Step::Acknowledged, "somebody took it over"),
        VerdictOutcome::Rerouted => (Step::Acknowledged, "it was passed to another team"),
        VerdictOutcome::Snooze | VerdictOutcome::Mute => (Step::Acknowledged, "somebody put it off"),
        VerdictOutcome::Resolved => (Step::Resolved, "the escalation was dealt with"),
        VerdictOutcome::FalseAlarm => (Step::Withdrawn, "the escalation was a false alarm"),
    };
    let news = note_owner(slot, visit, verdict);
    if step == Step::Acknowledged && acknowledged && news == News::None {
        return;
    }
    let (reason, headline) = match news {
        News::Conflict => ("owner_conflict", "somebody else took it over, too"),
        News::None | News::Owner => ("verdict", headline),
    };
    let ending = Ending { verdict: Some(verdict), ..ending(step, reason, headline) };
    end_with_what_is_left(slot, visit, ending, scratch, outcome);
    if step.ends() {
        settle(slot, false);
    }
}

/// Puts the conversation off or mutes something in it, for as long as policy lets it.
fn silence(
    slot: &mut Slot,
    visit: &Visit<'_>,
    (by, reason, terms): (&str, &str, &Terms<'_>),
    verdict: VerdictOutcome,
    outcome: &mut Outcome,
) {
    let now = visit.moment.now(&slot.conversation);
    let (until, is_cut) = risk::end_of_silence(terms, now, visit.moment.policy);
    if is_cut {
        outcome.marks.insert(Mark::UntilCut);
    }
    let silences = slot.conversation.extra_mut().silences.get_or_insert_default();
    if verdict == VerdictOutcome::Snooze {
        silences.snooze(until, now);
    } else {
        let short = |text: &str| -> Box<str> { text[..text.floor_char_boundary(limits::FACT_BYTES)].into() };
        let mute =
            Mute { until, rule: short(&terms.rule), tag: short(&terms.tag), by: short(by), reason: short(reason) };
        if !silences.mute(mute, now) {
            outcome.marks.insert(Mark::ListCut);
        }
    }
    slot.conversation.extra_mut().silences.take_if(|silences| **silences == Silences::default());
}

/// What a verdict changes of who has an escalation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// Nothing.
    None,
    /// It has another owner or another team.
    Owner,
    /// A second one says that they own it.
    Conflict,
}

/// Notes who says that they own it, and to which team it was passed.
fn note_owner(slot: &mut Slot, visit: &Visit<'_>, verdict: VerdictOutcome) -> News {
    let Kind::Verdict { by, reason, .. } = &visit.event.kind else { return News::None };
    let extra = slot.conversation.extra_if_any();
    let Some(episode) = extra.and_then(|extra| extra.episode.as_deref_mut()) else { return News::None };
    match verdict {
        VerdictOutcome::Assigned if !by.is_empty() => {
            if episode.claims.iter().any(|claim| **claim == **by) || episode.claims.len() >= limits::OWNER_CLAIMS {
                return News::None;
            }
            let by = &by[..by.floor_char_boundary(limits::FACT_BYTES)];
            episode.claims.push(by.into());
            if episode.claims.len() > 1 { News::Conflict } else { News::Owner }
        }
        VerdictOutcome::Rerouted => {
            let team = visit.moment.policy.routing.team(reason).filter(|team| *team != episode.team);
            if let Some(team) = team {
                (episode.team, episode.routed) = (team, Routed::Verdict);
            }
            let had_owner = !episode.claims.is_empty();
            episode.claims.clear();
            if had_owner || team.is_some() { News::Owner } else { News::None }
        }
        _ => News::None,
    }
}
