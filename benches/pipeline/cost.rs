//! CPU seconds per million events: `serve` beside a loop that drops what it reads.

use std::time::Instant;

use foreshock::generate::{Generator, Kind, Record, Shape};

use crate::role::{Actor, Cpu, Role, Topics};
use crate::{client, median, pause};

const ROUNDS: usize = 5;

pub(crate) fn compare(events: u64) {
    let topics = Topics::create();
    let mut generator = Generator::new(Shape::new(Kind::Throughput, 42, events));
    loop {
        let part: Vec<Record> = generator.by_ref().take(50_000).collect();
        if part.is_empty() {
            break;
        }
        client::produce(&topics.events, part.iter().map(|record| (Some(&*record.key), Some(&*record.value))));
    }
    let mut measured: [Vec<(Cpu, f64)>; 2] = Default::default();
    for round in 0..ROUNDS {
        for (role, measured) in [Role::Drop, Role::Serve].into_iter().zip(&mut measured) {
            let (cpu, seconds) = drain(role, &topics);
            eprintln!("round {round}: {} {:.2} s of CPU in {seconds:.1} s", role.name(), cpu.total());
            measured.push((cpu, seconds));
        }
    }
    println!(
        "\nCPU seconds per million events, {events} events on 8 partitions, one worker, {ROUNDS} alternating rounds"
    );
    println!("\n| what | median | least-most | worker thread alone | events/s, median |\n|---|---:|---:|---:|---:|");
    let scale = 1e6 / events as f64;
    let mut totals = Vec::new();
    for (role, rounds) in [Role::Drop, Role::Serve].into_iter().zip(&measured) {
        let mut total: Vec<f64> = rounds.iter().map(|(cpu, _)| cpu.total() * scale).collect();
        total.sort_by(f64::total_cmp);
        let worker: Vec<f64> = rounds.iter().map(|(cpu, _)| cpu.worker() * scale).collect();
        let rate: Vec<f64> = rounds.iter().map(|(_, seconds)| events as f64 / seconds).collect();
        let (least, most) = (total[0], total[total.len() - 1]);
        let (worker, rate) = (median(&worker), median(&rate));
        println!("| {} | {:.2} | {least:.2}-{most:.2} | {worker:.2} | {rate:.0} |", role.name(), median(&total));
        totals.push(total);
    }
    println!("\nratio of medians, serve to drop: {:.2}", median(&totals[1]) / median(&totals[0]));
}

/// Lets a role read the whole topic; its CPU time, and seconds from its joining to its last commit.
fn drain(role: Role, topics: &Topics) -> (Cpu, f64) {
    let actor = Actor::start(role, topics);
    let begin = Instant::now();
    let ends: i64 = client::ends(&topics.events, "read_committed").values().sum();
    while client::committed(&actor.group, &topics.events).values().sum::<i64>() < ends {
        assert!(begin.elapsed() < client::PATIENCE * 5, "{} does not come to the end", role.name());
        pause(50);
    }
    (actor.cpu(), begin.elapsed().as_secs_f64())
}
