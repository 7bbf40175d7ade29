//! The course of a conversation: who speaks after whom, and whether they go in circles.

use super::conversation::{BotTurns, Conversation, ShortSketch};
use super::heat::{Heat, Loop, MOST, Subject};
use crate::detect::{Findings, RuleIndex};
use crate::limits;
use crate::message::{AuthorType, Event};
use crate::policy::Policy;

/// One turn of a conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn<'a> {
    /// The event that carries it.
    pub(crate) event: &'a Event<'a>,
    /// What its text holds.
    pub(crate) findings: &'a Findings,
    /// Whether the customer is content in it.
    pub(crate) content: bool,
}

/// Lets the conversation follow a turn: decays heats by a customer's, counts turns, notices loops.
pub(crate) fn follow(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    match turn.event.author.kind {
        AuthorType::Customer => follow_customer(conversation, turn, policy),
        AuthorType::Bot => follow_bot(conversation, turn, policy),
        AuthorType::Agent => follow_agent(conversation),
        AuthorType::System | AuthorType::Unknown => return,
    }
    conversation.last_author = turn.event.author.kind;
}

fn follow_customer(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    let loops = &policy.scoring.loops;
    conversation.customer_turns = conversation.customer_turns.saturating_add(1);
    let awaited = conversation.clocks.waits_since(true).is_some();
    if let Some(extra) = conversation.extra_if_any() {
        extra.heats.decay(&policy.scoring, awaited);
    }
    if turn.content {
        conversation.bot_answers = 0;
    } else if conversation.bot_answers >= loops.exchanges_after {
        heat_at_least(conversation, Loop::Exchanges, loops.exchanges.min(loops.most), turn);
    }
    let said = ShortSketch::from(turn.findings.sketch);
    if !turn.content && said.is_like(conversation.customer_said, loops.alike_words) {
        heat_up(conversation, Loop::CustomerRepeats, loops.customer_repeats, turn, loops.most);
    }
    if said.words() >= 2 {
        conversation.customer_said = said;
    }
}

fn follow_bot(conversation: &mut Conversation, turn: Turn<'_>, policy: &Policy) {
    let loops = &policy.scoring.loops;
    conversation.bot_turns = conversation.bot_turns.saturating_add(1);
    if conversation.last_author == AuthorType::Customer {
        conversation.bot_answers = conversation.bot_answers.saturating_add(1);
    }
    let listed = turn.event.links.iter().map(|link| super::fingerprint(link) as u32);
    let has_link = !turn.findings.links.is_empty() || !turn.event.links.is_empty();
    if has_link {
        let bot = conversation.extra_mut().bot.get_or_insert_default();
        let before = bot.links;
        let mut given_again = false;
        for link in turn.findings.links.iter().copied().chain(listed).take(limits::BOT_LINKS) {
            given_again |= before.contains(&link.max(1));
            bot.remember_link(link.max(1));
        }
        if given_again {
            heat_up(conversation, Loop::BotLink, loops.bot_link, turn, loops.most);
        }
    }
    if turn.findings.question {
        let asks = ShortSketch::from(turn.findings.sketch);
        let bot = conversation.extra_mut().bot.get_or_insert_default();
        let asked_again = asks.is_like(bot.asked, loops.alike_words);
        bot.asked = asks;
        if asked_again {
            heat_up(conversation, Loop::BotQuestion, loops.bot_question, turn, loops.most);
        }
    }
}

fn follow_agent(conversation: &mut Conversation) {
    conversation.agent_turns = conversation.agent_turns.saturating_add(1);
    conversation.bot_answers = 0;
    if let Some(extra) = conversation.extra_if_any() {
        extra.bot = None;
        extra.heats.drop_where(|heat| matches!(heat.subject, Subject::Loop(kind) if kind.of_bot()));
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

/// Adds points to a loop's heat, up to `most`.
fn heat_up(conversation: &mut Conversation, kind: Loop, points: i32, turn: Turn<'_>, most: i32) {
    let before = conversation.heats().points(Subject::Loop(kind));
    heat_at_least(conversation, kind, (before + points).min(most.max(before)), turn);
}

/// Raises a loop's heat to `points`.
fn heat_at_least(conversation: &mut Conversation, kind: Loop, points: i32, turn: Turn<'_>) {
    let subject = Subject::Loop(kind);
    let points = points.max(conversation.heats().points(subject)).min(MOST);
    if points > 0 {
        conversation.extra_mut().heats.put(Heat {
            subject,
            points: points as u16,
            rule: RuleIndex(u16::MAX),
            since: turn.event.time,
            event: turn.event.id.as_ref().into(),
            evidence: None,
        });
    }
}
