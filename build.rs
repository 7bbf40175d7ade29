//! Lists the shipped rules, lexicons, policies and source profiles, so that they are compiled into the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Constant, folder, ending of the files in it.
const FOLDERS: [(&str, &str, &str); 4] = [
    ("LEXICONS", "lexicons", "tsv"),
    ("RULES", "rules", "toml"),
    ("POLICIES", "policy", "toml"),
    ("SOURCES", "sources", "toml"),
];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut code = String::new();
    for (constant, folder, ending) in FOLDERS {
        println!("cargo::rerun-if-changed={folder}");
        let mut files = Vec::new();
        collect(&root.join(folder), ending, &mut files)?;
        files.sort();
        writeln!(code, "/// Path and text of the shipped files of `{folder}/`.").expect("a String takes all");
        writeln!(code, "const {constant}: &[(&str, &str)] = &[").expect("a String takes all");
        for file in files {
            let shown = file.strip_prefix(&root).expect("it was found below the root").display().to_string();
            writeln!(code, "    ({shown:?}, include_str!({:?})),", file.display().to_string())
                .expect("a String takes all");
        }
        writeln!(code, "];").expect("a String takes all");
    }
    fs::write(out.join("shipped.rs"), code)
}

/// Adds the files below `folder` whose names end in `.ending`.
fn collect(folder: &Path, ending: &str, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, ending, files)?;
        } else if path.extension().is_some_and(|found| found == ending) {
            files.push(path);
        }
    }
    Ok(())
}
