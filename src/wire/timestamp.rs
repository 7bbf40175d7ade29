//! Points in time as sources write them, and as we write them.

use crate::time::Timestamp;

/// From this magnitude on, a number is milliseconds instead of seconds: 10^11 s lies in the year 5138, 10^11 ms in 1973.
pub const MILLISECONDS_FROM: i64 = 100_000_000_000;
/// From this magnitude on, a number is microseconds.
pub const MICROSECONDS_FROM: i64 = 100_000_000_000_000;
/// From this magnitude on, a number is nanoseconds.
pub const NANOSECONDS_FROM: i64 = 100_000_000_000_000_000;

/// Reads a time: RFC 3339 with any offset and up to nine fractional digits (finer than a millisecond is dropped), a
/// space or lower-case letter for its `T` and `Z`, or ` UTC` at its end; or a string of digits, see [`from_number`].
/// A time without an offset is refused, since it can mean any of 27 hours. `None` too for what lies outside the
/// years 0 to 9999.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    parse_utc(text.as_bytes()).or_else(|| parse_slowly(text.trim_ascii()))
}

/// Reads a date, `YYYY-MM-DD`, as its midnight in UTC.
#[must_use]
pub fn parse_date(text: &str) -> Option<Timestamp> {
    let date = text.trim_ascii().as_bytes().first_chunk::<10>().filter(|_| text.trim_ascii().len() == 10)?;
    let mut midnight = *b"YYYY-MM-DDT00:00:00Z";
    midnight[..10].copy_from_slice(date);
    parse_utc(&midnight)
}

/// Reads a number's text as a time since the Unix epoch: seconds, from 10^11 on milliseconds, from 10^14 on
/// microseconds, from 10^17 on nanoseconds, by the magnitude of its whole part. Fractions finer than a millisecond
/// are dropped.
#[must_use]
pub fn from_number(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = match text.split_once('.') {
        None => (text.parse::<i64>().ok()?, 0),
        // Only seconds have a fraction that can matter; its first three digits do.
        Some((whole, fraction)) => {
            let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
            let millis =
                digits.map(|d| i64::from(d) - 48).try_fold(0, |sum, d| (0..10).contains(&d).then_some(sum * 10 + d));
            if !fraction.bytes().all(|digit| digit.is_ascii_digit()) || fraction.is_empty() {
                return None;
            }
            (whole.parse::<i64>().ok()?, if text.starts_with('-') { -millis? } else { millis? })
        }
    };
    let magnitude = whole.checked_abs()?;
    let millis = match magnitude {
        NANOSECONDS_FROM.. => whole.div_euclid(1_000_000),
        MICROSECONDS_FROM.. => whole.div_euclid(1_000),
        MILLISECONDS_FROM.. => whole,
        _ => whole * 1_000 + fraction,
    };
    in_range(millis)
}

/// Appends `time` as RFC 3339 in UTC with milliseconds, e.g. `2026-03-01T09:30:00.250Z`. What lies outside the years
/// 0 to 9999 is written as the nearest time within.
pub(crate) fn write(time: Timestamp, out: &mut String) {
    use std::fmt::Write;
    let time = time.clamp(Timestamp::MIN, Timestamp::MAX);
    let (day, millis) = (time.0.div_euclid(86_400_000), time.0.rem_euclid(86_400_000));
    let (year, month, day) = civil_of_days(day);
    let (hour, minute, second) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1_000 % 60);
    let millis = millis % 1_000;
    write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
        .expect("a String accepts every write");
}

/// `time` as [`write`] writes it.
#[must_use]
pub fn format(time: Timestamp) -> String {
    let mut out = String::with_capacity(24);
    write(time, &mut out);
    out
}

/// The day of `time` in UTC, e.g. `2026-03-01`.
#[must_use]
pub fn format_date(time: Timestamp) -> String {
    let mut out = format(time);
    out.truncate("YYYY-MM-DD".len());
    out
}

/// The common form, `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, without a general parser. `None` for any other, which says
/// nothing of its validity.
fn parse_utc(text: &[u8]) -> Option<Timestamp> {
    let (head, tail) = text.split_first_chunk::<19>()?;
    let separators = [head[4], head[7], head[10], head[13], head[16]];
    if separators != [b'-', b'-', b'T', b':', b':'] {
        return None;
    }
    let year = digits(&head[..4])?;
    let (month, day) = (digits(&head[5..7])?, digits(&head[8..10])?);
    let (hour, minute, second) = (digits(&head[11..13])?, digits(&head[14..16])?, digits(&head[17..])?);
    let millis = match tail {
        b"Z" => 0,
        [b'.', fraction @ .., b'Z'] if (1..=9).contains(&fraction.len()) => {
            let all = digits(fraction)?;
            all * 1_000 / 10_i64.pow(u32::try_from(fraction.len()).ok()?)
        }
        _ => return None,
    };
    let valid = (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
    if !valid || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_of_civil(year, month, day);
    Some(Timestamp((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + millis))
}

#[cold]
fn parse_slowly(text: &str) -> Option<Timestamp> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return from_number(text);
    }
    let time = match text.strip_suffix(" UTC") {
        Some(civil) => jiff::tz::Offset::UTC.to_timestamp(civil.parse().ok()?).ok()?,
        None => text.parse::<jiff::Timestamp>().ok()?,
    };
    // Rounds down, also before 1970, where jiff's own milliseconds round towards zero.
    in_range(i64::try_from(time.as_nanosecond().div_euclid(1_000_000)).ok()?)
}

fn in_range(millis: i64) -> Option<Timestamp> {
    let time = Timestamp(millis);
    (Timestamp::MIN..=Timestamp::MAX).contains(&time).then_some(time)
}

/// The number that up to nine ASCII digits write.
fn digits(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Hinnant, chrono-Compatible Low-Level Date
/// Algorithms, `days_from_civil`).
const fn days_of_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_of_civil`] (ibidem, `civil_from_days`).
const fn civil_of_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_of_one_time() {
        let same = Timestamp(1_772_357_400_250);
        for text in [
            "2026-03-01T09:30:00.250Z",
            "2026-03-01T09:30:00.25Z",
            "2026-03-01T09:30:00.250999999Z",
            "2026-03-01t09:30:00.250z",
            "2026-03-01 09:30:00.250Z",
            "2026-03-01T10:30:00.250+01:00",
            "2026-03-01T04:00:00.250-05:30",
            "2026-03-01 09:30:00.250 UTC",
            " 2026-03-01T09:30:00.250Z ",
            "1772357400250",
            "1772357400250123",
            "1772357400250123456",
        ] {
            assert_eq!(parse(text), Some(same), "{text}");
        }
        assert_eq!(from_number("1772357400.25"), Some(same));
        assert_eq!(from_number("1772357400"), Some(Timestamp(1_772_357_400_000)));
        assert_eq!(format(same), "2026-03-01T09:30:00.250Z");
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2026-03-01",
            "2026-03-01T09:30:00",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-03-01T24:30:00Z",
            "2026-03-01T09:30:00.Z",
            "99999999999999999999",
            "-5",
            "1.5",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for number in ["1e9", "1.", ".5", "9223372036854775807123", "", "-", "1.x"] {
            assert_eq!(from_number(number), None, "{number}");
        }
    }

    #[test]
    fn thresholds() {
        for (number, millis) in [
            ("0", 0),
            ("-1", -1_000),
            ("-1.25", -1_250),
            ("99999999999", 99_999_999_999_000),
            ("100000000000", 100_000_000_000),
            ("99999999999999", 99_999_999_999_999),
            ("100000000000000", 100_000_000_000),
            ("100000000000000000", 100_000_000_000),
        ] {
            assert_eq!(from_number(number), Some(Timestamp(millis)), "{number}");
        }
    }

    proptest! {
        #[test]
        fn written_times_are_read_back(millis in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let text = format(Timestamp(millis));
            prop_assert_eq!(parse_utc(text.as_bytes()), Some(Timestamp(millis)));
            prop_assert_eq!(parse_slowly(&text), Some(Timestamp(millis)));
        }

        #[test]
        fn the_fast_form_agrees_with_jiff(text in "[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?Z") {
            if let Some(time) = parse_utc(text.as_bytes()) {
                prop_assert_eq!(parse_slowly(&text), Some(time));
            }
        }
    }
}
