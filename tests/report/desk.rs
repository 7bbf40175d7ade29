//! A support desk that never was: eight weeks of conversations, what people did, and what customers said of it.

use foreshock::accounts::AccountTable;
use foreshock::knowledge::Knowledge;
use foreshock::lines::Lines;
use foreshock::replay::{Replay, Sinks, Wanted};
use foreshock::time::{Span, Timestamp};
use foreshock::wire::{PayloadMode, Profile, timestamp};
use serde_json::json;

/// What customers write, and how many of ten such escalations people find right.
const CASES: [(&str, u32); 6] = [
    ("We are evaluating other vendors now, this has taken too long.", 9),
    ("Our whole production is down, nobody can log in!", 10),
    ("I want to talk to a human, please.", 5),
    ("You charged us twice, we will ask the bank for a chargeback.", 8),
    ("This is unacceptable. Get me your supervisor!", 7),
    ("Somebody logged into our account from abroad, there was a security breach.", 9),
];

/// The first of February 2026, 08:00 UTC.
const BEGIN: &str = "2026-02-01T08:00:00Z";

/// All events, in the order of their times, one JSON object each.
pub(crate) fn events() -> Vec<String> {
    let begin = timestamp::parse(BEGIN).expect("a time");
    let mut all: Vec<(Timestamp, String)> = (0..168).flat_map(|number| conversation(number, begin)).collect();
    all.sort();
    all.into_iter().map(|(_, event)| event).collect()
}

/// Three conversations a day. March is the better month: people answer sooner and pass less on.
fn conversation(number: u32, begin: Timestamp) -> Vec<(Timestamp, String)> {
    let (day, turn) = (i64::from(number / 3), i64::from(number % 3));
    let from = begin + Span(Span::days(day).0 + Span::hours(turn * 3).0);
    // As good as chance, and the same each time.
    let dice = |sides: u32, salt: u32| (number.wrapping_mul(2_654_435_761).rotate_left(salt) >> 7) % sides;
    let better = day >= 28;
    let (text, right) = CASES[dice(6, 3) as usize];
    let account = format!("acct-{}", dice(9, 11));
    let mut events = Vec::new();
    let mut say = |minutes: i64, fields: serde_json::Value| {
        let time = from + Span::minutes(minutes);
        let mut event = json!({
            "event_id": format!("e-{number}-{minutes}"), "conversation_id": format!("c-{number}"),
            "account_id": account, "occurred_at": timestamp::format(time),
        });
        let object = event.as_object_mut().expect("an object");
        object.extend(fields.as_object().expect("an object").clone());
        events.push((time, event.to_string()));
    };
    let customer = |text: &str| json!({"author": {"type": "customer"}, "text": text});
    let verdict = |outcome: &str| json!({"kind": "verdict", "verdict": {"outcome": outcome}});
    say(0, customer("Hello, I have a question about our contract."));
    if dice(14, 17) == 0 {
        // Nobody noticed how badly this one went.
        say(30, customer("Fine. Never mind then."));
        say(600, json!({"kind": "status_change", "status": "closed", "csat": 1}));
        return events;
    }
    say(4 + i64::from(dice(9, 5)), customer(text));
    let wait = i64::from(dice(50, 9)) + if better { 6 } else { 25 };
    say(20 + wait / 2, verdict("acknowledged"));
    if dice(if better { 12 } else { 5 }, 13) == 0 {
        say(22 + wait / 2, verdict("rerouted"));
    }
    say(20 + wait, json!({"author": {"type": "agent"}, "text": "Thank you for waiting, I am looking into it."}));
    if dice(10, 21) >= right {
        say(40 + wait, verdict("false_alarm"));
        return events;
    }
    let work = i64::from(dice(20, 25)).pow(2) * 4 + if better { 30 } else { 120 };
    say(25 + wait + work / 2, json!({"author": {"type": "agent"}, "text": "It is done, could you have a look?"}));
    if dice(25, 1) != 0 {
        say(30 + wait + work, verdict("resolved"));
        let (csat, ces) = (3 + i64::from(dice(3, 15).min(2)), 4 + i64::from(dice(2, 19)));
        let nps = 6 + i64::from(dice(5, 23));
        say(
            90 + wait + work,
            json!({"kind": "status_change", "status": "closed", "csat": csat, "ces": ces, "nps": nps}),
        );
    }
    events
}

/// What `replay` makes of events: triggers, one JSON object a line.
pub(crate) fn triggers(knowledge: &Knowledge, events: &[String]) -> String {
    let wanted = Wanted { assessments: false, second_stage: true, until: None, payload: PayloadMode::Full };
    let mut replay = Replay::new(knowledge, Profile::canonical(), AccountTable::default(), wanted);
    let mut out = Vec::new();
    let mut sinks = Sinks { results: &mut out, dead_letters: None };
    let log = events.join("\n");
    replay.run(&mut Lines::new(log.as_bytes()), &mut sinks, &mut |_| ()).expect("memory takes all");
    replay.finish(&mut sinks).expect("memory takes all");
    String::from_utf8(out).expect("JSON is UTF-8")
}
