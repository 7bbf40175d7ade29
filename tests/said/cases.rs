//! The cases inside the rules: what each rule rests on, and that nobody copied the blind messages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use foreshock::detect::{Detector, Findings, Scratch, Text};
use foreshock::diagnostic::SourceFile;
use foreshock::knowledge::Files;
use foreshock::lexicon::Lexicons;
use foreshock::rules::{Rule, RuleSet};
use foreshock::signal::Signal;

use super::{runs, table};

/// A term that nobody says.
const NEVER: &str = "zzqx never said";

/// The file with nothing left in the list that begins in line `at`; the line after it.
fn emptied(text: &str, name: &str) -> Option<String> {
    let start = text.find(&format!("\n{name} = ["))? + 1;
    let closed = |end: usize| text[start..end].ends_with(']');
    let end = text[start..].match_indices('\n').map(|(end, _)| start + end).find(|end| closed(*end))?;
    Some(format!("{}{name} = [\"{NEVER}\"]{}", &text[..start], &text[end..]))
}

fn load(files: &[SourceFile], lexicons: &Lexicons) -> RuleSet {
    let mut faults = Vec::new();
    let rules = RuleSet::load(files, lexicons, &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    rules
}

/// Whether each of `rule`'s firing cases is still found.
fn found(detector: &Detector, rule: &Rule) -> Vec<bool> {
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let index = detector.rules().binary_search_by(|facts| facts.id.cmp(&rule.id)).expect("it runs");
    let fires = rule.cases.iter().filter(|case| !case.expect.is_empty());
    let found = fires.map(|case| {
        let text = Text { text: &case.text, format: case.format, author: case.author, language: &case.language };
        detector.detect(text, &mut scratch, &mut findings);
        findings.findings.iter().any(|finding| usize::from(finding.rule.0) == index)
    });
    found.collect()
}

/// Takes out the first list of all rules at once, then the second, and so on: a rule whose key list is gone has a case
/// that finds nothing any more. A rule with no such list would be held up by no case.
#[test]
fn every_rule_has_a_list_without_which_one_of_its_cases_finds_nothing() {
    let files = Files::shipped();
    let mut faults = Vec::new();
    let lexicons = Lexicons::load(&files.lexicons, &mut faults);
    let rules = load(&files.rules, &lexicons);
    let of_id: BTreeMap<String, &SourceFile> = files.rules.iter().map(|file| (id(file), file)).collect();
    let mut keyless: BTreeSet<&str> = rules.rules().iter().map(|rule| rule.id.as_str()).collect();
    let most = rules.rules().iter().map(|rule| rule.lists.len()).max().unwrap_or(0);
    for at in 0..most {
        let without = rules.rules().iter().filter(|rule| keyless.contains(rule.id.as_str())).filter_map(|rule| {
            let text = emptied(&of_id[&rule.id].text, &rule.lists.get(at)?.name)?;
            Some(SourceFile { path: of_id[&rule.id].path.clone(), text })
        });
        let without = load(&without.collect::<Vec<_>>(), &lexicons);
        let detector = Detector::new(&lexicons, &without);
        for rule in without.rules() {
            if found(&detector, rule).contains(&false) {
                keyless.remove(rule.id.as_str());
            }
        }
    }
    // What holds by a score or by emphasis alone has no list to take away.
    keyless.retain(|id| rules.rules().iter().any(|rule| rule.id == *id && !rests_on_no_list(rule)));
    assert!(keyless.is_empty(), "no case rests on a list of these: {keyless:?}");
}

fn id(file: &SourceFile) -> String {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".toml").unwrap_or(name).to_owned()
}

fn rests_on_no_list(rule: &Rule) -> bool {
    rule.condition_text.contains("score:") || rule.condition_text.contains("emphasis")
}

/// The blind messages must stay unseen by whoever writes a case, a pair or a list: no run of six words of theirs stands
/// in one.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads its tables")]
fn nothing_repeats_a_blind_message() {
    let mut blind: BTreeMap<String, String> = BTreeMap::new();
    for folder in ["blind", "blind2"] {
        for signal in Signal::ALL {
            if !Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/{folder}/{signal}.tsv")).exists() {
                continue;
            }
            for row in table(folder, *signal) {
                let [id, .., text] = row.as_slice() else { panic!("{signal}: five columns") };
                blind.extend(runs(text).into_iter().map(|run| (run, id.clone())));
            }
        }
    }
    let mut said: Vec<(String, String)> = Vec::new();
    for signal in Signal::ALL {
        said.extend(table("pairs", *signal).into_iter().flat_map(|row| {
            let place = format!("pairs: {}", row[0]);
            [(place.clone(), row[3].clone()), (place, row[4].clone())]
        }));
        said.extend(
            table("languages", *signal).into_iter().map(|row| (format!("languages: {signal}"), row[3].clone())),
        );
    }
    let files = Files::shipped();
    let rules = load(&files.rules, &Lexicons::load(&files.lexicons, &mut Vec::new()));
    for rule in rules.rules() {
        said.extend(rule.cases.iter().map(|case| (rule.id.clone(), case.text.clone())));
    }
    let repeated = said.iter().flat_map(|(place, text)| {
        let hits =
            runs(text).into_iter().filter_map(|run| blind.get(&run).map(|id| format!("{place}: `{run}` of {id}")));
        hits.collect::<Vec<_>>()
    });
    let repeated: Vec<String> = repeated.collect();
    assert!(repeated.is_empty(), "{}", repeated.join("\n"));
}
