//! A score told in factors: each part of the sum with its reason, its event and its evidence.

use super::conversation::Conversation;
use super::evidence::quote;
use super::heat::{Heat, Subject};
use super::tally::{Part, Share, Tally, What};
use super::{Assessment, Cause, Evidence, Factor};
use crate::account::Account;
use crate::detect::{Findings, RuleFacts, RuleIndex};
use crate::limits;
use crate::policy::Policy;
use crate::signal::Signal;
use crate::time::Timestamp;

/// What the parts of a sum rest on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sources<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) rules: &'a [RuleFacts],
    /// When it is assessed.
    pub(crate) time: Timestamp,
    /// The id of the event at hand; empty for a deadline.
    pub(crate) event: &'a str,
    /// Its text, and what was found in it; `None` when there is no text that counts.
    pub(crate) read: Option<(&'a str, &'a Findings)>,
    pub(crate) account: Option<&'a Account>,
}

impl<'a> Sources<'a> {
    /// The facts of a rule, if the detector has it.
    pub(crate) fn rule(&self, rule: RuleIndex) -> Option<&'a RuleFacts> {
        self.rules.get(usize::from(rule.0))
    }

    /// The quotes of a rule in the event's text.
    pub(crate) fn quotes(&self, rule: RuleIndex) -> Vec<Evidence> {
        let Some((text, findings)) = self.read else { return Vec::new() };
        let own = findings.findings.iter().filter(|finding| finding.rule == rule);
        own.take(limits::QUOTES_PER_FACTOR)
            .map(|finding| quote(text, finding, &findings.findings, self.rules))
            .collect()
    }
}

/// Tells the tally in factors, heaviest first. Must see the conversation as it was when the tally was summed.
pub(crate) fn assess(tally: &Tally, conversation: &Conversation, sources: &Sources<'_>, assessment: &mut Assessment) {
    assessment.score = tally.score;
    assessment.level = sources.policy.scoring.level(tally.score);
    assessment.triage = super::triage(conversation, sources);
    assessment.confidence = sources.policy.scoring.confidence.of(sources.account, sources.time);
    assessment.factors.clear();
    assessment.factors.extend(tally.parts.iter().map(|part| factor(part, conversation, sources)));
    assessment.factors.sort_by(|a, b| (-a.points.abs(), &a.id, &a.event).cmp(&(-b.points.abs(), &b.id, &b.event)));
}

fn factor(part: &Part, conversation: &Conversation, sources: &Sources<'_>) -> Factor {
    let bare = |id: &str, cause: Cause, reason: String| Factor {
        id: id.to_owned(),
        cause,
        signal: None,
        points: part.points,
        reason,
        event: String::new(),
        evidence: Vec::new(),
    };
    match part.what {
        What::Rule(rule, share) => rule_factor(part.points, rule, share, sources),
        What::Carried(subject) => match conversation.heats().get(subject) {
            Some(heat) => carried_factor(part.points, heat, sources),
            None => bare("carried", Cause::Carried, "Said earlier in the conversation".to_owned()),
        },
        What::Floor(rule) => floor_factor(part.points, rule, conversation, sources),
        What::Combination => bare(
            "combination.pre_breach",
            Cause::Conversation,
            "Circles, ill feeling, a customer of high value and a clock that runs out".to_owned(),
        ),
        What::Tier(tier) => bare("stakes.tier", Cause::Stakes, format!("The account's tier is {tier}")),
        What::Arr => bare("stakes.arr", Cause::Stakes, format!("The account pays {} a year", revenue(sources.account))),
        What::Renewal(days) => bare("stakes.renewal", Cause::Stakes, format!("The renewal is {}", in_days(days))),
        What::Cap => bare("bound.cap", Cause::Bound, "The scale ends at 1000".to_owned()),
    }
}

fn rule_factor(points: i32, rule: RuleIndex, share: Share, sources: &Sources<'_>) -> Factor {
    let facts = sources.rule(rule);
    let title = facts.map_or("", |facts| facts.title.as_str());
    Factor {
        id: facts.map_or_else(String::new, |facts| facts.id.clone()),
        cause: Cause::Rule,
        signal: facts.map(|facts| facts.signal),
        points,
        reason: match share {
            Share::Full => title.to_owned(),
            Share::Further => format!("{title}; counts in part beside a stronger sign of the same"),
        },
        event: sources.event.to_owned(),
        evidence: sources.quotes(rule),
    }
}

fn carried_factor(points: i32, heat: &Heat, sources: &Sources<'_>) -> Factor {
    let facts = sources.rule(heat.rule);
    let title = facts.map_or("A rule that has gone", |facts| facts.title.as_str());
    let (id, cause, signal, reason) = match heat.subject {
        Subject::Loop(kind) => (kind.id(), Cause::Conversation, None, kind.sentence().to_owned()),
        Subject::Signal(signal) => {
            let id = facts.map_or(signal.name(), |facts| facts.id.as_str());
            (id, Cause::Carried, Some(signal), format!("{title}, earlier in the conversation"))
        }
        Subject::Clock(kind) => (kind.name(), Cause::Conversation, None, kind.sentence().to_owned()),
        Subject::Floor => ("bound.floor", Cause::Bound, None, title.to_owned()),
    };
    Factor {
        id: id.to_owned(),
        cause,
        signal,
        points,
        reason,
        event: heat.event.to_string(),
        evidence: heat.evidence.iter().map(|evidence| (**evidence).clone()).collect(),
    }
}

fn floor_factor(points: i32, rule: Option<RuleIndex>, at: &Conversation, sources: &Sources<'_>) -> Factor {
    let heat = at.heats().get(Subject::Floor);
    let (rule, event) = match rule {
        Some(rule) => (Some(rule), sources.event.to_owned()),
        None => (heat.map(|heat| heat.rule), heat.map_or_else(String::new, |heat| heat.event.to_string())),
    };
    let facts = rule.and_then(|rule| sources.rule(rule));
    let signal: Option<Signal> = facts.map(|facts| facts.signal);
    let reason = facts.map_or_else(
        || "A rule asks for a level that the points alone do not reach".to_owned(),
        |facts| format!("{} is at least a matter of level {}", facts.id, facts.level),
    );
    Factor { id: "bound.floor".to_owned(), cause: Cause::Bound, signal, points, reason, event, evidence: Vec::new() }
}

/// The account's revenue in words, e.g. `240,000 EUR`.
pub(crate) fn revenue(account: Option<&Account>) -> String {
    account.and_then(|account| account.arr.as_ref()).map_or_else(String::new, |arr| {
        let digits = arr.amount.to_string();
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{grouped} {}", arr.currency)
    })
}

/// A number of days ahead in words.
pub(crate) fn in_days(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        _ => format!("in {days} days"),
    }
}
