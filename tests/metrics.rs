//! Metrics: names and labels as Prometheus wants them, nothing unbounded in a label.

use std::time::Duration;

use foreshock::engine::Disposition;
use foreshock::message::Mark;
use foreshock::metrics::{Metrics, TransactionOutcome};
use foreshock::pipeline::Counts;
use foreshock::signal::Signal;

/// `(family, labels with value)` of every sample line.
fn samples(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_at(line.find(['{', ' ']).expect("a sample has a value"))).collect()
}

#[test]
fn every_family_is_named_typed_and_explained_by_convention() {
    let metrics = Metrics::new();
    metrics.set_lag("events", 0, 7);
    let text = metrics.text();
    for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
        let [_, _, name, kind] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert!(name.starts_with("foreshock_"), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        assert!(!name.contains("millis") && !name.ends_with("_ms"), "{name} is not in base units");
        assert!(kind != "histogram" || name.ends_with("_seconds"), "{name}");
        assert!(text.contains(&format!("# HELP {name} ")), "{name} is not explained");
    }
}

#[test]
fn closed_label_sets_are_there_from_the_start() {
    let text = Metrics::new().text();
    for signal in Signal::ALL {
        assert!(text.contains(&format!("foreshock_findings_total{{signal=\"{signal}\"}} 0")), "{signal}");
    }
    for mark in Mark::ALL {
        assert!(text.contains(&format!("foreshock_marks_total{{mark=\"{}\"}} 0", mark.name())), "{}", mark.name());
    }
    assert!(text.contains("foreshock_triggers_total{level=\"critical\",step=\"opened\"} 0"));
    assert!(text.contains("foreshock_transactions_total{outcome=\"aborted\"} 0"));
}

#[test]
fn what_happened_is_what_is_shown() {
    let metrics = Metrics::new();
    let mut counts = Counts { records: 4, bytes: 900, ..Counts::default() };
    counts.marks[Mark::Late as usize] = 3;
    counts.dispositions[Disposition::Scored as usize] = 4;
    metrics.add(&counts);
    metrics.add(&counts);
    metrics.transaction(TransactionOutcome::Committed);
    metrics.events_to_commit([Duration::from_millis(40)].into_iter());
    metrics.set_lag("events", 5, 12);
    let text = metrics.text();
    let samples = samples(&text);
    for expected in [
        ("foreshock_records_total", " 8"),
        ("foreshock_record_bytes_total", " 1800"),
        ("foreshock_events_total", "{disposition=\"scored\"} 8"),
        ("foreshock_marks_total", "{mark=\"late\"} 6"),
        ("foreshock_transactions_total", "{outcome=\"committed\"} 1"),
        ("foreshock_event_to_commit_seconds_bucket", "{le=\"0.03\"} 0"),
        ("foreshock_event_to_commit_seconds_bucket", "{le=\"0.05\"} 1"),
        ("foreshock_partition_lag", "{partition=\"5\",topic=\"events\"} 12"),
    ] {
        assert!(samples.contains(&expected), "{expected:?} in {text}");
    }
    metrics.partition_revoked("events", 5);
    assert!(!metrics.text().contains("partition_lag{"));
}

#[test]
fn alerts_rest_on_metrics_that_exist() {
    let metrics = Metrics::new();
    metrics.set_lag("events", 0, 0);
    let text = metrics.text();
    let alerts = include_str!("../deploy/prometheus/alerts.yaml");
    let word = |c: char| !(c.is_ascii_lowercase() || c == '_');
    let named: Vec<_> = alerts.split(word).filter(|word| word.starts_with("foreshock_")).collect();
    assert!(named.len() > 5, "{named:?}");
    for name in named {
        assert!(text.lines().any(|line| line.starts_with(name)), "{name} is no metric");
    }
}
