//! Lengths of time as people write them: `50ms`, `1h`, `1h30m`.

use crate::time::Span;

/// Units with their length in milliseconds, longest first.
const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads a length of time: whole numbers, each followed by its unit (`ms`, `s`, `m`, `h`, `d`). `None` when it is
/// anything else, or too long to count in milliseconds.
#[must_use]
pub fn parse(text: &str) -> Option<Span> {
    let mut rest = text.trim();
    let mut total: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        let (_, length) = UNITS.iter().find(|(unit, _)| *unit == &rest[..letters])?;
        total = total.checked_add(number.checked_mul(*length)?)?;
        rest = rest[letters..].trim_start();
    }
    Some(Span(total))
}

/// Writes a length of time so that [`parse`] reads it back; negative ones as zero.
#[must_use]
pub fn format(span: Span) -> String {
    let mut rest = span.0.max(0);
    let mut out = String::new();
    for (unit, length) in UNITS {
        if rest >= length {
            out.push_str(&(rest / length).to_string());
            out.push_str(unit);
            rest %= length;
        }
    }
    if out.is_empty() { "0s".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_refuses_the_rest() {
        for (text, expected) in [
            ("50ms", Some(50)),
            ("1h", Some(3_600_000)),
            ("1h30m", Some(5_400_000)),
            ("1d 12h", Some(129_600_000)),
            ("0s", Some(0)),
            ("5", None),
            ("", None),
            ("h", None),
            ("-1s", None),
            ("1.5h", None),
            ("1 h", None),
            ("2 weeks", None),
            ("99999999999999d", None),
        ] {
            assert_eq!(parse(text).map(|span| span.0), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for milliseconds in [0, 1, 999, 1_000, 61_001, 86_400_000, 90_061_001] {
            assert_eq!(parse(&format(Span(milliseconds))), Some(Span(milliseconds)));
        }
    }
}
