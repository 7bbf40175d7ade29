//! Where the bars of the page's plots stand, in units of their drawings; integers, so that a page is the same everywhere.

use serde_json::{Value, json};

/// Width of a horizontal bar of full length.
const LONG: i64 = 300;
/// Height of a row with such a bar.
const ROW: usize = 34;
/// Height of a vertical bar of full length.
const TALL: i64 = 120;
/// Width of the drawing of days, and the most that a day may take of it.
const DAYS_WIDE: i64 = 640;
const DAY_WIDE: i64 = 28;
/// Days that are drawn: the last ones.
const DAYS: usize = 92;

/// All plots of the figures.
pub(super) fn of(figures: &Value) -> Value {
    json!({"reasons": reasons(figures), "times": times(figures), "days": days(figures)})
}

fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or(0)
}

fn list<'v>(value: &'v Value, place: &str) -> &'v [Value] {
    value.pointer(place).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn scaled(part: i64, most: i64, length: i64) -> i64 {
    if most == 0 { 0 } else { (part * length + most / 2) / most }
}

/// Confirmed, unjudged and false alarms of each reason, end to end.
fn reasons(figures: &Value) -> Value {
    let rows = list(figures, "/reasons");
    let most = rows.iter().map(|row| number(row, "count")).max().unwrap_or(0);
    let bars = rows.iter().enumerate().map(|(place, row)| {
        let mut x = 0;
        let parts = ["confirmed", "unjudged", "false_alarms"].map(|kind| {
            let width = scaled(number(row, kind), most, LONG);
            x += width;
            json!({"kind": kind, "x": x - width, "width": width, "count": number(row, kind)})
        });
        json!({"reason": row["reason"], "y": place * ROW, "parts": parts, "end": x, "count": row["count"]})
    });
    json!({"height": rows.len() * ROW, "bars": bars.collect::<Vec<_>>()})
}

/// Times to resolution: for each bucket the severities on top of each other.
fn times(figures: &Value) -> Value {
    let levels = list(figures, "/time_to_resolution/by_severity");
    let all = list(figures, "/time_to_resolution/all/histogram");
    let most = all.iter().map(|bucket| number(bucket, "count")).max().unwrap_or(0);
    let bars = all.iter().enumerate().map(|(place, bucket)| {
        let mut top = TALL;
        let parts = levels.iter().rev().map(|level| {
            let count = level.pointer(&format!("/histogram/{place}/count")).and_then(Value::as_i64).unwrap_or(0);
            let height = scaled(count, most, TALL).min(top);
            top -= height;
            json!({"level": level["name"], "y": top, "height": height, "count": count})
        });
        let parts: Vec<Value> = parts.collect();
        json!({"up_to": bucket["up_to"], "x": place * 76, "top": top, "count": bucket["count"], "parts": parts})
    });
    json!({"bars": bars.collect::<Vec<_>>(), "levels": levels.iter().map(|level| &level["name"]).collect::<Vec<_>>()})
}

/// Alerts of each day.
fn days(figures: &Value) -> Value {
    let all = list(figures, "/noise/by_day");
    let shown = &all[all.len().saturating_sub(DAYS)..];
    let most = shown.iter().map(|day| number(day, "count")).max().unwrap_or(0);
    let step = (DAYS_WIDE / shown.len().max(1) as i64).min(DAY_WIDE);
    let bars = shown.iter().enumerate().map(|(place, day)| {
        let height = scaled(number(day, "count"), most, TALL);
        json!({
            "day": day["day"], "count": day["count"], "x": place as i64 * step, "width": (step - 2).max(1),
            "y": TALL - height, "height": height,
        })
    });
    let end = shown.len() as i64 * step;
    json!({"bars": bars.collect::<Vec<_>>(), "most": most, "end": end, "first": shown.first().map(|day| &day["day"]),
        "last": shown.last().map(|day| &day["day"])})
}
