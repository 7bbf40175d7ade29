//! A month so small that each figure of its report can be worked out by hand; the working stands beside it.

use foreshock::report::{Kept, Log, Wanted, figures};
use foreshock::wire::Profile;
use serde_json::{Value, json};

/// Minutes and hours in milliseconds.
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What was published: day of March and time, episode, its conversation and account, sequence, step, level, team, reason.
/// A is dealt with, B a false alarm, C and D are one conversation, E was erased, F expired.
const TRIGGERS: &str = "
02T08:00 A a a1 1 opened       medium   tier2       anger
02T08:10 A a a1 2 acknowledged medium   tier2       verdict
02T09:00 A a a1 3 updated      high     engineering outage
02T12:00 A a a1 4 resolved     high     engineering verdict
02T10:00 B b a1 1 opened       high     billing     dispute
02T10:30 B b a1 2 withdrawn    high     billing     verdict
03T08:00 C c a2 1 opened       medium   tier2       anger
03T10:00 C c a2 2 resolved     medium   tier2       status
04T08:00 D c a2 1 opened       medium   tier2       anger
05T08:00 E e a3 1 opened       low      tier2       churn
06T08:00 E e a3 2 withdrawn    low      tier2       erased
07T08:00 F f -  1 opened       critical legal       legal_threat
17T08:00 F f -  2 resolved     critical legal       expired
";

/// What happened: time, conversation, who wrote, or a verdict, or ratings.
const EVENTS: &str = "
02T07:50 a customer
02T08:20 a agent
02T11:00 a agent
02T13:00 a csat=5 ces=4 nps=10
02T09:40 b customer
02T10:05 b agent
02T10:15 b rerouted
02T11:00 b nps=3
03T07:30 c customer
03T08:30 c agent
03T11:00 c csat=4 ces=5 nps=9
10T08:00 x customer
10T09:00 x csat=1 nps=8
";

fn time(text: &str) -> String {
    format!("2026-03-{text}:00Z")
}

fn trigger(row: &str) -> String {
    let fields: Vec<&str> = row.split_whitespace().collect();
    let [at, episode, conversation, account, sequence, step, level, team, reason] = fields[..] else { panic!("{row}") };
    let verdict = (reason == "verdict").then_some(step);
    json!({
        "id": format!("{episode}{sequence}"), "type": format!("io.foreshock.escalation.{step}"), "time": time(at),
        "data": {
            "episode_id": episode, "conversation_id": conversation, "account_id": account.trim_matches('-'),
            "sequence": sequence.parse::<u32>().expect("a number"), "step": step, "level": level, "team": team,
            "reason": reason, "verdict": verdict, "action": if sequence == "1" { "trigger" } else { "" },
        },
    })
    .to_string()
}

fn event((place, row): (usize, &str)) -> String {
    let fields: Vec<&str> = row.split_whitespace().collect();
    let mut event = json!({
        "event_id": format!("e{place}"), "conversation_id": fields[1], "occurred_at": time(fields[0]),
        "author": {"type": "system"},
    });
    match fields[2] {
        who @ ("customer" | "agent") => {
            event["author"]["type"] = json!(who);
            event["text"] = json!("Hello.");
        }
        "rerouted" => (event["kind"], event["verdict"]) = (json!("verdict"), json!({"outcome": "rerouted"})),
        _ => {
            (event["kind"], event["status"]) = (json!("status_change"), json!("closed"));
            for rating in &fields[2..] {
                let (scale, value) = rating.split_once('=').expect("SCALE=VALUE");
                event[scale] = json!(value.parse::<i64>().expect("a number"));
            }
        }
    }
    event.to_string()
}

fn rows(table: &str) -> impl DoubleEndedIterator<Item = &str> {
    table.lines().filter(|line| !line.is_empty())
}

fn report(lines: impl Iterator<Item = String>) -> Value {
    let mut log = Log::new(Profile::canonical());
    for line in lines {
        assert_ne!(log.read(line.as_bytes()), Kept::Refused, "{line}");
    }
    figures(&log, &Wanted::default())
}

fn lines() -> Vec<String> {
    let events: Vec<&str> = rows(EVENTS).collect();
    let summary = |budget: u32| json!({"type": "io.foreshock.summary", "suppressed": {"budget": budget}}).to_string();
    let events = events.into_iter().enumerate().map(event);
    rows(TRIGGERS).map(trigger).chain(events).chain([summary(2), summary(1)]).collect()
}

#[test]
fn each_figure_is_what_one_works_out_by_hand() {
    let told = report(lines().into_iter());
    let is = |place: &str, expected: Value| assert_eq!(told.pointer(place), Some(&expected), "{place}");
    let times = |median: i64, mean: i64, nine_tenths: i64, count: i64| json!({"count": count, "median_ms": median, "mean_ms": mean, "p90_ms": nine_tenths});

    // Six opened. A began as medium and was high at its gravest.
    is("/escalations/opened", json!(6));
    let by_level = [("critical", 1), ("high", 2), ("medium", 2), ("low", 1)];
    is("/escalations/by_level", by_level.map(|(level, count)| json!({"level": level, "count": count})).into());
    // Closed are A, C (resolved), B (false alarm), F (expired): 2 of 4. E was taken back, D is open.
    let rate = json!({
        "resolved": 2, "closed": 4, "rate": 500, "target": 950, "met": false, "open": 1,
        "false_alarms": 1, "expired": 1, "taken_back": 1,
    });
    is("/resolution", rate);
    // A took 4 h, and engineering had it last; C took 2 h. The median is the lower of two, the mean (4 + 2) / 2.
    for (field, value) in [("count", 2), ("median_ms", 2 * HOUR), ("mean_ms", 3 * HOUR), ("p90_ms", 4 * HOUR)] {
        is(&format!("/time_to_resolution/all/{field}"), json!(value));
    }
    for (place, name, hours) in [
        ("by_severity/0", "high", 4),
        ("by_severity/1", "medium", 2),
        ("by_team/0", "engineering", 4),
        ("by_team/1", "tier2", 2),
    ] {
        is(&format!("/time_to_resolution/{place}/name"), json!(name));
        is(&format!("/time_to_resolution/{place}/times"), times(hours * HOUR, hours * HOUR, hours * HOUR, 1));
    }
    // Anger opened A, C and D. Only A was confirmed by a verdict: C ended by its status, D is open. B was wrong.
    let anger =
        json!({"reason": "anger", "count": 3, "confirmed": 1, "false_alarms": 0, "unjudged": 2, "precision": 1000});
    is("/reasons/0", anger);
    is("/reasons/2/precision", json!(0));
    is("/reasons/1/precision", Value::Null);
    // Judged are A and B, one of them wrong. x was never escalated and rated 1: one missed of it and A.
    is("/accuracy", json!({"judged": 2, "false_alarms": 1, "over": 500, "missed": 1, "under": 500}));
}

#[test]
fn what_people_did_is_what_one_works_out_by_hand() {
    let told = report(lines().into_iter());
    let is = |place: &str, expected: Value| assert_eq!(told.pointer(place), Some(&expected), "{place}");
    let times = |median: i64, mean: i64, nine_tenths: i64, count: i64| json!({"count": count, "median_ms": median, "mean_ms": mean, "p90_ms": nine_tenths});
    // A after 20, B after 5, C after 30 minutes: mean 55 / 3 = 18 min 20 s. To D nobody has replied.
    is("/people/first_reply", times(20 * MINUTE, 18 * MINUTE + 20_000, 30 * MINUTE, 3));
    is("/people/acknowledged", times(10 * MINUTE, 10 * MINUTE, 10 * MINUTE, 1));
    // A from 08:20 to 12:00, C from 08:30 to 10:00: (220 + 90) / 2 = 155 minutes.
    is("/people/handle_time", times(90 * MINUTE, 155 * MINUTE, 220 * MINUTE, 2));
    // C came again as D the day after.
    is("/people/first_contact", json!({"resolved": 2, "at_first": 1, "share": 500}));
    // B of six: 166.7 thousandths.
    is("/people/rerouted", json!({"escalations": 6, "rerouted": 1, "share": 167}));
    // Two replies in A, one in C.
    is("/people/replies", json!({"count": 2, "mean_tenths": 15}));
    // From the first message: A 10, B 20, C 30 minutes, D a day and 30 minutes: 1,530 / 4 = 382.5 minutes.
    is("/people/to_trigger", times(20 * MINUTE, 382 * MINUTE + 30_000, 24 * HOUR + 30 * MINUTE, 4));
    // (5 + 4 + 1) / 3 = 3.33; (4 + 5) / 2 = 4.50, above 4.2. Of four, 10 and 9 recommend us, 3 does not: (2 - 1) / 4.
    is("/ratings/csat", json!({"count": 3, "mean": 333, "target": 420, "met": false}));
    is("/ratings/ces", json!({"count": 2, "mean": 450, "target": 420, "met": true}));
    is("/ratings/nps", json!({"count": 4, "score": 25, "promoters": 2, "detractors": 1}));
    // Six openings and a raise. Without F, which has no account, six on four days of accounts; three for a1 on the 2nd.
    is("/noise/alerts", json!(7));
    is("/noise/per_account_day", json!({"account_days": 4, "mean_tenths": 15, "most": 3}));
    let busiest = [("a1", 3), ("a2", 2), ("a3", 1)];
    is("/noise/busiest", busiest.map(|(account, count)| json!({"account": account, "count": count})).into());
    is("/noise/suppressed", json!([{"cause": "budget", "count": 3}]));
}

#[test]
fn the_order_of_lines_changes_nothing() {
    assert_eq!(report(lines().into_iter()), report(lines().into_iter().rev()));
}

#[test]
fn half_of_the_files_tell_of_nothing_that_was_missed() {
    let triggers = report(rows(TRIGGERS).map(trigger));
    assert_eq!((&triggers["accuracy"]["missed"], &triggers["accuracy"]["over"]), (&Value::Null, &json!(500)));
    let events: Vec<&str> = rows(EVENTS).collect();
    let events = report(events.into_iter().enumerate().map(event));
    assert_eq!((&events["accuracy"]["missed"], &events["accuracy"]["under"]), (&Value::Null, &Value::Null));
    let page = foreshock::report::page(&events).expect("the template fits");
    assert!(page.contains("– conversations missed"), "{page}");
    let (_, said) = page.split_once("</style>").expect("the page has a style");
    assert!(!said.contains(" none\"") && !said.contains(">none"), "nothing is told as a template's `none`: {said}");
}

#[test]
fn a_share_that_only_rounds_to_its_target_does_not_meet_it() {
    // 113 of 119 are 94.96 %, told as 95.0 %; 114 of 120 are 95 %.
    let met = |resolved: u32, all: u32| {
        let row = |number: u32| {
            let end = if number < resolved { "resolved medium tier2 status" } else { "withdrawn medium tier2 verdict" };
            [
                format!("02T08:00 E{number} c{number} a 1 opened medium tier2 anger"),
                format!("02T09:00 E{number} c{number} a 2 {end}"),
            ]
        };
        let told = report((0..all).flat_map(row).map(|row| trigger(&row)));
        (told["resolution"]["rate"].clone(), told["resolution"]["met"].clone())
    };
    assert_eq!(met(113, 119), (json!(950), json!(false)));
    assert_eq!(met(114, 120), (json!(950), json!(true)));
}

#[test]
fn a_precision_that_only_rounds_to_what_is_aimed_at_is_below_it() {
    // 323 of 404 are 79.95 %, told as 80.0 %: the weight 200 becomes 200 * 0.799505 / 0.8 = 199.9, in steps of five 195.
    let proposed = |right: u32, all: u32| {
        let mut log = Log::new(Profile::canonical());
        for number in 0..all {
            let end = if number < right { "resolved" } else { "withdrawn" };
            let opened = trigger(&format!("02T08:00 E{number} c{number} a 1 opened medium tier2 anger"));
            let mut opened: Value = serde_json::from_str(&opened).expect("it is JSON");
            opened["data"]["factors"] = json!([{"cause": "rule", "id": "anger.words", "points": 90}]);
            log.read(opened.to_string().as_bytes());
            log.read(trigger(&format!("02T09:00 E{number} c{number} a 2 {end} medium tier2 verdict")).as_bytes());
        }
        let weights = [("anger.words".to_owned(), 200)].into();
        figures(&log, &Wanted { weights, opens_at: 1_000, ..Wanted::default() })["proposals"]["changes"].clone()
    };
    assert_eq!((&proposed(323, 404)[0]["precision"], &proposed(323, 404)[0]["to"]), (&json!(800), &json!(195)));
    assert_eq!(proposed(324, 405), json!([]), "324 of 405 are 80 %");
}
