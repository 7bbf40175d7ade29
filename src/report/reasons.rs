//! Why escalations were raised, how often that was right, and what was missed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Period;
use super::figures::opened;
use super::log::Log;
use super::spread::share;

/// A customer who rates so low was let down.
const LOW_CSAT: i64 = 2;

/// Reasons by count, each with its precision: confirmed of judged.
pub(super) fn of(log: &Log, period: Period) -> Value {
    let mut reasons: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for episode in opened(log, period) {
        let (count, confirmed, false_alarms) = reasons.entry(&episode.reason).or_default();
        *count += 1;
        *confirmed += usize::from(episode.confirmed);
        *false_alarms += usize::from(episode.is_false_alarm());
    }
    let mut rows: Vec<_> = reasons.into_iter().collect();
    rows.sort_by_key(|(reason, (count, ..))| (std::cmp::Reverse(*count), *reason));
    let row = |(reason, (count, confirmed, false_alarms)): (&str, (usize, usize, usize))| {
        json!({
            "reason": reason, "count": count, "confirmed": confirmed, "false_alarms": false_alarms,
            "unjudged": count - confirmed - false_alarms, "precision": share(confirmed, confirmed + false_alarms),
        })
    };
    Value::Array(rows.into_iter().map(row).collect())
}

/// Over-escalation: false alarms of what was judged. Under-escalation: conversations that never had an escalation and
/// ended in a low rating, or were taken up by somebody all the same, of all that mattered. Triggers alone cannot tell what
/// was missed, and events alone not what was escalated.
pub(super) fn accuracy(log: &Log, period: Period) -> Value {
    let judged = opened(log, period).filter(|episode| episode.judged()).count();
    let false_alarms = opened(log, period).filter(|episode| episode.is_false_alarm()).count();
    let escalated: BTreeSet<&str> = log.episodes.values().map(|episode| episode.conversation.as_str()).collect();
    let missed = log.conversations.iter().filter(|(id, conversation)| {
        let low = conversation
            .ratings
            .iter()
            .any(|(scale, value, at)| *scale == "csat" && *value <= LOW_CSAT && period.holds(*at));
        let by_hand = conversation.verdicts.iter().any(|(_, at)| period.holds(*at));
        !escalated.contains(id.as_str()) && (low || by_hand)
    });
    let confirmed = judged - false_alarms;
    let is_whole = !log.conversations.is_empty() && !log.episodes.is_empty();
    let missed = is_whole.then(|| missed.count());
    json!({
        "judged": judged, "false_alarms": false_alarms, "over": share(false_alarms, judged),
        "missed": missed, "under": missed.and_then(|missed| share(missed, missed + confirmed)),
    })
}
