//! Source profiles: those that ship, and what is said of broken ones.
#![allow(clippy::disallowed_methods, reason = "tests read their files")]

use std::fs;
use std::path::{Path, PathBuf};

use foreshock::diagnostic::SourceFile;
use foreshock::message::AuthorType;
use foreshock::wire::{Decoder, Profiles, RawRecord, run_source_cases};

/// The profiles of a folder, by name.
fn files(folder: &Path) -> Vec<SourceFile> {
    let entries = fs::read_dir(folder).expect("a folder of profiles");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.sort_unstable();
    let name = |path: &PathBuf| format!("sources/{}", path.file_name().unwrap_or_default().display());
    let text = |path| fs::read_to_string(path).expect("a readable file");
    paths.iter().map(|path| SourceFile { path: name(path), text: text(path) }).collect()
}

fn shipped() -> Profiles {
    let mut diagnostics = Vec::new();
    let profiles = Profiles::load(&files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sources")), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    profiles
}

#[test]
fn shipped_profiles_load_and_their_cases_hold() {
    let profiles = shipped();
    let names: Vec<_> = profiles.names().collect();
    assert_eq!(names, ["canonical", "chatwoot", "intercom", "zammad", "zendesk_messaging", "zendesk_ticket"]);
    let failed: Vec<String> = run_source_cases(&profiles).iter().map(ToString::to_string).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_role_that_the_profile_maps_keeps_its_raw_value() {
    let record =
        br#"{"id":"1","type":"zen:event-type:ticket.comment_added","time":"2026-03-01T09:30:00Z","detail":{"id":"c"},
        "event":{"comment":{"body":"x","author":{"is_staff":true}}}}"#;
    let decoder = Decoder::unkeyed(shipped().get("zendesk_ticket").unwrap());
    let event = decoder.decode(&RawRecord::line(record)).unwrap();
    assert_eq!((event.author.kind, &*event.author.raw), (AuthorType::Agent, "true"));
}

#[test]
fn a_profiled_record_may_come_inside_a_cloudevent() {
    let record = br#"{"specversion":"1.0","id":"x","source":"/bridge","type":"t","data":{"id":"m-1",
        "type":"zen:event-type:messaging_ticket.message_added","time":"2026-03-01T09:30:00Z","detail":{"id":"c"},
        "event":{"actor":{"type":"end_user"},"message":{"body":"Hi"}}}}"#;
    let decoder = Decoder::unkeyed(shipped().get("zendesk_messaging").unwrap());
    let event = decoder.decode(&RawRecord::line(record)).unwrap();
    assert_eq!((&*event.id, &*event.conversation, &*event.text), ("m-1", "c", "Hi"));
}
