//! Facts in the words of a language.

use std::collections::BTreeMap;

use minijinja::value::Value;

use super::{Fact, Facts, Kind};
use crate::account::Arr;
use crate::lexicon::Language;
use crate::policy::Words;
use crate::text::WordKey;
use crate::time::Timestamp;

/// The words of a language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice<'a> {
    pub(super) words: &'a Words,
    pub(super) language: Language,
}

impl Voice<'_> {
    pub(super) fn noun(&self, key: u32) -> &str {
        self.words.by_key(key).map_or("", |entry| entry.noun(self.language))
    }

    fn fill<const N: usize>(&self, template: &str, values: [(&'static str, &str); N]) -> String {
        let values: BTreeMap<&'static str, Value> =
            values.into_iter().map(|(name, text)| (name, Value::from(text))).collect();
        self.words.templates.fill(self.language, template, &Value::from(values))
    }

    /// Text of the vocabulary's, e.g. the name of a team; the key itself where there is none.
    pub(super) fn phrase<'k>(&'k self, table: &str, key: &'k str) -> &'k str {
        self.words.phrase(table, self.language, key).unwrap_or(key)
    }

    /// `login failures`
    pub(super) fn symptom(&self, fact: &Fact) -> String {
        let thing = self.noun(fact.entry);
        if thing.is_empty() {
            let trouble = self.noun(fact.other);
            return if fact.note.is_empty() { trouble.to_owned() } else { format!("{trouble} (“{}”)", fact.note) };
        }
        self.fill("symptom", [("thing", thing), ("trouble", self.noun(fact.other))])
    }

    /// `cache clearing`
    pub(super) fn attempt(&self, fact: &Fact) -> String {
        let named = self.noun(fact.other);
        let object = if named.is_empty() { &*fact.text } else { named };
        self.fill("attempt", [("object", object), ("action", self.noun(fact.entry))])
    }

    /// A list in words: `a, b and c`.
    pub(super) fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [only] => only.clone(),
            [rest @ .., last] => format!("{} {} {last}", rest.join(", "), self.fill("and", [])),
        }
    }

    /// A fact in a few words.
    pub(super) fn told(&self, fact: &Fact) -> String {
        match fact.kind {
            Kind::Symptom => self.symptom(fact),
            Kind::Attempt | Kind::Suggested => self.attempt(fact),
            Kind::Cause | Kind::Outcome | Kind::Impact | Kind::Offer => self.noun(fact.entry).to_owned(),
            Kind::Reference => format!("{} {}", self.kind_of_reference(fact), fact.text),
            Kind::Artifact => format!("{} {}", kind_of_artifact(fact), fact.text),
            Kind::Environment | Kind::When | Kind::Amount | Kind::Milestone => fact.text.to_string(),
        }
    }

    /// What a number stands for: `order`, `error`, …
    pub(super) fn kind_of_reference(&self, fact: &Fact) -> &str {
        self.words.by_key(fact.entry).map_or("number", |entry| entry.name.as_str())
    }

    /// Revenue as people write it.
    pub(super) fn revenue(&self, arr: &Arr) -> String {
        let digits = arr.amount.to_string();
        let separator = if self.language == Language::English { ',' } else { '.' };
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        let sign = match arr.currency.as_str() {
            "USD" => "$",
            "EUR" => "€",
            "GBP" => "£",
            "" => return grouped,
            other => return format!("{grouped} {other}"),
        };
        if self.language == Language::English { format!("{sign}{grouped}") } else { format!("{grouped} {sign}") }
    }
}

/// `attachment`, `link` or `log`.
pub(super) fn kind_of_artifact(fact: &Fact) -> &'static str {
    let kinds = ["attachment", "link", "log"];
    kinds.into_iter().find(|kind| WordKey::of(kind).hash as u32 == fact.entry).unwrap_or("attachment")
}

/// The texts of all symptoms, those with a named thing first.
pub(super) fn symptoms(facts: Option<&Facts>, voice: Voice<'_>) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for text in facts.into_iter().flat_map(Facts::symptoms).map(|fact| voice.symptom(fact)) {
        if !told.contains(&text) {
            told.push(text);
        }
    }
    told
}

/// The texts of all facts of a kind.
pub(super) fn all(facts: Option<&Facts>, kind: Kind, tell: impl Fn(&Fact) -> String) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for text in facts.into_iter().flat_map(|facts| facts.of(kind)).map(tell) {
        if !text.is_empty() && !told.contains(&text) {
            told.push(text);
        }
    }
    told
}

/// A time to the minute, in UTC.
pub(super) fn clock(time: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(time.0).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
