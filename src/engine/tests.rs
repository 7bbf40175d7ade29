//! The engine with a table of words in place of the detector: a text's risk is what its words say.

mod deadlines;
mod laws;
mod restoring;
mod steps;

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use super::step::{self, Ground};
use super::{Outcome, Reader, Scratch};
use crate::account::{Account, Arr, Tier};
use crate::detect::{Finding, Findings, RuleFacts, RuleIndex, SKETCH_WORDS, Sketch};
use crate::message::{AuthorType, Event, Kind, Priority, Status, Terms, VerdictOutcome};
use crate::policy::Policy;
use crate::risk::{Store, Trigger};
use crate::score::{Level, Strength};
use crate::signal::Signal;
use crate::time::{Span, Timestamp};

/// Word, signal, weight, level, route: what a text can say.
const WORDS: [(&str, Signal, i32, Level, &str); 10] = [
    ("slow", Signal::Negative, 60, Level::Info, ""),
    ("damn", Signal::Profanity, 90, Level::Info, ""),
    ("unacceptable", Signal::Anger, 300, Level::Info, ""),
    ("outrageous", Signal::Anger, 200, Level::Info, ""),
    ("leaving", Signal::Churn, 420, Level::Info, "customer-success"),
    ("lawyer", Signal::LegalThreat, 320, Level::High, ""),
    ("breach", Signal::Security, 450, Level::High, "security"),
    ("thanks", Signal::Satisfaction, -250, Level::Info, ""),
    ("sorry?", Signal::BotBreakdown, 110, Level::Info, ""),
    ("bye", Signal::VagueClose, 50, Level::Info, ""),
];

static RULES: LazyLock<Vec<RuleFacts>> = LazyLock::new(|| {
    let rule = |(word, signal, weight, level, route): (&str, Signal, i32, Level, &str)| RuleFacts {
        id: format!("{signal}.{}", word.trim_end_matches('?')),
        title: format!("Customer says {word}"),
        why: String::new(),
        signal,
        level,
        weight,
        tags: vec![signal.name().to_owned(), "words".to_owned()],
        route: route.to_owned(),
        experimental: false,
    };
    WORDS.map(rule).to_vec()
});

/// Finds the words of the table, whoever wrote; sketches and links as the detector does.
fn read(text: &str, findings: &mut Findings) {
    findings.clear();
    for (rule, (word, ..)) in WORDS.iter().enumerate() {
        let places = text.match_indices(word).take(2);
        findings.findings.extend(places.map(|(start, word)| Finding {
            start: start as u32,
            end: (start + word.len()) as u32,
            rule: RuleIndex(rule as u16),
            strength: Strength::MAX,
        }));
    }
    findings.findings.sort_unstable();
    let words: Vec<&str> = text.split_whitespace().collect();
    findings.words = words.len() as u32;
    findings.question = text.contains('?');
    let hash = |word: &str| crate::risk::fingerprint(word) as u32;
    findings.links = words.iter().filter(|word| word.starts_with("http")).map(|word| hash(word)).collect();
    // Words of the table are no content, so that a signal more or less does not make two turns alike or unlike.
    let is_content = |word: &&&str| word.len() > 3 && WORDS.iter().all(|(known, ..)| known != *word);
    let mut hashes: Vec<u32> = words.iter().filter(|word| is_content(word)).map(|word| hash(word)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.resize(SKETCH_WORDS, u32::MAX);
    findings.sketch = Sketch(hashes.try_into().unwrap());
}

/// Minutes after the epoch that tests begin at.
fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_800_000_000_000) + Span::minutes(minutes)
}

/// A message in the conversation `c1`.
fn message(id: &str, at: i64, author: AuthorType, text: &str) -> Event<'static> {
    Event {
        text: Cow::Owned(text.to_owned()),
        language: Cow::Borrowed("en"),
        ..Event::new(id.to_owned(), "c1", minute(at), Kind::Message, author)
    }
}

fn customer(id: &str, at: i64, text: &str) -> Event<'static> {
    message(id, at, AuthorType::Customer, text)
}

fn event(id: &str, at: i64, kind: Kind<'static>) -> Event<'static> {
    Event { kind, ..message(id, at, AuthorType::System, "") }
}

fn verdict(id: &str, at: i64, outcome: VerdictOutcome) -> Event<'static> {
    let empty = || Cow::Borrowed("");
    let until = minute(at + 60);
    let silences = matches!(outcome, VerdictOutcome::Snooze | VerdictOutcome::Mute);
    let terms = silences.then(|| Box::new(Terms { until, ..Terms::default() }));
    event(id, at, Kind::Verdict { outcome, episode: empty(), by: empty(), reason: empty(), terms })
}

fn account(tier: Tier) -> Arc<Account> {
    let arr = Some(Arr { amount: 240_000, currency: "USD".to_owned() });
    Arc::new(Account {
        id: "a1".to_owned(),
        name: "Alder Freight".to_owned(),
        tier: Some(tier),
        arr,
        ..Account::default()
    })
}

/// An engine without a detector.
#[derive(Clone)]
struct Bench {
    store: Store,
    policy: Arc<Policy>,
    account: Option<Arc<Account>>,
}

impl Bench {
    fn new() -> Bench {
        Bench { store: Store::new(1_000_000), policy: Arc::new(Policy::shipped()), account: None }
    }

    fn with_account(account: Arc<Account>) -> Bench {
        Bench { account: Some(account), ..Bench::new() }
    }

    /// One step, with factors.
    fn step(&mut self, event: &Event<'_>) -> Outcome {
        let mut scratch = Scratch { assessments_wanted: true, ..Scratch::default() };
        let mut outcome = Outcome::default();
        let reader: &Reader<'_> = &|text, _, findings| read(text.text, findings);
        let ground = Ground { policy: &self.policy, rules: &RULES, accounts: &self.account };
        step::event(&mut self.store, event, &ground, reader, &mut scratch, &mut outcome);
        outcome
    }

    /// Lets time pass, as often as there is more to do.
    fn tick(&mut self, time: Timestamp) -> Vec<Outcome> {
        let mut outcomes = vec![Outcome { is_behind: true, ..Outcome::default() }];
        while outcomes.last().is_some_and(|outcome| outcome.is_behind) {
            let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
            let ground = Ground { policy: &self.policy, rules: &RULES, accounts: &self.account };
            step::tick(&mut self.store, time, &ground, &mut scratch, &mut outcome);
            outcomes.push(outcome);
        }
        outcomes.split_off(1)
    }

    fn steps(&mut self, events: &[Event<'_>]) -> Vec<Outcome> {
        events.iter().map(|event| self.step(event)).collect()
    }

    fn triggers(&mut self, events: &[Event<'_>]) -> Vec<Trigger> {
        self.steps(events).into_iter().flat_map(|outcome| outcome.triggers).collect()
    }
}

/// A trigger's step and reason, as tests write them.
fn told(triggers: &[Trigger]) -> Vec<String> {
    triggers.iter().map(|trigger| format!("{} {}", trigger.step.name(), trigger.reason)).collect()
}

/// A status change.
fn status(id: &str, at: i64, status: Status) -> Event<'static> {
    Event { status: Some(status), priority: Some(Priority::P2), ..event(id, at, Kind::StatusChange) }
}
