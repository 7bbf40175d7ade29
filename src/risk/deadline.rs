//! What falls due when nothing is heard. The one place that says which deadlines a conversation has: a further kind is
//! one more name here, its time in [`at`], and what comes of it in `engine/settling.rs`.

use super::conversation::Conversation;
use crate::policy::{Clock, Pace, Policy};
use crate::time::{Span, Timestamp};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $sentence:literal;)+) => {
        /// A kind of deadline. Of two at one moment the one with the lower number comes first. Numbers are part of
        /// snapshots: a new kind goes to the end.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum DeadlineKind { $($(#[doc = $doc])+ $variant,)+ }

        impl DeadlineKind {
            /// All kinds.
            pub const ALL: [DeadlineKind; [$($name),+].len()] = [$(DeadlineKind::$variant),+];

            /// The kind's name, as factors and ids have it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(DeadlineKind::$variant => $name,)+ }
            }

            /// A sentence for people, without its full stop.
            pub(crate) const fn sentence(self) -> &'static str {
                match self { $(DeadlineKind::$variant => $sentence,)+ }
            }
        }
    };
}

kinds! {
    /// No human being has answered for so long that the matter escalates by itself.
    AutoEscalation = "sla.auto_escalation", "Nobody has answered until the time of automatic escalation";
    /// Nothing was heard for so long that the conversation is forgotten.
    Expired = "expired", "Nothing was heard for a long time";
    /// The time for a first reply runs out.
    FirstReplyAtRisk = "sla.first_reply_at_risk", "The time for a first reply is running out";
    /// It has run out.
    FirstReplyBreached = "sla.first_reply_breached", "The first reply is overdue";
    /// The time for a reply to a later message runs out.
    NextReplyAtRisk = "sla.next_reply_at_risk", "The time for a reply is running out";
    /// It has run out.
    NextReplyBreached = "sla.next_reply_breached", "A reply is overdue";
    /// The time for a resolution runs out.
    ResolutionAtRisk = "sla.resolution_at_risk", "The time to resolve the matter is running out";
    /// It has run out.
    ResolutionBreached = "sla.resolution_breached", "The matter should have been resolved by now";
    /// A vague close left the matter unsolved, and nothing was heard since.
    SilentDrop = "course.silent_drop", "A vague close left the matter unsolved, and nobody came back to it";
    /// Somebody had put the conversation off until now.
    SnoozeOver = "snooze.over", "What was put off is due again";
    /// Nobody has acted on the open episode for so long that it is given up.
    Unattended = "episode.unattended", "Nobody acted on it";
    /// The customer should hear how it stands.
    UpdateDue = "due.update", "The customer should hear now how it stands";
    /// The daily stand-up is near.
    StandUpDue = "due.stand_up", "The daily stand-up is near";
    /// It was resolved a while ago.
    DebriefDue = "due.debrief", "A debrief is due";
    /// The same; a post-mortem is to be written.
    PostMortemDue = "due.post_mortem", "A post-mortem is due, and this is its draft";
}

impl DeadlineKind {
    /// The clock that it belongs to, and whether that has run out.
    pub(crate) const fn clock(self) -> Option<(Clock, bool)> {
        match self {
            DeadlineKind::AutoEscalation => Some((Clock::AutoEscalation, true)),
            DeadlineKind::FirstReplyAtRisk => Some((Clock::FirstReply, false)),
            DeadlineKind::FirstReplyBreached => Some((Clock::FirstReply, true)),
            DeadlineKind::NextReplyAtRisk => Some((Clock::NextReply, false)),
            DeadlineKind::NextReplyBreached => Some((Clock::NextReply, true)),
            DeadlineKind::ResolutionAtRisk => Some((Clock::Resolution, false)),
            DeadlineKind::ResolutionBreached => Some((Clock::Resolution, true)),
            _ => None,
        }
    }

    /// The reason of the reminder that comes of it, if one does.
    pub(crate) const fn reminder(self) -> Option<&'static str> {
        match self {
            DeadlineKind::UpdateDue => Some("update_due"),
            DeadlineKind::StandUpDue => Some("stand_up"),
            DeadlineKind::DebriefDue => Some("debrief"),
            DeadlineKind::PostMortemDue => Some("post_mortem"),
            _ => None,
        }
    }

    /// Whether it is about how long the customer waits for a reply, and so can be disproved by a late one.
    pub(crate) const fn is_about_waiting(self) -> bool {
        matches!(self.clock(), Some((Clock::AutoEscalation | Clock::FirstReply | Clock::NextReply, _)))
    }

    /// Whether a clock is at risk, but has not run out.
    pub(crate) const fn is_warning(self) -> bool {
        matches!(self.clock(), Some((_, false)))
    }
}

/// A deadline: a fact about a conversation, whether or not anybody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline {
    pub(crate) at: Timestamp,
    pub(crate) kind: DeadlineKind,
}

impl Deadline {
    /// What names it among the causes of triggers: its kind and its moment, so that who notices it when is all one.
    pub(crate) fn cause(self) -> String {
        format!("{}@{}", self.kind.name(), self.at.0)
    }
}

/// The conversation's next deadline; there always is one.
pub(crate) fn next(conversation: &Conversation, policy: &Policy) -> Deadline {
    let open = DeadlineKind::ALL.into_iter().filter(|kind| !conversation.clocks.is_settled(*kind));
    let all = open.filter_map(|kind| Some(Deadline { at: at(kind, conversation, policy)?, kind }));
    all.min().unwrap_or(Deadline { at: expiry(conversation, policy), kind: DeadlineKind::Expired })
}

/// A moment that no deadline of the conversation comes before. Working time is never shorter than the time that passes,
/// so that calendars need not be asked.
pub(crate) fn earliest(conversation: &Conversation, policy: &Policy) -> Timestamp {
    let open = DeadlineKind::ALL.into_iter().filter(|kind| !conversation.clocks.is_settled(*kind));
    let least = |kind: DeadlineKind| match kind.clock() {
        Some((clock, breached)) => of_clock(clock, breached, conversation, policy, Pace::on_the_wall),
        None => at(kind, conversation, policy),
    };
    open.filter_map(least).min().unwrap_or_else(|| expiry(conversation, policy))
}

/// When the deadline of this kind is, settled or not; `None` when its clock does not run.
pub(crate) fn at(kind: DeadlineKind, conversation: &Conversation, policy: &Policy) -> Option<Timestamp> {
    match (kind, kind.clock()) {
        (_, Some((clock, breached))) => of_clock(clock, breached, conversation, policy, |pace| pace),
        (DeadlineKind::SilentDrop, _) => {
            let vague = conversation.clocks.is_left_vague();
            vague.then(|| conversation.newest + policy.scoring.course.silent_after)
        }
        (DeadlineKind::SnoozeOver, _) => snoozed_until(conversation),
        (DeadlineKind::Unattended, _) => {
            let episode = conversation.open_episode().filter(|episode| !episode.attended)?;
            Some(episode.raised_at()? + policy.escalation.unattended)
        }
        (DeadlineKind::Expired, _) => Some(expiry(conversation, policy)),
        (_, None) => reminder(kind, conversation, policy),
    }
}

fn expiry(conversation: &Conversation, policy: &Policy) -> Timestamp {
    let quiet = conversation.newest + policy.escalation.expire;
    // What was put off comes back before it is forgotten.
    snoozed_until(conversation).map_or(quiet, |until| quiet.max(until + Span(1)))
}

/// When people are reminded of the last episode. A snooze puts off what is about an open one.
fn reminder(kind: DeadlineKind, conversation: &Conversation, policy: &Policy) -> Option<Timestamp> {
    let episode = conversation.episode()?;
    let reminders = &policy.reminders;
    let told = episode.reminded & 1 << kind as u16 != 0;
    match (kind, episode.resolved) {
        (DeadlineKind::UpdateDue, _) if episode.open => {
            let due = episode.heard.or(episode.raised_at())? + policy.response.severity(episode.level).update;
            Some(snoozed_until(conversation).map_or(due, |until| due.max(until)))
        }
        (DeadlineKind::StandUpDue, _) if episode.open && episode.level >= reminders.stand_up => {
            let last = episode.met.max(snoozed_until(conversation)).max(episode.raised_at())?;
            let calendar = policy.sla.calendars.get(conversation.clocks.calendar)?;
            calendar.morning_after(last, reminders.stand_up_after)
        }
        (DeadlineKind::DebriefDue, Some(resolved)) if !told && episode.level >= reminders.debrief => {
            Some(resolved + reminders.debrief_after)
        }
        (DeadlineKind::PostMortemDue, Some(resolved)) if !told => {
            let signals = !episode.signals.and(reminders.post_mortem_signals).is_empty();
            (signals || episode.level >= reminders.post_mortem).then(|| resolved + reminders.post_mortem_after)
        }
        _ => None,
    }
}

fn snoozed_until(conversation: &Conversation) -> Option<Timestamp> {
    conversation.silences().and_then(|silences| silences.snoozed_until)
}

/// What the conversation's clocks run by.
pub(crate) fn pace<'p>(conversation: &Conversation, policy: &'p Policy) -> Option<Pace<'p>> {
    let clocks = &conversation.clocks;
    let percent = if clocks.percent == 0 { 100 } else { clocks.percent };
    policy.sla.pace(conversation.priority, percent, clocks.calendar)
}

fn of_clock<'p>(
    clock: Clock,
    breached: bool,
    conversation: &Conversation,
    policy: &'p Policy,
    change: impl Fn(Pace<'p>) -> Pace<'p>,
) -> Option<Timestamp> {
    let clocks = &conversation.clocks;
    let pace = change(pace(conversation, policy)?);
    let (since, spent) = match clock {
        Clock::AutoEscalation => (clocks.waits_since(true)?, Span::ZERO),
        Clock::FirstReply if !clocks.is_replied() => (clocks.waits_since(pace.terms.humans_only)?, Span::ZERO),
        Clock::NextReply if clocks.is_replied() => (clocks.waits_since(pace.terms.humans_only)?, Span::ZERO),
        Clock::Resolution => clocks.runs_since()?,
        Clock::FirstReply | Clock::NextReply => return None,
    };
    let span = policy.sla.span(clock, &pace)?;
    let span = if breached { span.0 } else { span.0 * policy.sla.warning_percent / 100 };
    Some(pace.after(since, Span((span - spent.0).max(0))))
}
