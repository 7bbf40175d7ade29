//! Every diagnostic, shown by a small tree with that fault: `tests/diagnostics/<number>/` holds rules, lexicons, policies,
//! source profiles, settings or accounts as a user would have them, and the whole text that `check` prints.
#![allow(clippy::disallowed_methods, reason = "tests read their files")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use expect_test::expect_file;
use foreshock::check::check;
use foreshock::diagnostic::{Code, Diagnostic};

/// From the top of the repository, where `cargo test` runs tests, so that no machine's path is in what is printed.
const TREES: &str = "tests/diagnostics";

/// What `check` finds in the tree of each code, with paths from the top of the tree.
static FAULTS: LazyLock<BTreeMap<Code, Vec<Diagnostic>>> =
    LazyLock::new(|| Code::ALL.iter().map(|code| (*code, check_tree(*code))).collect());

fn faults(code: Code) -> &'static [Diagnostic] {
    &FAULTS[&code]
}

fn check_tree(code: Code) -> Vec<Diagnostic> {
    let tree = format!("{TREES}/{}", code.number());
    let mut diagnostics = check(&[PathBuf::from(&tree)]).diagnostics;
    let shortened = |text: &str| text.replace(&format!("{tree}/"), "").replace(&tree, ".");
    for diagnostic in &mut diagnostics {
        diagnostic.location.path = shortened(&diagnostic.location.path);
        diagnostic.message = shortened(&diagnostic.message);
    }
    diagnostics
}

fn told(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_number_has_a_broken_example_and_is_told_whole() {
    for code in Code::ALL.iter().copied() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(TREES).join(code.number().to_string());
        assert!(folder.is_dir(), "{code} ({}) has no example: add {}", code.summary().trim(), folder.display());
        let faults = faults(code);
        assert!(faults.iter().any(|fault| fault.code == code), "{code} is not found in its own tree: {}", told(faults));
        expect_file![folder.join("expected.txt")].assert_eq(&told(faults));
    }
}

#[test]
fn what_ships_has_no_fault() {
    let report = check(&[]);
    assert_eq!(told(&report.diagnostics), "");
    let looked_at = report.looked_at;
    assert!(looked_at.rules > 0 && looked_at.cases > looked_at.rules && looked_at.lexicons > 0, "{looked_at:?}");
}

/// `docs/DIAGNOSTICS.md`: a page for each number, with the example that the test above keeps true.
#[test]
fn the_documentation_is_in_step_with_the_examples() {
    let mut out = "\
# Diagnostics

<!-- Written by tests/diagnostics.rs (UPDATE_EXPECT=1 rewrites it). -->

What `foreshock check` and every verb that loads files can say of them. A number is contract: it is never given another
meaning, also when its check is gone. Each example is the whole output for the tree in `tests/diagnostics/<number>/`.

1xx are lexicons and files in general, 2xx rules, 3xx policies, 4xx source profiles, 5xx settings, 6xx accounts.
"
    .to_owned();
    let mut codes: Vec<Code> = Code::ALL.to_vec();
    codes.sort_by_key(|code| code.number());
    for code in codes {
        let _ = write!(
            out,
            "\n## {code}\n\n{}\n\n```text\n{}\n```\n",
            code.summary().trim(),
            told(faults(code)).trim_end()
        );
    }
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/docs/DIAGNOSTICS.md")].assert_eq(&out);
}
