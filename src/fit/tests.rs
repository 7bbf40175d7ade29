//! Learning on made-up messages: what tells apart is learned, what does not is not, and nothing is left to chance.

use super::calibration::{HeldOut, calibrate, quiet_from, threshold};
use super::learn::Corpus;
use super::regression::{Matrix, Problem};
use super::*;
use crate::detect::Detector;
use crate::lexicon::{Language, Lexicons};
use crate::model::{HAND, ModelFile, Models, TermLine};
use crate::rules::RuleSet;
use crate::signal::Signal;

/// Made-up messages in which people who wait long say `parcel` and others `invoice`; the third word is noise.
fn made_up(set: &str) -> Vec<Example> {
    let things = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let line = |index: usize| {
        let (label, word) =
            if index.is_multiple_of(3) { (1, "where is my parcel") } else { (0, "thanks for the invoice") };
        let day = things[index % things.len()];
        format!(r#"{{"id": "{index}", "set": "{set}", "text": "hello, {word} of {day}", "label": {label}}}"#)
    };
    (0..120).map(|index| read_example(index + 1, &line(index)).expect("it is a line")).collect()
}

fn bare_detector() -> Detector {
    Detector::new(&Lexicons::default(), &RuleSet::default())
}

fn plan_for(sets: &[&str]) -> Plan {
    let mut model = Plan::of_one(Signal::Frustration, Language::English);
    model.sources = sets
        .iter()
        .map(|set| Source { set: (*set).to_owned(), label: Some("label".to_owned()), ..Source::default() })
        .collect();
    model.penalty = 1.0;
    Plan { model: vec![model], ..Plan::default() }
}

#[test]
fn crc_is_the_one_of_zlib() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
}

#[test]
fn what_tells_apart_is_learned_and_noise_is_not() {
    let (plan, detector) = (plan_for(&["a"]), bare_detector());
    let corpus = Corpus::new(made_up("a"), &plan.model, &detector, &[]);
    let fitted = fit(&corpus, &plan, &plan.model[0], None, |_| true).expect("there is something to learn");
    assert_eq!((fitted.messages, fitted.positive), (120, 40));
    let weight = |term| fitted.file.weight_of(term).unwrap_or(0);
    assert!(weight("parcel") > 100 && weight("invoice") < -100, "{}", fitted.file);
    assert!(weight("my parcel") > 50);
    assert!(weight("tuesday").abs() < 100, "{}", fitted.file);
    let again = fit(&corpus, &plan, &plan.model[0], None, |_| true).expect("it did before");
    assert_eq!(again.file, fitted.file, "nothing is left to chance");
}

#[test]
fn what_is_learned_judges_new_messages() {
    let (plan, detector) = (plan_for(&["a"]), bare_detector());
    let corpus = Corpus::new(made_up("a"), &plan.model, &detector, &[]);
    let fitted = fit(&corpus, &plan, &plan.model[0], None, |_| true).expect("there is something to learn");
    let detector = bare_detector().with_models(Models::compile(&[fitted.file]));
    let (mut scratch, mut findings) = Default::default();
    for (text, found) in [("Where is my parcel of monday?", true), ("Hello, thanks for the invoice of monday", false)] {
        let text = crate::detect::Text {
            text,
            format: crate::message::Format::Plain,
            author: crate::message::AuthorType::Customer,
            language: "",
        };
        detector.detect(text, &mut scratch, &mut findings);
        assert_eq!(findings.fired.contains(Signal::Frustration), found, "{text:?}");
        assert_eq!(findings.findings.len(), usize::from(found), "the heaviest term is the evidence");
        let reasons = detector.reasons(Signal::Frustration, text, &scratch);
        assert!(!reasons.is_empty(), "{text:?}");
    }
}

#[test]
fn the_stream_asks_models_only_for_points() {
    let (plan, detector) = (plan_for(&["a"]), bare_detector());
    let corpus = Corpus::new(made_up("a"), &plan.model, &detector, &[]);
    let fitted = fit(&corpus, &plan, &plan.model[0], None, |_| true).expect("there is something to learn");
    for (weight, asked) in [(0, false), (200, true)] {
        let file = ModelFile { weight, ..fitted.file.clone() };
        let detector = bare_detector().with_models(Models::compile(&[file]));
        let (mut scratch, mut findings) = Default::default();
        let text = crate::detect::Text {
            text: "Where is my parcel of monday?",
            format: crate::message::Format::Plain,
            author: crate::message::AuthorType::Customer,
            language: "",
        };
        detector.detect(text, &mut scratch, &mut findings);
        assert!(findings.fired.contains(Signal::Frustration), "whoever asks for strengths gets them");
        detector.detect_points(text, &mut scratch, &mut findings);
        assert_eq!(findings.fired.contains(Signal::Frustration), asked, "worth {weight} points");
    }
}

#[test]
fn weights_by_hand_are_kept_as_they_are() {
    let (plan, detector) = (plan_for(&["a"]), bare_detector());
    let by_hand = |term: &str, weight| TermLine { term: term.to_owned(), weight, source: HAND.to_owned() };
    let mut known = ModelFile::empty(Signal::Frustration, Language::English);
    known.terms = vec![by_hand("never heard back from you", 900), by_hand("parcel", 123)];
    let corpus = Corpus::new(made_up("a"), &plan.model, &detector, std::slice::from_ref(&known));
    let fitted = fit(&corpus, &plan, &plan.model[0], Some(&known), |_| true).expect("there is something to learn");
    assert_eq!(fitted.file.weight_of("parcel"), Some(123));
    assert_eq!(fitted.file.weight_of("never heard back from you"), Some(900));
}

#[test]
fn a_weight_of_nothing_by_hand_keeps_a_word_out() {
    let (plan, detector) = (plan_for(&["a"]), bare_detector());
    let mut known = ModelFile::empty(Signal::Frustration, Language::English);
    known.terms = vec![TermLine { term: "parcel".to_owned(), weight: 0, source: HAND.to_owned() }];
    let corpus = Corpus::new(made_up("a"), &plan.model, &detector, std::slice::from_ref(&known));
    let fitted = fit(&corpus, &plan, &plan.model[0], Some(&known), |_| true).expect("there is something to learn");
    let heard: Vec<&str> = fitted.file.terms.iter().map(|line| line.term.as_str()).collect();
    assert!(heard.contains(&"where") && heard.contains(&"parcel"), "{heard:?}");
    assert!(!heard.contains(&"my parcel") && !heard.contains(&"parce*"), "{heard:?}");
}

#[test]
fn rare_terms_names_and_handles_are_not_learned() {
    let (plan, detector) = (plan_for(&["a"]), bare_detector());
    let mut examples = made_up("a");
    for (index, example) in examples.iter_mut().enumerate() {
        if example.labels["label"] {
            example.text.push_str(" says Anna to @anna99 at https://example.com/a 4711");
        }
        if index < 4 {
            example.text.push_str(" hapax");
        }
    }
    let corpus = Corpus::new(examples, &plan.model, &detector, &[]);
    let fitted = fit(&corpus, &plan, &plan.model[0], None, |_| true).expect("there is something to learn");
    for line in &fitted.file.terms {
        for word in ["anna", "hapax", "example", "4711"] {
            assert!(!line.term.split(' ').any(|part| part.contains(word) && !line.term.contains(' ')), "{}", line.term);
        }
    }
    assert!(fitted.file.weight_of("says").is_some());
}

#[test]
fn one_kind_of_message_teaches_nothing() {
    let (plan, detector) = (plan_for(&["a"]), bare_detector());
    let corpus = Corpus::new(made_up("a"), &plan.model, &detector, &[]);
    let fault = fit(&corpus, &plan, &plan.model[0], None, |index| index % 3 == 0).expect_err("all have the signal");
    assert!(fault.contains("40 of 40"), "{fault}");
}

#[test]
fn a_message_is_judged_by_weights_that_never_saw_its_set() {
    let (plan, detector) = (plan_for(&["a", "b"]), bare_detector());
    let mut examples = made_up("a");
    // The other set says the opposite of everything: its messages are judged by `a` all the same.
    examples.extend(made_up("b").into_iter().map(|mut example| {
        example.labels.iter_mut().for_each(|(_, label)| *label = !*label);
        example
    }));
    let corpus = Corpus::new(examples, &plan.model, &detector, &[]);
    let mut judged = Vec::new();
    let with = |models| bare_detector().with_models(models);
    cross_fit(&corpus, &plan, &[], with, |one| judged.push(one)).expect("the plan can be followed");
    assert_eq!(judged.len(), 240);
    for one in judged {
        let (set, index) = one.id.split_once('/').expect("set and id");
        let waits = index.parse::<usize>().expect("ids are numbers") % 3 == 0;
        let strong = one.strengths[Signal::Frustration.index()].thousandths() > 500;
        assert_eq!(strong, waits == (set == "b"), "{}", one.id);
    }
}

#[test]
fn regression_finds_the_known_answer() {
    // Two rows of one column each way, 3 to 1: without a penalty the weight is ln 3.
    let mut matrix = Matrix::new();
    (0..4).for_each(|_| matrix.push([(0, 1.0)].into_iter()));
    let problem = Problem {
        matrix: &matrix,
        labels: &[true, true, true, false],
        shares: &[1.0; 4],
        offsets: &[0.0; 4],
        priors: &[0.0],
        penalties: &[1e-9],
    };
    assert!((problem.solve()[0] - 3.0_f64.ln()).abs() < 1e-3);
}

#[test]
fn calibration_undoes_what_overstates() {
    // Sums say odds of e^4, the truth is 3 to 1.
    let message = |index: usize, sum: f64| HeldOut {
        sum,
        by_hand: 0.0,
        label: index.is_multiple_of(4) != (sum > 0.0),
        share: 1.0,
        source: 0,
    };
    let held_out: Vec<HeldOut> = (0..400).flat_map(|index| [message(index, 4.0), message(index, -4.0)]).collect();
    let calibration = calibrate(&held_out);
    assert!((calibration.slope * 4.0 - 3.0_f64.ln()).abs() < 0.05, "{calibration:?}");
}

#[test]
fn threshold_keeps_the_stated_precision() {
    let messages: Vec<(f64, bool, f64)> =
        (0..100).map(|index| (f64::from(index), index >= 50 && index % 5 != 0, 1.0)).collect();
    let (log_odds, recall) = threshold(&messages, 0.75).expect("there is such a threshold");
    let above: Vec<bool> = messages.iter().filter(|message| message.0 >= log_odds).map(|message| message.1).collect();
    let right = above.iter().filter(|label| **label).count();
    assert!(right * 100 >= above.len() * 75);
    assert!((recall - right as f64 / 40.0).abs() < 1e-9);
    assert_eq!(threshold(&messages, 0.99), None);
}

#[test]
fn plans_tell_what_is_wrong() {
    for (toml, fault) in [
        ("[[model]]\nsignal = \"joy\"\nlanguage = \"en\"\nsources = []", "no signal `joy`"),
        ("[[model]]\nsignal = \"anger\"\nlanguage = \"any\"\nsources = []", "`any` is not a language"),
        ("[[model]]\nsignal = \"anger\"\nlanguage = \"en\"\nsources = [{ set = \"a\" }]", "needs either"),
        ("[[modle]]", "unknown field"),
    ] {
        let told = Plan::read(toml).expect_err(fault);
        assert!(told.contains(fault), "{told}");
    }
}

#[test]
fn lines_that_are_no_labels_are_told_with_their_number() {
    for (line, fault) in
        [("{", "line 7"), ("{\"label\": 1}", "`text`"), ("{\"text\": \"\", \"author\": \"cat\"}", "`cat`")]
    {
        let told = read_example(7, line).expect_err(fault).to_string();
        assert!(told.contains(fault), "{told}");
    }
    let read =
        read_example(1, r#"{"text": "x", "labels": {"a": 1, "b": false, "c": "no", "d": 0.5}}"#).expect("it is one");
    assert_eq!(read.labels.into_iter().collect::<Vec<_>>(), [("a".to_owned(), true), ("b".to_owned(), false)]);
}

#[test]
fn quiet_sets_stay_quiet() {
    let log_odds: Vec<f64> = (0..1_000).map(f64::from).collect();
    let found = |from: f64| log_odds.iter().filter(|own| **own >= from).count();
    for allowed in [0, 1, 5] {
        assert_eq!(found(quiet_from(&log_odds, allowed as f64)), allowed);
    }
}
