//! Messages and statuses start and stop clocks.

use super::step::{Visit, is_done};
use super::{Outcome, Scratch, ending, settling};
use crate::message::{AuthorType, Mark};
use crate::policy::Clock;
use crate::risk::{Slot, Subject, pace};

/// An answer stops the clocks that wait for it. Before the message is summed, since what a clock weighed may go.
pub(super) fn answer(slot: &mut Slot, visit: &Visit<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    let time = visit.event.time;
    match visit.event.author.kind {
        AuthorType::Agent => {
            settling::take_back(slot, &visit.moment, scratch, outcome);
            slot.conversation.clocks.human_replied(time);
            ending::attend(slot, time);
            if let Some(extra) = slot.conversation.extra_if_any() {
                extra.heats.drop_where(|heat| {
                    matches!(heat.subject, Subject::Clock(kind)
                    if kind.is_about_waiting()
                        && (kind.is_warning() || matches!(kind.clock(), Some((Clock::AutoEscalation, _)))))
                });
            }
            let asks = scratch.findings.question && visit.moment.policy.sla.pauses_after_question;
            if asks && !outcome.marks.contains(Mark::Late) {
                pause(slot, visit);
            }
        }
        AuthorType::Bot => slot.conversation.clocks.bot_replied(),
        AuthorType::Customer | AuthorType::System | AuthorType::Unknown => {}
    }
}

/// A customer's message starts clocks, unless it only says thanks. After the message is followed.
pub(super) fn ask(slot: &mut Slot, visit: &Visit<'_>, only_thanks: bool, outcome: &Outcome) {
    let event = visit.event;
    let late = outcome.marks.contains(Mark::Late);
    if event.author.kind != AuthorType::Customer || only_thanks {
        return;
    }
    let clocks = &mut slot.conversation.clocks;
    if !late {
        let account = visit.moment.account.map(|account| &**account);
        let sla = &visit.moment.policy.sla;
        clocks.set_pace(sla.percent(account, event.time), sla.calendars.of(account));
    }
    clocks.customer_wrote(event.time, late);
}

/// A status lets the resolution clock stand still or go on; that the matter is settled stops all clocks elsewhere.
pub(super) fn status(slot: &mut Slot, visit: &Visit<'_>, outcome: &Outcome) {
    let Some(status) = visit.event.status else { return };
    if is_done(Some(status)) || outcome.marks.contains(Mark::Late) {
        return;
    }
    if visit.moment.policy.sla.pauses(status) {
        pause(slot, visit);
    } else {
        let clocks = &mut slot.conversation.clocks;
        if clocks.is_paused() || clocks.is_done() {
            clocks.resume(visit.event.time);
        }
    }
}

fn pause(slot: &mut Slot, visit: &Visit<'_>) {
    let pace = pace(&slot.conversation, visit.moment.policy);
    slot.conversation.clocks.pause(visit.event.time, pace.as_ref());
}
