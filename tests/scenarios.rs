//! Whole conversations as tables that a support person can read: `tests/scenarios/*.txt`.
//!
//! Left of the bar stands what happens, right of it what the engine makes of it with the shipped knowledge.
//! The row `TIME show PATH...` prints fields of the last trigger as routers read it, e.g. `data.owner.role`.
//! `UPDATE_EXPECT=1 cargo test scenarios` writes the right side anew; read the difference before you keep it.
#![allow(clippy::disallowed_methods, reason = "tests read their files")]

#[path = "scenarios/happening.rs"]
mod happening;
#[path = "scenarios/stage.rs"]
mod stage;

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use foreshock::knowledge::Knowledge;

use happening::{Happening, parse_account};
use stage::Stage;

/// The left side is at least so wide.
const LEFT: usize = 72;

#[test]
fn scenarios_come_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let entries =
        fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be listed").path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "txt")).collect();
    paths.sort_unstable();
    assert!(paths.len() >= 12, "there are scenarios: {paths:?}");
    let knowledge = Knowledge::shipped();
    for path in paths {
        let written = fs::read_to_string(&path).expect("the file can be read");
        expect_file![path].assert_eq(&play(&written, &knowledge));
    }
}

/// Plays a scenario: its text with the right side as it comes out.
pub(crate) fn play(scenario: &str, knowledge: &Knowledge) -> String {
    let lines: Vec<&str> = scenario.lines().map(|line| line.split(" |").next().unwrap_or("").trim_end()).collect();
    let is_row = |line: &str| !line.is_empty() && !line.starts_with('#') && !line.starts_with("account");
    let widest = lines.iter().filter(|line| is_row(line)).map(|line| line.chars().count()).max().unwrap_or(0);
    let width = widest.max(LEFT);
    let mut stage = Stage::new(knowledge);
    let mut played = String::new();
    for line in lines {
        if is_row(line) {
            let happening = Happening::parse(line).unwrap_or_else(|| panic!("not a row: {line}"));
            let padding = " ".repeat(width - line.chars().count());
            played.push_str(format!("{line}{padding} | {}", stage.play(&happening)).trim_end());
        } else {
            if let Some(account) = line.strip_prefix("account") {
                stage.account = parse_account(account);
            }
            played.push_str(line);
        }
        played.push('\n');
    }
    played
}
