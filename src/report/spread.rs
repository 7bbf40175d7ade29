//! How a number of times or shares spread: median, mean, buckets.

use serde_json::{Value, json};

use crate::time::Span;

/// The upper ends of the buckets of a histogram of times, with their names; the last has no end.
const BUCKETS: [(Span, &str); 7] = [
    (Span::minutes(15), "15 min"),
    (Span::hours(1), "1 h"),
    (Span::hours(4), "4 h"),
    (Span::hours(8), "8 h"),
    (Span::days(1), "1 d"),
    (Span::days(3), "3 d"),
    (Span(i64::MAX), "longer"),
];

/// A share in thousandths; `None` of nothing.
pub(super) fn share(part: usize, whole: usize) -> Option<i64> {
    (whole > 0).then(|| (part as i64 * 1_000 + whole as i64 / 2) / whole as i64)
}

/// The middle of some numbers: the lower one of two.
pub(super) fn median(numbers: &[i64]) -> Option<i64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) / 2).copied()
}

/// Their mean, rounded down.
pub(super) fn mean(numbers: &[i64]) -> Option<i64> {
    let sum = numbers.iter().map(|number| i128::from(*number)).sum::<i128>();
    (!numbers.is_empty()).then(|| (sum / numbers.len() as i128) as i64)
}

/// Count, median, mean and nine tenths of some times in milliseconds.
pub(super) fn times(times: &[i64]) -> Value {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let ninety = sorted.get((sorted.len() * 9).div_ceil(10).saturating_sub(1)).copied();
    json!({"count": times.len(), "median_ms": median(times), "mean_ms": mean(times), "p90_ms": ninety})
}

/// How many times fall into each bucket.
pub(super) fn histogram(times: &[i64]) -> Value {
    let mut counts = [0_u64; BUCKETS.len()];
    for time in times {
        let place = BUCKETS.iter().position(|(end, _)| *time <= end.0).unwrap_or(BUCKETS.len() - 1);
        counts[place] += 1;
    }
    let buckets = BUCKETS.iter().zip(counts).map(|((_, name), count)| json!({"up_to": name, "count": count}));
    Value::Array(buckets.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_round_to_the_nearest_thousandth_and_nothing_has_none() {
        assert_eq!(
            [share(2, 3), share(1, 3), share(3, 3), share(0, 3), share(0, 0)],
            [Some(667), Some(333), Some(1_000), Some(0), None]
        );
        assert_eq!(
            (median(&[5, 1, 9]), median(&[4, 2]), median(&[]), mean(&[1, 2, 6])),
            (Some(5), Some(2), None, Some(3))
        );
    }

    #[test]
    fn a_time_at_a_buckets_end_belongs_to_it() {
        let counts: Vec<u64> = histogram(&[Span::minutes(15).0, Span::minutes(15).0 + 1, Span::days(9).0])
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|bucket| bucket["count"].as_u64())
            .collect();
        assert_eq!(counts, [1, 1, 0, 0, 0, 0, 1]);
    }
}
