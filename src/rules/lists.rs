//! The named lists of a rule: their terms, written out.

use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use toml::de::DeTable;

use super::List;
use super::condition::RESERVED;
use super::fields::{Faults, Placed, strings_of};
use crate::diagnostic::Code;
use crate::lexicon::Lexicons;
use crate::lexicon::term::{self, Atom, FaultKind, Phrase};

/// A list with its place in the file.
pub(super) struct Written {
    pub(super) list: List,
    pub(super) span: Range<usize>,
}

/// The lists of `[detect]`, in the order of the file.
pub(super) fn read(table: &DeTable<'_>, lexicons: &Lexicons, faults: &mut Faults<'_>) -> Vec<Written> {
    let mut lists = Vec::new();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if name == "condition" {
            continue;
        }
        check_name(name, &key.span(), faults);
        let terms = strings_of(name, value, faults);
        if terms.as_ref().is_some_and(Vec::is_empty) {
            let help = "add terms, or remove the list";
            faults.error(Code::ListEmpty, &key.span(), format!("the list `{name}` is empty"), help);
        }
        // A list that cannot be read is still one that the condition may name.
        let terms = terms.unwrap_or_default();
        let reader = Reader {
            name,
            lexicons,
            faults: &mut *faults,
            terms: Vec::new(),
            known: HashTable::new(),
            lexicon_names: Vec::new(),
        };
        let list = reader.list(&terms);
        lists.push(Written { list, span: key.span() });
    }
    lists.sort_by_key(|written| written.span.start);
    lists
}

fn check_name(name: &str, span: &Range<usize>, faults: &mut Faults<'_>) {
    let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if RESERVED.contains(&name) {
        let message = format!("`{name}` belongs to the condition language");
        faults.error(Code::ListName, span, message, "give the list another name");
    } else if !is_word {
        let message = format!("`{name}` is not a list's name");
        faults.error(
            Code::ListName,
            span,
            message,
            "names begin with a small letter and have small letters, digits and `_`",
        );
    }
}

/// A phrase with its hash, the term that it comes from and that term's place.
type Term<'a> = (Phrase, u64, &'a str, Range<usize>);

struct Reader<'a, 'f> {
    name: &'a str,
    lexicons: &'a Lexicons,
    faults: &'a mut Faults<'f>,
    terms: Vec<Term<'a>>,
    /// Where in `terms` each phrase stands.
    known: HashTable<usize>,
    lexicon_names: Vec<String>,
}

impl<'a> Reader<'a, '_> {
    fn list(mut self, terms: &[Placed<&'a str>]) -> List {
        for term in terms {
            match term.value.strip_prefix('@') {
                Some(lexicon) => self.lexicon(lexicon, term),
                None => self.term(term),
            }
        }
        self.covered();
        let phrases = self.terms.into_iter().map(|(phrase, ..)| phrase).collect();
        List { name: self.name.to_owned(), phrases, lexicons: self.lexicon_names }
    }

    fn lexicon(&mut self, name: &str, term: &Placed<&str>) {
        if self.lexicon_names.iter().any(|known| known == name) {
            let message = format!("`@{name}` stands in the list already");
            self.faults.error(Code::TermDuplicate, &term.span, message, "remove one of them");
        } else if self.lexicons.named(name).next().is_none() {
            let names = self.lexicons.names();
            let help = if names.is_empty() {
                "no lexicons are loaded".to_owned()
            } else {
                format!("there are: {}", names.join(", "))
            };
            self.faults.error(Code::TermLexicon, &term.span, format!("there is no lexicon `{name}`"), help);
        } else {
            self.lexicon_names.push(name.to_owned());
        }
    }

    fn term(&mut self, term: &Placed<&'a str>) {
        match term::parse(term.value) {
            Ok(phrases) => {
                for phrase in phrases {
                    let hash = FixedState::with_seed(0).hash_one(&phrase);
                    let known = self.known.find(hash, |index| self.terms[*index].0 == phrase);
                    if let Some((_, _, earlier, _)) = known.map(|index| &self.terms[*index]) {
                        let message = if *earlier == term.value {
                            format!("`{}` stands in the list already", term.value)
                        } else {
                            format!("`{}` finds what `{earlier}` finds already", term.value)
                        };
                        self.faults.error(Code::TermDuplicate, &term.span, message, "remove one of them");
                        return;
                    }
                    let terms = &self.terms;
                    self.known.insert_unique(hash, terms.len(), |index| terms[*index].1);
                    self.terms.push((phrase, hash, term.value, term.span.clone()));
                }
            }
            Err(fault) => {
                let code = match fault.kind {
                    FaultKind::Empty | FaultKind::Syntax => Code::TermSyntax,
                    FaultKind::Normal => Code::TermNormal,
                    FaultKind::Expansion => Code::TermExpansion,
                };
                let span = self.faults.within(term.value, &term.span, &fault.span);
                self.faults.error(code, &span, fault.message, fault.help);
            }
        }
    }

    /// Warns of single words that a wildcard of the same list finds anyway.
    fn covered(&mut self) {
        let single = |phrase: &Phrase| match phrase {
            Phrase::Words(elements) if elements.len() == 1 => Some(elements[0].atom.clone()),
            _ => None,
        };
        let prefixes: Vec<(Arc<str>, &str)> = (self.terms.iter())
            .filter_map(|(phrase, _, term, _)| match single(phrase)? {
                Atom::Prefix(prefix) => Some((prefix, *term)),
                _ => None,
            })
            .collect();
        for (phrase, _, term, span) in &self.terms {
            let Some(atom) = single(phrase) else { continue };
            let covering = prefixes.iter().find(|(prefix, _)| match &atom {
                Atom::Word(word) => word.starts_with(&**prefix),
                Atom::Prefix(longer) => longer.starts_with(&**prefix) && longer != prefix,
                Atom::Number | Atom::OneOf(_) => false,
            });
            if let Some((_, covering)) = covering {
                let message = format!("`{covering}` finds what `{term}` finds already");
                self.faults.warning(Code::TermCovered, span, message, "remove the narrower one");
            }
        }
    }
}
