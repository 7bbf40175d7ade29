//! A text is read: found, followed, summed, decided, remembered.

use super::step::{Moment, Visit};
use super::{Disposition, Outcome, Reader, Scratch, ending, timing};
use crate::brief::{self, Facts};
use crate::detect;
use crate::message::{AuthorType, Kind, Mark};
use crate::response;
use crate::risk::{
    self, Announcement, Assessment, Exposure, Heat, Heaviest, Rising, Signs, Slot, Sources, Step, Subject, Tally,
    Transition, Turn, fingerprint,
};
use crate::score::Strength;
use crate::signal::{Signal, SignalSet};

/// Reads a message or an edit.
pub(super) fn read(
    slot: &mut Slot,
    visit: &Visit<'_>,
    reader: &Reader<'_>,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    let event = visit.event;
    let author = event.author.kind;
    outcome.disposition = Disposition::Noted;
    if matches!(author, AuthorType::System | AuthorType::Unknown) {
        return;
    }
    let text = detect::Text { text: &event.text, format: event.format, author, language: &event.language };
    reader(text, &mut scratch.detect, &mut scratch.findings);
    outcome.marks = outcome.marks.union(scratch.findings.marks);
    if scratch.findings.marks.contains(Mark::AutoReply) {
        return;
    }
    outcome.disposition = Disposition::Scored;
    if matches!(event.kind, Kind::Message) {
        timing::answer(slot, visit, scratch, outcome);
    }
    let moment = &visit.moment;
    scratch.tally.clear();
    scratch.tally.take(&scratch.findings, moment.rules, author);
    let edited = match &event.kind {
        Kind::Edit { target } => {
            forget_event(slot, target);
            Some(fingerprint(target))
        }
        _ => {
            let turn = Turn {
                event,
                findings: &scratch.findings,
                signals: scratch.tally.signals(),
                content: scratch.tally.relieves(),
                tier: moment.account.and_then(|account| account.tier),
                late: outcome.marks.contains(Mark::Late),
                before: visit.before,
            };
            risk::follow(&mut slot.conversation, turn, moment.policy);
            None
        }
    };
    let tells = read_facts(slot, visit, edited, scratch);
    if edited.is_none() {
        let only_thanks = scratch.tally.relieves()
            && !tells
            && !scratch.findings.question
            && scratch.findings.persistence == Strength::ZERO
            && slot.conversation.customer_turns > 1;
        timing::ask(slot, visit, only_thanks, outcome);
    }
    sum(slot, moment, &mut scratch.tally, outcome);
    if author == AuthorType::Customer && edited.is_none() {
        let calm = scratch.tally.score.points() < moment.policy.escalation.close_score;
        let turns = slot.conversation.calm_turns.saturating_add(1);
        slot.conversation.calm_turns = if calm { turns } else { 0 };
    }
    let sources = Sources { read: Some((&event.text, &scratch.findings)), ..moment.sources() };
    if scratch.assessments_wanted {
        risk::assess(&scratch.tally, &slot.conversation, &sources, &mut outcome.assessment);
    }
    if outcome.assessment.level >= moment.policy.escalation.open_level || slot.conversation.open_episode().is_some() {
        brief::note_people(slot.conversation.extra_mut().facts.get_or_insert_default(), event);
    }
    escalate(slot, moment, &scratch.tally, &sources, edited, outcome);
    remember(slot, moment, &scratch.tally, &sources);
}

/// Reads what a case brief needs out of the text that was read last; tells whether it told of a trouble or a wish.
fn read_facts(slot: &mut Slot, visit: &Visit<'_>, edited: Option<u64>, scratch: &mut Scratch) -> bool {
    let Visit { event, moment, .. } = visit;
    let reading = brief::Reading {
        event,
        document: scratch.detect.document(),
        language: scratch.detect.language(),
        words: &moment.policy.words,
        currencies: &moment.policy.currencies,
        fingerprint: edited.unwrap_or(moment.fingerprint) as u32,
    };
    let mut facts = slot.conversation.extra_if_any().and_then(|extra| extra.facts.take());
    let tells = brief::extract(&reading, &mut scratch.brief, &mut facts);
    if facts.is_some() {
        slot.conversation.extra_mut().facts = facts;
    }
    tells
}

/// Sums what the conversation's heats and the tally's hits come to, and notes the score.
fn sum(slot: &mut Slot, moment: &Moment<'_>, tally: &mut Tally, outcome: &mut Outcome) {
    let exposure = Exposure::of(moment.account.map(|account| &**account), moment.time, moment.policy);
    if exposure.currency_unknown {
        outcome.marks.insert(Mark::CurrencyUnknown);
    }
    tally.sum(slot.conversation.heats(), &exposure, &moment.policy.scoring);
    slot.conversation.score = tally.score.points() as u16;
    outcome.assessment.score = tally.score;
    outcome.assessment.level = moment.policy.scoring.level(tally.score);
}

/// Sums what earlier messages have left, when the event itself has no text that counts.
pub(super) fn sum_what_is_left(slot: &mut Slot, moment: &Moment<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    scratch.tally.clear();
    sum(slot, moment, &mut scratch.tally, outcome);
}

/// Assesses a conversation that an event left as it is.
pub(super) fn assess_as_it_is(slot: &Slot, moment: &Moment<'_>, scratch: &mut Scratch, outcome: &mut Outcome) {
    let exposure = Exposure::of(moment.account.map(|account| &**account), moment.time, moment.policy);
    scratch.tally.clear();
    scratch.tally.sum(slot.conversation.heats(), &exposure, &moment.policy.scoring);
    outcome.assessment.score = scratch.tally.score;
    outcome.assessment.level = moment.policy.scoring.level(scratch.tally.score);
    if scratch.assessments_wanted {
        risk::assess(&scratch.tally, &slot.conversation, &moment.sources(), &mut outcome.assessment);
    }
}

/// Drops what rests on an event; tells whether anything did.
pub(super) fn forget_event(slot: &mut Slot, event: &str) -> bool {
    let Some(extra) = slot.conversation.extra_if_any() else { return false };
    if let Some(facts) = &mut extra.facts {
        facts.forget_event(fingerprint(event) as u32);
    }
    extra.heats.drop_where(|heat| *heat.event == *event)
}

/// Moves the episode by what a text said.
pub(super) fn escalate(
    slot: &mut Slot,
    moment: &Moment<'_>,
    tally: &Tally,
    sources: &Sources<'_>,
    edited: Option<u64>,
    outcome: &mut Outcome,
) {
    let level = moment.policy.scoring.level(tally.score);
    let signs = Signs {
        now: moment.now(&slot.conversation),
        cause: moment.fingerprint,
        level,
        signals: tally.signals(),
        bypass: bypass(moment, slot.conversation.facts(), sources, tally.signals()),
        calm_turns: if moment.by_deadline { 0 } else { slot.conversation.calm_turns },
        by_customer: sources.read.is_some() && slot.conversation.last_author == AuthorType::Customer,
    };
    let open = slot.conversation.open_episode();
    let took_back = open.zip(edited).is_some_and(|(episode, target)| episode.knows_cause(target));
    if took_back && level < moment.policy.escalation.open_level {
        ending::end(slot, moment, tally, sources, ending::EDITED, outcome);
        return;
    }
    match risk::decide(slot.conversation.episode(), &signs, &moment.policy.escalation) {
        Transition::Stay => {}
        Transition::Hold => outcome.held_back += 1,
        Transition::Calm => ending::end(slot, moment, tally, sources, ending::CALMED, outcome),
        Transition::Raise(step, urgent) => {
            raise(slot, moment, tally, sources, Rise { step, urgent, subject: moment.subject }, outcome);
        }
    }
}

/// Signals that wait for no cool-down: policy's, and a dispute of high value.
fn bypass(moment: &Moment<'_>, facts: Option<&Facts>, sources: &Sources<'_>, signals: SignalSet) -> SignalSet {
    let bypass = moment.policy.escalation.bypass;
    if signals.and(disputes()).is_empty() {
        return bypass;
    }
    let dollars = facts.and_then(Facts::dollars);
    let high_value = response::dollars_of_high_value(moment.policy, dollars, sources.account);
    if high_value { bypass.union(disputes()) } else { bypass }
}

/// The signals that contest a payment.
fn disputes() -> SignalSet {
    let mut disputes = SignalSet::EMPTY;
    disputes.insert(Signal::Dispute);
    disputes.insert(Signal::Chargeback);
    disputes
}

/// How an episode opens or rises.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rise {
    pub(super) step: Step,
    /// Signals that did not wait for the cool-down.
    pub(super) urgent: SignalSet,
    /// What it is about, where that is not what the score rests on most.
    pub(super) subject: Option<Subject>,
}

/// Opens or raises the episode.
pub(super) fn raise(
    slot: &mut Slot,
    moment: &Moment<'_>,
    tally: &Tally,
    sources: &Sources<'_>,
    rise: Rise,
    outcome: &mut Outcome,
) {
    let Rise { step, urgent, subject } = rise;
    let heaviest = match subject {
        Some(_) => Heaviest { subject, rule: None },
        None => Heaviest::of(tally, &slot.conversation, sources, urgent),
    };
    let reason = heaviest.reason();
    let mut assessment = Assessment::default();
    risk::assess(tally, &slot.conversation, sources, &mut assessment);
    let tags = risk::tags(tally, &slot.conversation, sources, reason);
    let now = moment.now(&slot.conversation);
    let (tenant, account) = (slot.names.tenant(), slot.names.account());
    let rising = Rising { tenant, account, tags: &tags, now, assessment: &assessment, rules: moment.rules };
    if let Some(cause) = risk::withheld(&rising, slot.conversation.silences(), moment.policy) {
        outcome.withheld[cause as usize] += 1;
        return;
    }
    let rule = heaviest.rule.and_then(|rule| sources.rule(rule));
    let headline = rule.map_or_else(|| heaviest.sentence(), |rule| rule.title.as_str());
    let signals = slot.conversation.heats().signals().union(tally.signals());
    let facts = slot.conversation.facts();
    let issue = brief::issue_of(moment.policy, facts, signals);
    let failed = facts.map_or(0, Facts::failed_attempts);
    let words = (rule.map_or("", |rule| rule.route.as_str()), reason);
    let (team, routed, unroutable) = response::route(moment.policy, words, issue, failed, sources.account);
    if unroutable {
        outcome.marks.insert(Mark::Unroutable);
    }
    let extra = slot.conversation.extra_mut();
    let episode = extra.episode.get_or_insert_default();
    let mut level = assessment.level;
    let previous_level = (step != Step::Opened).then_some(episode.level);
    match step {
        Step::Opened => {
            // A late reply can take back only what time alone opened.
            let is_kept = moment.by_deadline && episode.resolved.is_some();
            extra.before = is_kept.then(|| episode.clone());
            episode.open(level, |number| risk::episode_id(&slot.names, number, moment.cause));
        }
        Step::Reopened => episode.begin(level),
        _ => level = level.max(episode.level),
    }
    (episode.team, episode.routed, episode.reason) = (team, routed, reason.into());
    let issue = issue.unwrap_or(moment.policy.issues.other());
    episode.issue = moment.policy.issues.get(issue).name.as_str().into();
    episode.signals = episode.signals.union(signals);
    episode.high_value |= !urgent.and(disputes()).is_empty();
    episode.note_raise(level, now, moment.fingerprint, urgent);
    let circumstances = moment.circumstances(&slot.names, outcome.marks);
    let announcement = Announcement { step, reason, headline, previous_level, tags, assessment };
    outcome.triggers.push(risk::trigger(&mut slot.conversation, &circumstances, announcement));
}

/// Leaves behind what the text said.
fn remember(slot: &mut Slot, moment: &Moment<'_>, tally: &Tally, sources: &Sources<'_>) {
    let scoring = &moment.policy.scoring;
    let heat = |subject: Subject, points: i32, rule: detect::RuleIndex| Heat {
        subject,
        points: points as u16,
        rule,
        since: moment.time,
        event: moment.cause.into(),
        evidence: None,
    };
    for hit in tally.strongest() {
        let subject = Subject::Signal(hit.signal);
        let (points, is_stronger) = tally.left_behind(hit, slot.conversation.heats(), scoring);
        let heats = &mut slot.conversation.extra_mut().heats;
        if is_stronger {
            let evidence = sources.quotes(hit.rule).into_iter().next().map(Box::new);
            heats.put(Heat { evidence, ..heat(subject, points, hit.rule) });
        } else {
            heats.set_points(subject, points);
        }
    }
    if let Some(extra) = slot.conversation.extra_if_any() {
        tally.relieve(&mut extra.heats, scoring);
    }
    if let Some((points, rule)) = tally.floor()
        && points >= slot.conversation.heats().points(Subject::Floor)
    {
        slot.conversation.extra_mut().heats.put(heat(Subject::Floor, points, rule));
    }
}
