//! All figures of a report as one document.

use serde_json::{Value, json};

use super::log::{Episode, Log};
use super::{Period, Wanted, noise, people, proposals, ratings, reasons, resolution};

/// All figures.
pub(super) fn all(log: &Log, wanted: &Wanted) -> Value {
    let mut document = of_period(log, wanted.period);
    document["proposals"] = proposals::of(log, wanted);
    if let Some(before) = wanted.compare {
        let other = of_period(log, before);
        document["compared"] = compare(&other, &document);
    }
    document
}

fn of_period(log: &Log, period: Period) -> Value {
    json!({
        "period": period.to_string(),
        "escalations": resolution::escalations(log, period),
        "resolution": resolution::rate(log, period),
        "time_to_resolution": resolution::times_to_resolution(log, period),
        "reasons": reasons::of(log, period),
        "accuracy": reasons::accuracy(log, period),
        "people": people::of(log, period),
        "ratings": ratings::of(log, period),
        "noise": noise::of(log, period),
    })
}

/// Episodes that opened in the period, by their id.
pub(super) fn opened(log: &Log, period: Period) -> impl Iterator<Item = &Episode> {
    log.episodes.values().filter(move |episode| episode.opened.is_some_and(|time| period.holds(time)))
}

/// What is compared: name, place in the document, unit, and whether less of it is better.
const COMPARED: [(&str, &str, &str, bool); 13] = [
    ("Resolved of closed", "/resolution/rate", "share", false),
    ("False alarms of judged", "/accuracy/over", "share", true),
    ("Missed of all that mattered", "/accuracy/under", "share", true),
    ("Trigger speed: first message to alert (median)", "/people/to_trigger/median_ms", "time", true),
    ("Routing: sent to another team", "/people/rerouted/share", "share", true),
    ("First human reply after the alert (median)", "/people/first_reply/median_ms", "time", true),
    ("Effort: human replies in an escalation (mean)", "/people/replies/mean_tenths", "tenths", true),
    ("Handle time (median)", "/people/handle_time/median_ms", "time", true),
    ("Resolved at first contact", "/people/first_contact/share", "share", false),
    ("Time to resolution (median)", "/time_to_resolution/all/median_ms", "time", true),
    ("CSAT", "/ratings/csat/mean", "rating", false),
    ("CES", "/ratings/ces/mean", "rating", false),
    ("Alerts per account and day (mean)", "/noise/per_account_day/mean_tenths", "tenths", true),
];

/// The figures of two periods side by side.
fn compare(before: &Value, now: &Value) -> Value {
    let rows = COMPARED.iter().map(|(name, place, unit, less_is_better)| {
        let number = |document: &Value| document.pointer(place).and_then(Value::as_i64);
        let (then, now) = (number(before), number(now));
        let verdict = match (then, now) {
            (Some(then), Some(now)) if then == now => "same",
            (Some(then), Some(now)) if (now < then) == *less_is_better => "better",
            (Some(_), Some(_)) => "worse",
            _ => "unknown",
        };
        json!({"name": name, "unit": unit, "before": then, "now": now, "verdict": verdict})
    });
    json!({"before": before["period"], "now": now["period"], "rows": rows.collect::<Vec<_>>()})
}
