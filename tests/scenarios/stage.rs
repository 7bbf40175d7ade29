//! Plays a scenario's rows on a real engine and says what it makes of them.

use std::borrow::Cow;
use std::sync::Arc;

use foreshock::account::Account;
use foreshock::engine::{Disposition, Engine, Input, Outcome, Scratch};
use foreshock::knowledge::Knowledge;
use foreshock::message::{AuthorType, Event, Kind, Mark, Priority, Status, Terms, VerdictOutcome};
use foreshock::risk::{Assessment, Cause, Step, Trigger, Withheld};
use foreshock::score::Level;
use foreshock::wire::{Provenance, encode_trigger};
use serde_json::Value;

use super::happening::{Happening, clock, moment};

/// One conversation on an engine of its own.
pub(crate) struct Stage {
    pub(crate) account: Option<Arc<Account>>,
    engine: Engine,
    scratch: Scratch,
    outcome: Outcome,
    events: Vec<Event<'static>>,
    last: Assessment,
    published: Value,
}

impl Stage {
    pub(crate) fn new(knowledge: &Knowledge) -> Stage {
        let mut scratch = Scratch::default();
        scratch.assessments_wanted = true;
        Stage {
            account: None,
            engine: Engine::new(Arc::clone(&knowledge.detector), Arc::clone(&knowledge.policy)),
            scratch,
            outcome: Outcome::default(),
            events: Vec::new(),
            last: Assessment::default(),
            published: Value::Null,
        }
    }

    /// Plays a row; says what comes of it.
    pub(crate) fn play(&mut self, happening: &Happening) -> String {
        if happening.who == "why" {
            return sum(&self.last);
        }
        if happening.who == "show" {
            return show(&self.published, &happening.text);
        }
        if happening.who == "tick" {
            self.engine.step(
                Input::Tick { time: happening.time, accounts: &self.account },
                &mut self.scratch,
                &mut self.outcome,
            );
            self.publish();
            return said(&self.outcome, "");
        }
        let event = self.event(happening);
        let input = Input::Event { event: &event, accounts: &self.account };
        self.engine.step(input, &mut self.scratch, &mut self.outcome);
        self.last.clone_from(&self.outcome.assessment);
        self.publish();
        let said = said(&self.outcome, &event.id);
        self.events.push(event);
        said
    }

    /// Keeps the last trigger as routers read it.
    fn publish(&mut self) {
        if let Some(trigger) = self.outcome.triggers.last() {
            let mut bytes = Vec::new();
            encode_trigger(trigger, &Provenance::default(), &mut bytes);
            self.published = serde_json::from_slice(&bytes).expect("triggers are JSON");
        }
    }

    fn event(&self, happening: &Happening) -> Event<'static> {
        let plain = |author: AuthorType| self.message(happening, author, &happening.text);
        let system = |kind: Kind<'static>| Event { kind, ..self.message(happening, AuthorType::System, "") };
        let target = || {
            let (row, text) = happening.target();
            (self.events[row - 1].clone(), text)
        };
        match happening.who.as_str() {
            "note" => Event { kind: Kind::InternalNote, ..plain(AuthorType::Agent) },
            "status" => {
                let status = Status::from_name(&happening.text);
                Event { status: Some(status.expect("a status")), ..system(Kind::StatusChange) }
            }
            "priority" => Event { priority: Some(priority(&happening.text)), ..system(Kind::StatusChange) },
            "verdict" => {
                // `assigned Kim`, `rerouted Kim billing`
                let mut words = happening.text.split_whitespace().map(str::to_owned);
                let outcome = words.next().and_then(|name| VerdictOutcome::from_name(&name));
                let outcome = outcome.expect("a verdict's outcome");
                if matches!(outcome, VerdictOutcome::Snooze | VerdictOutcome::Mute) {
                    return system(silence(outcome, words));
                }
                let mut word = || Cow::Owned(words.next().unwrap_or_default());
                system(Kind::Verdict { outcome, episode: Cow::Borrowed(""), by: word(), reason: word(), terms: None })
            }
            "edit" => {
                let (earlier, text) = target();
                Event { kind: Kind::Edit { target: earlier.id }, ..self.message(happening, earlier.author.kind, text) }
            }
            "delete" => system(Kind::Delete { target: target().0.id }),
            "again" => target().0,
            "merge" => system(Kind::Merge { into: happening.text.clone().into() }),
            "erase" => system(Kind::Erase),
            "assign" => {
                // `Kim`, `Kim billing`: whom, and which team.
                let (assignee, team) = happening.text.split_once(' ').unwrap_or((&happening.text, ""));
                let (assignee, team) = (assignee.to_owned().into(), team.to_owned().into());
                Event { assignee, team, ..system(Kind::AssignmentChange) }
            }
            who => {
                // `bot@300`: how sure the bot is, in thousandths; `customer@email`: the channel.
                let (who, with) = who.split_once('@').unwrap_or((who, ""));
                let author = AuthorType::from_name(who).unwrap_or_else(|| panic!("nobody is a {who}"));
                let mut event = plain(author);
                match with.parse() {
                    Ok(sure) => event.bot.confidence = Some(sure),
                    Err(_) if with.is_empty() => {}
                    Err(_) => event.channel = with.to_owned().into(),
                }
                event
            }
        }
    }

    fn message(&self, happening: &Happening, author: AuthorType, text: &str) -> Event<'static> {
        Event {
            account: Cow::Borrowed("acct-1"),
            text: Cow::Owned(text.to_owned()),
            channel: Cow::Borrowed("chat"),
            // A customer writes in the language of their account.
            language: Cow::Owned(self.account.as_ref().map_or_else(String::new, |account| account.locale.clone())),
            ..Event::new(format!("e{}", self.events.len() + 1), "c1", happening.time, Kind::Message, author)
        }
    }
}

/// Fields of a trigger, `data.owner.role data.factors.0.id`, with what they hold; numbers are places in lists.
fn show(trigger: &Value, paths: &str) -> String {
    let shown = paths.split_whitespace().map(|path| {
        let value = trigger.pointer(&format!("/{}", path.replace('.', "/")));
        format!("{path}={}", value.map_or_else(|| "(none)".to_owned(), Value::to_string))
    });
    shown.collect::<Vec<_>>().join("  ")
}

/// `snooze until=04:00 by=Kim`, `mute rule=loop.bot_link until=1d08:00 by=Kim reason=known`.
fn silence(outcome: VerdictOutcome, words: impl Iterator<Item = String>) -> Kind<'static> {
    let mut terms = Terms::default();
    let (mut by, mut reason) = (Cow::Borrowed(""), Cow::Borrowed(""));
    for word in words {
        let (key, value) = word.split_once('=').expect("a silence is written key=value");
        let text = Cow::Owned(value.replace('_', " "));
        match key {
            "until" => terms.until = moment(value).expect("a time"),
            "rule" => terms.rule = value.to_owned().into(),
            "tag" => terms.tag = value.to_owned().into(),
            "by" => by = text,
            "reason" => reason = text,
            _ => panic!("a silence has no {key}"),
        }
    }
    Kind::Verdict { outcome, episode: Cow::Borrowed(""), by, reason, terms: Some(Box::new(terms)) }
}

fn priority(name: &str) -> Priority {
    Priority::ALL.into_iter().find(|priority| priority.name() == name).expect("a priority")
}

/// What one event came to: what was found in it, the score, the triggers.
fn said(outcome: &Outcome, event: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    match outcome.disposition {
        Disposition::Scored | Disposition::Applied => {}
        Disposition::Ticked => {
            words.extend((outcome.expired > 0).then(|| "forgotten".to_owned()));
        }
        other => words.push(other.name().to_owned()),
    }
    let shown =
        [Mark::Late, Mark::AuthorUnknown, Mark::AutoReply, Mark::AccountUnknown, Mark::CurrencyUnknown, Mark::UntilCut];
    words.extend(shown.iter().filter(|mark| outcome.marks.contains(**mark)).map(|mark| mark.name().to_owned()));
    if matches!(outcome.disposition, Disposition::Scored | Disposition::Applied) {
        let factors = outcome.assessment.factors.iter();
        let own = factors.filter(|factor| factor.event == event && factor.cause != Cause::Carried);
        words.extend(own.map(|factor| factor.id.clone()));
        words.push(format!("score {}{}", outcome.assessment.score, level(outcome.assessment.level)));
    }
    let clocks = outcome.passed.iter().filter(|(kind, _)| kind.name() != "expired");
    words.extend(clocks.map(|(kind, at)| format!("{} {}", kind.name(), clock(*at))));
    words.extend(outcome.triggers.iter().map(trigger));
    words.extend((outcome.held_back > 0).then(|| "held back".to_owned()));
    let withheld = Withheld::ALL.iter().zip(outcome.withheld).filter(|(_, number)| *number > 0);
    words.extend(withheld.map(|(cause, _)| format!("held back by {}", cause.name())));
    if words.is_empty() { "nothing".to_owned() } else { words.join("  ") }
}

fn level(level: Level) -> String {
    if level == Level::Info { String::new() } else { format!(" {level}") }
}

fn trigger(trigger: &Trigger) -> String {
    let step = trigger.step.name().to_uppercase();
    // A stand-in has no name that tells more than the role.
    let named = if trigger.plan.owner.from == "stand_in" { "" } else { trigger.owner_name.as_str() };
    let is_told = trigger.step.raises() || trigger.step == Step::HandedOver;
    let to = match (is_told, named) {
        (true, "") => format!(" to {} ({})", trigger.team, trigger.owner_role),
        (true, name) => format!(" to {} ({name}, {})", trigger.team, trigger.owner_role),
        _ => String::new(),
    };
    let due = if trigger.cause.is_empty() { format!(" due {}", clock(trigger.time)) } else { String::new() };
    format!("{step} {}{due}{to}", trigger.reason)
}

/// A score as the sum of its factors.
fn sum(assessment: &Assessment) -> String {
    let parts: Vec<String> =
        assessment.factors.iter().map(|factor| format!("{:+} {}", factor.points, factor.id)).collect();
    format!("{} = {}", assessment.score, parts.join(" "))
}
