//! Lexicons: TSV files of terms with weights, checked and compiled into immutable tables. Loading is linting.
//! `docs/RULES.md` describes the files.

mod inflection;
mod language;
mod load;
mod role;
pub mod term;

pub(crate) use inflection::{beside_prefix, inflections};
pub use language::Language;
pub use role::Role;

use crate::diagnostic::{Diagnostic, SourceFile};
use term::Phrase;

/// How the names of files end that hold learned weights; they lie among the lexicons, and models read them.
pub const MODEL_SUFFIX: &str = ".model.tsv";

/// One term with its weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The term as written.
    pub term: String,
    /// The weight; its meaning is the lexicon's.
    pub weight: i16,
    /// The phrases that the term is written out into.
    pub phrases: Vec<Phrase>,
}

/// One file of terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexicon {
    /// The language of its terms.
    pub language: Language,
    /// Its name, e.g. `valence`.
    pub name: String,
    /// What its name makes it.
    pub role: Role,
    /// Its terms, sorted.
    pub entries: Vec<Entry>,
}

/// All lexicons, ordered by name, then language.
#[derive(Clone, Debug, Default)]
pub struct Lexicons {
    lexicons: Vec<Lexicon>,
}

impl Lexicons {
    /// Loads files named `…/<language>/<name>.tsv`; every fault is added to `diagnostics`, sound entries are kept.
    /// Of two files for one language and name the later replaces the earlier.
    #[must_use]
    pub fn load(files: &[SourceFile], diagnostics: &mut Vec<Diagnostic>) -> Lexicons {
        let mut lexicons: Vec<Lexicon> = Vec::new();
        for file in files.iter().filter(|file| !file.path.ends_with(MODEL_SUFFIX)) {
            let Some(lexicon) = load::lexicon(file, diagnostics) else { continue };
            let same = |other: &Lexicon| (&other.name, other.language) == (&lexicon.name, lexicon.language);
            match lexicons.iter().position(same) {
                Some(index) => lexicons[index] = lexicon,
                None => lexicons.push(lexicon),
            }
        }
        lexicons.sort_by(|a, b| (&a.name, a.language).cmp(&(&b.name, b.language)));
        Lexicons { lexicons }
    }

    /// All lexicons, ordered by name, then language.
    #[must_use]
    pub fn all(&self) -> &[Lexicon] {
        &self.lexicons
    }

    /// The lexicons of that name, one for each language that has it.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Lexicon> {
        self.lexicons.iter().filter(move |lexicon| lexicon.name == name)
    }

    /// The distinct names, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.lexicons.iter().map(|lexicon| lexicon.name.as_str()).collect();
        names.dedup();
        names
    }

    /// The languages that have a lexicon of their own, as bits ([`Language::bit`]).
    #[must_use]
    pub fn languages(&self) -> u8 {
        let own = self.lexicons.iter().filter(|lexicon| lexicon.language != Language::Any);
        own.fold(0, |bits, lexicon| bits | lexicon.language.bit())
    }
}
