//! What cases are told in: the words by which facts are found and shown, and the templates of sentences, per language.

mod lookup;
mod template;

use super::document::Document;
use crate::diagnostic::Code;
use crate::lexicon::Language;
use crate::text::WordKey;

pub use lookup::{Lookup, Match};
pub use template::Templates;

/// What an entry of the vocabulary is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// What customers have trouble with.
    Thing,
    /// How it fails.
    Trouble,
    /// What somebody has tried.
    Action,
    /// What somebody is asked to try.
    Asked,
    /// What it was done to.
    Object,
    /// What a trouble may come from.
    Cause,
    /// What helps to read the others: `after`, `since`, `time`, `wish`, `intention`, `self`, `stop`.
    Marker,
    /// What came of an attempt: `none` or `helped`.
    Result,
    /// What the customer wants.
    Outcome,
    /// What it costs the customer.
    Impact,
    /// On what it happens.
    Environment,
    /// What a number behind it stands for.
    Reference,
    /// What the vendor's side offered.
    Offer,
}

/// One entry: its names to be shown. The words by which it is found are in [`Lookup`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is for.
    pub usage: Use,
    /// Its name in policy.
    pub name: String,
    /// The kind of issue that it makes; empty for none.
    pub issue: String,
    /// Whether a thing is better named by what stands right before it: of `login page` the login.
    pub generic: bool,
    /// Whether a trouble says enough without a thing.
    pub alone: bool,
    /// How it is shown, by [`Language`] as usize.
    nouns: [String; Language::ALL.len()],
}

impl Entry {
    /// How it is shown in a language; its name where that language has no word for it.
    #[must_use]
    pub fn noun(&self, language: Language) -> &str {
        let noun = &self.nouns[language as usize];
        if noun.is_empty() { &self.name } else { noun }
    }
}

/// All words. Immutable once loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The vocabulary, by [`Match::entry`].
    pub entries: Vec<Entry>,
    /// Where the words of the entries are found.
    pub lookup: Lookup,
    /// Words that are no part of the name of a thing, `marker.stop`: too common to be looked for everywhere.
    pub stops: Lookup,
    /// Sentences to be filled in.
    pub templates: Templates,
    /// Entries by their keys, see [`Words::key`].
    keys: Vec<(u32, u16)>,
    /// `table.language.key` → text: names of teams and issues, next steps.
    phrases: std::collections::BTreeMap<String, String>,
}

/// The tables of entries.
const TABLES: [(&str, Use); 12] = [
    ("thing", Use::Thing),
    ("trouble", Use::Trouble),
    ("action", Use::Action),
    ("object", Use::Object),
    ("cause", Use::Cause),
    ("marker", Use::Marker),
    ("result", Use::Result),
    ("outcome", Use::Outcome),
    ("impact", Use::Impact),
    ("environment", Use::Environment),
    ("reference", Use::Reference),
    ("offer", Use::Offer),
];

impl Words {
    /// The entry of that use and name.
    #[must_use]
    pub fn find(&self, usage: Use, name: &str) -> Option<u16> {
        self.entries.iter().position(|entry| entry.usage == usage && entry.name == name).map(|at| at as u16)
    }

    /// What an entry is known by in states that outlive the program: a hash of its use and name.
    #[must_use]
    pub fn key(&self, index: u16) -> u32 {
        self.entry(index).map_or(0, |entry| WordKey::of(&format!("{:?} {}", entry.usage, entry.name)).hash as u32)
    }

    /// The entry of a key, if it is still there.
    #[must_use]
    pub fn by_key(&self, key: u32) -> Option<&Entry> {
        let at = self.keys.binary_search_by_key(&key, |(known, _)| *known).ok()?;
        self.entry(self.keys[at].1)
    }

    /// An entry.
    #[must_use]
    pub fn entry(&self, index: u16) -> Option<&Entry> {
        self.entries.get(usize::from(index))
    }

    /// The name of a team or an issue in a language (`team_name`, `team_suited`, `issue_name`), if there is one.
    #[must_use]
    pub fn phrase(&self, table: &str, language: Language, key: &str) -> Option<&str> {
        self.phrases.get(&format!("{table}.{}.{key}", language.code())).map(String::as_str)
    }

    /// What to do next for a kind of issue and a team; empty where nothing is said of either.
    #[must_use]
    pub fn next_step(&self, issue: &str, team: &str, language: Language) -> &str {
        let code = language.code();
        let keys =
            [format!("next.{issue}.{team}.{code}"), format!("next.{issue}.{code}"), format!("next.other.{code}")];
        keys.iter().find_map(|key| self.phrases.get(key)).map_or("", String::as_str)
    }

    pub(super) fn read(document: &mut Document<'_>, issues: &[&str]) -> Words {
        let mut words = Words::default();
        let (mut builder, mut stops) = (lookup::Builder::default(), lookup::Builder::default());
        for (table, usage) in TABLES {
            for name in document.tables(table) {
                let is_stop = (usage, name.as_str()) == (Use::Marker, "stop");
                let builder = if is_stop { &mut stops } else { &mut builder };
                words.read_entry(document, (table, &name, usage), issues, builder);
            }
        }
        words.lookup = builder.finish();
        words.stops = stops.finish();
        words.keys = (0..words.entries.len() as u16).map(|index| (words.key(index), index)).collect();
        words.keys.sort_unstable();
        for table in ["team_name", "team_suited", "issue_name"] {
            for language in Language::ALL.into_iter().skip(1) {
                let table = format!("{table}.{}", language.code());
                for (key, _) in document.keys(&table) {
                    let key = format!("{table}.{key}");
                    let text = document.text(&key).0;
                    words.phrases.insert(key, text);
                }
            }
        }
        words.read_next(document, "next", 2);
        words.templates = Templates::read(document);
        words
    }

    fn read_next(&mut self, document: &mut Document<'_>, table: &str, deeper: u8) {
        for (key, _) in document.keys(table).into_iter().filter(|(key, _)| Language::from_code(key).is_some()) {
            let key = format!("{table}.{key}");
            let text = document.text(&key).0;
            self.phrases.insert(key, text);
        }
        for name in document.tables(table).into_iter().filter(|_| deeper > 0) {
            self.read_next(document, &format!("{table}.{name}"), deeper - 1);
        }
    }

    fn read_entry(
        &mut self,
        document: &mut Document<'_>,
        (table, name, usage): (&str, &str, Use),
        issues: &[&str],
        builder: &mut lookup::Builder,
    ) {
        let index = self.entries.len() as u16;
        let mut nouns: [String; Language::ALL.len()] = std::array::from_fn(|_| String::new());
        let mut issue = String::new();
        let (mut generic, mut alone) = (false, false);
        let mut asked = Vec::new();
        for (key, at) in document.keys(&format!("{table}.{name}")) {
            let full = format!("{table}.{name}.{key}");
            if key == "issue" && matches!(usage, Use::Thing | Use::Trouble) {
                issue = document.text(&full).0;
                if !issue.is_empty() && !issues.contains(&issue.as_str()) {
                    document.unknown_name(&full, &issue, at, issues);
                }
                continue;
            }
            if key == "generic" && usage == Use::Thing {
                generic = document.boolean(&full);
                continue;
            }
            if key == "alone" && usage == Use::Trouble {
                alone = document.boolean(&full);
                continue;
            }
            let (code, is_asked) = key.strip_prefix("asks_").map_or((key.as_str(), false), |code| (code, true));
            let Some(language) = Language::from_code(code).filter(|_| !is_asked || usage == Use::Action) else {
                continue;
            };
            let mut list = document.texts(&full);
            // Markers are not shown, and what somebody is asked to do has the name of what is done.
            if !is_asked && usage != Use::Marker && usage != Use::Result && !list.is_empty() {
                nouns[language as usize] = list.remove(0).0;
            }
            for (phrase, at) in list {
                if is_asked {
                    asked.push((phrase, at, language));
                } else if !builder.add(&phrase, index, language) {
                    report_phrase(document, &full, &phrase, at);
                }
            }
        }
        self.entries.push(Entry { usage, name: name.to_owned(), issue, generic, alone, nouns: nouns.clone() });
        if usage == Use::Action {
            for (phrase, at, language) in asked {
                if !builder.add(&phrase, index + 1, language) {
                    report_phrase(document, &format!("{table}.{name}"), &phrase, at);
                }
            }
            self.entries.push(Entry {
                usage: Use::Asked,
                name: name.to_owned(),
                issue: String::new(),
                generic,
                alone,
                nouns,
            });
        }
    }
}

fn report_phrase(document: &mut Document<'_>, key: &str, phrase: &str, at: crate::diagnostic::Location) {
    let message = format!("`{key}`: \"{phrase}\" can never be found");
    let help = "write one to six words; one that ends in * has at least three letters before it";
    document.report(Code::BriefPhrase, at, message, help);
}
