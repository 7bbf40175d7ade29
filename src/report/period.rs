//! A stretch of time that a report covers.

use std::fmt;
use std::str::FromStr;

use crate::time::Timestamp;
use crate::wire::timestamp;

/// From a time on until before another; both ends may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first moment.
    pub from: Timestamp,
    /// The moment after the last.
    pub to: Timestamp,
}

impl Default for Period {
    fn default() -> Period {
        Period { from: Timestamp::MIN, to: Timestamp::MAX }
    }
}

impl Period {
    /// Whether a moment lies in it.
    #[must_use]
    pub fn holds(&self, time: Timestamp) -> bool {
        (self.from..self.to).contains(&time)
    }
}

/// `2026-03-01..2026-04-01`: dates (their midnight in UTC) or RFC 3339; either end may be left out.
impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Period, String> {
        let help = || format!("`{text}` is no period; write FROM..TO, e.g. 2026-03-01..2026-04-01");
        let (from, to) = text.split_once("..").ok_or_else(help)?;
        let end = |text: &str, open: Timestamp| match text.trim() {
            "" => Some(open),
            text => timestamp::parse_date(text).or_else(|| timestamp::parse(text)),
        };
        let from = end(from, Timestamp::MIN).ok_or_else(help)?;
        let to = end(to, Timestamp::MAX).ok_or_else(help)?;
        if from >= to { Err(format!("`{text}` ends before it begins")) } else { Ok(Period { from, to }) }
    }
}

/// As it is written: dates without their midnight.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |time: Timestamp, open: Timestamp| {
            if time == open {
                return String::new();
            }
            let text = timestamp::format(time);
            text.strip_suffix("T00:00:00.000Z").map_or_else(|| text.clone(), str::to_owned)
        };
        write!(f, "{}..{}", end(self.from, Timestamp::MIN), end(self.to, Timestamp::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_as_they_are_written() {
        for text in ["2026-03-01..2026-04-01", "..2026-04-01", "2026-03-01T08:30:00.000Z..", ".."] {
            assert_eq!(text.parse::<Period>().map(|period| period.to_string()).as_deref(), Ok(text));
        }
        for wrong in ["2026-03-01", "yesterday..today", "2026-04-01..2026-03-01", "2026-03-01..2026-03-01"] {
            assert!(wrong.parse::<Period>().is_err(), "{wrong}");
        }
    }
}
