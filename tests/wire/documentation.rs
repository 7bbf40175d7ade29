//! The documents name everything that the code does.
#![allow(clippy::disallowed_methods, reason = "tests read their files")]

use std::fs;
use std::path::Path;

use foreshock::account::Tier;
use foreshock::diagnostic::SourceFile;
use foreshock::message::*;
use foreshock::policy::BUILT_IN_REASONS;
use foreshock::risk::Step;
use foreshock::score::Level;
use foreshock::wire::{Decoder, PayloadMode, Profile, Profiles, RawRecord, Reason, TriggerView, run_source_cases};

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    fs::read_to_string(path).expect("the document is there")
}

#[track_caller]
fn names(document_name: &str, names: impl IntoIterator<Item = &'static str>) {
    let document = document(document_name);
    for name in names {
        assert!(document.contains(&format!("`{name}`")), "docs/{document_name} does not name `{name}`");
    }
}

#[test]
fn every_name_of_the_contracts_is_documented() {
    let reasons = || Reason::ALL.iter().map(|reason| reason.name());
    names("DEAD_LETTERS.md", reasons());
    names("EVENTS.md", reasons());
    names("DEAD_LETTERS.md", PayloadMode::ALL.map(PayloadMode::name));
    names("EVENTS.md", Mark::ALL.iter().map(|mark| mark.name()));
    names("EVENTS.md", AuthorType::ALL.map(AuthorType::name).into_iter().filter(|name| *name != "unknown"));
    names("EVENTS.md", Status::ALL.map(Status::name));
    names("EVENTS.md", VerdictOutcome::ALL.map(VerdictOutcome::name));
    names("ACCOUNTS.md", Tier::ALL.map(Tier::name));
    names("TRIGGERS.md", Step::ALL.map(Step::name));
    names("TRIGGERS.md", Step::ALL.map(Step::action));
    names("TRIGGERS.md", Level::ALL.map(Level::name));
}

/// The row of `reason` names every reason that the program gives a trigger.
#[test]
fn every_reason_of_a_trigger_is_documented() {
    let page = document("TRIGGERS.md");
    let row = page.lines().find(|line| line.starts_with("| `reason` |")).expect("the page has the row");
    // The endings of an episode are told where they are made; a state of the conversation names itself.
    let endings = include_str!("../../src/engine/ending.rs");
    let given = endings.split("ending(Step::").skip(1).filter_map(|made| made.split('"').nth(1));
    let later = ["risk", "expired", "owner_conflict", "status", "verdict"];
    let reasons: Vec<&str> = BUILT_IN_REASONS.into_iter().chain(given).chain(later).collect();
    assert!(reasons.len() > 15, "the endings are found: {reasons:?}");
    let missing: Vec<_> = reasons.iter().filter(|reason| !row.contains(&format!("`{reason}`"))).collect();
    assert!(missing.is_empty(), "docs/TRIGGERS.md does not name {missing:?}");
}

/// Every field that the schema has.
#[test]
fn every_field_of_the_schemas_is_documented() {
    for (schema, documents) in
        [("event.schema.json", &["EVENTS.md"][..]), ("trigger.schema.json", &["TRIGGERS.md", "ACCOUNTS.md"])]
    {
        let schema: serde_json::Value = serde_json::from_str(&document(&format!("schemas/{schema}"))).unwrap();
        let text: String = documents.iter().map(|name| document(name)).collect();
        let mut waiting = vec![&schema];
        while let Some(value) = waiting.pop() {
            for name in value["properties"].as_object().into_iter().flat_map(|fields| fields.keys()) {
                assert!(text.contains(&format!("`{name}`")), "{documents:?} do not name `{name}`");
            }
            waiting.extend(value.as_object().into_iter().flat_map(|fields| fields.values()));
        }
    }
}

/// Each synonym in the table of EVENTS.md means what stands before it.
#[test]
fn synonyms_mean_what_the_table_says() {
    let events = document("EVENTS.md");
    let (_, events) = events.split_once("Synonyms:").expect("the table of synonyms");
    let mut count = 0;
    for field in ["author.type", "priority", "status", "kind", "format"] {
        let row =
            events.lines().find_map(|line| line.strip_prefix(&format!("| `{field}` | "))).expect("a row of synonyms");
        for group in row.trim_end_matches(" |").split(" · ") {
            let (canonical, synonyms) = group.split_once(": ").expect("a name and its synonyms");
            for synonym in synonyms.split(", ") {
                let read = |name: &str| {
                    let json = if field == "author.type" {
                        format!(r#""author":{{"type":"{name}"}}"#)
                    } else {
                        format!(
                            r#""author":"bot","target_event_id":"t","merge_into":"m","verdict":{{"outcome":"resolved"}},"{field}":"{name}""#
                        )
                    };
                    let line = format!(r#"{{"event_id":"e","conversation_id":"c","occurred_at":1,"text":"x",{json}}}"#);
                    let event =
                        Decoder::unkeyed(Profile::canonical()).decode(&RawRecord::line(line.as_bytes())).unwrap();
                    assert!(event.marks.is_empty(), "{field} {name}");
                    format!(
                        "{:?} {:?} {:?} {} {:?}",
                        event.author.kind,
                        event.priority,
                        event.status,
                        event.kind.name(),
                        event.format
                    )
                };
                assert_eq!(read(canonical), read(synonym), "{field}: {synonym}");
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count}");
}

/// The fenced examples of a document in a language.
fn examples(document: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    document.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn examples_in_the_documents_work() {
    let events = document("EVENTS.md");
    let decoder = Decoder::unkeyed(Profile::canonical());
    let decoded = examples(&events, "json")
        .iter()
        .filter(|text| decoder.decode(&RawRecord::line(text.as_bytes())).is_ok())
        .count();
    assert_eq!(decoded, 2, "a plain event and a CloudEvent");
    let profile = SourceFile { path: "helpdesk.toml".to_owned(), text: examples(&events, "toml").remove(0) };
    let mut diagnostics = Vec::new();
    let profiles = Profiles::load(&[profile], &mut diagnostics);
    diagnostics.extend(run_source_cases(&profiles));
    assert!(diagnostics.is_empty() && profiles.get("helpdesk").is_some(), "{diagnostics:?}");
    for account in examples(&document("ACCOUNTS.md"), "json") {
        let mut unusable = Vec::new();
        let account = foreshock::wire::decode_account_and_tell(account.as_bytes(), 1, &mut unusable).unwrap();
        assert!(account.tier.is_some() && unusable.is_empty(), "{unusable:?}");
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/trigger.json");
    assert_eq!(TriggerView::decode(&fs::read(golden).unwrap()).unwrap().data.schema_version, 1);
}
