//! The fuzz targets' seeds, replayed: what once was found, and what each parser should meet.

#[path = "../fuzz/properties.rs"]
mod properties;

fn replay(target: &str, property: fn(&[u8])) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut seeds = 0;
    for entry in std::fs::read_dir(&folder).expect("the corpus is there") {
        property(&std::fs::read(entry.unwrap().path()).unwrap());
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
