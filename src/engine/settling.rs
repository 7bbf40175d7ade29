//! Deadlines pass: what comes of each, in a conversation where nothing was heard.

use super::reading::{self, Rise};
use super::step::{Ground, Moment};
use super::{Outcome, Scratch, ending};
use crate::limits;
use crate::policy::Clock;
use crate::risk::{
    self, Announcement, Assessment, Deadline, DeadlineKind, Episode, Heat, Silences, Slot, Step, Subject, deadline_at,
    episode_id, fingerprint, next_deadline, pace, trigger,
};
use crate::signal::SignalSet;
use crate::time::Timestamp;

/// Whether a conversation goes on after its deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// It goes on.
    GoesOn,
    /// It was quiet for too long and is to be forgotten.
    Over,
}

/// Settles the deadlines of one conversation up to `until`, that moment included, in their order.
pub(super) fn settle(
    slot: &mut Slot,
    until: Timestamp,
    ground: &Ground<'_>,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) -> Settled {
    for _ in 0..limits::DEADLINES_PER_STEP {
        let deadline = next_deadline(&slot.conversation, ground.policy);
        if deadline.at > until {
            break;
        }
        pass(slot, deadline, ground, scratch, outcome);
        if deadline.kind == DeadlineKind::Expired {
            return Settled::Over;
        }
    }
    slot.conversation.tidy();
    Settled::GoesOn
}

/// Settles one deadline.
fn pass(slot: &mut Slot, deadline: Deadline, ground: &Ground<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    outcome.passed.push((deadline.kind, deadline.at));
    let cause = deadline.cause();
    let account = ground.accounts.find(slot.names.tenant(), slot.names.account(), deadline.at);
    let moment = Moment {
        policy: ground.policy,
        rules: ground.rules,
        account,
        cause: &cause,
        fingerprint: fingerprint(&cause),
        by_deadline: true,
        subject: Some(Subject::Clock(deadline.kind)),
        time: deadline.at,
    };
    match (deadline.kind, deadline.kind.clock()) {
        (DeadlineKind::AutoEscalation, _) => auto_escalate(slot, deadline.kind, &moment, scratch, outcome),
        (_, Some((clock, breached))) => weigh(slot, deadline.kind, (clock, breached), &moment, scratch, outcome),
        (DeadlineKind::SilentDrop, _) => drop_silently(slot, &moment, scratch, outcome),
        (kind, _) if kind.reminder().is_some() => remind(slot, kind, &moment, scratch, outcome),
        (DeadlineKind::Unattended, _) => {
            reading::sum_what_is_left(slot, &moment, scratch, outcome);
            ending::end(slot, &moment, &scratch.tally, &moment.sources(), ending::UNATTENDED, outcome);
        }
        (DeadlineKind::SnoozeOver, _) => wake(slot, &moment, scratch, outcome),
        (_, None) => expire(slot, &moment, outcome),
    }
}

/// A clock runs out, or is about to: that has its weight, and may be what it takes to escalate.
fn weigh(
    slot: &mut Slot,
    kind: DeadlineKind,
    (clock, breached): (Clock, bool),
    moment: &Moment<'_>,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    slot.conversation.clocks.settle(kind);
    let sla = &moment.policy.sla;
    let Some(pace) = pace(&slot.conversation, moment.policy) else { return };
    if let (true, Some(extra)) = (breached, slot.conversation.extra_if_any()) {
        let warning =
            |heat: &Heat| matches!(heat.subject, Subject::Clock(other) if other.clock() == Some((clock, false)));
        extra.heats.drop_where(warning);
    }
    let points = sla.points(clock, breached, pace.terms);
    if points > 0 {
        heat_up(slot, kind, points, moment);
    }
    reading::sum_what_is_left(slot, moment, scratch, outcome);
    reading::escalate(slot, moment, &scratch.tally, &moment.sources(), None, outcome);
}

/// A vague close was the last that was heard.
fn drop_silently(slot: &mut Slot, moment: &Moment<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    slot.conversation.clocks.settle(DeadlineKind::SilentDrop);
    risk::left_vague(&mut slot.conversation, "", moment.time, moment.policy);
    let moment = Moment { subject: Some(Subject::Loop(risk::Loop::SilentDrop)), ..*moment };
    reading::sum_what_is_left(slot, &moment, scratch, outcome);
    reading::escalate(slot, &moment, &scratch.tally, &moment.sources(), None, outcome);
}

/// People are reminded of the last episode.
fn remind(slot: &mut Slot, kind: DeadlineKind, moment: &Moment<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    let (Some(reason), Some(episode)) = (kind.reminder(), slot.conversation.extra_mut().episode.as_deref_mut()) else {
        return;
    };
    episode.remind(kind, moment.time);
    reading::sum_what_is_left(slot, moment, scratch, outcome);
    let mut assessment = Assessment::default();
    risk::assess(&scratch.tally, &slot.conversation, &moment.sources(), &mut assessment);
    let tags = risk::tags(&scratch.tally, &slot.conversation, &moment.sources(), reason);
    let announcement =
        Announcement { step: Step::Due, reason, headline: kind.sentence(), previous_level: None, tags, assessment };
    let circumstances = moment.circumstances(&slot.names, outcome.marks);
    outcome.triggers.push(trigger(&mut slot.conversation, &circumstances, announcement));
}

/// A snooze is over: what is still so is raised now.
fn wake(slot: &mut Slot, moment: &Moment<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    if let Some(silences) = slot.conversation.extra_mut().silences.as_mut() {
        silences.snoozed_until = None;
    }
    slot.conversation.extra_mut().silences.take_if(|silences| **silences == Silences::default());
    let moment = Moment { subject: None, ..*moment };
    reading::sum_what_is_left(slot, &moment, scratch, outcome);
    reading::escalate(slot, &moment, &scratch.tally, &moment.sources(), None, outcome);
}

/// Nobody answered for too long: the matter escalates by itself, whatever was said.
fn auto_escalate(
    slot: &mut Slot,
    kind: DeadlineKind,
    moment: &Moment<'_>,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    slot.conversation.clocks.settle(kind);
    slot.conversation.calm_turns = 0;
    let policy = moment.policy;
    let level = pace(&slot.conversation, policy).map(|pace| pace.terms.auto_level).unwrap_or_default();
    reading::sum_what_is_left(slot, moment, scratch, outcome);
    let points = policy.scoring.threshold(level) - scratch.tally.score.points();
    if points > 0 {
        heat_up(slot, kind, points, moment);
        reading::sum_what_is_left(slot, moment, scratch, outcome);
    }
    let open = slot.conversation.open_episode().is_some();
    let step = if open { Step::Updated } else { Step::Opened };
    let rise = Rise { step, urgent: SignalSet::EMPTY, subject: moment.subject };
    reading::raise(slot, moment, &scratch.tally, &moment.sources(), rise, outcome);
}

/// Adds what a deadline that has passed weighs.
fn heat_up(slot: &mut Slot, kind: DeadlineKind, points: i32, moment: &Moment<'_>) {
    slot.conversation.extra_mut().heats.put(Heat {
        subject: Subject::Clock(kind),
        points: points.clamp(0, 1_000) as u16,
        rule: crate::detect::RuleIndex(u16::MAX),
        since: moment.time,
        event: "".into(),
        evidence: None,
    });
}

/// Ends what is open in a conversation that was quiet for too long, as of the moment when it was.
fn expire(slot: &mut Slot, moment: &Moment<'_>, outcome: &mut Outcome) {
    outcome.expired += 1;
    let Some(episode) = slot.conversation.open_episode() else { return };
    let announcement = Announcement {
        step: Step::Expired,
        reason: "expired",
        headline: "nothing was heard for a long time",
        previous_level: Some(episode.level),
        tags: vec!["expired".to_owned()],
        assessment: Assessment::default(),
    };
    let circumstances = moment.circumstances(&slot.names, outcome.marks);
    outcome.triggers.push(trigger(&mut slot.conversation, &circumstances, announcement));
}

/// A human being answered at the moment at hand, which the record may tell late: deadlines of the wait that had not come
/// yet at that time never passed, and what they published is withdrawn.
pub(super) fn take_back(slot: &mut Slot, moment: &Moment<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    let conversation = &mut slot.conversation;
    let passed = |kind: &DeadlineKind| kind.is_about_waiting() && conversation.clocks.is_settled(*kind);
    let kept: Vec<Deadline> = DeadlineKind::ALL
        .into_iter()
        .filter(passed)
        .filter_map(|kind| Some(Deadline { at: deadline_at(kind, conversation, moment.policy)?, kind }))
        .filter(|deadline| deadline.at >= moment.time)
        .collect();
    if kept.is_empty() {
        return;
    }
    let mut opened = false;
    for deadline in kept {
        let own = |episode: &Episode| episode_id(&slot.names, episode.number, &deadline.cause());
        opened |= conversation.open_episode().is_some_and(|episode| episode.id == own(episode));
        conversation.extra_mut().heats.drop_clock(deadline.kind);
    }
    reading::sum_what_is_left(slot, moment, scratch, outcome);
    if opened && outcome.assessment.level < moment.policy.escalation.open_level {
        let before = slot.conversation.extra_mut().before.take();
        ending::end(slot, moment, &scratch.tally, &moment.sources(), ending::ANSWERED_IN_TIME, outcome);
        if let Some(episode) = slot.conversation.extra_mut().episode.as_deref_mut() {
            match before {
                Some(before) => *episode = before.restored(episode),
                None => episode.unhappen(),
            }
        }
    }
}
