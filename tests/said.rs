//! What people say, in tables that a support person can read and extend, and what must be found in it.
//!
//! `tests/blind/<signal>.tsv`, `tests/blind2/`, `tests/blind3/`: messages that were written before the rules had met them, and
//! stay as they are; `docs/QUALITY.md` tells what they come to.
//! `tests/pairs/<signal>.tsv`: two messages that differ in little; the first fires, the second does not. The last column
//! names the hard case that a pair stands for. `tests/languages/<signal>.tsv`: messages that fire or stay quiet, in each
//! language. `\n` in a message is a new line.
#![allow(clippy::disallowed_methods, reason = "tests read their tables")]

#[path = "said/blind.rs"]
mod blind;
#[path = "said/cases.rs"]
mod cases;
#[path = "said/languages.rs"]
mod languages;
#[path = "said/pairs.rs"]
mod pairs;

use std::collections::BTreeSet;
use std::path::Path;

use foreshock::detect::{Findings, Scratch, Text};
use foreshock::knowledge::Knowledge;
use foreshock::message::{AuthorType, Format};
use foreshock::signal::{Signal, SignalSet};

/// The rows of `tests/<folder>/<signal>.tsv` below its header.
fn table(folder: &str, signal: Signal) -> Vec<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder).join(format!("{signal}.tsv"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    let row = |line: &str| line.split('\t').map(|field| field.replace("\\n", "\n")).collect();
    text.lines().skip(1).map(row).collect()
}

/// The signals that fire in each message: language, author, text.
fn fired<'a>(messages: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> Vec<SignalSet> {
    let knowledge = Knowledge::shipped();
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let messages = messages.map(|(language, author, text)| {
        let author = AuthorType::from_name(author).unwrap_or_else(|| panic!("nobody is called {author}"));
        knowledge.detector.detect(Text { text, format: Format::Plain, author, language }, &mut scratch, &mut findings);
        findings.fired
    });
    messages.collect()
}

/// The words of a text, in small letters.
fn words(text: &str) -> Vec<String> {
    let split = |c: char| !c.is_alphanumeric();
    text.split(split).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Every run of six words of a text.
fn runs(text: &str) -> BTreeSet<String> {
    words(text).windows(6).map(|run| run.join(" ")).collect()
}
