//! Models as text and as tables: what adds up, what is told.

use super::*;
use crate::diagnostic::Code;
use crate::message::Format;
use crate::text::Reading;

const PATH: &str = "lexicons/en/frustration.model.tsv";

fn read(text: &str) -> (ModelFile, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let file = SourceFile { path: PATH.to_owned(), text: text.to_owned() };
    (ModelFile::read(&file, &mut diagnostics).expect("the path says it all"), diagnostics)
}

/// A model's strength for a text, with the terms that spoke, heaviest first.
fn judged(model: &str, text: &str) -> (i32, Vec<String>) {
    let (file, diagnostics) = read(model);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let (signal, models) = (file.signal, Models::compile(&[file]));
    let (mut document, mut scratch) = (Document::default(), Scratch::default());
    document.read(text, Format::Plain, Reading::Own);
    let measures = Measures::of(&Observed { unfavourable: 600, words: 1, ..Observed::default() });
    let subject = Subject {
        document: &document,
        flat: text,
        language: Language::English,
        author: AuthorType::Customer,
        measures: &measures,
    };
    models.judge(&subject, &mut scratch);
    let strength = scratch.strengths[signal.index()].expect("the signal has a model");
    let reasons = models.reasons(signal, &subject, &scratch);
    (strength.thousandths(), reasons.into_iter().map(|reason| reason.term).collect())
}

#[test]
fn words_phrases_prefixes_and_measures_add_up() {
    let model = "# bias: -2000\ncance*\t100\tx\nstill\t1000\tx\nstill waiting\t1000\thand\n";
    for (text, strength, terms) in [
        ("Hello there", 119, &[][..]),
        ("I am STILL here", 269, &["still"]),
        ("still still still", 269, &["still"]),
        ("We're still waiting.", 500, &["still", "still waiting"]),
        ("Still. Waiting.", 269, &["still"]),
        ("Cancelled, still", 290, &["still", "cance*"]),
        ("cance", 119, &[]),
    ] {
        let (found, reasons) = judged(model, text);
        assert!((found - strength).abs() <= 3, "{text}: {found}");
        assert_eq!(reasons, terms, "{text}");
    }
    // The measure is half full, see `judged`.
    assert_eq!(judged("@blame\t2000\tmeasure\n", "nothing").0, 731);
}

#[test]
fn length_alone_proves_nothing() {
    let model = "bad\t500\tx\nworse\t500\tx\n";
    let short = judged(model, "bad worse").0;
    let long = judged(model, &format!("bad worse {}", "and so on ".repeat(100))).0;
    assert!(500 < long && long < short, "{long} {short}");
}

#[test]
fn a_model_survives_writing() {
    let text = "# author: bot\n# bias: -120\n# threshold: 640\n# weight: 90\n# sets: made up\n@blame\t-5\tmeasure\nno reply\t70\thand\n";
    let (model, diagnostics) = read(text);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(model.to_string(), text);
}

#[test]
fn every_fault_is_told() {
    for (line, code) in [
        ("still", Code::ModelColumns),
        ("still\tmuch\tx", Code::ModelWeight),
        ("still\t10001\tx", Code::ModelWeight),
        ("Still\t1\tx", Code::ModelTerm),
        ("still  here\t1\tx", Code::ModelTerm),
        ("you. there\t1\tx", Code::ModelTerm),
        ("can*\t1\tx", Code::ModelTerm),
        ("@mood\t1\tx", Code::ModelTerm),
        ("a b c d e f g\t1\tx", Code::ModelTerm),
        ("42\t1\tx", Code::ModelTerm),
        ("b\t1\tx\na\t1\tx", Code::ModelOrder),
        ("a\t1\tx\na\t1\tx", Code::ModelTermDuplicate),
        ("# threshold: 1001", Code::ModelHeader),
        ("# author: nobody", Code::ModelHeader),
    ] {
        let (_, diagnostics) = read(line);
        let codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, [code], "{line}");
    }
    let mut diagnostics = Vec::new();
    let file = SourceFile { path: "lexicons/xx/anger.model.tsv".to_owned(), text: String::new() };
    assert!(ModelFile::read(&file, &mut diagnostics).is_none());
    assert_eq!(diagnostics[0].code, Code::ModelPath);
}
