//! The reader agrees with serde_json, and the writer with both.

use proptest::prelude::*;
use serde_json::Value;

use super::{Fault, Json, Type, Writer, escaped_prefix};
use crate::limits::JSON_DEPTH;

/// The value that the reader sees, built by way of its whole interface.
fn read(json: &mut Json<'_>) -> Result<Value, Fault> {
    Ok(match json.peek()? {
        Type::Null => json.literal("null").map(|()| Value::Null)?,
        Type::Bool => Value::Bool(json.boolean()?),
        Type::Number => serde_json::from_str(json.number()?).unwrap_or(Value::Null),
        Type::String => Value::String(json.string(usize::MAX)?.0.into_owned()),
        Type::Array => {
            let mut items = Vec::new();
            json.array(|json| {
                items.push(read(json)?);
                Ok::<_, Fault>(())
            })?;
            Value::Array(items)
        }
        Type::Object => {
            let mut fields = serde_json::Map::new();
            json.object(|json, key| {
                fields.insert(key.to_owned(), read(json)?);
                Ok::<_, Fault>(())
            })?;
            Value::Object(fields)
        }
    })
}

fn whole(text: &str) -> Result<Value, Fault> {
    let mut json = Json::new(text);
    let value = read(&mut json)?;
    json.end()?;
    Ok(value)
}

fn skipped(text: &str) -> Result<(), Fault> {
    let mut json = Json::new(text);
    json.skip()?;
    json.end()
}

#[track_caller]
fn judge(text: &str) {
    let theirs = serde_json::from_str::<Value>(text);
    match (whole(text), &theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, *theirs, "{text}"),
        // A number that is too large for them is still a number, and we read a lone surrogate.
        (Ok(_), Err(error)) => {
            let error = error.to_string();
            assert!(
                error.contains("out of range") || error.contains("surrogate") || error.contains("escape"),
                "{error} {text}"
            );
        }
        (Err(fault), theirs) => assert!(theirs.is_err(), "{fault:?} {text}"),
    }
    assert_eq!(skipped(text).is_ok(), whole(text).is_ok(), "{text}");
}

#[test]
fn the_grammar() {
    for text in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "10",
        "-1.5e+10",
        "1E5",
        "\"\"",
        "[]",
        "{}",
        " [ ] ",
        "{ }",
        "[1,2 , 3]",
        r#"{"a":{"b":[]}}"#,
        r#""\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00""#,
        "\"ä\u{7f}\u{2028}\"",
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "01",
        "-",
        "1.",
        ".1",
        "1e",
        "+1",
        "0x1",
        "NaN",
        "\"",
        "\"\n\"",
        "\"\t\"",
        r#""\x""#,
        r#""\u12""#,
        r#""\u12g4""#,
        r#""\"#,
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{a:1}"#,
        r#"{"a":1 "b":2}"#,
        "[}",
        "{]",
        "[1]]",
        "1 2",
        "\u{a0}1",
        "//",
        "[1e999]",
    ] {
        judge(text);
    }
    assert_eq!(whole(r#""\ud83dx \ude00""#), Ok(Value::String("\u{fffd}x \u{fffd}".to_owned())));
    assert_eq!(whole(r#""\ud83d\ud83d\ude00""#), Ok(Value::String("\u{fffd}😀".to_owned())));
}

#[test]
fn depth_is_bounded_to_the_level() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert_eq!(skipped(&nested(JSON_DEPTH)), Ok(()));
        let last = open.len() * JSON_DEPTH;
        assert_eq!(skipped(&nested(JSON_DEPTH + 1)), Err(Fault::TooDeep(last)));
        assert_eq!(whole(&nested(JSON_DEPTH + 1)), Err(Fault::TooDeep(last)));
    }
}

#[test]
fn strings_are_cut_at_their_limit_on_a_char_boundary() {
    for (text, limit, kept, cut) in [
        (r#""abcdef""#, 6, "abcdef", false),
        (r#""abcdef""#, 5, "abcde", true),
        (r#""aäb""#, 2, "a", true),
        (r#""\u0061\u00e4b""#, 2, "a", true),
        (r#""a\nb\nc""#, 3, "a\nb", true),
        (r#""a\n""#, 2, "a\n", false),
        (r#""😀\n""#, 3, "", true),
    ] {
        let mut json = Json::new(text);
        let (read, was_cut) = json.string(limit).expect("a string");
        assert_eq!((&*read, was_cut), (kept, cut), "{text} {limit}");
        assert_eq!(json.end(), Ok(()), "the rest was read all the same");
    }
}

/// Text of the characters that matter to the grammar, so that much of it is nearly JSON.
fn nearly_json() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(",".to_owned()),
        Just(":".to_owned()),
        Just("\"".to_owned()),
        Just("\"a\"".to_owned()),
        Just("\"a\":".to_owned()),
        Just("\\".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("-1.5e3".to_owned()),
        Just("0".to_owned()),
        Just("\\u00e4".to_owned()),
        Just(" ".to_owned()),
        "[ -~]{0,12}",
        "\\PC{0,12}",
    ];
    prop::collection::vec(token, 0..24).prop_map(|tokens| tokens.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~]{0,80}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_accepted_is_what_serde_json_accepts(text in nearly_json()) {
        judge(&text);
    }

    #[test]
    fn what_serde_json_writes_is_read_alike(value in value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.expect("JSON");
        judge(&text);
        prop_assert!(whole(&text).is_ok());
    }

    #[test]
    fn what_is_written_is_read_back(text in any::<String>(), budget in 0..200_usize) {
        let mut out = Vec::new();
        Writer::new(&mut out).string(&text);
        let written = String::from_utf8(out).expect("UTF-8");
        prop_assert_eq!(whole(&written), Ok(Value::String(text.clone())));
        let kept = &text[..escaped_prefix(&text, budget)];
        let length = |text: &str| {
            let mut out = Vec::new();
            Writer::new(&mut out).string(text);
            out.len() - 2
        };
        prop_assert!(length(kept) <= budget);
        let next = text[kept.len()..].chars().next().map_or(0, char::len_utf8);
        prop_assert!(next == 0 || length(&text[..kept.len() + next]) > budget, "as much as fits");
    }
}
