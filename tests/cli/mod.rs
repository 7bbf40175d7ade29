//! The program from outside: what it prints, where, and how it ends.

mod verbs;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use expect_test::expect_file;

/// Runs the program in the repository's folder.
fn foreshock(arguments: &[&str]) -> Output {
    foreshock_with(arguments, b"")
}

/// The same with something on its standard input.
fn foreshock_with(arguments: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    program.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).env_remove("NO_COLOR");
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FORESHOCK")) {
        program.env_remove(name);
    }
    let mut child = program.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    let input = input.to_owned();
    // From a thread, since the program may answer before it has read all. One that does not read at all is no fault.
    let writer = std::thread::Builder::new().spawn(move || drop(stdin.write_all(&input))).expect("a thread");
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

#[test]
fn the_documentation_is_in_step_with_the_command_line() {
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/docs/CLI.md")].assert_eq(&foreshock::cli::document());
}

#[test]
fn a_wrong_command_line_is_a_usage_error_and_help_is_not() {
    for (arguments, code) in [
        (&["nonsense"][..], 2),
        (&[], 2),
        (&["replay", "--until", "yesterday"], 2),
        (&["explain", "--author", "somebody", "text"], 2),
        (&["settings", "--set", "input.start"], 2),
        (&["--help"], 0),
        (&["check", "-h"], 0),
        (&["--version"], 0),
    ] {
        assert_eq!(foreshock(arguments).status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_wrong_setting_has_its_exit_code_and_is_told_on_stderr_without_colours() {
    let output = foreshock(&["settings", "--set", "log.level=loud"]);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).starts_with("error[F0503]: `log.level` cannot be `loud`\n"), "{}", stderr(&output));
    assert!(!stderr(&output).contains('\u{1b}'), "no colours in a pipe");
    let coloured = foreshock(&["settings", "--set", "log.level=loud", "--color", "always"]);
    assert!(stderr(&coloured).contains("\u{1b}["), "{}", stderr(&coloured));
}

#[test]
fn settings_tell_value_and_origin() {
    let output = foreshock(&["settings", "--set", "topics.events=tickets", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let events = listed.as_array().and_then(|list| list.iter().find(|one| one["key"] == "topics.events"));
    let expected =
        serde_json::json!({"key": "topics.events", "value": "tickets", "origin": "flag --set topics.events"});
    assert_eq!(events, Some(&expected));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    let program = program.args(["generate", "--events", "20000"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""));
}
