//! The shipped policy is sound, and each key can be overridden on its own.

use super::*;
use crate::account::Arr;
use crate::score::{Level, Score};

fn load(own: &str) -> (Policy, Vec<Diagnostic>) {
    let files = [SourceFile { path: "own.toml".to_owned(), text: own.to_owned() }];
    let mut diagnostics = Vec::new();
    let policy = Policy::load(&files, &mut diagnostics);
    (policy, diagnostics)
}

#[test]
fn the_shipped_policy_has_no_fault() {
    let (policy, diagnostics) = load("");
    assert_eq!(diagnostics, []);
    assert_eq!(policy, Policy::shipped());
    for level in Level::ALL {
        assert!(!policy.routing.owner(level).role.is_empty());
    }
}

#[test]
fn a_later_file_overrides_key_by_key() {
    let (policy, diagnostics) = load("[levels]\nlow = 150\n");
    assert_eq!(diagnostics, []);
    assert_eq!(policy.scoring.thresholds, [0, 150, 400, 600, 800]);
}

#[test]
fn levels_begin_at_their_thresholds() {
    let scoring = Policy::shipped().scoring;
    let rows = [(0, "info"), (199, "info"), (200, "low"), (599, "medium"), (600, "high"), (800, "critical")];
    for (points, name) in rows {
        assert_eq!(scoring.level(Score::clamped(points)).name(), name, "{points}");
    }
}

#[test]
fn revenue_is_compared_in_dollars() {
    let currencies = Policy::shipped().currencies;
    let dollars = |amount, code: &str| currencies.dollars(&Arr { amount, currency: code.to_owned() });
    assert_eq!(dollars(100_000, "EUR"), Some(117_000));
    assert_eq!(dollars(100_000, "XXX"), None);
    assert_eq!(dollars(u64::MAX, "GBP"), Some(u64::MAX));
}

#[test]
fn stakes_have_steps() {
    let stakes = Policy::shipped().scoring.stakes;
    let arr: Vec<i32> = [0, 24_999, 25_000, 300_000, u64::MAX].map(|dollars| stakes.arr_percent(dollars)).to_vec();
    assert_eq!(arr, [0, 0, 5, 15, 20]);
    let renewal: Vec<i32> = [-1, 0, 14, 15, 90, 91].map(|days| stakes.renewal_percent(days)).to_vec();
    assert_eq!(renewal, [0, 20, 20, 15, 5, 0]);
}
