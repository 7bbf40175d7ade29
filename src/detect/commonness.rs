//! A guess at how often texts have a hit of a list, beside others: by the words that are in every text.

use std::collections::BTreeMap;

use super::compile::FunctionWords;
use crate::lexicon::term::{Atom, Element, Phrase};
use crate::lexicon::{Lexicons, Role};
use crate::rules::List;

/// Tells how common lists are; one measure for all.
pub(super) struct Commonness<'a> {
    lexicons: &'a Lexicons,
    function_words: FunctionWords,
    /// What is known of lexicons, by name: many lists name the same.
    named: BTreeMap<&'a str, u32>,
}

impl<'a> Commonness<'a> {
    pub(super) fn new(lexicons: &'a Lexicons) -> Commonness<'a> {
        let of_role = lexicons.all().iter().filter(|lexicon| lexicon.role == Role::FunctionWord);
        let phrases = of_role.flat_map(|lexicon| &lexicon.entries).flat_map(|entry| &entry.phrases);
        let word = |phrase: &Phrase| match phrase {
            Phrase::Words(elements) => match elements.as_slice() {
                [Element { atom: Atom::Word(word), .. }] => Some(word.clone()),
                _ => None,
            },
            Phrase::Sign(_) => None,
        };
        Commonness { lexicons, function_words: phrases.filter_map(word).collect(), named: BTreeMap::new() }
    }

    /// How common hits of `list` are, from 0.
    pub(super) fn of(&mut self, list: &'a List) -> u32 {
        let own = self.of_phrases(&list.phrases);
        let of_lexicons = list.lexicons.iter().map(|name| match self.named.get(name.as_str()) {
            Some(known) => *known,
            None => {
                let entries = self.lexicons.named(name).flat_map(|lexicon| &lexicon.entries);
                let sum = self.of_phrases(entries.flat_map(|entry| &entry.phrases));
                self.named.insert(name, sum);
                sum
            }
        });
        of_lexicons.fold(own, u32::saturating_add)
    }

    fn of_phrases<'p>(&self, phrases: impl IntoIterator<Item = &'p Phrase>) -> u32 {
        let of_phrase = |phrase: &Phrase| match phrase {
            Phrase::Words(elements) => {
                let of_atoms = elements.iter().map(|element| self.of_atom(&element.atom));
                // Each further word makes it rarer by far.
                of_atoms.min().unwrap_or(0) >> (4 * (elements.len().min(6) - 1))
            }
            Phrase::Sign(_) => 1,
        };
        phrases.into_iter().map(of_phrase).fold(0, u32::saturating_add)
    }

    fn of_atom(&self, atom: &Atom) -> u32 {
        match atom {
            Atom::Word(word) if self.function_words.contains(word) => 1_000,
            Atom::Word(_) | Atom::Prefix(_) => 10,
            Atom::Number => 200,
            Atom::OneOf(atoms) => atoms.iter().map(|atom| self.of_atom(atom)).sum(),
        }
    }
}
