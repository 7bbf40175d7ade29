//! Every kind of bad input with its documented outcome: accepted with a mark, or a dead letter with a reason.
//! `docs/EVENTS.md` has the same table for people.

use foreshock::limits::{JSON_DEPTH, RECORD_BYTES, TEXT_BYTES};
use foreshock::message::{Event, Mark};
use foreshock::time::{Span, Timestamp};
use foreshock::wire::{Decoder, Profile, RawRecord, Reason, Reject};

const ARRIVAL: Timestamp = Timestamp(1_772_357_400_000);

/// Decodes a record as it comes from Kafka: with a key and the time of its arrival.
fn decode(value: &[u8]) -> Result<Event<'_>, Reject> {
    let record = RawRecord { key: Some(b"c"), arrival: Some(ARRIVAL), ..RawRecord::line(value) };
    Decoder::new(Profile::canonical()).decode(&record)
}

/// A good event with one field set to this JSON; a field that is named twice counts as the last.
fn with(field: &str, json: &str) -> Vec<u8> {
    let good =
        r#""event_id":"e","conversation_id":"c","occurred_at":1772357400,"author":{"type":"customer"},"text":"Hi""#;
    format!(r#"{{{good},"{field}":{json}}}"#).into_bytes()
}

fn marks(event: &Event<'_>) -> Vec<&'static str> {
    event.marks.iter().map(Mark::name).collect()
}

#[track_caller]
fn rejected(value: &[u8], reason: Reason) {
    let reject = decode(value).expect_err("a dead letter");
    assert_eq!(reject.reason, reason, "{reject}");
    assert!(!reject.detail.is_empty() && reject.detail.len() < 200, "{reject}");
}

#[track_caller]
fn accepted(value: &[u8], expected: &[&str]) {
    assert_eq!(marks(&decode(value).expect("an event")), expected);
}

#[test]
fn a_good_event_has_no_mark() {
    accepted(&with("text", r#""Hello""#), &[]);
}

#[test]
fn records_that_are_no_events() {
    use Reason::*;
    for (value, reason) in [
        (&b""[..], Empty),
        (b" \n\t ", Empty),
        (b"\xef\xbb\xbf", Empty),
        (b"not json", NotJson),
        (br#"{"event_id":"e""#, NotJson),
        (br#"{"event_id":"e",}"#, NotJson),
        (br#"{"event_id":"e"} {}"#, NotJson),
        (b"{\"text\":\"a\x00b\"}", NotJson),
        (br#"{"text":"\x41"}"#, NotJson),
        (b"{\"text\":\"\xff\"}", NotUtf8),
        (b"\xc3\x28", NotUtf8),
        (b"null", NotAnObject),
        (b"[{}]", NotAnObject),
        (b"\"text\"", NotAnObject),
        (b"{}", MissingField),
    ] {
        rejected(value, reason);
    }
    let none = RawRecord { key: Some(b"c"), ..RawRecord::default() };
    let reject = Decoder::new(Profile::canonical()).decode(&none).unwrap_err();
    assert_eq!(reject.reason, Tombstone);
}

#[test]
fn missing_ids_and_what_else_no_event_can_do_without() {
    for field in ["event_id", "conversation_id", "occurred_at", "author", "text"] {
        let value = with(field, "null");
        rejected(&value, Reason::MissingField);
        assert_eq!(decode(&value).unwrap_err().detail, format!("`{field}` is missing"));
    }
    rejected(&with("author", "{}"), Reason::MissingField);
    rejected(&with("kind", r#""edit""#), Reason::MissingField);
    rejected(&with("kind", r#""merge""#), Reason::MissingField);
    rejected(&with("kind", r#""verdict""#), Reason::MissingField);
    rejected(
        br#"{"id":"e","subject":"c","time":"2026-03-01T09:30:00Z","author":"bot","text":"x"}"#,
        Reason::MissingField,
    );
    // A message may bring files instead of words.
    let files = with("attachments", r#"["https://files.example.com/1"], "text": null"#);
    accepted(&files, &[]);
}

#[test]
fn wrong_types_where_they_matter_and_where_not() {
    for (field, json) in [
        ("event_id", "{}"),
        ("event_id", "1.5"),
        ("conversation_id", "[]"),
        ("tenant", "true"),
        ("account_id", "{}"),
        ("occurred_at", "{}"),
        ("author", "7"),
        ("text", "7"),
        ("text", r#"["Hi"]"#),
        ("kind", "1"),
        ("verdict", r#""resolved""#),
    ] {
        rejected(&with(field, json), Reason::WrongType);
    }
    for (field, json) in [
        ("subject", "{}"),
        ("priority", r#""very""#),
        ("tags", "{}"),
        ("csat", r#""great""#),
        ("csat", "9"),
        ("bot", "true"),
        ("bot", r#"{"confidence": 95}"#),
        ("contact", r#"["Ann"]"#),
        ("received_at", r#""soon""#),
        ("format", r#""pdf""#),
        ("status", "false"),
    ] {
        accepted(&with(field, json), &["value_unknown"]);
    }
}

#[test]
fn ids_that_are_empty_or_too_long() {
    for field in ["event_id", "conversation_id"] {
        rejected(&with(field, r#""""#), Reason::InvalidId);
        rejected(&with(field, r#""  ""#), Reason::InvalidId);
    }
    for field in ["event_id", "conversation_id", "tenant", "account_id"] {
        rejected(&with(field, &format!(r#""{}""#, "x".repeat(257))), Reason::InvalidId);
    }
    accepted(&with("event_id", &format!(r#""{}""#, "x".repeat(256))), &[]);
}

#[test]
fn long_texts_are_cut_at_a_character() {
    for escape in ["", "\\n"] {
        let text = "ä".repeat(5 * 512 * 1_024);
        let value = with("text", &format!(r#""{escape}x{text}""#));
        let event = decode(&value).unwrap();
        assert_eq!(marks(&event), ["text_cut"]);
        assert!(TEXT_BYTES - event.text.len() < 2, "{}", event.text.len());
    }
    accepted(&with("subject", &format!(r#""{}""#, "x".repeat(3_000))), &["field_cut"]);
    let tags = vec![r#""tag""#; 65].join(",");
    accepted(&with("tags", &format!("[{tags}]")), &["list_cut"]);
    rejected(&vec![b' '; RECORD_BYTES + 1], Reason::TooLarge);
}

#[test]
fn nesting_costs_neither_stack_nor_time() {
    for depth in [10_000, 2_000_000] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            for field in ["unknown", "tags", "contact", "data"] {
                rejected(&with(field, &open.repeat(depth)), Reason::TooDeep);
                if depth == 10_000 {
                    rejected(&with(field, &format!("{}1{}", open.repeat(depth), close.repeat(depth))), Reason::TooDeep);
                }
            }
            rejected(open.repeat(depth).as_bytes(), Reason::TooDeep);
        }
    }
    let within = JSON_DEPTH - 1;
    accepted(&with("unknown", &format!("{}{}", "[".repeat(within), "]".repeat(within))), &[]);
}

#[test]
fn odd_characters_are_text_like_any_other() {
    let event = with("text", r#""a\u0000b\u202ec\ud83d!""#);
    assert_eq!(decode(&event).unwrap().text, "a\0b\u{202e}c\u{fffd}!");
}

#[test]
fn unknown_names() {
    accepted(&with("author", r#"{"type":"oracle"}"#), &["author_unknown"]);
    assert_eq!(decode(&with("author", r#""oracle""#)).unwrap().author.raw, "oracle");
    rejected(&with("kind", r#""phone_call""#), Reason::UnknownKind);
    rejected(&with("kind", r#""verdict","verdict":{"outcome":"meh"}"#), Reason::UnknownKind);
    rejected(&with("schema_version", "2"), Reason::UnsupportedVersion);
    accepted(&with("schema_version", r#""1""#), &[]);
}

#[test]
fn times() {
    for time in [r#""yesterday""#, r#""2026-03-01T09:30:00""#, "1e9", "-99999999999", r#""""#] {
        rejected(&with("occurred_at", time), Reason::InvalidTime);
    }
    let future = with("occurred_at", r#""2099-01-01T00:00:00Z""#);
    let event = decode(&future).unwrap();
    assert_eq!((event.time, marks(&event)), (ARRIVAL, vec!["time_clamped"]));
    let skewed = with("occurred_at", "1772357460");
    assert_eq!(decode(&skewed).unwrap().time, ARRIVAL + Span::seconds(60), "clocks may disagree by a minute");
    let past = with("occurred_at", r#""1926-01-01T00:00:00Z""#);
    accepted(&past, &[]);
}

#[test]
fn keys() {
    let value = with("text", r#""Hi""#);
    for (key, expected) in [(None, "key_missing"), (Some(&b"other"[..]), "key_mismatch")] {
        let record = RawRecord { key, ..RawRecord::line(&value) };
        assert_eq!(marks(&Decoder::new(Profile::canonical()).decode(&record).unwrap()), [expected]);
    }
}

#[test]
fn broken_cloudevents() {
    for value in [
        &br#"{"specversion":"0.3","data":{}}"#[..],
        br#"{"specversion":1,"data":{}}"#,
        br#"{"specversion":"1.0"}"#,
        br#"{"specversion":"1.0","data":"eA=="}"#,
        br#"{"specversion":"1.0","data":null}"#,
    ] {
        rejected(value, Reason::InvalidCloudevent);
    }
    rejected(br#"{"specversion":"1.0","id":"e","subject":"c","data":{}}"#, Reason::MissingField);
}

#[test]
fn no_rejection_tells_what_the_record_says() {
    let secret = "Hippopotamus";
    for field in ["event_id", "occurred_at", "kind", "author", "verdict", "schema_version", "text"] {
        for json in
            [format!(r#""{secret}""#), format!(r#"["{secret}"]"#), secret.to_owned(), format!(r#"{{"{secret}":1}}"#)]
        {
            if let Err(reject) = decode(&with(field, &json)) {
                assert!(!reject.to_string().contains(secret), "{reject}");
            }
        }
    }
}
