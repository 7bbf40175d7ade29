//! The condition language on small rules: what each form finds, as evidence cut from the text.

use foreshock::detect::{Detector, Findings, Scratch, Text};
use foreshock::diagnostic::SourceFile;
use foreshock::lexicon::Lexicons;
use foreshock::message::{AuthorType, Format};
use foreshock::rules::RuleSet;

use super::shipped::files_below;

/// A rule with this `[detect]`, and one that is deaf but for its cases.
fn detector(detect: &str) -> Detector {
    let mut diagnostics = Vec::new();
    let lexicons = Lexicons::load(&files_below("lexicons", "tsv"), &mut diagnostics);
    let text = format!(
        "title = \"t\"\nsignal = \"complaint\"\nstatus = \"stable\"\nlevel = \"info\"\nweight = 100\nwhy = \"w\"\n[detect]\n\
         {detect}\n[[case]]\ntext = \"a\"\nexpect = [\"a\"]\n[[case]]\ntext = \"a\"\nexpect = []\n"
    );
    let file = SourceFile { path: "rules/test.toml".to_owned(), text };
    let rules = RuleSet::load(&[file], &lexicons, &mut diagnostics);
    let shown: String = diagnostics.iter().map(ToString::to_string).collect();
    assert!(diagnostics.is_empty(), "{shown}");
    Detector::new(&lexicons, &rules)
}

#[track_caller]
fn check(detect: &str, table: &[(&str, &str)]) {
    check_as(detect, AuthorType::Customer, table);
}

#[track_caller]
fn check_as(detect: &str, author: AuthorType, table: &[(&str, &str)]) {
    let detector = detector(detect);
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    for (text, expected) in table {
        let given = Text { text, format: Format::Plain, author, language: "en" };
        detector.detect(given, &mut scratch, &mut findings);
        let found = findings.findings.iter().map(|found| &text[found.start as usize..found.end as usize]);
        assert_eq!(found.collect::<Vec<_>>().join("|"), *expected, "{text}");
    }
}

#[test]
fn terms() {
    let detect = r##"a = ["evaluat*", "cancel ~2 account", "(speak|talk) (directly|) to", "# times", "don't care", ":(", "24/7"]
condition = "a""##;
    check(
        detect,
        &[
            ("We are evaluating it, an EVALUATION.", "evaluating|EVALUATION"),
            ("Cancel my account. Cancel this very old account", "Cancel my account"),
            ("cancel. my account", ""),
            ("speak directly to; talk to; speak of", "speak directly to|talk to"),
            ("I called 3 times, 12 times", "3 times|12 times"),
            ("I dont care, I don’t care", "dont care|don’t care"),
            ("bad :( and http://example.com/:(", ":("),
            ("support 24/7 and 24-7", "24/7|24-7"),
        ],
    );
}

#[test]
fn a_gap_takes_the_way_that_fits() {
    check("a = [\"a ~2 b ~2 c\"]\ncondition = \"a\"", &[("a b x b x c", "a b x b x c"), ("a b x x x c", "")]);
}

#[test]
fn joined() {
    let lists = "a = [\"alpha\"]\nb = [\"beta\"]\nc = [\"gamma\"]\n";
    for (condition, table) in [
        ("a and b", &[("alpha. Or beta", "alpha|beta"), ("alpha", "")][..]),
        ("a or b", &[("beta and alpha", "beta|alpha"), ("gamma", "")]),
        ("a and not b", &[("alpha", "alpha"), ("alpha beta", ""), ("alpha, not beta", "")]),
        (
            "(a or b) near:1 c",
            &[("alpha x gamma", "alpha|gamma"), ("gamma beta", "gamma|beta"), ("beta x x gamma", "")],
        ),
        ("a near:5 b", &[("alpha. Then beta", ""), ("alpha then beta", "alpha|beta")]),
        ("a before:2 b", &[("beta alpha", ""), ("alpha beta", "alpha|beta")]),
        ("a not near:2 b", &[("alpha beta x x x x alpha", "alpha"), ("alpha beta", ""), ("alpha", "alpha")]),
        ("a not before:2 b", &[("beta alpha", "alpha"), ("alpha beta", "")]),
        ("count:a>=2", &[("alpha alpha", "alpha|alpha"), ("alpha", "")]),
        ("a and language:de", &[("alpha", "")]),
    ] {
        check(&format!("{}condition = \"{condition}\"", named(lists, condition)), table);
    }
}

/// Those of `lists` that `condition` names, since others would be faults.
fn named(lists: &str, condition: &str) -> String {
    let is_named = |line: &&str| {
        let words = condition.split(|c: char| !c.is_ascii_alphanumeric());
        words.into_iter().any(|word| Some(word) == line.split(' ').next())
    };
    lists.lines().filter(is_named).map(|line| format!("{line}\n")).collect()
}

#[test]
fn negation() {
    let happy = "a = [\"happy\", \"no response\"]\n";
    check(
        &format!("{happy}condition = \"a\""),
        &[
            ("happy", "happy"),
            ("I'm not happy", ""),
            ("I'm not at all, happy", "happy"),
            ("not bad. happy", "happy"),
            ("nobody is happy because I am happy", "happy"),
            ("still no response", "no response"),
        ],
    );
    check(&format!("{happy}condition = \"a and negated\""), &[("I am happy", ""), ("I am not happy", "happy")]);
    check(
        &format!("{happy}condition = \"a and not negated\""),
        &[("I am happy, she is not happy", "happy"), ("not happy", "")],
    );
    check(
        &format!("{happy}negation_word = [\"not\"]\ncondition = \"a and negation_word\""),
        &[("not happy", "not|happy")],
    );
}

#[test]
fn questions_and_emphasis() {
    check(
        "a = [\"refund*\"]\ncondition = \"a and not question\"",
        &[
            ("Do you offer refunds? I want a refund", "refund"),
            ("Do you offer refunds?", ""),
            ("how do refunds work", ""),
        ],
    );
    check("a = [\"refund\"]\ncondition = \"a and question\"", &[("A refund. Can I have a refund?", "refund")]);
    check("a = [\"refund\"]\ncondition = \"a and emphasis\"", &[("a refund, a REFUND", "REFUND")]);
    check(
        "condition = \"emphasis\"",
        &[
            ("WHERE IS MY REFUND? please", "WHERE IS MY REFUND"),
            ("The SLA and DPA for the EMEA API", ""),
            ("please STOP", ""),
        ],
    );
}

#[test]
fn authors() {
    check_as("a = [\"alpha\"]\ncondition = \"a\"", AuthorType::Agent, &[("alpha", "")]);
    check_as("a = [\"alpha\"]\ncondition = \"a and author:agent\"", AuthorType::Agent, &[("alpha", "alpha")]);
    check_as(
        "a = [\"alpha\"]\ncondition = \"a and (author:agent or author:bot)\"",
        AuthorType::Bot,
        &[("alpha", "alpha")],
    );
}

#[test]
fn scores_show_the_heaviest_terms() {
    check(
        "condition = \"score:negative>=400\"",
        &[("This is a terrible, awful mess", "terrible|awful|mess"), ("This is fine", "")],
    );
}
