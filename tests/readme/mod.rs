//! Each command of README does what README says. Those for a cluster are run by tests/kafka.

mod blocks;

use std::path::Path;
use std::process::{Command, Output};

/// Runs a block in `folder`, as a reader would who has `foreshock` on the path.
fn run(block: &str, folder: &Path) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_foreshock"));
    let own = program.parent().expect("it lies in a folder").to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&others))).expect("no colons");
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", block]).current_dir(folder).env("PATH", path);
    shell.output().expect("bash runs")
}

#[test]
fn commands_for_files_run_one_after_the_other_and_show_what_is_promised() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut shown = String::new();
    for (line, block) in blocks::blocks("test") {
        let output = run(&block, folder.path());
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "README.md:{line}: {:?}\n{stdout}{stderr}", output.status.code());
        shown += &stdout;
    }
    for promised in [
        "supervisor_request.named",
        "Triggers: opened",
        "\"type\":\"io.foreshock.escalation.opened\",\"subject\":\"c-1\"",
        "no faults",
        "churn.back_to_spreadsheets",
        "input.start                       latest",
        "\"fired\":[",
    ] {
        assert!(shown.contains(promised), "`{promised}` is not among what README's commands show:\n{shown}");
    }
    let triggers = std::fs::metadata(folder.path().join("triggers.ndjson")).expect("the last block writes it");
    assert!(triggers.len() > 10_000, "the generated events trigger");
}

#[test]
fn one_word_decides_as_the_text_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, block) =
        blocks::blocks("test").into_iter().find(|(_, block)| block.contains("my-events")).expect("it is there");
    let score = |block: &str| {
        let output = run(block, folder.path());
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = stdout.lines().last().map(str::to_owned).unwrap_or_default();
        let trigger: serde_json::Value = serde_json::from_str(&last).unwrap_or_default();
        trigger["data"]["score"].as_i64().unwrap_or(0)
    };
    let before = score(&block);
    let after = score(&block.replace("cancel our contract", "renew our contract"));
    assert!(before > 0 && after < before, "{before} falls, not {after}");
}

#[test]
fn every_block_of_commands_is_run_by_some_test() {
    let readme = include_str!("../../README.md");
    let unmarked: Vec<_> =
        readme.split("```sh\n").skip(1).map(|rest| rest.lines().next().unwrap_or_default()).collect();
    assert_eq!(unmarked, ["cargo test"], "only the command that runs this is not marked");
    let demo: Vec<_> = blocks::blocks("demo").into_iter().map(|(_, block)| block).collect();
    assert_eq!(demo, ["cargo run --release -- demo\n"]);
}
