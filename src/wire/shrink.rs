//! Makes what is already written smaller, for a topic that takes less than usual. Rare, so it reads the JSON back.

use serde_json::{Map, Value};

use super::json::floor_char_boundary;

/// The trigger in at most `bytes_max` bytes, as far as that is possible, marked `cut`: without evidence, then without
/// reasons, then with the account's facts left out and the least factors folded into one named `cut`.
#[must_use]
pub fn shrink_trigger(trigger: &[u8], bytes_max: usize) -> Vec<u8> {
    let steps: [fn(&mut Map<String, Value>); 4] = [
        |payload| each_factor(payload, |factor| drop(factor.remove("evidence"))),
        |payload| each_factor(payload, |factor| drop(factor.remove("reason"))),
        bare_account,
        fold_factors,
    ];
    let Ok(Value::Object(mut envelope)) = serde_json::from_slice(trigger) else { return trigger.to_vec() };
    let mut written = trigger.to_vec();
    for step in steps {
        if written.len() <= bytes_max {
            break;
        }
        if let Some(Value::Object(payload)) = envelope.get_mut("data") {
            payload.insert("cut".to_owned(), Value::Bool(true));
            step(payload);
        }
        written = Value::Object(envelope.clone()).to_string().into_bytes();
    }
    written
}

fn each_factor(payload: &mut Map<String, Value>, mut change: impl FnMut(&mut Map<String, Value>)) {
    if let Some(Value::Array(factors)) = payload.get_mut("factors") {
        factors.iter_mut().filter_map(Value::as_object_mut).for_each(&mut change);
    }
}

/// Of the account only whether it is known, which every trigger tells.
fn bare_account(payload: &mut Map<String, Value>) {
    if let Some(Value::Object(account)) = payload.get_mut("account") {
        account.retain(|name, _| name == "status");
    }
}

/// Keeps the first factors; the rest become one with the sum of their points.
fn fold_factors(payload: &mut Map<String, Value>) {
    const KEPT: usize = 3;
    if let Some(Value::Array(factors)) = payload.get_mut("factors")
        && factors.len() > KEPT + 1
    {
        let points: i64 = factors.drain(KEPT..).filter_map(|factor| factor.get("points")?.as_i64()).sum();
        factors.push(serde_json::json!({"id": "cut", "cause": "bound", "points": points}));
    }
}

/// The dead letter in at most `bytes_max` bytes, as far as that is possible, marked `cut`: with less of the payload.
#[must_use]
pub fn shrink_dead_letter(letter: &[u8], bytes_max: usize) -> Vec<u8> {
    let Ok(Value::Object(mut letter_fields)) = serde_json::from_slice(letter) else { return letter.to_vec() };
    let mut written = letter.to_vec();
    while written.len() > bytes_max {
        let over = written.len() - bytes_max;
        let Some(Value::String(payload)) = letter_fields.get_mut("payload").filter(|payload| **payload != "") else {
            break;
        };
        // Characters may be escaped, so a few rounds can be needed. Base64 stays whole groups of four.
        let less = (over * payload.len() / written.len()).max(64);
        let target = payload.len().saturating_sub(less) / 4 * 4;
        payload.truncate(floor_char_boundary(payload, target));
        letter_fields.insert("cut".to_owned(), Value::Bool(true));
        written = Value::Object(letter_fields.clone()).to_string().into_bytes();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Value {
        serde_json::from_slice(bytes).expect("what is written is JSON")
    }

    #[test]
    fn a_trigger_loses_evidence_first_and_its_points_never() {
        let factor = |points: i32| {
            serde_json::json!({"id": "r", "cause": "rule", "points": points, "reason": "because",
                "evidence": [{"start": 0, "end": 9, "quote": "q".repeat(500)}]})
        };
        let factors: Vec<Value> = (1..=40).map(factor).collect();
        let trigger = serde_json::json!({"id": "1", "data": {"score": 820, "factors": factors, "account": {"status": "known", "name": "a"}}});
        let whole = trigger.to_string().into_bytes();
        assert_eq!(shrink_trigger(&whole, whole.len()), whole);
        let points = |bytes: &[u8]| -> i64 {
            let factors = read(bytes)["data"]["factors"].as_array().expect("factors are kept").clone();
            factors.iter().filter_map(|factor| factor["points"].as_i64()).sum()
        };
        for bytes_max in [20_000, 4_000, 1_000, 10] {
            let cut = shrink_trigger(&whole, bytes_max);
            assert!(cut.len() <= bytes_max.max(400), "{} bytes of {bytes_max}", cut.len());
            assert_eq!(points(&cut), 820);
            assert_eq!(read(&cut)["data"]["cut"], true);
            assert_eq!(read(&cut)["data"]["account"]["status"], "known");
        }
    }

    #[test]
    fn a_dead_letter_keeps_as_much_payload_as_fits() {
        for payload in ["äöü\n".repeat(5_000), "QUJD".repeat(5_000)] {
            let whole = serde_json::json!({"reason": "not_json", "payload": payload}).to_string().into_bytes();
            let cut = shrink_dead_letter(&whole, 10_000);
            assert!(cut.len() <= 10_000 && cut.len() > 8_000, "{} bytes", cut.len());
            let cut = read(&cut);
            assert!(payload.starts_with(cut["payload"].as_str().expect("a text")), "what is kept is a beginning");
            assert_eq!(cut["cut"], true);
        }
        let least = shrink_dead_letter(b"{\"reason\":\"not_json\",\"payload\":\"xyz\"}", 1);
        assert_eq!(read(&least)["payload"], "");
    }
}
