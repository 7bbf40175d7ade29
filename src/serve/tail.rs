//! `tail`: committed triggers as they come, and how they look to people.

use std::io;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use rdkafka::Offset;

use super::stop::Stop;
use super::{ServeError, client_error};
use crate::kafka::{Follower, Inquiry, config};
use crate::settings::Settings;
use crate::wire::TriggerView;

/// How long to wait for a record before the request to stop is looked at.
const IDLE: Duration = Duration::from_millis(100);
/// How long the cluster may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Factors that are shown of one trigger.
const FACTORS: usize = 8;

/// Where to begin, and when to end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    /// Begin with the oldest trigger instead of the next new one.
    pub from_beginning: bool,
    /// End after so many triggers.
    pub count: Option<u64>,
    /// End once all that was there at the start has been shown.
    pub until_end: bool,
}

/// Why `tail` ended.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// The cluster is out of reach, or does not have the topic.
    #[error(transparent)]
    Cluster(#[from] ServeError),
    /// What is shown cannot be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Hands the value of each committed trigger to `show`, until the range ends or it is asked to stop.
///
/// # Errors
/// When the cluster does not have the topic, or `show` fails.
pub fn tail(
    settings: &Settings,
    range: Range,
    stop: &Stop,
    mut show: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<(), TailError> {
    let inquiry = Inquiry::new(config::asking(&settings.kafka)).map_err(client_error)?;
    let topic = settings.topics.triggers.as_str();
    let ask = |error| {
        let brokers = settings.kafka.brokers.join(", ");
        ServeError::Cluster(format!("no Kafka answers at {brokers} ({error}); check `kafka.brokers`"))
    };
    let found = inquiry.partitions(&[topic], PATIENCE).map_err(ask)?;
    let Some(partitions) = found.get(topic).copied() else {
        return Err(ServeError::Cluster(format!("there is no topic `{topic}` on the cluster")).into());
    };
    let mut open = Vec::new();
    let mut ends = Vec::new();
    for partition in 0..partitions {
        let (low, high) = inquiry.watermarks(topic, partition, PATIENCE).map_err(ask)?;
        ends.push(high);
        if low < high {
            open.push((partition, high));
        }
    }
    let from = |partition: i32| match usize::try_from(partition).ok().and_then(|place| ends.get(place)) {
        Some(end) if !range.from_beginning => Offset::Offset(*end),
        _ => Offset::Beginning,
    };
    let mut follower =
        Follower::new(&config::reader(&settings.kafka), topic, partitions, from).map_err(client_error)?;
    let mut left = range.count.unwrap_or(u64::MAX);
    while left > 0 && !stop.is_requested() && !(range.until_end && open.is_empty()) {
        let mut shown = Ok(());
        follower.poll(IDLE, |record| {
            if left > 0 && shown.is_ok() {
                left -= 1;
                shown = show(record.value.unwrap_or_default());
            }
        });
        shown?;
        open.retain(|(partition, end)| follower.position(*partition).is_none_or(|next| next < *end));
    }
    Ok(())
}

/// A trigger for people, several lines, with styles that `anstream` strips where nobody would see them. What is no
/// trigger is said to be none, not shown.
///
/// # Errors
/// When `out` fails.
pub fn write_readable(value: &[u8], out: &mut impl io::Write) -> io::Result<()> {
    match TriggerView::decode(value) {
        Ok(trigger) => write_trigger(&trigger, out),
        Err(error) => writeln!(out, "(a record of {} bytes that is no trigger: {error})", value.len()),
    }
}

fn write_trigger(trigger: &TriggerView, out: &mut impl io::Write) -> io::Result<()> {
    let payload = &trigger.data;
    let (strong, dim) = (Style::new().bold(), Style::new().dimmed());
    let level = level_style(&payload.level);
    write!(out, "{level}{:<8}{level:#} {strong}{:>4}{strong:#}  ", payload.level.to_uppercase(), payload.score)?;
    write!(out, "{:<12} {strong}{}{strong:#}", payload.step, payload.conversation_id)?;
    let account = &payload.account;
    if !account.name.is_empty() {
        write!(out, "  {}", account.name)?;
        let arr = account.arr.as_ref().map(|arr| format!("{} {} a year", thousands(arr.amount), arr.currency));
        let facts: Vec<&str> = [account.tier.as_str(), arr.as_deref().unwrap_or_default()].into();
        let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        if !facts.is_empty() {
            write!(out, " ({})", facts.join(", "))?;
        }
    }
    writeln!(out, "  {dim}{}{dim:#}", trigger.time)?;
    if !payload.summary.is_empty() {
        writeln!(out, "    {}", payload.summary)?;
    }
    for factor in payload.factors.iter().take(FACTORS) {
        let reason = if factor.reason.is_empty() { &factor.id } else { &factor.reason };
        write!(out, "    {:>+5}  {reason}", factor.points)?;
        if let Some(evidence) = factor.evidence.first() {
            write!(out, "  {dim}\"{}\"{dim:#}", evidence.quote)?;
        }
        writeln!(out)?;
    }
    if payload.factors.len() > FACTORS {
        writeln!(out, "           and {} more", payload.factors.len() - FACTORS)?;
    }
    write!(out, "    -> {} / {}", payload.team, payload.owner.role)?;
    if !payload.owner.name.is_empty() {
        write!(out, " {}", payload.owner.name)?;
    }
    let priority = payload.priority.as_deref().unwrap_or_default();
    let backfill = if payload.backfill { "backfill" } else { "" };
    for note in [priority, backfill].into_iter().filter(|note| !note.is_empty()) {
        write!(out, " · {note}")?;
    }
    let episode = payload.episode_id.get(..8).unwrap_or(&payload.episode_id);
    writeln!(out, "  {dim}episode {episode}, step {}, {}{dim:#}\n", payload.sequence, payload.reason)
}

fn level_style(level: &str) -> Style {
    let color = match level {
        "critical" => AnsiColor::BrightRed,
        "high" => AnsiColor::Red,
        "medium" => AnsiColor::Yellow,
        _ => AnsiColor::Cyan,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

/// A number with its thousands apart: `1,450,000`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn thousands_stand_apart() {
        let written: Vec<String> = [0, 999, 1_000, 1_450_000].map(thousands).into();
        assert_eq!(written, ["0", "999", "1,000", "1,450,000"]);
    }
}
