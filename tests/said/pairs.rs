//! Minimal pairs: a message that fires beside one that must not, differing in little.

use std::collections::{BTreeMap, BTreeSet};

use foreshock::signal::Signal;

use super::{fired, table, words};

/// What business customers say that sounds like trouble and is none, and the other way round; each has a pair.
const HARD: [&str; 19] = [
    "acronyms_in_caps",
    "agent_on_my_server",
    "aggressive_caching",
    "cancel_the_meeting",
    "charged_per_seat",
    "critical_cve",
    "hypothetical",
    "joke",
    "kill_the_process",
    "legal_team_needs_the_dpa",
    "log_line_in_caps",
    "negation_at_a_distance",
    "policy_question",
    "polite_but_final",
    "product_name",
    "quoted_agent_text",
    "reported_speech",
    "thanks",
    "",
];

struct Pair {
    signal: Signal,
    id: String,
    language: String,
    author: String,
    fires: String,
    quiet: String,
    hard: String,
}

fn pairs() -> Vec<Pair> {
    let pair = |signal: Signal, row: Vec<String>| {
        let [id, language, author, fires, quiet, hard] = <[String; 6]>::try_from(row).expect("six columns");
        Pair { signal, id, language, author, fires, quiet, hard }
    };
    Signal::ALL.iter().flat_map(|signal| table("pairs", *signal).into_iter().map(|row| pair(*signal, row))).collect()
}

#[test]
fn of_each_pair_the_first_fires_and_the_second_does_not() {
    let pairs = pairs();
    let messages = pairs.iter().flat_map(|pair| {
        [&pair.fires, &pair.quiet].map(|text| (pair.language.as_str(), pair.author.as_str(), text.as_str()))
    });
    let fired = fired(messages);
    let mut wrong = Vec::new();
    for (pair, found) in pairs.iter().zip(fired.chunks(2)) {
        if !found[0].contains(pair.signal) {
            wrong.push(format!("{} does not fire: {}", pair.id, pair.fires));
        }
        if found[1].contains(pair.signal) {
            wrong.push(format!("{} fires: {}", pair.id, pair.quiet));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_enough_pairs_and_every_hard_case_has_one() {
    let pairs = pairs();
    let mut of_signal: BTreeMap<&str, usize> = BTreeMap::new();
    pairs.iter().for_each(|pair| *of_signal.entry(pair.signal.name()).or_default() += 1);
    let few: Vec<_> = of_signal.iter().filter(|(_, count)| **count < 12).collect();
    assert!(pairs.len() >= 400 && few.is_empty(), "{} pairs; fewer than 12: {few:?}", pairs.len());
    let ids: BTreeSet<&str> = pairs.iter().map(|pair| pair.id.as_str()).collect();
    assert_eq!(ids.len(), pairs.len(), "ids are used once");
    let shown: BTreeSet<&str> = pairs.iter().map(|pair| pair.hard.as_str()).collect();
    assert_eq!(shown, BTreeSet::from(HARD), "each hard case has a pair, and there are no others");
}

#[test]
fn no_two_pairs_say_the_same() {
    let pairs = pairs();
    let said = pairs.iter().map(|pair| words(&format!("{} {}", pair.fires, pair.quiet)).into_iter().collect());
    let said: Vec<BTreeSet<String>> = said.collect();
    let mut alike = Vec::new();
    for (index, one) in said.iter().enumerate() {
        for (other, words) in said.iter().enumerate().skip(index + 1) {
            let shared = one.intersection(words).count();
            if shared * 10 > one.len().min(words.len()) * 6 {
                alike.push(format!("{} and {}", pairs[index].id, pairs[other].id));
            }
        }
    }
    assert!(alike.is_empty(), "these share more than 60 % of their words:\n{}", alike.join("\n"));
}
