//! Whether escalations are resolved, and how fast.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Period;
use super::figures::opened;
use super::log::{Ending, Episode, LEVELS, Log};
use super::spread::{histogram, share, times};

/// The share of closed escalations that must be resolved, in thousandths.
const TARGET: i64 = 950;

/// How many opened, by level.
pub(super) fn escalations(log: &Log, period: Period) -> Value {
    let levels = LEVELS.map(|level| {
        let number = opened(log, period).filter(|episode| episode.level == level).count();
        json!({"level": level, "count": number})
    });
    json!({"opened": opened(log, period).count(), "by_level": levels})
}

/// Resolved of closed, with the open ones beside.
pub(super) fn rate(log: &Log, period: Period) -> Value {
    let closed = |wanted: Ending| {
        let is = |episode: &&Episode| episode.closed.is_some_and(|(at, ending)| ending == wanted && period.holds(at));
        log.episodes.values().filter(is).count()
    };
    let (resolved, false_alarms) = (closed(Ending::Resolved), closed(Ending::FalseAlarm));
    let (expired, taken_back) = (closed(Ending::Expired), closed(Ending::TakenBack));
    let all = resolved + false_alarms + expired;
    let still_open = |episode: &&Episode| {
        episode.opened.is_some_and(|at| at < period.to) && episode.closed.is_none_or(|(at, _)| at >= period.to)
    };
    let rate = share(resolved, all);
    json!({
        "resolved": resolved, "closed": all, "rate": rate, "target": TARGET,
        "met": rate.map(|_| resolved as i64 * 1_000 >= TARGET * all as i64),
        "open": log.episodes.values().filter(still_open).count(),
        "false_alarms": false_alarms, "expired": expired, "taken_back": taken_back,
    })
}

/// From opening to resolution, for all, by severity and by team.
pub(super) fn times_to_resolution(log: &Log, period: Period) -> Value {
    let mut all = Vec::new();
    let mut by_level: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut by_team: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for episode in log.episodes.values() {
        let (Some(from), Some((to, Ending::Resolved))) = (episode.opened, episode.closed) else { continue };
        if !period.holds(to) {
            continue;
        }
        let time = (to - from).0.max(0);
        all.push(time);
        by_level.entry(&episode.level).or_default().push(time);
        by_team.entry(&episode.team).or_default().push(time);
    }
    let row = |name: &str, found: &[i64]| json!({"name": name, "times": times(found), "histogram": histogram(found)});
    let levels = LEVELS.iter().filter_map(|level| by_level.get(level).map(|found| row(level, found)));
    let teams = by_team.iter().map(|(team, found)| row(team, found));
    let mut document = times(&all);
    document["histogram"] = histogram(&all);
    json!({"all": document, "by_severity": levels.collect::<Vec<_>>(), "by_team": teams.collect::<Vec<_>>()})
}
