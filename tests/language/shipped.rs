//! What ships under `lexicons/` and `rules/` loads without a fault, and every case in it holds.

use std::path::Path;

use foreshock::detect::{Detector, Findings, Scratch, Text, run_cases};
use foreshock::diagnostic::{Diagnostic, SourceFile};
use foreshock::lexicon::Lexicons;
use foreshock::message::{AuthorType, Format};
use foreshock::rules::RuleSet;

/// All files below `folder` with that extension, in order of their paths, which are relative to the project.
#[allow(clippy::disallowed_methods, reason = "a test reads what ships")]
pub(super) fn files_below(folder: &str, extension: &str) -> Vec<SourceFile> {
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let text = std::fs::read_to_string(&path).expect("what ships can be read");
                let shown = path.strip_prefix(root).expect("it lies in the project");
                files.push(SourceFile { path: shown.display().to_string(), text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Everything that ships, with all that is wrong with it.
pub(super) fn load() -> (Lexicons, RuleSet, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let lexicons = Lexicons::load(&files_below("lexicons", "tsv"), &mut diagnostics);
    let rules = RuleSet::load(&files_below("rules", "toml"), &lexicons, &mut diagnostics);
    (lexicons, rules, diagnostics)
}

fn assert_clean(diagnostics: &[Diagnostic]) {
    let shown: String = diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
    assert!(diagnostics.is_empty(), "{} faults:\n{shown}", diagnostics.len());
}

#[test]
fn everything_loads() {
    assert_clean(&load().2);
}

#[test]
fn every_case_holds() {
    let (lexicons, rules, _) = load();
    assert_clean(&run_cases(&Detector::new(&lexicons, &rules), &rules));
}

/// Signs are placed by the words around them; a text may have none.
#[test]
fn a_text_of_signs_alone_is_read() {
    let (lexicons, rules, _) = load();
    let detector = Detector::new(&lexicons, &rules);
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    for text in [":(", "😡", "( :( )", "!!! 😡 ???", ":( ok", "ok :("] {
        let text = Text { text, format: Format::Plain, author: AuthorType::Customer, language: "en" };
        detector.detect(text, &mut scratch, &mut findings);
    }
}
