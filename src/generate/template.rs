//! Sentences with choices in them: `[Hi|Hello|] {agent}, the {feature} is slow.`
//!
//! `[a|b|c]` is one of its alternatives (they nest, and may be empty); `{word}` is an entry of that word list, or a fact
//! of the conversation at hand.

use super::random::Random;
use super::words;

/// What the slots of one conversation's sentences stand for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    /// The customer's first name.
    pub(super) customer: &'a str,
    /// The agent's first name.
    pub(super) agent: &'a str,
    /// The customer's company.
    pub(super) company: &'a str,
    /// What the conversation is about.
    pub(super) feature: &'a str,
    /// The number of the order, case or invoice.
    pub(super) reference: &'a str,
}

/// Appends `template` to `out` with every choice made.
pub(super) fn expand(template: &str, facts: &Facts<'_>, random: &mut Random, out: &mut String) {
    let mut rest = template;
    while let Some(at) = rest.find(['[', '{']) {
        out.push_str(&rest[..at]);
        if rest.as_bytes()[at] == b'{' {
            let end = at + rest[at..].find('}').expect("a slot is closed: every template is expanded by a test");
            slot(&rest[at + 1..end], facts, random, out);
            rest = &rest[end + 1..];
        } else {
            let end = closing(rest, at);
            expand(alternative(&rest[at + 1..end], random), facts, random, out);
            rest = &rest[end + 1..];
        }
    }
    out.push_str(rest);
}

fn slot(name: &str, facts: &Facts<'_>, random: &mut Random, out: &mut String) {
    match name {
        "customer" => out.push_str(facts.customer),
        "agent" => out.push_str(facts.agent),
        "company" => out.push_str(facts.company),
        "feature" => out.push_str(facts.feature),
        "reference" => out.push_str(facts.reference),
        _ => out.push_str(random.pick(words::list(name))),
    }
}

/// The place of the bracket that closes the one at `open`.
fn closing(text: &str, open: usize) -> usize {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'[' => depth += 1,
            b']' if depth == 1 => return at,
            b']' => depth -= 1,
            _ => {}
        }
    }
    unreachable!("a bracket is closed: every template is expanded by a test: {text}")
}

/// One of the alternatives between the bars of the outermost level.
fn alternative<'a>(choices: &'a str, random: &mut Random) -> &'a str {
    let bars = |wanted: Option<u64>| {
        let (mut depth, mut seen, mut start) = (0, 0, 0);
        for (at, byte) in choices.bytes().enumerate() {
            match byte {
                b'[' => depth += 1,
                b']' => depth -= 1,
                b'|' if depth == 0 => {
                    if wanted == Some(seen) {
                        return (seen, &choices[start..at]);
                    }
                    (seen, start) = (seen + 1, at + 1);
                }
                _ => {}
            }
        }
        (seen, &choices[start..])
    };
    let count = bars(None).0 + 1;
    bars(Some(random.below(count))).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const FACTS: Facts<'_> = Facts { customer: "Ana", agent: "Bo", company: "Cee", feature: "dial", reference: "E-5" };

    fn outcomes(template: &str) -> BTreeSet<String> {
        let mut random = Random::new(1, 1);
        let expanded = (0..200).map(|_| {
            let mut out = String::new();
            expand(template, &FACTS, &mut random, &mut out);
            out
        });
        expanded.collect()
    }

    #[test]
    fn every_alternative_is_reached_and_nothing_else() {
        let wanted = ["a", "a b", "a c!", "a c?"].map(String::from);
        assert_eq!(outcomes("a[| b| c[!|?]]"), BTreeSet::from(wanted));
    }

    #[test]
    fn slots_are_filled() {
        assert_eq!(outcomes("{customer}{agent}{company}{feature}{reference}").first().unwrap(), "AnaBoCeedialE-5");
        assert!(outcomes("on {weekday}").len() >= 5);
    }
}
