//! Reports: two months of a made-up support desk through `replay`, and what `report` says of them.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

#[path = "report/desk.rs"]
pub(crate) mod desk;
#[path = "report/worked.rs"]
mod worked;

use std::path::Path;
use std::process::Command;

use expect_test::expect_file;
use foreshock::knowledge::Knowledge;
use foreshock::report::{Kept, Log, Wanted, figures, page, text};
use foreshock::wire::Profile;
use serde_json::Value;

use desk::{events, triggers};

/// Reads events and what `replay` makes of them. Of the events whose kind is in `without`, nothing reaches the report.
pub(crate) fn report(knowledge: &Knowledge, without: &[String]) -> Value {
    let events: Vec<String> = events()
        .into_iter()
        .filter(|event| !without.iter().any(|kind| event.contains(&format!("\"{kind}\""))))
        .collect();
    let mut log = Log::new(Profile::canonical());
    for line in triggers(knowledge, &events).lines().chain(events.iter().map(String::as_str)) {
        assert_ne!(log.read(line.as_bytes()), Kept::Refused, "{line}");
    }
    let rules = knowledge.detector.rules().iter();
    let wanted = Wanted {
        period: "2026-03-01..2026-04-01".parse().expect("a period"),
        compare: Some("2026-02-01..2026-03-01".parse().expect("a period")),
        weights: rules.map(|rule| (rule.id.clone(), rule.weight)).collect(),
        opens_at: knowledge.policy.scoring.threshold(knowledge.policy.escalation.open_level),
    };
    figures(&log, &wanted)
}

#[test]
fn a_report_reads_as_expected() {
    let figures = report(&Knowledge::shipped(), &[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report");
    expect_file![folder.join("expected.txt")].assert_eq(&text(&figures).expect("the template fits"));
    expect_file![folder.join("expected.json")].assert_eq(&format!("{figures:#}\n"));
    let page = page(&figures).expect("the template fits");
    // How it looks is for eyes; what it says begins here.
    let (_, said) = page.split_once("</style>").expect("the page has a style");
    expect_file![folder.join("expected.html")].assert_eq(said.trim_start());
}

#[test]
fn the_page_asks_nobody_for_anything_and_says_what_it_is_told() {
    let page = page(&report(&Knowledge::shipped(), &[])).expect("the template fits");
    for outside in ["<script", "http:", "https:", "//", "@import", "url(", "src=", "<iframe", "<img"] {
        assert!(!page.contains(outside), "`{outside}` is in the page");
    }
    let mut figures = report(&Knowledge::shipped(), &[]);
    figures["reasons"][0]["reason"] = Value::from("<b>x</b> & \"y\"");
    let page = foreshock::report::page(&figures).expect("the template fits");
    assert!(page.contains("&lt;b&gt;x") && !page.contains("<b>x"), "names are escaped");
}

#[test]
fn nothing_at_all_is_a_report_too() {
    let figures = figures(&Log::new(Profile::canonical()), &Wanted::default());
    assert!(text(&figures).expect("the template fits").contains("opened            0"));
    assert!(page(&figures).expect("the template fits").contains("All of the log"));
    assert_eq!(figures["resolution"]["rate"], Value::Null);
}

#[test]
fn the_order_of_lines_is_of_no_account_and_a_line_that_comes_twice_counts_once() {
    let knowledge = Knowledge::shipped();
    let events = events();
    let triggers = triggers(&knowledge, &events);
    let read = |lines: &mut dyn Iterator<Item = &str>| {
        let mut log = Log::new(Profile::canonical());
        for line in lines {
            log.read(line.as_bytes());
        }
        figures(&log, &Wanted::default())
    };
    let all = || triggers.lines().chain(events.iter().map(String::as_str));
    let once = read(&mut all());
    assert_eq!(once, read(&mut all().collect::<Vec<_>>().into_iter().rev()));
    assert_eq!(once, read(&mut all().chain(all())));
}

#[test]
#[ignore = "needs Chromium: cargo test browser -- --ignored (FORESHOCK_TEST_CHROMIUM names the program)"]
fn a_browser_shows_the_page_without_a_word_on_its_console_and_without_a_request() {
    let browser = std::env::var("FORESHOCK_TEST_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let folder = tempfile::tempdir().expect("a folder");
    let (path, log) = (folder.path().join("report.html"), folder.path().join("net.json"));
    std::fs::write(&path, page(&report(&Knowledge::shipped(), &[])).expect("it fits")).expect("it can be written");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"])
        .args(["--disable-background-networking", "--disable-component-update", "--no-first-run"])
        .arg(format!("--log-net-log={}", log.display()))
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .expect("the browser starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(String::from_utf8_lossy(&output.stdout).contains("Resolved at first contact"), "{told}");
    assert!(!told.contains("CONSOLE"), "{told}");
    let asked = std::fs::read_to_string(&log).expect("the browser keeps its log of requests");
    let from_the_page = asked.split("\"initiator\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let pages: Vec<&str> = from_the_page.filter(|initiator| *initiator != "not an origin").collect();
    assert!(pages.is_empty(), "the page asked for something: {pages:?}");
}
