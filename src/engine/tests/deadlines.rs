//! Deadlines: settled by records or by ticks, with the same bytes; taken back when a late record proves them kept.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::limits;
use crate::risk::Step;

/// A customer's message that says how urgent it is.
fn urgent(id: &str, at: i64, priority: Priority) -> Event<'static> {
    Event { priority: Some(priority), ..customer(id, at, "The export fails") }
}

fn reply(id: &str, at: i64) -> Event<'static> {
    message(id, at, AuthorType::Agent, "We are on it")
}

fn triggers(outcomes: Vec<Outcome>) -> Vec<Trigger> {
    outcomes.into_iter().flat_map(|outcome| outcome.triggers).collect()
}

#[test]
fn a_record_and_a_tick_settle_with_the_same_bytes() {
    let first = urgent("e1", 0, Priority::P1);
    let (mut by_record, mut by_tick) = (Bench::new(), Bench::new());
    by_record.step(&first);
    by_tick.step(&first);
    let ticked = triggers(by_tick.tick(minute(31)));
    assert_eq!(told(&ticked), ["opened sla"]);
    assert_eq!((ticked[0].time, ticked[0].cause.as_str()), (minute(30), ""));
    assert_eq!(ticked, by_record.step(&reply("e2", 40)).triggers);
}

#[test]
fn a_clock_runs_out_only_after_its_last_moment() {
    let mut bench = Bench::new();
    bench.step(&urgent("e1", 0, Priority::P2));
    assert_eq!(triggers(bench.tick(minute(120) - Span(1))), []);
    assert_eq!(bench.clone().step(&reply("e2", 120)).triggers, [], "answered in the last moment");
    assert_eq!(told(&triggers(bench.tick(minute(120)))), ["opened sla"]);
}

#[test]
fn a_late_reply_takes_back_what_a_tick_published() {
    let mut bench = Bench::new();
    bench.step(&urgent("e1", 0, Priority::P1));
    bench.tick(minute(32));
    let outcome = bench.step(&reply("e2", 29));
    assert_eq!(told(&outcome.triggers), ["withdrawn answered_in_time"]);
    assert_eq!(outcome.assessment.score.points(), 200, "the first reply was due after fifteen minutes all the same");
    let raised = bench.step(&customer("e3", 33, "We are leaving")).triggers;
    let mut without = Bench::new();
    without.steps(&[urgent("e1", 0, Priority::P1), reply("e2", 29)]);
    assert_eq!(raised, without.step(&customer("e3", 33, "We are leaving")).triggers, "as if it had never been");
}

/// What time alone opened goes back to the episode before it, which the customer can still reopen.
#[test]
fn an_episode_that_is_taken_back_leaves_the_one_before_as_it_was() {
    let before =
        [customer("e1", 0, "We are leaving"), status("s1", 10, Status::Resolved), urgent("e2", 20, Priority::P1)];
    let (mut with, mut without) = (Bench::new(), Bench::new());
    with.steps(&before);
    without.steps(&before);
    assert_eq!(told(&triggers(with.tick(minute(51)))), ["opened sla"]);
    assert_eq!(told(&with.step(&reply("e3", 49)).triggers), ["withdrawn answered_in_time"]);
    without.step(&reply("e3", 49));
    let back = customer("e4", 60, "We are leaving");
    let reopened = with.step(&back).triggers;
    assert_eq!((told(&reopened), reopened[0].sequence), (vec!["reopened churn".to_owned()], 3));
    assert_eq!(reopened, without.step(&back).triggers, "as if it had never been");
}

#[test]
fn what_rests_on_more_than_the_clock_is_not_taken_back() {
    let mut bench = Bench::new();
    bench.steps(&[urgent("e1", 0, Priority::P1), customer("e2", 5, "We are leaving")]);
    assert_eq!(told(&triggers(bench.tick(minute(31)))), ["updated sla", "updated sla"]);
    assert_eq!(told(&bench.step(&reply("e3", 29)).triggers), Vec::<String>::new());
}

#[test]
fn a_tick_has_an_end_and_says_that_there_is_more() {
    let mut bench = Bench::new();
    let many = limits::DEADLINES_PER_TICK + 10;
    for n in 0..many {
        bench.step(&Event { conversation: format!("c{n}").into(), ..urgent("e1", 0, Priority::P1) });
    }
    let outcomes = bench.tick(minute(40));
    let counts: Vec<usize> = outcomes.iter().map(|outcome| outcome.triggers.len()).collect();
    assert_eq!(counts, [limits::DEADLINES_PER_TICK, 10]);
}

/// Events of two conversations in the order of time, a tick before some of them.
fn course() -> impl Strategy<Value = Vec<(Event<'static>, bool)>> {
    let author = select(vec![AuthorType::Customer, AuthorType::Agent, AuthorType::Bot]);
    let priority = select(vec![None, Some(Priority::P1), Some(Priority::P2), Some(Priority::P3)]);
    let text = select(vec!["ok", "slow", "leaving", "thanks", "unacceptable"]);
    let status = select(vec![None, None, None, Some(Status::Resolved)]);
    vec((author, priority, text, status, 1..90_i64, 0..2_u8, any::<bool>()), 1..40).prop_map(|rows| {
        let mut at = 0;
        let build = |(n, (author, priority, text, status, gap, conversation, tick))| {
            at += gap;
            let kind = if Option::<Status>::is_some(&status) { Kind::StatusChange } else { Kind::Message };
            let id = format!("e{n}");
            let event = Event { kind, priority, status, ..message(&id, at, author, text) };
            (Event { conversation: format!("c{conversation}").into(), ..event }, tick)
        };
        rows.into_iter().enumerate().map(build).collect()
    })
}

/// What was published of each conversation.
fn by_conversation(outcomes: Vec<Outcome>) -> [Vec<Trigger>; 2] {
    let all = triggers(outcomes);
    ["c0", "c1"].map(|name| all.iter().filter(|trigger| trigger.conversation == name).cloned().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ticks_only_publish_sooner(course in course()) {
        let (mut with, mut without) = (Bench::new(), Bench::new());
        let (mut ticked, mut plain) = (Vec::new(), Vec::new());
        for (event, tick) in &course {
            if *tick {
                ticked.extend(with.tick(event.time - Span(1)));
            }
            ticked.push(with.step(event));
            plain.push(without.step(event));
        }
        let end = course.last().map(|(event, _)| event.time).unwrap_or_default() + Span::hours(5);
        ticked.extend(with.tick(end));
        plain.extend(without.tick(end));
        prop_assert_eq!(by_conversation(ticked), by_conversation(plain));
    }

    #[test]
    fn an_aborted_tick_comes_again(course in course(), at in any::<prop::sample::Index>()) {
        let at = at.index(course.len());
        let play = |bench: &mut Bench| {
            let mut outcomes = Vec::new();
            for (event, tick) in &course[at..] {
                if *tick {
                    outcomes.extend(bench.tick(event.time - Span(1)));
                }
                outcomes.push(bench.step(event));
            }
            outcomes.extend(bench.tick(minute(40_000)));
            by_conversation(outcomes)
        };
        let mut bench = Bench::new();
        course[..at].iter().for_each(|(event, _)| drop(bench.step(event)));
        bench.store.begin_epoch();
        let first = play(&mut bench);
        let policy = Arc::clone(&bench.policy);
        bench.store.abort_epoch(|conversation| crate::risk::next_deadline(conversation, &policy).at);
        prop_assert_eq!(first, play(&mut bench));
    }
}

#[test]
fn an_auto_escalation_is_told_even_in_an_open_episode() {
    let mut bench = Bench::new();
    bench.steps(&[urgent("e1", 0, Priority::P1), customer("e2", 28, "We are leaving")]);
    let due = triggers(bench.tick(minute(30)));
    assert_eq!((due[0].step, due[0].reason.as_str()), (Step::Updated, "sla"), "it does not wait for the cool-down");
}
