//! The blind cases (`tests/blind`, `tests/blind2`): what is said of them in `docs/QUALITY.md` is what they come to.
#![allow(clippy::disallowed_methods, reason = "a test reads its files")]

use std::path::Path;

use foreshock::detect::{Findings, Scratch, Text};
use foreshock::knowledge::Knowledge;
use foreshock::message::{AuthorType, Format};
use foreshock::signal::Signal;

/// Messages in which a signal stands and fires, stands and does not, does not stand and fires.
#[derive(Default)]
struct Outcome {
    found: u32,
    missed: u32,
    wrong: u32,
    quiet: u32,
}

fn outcome(knowledge: &Knowledge, folder: &str, signal: Signal) -> Outcome {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder).join(format!("{signal}.tsv"));
    let written = std::fs::read_to_string(&file).expect("each signal has blind cases");
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let mut outcome = Outcome::default();
    for line in written.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [_, language, author, expected, text] = fields[..] else { panic!("{signal}: five fields: {line}") };
        let author = match author {
            "customer" => AuthorType::Customer,
            "bot" => AuthorType::Bot,
            _ => AuthorType::Agent,
        };
        let subject = Text { text, format: Format::Plain, author, language };
        knowledge.detector.detect(subject, &mut scratch, &mut findings);
        match (expected, findings.fired.contains(signal)) {
            ("fire", true) => outcome.found += 1,
            ("fire", false) => outcome.missed += 1,
            ("quiet", true) => outcome.wrong += 1,
            ("quiet", false) => outcome.quiet += 1,
            _ => panic!("{signal}: fire or quiet: {line}"),
        }
    }
    outcome
}

/// The last two columns of the table below `heading` are what the messages in `folder` come to.
fn check(folder: &str, heading: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/QUALITY.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let (_, below) = page.split_once(heading).expect("the page has the heading");
    let knowledge = Knowledge::shipped();
    let mut wrong = Vec::new();
    for signal in Signal::ALL.iter().copied() {
        let Outcome { found, missed, wrong: false_alarms, quiet } = outcome(&knowledge, folder, signal);
        assert_eq!((found + missed, false_alarms + quiet), (30, 30), "{signal}");
        let precision = f64::from(found) / f64::from((found + false_alarms).max(1));
        let now = format!("{:.2} | {precision:.2} |", f64::from(found) / 30.0);
        let row = below.lines().find(|line| line.starts_with(&format!("| `{signal}` |"))).unwrap_or_default();
        if !row.ends_with(&now) {
            wrong.push(format!("{signal}: now {now} the page has {row}"));
        }
    }
    assert!(wrong.is_empty(), "mend the last two columns of docs/QUALITY.md for {folder}:\n{}", wrong.join("\n"));
}

#[test]
fn the_quality_page_tells_what_the_first_set_comes_to_now() {
    check("blind", "### The first set");
}

#[test]
fn the_quality_page_tells_what_the_second_set_comes_to_now() {
    check("blind2", "### The second set");
}
