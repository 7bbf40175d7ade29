//! Triggers: the bytes that routers read.

use std::sync::Arc;

use expect_test::{expect, expect_file};
use foreshock::account::{Account, Arr, Person, Tier};
use foreshock::brief::{Attempt, Brief, Emotion, Moment, Reference, Wording};
use foreshock::limits::TRIGGER_BYTES;
use foreshock::message::{Mark, Marks, Priority, VerdictOutcome};
use foreshock::policy::{Lane, Withhold};
use foreshock::response::{Fallback, FallbackStep, Owner, Plan, Routed};
use foreshock::risk::{Assessment, Cause, ContentId, Evidence, Factor, Step, Triage, Trigger};
use foreshock::score::{Level, Score};
use foreshock::signal::Signal;
use foreshock::time::Timestamp;
use foreshock::wire::{Provenance, TriggerView, encode_assessment, encode_trigger, timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use super::schema::Schema;

const PROVENANCE: Provenance<'static> = Provenance {
    tick: None,
    application: "support eu",
    engine_version: "0.1.0",
    knowledge_hash: "5eb1f0c2a9d40e17",
    topic: "conversation-events",
    partition: 3,
    offset: 4_711,
    backfill: false,
};

fn factor(id: &str, cause: Cause, points: i32) -> Factor {
    let (id, reason, event) = (id.to_owned(), String::new(), String::new());
    Factor { id, cause, signal: None, points, reason, event, evidence: Vec::new() }
}

fn account() -> Account {
    let person = |name: &str, email: &str| Person { name: name.to_owned(), email: email.to_owned() };
    Account {
        id: "acct-9".to_owned(),
        name: "Lindgren Tools".to_owned(),
        contacts: vec![person("Dana", "dana@example.com")],
        tier: Some(Tier::Enterprise),
        arr: Some(Arr { amount: 240_000, currency: "EUR".to_owned() }),
        plan: "scale".to_owned(),
        region: "EMEA".to_owned(),
        renewal: timestamp::parse("2026-04-15T00:00:00Z"),
        customer_success_manager: person("Robin", ""),
        risk_flags: vec!["adoption_low".to_owned()],
        version: 17,
        ..Account::default()
    }
}

fn plan() -> Plan {
    let text = str::to_owned;
    Plan {
        severity: Level::Critical,
        meaning: text("Major impact on the deployment; high risk of losing the account"),
        cadence: text("daily"),
        involve: vec![text("CEO"), text("VP Customer Success")],
        priority: Priority::P2,
        priority_told: true,
        lane: Lane::HumanFirst,
        lane_reason: text("the severity is critical"),
        fallback: Fallback {
            reached: Some(FallbackStep::Clarify),
            next: FallbackStep::LiveAgent,
            bypassed: "human_first",
        },
        issue: text("cancellation"),
        team: text("customer-success"),
        routed: Routed::Rule,
        customer_success: true,
        department_reason: text("the signal churn concerns the relationship"),
        assignee: text("Robin"),
        assignee_from: "account",
        owner: Owner {
            role: text("Customer Success Manager"),
            name: text("Robin"),
            from: "account",
            conflict: vec![text("Kim")],
        },
        private: true,
        roles: vec![text("CEO")],
        withhold: Withhold { artifacts: true, ..Withhold::default() },
        channel: text("esc_lindgren-tools"),
        exit: vec![text("The customer confirms that it is solved")],
        update_due: timestamp::parse("2026-03-02T09:30:00.250Z"),
        case_link: text("urn:case:eu:conv-1"),
        notes_link: text("urn:account:eu:acct-9"),
    }
}

fn brief() -> Brief {
    let text = str::to_owned;
    let reference = |kind: &str, words: &str| Reference { kind: text(kind), text: text(words) };
    Brief {
        language: "en",
        summary: text(
            "Enterprise customer (ARR: €240,000) experiencing export failures. Recommend involving engineering.",
        ),
        customer: text("Lindgren Tools"),
        contact: text("Dana"),
        email: text("dana@example.com"),
        plan: text("scale"),
        tier: text("enterprise"),
        arr: text("€240,000"),
        region: text("EMEA"),
        risk_flags: vec![text("adoption_low")],
        account_status: "known",
        product_area: text("export"),
        symptom: text("export failures"),
        statement: text("The export has been failing since Monday"),
        symptoms: vec![text("app crashes")],
        cause: text("after a recent update"),
        since: text("since Monday"),
        environment: vec![text("Chrome 126")],
        references: vec![reference("order", "10023456")],
        artifacts: vec![reference("attachment", "screen.png")],
        amounts: vec![text("$1,200")],
        attempts: vec![Attempt {
            what: text("cache clearing"),
            by: "customer",
            result: "did_not_help",
            why: text("Same error."),
        }],
        impacts: vec![(text("work has stopped"), text("Nobody can work."))],
        urgency: "high",
        emotions: vec![Emotion { signal: "churn", quote: text("evaluating") }],
        outcomes: vec![text("a fix")],
        next_step: text("check server-side logs"),
        missing: vec!["attempts"],
        completeness: 67,
        incomplete: true,
        csat_estimate: 19,
        timeline: vec![Moment {
            time: Timestamp(1_772_357_400_250),
            by: "customer",
            what: "symptom",
            text: text("export failures"),
        }],
        earlier_episodes: 1,
        why: text("Says that they are looking at other vendors."),
        who: text("Engineering works on it."),
        next: text("Check server-side logs."),
        opening: text("Critical escalation."),
        post_mortem: text("Post-mortem (draft)."),
        wording: Wording {
            language: "en",
            reply: text("I can hear that this is frustrating."),
            handover: text("I am handing you over."),
            wait_minutes: 30,
            alternatives: vec![("callback", text("We can call you back."))],
        },
        dropped: 2,
    }
}

fn trigger() -> Trigger {
    let mut marks = Marks::default();
    marks.insert(Mark::Late);
    let churn = Factor {
        signal: Some(Signal::Churn),
        reason: "Says that they are looking at other vendors.".to_owned(),
        event: "evt-3".to_owned(),
        evidence: vec![Evidence { start: 7, end: 17, quote: "\"evaluating\"".to_owned() }],
        ..factor("churn.evaluating_vendors", Cause::Rule, 620)
    };
    Trigger {
        id: ContentId([0xab; 16]),
        episode: ContentId([0x01; 16]),
        sequence: 2,
        step: Step::Updated,
        reason: "churn".to_owned(),
        tenant: "eu".to_owned(),
        conversation: "conv-1".to_owned(),
        account_id: "acct-9".to_owned(),
        account: Some(Arc::new(account())),
        cause: "evt-3".to_owned(),
        time: timestamp::parse("2026-03-01T09:30:00.250Z").expect("a time"),
        assessment: Assessment {
            score: Score::clamped(800),
            level: Level::Critical,
            factors: vec![churn, factor("stakes.tier", Cause::Stakes, 180)],
            triage: Triage { intent: "churn", urgency: 550, sentiment: -430 },
            confidence: 95,
        },
        previous_level: Some(Level::High),
        plan: plan(),
        brief: Some(Box::new(brief())),
        priority: Some(Priority::P2),
        team: "customer-success".to_owned(),
        owner_role: "Customer Success Manager".to_owned(),
        owner_name: "Robin".to_owned(),
        tags: vec!["churn".to_owned()],
        summary: "Lindgren Tools looks at other vendors.".to_owned(),
        marks,
        verdict: None,
    }
}

fn encode(trigger: &Trigger) -> Vec<u8> {
    let mut out = Vec::new();
    encode_trigger(trigger, &PROVENANCE, &mut out);
    out
}

#[test]
fn a_trigger_as_routers_read_it() {
    let value: Value = serde_json::from_slice(&encode(&trigger())).unwrap();
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/trigger.json")]
        .assert_eq(&(serde_json::to_string_pretty(&value).unwrap() + "\n"));
}

#[test]
fn what_is_not_known_is_left_out_and_the_account_says_why() {
    let mut bare = trigger();
    bare.account = None;
    let view = TriggerView::decode(&encode(&bare)).unwrap();
    assert_eq!((&*view.data.account.status, view.data.provenance.account_version), ("unknown", None));
    bare.account_id.clear();
    bare.cause.clear();
    (bare.previous_level, bare.priority) = (None, None);
    bare.verdict = Some(VerdictOutcome::FalseAlarm);
    let value: Value = serde_json::from_slice(&encode(&bare)).unwrap();
    assert_eq!(value["data"]["account"]["status"], "missing");
    assert_eq!(value["data"]["verdict"], "false_alarm");
    for pointer in ["/causationid", "/data/previous_level", "/data/priority", "/data/account_id", "/data/cut"] {
        assert_eq!(value.pointer(pointer), None, "{pointer}");
    }
    assert!(Schema::read("trigger.schema.json").faults(&value).is_empty());
}

#[test]
fn cloudevents_attributes_hold_no_control_characters() {
    let mut odd = trigger();
    odd.conversation = "a\u{7}b".to_owned();
    let view = TriggerView::decode(&encode(&odd)).unwrap();
    assert_eq!((&*view.subject, &*view.data.conversation_id), ("a\u{fffd}b", "a\u{7}b"));
}

#[test]
fn a_trigger_that_is_too_large_is_cut_in_steps() {
    let evidence = |bytes: usize| Evidence { start: 0, end: 9, quote: "q".repeat(bytes) };
    let many = |count: usize, reason: usize, quotes: usize| {
        let mut large = trigger();
        let template = Factor {
            reason: "r".repeat(reason),
            evidence: vec![evidence(160); quotes],
            event: "e".repeat(64),
            ..factor("x.y", Cause::Rule, 1)
        };
        large.assessment.factors = vec![template; count];
        large.assessment.score = Score::clamped(count as i32);
        TriggerView::decode(&encode(&large)).unwrap().data
    };
    let whole = many(64, 100, 1);
    assert!(!whole.cut && whole.factors.iter().all(|f| f.evidence.len() == 1 && f.reason.len() == 100));
    let no_evidence = many(64, 500, 4);
    assert!(no_evidence.cut && no_evidence.factors.iter().all(|f| f.evidence.is_empty() && f.reason.len() == 500));
    let no_reasons = many(64, 2_000, 4);
    assert!(no_reasons.cut && no_reasons.factors.len() == 64 && no_reasons.factors.iter().all(|f| f.reason.is_empty()));
    let folded = many(990, 2_000, 4);
    assert_eq!((folded.cut, folded.factors.len(), &*folded.factors[63].id), (true, 64, "cut"));
    assert_eq!(folded.factors.iter().map(|f| f.points).sum::<i32>(), folded.score);
}

#[test]
fn an_assessment_is_a_line() {
    let mut out = Vec::new();
    encode_assessment("evt-3", "conv-1", &trigger().assessment, &mut out);
    expect![[r#"{"event_id":"evt-3","conversation_id":"conv-1","score":800,"level":"critical","confidence":95,"triage":{"intent":"churn","urgency":550,"sentiment":-430},"factors":[{"id":"churn.evaluating_vendors","cause":"rule","signal":"churn","points":620,"reason":"Says that they are looking at other vendors.","event_id":"evt-3","evidence":[{"start":7,"end":17,"quote":"\"evaluating\""}]},{"id":"stakes.tier","cause":"stakes","points":180}]}"#]].assert_eq(str::from_utf8(&out).unwrap());
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z ]{0,20}", 1 => any::<String>(), 1 => "\\x01{0,3000}".prop_map(|x: String| x.repeat(10))]
}

prop_compose! {
    fn any_trigger()(
        texts in vec(text(), 8),
        ids in vec("\\PC{1,60}", 4),
        tags in vec(text(), 0..200),
        contacts in vec((text(), text()), 0..100),
        factors in vec((text(), -500..500_i32, text(), vec(text(), 0..4)), 0..80),
        step in prop::sample::select(&Step::ALL[..]),
        level in prop::sample::select(&Level::ALL[..]),
        known in any::<bool>(),
    ) -> Trigger {
        let mut trigger = Trigger { step, tags, ..trigger() };
        [trigger.reason, trigger.team, trigger.owner_role, trigger.owner_name, trigger.summary] = std::array::from_fn(|i| texts[i].clone());
        [trigger.tenant, trigger.conversation, trigger.account_id, trigger.cause] = std::array::from_fn(|i| ids[i].clone());
        let contacts = contacts.into_iter().map(|(name, email)| Person { name, email }).collect();
        let account = Account { contacts, name: texts[5].clone(), risk_flags: texts.clone(), ..account() };
        trigger.account = known.then(|| Arc::new(account));
        trigger.assessment.level = level;
        trigger.assessment.factors = factors.into_iter().map(|(id, points, reason, quotes)| {
            let evidence = quotes.into_iter().map(|quote| Evidence { start: 1, end: 2, quote }).collect();
            Factor { reason, evidence, event: ids[0].clone(), ..factor(&id, Cause::Rule, points) }
        }).collect();
        trigger
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a trigger holds: it fits, it is as the schema says, it can be read, and its points sum to the same.
    #[test]
    fn every_trigger_fits_and_is_as_documented(trigger in any_trigger()) {
        let bytes = encode(&trigger);
        prop_assert!(bytes.len() <= TRIGGER_BYTES, "{}", bytes.len());
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        let faults = Schema::read("trigger.schema.json").faults(&value);
        prop_assert!(faults.is_empty(), "{}", faults.join("\n"));
        let view = TriggerView::decode(&bytes).unwrap();
        let points = |factors: &[i32]| factors.iter().sum::<i32>();
        let written: Vec<i32> = view.data.factors.iter().map(|factor| factor.points).collect();
        let meant: Vec<i32> = trigger.assessment.factors.iter().map(|factor| factor.points).collect();
        prop_assert_eq!(points(&written), points(&meant));
        prop_assert_eq!(view.data.conversation_id, trigger.conversation);
    }
}
