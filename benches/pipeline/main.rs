//! What the pipeline costs on a real Kafka, beside what the same worker loop costs when it does not think.
//!
//! `cargo bench --bench pipeline -- cpu` and `-- latency` (`-- all` for both). Each contender runs in a process of its own
//! (this program again), so that its CPU time is its alone; contenders alternate, so that whatever slows the machine slows
//! both. Needs what the Kafka tests need: `FORESHOCK_TEST_BROKERS`, or Java and Maven, or Docker.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench reads clocks, starts processes and prints"
)]

use std::time::Duration;

#[path = "../../tests/kafka/broker.rs"]
#[allow(dead_code, reason = "tests use all of it")]
mod broker;
#[path = "../../tests/kafka/client.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "tests use all of it, and may unwrap")]
mod client;
mod cost;
mod latency;
mod role;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("role") => role::play(&arguments[1..]),
        Some("cpu") => cost::compare(number(&arguments, 1, 1_000_000)),
        Some("latency") => latency::compare(number(&arguments, 1, 30)),
        Some("all") | None => {
            cost::compare(1_000_000);
            latency::compare(30);
        }
        Some(other) => eprintln!("`{other}` is none of: cpu [EVENTS], latency [SECONDS], all"),
    }
}

fn number(arguments: &[String], place: usize, otherwise: u64) -> u64 {
    arguments.get(place).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Lets others have the cores for a while.
fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

fn median<T: Copy + PartialOrd>(values: &[T]) -> T {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).expect("measured values are numbers"));
    sorted[sorted.len() / 2]
}
