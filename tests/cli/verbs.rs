//! What the verbs for files do: scan, replay, check, explain.
#![allow(clippy::disallowed_methods, reason = "tests read the files that verbs write")]

use std::path::Path;

use serde_json::Value;

use super::{foreshock, foreshock_with, stderr, stdout};

const EVENTS: &str = "examples/conversations.ndjson";
const ACCOUNTS: &str = "examples/accounts.ndjson";

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

#[test]
fn scan_answers_each_line_it_can_read_and_tells_of_the_others() {
    let input = "{\"id\":\"a\",\"author\":\"customer\",\"text\":\"This is unacceptable!\"}\n\
                 {\"id\":\"b\",\"author\":\"bot\",\"text\":\"I hope that helps!\"}\n\n\
                 {\"id\":\"c\",\"author\":\"customer\"}\nsecret words\n\
                 {\"id\":\"d\",\"text\":\"We won't cancel.\",\"lang\":\"en\",\"more\":1}";
    let output = foreshock_with(&["scan"], input.as_bytes());
    let answers = json_lines(stdout(&output));
    let ids: Vec<_> = answers.iter().map(|answer| answer["id"].as_str().unwrap_or_default()).collect();
    assert_eq!(ids, ["a", "b", "d"]);
    assert!(answers[0]["scores"]["anger"].as_f64().is_some_and(|strength| strength > 0.0 && strength <= 1.0));
    assert!(answers[0]["fired"].as_array().is_some_and(|fired| fired.contains(&"complaint".into())), "{}", answers[0]);
    let finding = &answers[0]["findings"][0];
    for field in ["rule", "signal", "start", "end", "text", "weight"] {
        assert!(!finding[field].is_null(), "{field} of {finding}");
    }
    assert!(
        answers[1]["fired"].as_array().is_some_and(|fired| fired.contains(&"vague_close".into())),
        "{}",
        answers[1]
    );
    assert_eq!(answers[2]["fired"], serde_json::json!([]), "negated");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("stdin:4: ") && stderr(&output).contains("stdin:5: "), "{}", stderr(&output));
    assert!(!stderr(&output).contains("secret"), "no text of the input is told: {}", stderr(&output));
    assert_eq!(foreshock_with(&["scan", "-"], b"").status.code(), Some(0));
}

#[test]
fn replay_writes_the_same_bytes_from_a_file_as_from_a_pipe() {
    let arguments = ["replay", EVENTS, "--accounts", ACCOUNTS];
    let (first, second) = (foreshock(&arguments), foreshock(&arguments));
    assert_eq!(first.status.code(), Some(0), "{}", stderr(&first));
    assert!(json_lines(stdout(&first)).len() >= 12, "{}", stderr(&first));
    assert_eq!(first.stdout, second.stdout);
    let events = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(EVENTS)).expect("the examples are there");
    let piped = foreshock_with(&["replay", "-", "--accounts", ACCOUNTS], &events);
    assert_eq!(piped.stdout, first.stdout);
    assert!(stderr(&piped).contains("records with") && stderr(&piped).contains("0 dead letters"), "{}", stderr(&piped));
}

#[test]
fn replay_assesses_every_event_and_its_factors_sum_to_the_score() {
    let output = foreshock(&["replay", EVENTS, "--accounts", ACCOUNTS, "--assessments"]);
    let lines = json_lines(stdout(&output));
    let events = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(EVENTS)).expect("examples");
    assert_eq!(lines.len(), events.lines().count());
    for line in lines {
        let factors = line["factors"].as_array().expect("a list");
        let sum: i64 = factors.iter().map(|factor| factor["points"].as_i64().expect("points")).sum();
        assert_eq!(Some(sum), line["score"].as_i64(), "{line}");
    }
}

#[test]
fn replay_keeps_refused_records_and_leaves_out_what_is_too_late() {
    let folder = tempfile::tempdir().expect("a folder");
    let dead_letters = folder.path().join("dead.ndjson");
    let input = "not JSON\n\
        {\"event_id\":\"1\",\"conversation_id\":\"c\",\"occurred_at\":\"2026-01-01T00:00:00Z\",\"author\":{\"type\":\"customer\"},\"text\":\"Hi\"}\n\
        {\"event_id\":\"2\",\"conversation_id\":\"c\",\"occurred_at\":\"2026-01-01T02:00:00Z\",\"author\":{\"type\":\"customer\"},\"text\":\"Hi\"}\n";
    let path = dead_letters.display().to_string();
    let arguments = ["replay", "--assessments", "--until", "2026-01-01T01:00:00Z", "--dead-letters", &path];
    let output = foreshock_with(&arguments, input.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(json_lines(stdout(&output)).len(), 1);
    assert!(stderr(&output).contains("1 event left out"), "{}", stderr(&output));
    assert!(stderr(&output).contains("1 dead letter (not_json 1)"), "{}", stderr(&output));
    let refused = json_lines(&std::fs::read_to_string(&dead_letters).expect("it was written"));
    assert_eq!((refused.len(), &refused[0]["reason"]), (1, &"not_json".into()));
}

#[test]
fn replay_tells_what_it_left_out_across_conversations() {
    let folder = tempfile::tempdir().expect("a folder");
    let summary = folder.path().join("summary.json");
    let complaint = |id: u32, hour: u32| {
        format!(
            "{{\"event_id\":\"{id}\",\"conversation_id\":\"c{id}\",\"occurred_at\":\"2026-01-01T{hour:02}:00:00Z\",\
             \"author\":{{\"type\":\"customer\"}},\"product_area\":\"exports\",\"text\":\"This is unacceptable.\"}}\n"
        )
    };
    let arguments = ["replay", "--summary", &summary.display().to_string()];
    // The second one is three hours older than what came before it.
    let output = foreshock_with(&arguments, (complaint(1, 8) + &complaint(2, 5)).as_bytes());
    assert!(stderr(&output).contains("1 left out across conversations (late 1)"), "{}", stderr(&output));
    let written = json_lines(&std::fs::read_to_string(&summary).expect("it was written"));
    assert_eq!(written[0]["ignored"], serde_json::json!({"late": 1, "full": 0}));
}

#[test]
fn what_cannot_be_read_has_its_exit_code_and_is_named() {
    for (arguments, code, told) in [
        (&["scan", "nowhere.ndjson"][..], 3, "nowhere.ndjson"),
        (&["replay", "nowhere.ndjson"], 3, "nowhere.ndjson"),
        (&["replay", EVENTS, "--accounts", "nowhere.ndjson"], 3, "F0100"),
        (&["replay", EVENTS, "--accounts", "tests/diagnostics/600/accounts.ndjson"], 0, "F0600"),
        (&["replay", EVENTS, "--set", "input.profile=zendesc_ticket"], 4, "zendesk_ticket"),
        (&["replay", EVENTS, "--config", "nowhere.toml"], 4, "F0100"),
        (&["explain", "x", "--rules", "tests/diagnostics/210/rules"], 5, "F0210"),
        (&["replay", EVENTS, "--dead-letters", "nowhere/dead.ndjson"], 8, "dead"),
    ] {
        let output = foreshock(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(told), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn check_takes_trees_folders_and_single_files() {
    for (arguments, code, told) in [
        (&["check"][..], 0, "no faults"),
        (&["check", "."], 0, "no faults"),
        (&["check", "rules", "lexicons", "policy", "sources"], 0, "no faults"),
        (&["check", "lexicons/en/valence.tsv", "--stats"], 0, "looked at "),
        (&["check", "tests/diagnostics/232"], 1, "error[F0232]"),
        (&["check", "tests/diagnostics/503/foreshock.toml"], 1, "error[F0503]"),
        (&["check", "tests/diagnostics/301", "tests/diagnostics/501"], 1, "error[F0501]"),
        (&["check", "tests/diagnostics/601"], 0, "warning[F0601]"),
        (&["check", "nowhere"], 1, "error[F0102]"),
    ] {
        let output = foreshock(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stdout(&output));
        assert!(stdout(&output).contains(told), "{arguments:?}: {}", stdout(&output));
        assert_eq!(stderr(&output), "", "{arguments:?}");
    }
}

#[test]
fn check_tells_machines_the_same() {
    let output = foreshock(&["check", "tests/diagnostics/503", "--format", "json", "--stats"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["errors"], &report["warnings"]), (&2.into(), &0.into()));
    let first = &report["diagnostics"][0];
    assert_eq!(first["code"], "F0503");
    assert_eq!((&first["line"], &first["column"]), (&2.into(), &1.into()));
    assert!(report["stats"]["rules"].as_u64().is_some_and(|rules| rules > 0));
}

#[test]
fn explain_shows_what_counts_and_what_does_not() {
    let text = "I am not happy with this, it is unacceptable. I won't sue you.\n\n> Get me your supervisor!";
    let output = foreshock(&["explain", text]);
    // Words of one line, whatever the other lines make of the columns' widths.
    for told in [
        &["^^^^^^^^^^^^", "-------"][..],
        &["“unacceptable”", "complaint", "complaint.unacceptable"],
        &["“sue you”", "legal_threat.sue", "does not hold"],
        &["“your supervisor”", "supervisor_request.named", "in quoted text"],
        &["“> Get me your supervisor!”", "quoted text"],
        &["Nothing is triggered."],
    ] {
        let there = stdout(&output).lines().any(|line| told.iter().all(|word| line.contains(word)));
        assert!(there, "{told:?} are not in a line of\n{}", stdout(&output));
    }
    let piped = foreshock_with(&["explain"], text.as_bytes());
    assert_eq!(piped.stdout, output.stdout);
    let coloured = foreshock(&["explain", text, "--color", "always"]);
    assert!(stdout(&coloured).contains("\u{1b}["));
}

#[test]
fn explain_follows_a_conversation() {
    let arguments = ["explain", "--file", EVENTS, "--accounts", ACCOUNTS, "--conversation", "conv-102"];
    let output = foreshock(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let shown = stdout(&output);
    assert_eq!(shown.matches("\nScore\n").count(), shown.matches("\nconv-102 2").count() + 1, "{shown}");
    assert!(shown.contains("The bot keeps asking the same question") && shown.contains("Triggers: opened"), "{shown}");
    // The factors of the last event sum to its score.
    let table = shown.rsplit("\nScore\n").next().expect("there is one");
    let numbers: Vec<i64> = table.lines().filter_map(|line| line.split_whitespace().nth(1)?.parse().ok()).collect();
    let (sum, factors) = numbers.split_last().expect("rows");
    assert_eq!(factors.iter().sum::<i64>(), *sum, "{table}");
    let strangers = foreshock(&["explain", "--file", EVENTS, "--conversation", "no such"]);
    assert_eq!((strangers.status.code(), stdout(&strangers)), (Some(3), ""));
    assert!(stderr(&strangers).contains("no event of the conversation `no such`"), "{}", stderr(&strangers));
}
