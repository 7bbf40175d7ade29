//! The worker's loop and the whole pipeline over a cluster in memory, under faults that a seed draws, judged by one
//! sequential run of the engine. Once all records are dealt with time goes on for four days, and deadlines pass. The
//! invariants:
//!
//! 1. what is published is what the sequential run publishes: nothing lost, nothing twice;
//! 2. the state in the changelog is that run's;
//! 3. committed offsets are the ends of the logs, and never went back;
//! 4. each position record is the committed offset, and an offset that somebody moved is noticed;
//! 5. no transaction is open at the end;
//! 6. what is published of one conversation is in order;
//! 7. once the faults are over all partitions make progress;
//! 8. no transaction is larger than it may be;
//! 9. metrics count what is committed, unless an answer never came.
//!
//! A failure prints its seed and the fewest faults that show it. `FORESHOCK_SIMULATION_SEED=n` runs that seed again.
#![allow(clippy::print_stdout, reason = "tells of a run")]

mod batch;
mod chance;
mod judge;
mod member;
mod model;
mod mutation;
mod schedule;
mod world;

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::generate::{Generator, Kind as Shaped, Record, Shape};
use crate::knowledge::Knowledge;
use crate::pipeline::Options;
use crate::wire::PayloadMode;

use chance::Chance;
use mutation::Mutation;
use schedule::{Kind, Planned, Step};
use world::{Coverage, World};

/// Records of a run.
const RECORDS: usize = 300;
/// Seeds of `cargo test`.
const SEEDS: u64 = 2_000;

/// Which invariant does not hold, and how that shows.
#[derive(Clone, Debug)]
struct Violation {
    invariant: u8,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {}: {}", self.invariant, self.what)
    }
}

/// What a run is made of, beside its faults.
#[derive(Clone, Copy)]
struct Plan {
    seed: u64,
    partitions: usize,
    workers: usize,
    records: &'static [Record],
}

fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::shipped);
    &KNOWLEDGE
}

fn options() -> Options {
    Options {
        topic: "events".into(),
        application: "simulation".into(),
        knowledge_hash: knowledge().hash.clone(),
        payload: PayloadMode::Full,
        publish_max_age: None,
        assessments: false,
        second_stage: false,
    }
}

/// Runs take their records from here, each at another place.
fn records() -> &'static [Record] {
    static RECORDS: LazyLock<Vec<Record>> = LazyLock::new(|| {
        Generator::new(Shape { conversations: 2_500, ..Shape::new(Shaped::Trial, 4, 20_000) }).collect()
    });
    &RECORDS
}

/// The run of a seed, with its faults.
fn draw(seed: u64) -> (Plan, Vec<Planned>) {
    let mut chance = Chance(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let from = chance.below(records().len() - RECORDS);
    let plan = Plan {
        seed,
        partitions: chance.between(3, 4),
        workers: chance.between(2, 4),
        records: &records()[from..from + RECORDS],
    };
    (plan, schedule::draw(&mut chance))
}

fn run(plan: &Plan, faults: &[Planned], mutation: Option<Mutation>) -> (Option<Violation>, Coverage) {
    let world = World::new(plan, faults, mutation);
    let violation = world.run();
    let happened = world.schedule.borrow().happened.clone();
    (violation, happened)
}

/// Takes away faults and records as long as some violation remains.
fn shrink(mut plan: Plan, mut faults: Vec<Planned>, mut violation: Violation) -> String {
    let mut smaller = true;
    while smaller {
        smaller = false;
        for place in (0..faults.len()).rev() {
            let mut fewer = faults.clone();
            fewer.remove(place);
            if let (Some(found), _) = run(&plan, &fewer, None) {
                (faults, violation, smaller) = (fewer, found, true);
            }
        }
        let half = Plan { records: &plan.records[..plan.records.len() / 2], ..plan };
        if half.records.len() > 4
            && let (Some(found), _) = run(&half, &faults, None)
        {
            (plan, violation, smaller) = (half, found, true);
        }
    }
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let Plan { seed, partitions, workers, records } = plan;
    format!(
        "seed {seed}: {violation}\n  with {} records, {partitions} partitions, {workers} workers and:\n    {}",
        records.len(),
        told.join("\n    ")
    )
}

/// Runs the seeds on two threads; fails with the first that violates an invariant. Returns what happened.
fn simulate(seeds: std::ops::Range<u64>) -> Coverage {
    let next = AtomicU64::new(seeds.start);
    let (coverage, failure) = (Mutex::new(Coverage::new()), Mutex::new(None));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end || failure.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                return;
            }
            let (plan, faults) = draw(seed);
            let (violation, happened) = run(&plan, &faults, None);
            assert!(happened.values().sum::<u32>() >= 5, "seed {seed}: too few faults: {happened:?}");
            if let Some(violation) = violation {
                let told = shrink(plan, faults, violation);
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(told);
                return;
            }
            let mut coverage = coverage.lock().unwrap_or_else(PoisonError::into_inner);
            happened.into_iter().for_each(|(place, count)| *coverage.entry(place).or_default() += count);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    if let Some(told) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        panic!("{told}");
    }
    coverage.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Faults by step, as a table.
fn table(coverage: &Coverage) -> String {
    let mut out = format!("{:14}", "");
    Step::ALL.iter().for_each(|step| out += &format!("{:>12}", format!("{step:?}")));
    for kind in Kind::ALL {
        out += &format!("\n{:14}", format!("{kind:?}"));
        for step in Step::ALL {
            let count = coverage.get(&(kind, step)).map_or("-".to_owned(), ToString::to_string);
            out += &format!("{count:>12}");
        }
    }
    out
}

fn assert_covered(coverage: &Coverage) {
    let places = Kind::ALL.into_iter().flat_map(|kind| Step::ALL.map(|step| (kind, step)));
    for (kind, step) in places.filter(|(kind, step)| kind.happens_at(*step)) {
        assert!(coverage.contains_key(&(kind, step)), "{kind:?} never happened at {step:?}:\n{}", table(coverage));
    }
}

#[test]
fn whatever_fails_the_invariants_hold() {
    let seed = std::env::var("FORESHOCK_SIMULATION_SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    let coverage = simulate(seed.map_or(0..SEEDS, |seed| seed..seed + 1));
    if seed.is_none() {
        println!("{}", table(&coverage));
        assert_covered(&coverage);
    }
}

/// The long run: `cargo test --release -- --ignored --nocapture twenty_thousand_seeds`.
#[test]
#[ignore = "takes minutes; the short run is above"]
fn twenty_thousand_seeds() {
    let begin = std::time::Instant::now();
    let coverage = simulate(1_000_000..1_020_000);
    println!("20,000 seeds in {:.0?}\n{}", begin.elapsed(), table(&coverage));
    assert_covered(&coverage);
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 4] {
        let (plan, faults) = draw(seed);
        let clocks = [(); 2].map(|()| {
            let world = World::new(&plan, &faults, None);
            let violation = world.run().map(|violation| violation.to_string());
            let clock = world.model.borrow().clock;
            (violation, clock)
        });
        assert_eq!(clocks[0], clocks[1]);
    }
}

/// The first of the seeds that notices the mistake, and what it said.
fn noticed(mutation: Mutation) -> Option<(u64, Violation)> {
    (0..SEEDS).find_map(|seed| {
        let (plan, faults) = draw(seed);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&plan, &faults, Some(mutation)).0));
        let violation = caught.unwrap_or(Some(Violation { invariant: 0, what: "it panicked".to_owned() }))?;
        Some((seed, violation))
    })
}

/// Each mistake is noticed: which invariant told it, and at which seed.
#[test]
fn each_mistake_is_noticed() {
    let next = AtomicUsize::new(0);
    let missed = Mutex::new(Vec::new());
    let work = || {
        while let Some(mutation) = Mutation::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
            match noticed(*mutation) {
                Some((seed, violation)) => {
                    let told = violation.to_string();
                    println!("{mutation:?}: seed {seed}, {}", told.lines().next().unwrap_or_default());
                }
                None => missed.lock().unwrap_or_else(PoisonError::into_inner).push(*mutation),
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let missed = missed.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(missed.is_empty(), "not noticed within {SEEDS} seeds: {missed:?}");
}
