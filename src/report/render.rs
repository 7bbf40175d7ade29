//! Figures as text for a terminal and as one self-contained page, by templates.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error};
use serde_json::Value;

use super::plots;

/// What is written where there is nothing to say.
const NOTHING: &str = "–";

/// The report as text.
///
/// # Errors
/// When the template does not fit the figures, which the tests rule out.
pub fn text(figures: &Value) -> Result<String, Error> {
    environment()?.get_template("report.txt")?.render(Serde(figures))
}

/// The report as one page of HTML without scripts, fonts or pictures from elsewhere.
///
/// # Errors
/// As for [`text`].
pub fn page(figures: &Value) -> Result<String, Error> {
    let mut document = figures.clone();
    document["plots"] = plots::of(figures);
    environment()?.get_template("report.html")?.render(Serde(&document))
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_filter("time", |value: Option<i64>| value.map_or_else(nothing, time));
    environment.add_filter("share", |value: Option<i64>| value.map_or_else(nothing, share));
    environment.add_filter("rating", |value: Option<i64>| value.map_or_else(nothing, rating));
    environment.add_filter("tenths", |value: Option<i64>| value.map_or_else(nothing, tenths));
    environment.add_filter("unit", in_unit);
    environment.add_filter("left", |text: String, width: usize| format!("{text:<width$}"));
    environment.add_filter("right", |text: String, width: usize| format!("{text:>width$}"));
    environment.add_filter("words", |text: String| text.replace('_', " "));
    environment.add_template("report.txt", include_str!("report.txt"))?;
    environment.add_template("report.html", include_str!("report.html"))?;
    Ok(environment)
}

fn nothing() -> String {
    NOTHING.to_owned()
}

fn in_unit(value: Option<i64>, unit: &str) -> String {
    let Some(value) = value else { return nothing() };
    match unit {
        "time" => time(value),
        "share" => share(value),
        "rating" => rating(value),
        "tenths" => tenths(value),
        _ => value.to_string(),
    }
}

/// The two largest units of a time: `45 s`, `2 h 5 min`, `3 d 4 h`.
fn time(milliseconds: i64) -> String {
    let seconds = milliseconds / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |large: i64, unit: &str, small: i64, other: &str| {
        if small == 0 { format!("{large} {unit}") } else { format!("{large} {unit} {small} {other}") }
    };
    match () {
        () if days > 0 => two(days, "d", hours % 24, "h"),
        () if hours > 0 => two(hours, "h", minutes % 60, "min"),
        () if minutes > 0 => two(minutes, "min", seconds % 60, "s"),
        () => format!("{seconds} s"),
    }
}

/// Thousandths as per cent.
fn share(thousandths: i64) -> String {
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// Hundredths with their point.
fn rating(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Tenths with their point.
fn tenths(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        let minute = 60_000;
        let times = [45_000, 2 * minute, 125 * minute, 60 * minute, 76 * 60 * minute].map(time);
        assert_eq!(times, ["45 s", "2 min", "2 h 5 min", "1 h", "3 d 4 h"]);
        assert_eq!((share(950), rating(405), tenths(13)), ("95.0 %".to_owned(), "4.05".to_owned(), "1.3".to_owned()));
    }
}
