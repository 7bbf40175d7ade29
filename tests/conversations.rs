//! Conversations written without sight of the program: does it notice circles, how long before the customer asks for an
//! escalation does it trigger, and does it leave calm ones alone? The counts are exact, and are those of `docs/QUALITY.md`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests read their files, and say what they measured"
)]

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use foreshock::engine::{Engine, Input, Outcome, Scratch};
use foreshock::knowledge::Knowledge;
use foreshock::message::{AuthorType, Event, Kind};
use foreshock::risk::Step;
use foreshock::time::{Span, Timestamp};
use serde::Deserialize;

/// One conversation of a file.
#[derive(Debug, Deserialize)]
struct Conversation {
    id: String,
    label: String,
    lang: String,
    turns: Vec<Turn>,
}

/// One message.
#[derive(Debug, Deserialize)]
struct Turn {
    author: String,
    text: String,
    minute: i64,
    /// Whether the customer asks for an escalation here.
    #[serde(default)]
    explicit: bool,
}

/// What the program made of a conversation.
#[derive(Debug, Default)]
struct Course {
    /// The first turn with a factor of a circle.
    circle: Option<usize>,
    /// The first turn that opened an escalation.
    opened: Option<usize>,
    /// What was said of each turn, for a reader.
    told: Vec<String>,
}

fn read(name: &str) -> Vec<Conversation> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations").join(name);
    let text = fs::read_to_string(path).expect("the file is there");
    text.lines().map(|line| serde_json::from_str(line).expect("a conversation a line")).collect()
}

fn play(conversation: &Conversation, knowledge: &Knowledge) -> Course {
    let mut engine = Engine::new(Arc::clone(&knowledge.detector), Arc::clone(&knowledge.policy));
    let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
    scratch.assessments_wanted = true;
    let mut course = Course::default();
    for (at, turn) in conversation.turns.iter().enumerate() {
        let event = event(conversation, at, turn);
        engine.step(Input::Event { event: &event, accounts: &None }, &mut scratch, &mut outcome);
        let factors = &outcome.assessment.factors;
        if factors.iter().any(|factor| factor.id.starts_with("loop.")) {
            course.circle.get_or_insert(at);
        }
        if outcome.triggers.iter().any(|trigger| trigger.step == Step::Opened) {
            course.opened.get_or_insert(at);
        }
        let ids: Vec<String> = factors.iter().map(|factor| format!("{}{:+}", factor.id, factor.points)).collect();
        course.told.push(format!("{} {} | {} {}", turn.author, turn.text, outcome.assessment.score, ids.join(" ")));
    }
    course
}

fn event<'a>(conversation: &'a Conversation, at: usize, turn: &'a Turn) -> Event<'a> {
    let time = Timestamp(1_772_438_400_000) + Span::minutes(turn.minute);
    let author = AuthorType::from_name(&turn.author).expect("an author");
    Event {
        text: Cow::Borrowed(&turn.text),
        language: Cow::Borrowed(&conversation.lang),
        ..Event::new(format!("{}-{at}", conversation.id), &conversation.id, time, Kind::Message, author)
    }
}

/// Set `FORESHOCK_SHOW=1` to see each conversation that came out wrong.
fn show(conversation: &Conversation, course: &Course) {
    if std::env::var_os("FORESHOCK_SHOW").is_some() {
        println!("--- {} {}\n{}", conversation.id, conversation.label, course.told.join("\n"));
    }
}

#[test]
fn of_32_circles_26_are_noticed_and_of_32_look_alikes_2_are_taken_for_one() {
    let knowledge = Knowledge::shipped();
    let (mut found, mut missed, mut wrong, mut quiet) = (0, 0, 0, 0);
    for conversation in &read("loops.ndjson") {
        let course = play(conversation, &knowledge);
        match (conversation.label == "loop", course.circle.is_some()) {
            (true, true) => found += 1,
            (true, false) => missed += 1,
            (false, true) => wrong += 1,
            (false, false) => quiet += 1,
        }
        if (conversation.label == "loop") != course.circle.is_some() {
            show(conversation, &course);
        }
    }
    // `docs/QUALITY.md` tells these figures.
    assert_eq!((found, missed, wrong, quiet), (26, 6, 2, 30), "found, missed, wrong, quiet");
}

#[test]
fn half_of_the_escalations_open_no_later_than_the_customer_asks() {
    let knowledge = Knowledge::shipped();
    let mut leads = Vec::new();
    for conversation in &read("escalating.ndjson") {
        let course = play(conversation, &knowledge);
        let explicit = conversation.turns.iter().position(|turn| turn.explicit).unwrap_or(conversation.turns.len());
        let customers = |range: std::ops::Range<usize>| {
            conversation.turns[range].iter().filter(|turn| turn.author == "customer").count() as i64
        };
        let lead = match course.opened {
            Some(opened) if opened <= explicit => customers(opened..explicit),
            _ => -1,
        };
        if lead < 2 {
            show(conversation, &course);
        }
        leads.push(lead);
    }
    leads.sort_unstable();
    let median = leads[leads.len() / 2];
    let count = |range: std::ops::RangeInclusive<i64>| leads.iter().filter(|lead| range.contains(lead)).count();
    let (late, with, before) = (count(-1..=-1), count(0..=0), count(1..=i64::MAX));
    assert_eq!(
        (median, late, with, before),
        (0, 3, 22, 7),
        "median lead; later than asked for, with it, before it: {leads:?}"
    );
}

/// Each case of `docs/BRIEF.md` is judged by all facts of its conversation, and the page adds them up.
#[test]
fn the_page_of_briefs_counts_all_facts_of_the_fifteen_conversations() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/BRIEF.md")).expect("the page is there");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations/briefs.ndjson");
    let (mut told, mut facts) = (0, 0);
    for line in fs::read_to_string(path).expect("the file is there").lines() {
        let conversation: serde_json::Value = serde_json::from_str(line).expect("a conversation a line");
        let (id, written) = (conversation["id"].as_str().expect("an id"), conversation["facts"].as_array());
        let written = written.expect("its facts").len();
        let (_, section) = page.split_once(&format!("### {id} ")).expect("the page judges it");
        let judged = section.lines().find_map(|line| line.split_once(" of ").filter(|(_, of)| of.contains(" facts.")));
        let (count, of) = judged.expect("it says how many facts are told");
        let count = count.rsplit(' ').next().and_then(|count| count.parse::<usize>().ok());
        assert!(of.starts_with(&format!("{written} facts")), "{id}: {written} facts, the page has {of}");
        told += count.expect("a count");
        facts += written;
    }
    assert_eq!((told, facts), (39, 159));
    assert!(page.contains("Of the 159 facts of the fifteen, 39 are told"));
}

#[test]
fn none_of_32_calm_conversations_opens_an_escalation() {
    let knowledge = Knowledge::shipped();
    let mut triggered = Vec::new();
    let calm = read("calm.ndjson");
    assert_eq!(calm.len(), 32);
    for conversation in &calm {
        let course = play(conversation, &knowledge);
        if course.opened.is_some() {
            show(conversation, &course);
            triggered.push(conversation.id.clone());
        }
    }
    assert_eq!(triggered, [""; 0], "calm, but triggered");
}
