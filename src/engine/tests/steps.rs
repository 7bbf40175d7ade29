//! What one event does to a conversation, kind by kind.

use super::*;
use crate::engine::Disposition;
use crate::message::Mark;
use crate::risk::Step;

#[test]
fn a_quiet_message_is_scored_nothing_and_keeps_nothing() {
    let mut bench = Bench::new();
    let outcome = bench.step(&customer("e1", 0, "How do I add a colleague?"));
    assert_eq!(outcome.disposition, Disposition::Scored);
    assert_eq!((outcome.assessment.score.points(), outcome.assessment.factors.len()), (0, 0));
    assert_eq!(outcome.assessment.triage.intent, "question");
    assert!(outcome.triggers.is_empty());
    let index = bench.store.find("", "c1").unwrap();
    assert!(bench.store.slot(index).conversation.extra().is_none());
}

#[test]
fn a_trigger_says_who_why_and_what_to_do() {
    let mut bench = Bench::with_account(account(Tier::Enterprise));
    let event = Event { account: "a1".into(), ..customer("e1", 0, "This is unacceptable, we are leaving!") };
    let outcome = bench.step(&event);
    let [trigger] = outcome.triggers.as_slice() else { panic!("one trigger: {:?}", outcome.triggers) };
    assert_eq!((trigger.step, trigger.sequence, trigger.reason.as_str()), (Step::Opened, 1, "churn"));
    assert_eq!((trigger.team.as_str(), trigger.owner_role.as_str()), ("customer-success", "Regional Leader"));
    assert_eq!(trigger.tags, ["anger", "churn", "enterprise", "words"]);
    assert_eq!(
        trigger.summary,
        "Alder Freight (enterprise, 240,000 USD a year): Customer says leaving (risk critical, 936 of 1000)."
    );
    let factors: Vec<_> = trigger.assessment.factors.iter().map(|factor| (factor.id.as_str(), factor.points)).collect();
    let expected = [("churn.leaving", 420), ("anger.unacceptable", 300), ("stakes.tier", 144), ("stakes.arr", 72)];
    assert_eq!(factors, expected);
    assert_eq!(trigger.assessment.factors[0].evidence[0].quote, "leaving");
    assert_eq!(outcome.assessment, trigger.assessment);
}

#[test]
fn a_duplicate_changes_nothing() {
    let mut bench = Bench::new();
    let first = customer("e1", 0, "unacceptable, leaving");
    assert_eq!(told(&bench.triggers(std::slice::from_ref(&first))), ["opened churn"]);
    let outcome = bench.step(&first);
    assert_eq!(outcome.disposition, Disposition::Duplicate);
    assert!(outcome.marks.contains(Mark::Duplicate) && outcome.triggers.is_empty());
    assert_eq!(outcome.assessment.score.points(), 720, "it tells the score as it is");
}

#[test]
fn a_cause_beyond_the_ring_raises_no_second_trigger() {
    let mut bench = Bench::new();
    let cause = customer("e1", 0, "leaving, a breach");
    let mut events = vec![cause.clone(), status("s", 1, Status::Resolved)];
    events.extend((0..20).map(|n| customer(&format!("q{n}"), 2 + n, "Where is it?")));
    events.push(Event { time: minute(40), ..cause });
    assert_eq!(told(&bench.triggers(&events)), ["opened security", "resolved status"]);
}

#[test]
fn a_late_message_is_still_scored_and_can_trigger() {
    let mut bench = Bench::new();
    bench.step(&customer("e2", 60, "Hello"));
    let outcome = bench.step(&customer("e1", 0, "We are leaving"));
    assert!(outcome.marks.contains(Mark::Late));
    assert_eq!(told(&outcome.triggers), ["opened churn"]);
    assert_eq!(outcome.triggers[0].time, minute(0));
}

#[test]
fn authors_that_are_no_customer_heat_nothing() {
    for author in [AuthorType::Agent, AuthorType::System, AuthorType::Unknown, AuthorType::Bot] {
        let outcome = Bench::new().step(&message("e1", 0, author, "unacceptable leaving lawyer"));
        assert_eq!(outcome.assessment.score.points(), 0, "{author:?}");
    }
    let note = Event { kind: Kind::InternalNote, ..customer("e1", 0, "unacceptable leaving") };
    assert_eq!(Bench::new().step(&note).assessment.score.points(), 0);
}

#[test]
fn levels_rise_within_an_episode_and_each_cools_down() {
    let mut bench = Bench::new();
    let events = [
        customer("e1", 0, "We are leaving"),
        customer("e2", 1, "This is unacceptable"),
        status("s1", 2, Status::Resolved),
        customer("e3", 5, "We are leaving"),
        customer("e4", 12, "We are leaving"),
    ];
    let outcomes = bench.steps(&events);
    let triggers: Vec<Trigger> = outcomes.iter().flat_map(|outcome| outcome.triggers.clone()).collect();
    assert_eq!(told(&triggers), ["opened churn", "updated churn", "resolved status", "reopened churn"]);
    assert_eq!(outcomes[3].held_back, 1, "medium was published five minutes before");
    assert_eq!(triggers[1].previous_level, Some(Level::Medium));
    assert_eq!((triggers[0].episode, triggers[2].sequence), (triggers[2].episode, 3));
    assert_eq!((triggers[3].episode, triggers[3].sequence), (triggers[0].episode, 4), "it is the same episode");
}

#[test]
fn security_does_not_wait() {
    let mut bench = Bench::new();
    let events = [
        customer("e1", 0, "My lawyer will hear of it"),
        customer("e2", 1, "There was a breach"),
        customer("e3", 2, "A breach, I say"),
        status("s1", 3, Status::Closed),
        customer("e4", 4, "Another breach"),
    ];
    let triggers = bench.triggers(&events);
    let expected = ["opened legal_threat", "updated security", "resolved status", "reopened security"];
    assert_eq!(told(&triggers), expected);
    assert_eq!(triggers[1].team, "security");
}

#[test]
fn verdicts_move_the_episode() {
    let rows = [
        (VerdictOutcome::Acknowledged, "acknowledged verdict"),
        (VerdictOutcome::Assigned, "acknowledged verdict"),
        (VerdictOutcome::Rerouted, "acknowledged verdict"),
        (VerdictOutcome::Resolved, "resolved verdict"),
        (VerdictOutcome::FalseAlarm, "withdrawn verdict"),
        (VerdictOutcome::Snooze, "acknowledged verdict"),
    ];
    for (outcome, expected) in rows {
        let mut bench = Bench::new();
        bench.step(&customer("e1", 0, "We are leaving"));
        let triggers = bench.triggers(&[verdict("v1", 1, outcome), verdict("v2", 2, outcome)]);
        assert_eq!(told(&triggers), [expected], "{outcome:?}");
        assert_eq!(triggers[0].verdict, Some(outcome));
    }
}

#[test]
fn a_verdict_for_an_unknown_episode_is_ignored() {
    let mut bench = Bench::new();
    assert_eq!(bench.step(&verdict("v1", 0, VerdictOutcome::Resolved)).disposition, Disposition::Ignored);
    let opened = bench.step(&customer("e1", 0, "We are leaving")).triggers.remove(0);
    let named = |id: &str, episode: String| {
        let mut event = verdict(id, 1, VerdictOutcome::Resolved);
        event.kind = Kind::Verdict {
            outcome: VerdictOutcome::Resolved,
            episode: episode.into(),
            by: "".into(),
            reason: "".into(),
            terms: None,
        };
        event
    };
    assert_eq!(bench.step(&named("v2", "f".repeat(32))).disposition, Disposition::Ignored);
    assert_eq!(told(&bench.step(&named("v3", opened.episode.to_string())).triggers), ["resolved verdict"]);
}

#[test]
fn taking_a_message_back_withdraws_what_it_caused() {
    let delete = |target: &'static str| event("d1", 2, Kind::Delete { target: target.into() });
    let edit = |text: &str| Event { kind: Kind::Edit { target: "e1".into() }, ..customer("d1", 2, text) };
    let rows = [
        (delete("e1"), vec!["opened churn", "withdrawn deleted"]),
        (delete("e0"), vec!["opened churn"]),
        (edit("We like it"), vec!["opened churn", "withdrawn edited"]),
        (edit("We are leaving for lunch"), vec!["opened churn"]),
        (edit("We are leaving, this is unacceptable"), vec!["opened churn", "updated churn"]),
    ];
    for (event, expected) in rows {
        let mut bench = Bench::new();
        let triggers = bench.triggers(&[customer("e1", 0, "We are leaving"), event.clone()]);
        assert_eq!(told(&triggers), expected, "{event:?}");
    }
}

#[test]
fn merging_and_erasing_withdraw() {
    for (kind, expected) in [(Kind::Merge { into: "c2".into() }, "withdrawn merged"), (Kind::Erase, "withdrawn erased")]
    {
        let mut bench = Bench::new();
        bench.step(&customer("e1", 0, "We are leaving"));
        let outcome = bench.step(&event("x1", 1, kind));
        assert_eq!(told(&outcome.triggers), [expected]);
        assert_eq!(outcome.disposition, Disposition::Applied);
    }
}

#[test]
fn an_event_that_comes_again_after_an_erasure_raises_nothing() {
    let mut bench = Bench::new();
    let cause = customer("e1", 0, "We are leaving");
    bench.step(&cause);
    bench.step(&event("x1", 1, Kind::Erase));
    let again = bench.step(&cause);
    assert_eq!((told(&again.triggers), again.disposition), (vec![], Disposition::Duplicate));
    let next = bench.step(&customer("e2", 2, "We are leaving"));
    assert_eq!(told(&next.triggers), ["opened churn"], "what is new counts");
}

#[test]
fn an_erasure_leaves_neither_account_nor_words() {
    let mut bench = Bench::new();
    bench.step(&Event { account: "a1".into(), ..customer("e1", 0, "We are leaving") });
    bench.step(&event("x1", 1, Kind::Erase));
    let slot = bench.store.slot(0);
    let left = &slot.conversation;
    assert_eq!(slot.names.account(), "");
    assert!(left.heats().is_empty() && left.open_episode().is_none());
    assert_eq!((left.customer_turns, left.score, left.customer_said == Default::default()), (0, 0, true));
}

#[test]
fn an_erasure_quotes_nothing() {
    let mut bench = Bench::new();
    bench.step(&customer("e1", 0, "We are leaving"));
    let trigger = bench.step(&event("x1", 1, Kind::Erase)).triggers.remove(0);
    assert!(trigger.assessment.factors.is_empty() && !trigger.summary.contains("leaving"));
    assert_eq!(trigger.tags, ["erased"]);
}

#[test]
fn a_calm_customer_ends_the_episode() {
    let mut bench = Bench::new();
    let events = [
        customer("e1", 0, "We are leaving"),
        customer("e2", 20, "It works again, thanks"),
        customer("e3", 21, "All good"),
        customer("e4", 22, "Thank you"),
    ];
    let triggers = bench.triggers(&events);
    assert_eq!(told(&triggers), ["opened churn", "resolved calmed"]);
    assert_eq!(triggers[1].time, minute(21));
}

#[test]
fn a_bot_that_asks_again_is_a_loop_until_a_person_comes() {
    let mut bench = Bench::new();
    let ask = |id: &str, at| message(id, at, AuthorType::Bot, "Which browser version are you using?");
    let reply = |id: &str, at| customer(id, at, "mine");
    let events =
        [ask("b1", 0), reply("e1", 1), ask("b2", 2), reply("e2", 3), ask("b3", 4), reply("e3", 5), ask("b4", 6)];
    let outcomes = bench.steps(&events);
    let scores: Vec<i32> = outcomes.iter().step_by(2).map(|outcome| outcome.assessment.score.points()).collect();
    assert!(scores.is_sorted_by(|before, after| before < after), "{scores:?}");
    let triggers: Vec<Trigger> = outcomes.into_iter().flat_map(|outcome| outcome.triggers).collect();
    assert_eq!(told(&triggers), ["opened bot_loop"]);
    let after = bench.step(&message("a1", 7, AuthorType::Agent, "I take over"));
    assert!(after.assessment.factors.iter().all(|factor| !factor.id.starts_with("loop.bot")));
}

#[test]
fn a_link_given_twice_and_a_customer_who_repeats_are_loops() {
    let mut bench = Bench::new();
    let link = |id: &str, at| message(id, at, AuthorType::Bot, "Please read http://help.example.com/reset");
    let said = |id: &str, at| customer(id, at, "The reset mail never arrives here");
    let outcomes = bench.steps(&[said("e1", 0), link("b1", 1), said("e2", 2), link("b2", 3)]);
    let last = outcomes.last().unwrap();
    let factors: Vec<&str> = last.assessment.factors.iter().map(|factor| factor.id.as_str()).collect();
    assert_eq!(factors, ["loop.customer_repeats", "loop.bot_link"]);
}

#[test]
fn the_third_answer_of_a_bot_that_does_not_help_counts_not_the_second() {
    let mut bench = Bench::new();
    let mut told = Vec::new();
    for n in 0..5 {
        let outcome = bench.step(&customer(&format!("e{n}"), n * 2, &format!("question number{n} topic{n}")));
        told.push(outcome.assessment.factors.iter().any(|factor| factor.id == "loop.exchanges"));
        bench.step(&message(&format!("b{n}"), n * 2 + 1, AuthorType::Bot, &format!("answer{n} about{n}")));
    }
    assert_eq!(told, [false, false, false, true, true]);
}

/// An escalation that somebody acknowledged.
fn acknowledged() -> [Event<'static>; 2] {
    [customer("e1", 0, "We are leaving"), verdict("v1", 1, VerdictOutcome::Acknowledged)]
}

#[test]
fn a_conversation_that_was_quiet_for_long_begins_anew() {
    let mut bench = Bench::new();
    bench.steps(&acknowledged());
    let outcome = bench.step(&customer("e2", 60 * 24 * 31, "Hello"));
    let (reminders, steps): (Vec<Trigger>, Vec<Trigger>) =
        outcome.triggers.into_iter().partition(|trigger| trigger.step == Step::Due);
    assert_eq!((told(&steps), outcome.expired), (vec!["updated sla".to_owned(), "expired expired".to_owned()], 1));
    assert_eq!(steps[1].time, minute(60 * 24 * 30 + 1));
    assert!(
        !reminders.is_empty() && reminders.iter().all(|due| matches!(due.reason.as_str(), "update_due" | "stand_up"))
    );
    assert_eq!(outcome.assessment.score.points(), 0);
}

#[test]
fn an_escalation_that_nobody_acts_on_expires() {
    let rows = [
        (None, true),
        (Some(message("a1", 60 * 24, AuthorType::Agent, "We are on it")), false),
        (Some(verdict("v1", 60 * 24, VerdictOutcome::Assigned)), false),
        (Some(Event { assignee: "kim".into(), ..event("s1", 60 * 24, Kind::AssignmentChange) }), false),
        (Some(message("b1", 60 * 24, AuthorType::Bot, "Have you tried this")), true),
    ];
    for (act, expires) in rows {
        let mut bench = Bench::new();
        bench.step(&customer("e1", 0, "We are leaving"));
        act.iter().for_each(|event| drop(bench.step(event)));
        let ticked = bench.tick(minute(60 * 24 * 25)).into_iter().flat_map(|outcome| outcome.triggers);
        let is_expired = ticked.into_iter().any(|trigger| trigger.step == Step::Expired);
        assert_eq!(is_expired, expires, "{act:?}");
    }
}

#[test]
fn a_tick_forgets_with_the_same_bytes() {
    let mut bench = Bench::new();
    bench.steps(&acknowledged());
    let mut ticked = bench.clone();
    let early = &ticked.tick(minute(60 * 24 * 30))[0];
    assert_eq!((early.expired, ticked.store.len()), (0, 1));
    let due = &ticked.tick(minute(60 * 24 * 30 + 1))[0];
    assert_eq!((due.expired, ticked.store.len()), (1, 0));
    let told = bench.step(&customer("e2", 60 * 24 * 31, "Hello")).triggers;
    assert_eq!(due.triggers, told[told.len() - 1..]);
}

#[test]
fn a_full_store_drops_the_one_that_was_quiet_longest() {
    let mut bench = Bench::new();
    bench.store = Store::new(2);
    let named = |id: &str, conversation: &str| Event {
        conversation: conversation.to_owned().into(),
        ..customer(id, 0, "slow")
    };
    let events = [named("e1", "a"), named("e2", "b"), named("e3", "a"), named("e4", "c")];
    let evicted: u32 = bench.steps(&events).iter().map(|outcome| outcome.evicted).sum();
    let known: Vec<bool> = ["a", "b", "c"].map(|name| bench.store.find("", name).is_some()).to_vec();
    assert_eq!((evicted, known), (1, vec![true, false, true]));
}

#[test]
fn what_is_not_known_of_the_account_is_marked() {
    let missing = Bench::new().step(&customer("e1", 0, "slow"));
    let unknown = Bench::new().step(&Event { account: "a9".into(), ..customer("e1", 0, "slow") });
    assert!(missing.marks.contains(Mark::AccountMissing) && unknown.marks.contains(Mark::AccountUnknown));
    let odd = Account { arr: Some(Arr { amount: 5, currency: "XTS".to_owned() }), ..Account::default() };
    let marks = Bench::with_account(Arc::new(odd)).step(&customer("e1", 0, "slow")).marks;
    assert!(marks.contains(Mark::CurrencyUnknown));
}
