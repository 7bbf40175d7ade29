//! The laws of the engine, tried on conversations that chance made up.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::risk::{Conversation, Step};

const FILLERS: [&str; 4] = ["the export fails again today", "which plan", "ok", "http://help.example.com/a"];

/// A text of words that say something and words that do not.
fn text() -> impl Strategy<Value = String> {
    let words: Vec<&str> = WORDS.iter().map(|(word, ..)| *word).chain(FILLERS).collect();
    vec(select(words), 0..4).prop_map(|words| words.join(" "))
}

fn kind() -> impl Strategy<Value = (Kind<'static>, Option<Status>)> {
    let plain = |kind: Kind<'static>| Just((kind, None));
    let outcomes = select(VerdictOutcome::ALL.to_vec());
    let target = (0..40_u32).prop_map(|n| format!("e{n}"));
    prop_oneof![
        12 => plain(Kind::Message),
        1 => plain(Kind::InternalNote),
        1 => plain(Kind::Merge { into: "c9".into() }),
        1 => plain(Kind::Erase),
        1 => select(Status::ALL.to_vec()).prop_map(|status| (Kind::StatusChange, Some(status))),
        1 => plain(Kind::AssignmentChange),
        1 => target.clone().prop_map(|target| (Kind::Edit { target: target.into() }, None)),
        1 => target.prop_map(|target| (Kind::Delete { target: target.into() }, None)),
        2 => (outcomes, -30..300_i64, select(vec!["", "churn.leaving"])).prop_map(|(outcome, until, rule)| {
            let silences = matches!(outcome, VerdictOutcome::Snooze | VerdictOutcome::Mute);
            let terms = Terms { until: minute(until), rule: rule.into(), ..Terms::default() };
            let terms = silences.then(|| Box::new(terms));
            (Kind::Verdict { outcome, episode: "".into(), by: "".into(), reason: "".into(), terms }, None)
        }),
    ]
}

/// Events of up to three conversations, in the order in which they arrive; some late, some in the far future.
pub(super) fn events() -> impl Strategy<Value = Vec<Event<'static>>> {
    let authors = prop_oneof![4 => Just(AuthorType::Customer), 2 => Just(AuthorType::Bot), 1 => Just(AuthorType::Agent),
        1 => Just(AuthorType::Unknown)];
    let skew = prop_oneof![8 => 0..3_i64, 1 => -500..0_i64, 1 => 40_000..50_000_i64];
    let one = (kind(), authors, text(), skew, 0..3_u8);
    vec(one, 1..40).prop_map(|rows| {
        let build = |(n, ((kind, status), author, text, skew, conversation)): (
            usize,
            ((Kind<'static>, _), _, String, i64, u8),
        )| Event {
            kind,
            status,
            conversation: format!("c{conversation}").into(),
            assignee: if n % 5 == 0 { format!("agent-{}", n % 3).into() } else { "".into() },
            ..message(&format!("e{n}"), n as i64 * 4 + skew, author, &text)
        };
        rows.into_iter().enumerate().map(build).collect()
    })
}

fn policy_without_cool_down() -> Arc<Policy> {
    let mut policy = Policy::shipped();
    policy.escalation.cool_down = Span::ZERO;
    Arc::new(policy)
}

fn states(bench: &Bench) -> Vec<Option<Conversation>> {
    let state = |name: &str| bench.store.find("", name).map(|at| bench.store.slot(at).conversation.clone());
    ["c0", "c1", "c2"].map(state).to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_events_come_to_the_same(events in events()) {
        prop_assert_eq!(Bench::new().steps(&events), Bench::new().steps(&events));
    }

    #[test]
    fn conversations_are_independent(events in events()) {
        let together = Bench::new().steps(&events);
        for name in ["c0", "c1", "c2"] {
            let own: Vec<_> = events.iter().filter(|event| event.conversation == name).cloned().collect();
            let alone = Bench::new().steps(&own);
            let among: Vec<_> =
                events.iter().zip(&together).filter(|(event, _)| event.conversation == name).map(|(_, o)| o.clone()).collect();
            prop_assert_eq!(alone, among);
        }
    }

    #[test]
    fn a_repeated_id_changes_nothing(events in events(), at in any::<prop::sample::Index>()) {
        let at = at.index(events.len());
        let mut bench = Bench::new();
        bench.steps(&events[..=at]);
        let before = states(&bench);
        let again = bench.step(&events[at]);
        prop_assert!(again.triggers.is_empty());
        prop_assert_eq!(before, states(&bench));
    }

    #[test]
    fn an_old_id_that_comes_back_raises_nothing_twice(events in events()) {
        let mut bench = Bench { policy: policy_without_cool_down(), ..Bench::new() };
        let outcomes = bench.steps(&[events.clone(), events.clone()].concat());
        if outcomes.iter().any(|outcome| outcome.expired > 0) {
            return Ok(());
        }
        let raised = outcomes.into_iter().flat_map(|outcome| outcome.triggers);
        let raised: Vec<_> = raised.filter(|trigger| trigger.step.raises()).collect();
        for conversation in ["c0", "c1", "c2"] {
            let by_event = raised.iter().filter(|trigger| !trigger.cause.is_empty());
            let own = by_event.filter(|trigger| trigger.conversation == conversation);
            let causes: Vec<_> = own.map(|trigger| trigger.cause.as_str()).collect();
            // Beyond its limit a conversation forgets causes; a router still sees by its id what is the same.
            for recent in causes.windows(crate::limits::RECENT_CAUSES) {
                let distinct: std::collections::BTreeSet<_> = recent.iter().collect();
                prop_assert_eq!(distinct.len(), recent.len());
            }
            if causes.len() < crate::limits::RECENT_CAUSES {
                let distinct: std::collections::BTreeSet<_> = causes.iter().collect();
                prop_assert_eq!(distinct.len(), causes.len());
            }
        }
    }

    #[test]
    fn factors_sum_to_the_score(events in events(), tier in select(Tier::ALL.to_vec())) {
        let outcomes = Bench::with_account(account(tier)).steps(&events);
        for outcome in &outcomes {
            let triggers = outcome.triggers.iter().map(|trigger| &trigger.assessment);
            for assessment in triggers.chain([&outcome.assessment]) {
                let sum: i32 = assessment.factors.iter().map(|factor| factor.points).sum();
                prop_assert_eq!(sum, assessment.score.points());
                prop_assert!(assessment.factors.iter().all(|factor| factor.points != 0 && !factor.reason.is_empty()));
            }
        }
    }

    #[test]
    fn a_further_risk_signal_never_lowers_the_score(events in events(), said in text(), word in 0..7_usize) {
        let mut bench = Bench::new();
        bench.steps(&events);
        let next = |text: &str| Event { conversation: "c0".into(), ..customer("next", 500, text) };
        let more = format!("{said} {}", WORDS[word].0);
        let (without, with) = (bench.clone().step(&next(&said)), bench.step(&next(&more)));
        prop_assert!(with.assessment.score >= without.assessment.score);
    }

    #[test]
    fn a_higher_tier_never_lowers_the_score(events in events(), before in select(Tier::ALL.to_vec())) {
        let (last, earlier) = events.split_last().expect("there is an event");
        let mut bench = Bench::with_account(account(before));
        bench.steps(earlier);
        let scores: Vec<_> = Tier::ALL.iter().map(|tier| {
            let mut bench = Bench { account: Some(account(*tier)), ..bench.clone() };
            bench.step(last).assessment.score
        }).collect();
        prop_assert!(scores.is_sorted(), "{scores:?}");
    }

    #[test]
    fn going_on_from_a_copy_is_going_on(events in events(), at in any::<prop::sample::Index>()) {
        let at = at.index(events.len());
        let mut bench = Bench::new();
        bench.steps(&events[..at]);
        let mut copy = bench.clone();
        prop_assert_eq!(bench.steps(&events[at..]), copy.steps(&events[at..]));
    }

    /// One at a time, each step with its episode's next number, and nothing after the end but what reminds or reopens.
    #[test]
    fn episodes_never_overlap(events in events(), ticks in vec(any::<bool>(), 40)) {
        let mut bench = Bench::new();
        let mut sequences = std::collections::BTreeMap::new();
        let mut open = std::collections::BTreeMap::new();
        for (event, tick) in events.iter().zip(ticks) {
            let ticked = if tick { bench.tick(event.time - Span(1)) } else { Vec::new() };
            let stepped = bench.step(event);
            for trigger in ticked.into_iter().chain([stepped]).flat_map(|outcome| outcome.triggers) {
                let is_own = open.get(&trigger.conversation).map(|episode| *episode == trigger.episode);
                let is_sound = match trigger.step {
                    Step::Opened | Step::Reopened => is_own.is_none(),
                    Step::Due => is_own != Some(false),
                    _ => is_own == Some(true),
                };
                let sequence = sequences.entry(trigger.episode).or_insert(0);
                prop_assert!(is_sound && trigger.sequence == *sequence + 1, "{:?} {:?}", trigger, open);
                prop_assert_eq!(trigger.step == Step::Opened, trigger.sequence == 1);
                *sequence += 1;
                if trigger.step.raises() {
                    open.insert(trigger.conversation.clone(), trigger.episode);
                } else if trigger.step.ends() {
                    open.remove(&trigger.conversation);
                }
            }
        }
    }

    #[test]
    fn levels_cool_down(events in events()) {
        let mut bench = Bench::new();
        let mut last: Vec<(String, crate::score::Level, Timestamp)> = Vec::new();
        for event in &events {
            if matches!(event.kind, Kind::Erase) {
                last.retain(|(name, ..)| *name != event.conversation);
            }
            for trigger in bench.step(event).triggers {
                let raises = trigger.step.raises();
                if trigger.reason == "expired" {
                    last.retain(|(name, ..)| *name != trigger.conversation);
                }
                if !raises {
                    continue;
                }
                let index = bench.store.find("", &trigger.conversation).unwrap();
                let newest = bench.store.slot(index).conversation.newest;
                let now = if trigger.cause.is_empty() { trigger.time } else { newest };
                let own = trigger.assessment.level;
                let is_rise = trigger.step == Step::Updated;
                let level = if is_rise { own.max(trigger.previous_level.unwrap_or_default()) } else { own };
                let near = last.iter().any(|(name, known, at)| {
                    *name == trigger.conversation && *known == level && now - *at < bench.policy.escalation.cool_down
                });
                prop_assert!(!near || trigger.reason == "security", "{trigger:?}");
                last.push((trigger.conversation.clone(), level, now));
            }
        }
    }

    #[test]
    fn an_aborted_epoch_leaves_no_trace(events in events(), at in any::<prop::sample::Index>(), limit in 1..4_usize) {
        let at = at.index(events.len());
        let fresh = || Bench { store: Store::new(limit), ..Bench::new() };
        let mut bench = fresh();
        bench.steps(&events[..at]);
        let before = states(&bench);
        bench.store.begin_epoch();
        let first = bench.steps(&events[at..]);
        let policy = &bench.policy;
        bench.store.abort_epoch(|conversation| crate::risk::next_deadline(conversation, policy).at);
        prop_assert_eq!(before, states(&bench));
        prop_assert_eq!(first, bench.steps(&events[at..]));
    }

    #[test]
    fn an_epoch_names_what_it_changed(events in events(), at in any::<prop::sample::Index>()) {
        let at = at.index(events.len());
        let mut bench = Bench::new();
        bench.steps(&events[..at]);
        let before = states(&bench);
        bench.store.begin_epoch();
        bench.steps(&events[at..]);
        let changed: Vec<(String, Option<Conversation>)> =
            bench.store.changed().map(|(names, state)| (names.conversation().to_owned(), state.cloned())).collect();
        bench.store.commit_epoch();
        let after = states(&bench);
        for (n, name) in ["c0", "c1", "c2"].into_iter().enumerate() {
            let last = changed.iter().rev().find(|(changed, _)| changed == name);
            match last {
                Some((_, state)) => prop_assert_eq!(state, &after[n]),
                None => prop_assert_eq!(&before[n], &after[n]),
            }
        }
    }

    #[test]
    fn a_record_from_2099_changes_no_other_conversation(events in events(), at in any::<prop::sample::Index>()) {
        let at = at.index(events.len());
        let future = Event { conversation: "other".into(), time: Timestamp(4_070_908_800_000), ..customer("f", 0, "lawyer") };
        let mut with = Bench::new();
        let mut outcomes = with.steps(&events[..at]);
        with.step(&future);
        outcomes.extend(with.steps(&events[at..]));
        prop_assert_eq!(outcomes, Bench::new().steps(&events));
    }
}

#[test]
fn a_conversation_of_a_hundred_thousand_messages_stays_small() {
    let mut bench = Bench::new();
    for n in 0..100_000_i64 {
        let words: Vec<&str> = (0..3).map(|word| WORDS[((n + word * 7) % 10) as usize].0).collect();
        let author = if n % 3 == 0 { AuthorType::Bot } else { AuthorType::Customer };
        bench.step(&message(&format!("e{n}"), n, author, &words.join(" ")));
    }
    let index = bench.store.find("", "c1").unwrap();
    let extra = bench.store.slot(index).conversation.extra().unwrap();
    assert!(extra.heats.as_slice().len() <= Signal::COUNT + 5, "one heat a subject at most");
    assert_eq!(bench.store.len(), 1);
}
