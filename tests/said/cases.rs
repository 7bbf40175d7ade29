//! The cases inside the rules: what each rule rests on, and that nobody copied the blind messages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use foreshock::detect::{Detector, Findings, Scratch, Text};
use foreshock::diagnostic::SourceFile;
use foreshock::knowledge::Files;
use foreshock::lexicon::Lexicons;
use foreshock::message::{AuthorType, Format};
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

/// What is said for or against a rule: its cases, and the pairs and messages of its signal in its languages.
struct Said {
    text: String,
    author: AuthorType,
    language: String,
    format: Format,
}

fn said_of(rule: &Rule, tables: &BTreeMap<Signal, Vec<[String; 3]>>) -> Vec<Said> {
    let cases = rule.cases.iter().map(|case| Said {
        text: case.text.clone(),
        author: case.author,
        language: case.language.clone(),
        format: case.format,
    });
    let is_for = |language: &str| rule.languages.iter().any(|own| own.code() == language);
    let tables = tables[&rule.signal].iter().filter(|[language, ..]| is_for(language));
    let tables = tables.map(|[language, author, text]| Said {
        text: text.clone(),
        author: AuthorType::from_name(author).expect("an author"),
        language: language.clone(),
        format: Format::Plain,
    });
    cases.chain(tables).collect()
}

/// Language, author and text of all pairs and messages, by signal.
fn tables() -> BTreeMap<Signal, Vec<[String; 3]>> {
    let of_signal = |signal: &Signal| {
        let pairs = table("pairs", *signal)
            .into_iter()
            .flat_map(|row| [3, 4].map(|text: usize| [row[1].clone(), row[2].clone(), row[text].clone()]));
        let messages =
            table("languages", *signal).into_iter().map(|row| [row[0].clone(), row[1].clone(), row[3].clone()]);
        (*signal, pairs.chain(messages).collect())
    };
    Signal::ALL.iter().map(of_signal).collect()
}

/// In which of `said` the rule finds something.
fn found(detector: &Detector, rule: &Rule, said: &[Said]) -> Vec<bool> {
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let index = detector.rules().binary_search_by(|facts| facts.id.cmp(&rule.id)).expect("it runs");
    let found = said.iter().map(|said| {
        let text = Text { text: &said.text, format: said.format, author: said.author, language: &said.language };
        detector.detect(text, &mut scratch, &mut findings);
        findings.findings.iter().any(|finding| usize::from(finding.rule.0) == index)
    });
    found.collect()
}

/// Lists that nothing said shows, by rule.
const UNSHOWN: &str = include_str!("unshown.tsv");
/// How many they are, at most.
const UNSHOWN_MOST: usize = 767;

/// Takes out the first list of all rules at once, then the second, and so on: with any list gone, some case, pair or
/// message comes out otherwise. What `unshown.tsv` lists is excused, as long as it is true.
#[test]
fn every_list_of_every_rule_is_shown_by_something_said() {
    let files = Files::shipped();
    let lexicons = Lexicons::load(&files.lexicons, &mut Vec::new());
    let rules = load(&files.rules, &lexicons);
    let of_id: BTreeMap<String, &SourceFile> = files.rules.iter().map(|file| (id(file), file)).collect();
    let tables = tables();
    let detector = Detector::new(&lexicons, &rules);
    let before: BTreeMap<&str, (Vec<Said>, Vec<bool>)> = (rules.rules().iter())
        .map(|rule| (rule, said_of(rule, &tables)))
        .map(|(rule, said)| {
            (rule.id.as_str(), {
                let found = found(&detector, rule, &said);
                (said, found)
            })
        })
        .collect();
    let mut unshown: BTreeSet<String> = BTreeSet::new();
    let most = rules.rules().iter().map(|rule| rule.lists.len()).max().unwrap_or(0);
    for at in 0..most {
        let without = rules.rules().iter().filter_map(|rule| {
            let text = emptied(&of_id[&rule.id].text, &rule.lists.get(at)?.name)?;
            Some(SourceFile { path: of_id[&rule.id].path.clone(), text })
        });
        let without = load(&without.collect::<Vec<_>>(), &lexicons);
        let detector = Detector::new(&lexicons, &without);
        for rule in without.rules() {
            let (said, before) = &before[rule.id.as_str()];
            if found(&detector, rule, said) == *before {
                unshown.insert(format!("{}\t{}", rule.id, rule.lists[at].name));
            }
        }
    }
    // A lexicon that several rules share is shown where one of them shows it.
    let shared = shared_lists(&rules);
    let shown = |lexicon: &String| shared.iter().any(|(list, shared)| shared == lexicon && !unshown.contains(list));
    let excused_by_others: BTreeSet<String> =
        shared.iter().filter(|(_, lexicon)| shown(lexicon)).map(|(list, _)| list.clone()).collect();
    let unshown: BTreeSet<String> = unshown.difference(&excused_by_others).cloned().collect();
    let lines = UNSHOWN.lines().filter(|line| !line.starts_with('#'));
    let excused: BTreeSet<String> = lines
        .flat_map(|line| {
            let (rule, lists) = line.split_once('\t').expect("a rule and its lists");
            lists.split(' ').map(move |list| format!("{rule}\t{list}"))
        })
        .collect();
    assert!(excused.len() <= UNSHOWN_MOST, "write a case instead: the number only goes down");
    let missing: Vec<&String> = unshown.difference(&excused).collect();
    let needless: Vec<&String> = excused.difference(&unshown).collect();
    assert!(missing.is_empty() && needless.is_empty(), "nothing shows {missing:#?}\nno longer unshown: {needless:#?}");
}

/// The lists that are one lexicon, as rule and list, each with the languages and the name of the lexicon.
fn shared_lists(rules: &RuleSet) -> Vec<(String, String)> {
    let lists = rules.rules().iter().flat_map(|rule| rule.lists.iter().map(move |list| (rule, list)));
    let shared = lists.filter_map(|(rule, list)| match list.lexicons.as_slice() {
        [lexicon] if list.phrases.is_empty() => {
            Some((format!("{}\t{}", rule.id, list.name), format!("{:?} {lexicon}", rule.languages)))
        }
        _ => None,
    });
    shared.collect()
}

/// A list of some length that stands alike in several rules of a language belongs into a lexicon that they share.
#[test]
fn no_list_is_copied_from_rule_to_rule() {
    let files = Files::shipped();
    let rules = load(&files.rules, &Lexicons::load(&files.lexicons, &mut Vec::new()));
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for rule in rules.rules() {
        for list in rule.lists.iter().filter(|list| list.phrases.len() >= 3) {
            let mut phrases: Vec<String> = list.phrases.iter().map(|phrase| format!("{phrase:?}")).collect();
            phrases.sort();
            let key = format!("{:?} {}", rule.languages, phrases.join(" "));
            places.entry(key).or_default().push(format!("{}: {}", rule.id, list.name));
        }
    }
    let copied: Vec<_> = places.into_values().filter(|places| places.len() > 1).collect();
    assert!(copied.is_empty(), "write these as lexicons, and `@name` in the rules: {copied:#?}");
}

fn id(file: &SourceFile) -> String {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".toml").unwrap_or(name).to_owned()
}

/// Older sayings that a message of the third set happens to share a run with; it was written without sight of them.
const OLDER: [&str; 3] = ["negative3-01", "public_threat3-38", "frustration3-11"];

/// The blind messages must stay unseen by whoever writes a case, a pair or a list: no run of six words of theirs stands
/// in one.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads its tables")]
fn nothing_repeats_a_blind_message() {
    let mut blind: BTreeMap<String, String> = BTreeMap::new();
    for folder in ["blind", "blind2", "blind3"] {
        for signal in Signal::ALL {
            if !Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/{folder}/{signal}.tsv")).exists() {
                continue;
            }
            for row in table(folder, *signal) {
                let [id, .., text] = row.as_slice() else { panic!("{signal}: five columns") };
                if OLDER.contains(&id.as_str()) {
                    continue;
                }
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
