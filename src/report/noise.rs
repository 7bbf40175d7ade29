//! How much alerts ask of people: alerts per account and day, and what was held back.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Period;
use super::log::Log;
use crate::time::Span;
use crate::wire::timestamp;

/// Accounts that are named one by one.
const NAMED: usize = 10;

/// Alerts per account and day, the days' totals, the busiest accounts, and what was held back by cause.
pub(super) fn of(log: &Log, period: Period) -> Value {
    let mut account_days: BTreeMap<(&str, i64), u64> = BTreeMap::new();
    let mut days: BTreeMap<i64, u64> = BTreeMap::new();
    let mut accounts: BTreeMap<&str, u64> = BTreeMap::new();
    for (at, account) in log.alerts.values().filter(|(at, _)| period.holds(*at)) {
        let day = at.0.div_euclid(Span::days(1).0);
        *days.entry(day).or_default() += 1;
        if !account.is_empty() {
            *account_days.entry((account, day)).or_default() += 1;
            *accounts.entry(account).or_default() += 1;
        }
    }
    let alerts: u64 = account_days.values().sum();
    let mean_tenths = (!account_days.is_empty()).then(|| alerts * 10 / account_days.len() as u64);
    let mut busiest: Vec<_> = accounts.into_iter().collect();
    busiest.sort_by_key(|(account, number)| (std::cmp::Reverse(*number), *account));
    busiest.truncate(NAMED);
    let suppressed = log.suppressed.iter().map(|(cause, number)| json!({"cause": cause, "count": number}));
    json!({
        "alerts": days.values().sum::<u64>(),
        "per_account_day": {
            "account_days": account_days.len(), "mean_tenths": mean_tenths,
            "most": account_days.values().max(),
        },
        "by_day": days.iter().map(|(day, number)| json!({"day": date(*day), "count": number})).collect::<Vec<_>>(),
        "busiest": busiest.iter().map(|(id, number)| json!({"account": id, "count": number})).collect::<Vec<_>>(),
        "suppressed": suppressed.collect::<Vec<_>>(),
    })
}

fn date(day: i64) -> String {
    let midnight = crate::time::Timestamp(day.saturating_mul(Span::days(1).0));
    timestamp::format(midnight).chars().take(10).collect()
}
