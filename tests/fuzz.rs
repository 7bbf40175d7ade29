//! The seeds of the fuzz targets, run through the targets' own functions.

#[allow(unreachable_pub, reason = "the same file is a library to the fuzz targets")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

/// Runs each seed of a target.
#[allow(clippy::disallowed_methods, reason = "a test reads its seeds")]
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut seeds: Vec<_> =
        std::fs::read_dir(&folder).expect("there are seeds").map(|entry| entry.expect("a seed").path()).collect();
    seeds.sort();
    assert!(seeds.len() >= 12, "{} seeds of {target}", seeds.len());
    for seed in seeds {
        let input = std::fs::read(&seed).expect("a seed can be read");
        assert!(std::panic::catch_unwind(|| run(&input)).is_ok(), "{}", seed.display());
        // Half an input is an input, too.
        assert!(std::panic::catch_unwind(|| run(&input[..input.len() / 2])).is_ok(), "half of {}", seed.display());
    }
}

#[test]
fn text() {
    replay("text", targets::text);
}

#[test]
fn html() {
    replay("html", targets::html);
}

#[test]
fn lexicon() {
    replay("lexicon", targets::lexicon);
}

#[test]
fn rule() {
    replay("rule", targets::rule);
}

#[test]
fn event() {
    replay("event", targets::event);
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads its seeds")]
fn seeds_say_what_they_are_for() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let seed = |name: &str| std::fs::read(folder.join(name)).expect("a seed can be read");
    let verdict = seed("event/verdict");
    let decoder = foreshock::wire::Decoder::unkeyed(foreshock::wire::Profile::canonical());
    let event = decoder.decode(&foreshock::wire::RawRecord::line(&verdict)).expect("a verdict that is read");
    assert_eq!(event.kind.name(), "verdict");
    // A lexicon's first byte says which one it is; a letter there would be the first of its text.
    for seed in std::fs::read_dir(folder.join("lexicon")).expect("there are seeds") {
        let path = seed.expect("a seed").path();
        let first = std::fs::read(&path).expect("a seed can be read")[0];
        assert!(first < 12, "{} begins with {first}", path.display());
    }
}

#[test]
fn snapshot() {
    replay("snapshot", targets::snapshot);
}
