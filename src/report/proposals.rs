//! What verdicts say about rules: changes of weights and of the level that opens an episode, as a diff to read.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Wanted;
use super::figures::opened;
use super::log::{Episode, Log};
use super::spread::share;

/// A rule is judged by at least so many verdicts.
const LEAST_JUDGED: usize = 8;
/// Below this precision, in thousandths, a rule weighs too much.
const AIM: i64 = 800;
/// A weight is at most halved at once: what remains is looked at again in the next period.
const LEAST_KEPT: i64 = 500;
/// A higher threshold may lose this share of right escalations, in thousandths.
const MAY_LOSE: usize = 20;

/// The proposals, each with what it rests on.
pub(super) fn of(log: &Log, wanted: &Wanted) -> Value {
    let judged: Vec<&Episode> = opened(log, wanted.period).filter(|episode| episode.judged()).collect();
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for episode in &judged {
        for rule in &episode.rules {
            let (confirmed, all) = rules.entry(rule).or_default();
            *confirmed += usize::from(episode.confirmed);
            *all += 1;
        }
    }
    let weights = rules.into_iter().filter_map(|(rule, (confirmed, all))| {
        let precision = share(confirmed, all).filter(|_| all >= LEAST_JUDGED)?;
        let weight = i64::from(*wanted.weights.get(rule)?);
        // Not the precision as it is told, which is rounded.
        if confirmed as i64 * 1_000 >= AIM * all as i64 || weight <= 0 {
            return None;
        }
        let kept = (confirmed as i64 * 1_000_000 / (AIM * all as i64)).max(LEAST_KEPT);
        let proposed = (weight * kept / 1_000) / 5 * 5;
        Some(json!({
            "file": format!("rules/{rule}.toml"), "key": "weight", "from": weight, "to": proposed,
            "judged": all, "confirmed": confirmed, "precision": precision,
        }))
    });
    let proposals: Vec<Value> = weights.chain(threshold(&judged, wanted.opens_at)).collect();
    let diff: String = proposals.iter().map(as_diff).collect();
    json!({"changes": proposals, "diff": diff})
}

/// The highest score to open at that drops false alarms and loses hardly any that was right.
fn threshold(judged: &[&Episode], opens_at: i32) -> Option<Value> {
    let mut right: Vec<i32> = judged.iter().filter(|episode| episode.confirmed).map(|episode| episode.score).collect();
    if judged.len() < LEAST_JUDGED || right.is_empty() {
        return None;
    }
    right.sort_unstable();
    let proposed = right[right.len() * MAY_LOSE / 1_000] / 5 * 5;
    let dropped = judged.iter().filter(|episode| episode.is_false_alarm() && episode.score < proposed).count();
    let lost = right.iter().filter(|score| **score < proposed).count();
    (proposed > opens_at && dropped > lost).then(|| {
        json!({
            "file": "policy/scoring.toml", "key": "levels (the one that opens an episode)", "from": opens_at,
            "to": proposed, "judged": judged.len(), "dropped": dropped, "lost": lost,
        })
    })
}

fn as_diff(change: &Value) -> String {
    let text = |name: &str| change[name].as_str().unwrap_or_default();
    let number = |name: &str| change[name].as_i64().unwrap_or_default();
    let why = match change.get("precision") {
        Some(_) => format!("{} of {} right, aim 80 %", number("confirmed"), number("judged")),
        None => format!("{} false alarms fewer, {} right ones lost", number("dropped"), number("lost")),
    };
    let (file, key) = (text("file"), text("key"));
    format!("--- {file}\n+++ {file}\n-{key} = {}\n+{key} = {}   # {why}\n", number("from"), number("to"))
}
