//! Inflections of a word, found when a file loads, so that no word of a message is ever stemmed.
//!
//! Forms are guessed by endings and kept when the Snowball stemmer takes them to the stem of the word itself.

use std::collections::BTreeSet;

use super::language::Language;

/// `word` and its inflections.
#[must_use]
pub(crate) fn inflections(word: &str, language: Language) -> BTreeSet<String> {
    let mut forms = BTreeSet::from([word.to_owned()]);
    let Some(stemmer) = language.stemmer() else { return forms };
    let stem = stemmer.stem(word).into_owned();
    for base in bases(word, language) {
        for ending in language.endings() {
            let form = format!("{base}{ending}");
            if !forms.contains(&form) && stemmer.stem(&form) == stem {
                forms.insert(form);
            }
        }
        if stemmer.stem(&base) == stem {
            forms.insert(base);
        }
    }
    forms
}

/// What endings are put on: the word, the word without an ending of its own, the word with its last consonant doubled.
fn bases(word: &str, language: Language) -> BTreeSet<String> {
    let mut bases = BTreeSet::from([word.to_owned()]);
    for ending in language.endings().iter().chain(&["e", "y"]) {
        bases.extend(word.strip_suffix(ending).filter(|base| base.chars().count() >= 3).map(str::to_owned));
    }
    if let (Language::English, Some(last)) = (language, word.chars().next_back().filter(|c| "bdglmnprt".contains(*c))) {
        bases.insert(format!("{word}{last}"));
    }
    bases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_that_people_write() {
        for (word, language, expected) in [
            ("evaluate", Language::English, &["evaluated", "evaluates", "evaluating"][..]),
            ("cancel", Language::English, &["cancelled", "cancelling", "cancels"]),
            ("reply", Language::English, &["replied", "replies", "replying"]),
            ("kündige", Language::German, &["kündigen"]),
            ("cancelar", Language::Spanish, &["cancelado", "cancelando"]),
        ] {
            let forms = inflections(word, language);
            for form in expected {
                assert!(forms.contains(*form), "{word}: {form} is not in {forms:?}");
            }
        }
        assert!(!inflections("general", Language::English).contains("generate"));
    }
}
