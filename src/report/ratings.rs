//! CSAT, CES and NPS, each on its own scale.

use serde_json::{Value, json};

use super::Period;
use super::log::Log;

/// The target of CSAT and CES, in hundredths of a point on their scale of 1 to 5.
const TARGET: i64 = 420;

/// The ratings that came in within the period, of conversations that were escalated and of the others.
pub(super) fn of(log: &Log, period: Period) -> Value {
    let values = |wanted: &str| -> Vec<i64> {
        let conversations = log.conversations.values();
        let ratings = conversations.flat_map(|conversation| {
            let mut ratings = conversation.ratings.clone();
            ratings.sort_unstable();
            ratings.dedup();
            ratings
        });
        ratings.filter(|(scale, _, at)| *scale == wanted && period.holds(*at)).map(|(_, value, _)| value).collect()
    };
    json!({"csat": points(&values("csat")), "ces": points(&values("ces")), "nps": promoters(&values("nps"))})
}

/// A mean in hundredths of a point.
fn points(values: &[i64]) -> Value {
    let (sum, count) = (values.iter().sum::<i64>() * 100, values.len() as i64);
    let mean = (count > 0).then(|| sum / count);
    // Not the mean as it is told, which is rounded down.
    json!({"count": count, "mean": mean, "target": TARGET, "met": mean.map(|_| sum > TARGET * count)})
}

/// Promoters (9 and 10) less detractors (0 to 6), in hundredths of those who answered: -100 to 100.
fn promoters(values: &[i64]) -> Value {
    let count = |from: i64, to: i64| values.iter().filter(|value| (from..=to).contains(value)).count() as i64;
    let (promoters, detractors) = (count(9, 10), count(0, 6));
    let score = (!values.is_empty()).then(|| (promoters - detractors) * 100 / values.len() as i64);
    json!({"count": values.len(), "score": score, "promoters": promoters, "detractors": detractors})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promoter_score_is_no_mean() {
        assert_eq!(promoters(&[10, 9, 8, 7, 6, 0])["score"], 0);
        assert_eq!(promoters(&[10, 10, 10, 3])["score"], 50);
        // 101 of 500 with five: 4.202, told as 4.20, is above 4.2.
        let mut close = vec![4; 399];
        close.extend([5; 101]);
        assert_eq!((&points(&close)["mean"], &points(&close)["met"]), (&json!(420), &json!(true)));
        assert_eq!(points(&[4, 4, 4, 4, 5])["met"], false, "4.2 is not above 4.2");
        assert_eq!((&points(&[4, 5, 4])["mean"], &points(&[4, 4, 4])["met"]), (&json!(433), &json!(false)));
    }
}
