//! The checklist `tests/checklist.tsv`: each row that is shown is played as it ships and must come out; then what it
//! stands on is switched off, in a copy of the knowledge in memory, and it must no longer come out.
#![allow(clippy::disallowed_methods, reason = "tests read their files")]

#[path = "checklist/proofs.rs"]
mod proofs;
#[path = "checklist/switch.rs"]
mod switch;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use foreshock::checklist::{Row, ids, rows};
use foreshock::knowledge::{Files, Knowledge};

use crate::scenarios;
use proofs::PROOFS;
use switch::{Off, compile};

#[test]
fn the_checklist_has_its_87_ids_in_order() {
    let groups = [("A", 18), ("B", 10), ("C", 15), ("D", 10), ("E", 18), ("F", 4), ("G", 12)];
    let expected: Vec<String> =
        groups.iter().flat_map(|(group, last)| (1..=*last).map(move |number| format!("{group}{number}"))).collect();
    let rows = rows().expect("each line is a row");
    let found: Vec<&str> = ids(&rows).into_iter().map(|(id, _)| id).collect();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 87);
}

#[test]
fn what_is_shown_comes_out_and_does_not_without_what_it_stands_on() {
    let files = Files::shipped();
    let shipped = Knowledge::shipped();
    let mut played: BTreeMap<&str, String> = BTreeMap::new();
    let mut faults = Vec::new();
    for row in rows().expect("each line is a row").iter().filter(|row| row.shown) {
        let with = played.entry(row.shown_by).or_insert_with(|| play(row, &Off::default(), &shipped)).clone();
        let off = match Off::read(row.stands_on, &files) {
            Ok(off) => off,
            Err(fault) => {
                faults.push(format!("{}: {fault}", row.id));
                continue;
            }
        };
        let Some(knowledge) = compile(&off.files, &files, &shipped) else {
            faults.push(format!("{}: without `{}` the knowledge does not load", row.id, row.stands_on));
            continue;
        };
        let without = play(row, &off, &knowledge);
        let (before, after) = (lines_with(&with, row.asserts), lines_with(&without, row.asserts));
        if before == 0 {
            faults.push(format!("{}: `{}` does not come out of {}:\n{with}", row.id, row.asserts, row.shown_by));
        } else if after > 0 {
            let (stands_on, asserts) = (row.stands_on, row.asserts);
            faults.push(format!("{}: `{asserts}` comes out all the same without `{stands_on}`:\n{without}", row.id));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Plays the scenario or test of a row.
fn play(row: &Row, off: &Off, knowledge: &Knowledge) -> String {
    if let Some(name) = row.shown_by.strip_prefix("scenario:") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/scenarios/{name}.txt"));
        let written = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {name}: {error}", row.id));
        return scenarios::play(&off.without_rows(&written), knowledge);
    }
    let name = row.shown_by.strip_prefix("test:").unwrap_or_else(|| panic!("{}: `{}`", row.id, row.shown_by));
    let (_, proof) = PROOFS.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no proof `{name}`"));
    proof(knowledge, off)
}

/// How many lines say it right of their bar; of lines without a bar the whole counts.
fn lines_with(played: &str, asserts: &str) -> usize {
    played.lines().filter(|line| line.split_once(" | ").map_or(*line, |(_, right)| right).contains(asserts)).count()
}
