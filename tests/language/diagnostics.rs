//! What is said of broken lexicons and rules, whole: `tests/diagnostics/1xx` and `2xx`, a folder for each number.

use std::path::Path;

use expect_test::expect_file;
use foreshock::detect::{Detector, run_cases};
use foreshock::diagnostic::{Code, SourceFile};
use foreshock::lexicon::Lexicons;
use foreshock::rules::RuleSet;

use super::shipped::files_below;

/// The files of a number's folder, under the paths that they would have in a project.
fn files(number: u16, folder: &str, extension: &str) -> Vec<SourceFile> {
    let own = format!("tests/diagnostics/{number}/");
    let mut files = files_below(&format!("{own}{folder}"), extension);
    for file in &mut files {
        file.path = file.path.strip_prefix(&own).expect("it lies in the folder").to_owned();
    }
    files
}

#[test]
fn every_fault_of_a_lexicon_or_rule_is_told_whole() {
    // 100 and 101 are about files that cannot be read at all.
    for code in Code::ALL.iter().copied().filter(|code| (110..300).contains(&code.number())) {
        let number = code.number();
        let mut diagnostics = Vec::new();
        let lexicons = Lexicons::load(&files(number, "lexicons", "tsv"), &mut diagnostics);
        let rules = RuleSet::load(&files(number, "rules", "toml"), &lexicons, &mut diagnostics);
        diagnostics.extend(run_cases(&Detector::new(&lexicons, &rules), &rules));
        assert!(diagnostics.iter().any(|found| found.code == code), "{code} is not found in its own folder");
        let told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/diagnostics/{number}/expected.txt"));
        expect_file![expected].assert_eq(&told.join("\n"));
    }
}
