//! In which language a rule's terms are looked for, and how people spell its words.

use foreshock::detect::{Detector, Findings, Scratch, Text};
use foreshock::diagnostic::SourceFile;
use foreshock::lexicon::Lexicons;
use foreshock::message::{AuthorType, Format};
use foreshock::rules::RuleSet;

/// The evidence that a rule with `detect` finds in each text of a language.
fn found(detect: &str, texts: &[(&str, &str)]) -> Vec<String> {
    let text = format!(
        "title = \"T\"\nsignal = \"churn\"\nstatus = \"stable\"\nlevel = \"low\"\nweight = 100\nwhy = \"W\"\n\
         [detect]\n{detect}\n[[case]]\ntext = \"one\"\nexpect = [\"one\"]\n[[case]]\ntext = \"two\"\nexpect = []\n"
    );
    let rule = SourceFile { path: "rules/churn.made_up.toml".to_owned(), text };
    let lexicon = |language: &str, term: &str| SourceFile {
        path: format!("lexicons/{language}/oaths.tsv"),
        text: format!("{term}\t1\t\n"),
    };
    let mut faults = Vec::new();
    let lexicons = Lexicons::load(&[lexicon("de", "donnerwetter"), lexicon("en", "egad")], &mut faults);
    let rules = RuleSet::load(&[rule], &lexicons, &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    let detector = Detector::new(&lexicons, &rules);
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let evidence = |(language, text): &(&str, &str)| {
        let subject = Text { text, format: Format::Plain, author: AuthorType::Customer, language };
        detector.detect(subject, &mut scratch, &mut findings);
        let quotes = findings.findings.iter().map(|found| &text[found.start as usize..found.end as usize]);
        quotes.collect::<Vec<_>>().join(" + ")
    };
    texts.iter().map(evidence).collect()
}

#[test]
fn a_rule_is_for_the_languages_that_it_names_and_for_english_if_none() {
    let texts = [("en", "we leave"), ("", "we leave"), ("de", "we leave"), ("ja", "we leave")];
    assert_eq!(found("go = [\"leave\"]\ncondition = \"go\"", &texts), ["leave", "leave", "", ""]);
    assert_eq!(found("go = [\"leave\"]\ncondition = \"language:de and go\"", &texts), ["", "", "leave", ""]);
}

#[test]
fn an_included_lexicon_counts_in_its_own_language() {
    let texts = [("en", "egad"), ("de", "Donnerwetter"), ("de", "egad"), ("en", "donnerwetter")];
    assert_eq!(found("oath = [\"@oaths\"]\ncondition = \"oath\"", &texts), ["egad", "Donnerwetter", "", ""]);
}

#[test]
fn accents_and_umlauts_may_be_left_out_where_that_is_no_other_word() {
    let spanish = "go = [\"cancelación\", \"más\", \"sabía\", \"sabia\"]\ncondition = \"language:es and go\"";
    let texts = [("es", "cancelación"), ("es", "cancelacion"), ("es", "CANCELACION"), ("es", "mas")];
    assert_eq!(found(spanish, &texts), ["cancelación", "cancelacion", "CANCELACION", ""]);
    let german = "go = [\"kündigen\", \"schließen\"]\ncondition = \"language:de and go\"";
    let texts = [("de", "kündigen"), ("de", "kuendigen"), ("de", "kundigen"), ("de", "schliessen")];
    assert_eq!(found(german, &texts), ["kündigen", "kuendigen", "kundigen", "schliessen"]);
}
