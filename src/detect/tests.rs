//! The tables against a naive search that tries every way.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::compile::Compiler;
use super::gate::Present;
use super::hits::Hits;
use super::phrases::Target;
use crate::lexicon::term::{self, Atom, Element, Phrase};
use crate::lexicon::{Language, inflections};
use crate::message::Format;
use crate::text::{Document, Reading};

const TERMS: &[&str] = &[
    "cancel",
    "cancel*",
    "canc*",
    "cancel now",
    "now cancel",
    "cancel ~2 now",
    "now ~1 cancel* ~3 please",
    "please (cancel|stop|) now",
    "(now|please|it) ~2 (cancel*|stop|a)",
    "(a|b) (x|it)",
    "please please",
    "please ~2 please ~2 please",
    "# times",
    "stop",
    "stop it",
    "stop ~8 it",
    "it it it",
    "cancellation",
    "evaluate*",
    "don't stop",
    "a b",
    "a ~1 b ~1 a",
];
const WORDS: &[&str] = &[
    "cancel",
    "Cancelled",
    "CANCELLATION",
    "now",
    "please",
    "Please",
    "stop",
    "it",
    "3",
    "times",
    "evaluating",
    "dont",
    "don't",
    "a",
    "b",
    "x",
    "now.",
    "it,",
    "stop!",
    "cancelx",
    "can",
];

/// Whether a word, in small letters, is what `atom` says.
fn is(atom: &Atom, word: &str) -> bool {
    match atom {
        Atom::Word(wanted) => word == &**wanted || (&**wanted == "don't" && word == "dont"),
        Atom::Prefix(prefix) => word.starts_with(&**prefix) || inflections(prefix, Language::English).contains(word),
        Atom::Number => word.bytes().all(|byte| byte.is_ascii_digit()),
        Atom::OneOf(atoms) => atoms.iter().any(|atom| is(atom, word)),
    }
}

/// All first and last words of places at which `elements` stand.
fn naive(elements: &[Element], words: &[(String, u16)]) -> Vec<(u32, u32)> {
    let mut ways: Vec<(usize, usize)> = (0..words.len()).map(|at| (at, at)).collect();
    ways.retain(|(at, _)| is(&elements[0].atom, &words[*at].0));
    for element in &elements[1..] {
        let steps = |(first, last): (usize, usize)| {
            let next = last + 1..words.len().min(last + 2 + usize::from(element.gap));
            next.filter(move |at| is(&element.atom, &words[*at].0)).map(move |at| (first, at))
        };
        ways = ways.into_iter().flat_map(steps).collect();
    }
    ways.retain(|(first, last)| words[*first].1 == words[*last].1);
    ways.into_iter().map(|(first, last)| (first as u32, last as u32)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_tables_agree_with_a_naive_search(terms in vec(select(TERMS), 1..8), words in vec(select(WORDS), 0..100)) {
        let mut compiler = Compiler::default();
        let mut phrases: Vec<Vec<Element>> = Vec::new();
        for phrase in terms.iter().flat_map(|term| term::parse(term).expect("the terms are sound")) {
            compiler.add(&phrase, &[Language::English], Target::List(phrases.len() as u32));
            if let Phrase::Words(elements) = phrase {
                phrases.push(elements);
            }
        }
        let (vocabulary, table) = compiler.finish();
        let text = words.join(" ");
        let (mut document, mut hits) = (Document::default(), Hits::default());
        document.read(&text, Format::Plain, Reading::Whole);
        let mut keys = Present::none_of(phrases.len());
        (0..phrases.len() as u32).for_each(|list| keys.insert(list));
        hits.search((&document, &text), (&vocabulary, &table), &keys);
        hits.place(&document, (&vocabulary, &table), &keys, |_, list| (list..list + 1, true));
        let words: Vec<(String, u16)> = (document.tokens().iter())
            .map(|token| (document.word(&text, token).to_lowercase(), token.sentence))
            .collect();
        for (list, elements) in phrases.iter().enumerate() {
            let all = naive(elements, &words);
            let found: Vec<(u32, u32)> = (hits.lists.iter().filter(|hit| hit.list as usize == list))
                .map(|hit| (hit.place.first, hit.place.last))
                .collect();
            prop_assert!(found.iter().all(|place| all.contains(place)), "{:?}: {:?}, not {:?}", elements, found, all);
            // Of places that lie in one another one is enough.
            let is_covered = |(first, last): &(u32, u32)| found.iter().any(|(a, b)| first <= b && a <= last);
            prop_assert!(all.iter().all(is_covered), "{:?}: {:?}, not {:?}", elements, found, all);
        }
    }
}

/// Whether `term` stands in `text`, beside the other terms of a rule set.
fn finds(term: &str, others: &[&str], text: &str) -> bool {
    let mut compiler = Compiler::default();
    for (list, term) in [term].iter().chain(others).enumerate() {
        for phrase in term::parse(term).expect("the terms are sound") {
            compiler.add(&phrase, &[Language::German], Target::List(list as u32));
        }
    }
    let (vocabulary, table) = compiler.finish();
    let (mut document, mut hits) = (Document::default(), Hits::default());
    document.read(text, Format::Plain, Reading::Whole);
    let mut keys = Present::none_of(others.len() + 1);
    keys.insert(0);
    hits.search((&document, text), (&vocabulary, &table), &keys);
    hits.place(&document, (&vocabulary, &table), &keys, |_, list| (list..list + 1, true));
    hits.lists.iter().any(|hit| hit.list == 0)
}

#[test]
fn accented_and_plain_spellings_are_alike_unless_the_plain_one_is_another_word() {
    for (term, text) in [
        ("cancelación", "la cancelacion"),
        ("kündigen", "wir kuendigen"),
        ("kündigen", "wir kundigen"),
        ("kündig*", "die Kuendigung"),
        ("réclam*", "une reclamation"),
    ] {
        assert!(finds(term, &[], text), "{term} in {text}");
    }
    for (term, others, text) in [
        ("cancelacion", &[][..], "la cancelación"),
        ("más", &[], "mas"),
        ("drück*", &[], "ein Druckfehler"),
        ("kündigen", &["kuendigen"], "wir kuendigen"),
    ] {
        assert!(!finds(term, others, text), "{term} in {text}");
    }
}
