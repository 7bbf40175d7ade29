//! README's commands for a cluster, run as they stand there.

#[path = "../readme/blocks.rs"]
mod blocks;

use std::path::Path;
use std::process::{Command, Output};

use super::client::unique;
use super::program::foreshock;

/// Runs shell lines in `folder` with `foreshock` on the path and topics and a group of their own; what they leave running
/// in the background is told to stop, and must do so well.
fn run(block: &str, folder: &Path, name: &str) -> Output {
    let told = foreshock();
    let program = Path::new(told.get_program()).parent().unwrap().to_owned();
    let path = [program.as_os_str(), std::env::var_os("PATH").unwrap().as_os_str()].join(std::ffi::OsStr::new(":"));
    let mut shell = Command::new("bash");
    shell
        .args(["-euo", "pipefail", "-c"])
        .arg(format!("{block}\njobs=$(jobs -p)\nfor job in $jobs; do kill -TERM $job; wait $job; done"));
    shell.current_dir(folder).env("PATH", path);
    for (variable, value) in told.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        shell.env(variable, value);
    }
    for (setting, value) in [
        ("KAFKA__GROUP_ID", name.to_owned()),
        ("KAFKA__INSTANCE", "readme".to_owned()),
        ("TOPICS__EVENTS", format!("{name}-events")),
        ("TOPICS__TRIGGERS", format!("{name}-triggers")),
        ("TOPICS__DEAD_LETTERS", format!("{name}-dead")),
        ("HTTP__LISTEN", "127.0.0.1:0".to_owned()),
    ] {
        shell.env(format!("FORESHOCK__{setting}"), value);
    }
    shell.output().unwrap()
}

#[test]
fn commands_of_the_readme_for_a_cluster_do_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let name = unique("readme");
    let (_, events) = blocks::blocks("test").into_iter().find(|(_, block)| block.contains("my-events")).unwrap();
    assert!(run(&events, folder.path(), &name).status.success());
    let clusters = blocks::blocks("cluster");
    assert_eq!(clusters.len(), 1);
    for (line, block) in clusters {
        let output = run(&block, folder.path(), &name);
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "README.md:{line}: {:?}\n{stdout}{stderr}", output.status.code());
        for told in [&format!("{name}-triggers  created with 8 partitions"), "opened", "c-1"] {
            assert!(stdout.contains(told), "`{told}` is not in\n{stdout}{stderr}");
        }
        assert!(stderr.contains("3 records published"), "{stderr}");
    }
}

#[test]
fn topics_that_are_missing_are_told_and_made() {
    let (folder, name) = (tempfile::tempdir().unwrap(), unique("topics"));
    let before = run("foreshock topics", folder.path(), &name);
    assert_eq!(before.status.code(), Some(6));
    assert!(String::from_utf8_lossy(&before.stderr).contains("4 topics missing"));
    let made = run(
        "foreshock topics plan --partitions 3 && foreshock topics apply --partitions 3 && foreshock topics",
        folder.path(),
        &name,
    );
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let told = String::from_utf8_lossy(&made.stdout).into_owned();
    let counts = ["  to be created with 3 partitions", "  created with 3 partitions", "  3 partitions"];
    assert_eq!(counts.map(|words| told.matches(words).count()), [4, 4, 4], "{told}");
}
