//! Every signal in every language: at least five messages that fire, and five that stay quiet.

use std::collections::BTreeMap;

use foreshock::signal::Signal;

use super::{fired, table};

const LANGUAGES: [&str; 6] = ["de", "en", "es", "fr", "it", "pt"];

/// Signal, language, author, `fire` or `quiet`, text.
fn messages() -> Vec<(Signal, [String; 4])> {
    let row = |signal: Signal, row: Vec<String>| (signal, row.try_into().expect("four columns"));
    let rows = |signal: &Signal| {
        let signal = *signal;
        table("languages", signal).into_iter().map(move |fields| row(signal, fields)).collect::<Vec<_>>()
    };
    Signal::ALL.iter().flat_map(rows).collect()
}

#[test]
fn messages_fire_or_stay_quiet_as_written() {
    let messages = messages();
    let fired = fired(messages.iter().map(|(_, [language, author, _, text])| (&**language, &**author, &**text)));
    let mut wrong = Vec::new();
    for ((signal, [language, _, expected, text]), fired) in messages.iter().zip(fired) {
        assert!(matches!(expected.as_str(), "fire" | "quiet"), "{signal}: fire or quiet, not {expected}");
        if fired.contains(*signal) != (expected == "fire") {
            wrong.push(format!("{signal} {language}: must {expected}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_signal_has_five_of_each_in_each_language() {
    let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for signal in Signal::ALL {
        for language in LANGUAGES {
            for expected in ["fire", "quiet"] {
                counts.insert((signal.name(), language, expected), 0);
            }
        }
    }
    let messages = messages();
    for (signal, [language, _, expected, _]) in &messages {
        *counts.entry((signal.name(), language, expected)).or_default() += 1;
    }
    let few: Vec<_> = counts.iter().filter(|(_, count)| **count < 5).collect();
    assert!(few.is_empty(), "fewer than five: {few:?}");
}
