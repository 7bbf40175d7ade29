//! Rules about the code itself: sizes, order of modules, words, and what may be where. Reads the sources as text.
#![allow(clippy::disallowed_methods, reason = "rules about files read files")]

#[path = "tidy/source.rs"]
mod source;

#[path = "tidy/tree.rs"]
mod tree;

use source::Source;
use tree::{rust_files, text_files, tracked};

/// No file is longer, in lines.
const FILE_LINES: usize = 500;
/// The median file of the library is not longer, in lines.
const MEDIAN_LINES: usize = 180;
/// No function is longer, in lines from its signature to its brace.
const FUNCTION_LINES: usize = 70;

/// Words that say nothing about what a thing is.
const EMPTY_WORDS: &[&str] = &["manager", "handler", "helper", "helpers", "util", "utils", "data", "info", "process"];

/// Fails with all faults, one a line.
fn expect_none(rule: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{rule}\n  {}", faults.join("\n  "));
}

#[test]
fn every_rust_file_says_what_it_is() {
    let silent = rust_files().into_iter().filter(|file| !file.text.starts_with("//! "));
    expect_none("a Rust file begins with `//!` and a sentence:", &silent.map(|file| file.path).collect::<Vec<_>>());
}

#[test]
fn files_fit_in_the_head() {
    let files = rust_files();
    let long = files.iter().filter(|file| file.lines() > FILE_LINES);
    let told: Vec<_> = long.map(|file| format!("{}: {} lines", file.path, file.lines())).collect();
    expect_none(&format!("a file has at most {FILE_LINES} lines:"), &told);

    let mut lengths: Vec<_> =
        files.iter().filter(|file| file.path.starts_with("src/")).map(source::Source::lines).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN_LINES, "the median file of src has {median} lines, more than {MEDIAN_LINES}");
}

#[test]
fn functions_fit_on_a_screen() {
    let files = rust_files();
    let long = files.iter().flat_map(|file| file.functions().into_iter().map(move |function| (file, function)));
    let long = long.filter(|(_, function)| function.lines > FUNCTION_LINES);
    let told: Vec<_> = long
        .map(|(file, function)| {
            format!("{}:{}: `{}` has {} lines", file.path, function.line, function.name, function.lines)
        })
        .collect();
    expect_none(&format!("a function has at most {FUNCTION_LINES} lines:"), &told);
}

#[test]
fn a_module_names_only_those_above_it() {
    let files = rust_files();
    let library = files.iter().find(|file| file.path == "src/lib.rs").expect("the library has a root");
    let order = library.declared_modules();
    assert!(order.len() > 20, "the modules of src/lib.rs were found: {order:?}");
    let place = |module: &str| order.iter().position(|known| known == module);
    let mut told = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with("src/")) {
        let Some(own) = file.module().and_then(place) else { continue };
        for (line, named) in file.crate_paths() {
            if place(&named).is_none_or(|other| other > own) {
                told.push(format!("{}:{line}: `{}` names `crate::{named}`, which is below it", file.path, order[own]));
            }
        }
    }
    expect_none("a module uses only modules above it in src/lib.rs:", &told);
}

#[test]
fn nothing_is_unwrapped_without_a_reason() {
    let mut told = Vec::new();
    for file in rust_files().iter().filter(|file| file.path.starts_with("src/") && !file.is_test()) {
        told.extend(file.product_lines_with(".unwrap()").map(|line| format!("{}:{line}", file.path)));
    }
    expect_none("say why it cannot happen: `.expect(\"why\")`:", &told);
}

#[test]
fn unsafe_is_in_one_file() {
    let mut told = Vec::new();
    for file in rust_files().iter().filter(|file| file.path.starts_with("src/") && file.path != "src/kafka/raw.rs") {
        told.extend(file.lines_with_word("unsafe").map(|line| format!("{}:{line}", file.path)));
    }
    expect_none("`unsafe` is only in src/kafka/raw.rs:", &told);
}

#[test]
fn names_say_what_a_thing_is() {
    let mut told = Vec::new();
    for file in rust_files() {
        let stem = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let names = file.declared_names().into_iter().chain([(1, stem)]);
        let empty =
            names.filter(|(_, name)| source::words(name).iter().any(|word| EMPTY_WORDS.contains(&word.as_str())));
        told.extend(empty.map(|(line, name)| format!("{}:{line}: `{name}`", file.path)));
    }
    expect_none(&format!("these words say nothing: {}:", EMPTY_WORDS.join(", ")), &told);
}

#[test]
fn the_top_level_holds_only_what_it_should() {
    const ALLOWED: &[&str] = &[
        ".ci",
        ".gitignore",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "benches",
        "build.rs",
        "clippy.toml",
        "deploy",
        "docs",
        "examples",
        "fuzz",
        "lexicons",
        "policy",
        "rules",
        "rustfmt.toml",
        "sources",
        "src",
        "tests",
    ];
    let mut extra: Vec<_> =
        tracked().into_iter().map(|path| path.split('/').next().unwrap_or_default().to_owned()).collect();
    extra.sort_unstable();
    extra.dedup();
    extra.retain(|entry| !ALLOWED.contains(&entry.as_str()));
    expect_none("not among the entries of the top level:", &extra);
}

#[test]
fn nothing_names_a_machine_or_a_registry() {
    const FOREIGN: &[&str] = &[
        "/work/",
        "/root/",
        "/home/",
        "/Users/",
        "C:\\Users",
        "static.crates.io",
        "index.crates.io",
        "registry.npmjs.org",
        "repo.maven.apache.org",
        "repo1.maven.org",
        "files.pythonhosted.org",
        "pypi.org",
        "proxy.golang.org",
        "deb.debian.org",
    ];
    let mut told = Vec::new();
    for (path, text) in text_files().into_iter().filter(|(path, _)| path != "tests/tidy.rs") {
        for (number, line) in text.lines().enumerate() {
            let found = FOREIGN.iter().filter(|foreign| line.contains(**foreign));
            told.extend(found.map(|foreign| format!("{path}:{}: {foreign}", number + 1)));
        }
    }
    expect_none("paths of one machine and hosts of registries stay out:", &told);
}

#[test]
fn the_scanner_knows_strings_comments_and_tests() {
    let text = "fn a() { let s = \"} fn no() {\"; /* } /* } */ */ let c = '}'; let l: &'static str = r#\"}\"#; }\n\
                // fn b() {\n#[cfg(test)]\nmod tests {\n    use crate::wire::X;\n    fn t() { x.unwrap() }\n}\n\
                use crate::{time::Span, score};\nfn last(f: fn(u8) -> [u8; 2]) -> u8\n{\n    crate::engine::go()\n}\n";
    let source = Source { path: "src/x.rs".to_owned(), text: text.to_owned() };
    let functions: Vec<_> = source.functions().into_iter().map(|function| (function.name, function.lines)).collect();
    assert_eq!(functions, [("a".to_owned(), 1), ("t".to_owned(), 1), ("last".to_owned(), 4)]);
    let named: Vec<_> = source.crate_paths().into_iter().map(|(_, module)| module).collect();
    assert_eq!(named, ["time", "score", "engine"], "tests may look at what is below");
    assert_eq!(source.product_lines_with(".unwrap()").count(), 0);
    assert_eq!(source::words("HTTPHandler_ofData"), ["http", "handler", "of", "data"]);
}
