//! The languages that lexicons can be written for.

use rust_stemmers::{Algorithm, Stemmer};

/// A language, or all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Language {
    /// What every language shares: emoji, emoticons.
    #[default]
    Any,
    /// German.
    German,
    /// English.
    English,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Italian.
    Italian,
    /// Portuguese.
    Portuguese,
}

impl Language {
    /// All languages.
    pub const ALL: [Language; 7] = [
        Language::Any,
        Language::German,
        Language::English,
        Language::Spanish,
        Language::French,
        Language::Italian,
        Language::Portuguese,
    ];

    /// The language's ISO 639-1 code, or `any`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Language::Any => "any",
            Language::German => "de",
            Language::English => "en",
            Language::Spanish => "es",
            Language::French => "fr",
            Language::Italian => "it",
            Language::Portuguese => "pt",
        }
    }

    /// The language with that code (`any` included).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The language of a BCP 47 tag such as `de-AT`, if it is one of ours.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Language::ALL.into_iter().skip(1).find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The language's bit in a set of languages.
    #[must_use]
    pub const fn bit(self) -> u8 {
        match self {
            Language::Any => u8::MAX,
            language => 1 << language as u8,
        }
    }

    /// The stemmer by which inflections are told (Snowball).
    #[must_use]
    pub fn stemmer(self) -> Option<Stemmer> {
        Some(Stemmer::create(match self {
            Language::Any => return None,
            Language::German => Algorithm::German,
            Language::English => Algorithm::English,
            Language::Spanish => Algorithm::Spanish,
            Language::French => Algorithm::French,
            Language::Italian => Algorithm::Italian,
            Language::Portuguese => Algorithm::Portuguese,
        }))
    }

    /// Endings of inflected words, for guessing the forms that the stemmer then confirms.
    pub(super) const fn endings(self) -> &'static [&'static str] {
        match self {
            Language::Any => &[],
            Language::English => {
                &["s", "es", "ed", "d", "ing", "er", "ers", "ly", "ies", "ied", "ion", "ions", "ment", "ments"]
            }
            Language::German => {
                &["e", "en", "er", "es", "em", "s", "n", "t", "te", "ten", "tet", "st", "end", "ung", "ungen"]
            }
            Language::French => &[
                "e", "s", "es", "er", "é", "ée", "és", "ées", "ez", "ons", "ent", "ai", "ais", "ait", "aient", "ant",
                "ation", "ements", "ement", "ir", "is", "it", "issons", "issez",
            ],
            Language::Spanish => &[
                "a", "o", "as", "os", "es", "s", "ar", "ado", "ada", "ados", "adas", "ando", "amos", "an", "é", "ó",
                "aron", "er", "ir", "ido", "ida", "iendo", "ación", "e", "en", "emos",
            ],
            Language::Italian => &[
                "a", "o", "e", "i", "are", "ato", "ata", "ati", "ate", "ando", "iamo", "ano", "ere", "ire", "ito",
                "ita", "endo", "azione",
            ],
            Language::Portuguese => &[
                "a", "o", "as", "os", "es", "s", "ar", "ado", "ada", "ados", "adas", "ando", "amos", "am", "ei", "ou",
                "aram", "er", "ir", "ido", "ida", "endo", "indo", "ação", "e", "em", "emos",
            ],
        }
    }
}
