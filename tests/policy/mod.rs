//! What is said of broken policies, whole: `tests/diagnostics/3xx/policy/*.toml` and what is expected of them.
#![allow(clippy::disallowed_methods, reason = "tests read their files")]

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use foreshock::diagnostic::{Code, SourceFile};
use foreshock::policy::Policy;

fn folder(code: Code) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics").join(code.number().to_string())
}

/// The files of a folder's `policy`, by name.
fn files(folder: &Path) -> Vec<SourceFile> {
    let entries = fs::read_dir(folder.join("policy")).expect("every 3xx code has a folder of broken files");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder can be listed").path()).collect();
    paths.sort_unstable();
    let read = |path: &PathBuf| SourceFile {
        path: format!("policy/{}", path.file_name().unwrap_or_default().display()),
        text: fs::read_to_string(path).expect("the file can be read"),
    };
    paths.iter().map(read).collect()
}

#[test]
fn every_fault_of_a_policy_is_told_whole() {
    for code in Code::ALL.iter().copied().filter(|code| (300..400).contains(&code.number())) {
        let folder = folder(code);
        let mut diagnostics = Vec::new();
        let _ = Policy::load(&files(&folder), &mut diagnostics);
        assert!(diagnostics.iter().any(|found| found.code == code), "{code} is not found in its own folder");
        let told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        expect_file![folder.join("expected.txt")].assert_eq(&told.join("\n"));
    }
}
