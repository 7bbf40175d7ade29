//! The repository's files, as Git sees them: tracked, or new and not ignored.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::source::Source;

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// All files by their paths from the top.
pub(crate) fn tracked() -> Vec<String> {
    let mut git = Command::new("git");
    git.current_dir(root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = git.output().expect("git runs");
    assert!(output.status.success(), "git lists the files: {}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let there = |path: &&str| !path.is_empty() && root().join(path).exists();
    listed.split('\0').filter(there).map(str::to_owned).collect()
}

/// All Rust files.
pub(crate) fn rust_files() -> Vec<Source> {
    let files = text_files().into_iter().filter(|(path, _)| path.ends_with(".rs"));
    files.map(|(path, text)| Source { path, text }).collect()
}

/// Path and text of all files that are UTF-8.
pub(crate) fn text_files() -> Vec<(String, String)> {
    let text = |path: String| std::fs::read_to_string(root().join(&path)).ok().map(|text| (path, text));
    tracked().into_iter().filter_map(text).collect()
}
