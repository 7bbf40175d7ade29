//! Inflections of a word, found when a file loads, so that no word of a message is ever stemmed.
//!
//! Forms are guessed by endings and kept when the Snowball stemmer takes them to the stem of the word itself.

use std::collections::BTreeSet;

use super::language::Language;

/// So many of a language's endings are tried on a word that is found with any ending anyway.
const COMMON_ENDINGS: usize = 6;

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

/// Forms of a word that are found where every word is looked for that begins with it: the commonest that begin so, which
/// are thus found at the first look, and all [`inflections`] that do not.
#[must_use]
pub(crate) fn beside_prefix(word: &str, language: Language) -> Vec<String> {
    let Some(stemmer) = language.stemmer() else { return vec![word.to_owned()] };
    let stem = stemmer.stem(word).into_owned();
    // A form that has this stem begins like it, but for the last letter, which stems change (`replies`, `repli`). Where
    // stemming takes away an umlaut, that says nothing.
    let start = &stem[..stem.char_indices().next_back().map_or(0, |(last, _)| last)];
    let start = if word.starts_with(start) { start } else { "" };
    let mut forms = vec![word.to_owned()];
    for base in bases(word, language).into_iter().filter(|base| base.starts_with(start)) {
        let is_covered = base.starts_with(word);
        let endings = language.endings().iter().take(if is_covered { COMMON_ENDINGS } else { usize::MAX });
        for form in endings.map(|ending| format!("{base}{ending}")).chain([base.clone()]) {
            if is_covered || (!form.starts_with(word) && stemmer.stem(&form) == stem) {
                forms.push(form);
            }
        }
    }
    forms.sort_unstable();
    forms.dedup();
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

    #[test]
    fn beside_a_prefix_stand_the_forms_that_do_not_begin_with_it() {
        for (word, language) in [
            ("evaluate", Language::English),
            ("reply", Language::English),
            ("cancel", Language::English),
            ("kündige", Language::German),
            ("cancelar", Language::Spanish),
            ("annuler", Language::French),
            ("disdire", Language::Italian),
            ("cancelar", Language::Portuguese),
        ] {
            let found = beside_prefix(word, language);
            let others = |form: &&String| !form.starts_with(word);
            let mut expected = inflections(word, language);
            expected.retain(|form| !form.starts_with(word));
            assert_eq!(found.iter().filter(others).cloned().collect::<BTreeSet<_>>(), expected, "{word}");
        }
    }
}
