//! Lines that only reports read: ratings in events, and the summary that a run leaves behind. Tolerant, as readers are.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::json::Writer;

/// What a customer's rating was, wherever an event or its verdict has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct RatingsView {
    csat: Option<f64>,
    ces: Option<f64>,
    nps: Option<f64>,
    verdict: Nested,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Nested {
    csat: Option<f64>,
    ces: Option<f64>,
    nps: Option<f64>,
}

impl RatingsView {
    /// The ratings in a line; none where it is no such line.
    #[must_use]
    pub fn decode(line: &[u8]) -> RatingsView {
        // An array would be read as the fields in their order.
        let is_object = line.trim_ascii_start().first() == Some(&b'{');
        is_object.then(|| serde_json::from_slice(line).ok()).flatten().unwrap_or_default()
    }

    /// Customer satisfaction, 1 to 5.
    #[must_use]
    pub fn csat(&self) -> Option<i64> {
        whole(self.csat.or(self.verdict.csat), 1, 5)
    }

    /// Customer effort, 1 to 5; more is easier.
    #[must_use]
    pub fn ces(&self) -> Option<i64> {
        whole(self.ces.or(self.verdict.ces), 1, 5)
    }

    /// How likely they are to recommend us, 0 to 10, from which the net promoter score is made.
    #[must_use]
    pub fn nps(&self) -> Option<i64> {
        whole(self.nps.or(self.verdict.nps), 0, 10)
    }
}

fn whole(number: Option<f64>, least: i64, most: i64) -> Option<i64> {
    let number = number?;
    (number.fract() == 0.0).then_some(number as i64).filter(|whole| (least..=most).contains(whole))
}

/// What a run says of itself at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SummaryView {
    /// [`SummaryView::TYPE`]
    pub r#type: String,
    /// Triggers that were due and held back, by cause.
    pub suppressed: BTreeMap<String, u64>,
}

impl SummaryView {
    /// The type of such a line.
    pub const TYPE: &'static str = "io.foreshock.summary";

    /// Reads such a line.
    ///
    /// # Errors
    /// When it is not JSON, or a field has another type.
    pub fn decode(line: &[u8]) -> Result<SummaryView, serde_json::Error> {
        serde_json::from_slice(line)
    }
}

/// Appends a run's summary as one JSON object without a line end: what it held back, by cause, and what it left out across
/// conversations, in that order.
pub fn encode_summary(suppressed: &[(&'static str, u64)], ignored: &[(&'static str, u64)], out: &mut Vec<u8>) {
    let mut json = Writer::new(out);
    json.open(b'{').text("type", SummaryView::TYPE);
    for (name, numbers) in [("suppressed", suppressed), ("ignored", ignored)] {
        json.key(name).open(b'{');
        for (cause, number) in numbers {
            json.number(cause, *number);
        }
        json.close(b'}');
    }
    json.close(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_reads_as_it_is_written() {
        let mut line = Vec::new();
        encode_summary(&[("cool_down", 3), ("muted", 1)], &[("late", 2)], &mut line);
        let read = SummaryView::decode(&line).expect("it is JSON");
        assert_eq!(
            read.suppressed.into_iter().collect::<Vec<_>>(),
            [("cool_down".to_owned(), 3), ("muted".to_owned(), 1)]
        );
    }

    #[test]
    fn ratings_are_whole_and_on_their_scales() {
        let of = |line: &str| {
            let ratings = RatingsView::decode(line.as_bytes());
            (ratings.csat(), ratings.ces(), ratings.nps())
        };
        assert_eq!(of(r#"{"csat": 4, "ces": 5, "nps": 10}"#), (Some(4), Some(5), Some(10)));
        assert_eq!(of(r#"{"verdict": {"csat": 1, "ces": 6, "nps": -1}}"#), (Some(1), None, None));
        assert_eq!(of(r#"{"csat": 4.5, "nps": 0}"#), (None, None, Some(0)));
        assert_eq!(of("[1, 2]"), (None, None, None));
    }
}
