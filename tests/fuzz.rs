//! The fuzz targets' seeds, replayed: what once was found, and what each parser should meet.
#![allow(clippy::disallowed_methods, reason = "tests may read files")]

#[path = "../fuzz/properties.rs"]
mod properties;

fn replay(target: &str, property: fn(&[u8])) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut seeds = 0;
    for entry in std::fs::read_dir(&folder).expect("the corpus is there") {
        let path = entry.expect("the folder can be listed").path();
        property(&std::fs::read(path).expect("a seed can be read"));
        seeds += 1;
    }
    assert!(seeds >= 12, "{target} has {seeds} seeds");
}

#[test]
fn texts() {
    replay("text", properties::text);
}

#[test]
fn markup() {
    replay("html", properties::html);
}

#[test]
fn lexicons() {
    replay("lexicon", properties::lexicon);
}

#[test]
fn rules() {
    replay("rule", properties::rule);
}

#[test]
fn events() {
    replay("event", properties::event);
}
