//! The blind messages: what is said of them in `docs/QUALITY.md` is what they come to.
#![allow(clippy::disallowed_methods, reason = "a test reads the page")]

use std::collections::BTreeSet;
use std::path::Path;

use foreshock::signal::Signal;

use super::{fired, runs, table};

/// Language, author, whether the signal stands, text.
type Message = (String, String, bool, String);

/// Messages of a folder for each signal.
const EACH: usize = 60;

fn messages(folder: &str, signal: Signal) -> Vec<Message> {
    let message = |row: Vec<String>| {
        let [_, language, author, expected, text] = <[String; 5]>::try_from(row).expect("five columns");
        assert!(matches!(expected.as_str(), "fire" | "quiet"), "{signal}: fire or quiet, not {expected}");
        (language, author, expected == "fire", text)
    };
    let messages: Vec<Message> = table(folder, signal).into_iter().map(message).collect();
    let stands = messages.iter().filter(|(_, _, stands, _)| *stands).count();
    assert_eq!((stands, messages.len()), (EACH / 2, EACH), "{folder}/{signal}");
    messages
}

/// The signals that the third set has messages of: those that the second fell short in, and two beside.
const THIRD: [Signal; 8] = [
    Signal::BotBreakdown,
    Signal::Cancellation,
    Signal::Chargeback,
    Signal::Churn,
    Signal::Frustration,
    Signal::Negative,
    Signal::PublicThreat,
    Signal::Urgency,
];

/// The last two columns of the table below `heading` are what the messages in `folder` come to.
fn check(folder: &str, signals: &[Signal], heading: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/QUALITY.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let (_, below) = page.split_once(heading).expect("the page has the heading");
    let messages: Vec<Message> = signals.iter().flat_map(|signal| messages(folder, *signal)).collect();
    let fired = fired(messages.iter().map(|(language, author, _, text)| (&**language, &**author, &**text)));
    let mut wrong = Vec::new();
    for (signal, (messages, fired)) in signals.iter().zip(messages.chunks(EACH).zip(fired.chunks(EACH))) {
        let fires = |wanted: bool| {
            let rows = messages.iter().zip(fired);
            rows.filter(|((_, _, stands, _), fired)| *stands == wanted && fired.contains(*signal)).count() as f64
        };
        let (found, false_alarms) = (fires(true), fires(false));
        let now = format!("{:.2} | {:.2} |", found / 30.0, found / (found + false_alarms).max(1.0));
        let row = below.lines().find(|line| line.starts_with(&format!("| `{signal}` |"))).unwrap_or_default();
        if !row.ends_with(&now) {
            wrong.push(format!("{signal}: now {now} the page has {row}"));
        }
    }
    assert!(wrong.is_empty(), "mend the last two columns of docs/QUALITY.md for {folder}:\n{}", wrong.join("\n"));
}

#[test]
fn the_quality_page_tells_what_the_first_set_comes_to_now() {
    check("blind", Signal::ALL, "### The first set");
}

#[test]
fn the_quality_page_tells_what_the_second_set_comes_to_now() {
    check("blind2", Signal::ALL, "### The second set");
}

/// How many messages of `folder` share a run of six words with one of `older`.
fn overlap(folder: &str, signals: &[Signal], older: &[&str]) -> usize {
    let of = |folder: &str, signals: &[Signal]| -> Vec<Message> {
        signals.iter().flat_map(|signal| messages(folder, *signal)).collect()
    };
    let older = older.iter().flat_map(|folder| of(folder, Signal::ALL));
    let known: BTreeSet<String> = older.flat_map(|(.., text)| runs(&text)).collect();
    of(folder, signals).iter().filter(|(.., text)| runs(text).iter().any(|run| known.contains(run))).count()
}

#[test]
fn the_sets_overlap_by_as_much_as_the_page_says() {
    // Two more of the third share a run with a pair.
    assert_eq!((overlap("blind2", Signal::ALL, &["blind"]), overlap("blind3", &THIRD, &["blind", "blind2"])), (22, 15));
}

#[test]
fn the_quality_page_tells_what_the_third_set_comes_to_now() {
    check("blind3", &THIRD, "### The third set");
}
