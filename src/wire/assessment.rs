//! A line for every event of `replay --assessments`: the score after the event, and what it is made of.

use crate::risk::Assessment;

use super::json::Writer;
use super::trigger::{write_factor_whole, write_triage};

/// Appends the assessment after an event to `out` as one JSON object without a line end. Factors are as in triggers.
pub fn encode_assessment(event_id: &str, conversation_id: &str, assessment: &Assessment, out: &mut Vec<u8>) {
    let mut json = Writer::new(out);
    json.open(b'{').text("event_id", event_id).text("conversation_id", conversation_id);
    json.number("score", assessment.score)
        .text("level", assessment.level.name())
        .number("confidence", assessment.confidence);
    write_triage(&mut json, &assessment.triage);
    json.key("factors").open(b'[');
    for factor in &assessment.factors {
        write_factor_whole(&mut json, factor);
    }
    json.close(b']').close(b'}');
}
