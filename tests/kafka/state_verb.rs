//! `foreshock state`: what is kept of conversations, told to people.

use std::collections::BTreeMap;
use std::process::Output;

use foreshock::generate::{Kind, Shape};

use super::client::*;
use super::program::foreshock;
use super::state::assert_state;
use super::trial::*;

/// Runs `state` over the trial's changelog.
fn state(trial: &Trial, arguments: &[&str]) -> Output {
    let mut command = foreshock();
    command.arg("state").args(arguments);
    for (key, value) in trial.settings("a") {
        command.arg("--set").arg(format!("{key}={value}"));
    }
    command.output().unwrap()
}

/// The lines of JSON that it writes.
fn lines(trial: &Trial, arguments: &[&str]) -> Vec<serde_json::Value> {
    let output = state(trial, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn refused(trial: &Trial, arguments: &[&str]) -> (Option<i32>, String) {
    let output = state(trial, arguments);
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_is_kept_is_told() {
    let (records, _) = generate(Shape::new(Kind::Trial, 31, 2_000));
    let trial = Trial::new("told", 2).with("pipeline.workers", "1");
    let serve = trial.serve("a");
    trial.publish(&records);
    trial.await_caught_up();
    let triggers = trial.published();

    // A line a partition: as many conversations as are in memory, where the group stands.
    let summary = lines(&trial, &["summary", "--format", "json"]);
    let number = |line: &serde_json::Value, name: &str| line[name].as_i64().unwrap();
    let sum = |name: &str| summary.iter().map(|line| number(line, name)).sum::<i64>();
    await_until("conversations are counted", || serve.metric("foreshock_conversations") == sum("conversations") as f64);
    let next: BTreeMap<i32, i64> =
        summary.iter().map(|line| (number(line, "partition") as i32, number(line, "next_offset"))).collect();
    assert_eq!(next, committed(&trial.group, &trial.events));
    assert!(sum("escalated") > 0);
    for line in &summary {
        let deadlines: Vec<&str> =
            line["deadlines"].as_array().unwrap().iter().map(|deadline| deadline["at"].as_str().unwrap()).collect();
        assert!(deadlines.len() == 5 && deadlines.is_sorted(), "{deadlines:?}");
    }
    let told = String::from_utf8(state(&trial, &["summary"]).stdout).unwrap();
    assert!(
        told.contains("the deadlines that come first:")
            && told.contains(summary[0]["knowledge_hash"].as_str().unwrap()),
        "{told}"
    );

    // A conversation with an open escalation: its episode is that of its triggers.
    let opened = triggers.iter().rev().find(|trigger| trigger.data.step == "opened").unwrap();
    let shown = lines(&trial, &["show", &opened.subject, "--tenant", &opened.data.tenant]);
    let [shown] = &shown[..] else { panic!("{shown:?}") };
    assert_eq!(shown["conversation_id"], opened.subject.as_str());
    assert_eq!(shown["episode"]["id"], opened.data.episode_id.as_str(), "{shown:#}");
    assert!(!shown["deadlines"].as_array().unwrap().is_empty() && shown["withheld"] == serde_json::json!([]));
    let text = shown.to_string();
    assert!(text.contains("\"quote\""), "policy that ships withholds nothing: {text}");

    // Where policy withholds what people wrote from any severity, it is not shown here either.
    std::fs::create_dir(trial.folder.path().join("policy")).unwrap();
    let policy = trial.file("policy/own.toml", b"[severity.critical]\nwithhold = [\"quotes\", \"contacts\"]\n");
    let folder = policy.parent().unwrap().to_str().unwrap();
    let text = lines(&trial, &["show", &opened.subject, "--policies", folder])[0].to_string();
    assert!(text.contains("\"withheld\":[\"contacts\",\"quotes\"]"), "{text}");
    for name in ["\"quote\"", "\"text\"", "\"note\"", "\"contact\"", "\"email\""] {
        assert!(!text.contains(name), "{name} in {text}");
    }

    // A line a conversation and one a partition.
    let exported = lines(&trial, &["export"]);
    let states = exported.iter().filter(|line| line["snapshot"].is_string()).count() as i64;
    let positions = exported.iter().filter(|line| line["next_offset"].is_i64()).count();
    assert_eq!((states, positions, exported.len()), (sum("conversations"), 2, states as usize + 2));
    assert_eq!(serve.terminate().0, Some(0));
}

#[test]
fn what_cannot_be_told_has_its_exit_code() {
    let mut trial = Trial::new("untold", 2);
    let (code, told) = refused(&trial, &["show", "c-none"]);
    assert!(code == Some(1) && told.contains("`c-none`"), "{code:?} {told}");
    assert!(lines(&trial, &["export"]).is_empty(), "there are no states yet");
    // Key and position of a later version of the program.
    produce(&trial.state, [(Some(&[0_u8][..]), Some(&[99_u8][..]))]);
    let (code, told) = refused(&trial, &["summary"]);
    assert!(code == Some(9) && told.contains("error[F0703]"), "{code:?} {told}");
    trial.state = unique("untold-nowhere");
    let (code, told) = refused(&trial, &["summary"]);
    assert!(code == Some(6) && told.contains(&trial.state), "{code:?} {told}");
}

#[test]
fn states_move_to_another_group() {
    let (records, _) = generate(Shape::new(Kind::Trial, 32, 1_200));
    let first = Trial::new("moves", 2).with("pipeline.workers", "1");
    let serve = first.serve("a");
    first.publish(&records[..700]);
    first.await_caught_up();
    let exported = state(&first, &["export"]);
    let file = first.file("states.ndjson", &exported.stdout);
    let file = file.to_str().unwrap();

    // Not over the memory of one that runs.
    let (code, told) = refused(&first, &["import", file]);
    assert!(code == Some(9) && told.contains("--force"), "{code:?} {told}");
    assert_eq!(serve.terminate().0, Some(0));

    // Nothing is written where a line is of no use.
    let mut second = Trial::new("moved", 2).with("pipeline.workers", "1");
    let cut = first.file("cut.ndjson", &exported.stdout[..exported.stdout.len() - 9]);
    let (code, told) = refused(&second, &["import", cut.to_str().unwrap()]);
    assert!(code == Some(3) && told.contains("line "), "{code:?} {told}");
    assert!(lines(&second, &["export"]).is_empty());

    // Another group over the same events goes on where the first one stood, by its states.
    second.events.clone_from(&first.events);
    let output = state(&second, &["import", file]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(state(&second, &["export"]).stdout, exported.stdout);
    let serve = second.serve("b");
    second.publish(&records[700..]);
    second.await_caught_up();
    assert_eq!(serve.terminate().0, Some(0));
    assert_state(&second, &records);
}
