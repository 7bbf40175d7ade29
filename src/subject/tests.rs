//! Laws of the second stage: the order in which partitions come, repetition and the size of steps change nothing.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Alert, Due, Kind, Sighting, Subjects, Suppression};
use crate::policy::Policy;
use crate::risk::{ContentId, Step};
use crate::score::Level;
use crate::time::{Span, Timestamp};

/// What a partition tells, in order.
#[derive(Clone, Debug)]
enum Told {
    Sighting(Sighting),
    Alert(Alert),
}

impl Told {
    fn time(&self) -> Timestamp {
        match self {
            Told::Sighting(sighting) => sighting.time,
            Told::Alert(alert) => alert.time,
        }
    }
}

fn sighting(minute: i64, conversation: u32, account: u32, issue: &str) -> Sighting {
    Sighting {
        account: format!("a{account}"),
        conversation: format!("c{conversation}"),
        voice: u64::from(conversation),
        time: Timestamp(0) + Span::minutes(minute),
        level: Level::Low,
        issue: issue.to_owned(),
        said: "Customer reports that the product is down".to_owned(),
        ..Sighting::default()
    }
}

fn alert(minute: i64, number: u8, account: u32, level: Level, issue: &str) -> Alert {
    Alert {
        id: ContentId([number; 16]),
        episode: ContentId([number; 16]),
        sequence: 1,
        account: format!("a{account}"),
        conversation: format!("c{number}"),
        time: Timestamp(0) + Span::minutes(minute),
        level,
        issue: issue.to_owned(),
        step: Step::Opened,
        may_wait: level < Level::High,
        ..Alert::default()
    }
}

/// All that comes out of partitions that are heard in the order that `turns` names, told as lines.
fn run(
    partitions: &[Vec<Told>],
    turns: &[usize],
    policy: &Arc<Policy>,
) -> (Vec<String>, [u64; Suppression::ALL.len()]) {
    let mut subjects = Subjects::new(Arc::clone(policy));
    let (mut next, mut newest) = (vec![0; partitions.len()], vec![None; partitions.len()]);
    (0..partitions.len()).for_each(|partition| subjects.add_source(partition as i32));
    let mut lines = Vec::new();
    let mut step = |partition: usize, subjects: &mut Subjects, lines: &mut Vec<String>| {
        let Some(told) = partitions[partition].get(next[partition]).cloned() else { return };
        next[partition] += 1;
        let time = told.time();
        match told {
            Told::Sighting(sighting) => subjects.see(&Sighting { newest: newest[partition], ..sighting }),
            Told::Alert(alert) => {
                let alert = Alert { newest: newest[partition], ..alert };
                subjects.alert(alert, &mut |due| lines.push(line("at once", due)));
            }
        }
        newest[partition] = newest[partition].max(Some(time));
        advance(subjects, partition, newest[partition].unwrap_or(time), lines);
    };
    turns.iter().for_each(|turn| step(turn % partitions.len(), &mut subjects, &mut lines));
    for (partition, told) in partitions.iter().enumerate() {
        told.iter().for_each(|_| step(partition, &mut subjects, &mut lines));
    }
    for partition in 0..partitions.len() {
        advance(&mut subjects, partition, Timestamp(0) + Span::days(60), &mut lines);
    }
    // What goes out at once does, wherever the others are by then.
    let (mut at_once, settled): (Vec<String>, Vec<String>) =
        lines.into_iter().partition(|line| line.starts_with("at once"));
    at_once.sort();
    (settled.into_iter().chain(at_once).collect(), *subjects.suppressed())
}

fn advance(subjects: &mut Subjects, partition: usize, newest: Timestamp, lines: &mut Vec<String>) {
    subjects.advance(partition as i32, newest, &mut |due| lines.push(line("alert", due)));
}

fn line(how: &str, due: Due) -> String {
    match due {
        Due::Finding(finding) => format!("{finding:?}"),
        Due::Alert(alert) => format!("{how} {} {} {} {}", alert.time.0, alert.episode, alert.sequence, alert.id),
    }
}

fn told() -> impl Strategy<Value = Told> {
    let issue = prop_oneof![Just("exports"), Just("login"), Just("")];
    let level = prop_oneof![Just(Level::Low), Just(Level::Medium), Just(Level::High)];
    prop_oneof![
        3 => (0_i64..90, 0_u32..14, 0_u32..5, issue.clone())
            .prop_map(|(minute, conversation, account, issue)| Told::Sighting(sighting(minute, conversation, account, issue))),
        1 => (0_i64..90, any::<u8>(), 0_u32..3, level, issue)
            .prop_map(|(minute, number, account, level, issue)| Told::Alert(alert(minute, number, account, level, issue))),
    ]
}

/// The lines of each kind in their order; between the kinds the size of steps decides.
fn by_kind(lines: Vec<String>) -> (Vec<String>, Vec<String>) {
    lines.into_iter().partition(|line| line.starts_with("Finding"))
}

proptest! {
    #[test]
    fn how_partitions_interleave_changes_nothing(
        partitions in vec(vec(told(), 0..40), 1..4),
        one in vec(0_usize..4, 0..120),
        other in vec(0_usize..4, 0..120),
    ) {
        let policy = Arc::new(Policy::shipped());
        let mut distinct = partitions;
        // An id belongs to one trigger of one conversation, so to one partition. Steps of one episode are tested below.
        for (partition, told) in distinct.iter_mut().enumerate() {
            for (place, told) in told.iter_mut().enumerate() {
                if let Told::Alert(alert) = told {
                    (alert.id.0[0], alert.id.0[1]) = (partition as u8, place as u8);
                    alert.episode = alert.id;
                }
            }
        }
        let (first, held) = run(&distinct, &one, &policy);
        let (second, held_then) = run(&distinct, &other, &policy);
        prop_assert_eq!(by_kind(first), by_kind(second));
        prop_assert_eq!(held, held_then);
    }

    #[test]
    fn what_comes_twice_counts_once(told in vec(told(), 0..60)) {
        let policy = Arc::new(Policy::shipped());
        let sightings: Vec<Told> = told.into_iter().filter(|told| matches!(told, Told::Sighting(_))).collect();
        let twice = sightings.iter().flat_map(|told| [told.clone(), told.clone()]).collect();
        prop_assert_eq!(run(&[sightings], &[], &policy), run(&[twice], &[], &policy));
    }
}

/// Kind, step and what is counted of each finding.
fn findings(told: Vec<Told>) -> Vec<(Kind, Step, usize, usize)> {
    let mut subjects = Subjects::new(Arc::new(Policy::shipped()));
    for told in told {
        match told {
            Told::Sighting(sighting) => subjects.see(&sighting),
            Told::Alert(alert) => subjects.alert(alert, &mut |_| ()),
        }
    }
    let mut found = Vec::new();
    let end = Timestamp(0) + Span::days(60);
    subjects.advance(0, end, &mut |due| {
        if let Due::Finding(finding) = due {
            found.push((finding.kind, finding.step, finding.conversations, finding.accounts));
        }
    });
    found
}

#[test]
fn a_spike_over_accounts_is_one_incident_that_ends() {
    let spike = (0..12).map(|n| Told::Sighting(sighting(i64::from(n), n, n / 2, "exports"))).collect();
    let steps = findings(spike);
    let expected = [(Step::Opened, 5, 3), (Step::Updated, 10, 5), (Step::Resolved, 0, 0)];
    assert_eq!(steps, expected.map(|(step, conversations, accounts)| (Kind::Incident, step, conversations, accounts)));
}

#[test]
fn what_is_usual_is_no_incident() {
    // Six complaints of three accounts in each half hour, all day long: the first is news, the same again an hour later is not.
    let all_day = (0..288).map(|n| Told::Sighting(sighting(n * 5, n as u32, n as u32 % 3, "exports"))).collect();
    let opened =
        findings(all_day).into_iter().filter(|(kind, step, ..)| (*kind, *step) == (Kind::Incident, Step::Opened));
    assert_eq!(opened.count(), 1);
}

#[test]
fn one_account_is_no_incident_but_may_be_a_recurring_issue() {
    let week = (0..4).map(|n| Told::Sighting(sighting(n * 1_440, n as u32, 1, "exports"))).collect();
    assert_eq!(findings(week), [(Kind::Recurring, Step::Opened, 3, 1), (Kind::Recurring, Step::Resolved, 0, 0)]);
}

#[test]
fn alerts_beyond_the_budget_come_as_one_digest_and_grave_ones_go_out() {
    let mut alerts: Vec<Told> = (0..8).map(|n| Told::Alert(alert(i64::from(n), n, 1, Level::Low, ""))).collect();
    alerts.push(Told::Alert(alert(9, 9, 1, Level::High, "")));
    assert_eq!(findings(alerts), [(Kind::Digest, Step::Opened, 3, 1)]);
}

/// The steps of an episode: when each comes after the one before, and what it is. The first one opens it.
fn steps() -> impl Strategy<Value = Vec<(i64, Step, Level)>> {
    let step = prop_oneof![Just(Step::Updated), Just(Step::Acknowledged), Just(Step::Resolved)];
    let level = prop_oneof![3 => Just(Level::Low), 2 => Just(Level::Medium), 1 => Just(Level::High)];
    vec((0_i64..400, step, level), 1..6)
}

/// The alerts of some episodes in the order of their times, each with a time that may lie a little before its turn.
fn episodes() -> impl Strategy<Value = Vec<Alert>> {
    let issue = prop_oneof![Just("exports"), Just("")];
    vec((0_i64..2_000, steps(), issue, 0_u32..3, 0_i64..300), 1..12).prop_map(|episodes| {
        let mut alerts = Vec::new();
        for (number, (begin, steps, issue, account, back)) in episodes.into_iter().enumerate() {
            let mut turn = begin;
            for (place, (pause, step, level)) in steps.into_iter().enumerate() {
                turn += pause;
                let (number, place) = (number as u8, place as u8);
                let mut next = alert(0, number, account, level, issue);
                next.id.0[1] = place;
                next.time = Timestamp(0) + Span::seconds(turn - if place % 2 == 1 { back } else { 0 });
                next.sequence = u32::from(place) + 1;
                next.step = if place == 0 { Step::Opened } else { step };
                next.may_wait &= next.raises();
                alerts.push((turn, next));
            }
        }
        alerts.sort_by_key(|(turn, alert)| (*turn, alert.episode, alert.sequence));
        alerts.into_iter().map(|(_, alert)| alert).collect()
    })
}

proptest! {
    #[test]
    fn the_steps_of_an_episode_go_out_in_their_order_and_none_is_lost(
        alerts in episodes(),
        others in vec((0_usize..80, 0_i64..4_000), 0..6),
    ) {
        let mut subjects = Subjects::new(Arc::new(Policy::shipped()));
        // Another partition lags behind and catches up now and then, in jumps.
        subjects.add_source(1);
        (0..8).for_each(|n| subjects.see(&sighting(n, n as u32, n as u32, "exports")));
        let (mut out, mut newest): (Vec<Alert>, Option<Timestamp>) = (Vec::new(), None);
        let keep = |due: Due, out: &mut Vec<Alert>| if let Due::Alert(alert) = due { out.push(alert) };
        for (place, alert) in alerts.iter().enumerate() {
            for (_, second) in others.iter().filter(|(turn, _)| *turn == place) {
                subjects.advance(1, Timestamp(0) + Span::seconds(*second), &mut |due| keep(due, &mut out));
            }
            subjects.alert(Alert { newest, ..alert.clone() }, &mut |due| keep(due, &mut out));
            newest = newest.max(Some(alert.time));
            subjects.advance(0, newest.unwrap_or(alert.time), &mut |due| keep(due, &mut out));
        }
        for partition in 0..2 {
            subjects.advance(partition, Timestamp(0) + Span::days(60), &mut |due| keep(due, &mut out));
        }
        let held_back = subjects.suppressed().iter().sum::<u64>() as usize;
        prop_assert_eq!(out.len() + held_back, alerts.len());
        for (place, alert) in out.iter().enumerate() {
            let before = out[..place].iter().filter(|before| before.episode == alert.episode);
            prop_assert!(before.map(|before| before.sequence).all(|before| before < alert.sequence), "{:?}", out);
        }
    }
}

/// What goes out of one partition's alerts, by sequence, and how many were held back by each cause.
fn sequences(alerts: &[Alert]) -> (Vec<u32>, [u64; Suppression::ALL.len()]) {
    let mut subjects = Subjects::new(Arc::new(Policy::shipped()));
    let (mut out, mut newest) = (Vec::new(), None);
    let mut keep = |due| {
        if let Due::Alert(alert) = due {
            out.push(alert.sequence)
        }
    };
    for alert in alerts {
        subjects.alert(Alert { newest, ..alert.clone() }, &mut keep);
        newest = newest.max(Some(alert.time));
        subjects.advance(0, alert.time, &mut keep);
    }
    subjects.advance(0, Timestamp(0) + Span::days(60), &mut keep);
    (out, *subjects.suppressed())
}

fn step(second: i64, sequence: u32, step: Step, level: Level) -> Alert {
    let mut alert = alert(0, 1, 1, level, "exports");
    alert.id.0[1] = sequence as u8;
    alert.time = Timestamp(0) + Span::seconds(second);
    (alert.sequence, alert.step) = (sequence, step);
    alert.may_wait &= alert.raises();
    alert
}

#[test]
fn what_follows_a_held_step_waits_behind_it_and_what_is_grave_stands_for_it() {
    let superseded = |number| Suppression::ALL.map(|cause| if cause == Suppression::Superseded { number } else { 0 });
    let opened = || step(270, 1, Step::Opened, Level::Medium);
    // Resolved half a minute after the pane's end, before the pane closes.
    let resolved = step(330, 2, Step::Resolved, Level::Medium);
    assert_eq!(sequences(&[opened(), resolved]), (vec![1, 2], superseded(0)));
    // A grave step does not wait, and stands for the held one.
    let grave = step(330, 2, Step::Updated, Level::High);
    assert_eq!(sequences(&[opened(), grave]), (vec![2], superseded(1)));
    // Of two raises in one pane the later one goes out; what lay between them is part of it.
    let taken = step(280, 2, Step::Acknowledged, Level::Medium);
    let raised = step(290, 3, Step::Updated, Level::Medium);
    assert_eq!(sequences(&[opened(), taken, raised]), (vec![3], superseded(2)));
}

#[test]
fn what_waits_or_is_counted_has_a_bound() {
    let mut subjects = Subjects::new(Arc::new(Policy::shipped()));
    let mut out = Vec::new();
    let more = crate::limits::HELD_ALERTS + 3;
    for (number, level) in (0..more as u32).flat_map(|number| [(number, Level::Low), (number, Level::High)]) {
        let mut alert = alert(0, 0, number, level, "");
        (alert.id.0[..4]).copy_from_slice(&number.to_be_bytes());
        alert.id.0[4] = level as u8;
        alert.episode = alert.id;
        subjects.alert(alert, &mut |due| out.push(due));
    }
    assert_eq!(out.len(), more + 3, "the grave ones and three that found no room");
    assert_eq!(subjects.ignored().full, 6);
    let panes = crate::limits::SUBJECT_PANES as u32 / 2;
    (0..panes + 2).for_each(|n| subjects.see(&sighting(0, n, n, "")));
    (0..panes).for_each(|n| subjects.see(&sighting(9, n, n, "")));
    assert_eq!(subjects.ignored().full, 6 + 2);
}
