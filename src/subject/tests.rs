//! Laws of the second stage: the order in which partitions come, repetition and the size of steps change nothing.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Alert, Finding, Kind, Sighting, Subjects, Suppression};
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
        raises: true,
        held: (level < Level::High).then(|| vec![number]),
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
                let at_once = subjects.alert(Alert { newest: newest[partition], ..alert });
                lines.extend(at_once.map(|alert| format!("late {}", alert.id)));
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
    // What is late goes out at once, wherever the others are by then.
    let (mut late, settled): (Vec<String>, Vec<String>) = lines.into_iter().partition(|line| line.starts_with("late"));
    late.sort();
    (settled.into_iter().chain(late).collect(), *subjects.suppressed())
}

fn advance(subjects: &mut Subjects, partition: usize, newest: Timestamp, lines: &mut Vec<String>) {
    let mut found: Vec<Finding> = Vec::new();
    let mut released: Vec<Alert> = Vec::new();
    subjects.advance(partition as i32, newest, &mut |finding| found.push(finding), &mut |alert| released.push(alert));
    lines.extend(found.iter().map(|finding| format!("{finding:?}")));
    // Findings and alerts are told apart by their time alone only within one close; their own orders are what counts.
    lines.extend(released.iter().map(|alert| format!("alert {} {}", alert.time.0, alert.id)));
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
        // An id belongs to one trigger of one conversation, so to one partition.
        for (partition, told) in distinct.iter_mut().enumerate() {
            for told in told {
                if let Told::Alert(alert) = told {
                    alert.id.0[0] = partition as u8;
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
            Told::Alert(alert) => drop(subjects.alert(alert)),
        }
    }
    let mut found = Vec::new();
    let end = Timestamp(0) + Span::days(60);
    let mut keep = |finding: Finding| found.push((finding.kind, finding.step, finding.conversations, finding.accounts));
    subjects.advance(0, end, &mut keep, &mut |_| ());
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
