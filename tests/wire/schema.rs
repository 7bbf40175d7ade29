//! A judge for the JSON Schemas in `docs/schemas`: the few keywords that they use, and stricter than JSON Schema in one
//! thing: what is written must be described.
#![allow(clippy::disallowed_methods, reason = "tests read their files")]

use std::fs;
use std::path::Path;

use serde_json::Value;

/// A schema of `docs/schemas`.
pub(super) struct Schema(Value);

impl Schema {
    pub(super) fn read(name: &str) -> Schema {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas").join(name);
        Schema(serde_json::from_str(&fs::read_to_string(path).expect("the schema is there")).expect("and is JSON"))
    }

    /// What is wrong with a value, by place.
    pub(super) fn faults(&self, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.judge(&self.0, value, "", &mut faults);
        faults
    }

    fn judge(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.0.pointer(reference.trim_start_matches('#')).expect("the reference leads somewhere");
            self.judge(target, value, at, faults);
        }
        if !schema["type"].is_null() && !types(&schema["type"]).any(|name| is_of_type(value, name)) {
            faults.push(format!("{at} is not {}: {value}", schema["type"]));
        }
        if schema["enum"].as_array().is_some_and(|names| !names.contains(value)) {
            faults.push(format!("{at} is none of {}: {value}", schema["enum"]));
        }
        if schema.get("const").is_some_and(|only| only != value) {
            faults.push(format!("{at} is not {}: {value}", schema["const"]));
        }
        let number = value.as_f64();
        let outside = |bound: &str, wrong: fn(f64, f64) -> bool| matches!((schema[bound].as_f64(), number), (Some(bound), Some(number)) if wrong(number, bound));
        if outside("minimum", |number, least| number < least) || outside("maximum", |number, most| number > most) {
            faults.push(format!("{at} is out of bounds: {value}"));
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if value.get(name).is_none() {
                faults.push(format!("{at}/{name} is missing"));
            }
        }
        for (name, inner) in value.as_object().into_iter().flatten() {
            let at = format!("{at}/{name}");
            match schema["properties"].get(name) {
                Some(described) => self.judge(described, inner, &at, faults),
                None if schema["$ref"].is_null() => faults.push(format!("{at} is not described")),
                None => {}
            }
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.judge(&schema["items"], item, &format!("{at}/{index}"), faults);
        }
    }
}

fn types(types: &Value) -> impl Iterator<Item = &str> {
    types.as_str().into_iter().chain(types.as_array().into_iter().flatten().filter_map(Value::as_str))
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => value.is_null(),
    }
}

#[test]
fn the_judge_finds_what_is_wrong() {
    let schema = Schema::read("trigger.schema.json");
    let value =
        serde_json::json!({ "specversion": "2.0", "data": { "score": 1001, "level": "dire", "odd": 1, "tags": [1] } });
    let faults = schema.faults(&value).join("\n");
    for part in [
        "/specversion is not \"1.0\"",
        "/id is missing",
        "/data/score is out of bounds",
        "/data/level is none of",
        "/data/odd is not described",
        "/data/tags/0 is not \"string\"",
        "/data/provenance is missing",
    ] {
        assert!(faults.contains(part), "{part} is not in\n{faults}");
    }
}
