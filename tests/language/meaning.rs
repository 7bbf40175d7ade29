//! What texts mean to all that ships, as tables: a text and the signals that fire.

use foreshock::detect::{Detector, Findings, Scratch, Text};
use foreshock::message::{AuthorType, Format};

use super::shipped::load;

/// The signals that fire for each text, by name, in order of declaration.
fn fired(texts: &[&str]) -> Vec<String> {
    let (lexicons, rules, _) = load();
    let detector = Detector::new(&lexicons, &rules);
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let signals = |text: &&str| {
        let text = Text { text, format: Format::Plain, author: AuthorType::Customer, language: "en" };
        detector.detect(text, &mut scratch, &mut findings);
        findings.fired.iter().map(|signal| signal.name()).collect::<Vec<_>>().join(" ")
    };
    texts.iter().map(signals).collect()
}

/// Each row: a text, and signals that fire in it or, after `!`, do not. What others make of a text is not said here.
#[track_caller]
fn check(table: &[(&str, &str)]) {
    let texts: Vec<&str> = table.iter().map(|(text, _)| *text).collect();
    let fired = fired(&texts);
    let wrong = table.iter().zip(&fired).filter(|((_, expected), fired)| {
        let fires = |signal: &str| fired.split(' ').any(|name| name == signal);
        expected.split(' ').any(|signal| signal.strip_prefix('!').map_or(!fires(signal), fires))
    });
    let wrong: Vec<String> = wrong.map(|((text, expected), fired)| format!("{text} | {expected} | {fired}")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_meant_counts_and_not_the_word() {
    check(&[
        ("I am not happy with the new release.", "complaint !satisfaction"),
        ("I will sue you.", "legal_threat"),
        ("I won't sue you.", "!legal_threat !negative"),
        ("I wont sue you.", "!legal_threat !negative"),
        ("I want to cancel our contract.", "cancellation"),
        ("I am not going to cancel our contract.", "!cancellation !churn"),
        ("We don't want to cancel our contract.", "!cancellation !churn"),
        ("I never said I'd leave.", "!churn"),
        ("If I don't get an answer I will cancel our contract.", "cancellation"),
        ("This is unacceptable.", "negative complaint"),
        ("How do chargebacks work?", "!chargeback !dispute"),
        ("I will file a chargeback with my bank.", "chargeback"),
        ("Let me talk to your supervisor.", "human_request supervisor_request"),
        ("cancel the meeting please", "!cancellation"),
        ("kill the process", "!abuse !anger"),
        ("Our legal team needs the DPA.", "!legal_threat"),
        ("Please send the SLA and the DPA.", "!shouting"),
    ]);
}

#[test]
fn disguises_and_emphasis_are_seen_through() {
    check(&[
        ("WHERE IS MY REFUND", "shouting"),
        ("ERROR HTTP 503 FROM API GATEWAY", "!shouting"),
        ("THIS IS UNACCEPTABLE", "complaint shouting"),
        ("This is UNACCEPTABLE", "complaint shouting"),
        ("This is unac\u{200B}ceptable", "complaint"),
        ("This is unассерtable", "complaint"),
        ("This is unacceptaaaable", "complaint"),
        ("what the f*** is this", "profanity"),
        ("😡", "negative"),
    ]);
}

#[test]
fn only_what_the_author_wrote_now_counts() {
    check(&[
        ("I will sue you", "legal_threat"),
        ("Thanks\n> I will sue you", "!legal_threat"),
        ("Will do.\n\nOn Mon, 4 May 2026 at 10:11, Bo <bo@example.com> wrote:\n> I will sue you", "!legal_threat"),
        ("Will do.\n-- \nBo\nI will sue you", "!legal_threat"),
        ("It prints\n```\nI will sue you\n```", "!legal_threat"),
        ("Out of office: I am out of the office until Monday and will reply then. I will sue you.", "!legal_threat"),
    ]);
}
