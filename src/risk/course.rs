//! The course of a conversation: who speaks after whom, whether they go in circles, whether the customer's tone falls,
//! whether the matter is dropped, taken up again, or passed on.

use super::assess::Sources;
use super::conversation::{Answers, BotTurns, Conversation, ShortSketch};
use super::heat::{Heat, Loop, MOST, Subject};
use crate::account::Tier;
use crate::detect::{Findings, RuleIndex, SKETCH_WORDS};
use crate::limits;
use crate::message::{AuthorType, Event};
use crate::policy::Policy;
use crate::signal::{Signal, SignalSet};
use crate::time::Timestamp;

use super::Triage;

/// One turn of a conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn<'a> {
    /// The event that carries it.
    pub(crate) event: &'a Event<'a>,
    /// What its text holds.
    pub(crate) findings: &'a Findings,
    /// The signals that count of it.
    pub(crate) signals: SignalSet,
    /// Whether the customer is content in it.
    pub(crate) content: bool,
    /// The account's tier.
    pub(crate) tier: Option<Tier>,
    /// How long before it the conversation last moved, and whether it comes late.
    pub(crate) late: bool,
    /// The conversation's newest time before it.
    pub(crate) before: Timestamp,
}

impl Turn<'_> {
    /// The event that a heat of this turn rests on.
    fn cause(&self) -> (&str, Timestamp) {
        (&self.event.id, self.event.time)
    }
}

/// Lets the conversation follow a turn: decays heats by a customer's, counts turns, notices what goes wrong.
pub(crate) fn follow(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    match turn.event.author.kind {
        AuthorType::Customer => follow_customer(conversation, turn, policy),
        AuthorType::Bot => follow_bot(conversation, turn, policy),
        AuthorType::Agent => follow_agent(conversation, turn, policy),
        AuthorType::System | AuthorType::Unknown => return,
    }
    conversation.last_author = turn.event.author.kind;
}

fn follow_customer(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    conversation.customer_turns = conversation.customer_turns.saturating_add(1);
    let awaited = conversation.clocks.waits_since(true).is_some();
    if let Some(extra) = conversation.extra_if_any() {
        extra.heats.decay(&policy.scoring, awaited);
    }
    come_back(conversation, turn, policy);
    say_again(conversation, turn, policy);
    follow_tone(conversation, turn, policy);
    conversation.customer_said.remember(&turn.findings.sketch);
    change_channel(conversation, turn, policy);
}

/// Whether the customer has to say again what they said, and whether answers have not helped.
fn say_again(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    let loops = &policy.scoring.loops;
    let persistence = turn.findings.persistence.thousandths();
    // "Thanks, but that is the same page again" is polite, not content.
    if turn.content && persistence == 0 {
        conversation.bot_answers = 0;
        if let Some(extra) = conversation.extra_if_any() {
            extra.stuck = 0;
        }
        return;
    }
    let (words, shared) = conversation.customer_said.shared(&turn.findings.sketch);
    let share = |eighths: usize| shared * SKETCH_WORDS >= eighths * words;
    let strength = |signal: Signal| turn.findings.strengths[signal.index()];
    let pleased = strength(Signal::Satisfaction) > strength(Signal::Negative) && persistence == 0;
    let displeased = !turn.signals.without(WANTS).is_empty();
    let answered = matches!(conversation.last_author, AuthorType::Bot | AuthorType::Agent);
    // What was said before, said again: a question may only go on about it.
    // Of a long turn only some words are compared, and those of long turns are often the same by chance.
    let asked = if words == SKETCH_WORDS { loops.alike_long } else { loops.alike_words };
    let alike = shared >= 2 && share(asked) && (!turn.findings.question || persistence > 0 || displeased) && !pleased;
    let says_so = answered && persistence >= loops.says_so;
    let wants_a_person =
        turn.signals.contains(Signal::HumanRequest) || turn.signals.contains(Signal::SupervisorRequest);
    let asks_again = wants_a_person
        && [Signal::HumanRequest, Signal::SupervisorRequest]
            .iter()
            .any(|signal| conversation.heats().points(Subject::Signal(*signal)) > 0);
    let not_helped = answered && (persistence > 0 || displeased);
    let mut stuck = conversation.extra().map_or(0, |extra| extra.stuck);
    if not_helped {
        stuck = stuck.saturating_add(1);
        conversation.extra_mut().stuck = stuck;
    }
    if alike || says_so || asks_again || (answered && persistence > 0 && stuck >= loops.not_helped_after) {
        heat_up(conversation, Loop::CustomerRepeats, loops.customer_repeats, turn.cause(), loops.most);
    }
    let evident = not_helped || (shared > 0 && !turn.findings.question && !pleased);
    if conversation.bot_answers >= loops.exchanges_after && evident {
        heat_at_least(conversation, Loop::Exchanges, loops.exchanges.min(loops.most), turn.cause());
    }
}

/// Signals that say what the customer wants, not how they feel.
const WANTS: SignalSet = {
    let mut set = SignalSet::EMPTY;
    set.insert(Signal::HumanRequest);
    set.insert(Signal::Cancellation);
    set.insert(Signal::Urgency);
    set
};

/// Whether the customer's tone falls.
fn follow_tone(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    let course = &policy.scoring.course;
    let strength = |signal: Signal| turn.findings.strengths[signal.index()].thousandths();
    let ill = [Signal::Negative, Signal::Anger, Signal::Frustration, Signal::Complaint, Signal::Abuse];
    let (ill, well) = (ill.map(strength).into_iter().max().unwrap_or(0), strength(Signal::Satisfaction));
    let mut tone = ((well - ill) / 10).clamp(-100, 100);
    if turn.content {
        tone = tone.max(1);
    }
    let turns = usize::from(conversation.customer_turns.saturating_sub(1)).min(conversation.tones.len());
    let earlier: i32 = conversation.tones[..turns].iter().map(|tone| i32::from(*tone)).sum();
    let count = turns.max(1) as i32;
    if turns > 1 && tone <= -course.tone_low && earlier - tone * count >= course.tone_fall * count {
        heat_at_least(conversation, Loop::FallingTone, course.falling_tone, turn.cause());
    }
    conversation.tones.rotate_right(1);
    conversation.tones[0] = tone as i8;
}

/// So many words say more than "OK".
const REOPENING_WORDS: u32 = 3;

/// Whether the customer writes again after it was said to be resolved, or after a vague close.
fn come_back(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    let course = &policy.scoring.course;
    if turn.late {
        return;
    }
    if !turn.content {
        let gone = turn.event.time - turn.before;
        if conversation.clocks.is_left_vague() && gone >= course.back_after {
            let (event, time) = turn.cause();
            left_vague(conversation, event, time, policy);
        }
        if conversation.clocks.is_done() && turn.findings.words >= REOPENING_WORDS {
            heat_at_least(conversation, Loop::Reopened, course.reopened, turn.cause());
        }
    }
    conversation.clocks.leave_vague(false);
}

/// A vague close left the matter unsolved, and that shows.
pub(crate) fn left_vague(conversation: &mut Conversation, event: &str, time: Timestamp, policy: &Policy) {
    heat_at_least(conversation, Loop::SilentDrop, policy.scoring.course.silent_drop, (event, time));
}

fn change_channel(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    if turn.event.channel.is_empty() {
        return;
    }
    let channel = (super::fingerprint(&turn.event.channel) as u8).max(1);
    if conversation.channel != 0 && conversation.channel != channel {
        heat_at_least(conversation, Loop::ChannelSwitch, policy.scoring.course.channel_switch, turn.cause());
    }
    conversation.channel = channel;
}

/// The conversation was assigned to somebody.
pub(crate) fn handed_over(conversation: &mut Conversation, event: &Event<'_>, policy: &Policy) {
    if event.assignee.is_empty() {
        return;
    }
    let course = &policy.scoring.course;
    let assignee = (super::fingerprint(&event.assignee) as u32).max(1);
    let extra = conversation.extra_mut();
    if extra.assignee != 0 && extra.assignee != assignee {
        extra.hand_offs = extra.hand_offs.saturating_add(1);
        if extra.hand_offs >= course.hand_offs_after {
            heat_up(conversation, Loop::HandOffs, course.hand_offs, (&event.id, event.time), policy.scoring.loops.most);
        }
    }
    conversation.extra_mut().assignee = assignee;
}

/// Whether a bot's or an agent's turn is a vague close that leaves the matter unsolved.
fn close_vaguely(conversation: &mut Conversation, turn: Turn<'_>) {
    if !turn.late {
        let unsolved = conversation.customer_turns > 0 && conversation.tones[0] <= 0;
        conversation.clocks.leave_vague(unsolved && turn.signals.contains(Signal::VagueClose));
    }
}

fn follow_bot(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    let (loops, course) = (&policy.scoring.loops, &policy.scoring.course);
    conversation.bot_turns = conversation.bot_turns.saturating_add(1);
    let answers = conversation.last_author == AuthorType::Customer;
    // A question asked back is no answer.
    if answers && !turn.findings.question {
        conversation.bot_answers = conversation.bot_answers.saturating_add(1);
    }
    close_vaguely(conversation, turn);
    if turn.event.bot.confidence.is_some_and(|sure| sure < course.bot_confidence(turn.tier)) {
        heat_at_least(conversation, Loop::BotUnsure, course.bot_unsure, turn.cause());
    }
    give_links(conversation, turn, policy);
    let says = ShortSketch::from(turn.findings.sketch);
    let fails_again = turn.signals.contains(Signal::BotBreakdown)
        && conversation.heats().points(Subject::Signal(Signal::BotBreakdown)) > 0;
    if says.words() >= 2 {
        let bot = conversation.extra_mut().bot.get_or_insert_default();
        let again = answers && bot.said.has_like(says, loops.alike_answers);
        bot.said.remember(says);
        if turn.findings.question {
            bot.asked = says;
        }
        if again && turn.findings.question {
            heat_up(conversation, Loop::BotQuestion, loops.bot_question, turn.cause(), loops.most);
        } else if (again && says.words() > 3) || fails_again {
            heat_up(conversation, Loop::AnswerRepeats, loops.answer_repeats, turn.cause(), loops.most);
        }
    } else if fails_again {
        heat_up(conversation, Loop::AnswerRepeats, loops.answer_repeats, turn.cause(), loops.most);
    }
}

/// Whether the bot gives a link again.
fn give_links(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    let loops = &policy.scoring.loops;
    if turn.findings.links.is_empty() && turn.event.links.is_empty() {
        return;
    }
    let listed = turn.event.links.iter().map(|link| super::fingerprint(link) as u32);
    let bot = conversation.extra_mut().bot.get_or_insert_default();
    let before = bot.links;
    let mut given_again = false;
    for link in turn.findings.links.iter().copied().chain(listed).take(limits::BOT_LINKS) {
        given_again |= before.contains(&link.max(1));
        bot.remember_link(link.max(1));
    }
    if given_again {
        heat_up(conversation, Loop::BotLink, loops.bot_link, turn.cause(), loops.most);
    }
}

fn follow_agent(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    let loops = &policy.scoring.loops;
    let answers = conversation.last_author == AuthorType::Customer;
    conversation.agent_turns = conversation.agent_turns.saturating_add(1);
    conversation.bot_answers = 0;
    close_vaguely(conversation, turn);
    if let Some(extra) = conversation.extra_if_any() {
        extra.bot = None;
        extra.heats.drop_where(|heat| matches!(heat.subject, Subject::Loop(kind) if kind.of_bot()));
    }
    let says = ShortSketch::from(turn.findings.sketch);
    if says.words() > 3 {
        let agent: &mut Answers = conversation.extra_mut().agent.get_or_insert_default();
        let again = answers && agent.has_like(says, loops.alike_answers);
        agent.remember(says);
        if again {
            heat_up(conversation, Loop::AnswerRepeats, loops.answer_repeats, turn.cause(), loops.most);
        }
    }
}

impl BotTurns {
    fn remember_link(&mut self, link: u32) {
        if !self.links.contains(&link) {
            self.links[usize::from(self.next_link) % limits::BOT_LINKS] = link;
            self.next_link = (self.next_link + 1) % limits::BOT_LINKS as u8;
        }
    }
}

/// Adds points to what the course tells of `kind`, up to `most`.
fn heat_up(conversation: &mut Conversation, kind: Loop, points: i32, cause: (&str, Timestamp), most: i32) {
    let before = conversation.heats().points(Subject::Loop(kind));
    heat_at_least(conversation, kind, (before + points).min(most.max(before)), cause);
}

/// Raises what the course tells of `kind` to `points`.
fn heat_at_least(conversation: &mut Conversation, kind: Loop, points: i32, (event, since): (&str, Timestamp)) {
    let subject = Subject::Loop(kind);
    let points = points.max(conversation.heats().points(subject)).min(MOST);
    if points > 0 {
        conversation.extra_mut().heats.put(Heat {
            subject,
            points: points as u16,
            rule: RuleIndex(u16::MAX),
            since,
            event: event.into(),
            evidence: None,
        });
    }
}

/// What tells most of what the customer wants, the gravest first.
const INTENTS: [Signal; 12] = [
    Signal::Security,
    Signal::LegalThreat,
    Signal::Chargeback,
    Signal::Churn,
    Signal::Cancellation,
    Signal::Dispute,
    Signal::PublicThreat,
    Signal::Outage,
    Signal::SupervisorRequest,
    Signal::HumanRequest,
    Signal::Complaint,
    Signal::Satisfaction,
];

/// Intent, urgency and sentiment by the message at hand and what is kept of those before.
pub(crate) fn triage(conversation: &Conversation, sources: &Sources<'_>) -> Triage {
    let fired = sources.read.map_or(SignalSet::EMPTY, |(_, findings)| findings.fired);
    let heats = conversation.heats();
    let has = |signal: Signal| fired.contains(signal) || heats.points(Subject::Signal(signal)) > 0;
    let asks = sources.read.is_some_and(|(_, findings)| findings.question);
    let intent = INTENTS.into_iter().find(|signal| has(*signal)).map(Signal::name);
    let presses = [Signal::Urgency, Signal::Outage, Signal::Security].into_iter().any(has);
    let clock = heats.as_slice().iter().any(|heat| matches!(heat.subject, Subject::Clock(_)));
    let priority = conversation.priority.or(sources.policy.sla.default_priority);
    let turns = usize::from(conversation.customer_turns).min(conversation.tones.len());
    // The latest turn counts half, and each one before half of what is left.
    let weights: [i32; 3] = [4, 2, 1];
    let told = conversation.tones[..turns].iter().zip(weights);
    let (sum, all) = told.fold((0, 0), |(sum, all), (tone, weight)| (sum + i32::from(*tone) * weight, all + weight));
    Triage {
        intent: intent.unwrap_or(if asks { "question" } else { "" }),
        urgency: sources.policy.scoring.urgency.of(priority, presses, clock),
        sentiment: if all == 0 { 0 } else { (sum * 10 / all) as i16 },
    }
}
