//! Dead letters, account records and the lines of `scan`.

use expect_test::expect;
use foreshock::account::{Arr, Person, Tier};
use foreshock::detect::{Finding, Findings, RuleFacts, RuleIndex};
use foreshock::limits::DEAD_LETTER_BYTES;
use foreshock::message::AuthorType;
use foreshock::score::{Level, Strength};
use foreshock::signal::Signal;
use foreshock::text::mask::mask;
use foreshock::wire::*;
use serde_json::Value;

fn dead_letter(value: Option<&[u8]>, key: Option<&[u8]>, payload: PayloadMode) -> Value {
    let reject = Reject { reason: Reason::NotJson, detail: "not JSON at byte 0".to_owned() };
    let arrival = timestamp::parse("2026-03-01T09:30:00.250Z");
    let letter = DeadLetter {
        reject: &reject,
        topic: "conversation-events",
        partition: 3,
        offset: 42,
        key,
        value,
        arrival,
        payload,
    };
    let mut out = Vec::new();
    encode_dead_letter(&letter, &mut out);
    assert!(out.len() < 1_000_000, "under Kafka's default limit: {}", out.len());
    serde_json::from_slice(&out).expect("JSON")
}

#[test]
fn a_dead_letter_as_operators_read_it() {
    let letter = dead_letter(Some(b"oops \"x\""), Some(b"conv-1"), PayloadMode::Full);
    expect![[r#"
        {
          "schema_version": 1,
          "reason": "not_json",
          "detail": "not JSON at byte 0",
          "topic": "conversation-events",
          "partition": 3,
          "offset": 42,
          "time": "2026-03-01T09:30:00.250Z",
          "key": "conv-1",
          "size": 8,
          "sha256": "c0ecb12df3ef554179688412c9d7994dcdbf89b03e564ddbdc66bb21d31c0b2e",
          "payload_mode": "full",
          "payload_encoding": "utf-8",
          "payload": "oops \"x\""
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&letter).unwrap());
}

#[test]
fn payloads_by_mode_and_kind() {
    let binary = dead_letter(Some(b"\xff\xfe"), Some(b"\xff"), PayloadMode::Full);
    assert_eq!(
        (&binary["payload_encoding"], &binary["payload"], &binary["key_base64"]),
        (&"base64".into(), &"//4=".into(), &"/w==".into())
    );
    let none = dead_letter(Some(b"secret"), None, PayloadMode::None);
    assert_eq!((none.get("payload"), none.get("key"), &none["size"]), (None, None, &6.into()));
    let tombstone = dead_letter(None, Some(b"k"), PayloadMode::Full);
    assert_eq!((&tombstone["size"], tombstone.get("payload")), (&0.into(), None));
    let text = "card \u{7}ä 4111 1111 1111 1111";
    let masked = dead_letter(Some(text.as_bytes()), None, PayloadMode::Masked);
    assert_eq!(masked["payload"], mask(text));
    let lossy = dead_letter(Some(b"ok \xff"), None, PayloadMode::Masked);
    assert_eq!(lossy["payload"], "ok \u{fffd}");
}

#[test]
fn large_payloads_are_cut() {
    let kept = |value: &[u8], mode| {
        let letter = dead_letter(Some(value), None, mode);
        assert_eq!(letter["size"], value.len());
        (
            letter["payload"].as_str().unwrap().len(),
            letter["payload_encoding"].as_str().unwrap().to_owned(),
            letter["cut"] == true,
        )
    };
    let utf8 = || "utf-8".to_owned();
    let ascii = vec![b'x'; DEAD_LETTER_BYTES + 1];
    assert_eq!(kept(&ascii[1..], PayloadMode::Full), (DEAD_LETTER_BYTES, utf8(), false));
    assert_eq!(kept(&ascii, PayloadMode::Full), (DEAD_LETTER_BYTES, utf8(), true));
    let mut wide = "ä".repeat(DEAD_LETTER_BYTES).into_bytes();
    wide.insert(0, b'x');
    assert_eq!(kept(&wide, PayloadMode::Full), (DEAD_LETTER_BYTES - 1, utf8(), true));
    let control = vec![1; DEAD_LETTER_BYTES * 2];
    assert_eq!(kept(&control, PayloadMode::Full), (DEAD_LETTER_BYTES.div_ceil(3) * 4, "base64".to_owned(), true));
    let words = b"\x01\x01\x01\x01 ".repeat(DEAD_LETTER_BYTES);
    assert!(kept(&words, PayloadMode::Masked).2);
    // What the cut would split is left out, so that all that is kept can be masked.
    let numbers = "4111111111111111 ".repeat(DEAD_LETTER_BYTES / 17 + 1);
    let whole = &numbers[..DEAD_LETTER_BYTES / 17 * 17 - 1];
    assert_eq!(dead_letter(Some(numbers.as_bytes()), None, PayloadMode::Masked)["payload"], mask(whole));
}

#[test]
fn an_account_with_every_field() {
    let record = br#"{"account_id":"acct-9","tenant":"eu","name":"Lindgren Tools","tier":"ENTERPRISE","arr":{"amount":240000.75,"currency":"eur"},
        "plan":"scale","region":"EMEA","time_zone":"Europe/Stockholm","business_calendar":"nordic","locale":"sv-SE",
        "contacts":[{"name":"Dana","email":"dana@example.com"},"lee@example.com",null],
        "renewal_date":"2026-04-15","account_manager":{"name":"Kim"},"customer_success_manager":"Robin",
        "regional_leader":{"email":"noor@example.com"},"risk_flags":["adoption_low"],"updated_at":1772357400,"extra":{"a":[1]}}"#;
    let account = decode_account(record, 17).unwrap();
    assert_eq!(
        (&*account.id, &*account.tenant, &*account.name, account.version),
        ("acct-9", "eu", "Lindgren Tools", 17)
    );
    assert_eq!(account.tier, Some(Tier::Enterprise));
    assert_eq!(account.arr, Some(Arr { amount: 240_000, currency: "EUR".to_owned() }));
    assert_eq!(account.renewal, timestamp::parse("2026-04-15T00:00:00Z"));
    assert_eq!(account.updated_at, timestamp::parse("2026-03-01T09:30:00Z"));
    let people = [
        &account.contacts[0],
        &account.contacts[1],
        &account.account_manager,
        &account.customer_success_manager,
        &account.regional_leader,
    ];
    let told = people.map(|Person { name, email }| format!("{name}/{email}"));
    assert_eq!(told, ["Dana/dana@example.com", "/lee@example.com", "Kim/", "Robin/", "/noor@example.com"]);
    assert_eq!(
        (&*account.time_zone, &*account.business_calendar, &*account.locale),
        ("Europe/Stockholm", "nordic", "sv-SE")
    );
    assert_eq!(account.risk_flags, ["adoption_low"]);
}

#[test]
fn accounts_that_are_odd_or_broken() {
    let mut unusable = Vec::new();
    let odd = br#"{"account_id":7,"tier":"gold-ish","arr":-5,"renewal_date":"soon","contacts":"x","plan":["a"],"region":null}"#;
    let account = decode_account_and_tell(odd, 1, &mut unusable).unwrap();
    assert_eq!((&*account.id, account.tier, account.arr, account.renewal), ("7", None, None, None));
    unusable.sort_unstable();
    assert_eq!(unusable, ["arr", "plan", "renewal_date", "tier"]);
    let bare = decode_account(br#"{"account_id":"a","arr":"120000"}"#, 1).unwrap();
    assert_eq!(bare.arr, Some(Arr { amount: 120_000, currency: String::new() }));
    for (record, reason) in [
        (&b""[..], Reason::Empty),
        (b"[]", Reason::NotAnObject),
        (b"{}", Reason::MissingField),
        (br#"{"account_id":""}"#, Reason::InvalidId),
        (br#"{"account_id":{}}"#, Reason::WrongType),
        (b"{\"account_id\":\"\xff\"}", Reason::NotUtf8),
        (br#"{"account_id":"a""#, Reason::NotJson),
    ] {
        assert_eq!(decode_account(record, 1).unwrap_err().reason, reason);
    }
}

#[test]
fn scan_lines() {
    let line =
        decode_scan_line(br#"{"id":"set/1","author":"customer","text":"Na\u00efve","lang":"en","x":1}"#).unwrap();
    assert_eq!((&*line.id, line.author, &*line.text, &*line.language), ("set/1", AuthorType::Customer, "Naïve", "en"));
    let bare = decode_scan_line(br#"{"text":"x","lang":null}"#).unwrap();
    assert_eq!((&*bare.id, bare.author, &*bare.language), ("", AuthorType::Customer, ""));
    assert_eq!(decode_scan_line(br#"{"text":"x","author":{"type":"bot"}}"#).unwrap().author, AuthorType::Bot);
    assert_eq!(decode_scan_line(br#"{"id":"1"}"#).unwrap_err().reason, Reason::MissingField);
    assert_eq!(decode_scan_line(b"[]").unwrap_err().reason, Reason::NotAnObject);

    let rule = RuleFacts {
        id: "churn.leaving".to_owned(),
        title: String::new(),
        why: String::new(),
        signal: Signal::Churn,
        level: Level::High,
        weight: 320,
        tags: Vec::new(),
        route: String::new(),
        experimental: false,
    };
    let text = "Naïve? We are leaving.";
    let mut findings = Findings::default();
    findings.findings.push(Finding { start: 15, end: 22, rule: RuleIndex(0), strength: Strength::MAX });
    findings.strengths[Signal::Churn.index()] = Strength::clamped(1_000);
    findings.strengths[Signal::Negative.index()] = Strength::clamped(85);
    findings.fired.insert(Signal::Churn);
    let mut out = Vec::new();
    encode_scan_line("set/1", text, &findings, &[rule], &mut out);
    expect![[r#"{"id":"set/1","scores":{"negative":0.085,"churn":1},"fired":["churn"],"findings":[{"rule":"churn.leaving","signal":"churn","start":15,"end":22,"text":"leaving","weight":320}]}"#]].assert_eq(str::from_utf8(&out).unwrap());
}
