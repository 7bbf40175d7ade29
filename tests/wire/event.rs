//! Events as sources write them, field by field.

use foreshock::message::{AuthorType, Format, Kind, Mark, Priority, Status, VerdictOutcome};
use foreshock::time::{Span, Timestamp};
use foreshock::wire::{Decoder, Header, Profile, RawRecord, Reason, timestamp};

const TIME: &str = "2026-03-01T09:30:00.250Z";

fn time() -> Timestamp {
    timestamp::parse(TIME).expect("a valid time")
}

fn decoder() -> Decoder {
    Decoder::unkeyed(Profile::canonical())
}

#[test]
fn every_field() {
    let line = r#"{
        "schema_version": 1, "event_id": "e-1", "tenant": "t", "conversation_id": 4711, "account_id": "a-1",
        "occurred_at": "2026-03-01T10:30:00.250+01:00", "received_at": 1772357401, "kind": "message",
        "author": {"type": "end_user", "id": "u-1", "name": "Ann", "avatar": {"large": [1, 2]}},
        "text": "Line one\nline \"two\" \ud83d\ude00", "format": "HTML", "subject": "Exports", "channel": "email",
        "language": "en-GB", "priority": "urgent", "status": "On Hold", "assignee": "bob", "team": "tier2",
        "tags": ["billing", 7, null, ""], "product_area": "exports", "environment": "production",
        "links": ["https://status.example.com"], "unknown": {"deep": [[[{}]]]},
        "attachments": [{"name": "log.txt", "type": "text/plain", "url": "https://files.example.com/1"}],
        "contact": {"id": "c-1", "name": "Ann", "email": "ann@example.com"},
        "bot": {"confidence": 0.4567, "intent": "export_failed"}, "csat": 2
    }"#;
    let event = decoder().decode(&RawRecord::line(line.as_bytes())).unwrap();
    assert_eq!((&*event.id, &*event.tenant, &*event.conversation, &*event.account), ("e-1", "t", "4711", "a-1"));
    assert_eq!(event.time, time());
    assert_eq!(event.kind, Kind::Message);
    assert_eq!((event.author.kind, &*event.author.raw), (AuthorType::Customer, "end_user"));
    assert_eq!((&*event.author.id, &*event.author.name), ("u-1", "Ann"));
    assert_eq!((&*event.text, event.format), ("Line one\nline \"two\" 😀", Format::Html));
    assert_eq!((&*event.subject, &*event.channel, &*event.language), ("Exports", "email", "en-GB"));
    assert_eq!((event.priority, event.status), (Some(Priority::P1), Some(Status::OnHold)));
    assert_eq!((&*event.assignee, &*event.team), ("bob", "tier2"));
    assert_eq!(event.tags, ["billing", "7"]);
    assert_eq!((&*event.product_area, &*event.environment), ("exports", "production"));
    assert_eq!(event.links, ["https://status.example.com"]);
    assert_eq!((&*event.attachments[0].name, &*event.attachments[0].media_type), ("log.txt", "text/plain"));
    assert_eq!((&*event.contact.id, &*event.contact.email), ("c-1", "ann@example.com"));
    assert_eq!((event.bot.confidence, &*event.bot.intent, event.csat), (Some(457), "export_failed", Some(2)));
    assert!(event.marks.is_empty(), "{:?}", event.marks);
}

#[test]
fn the_least_that_is_needed() {
    let line = br#"{"event_id":"e","conversation_id":"c","occurred_at":1772357400,"author":"customer","text":""}"#;
    let event = decoder().decode(&RawRecord::line(line)).unwrap();
    assert_eq!((event.time, event.author.kind), (Timestamp(1_772_357_400_000), AuthorType::Customer));
    assert_eq!((&*event.tenant, event.priority, event.csat), ("", None, None));
}

#[test]
fn kinds_with_what_only_they_carry() {
    let decode = |rest: &str| {
        let line = format!(r#"{{"event_id":"e","conversation_id":"c","occurred_at":"{TIME}",{rest}}}"#);
        decoder().decode(&RawRecord::line(line.as_bytes())).map(|event| format!("{:?}", event.kind))
    };
    for (rest, kind) in [
        (r#""kind":"note""#, "InternalNote"),
        (r#""kind":"status-changed","status":"solved""#, "StatusChange"),
        (r#""kind":"assignment_change","team":"billing""#, "AssignmentChange"),
        (r#""kind":"edit","target_event_id":"e0","author":"user","text":"x""#, r#"Edit { target: "e0" }"#),
        (r#""kind":"delete","target_event_id":7"#, r#"Delete { target: "7" }"#),
        (r#""kind":"merge","merge_into":"c2""#, r#"Merge { into: "c2" }"#),
        (r#""kind":"erase""#, "Erase"),
    ] {
        assert_eq!(decode(rest).as_deref(), Ok(kind), "{rest}");
    }
    let verdict =
        r#""kind":"verdict","verdict":{"outcome":"False Alarm","episode_id":"ab","by":"eve","reason":"joke"}"#;
    let line = format!(r#"{{"event_id":"e","conversation_id":"c","occurred_at":"{TIME}",{verdict}}}"#);
    let Kind::Verdict { outcome, episode, by, reason, terms: None } =
        decoder().decode(&RawRecord::line(line.as_bytes())).unwrap().kind
    else {
        panic!("a verdict")
    };
    assert_eq!((outcome, &*episode, &*by, &*reason), (VerdictOutcome::FalseAlarm, "ab", "eve", "joke"));
}

#[test]
fn a_snooze_says_until_when_and_a_mute_also_what_by_whom_and_why() {
    let decode = |verdict: &str| {
        let line = format!(
            r#"{{"event_id":"e","conversation_id":"c","occurred_at":"{TIME}","kind":"verdict","verdict":{{{verdict}}}}}"#
        );
        let decoded = decoder().decode(&RawRecord::line(line.as_bytes()));
        decoded.map(|event| format!("{:?}", event.kind)).map_err(|reject| reject.to_string())
    };
    let whole = decode(
        r#""outcome":"mute","scope":"account","rule":"outage.down","until":"2026-03-02T00:00:00Z","by":"Kim","reason":"known""#,
    );
    assert!(
        whole.as_ref().is_ok_and(|kind| kind.contains("scope: Account") && kind.contains("1772409600000")),
        "{whole:?}"
    );
    let rows = [
        (r#""outcome":"snooze""#, "verdict.until"),
        (r#""outcome":"mute","rule":"a.b","by":"Kim","reason":"known""#, "verdict.until"),
        (r#""outcome":"mute","rule":"a.b","until":1772409600,"reason":"known""#, "verdict.by"),
        (r#""outcome":"mute","rule":"a.b","until":1772409600,"by":"Kim""#, "verdict.reason"),
        (r#""outcome":"mute","scope":"tenant","until":1772409600,"by":"Kim","reason":"known""#, "verdict.rule"),
    ];
    for (verdict, missing) in rows {
        let refused = decode(verdict);
        assert!(refused.as_ref().is_err_and(|why| why.contains(missing)), "{verdict}: {refused:?}");
    }
}

#[test]
fn time_is_clamped_by_the_best_known_arrival() {
    let decode = |occurred: i64, received: Option<i64>, arrival: Option<i64>, assumed: Option<i64>| {
        let received = received.map_or(String::new(), |time| format!(r#""received_at":{time},"#));
        let line = format!(
            r#"{{"event_id":"e","conversation_id":"c",{received}"occurred_at":{occurred},"author":"bot","text":"x"}}"#
        );
        let time = |seconds| Timestamp(0) + Span::seconds(seconds);
        let (arrival, assumed_arrival) = (arrival.map(time), assumed.map(time));
        let record = RawRecord { arrival, assumed_arrival, ..RawRecord::line(line.as_bytes()) };
        let event = decoder().decode(&record).unwrap();
        (event.time.0 / 1_000, event.marks.contains(Mark::TimeClamped))
    };
    // occurred, received, arrival, assumed → time, clamped
    assert_eq!(decode(4_070_908_800, None, None, None), (4_070_908_800, false), "nothing to clamp by");
    assert_eq!(decode(4_070_908_800, None, Some(1_000), None), (1_000, true), "the year 2099");
    assert_eq!(decode(1_060, None, Some(1_000), None), (1_060, false), "within the skew of clocks");
    assert_eq!(decode(1_061, None, Some(1_000), None), (1_000, true), "just beyond it");
    assert_eq!(decode(0, None, Some(1_000_000_000), None), (0, false), "the past stays");
    assert_eq!(decode(5_000, Some(1_000), None, Some(9_000)), (1_000, true), "received_at before what is assumed");
    assert_eq!(decode(5_000, Some(1_000), Some(6_000), None), (5_000, false), "the log before received_at");
    assert_eq!(decode(5_000, None, None, Some(2_000)), (2_000, true), "what is assumed, for want of better");
}

#[test]
fn keys() {
    let line = br#"{"event_id":"e","conversation_id":"c","occurred_at":1,"author":"bot","text":"x"}"#;
    let marks = |key: Option<&'static [u8]>| {
        let record = RawRecord { key, ..RawRecord::line(line) };
        let marks = Decoder::new(Profile::canonical()).decode(&record).unwrap().marks;
        marks.iter().map(Mark::name).collect::<Vec<_>>()
    };
    assert_eq!(marks(Some(b"c")), [""; 0]);
    assert_eq!(marks(Some(b"\xff")), ["key_mismatch"]);
    assert_eq!(marks(None), ["key_missing"]);
}

#[test]
fn cloudevents_structured() {
    let value = br#"{"specversion":"1.0","id":"ce-1","source":"/helpdesk","type":"com.example.message","subject":"c-9",
        "time":"2026-03-01T09:30:00.250Z","datacontenttype":"application/json","partitionkey":"ignored",
        "data":{"author":{"type":"customer"},"text":"Hello","subject":"Exports"}}"#;
    let event = decoder().decode(&RawRecord::line(value)).unwrap();
    assert_eq!((&*event.id, &*event.conversation, event.time), ("ce-1", "c-9", time()));
    assert_eq!((&*event.text, &*event.subject), ("Hello", "Exports"));

    let own = br#"{"data":{"event_id":"e","conversation_id":"c","occurred_at":1,"author":"bot","text":"Hi"},
        "partitionkey":"p","id":"ce-1","specversion":"1.0"}"#;
    let event = decoder().decode(&RawRecord::line(own)).unwrap();
    assert_eq!(
        (&*event.id, &*event.conversation, event.time),
        ("e", "c", Timestamp(1_000)),
        "the data's own come first"
    );
}

#[test]
fn cloudevents_binary() {
    let header = |name, value: &'static str| Header { name, value: value.as_bytes() };
    let headers = [
        header("content-type", "application/json"),
        header("ce_specversion", "1.0"),
        header("ce_id", "ce-1"),
        header("CE_TIME", TIME),
        header("ce_partitionkey", "c-9"),
    ];
    let record = RawRecord { headers: &headers, ..RawRecord::line(br#"{"author":"customer","text":"Hello"}"#) };
    let event = decoder().decode(&record).unwrap();
    assert_eq!((&*event.id, &*event.conversation, event.time), ("ce-1", "c-9", time()));

    let headers = [header("ce_specversion", "0.3")];
    let record = RawRecord { headers: &headers, ..record };
    assert_eq!(decoder().decode(&record).unwrap_err().reason, Reason::InvalidCloudevent);
    let headers = [header("Content-Type", "Application/CloudEvents+json; charset=UTF-8")];
    let record = RawRecord { headers: &headers, ..record };
    assert_eq!(decoder().decode(&record).unwrap_err().reason, Reason::InvalidCloudevent, "no data inside");
}
