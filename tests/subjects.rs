//! Several conversations at once, as tables: `tests/subjects/*.txt`. Above the line `---` stands what happens, below it all that
//! both stages publish, in order. `UPDATE_EXPECT=1 cargo test subjects` writes the part below anew; read the difference.
#![allow(clippy::disallowed_methods, reason = "tests read their files")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use expect_test::expect_file;
use foreshock::accounts::AccountTable;
use foreshock::diagnostic::SourceFile;
use foreshock::knowledge::Knowledge;
use foreshock::lines::Lines;
use foreshock::policy::Policy;
use foreshock::replay::{Replay, Sinks, Wanted};
use foreshock::subject::{Kind, Suppression};
use foreshock::time::{Span, Timestamp};
use foreshock::wire::{PayloadMode, Profile, timestamp};
use serde_json::{Value, json};

/// When they begin: 2026-03-02T08:00:00Z.
const BEGIN: Timestamp = Timestamp(1_772_438_400_000);

#[test]
fn subjects_come_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/subjects");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    paths.sort_unstable();
    assert!(paths.len() >= 4, "there are tables: {paths:?}");
    let knowledge = Knowledge::shipped();
    for path in paths {
        let written = fs::read_to_string(&path).expect("the file can be read");
        let above = written.split("\n---\n").next().unwrap_or_default().trim_end();
        let played = format!("{above}\n---\n{}", play(above, &knowledge, &[]));
        expect_file![path].assert_eq(&played);
    }
}

/// Plays the table of this name.
pub(crate) fn play_named(name: &str, knowledge: &Knowledge, off: &[SourceFile]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/subjects/{name}.txt"));
    let written = fs::read_to_string(path).expect("the file can be read");
    play(written.split("\n---\n").next().unwrap_or_default(), knowledge, off)
}

/// Plays rows `TIME CONVERSATION/ACCOUNT [AREA] TEXT`, all by customers, and `TIME CONVERSATION/ACCOUNT verdict OUTCOME [KEY=VALUE ...]`;
/// `until TIME` lets the clock run on, `policy LINE` is a line of a policy file. `off` are policy files that come after these.
fn play(rows: &str, knowledge: &Knowledge, off: &[SourceFile]) -> String {
    let knowledge = &with_policy(rows, knowledge, off);
    let mut until = None;
    let mut events = String::new();
    for (number, row) in
        rows.lines().filter(|row| !row.is_empty() && !row.starts_with('#') && !row.starts_with("policy ")).enumerate()
    {
        if let Some(time) = row.strip_prefix("until ") {
            until = Some(moment(time));
            continue;
        }
        let (time, rest) = row.split_once(' ').expect("TIME and more");
        let (who, rest) = rest.trim_start().split_once(' ').expect("CONVERSATION/ACCOUNT and more");
        let (conversation, account) = who.split_once('/').expect("CONVERSATION/ACCOUNT");
        let (area, text) =
            rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')).unwrap_or(("", rest));
        let mut event = json!({
            "event_id": format!("e{number}"), "conversation_id": conversation, "account_id": account,
            "occurred_at": timestamp::format(moment(time)), "product_area": area,
            "author": {"type": "customer", "id": format!("of-{conversation}")}, "text": text.trim(),
        });
        if let Some(outcome) = text.trim().strip_prefix("verdict ") {
            event["kind"] = json!("verdict");
            let mut words = outcome.split_whitespace();
            event["verdict"] = json!({"outcome": words.next()});
            for (key, value) in words.filter_map(|word| word.split_once('=')) {
                let text = if key == "until" { timestamp::format(moment(value)) } else { value.replace('_', " ") };
                event["verdict"][key] = json!(text);
            }
        }
        writeln!(events, "{event}").expect("a String takes all");
    }
    let wanted = Wanted { assessments: false, second_stage: true, until, payload: PayloadMode::Full };
    let mut replay = Replay::new(knowledge, Profile::canonical(), AccountTable::default(), wanted);
    let mut out = Vec::new();
    let mut sinks = Sinks { results: &mut out, dead_letters: None };
    replay.run(&mut Lines::new(events.as_bytes()), &mut sinks, &mut |_| ()).expect("memory takes all");
    replay.finish(&mut sinks).expect("memory takes all");
    let out = String::from_utf8(out).expect("JSON is UTF-8");
    let escalations = out.lines().filter(|line| line.contains("\"io.foreshock.escalation."));
    assert_eq!(escalations.count() as u64, replay.totals().triggers_total(), "what is published is counted");
    let mut told: String = out.lines().map(line).collect();
    for (cause, number) in Suppression::ALL.iter().zip(replay.totals().suppressed).filter(|(_, number)| *number > 0) {
        writeln!(told, "held back by {}: {number}", cause.name()).expect("a String takes all");
    }
    told
}

/// The knowledge with the policy lines of the rows.
fn with_policy(rows: &str, knowledge: &Knowledge, off: &[SourceFile]) -> Knowledge {
    let text: String =
        rows.lines().filter_map(|row| row.strip_prefix("policy ")).map(|line| format!("{line}\n")).collect();
    if text.is_empty() {
        return knowledge.clone();
    }
    let own = SourceFile { path: "policy/own.toml".to_owned(), text };
    let mut diagnostics = Vec::new();
    let policy = Policy::load(&[&[own], off].concat(), &mut diagnostics);
    assert_eq!(diagnostics, []);
    Knowledge { policy: Arc::new(policy), ..knowledge.clone() }
}

/// `08:05` or `2d08:05` after midnight of the first day.
fn moment(text: &str) -> Timestamp {
    let (days, clock) = text.trim().split_once('d').unwrap_or(("0", text.trim()));
    let (hours, minutes) = clock.split_once(':').expect("HH:MM");
    let number = |text: &str| text.parse::<i64>().expect("digits");
    BEGIN + Span(Span::days(number(days)).0 + Span::minutes(number(hours) * 60 + number(minutes) - 480).0)
}

/// What was published, in a line; what the second stage lists in further ones.
fn line(published: &str) -> String {
    let trigger: Value = serde_json::from_str(published).expect("it is JSON");
    let text = |place: &str| trigger.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned();
    let kind = text("/type").trim_start_matches("io.foreshock.").to_owned();
    let time = text("/time");
    let mut told =
        format!("{} {kind} {} {}: {}\n", &time[..16], text("/subject"), text("/data/level"), text("/data/summary"));
    for listed in trigger["data"]["listed"].as_array().into_iter().flatten() {
        let text = |name: &str| listed[name].as_str().unwrap_or_default().to_owned();
        let (conversation, account) = (text("conversation_id"), text("account_id"));
        told += &format!("    {conversation} of {account}, {}: {}\n", text("level"), text("said"));
    }
    if let Some(page) = trigger["data"].get("status_page") {
        told += &format!("    status page: {page}\n");
    }
    assert!(Kind::ALL.iter().any(|known| kind.starts_with(known.name())) || kind.starts_with("escalation"), "{kind}");
    told
}
