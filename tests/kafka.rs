//! Tests on a real Kafka.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a failed test tells")]
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]
#![allow(clippy::disallowed_methods, reason = "tests start programs and threads and wait for them")]

#[path = "kafka/broker.rs"]
#[allow(dead_code, reason = "`faults` uses all of it")]
mod broker;
#[path = "kafka/client.rs"]
mod client;
#[path = "kafka/input.rs"]
mod input;
#[path = "kafka/program.rs"]
mod program;
#[path = "kafka/readme.rs"]
mod readme;

#[path = "kafka/reload.rs"]
mod reload;
#[path = "kafka/serve.rs"]
mod serve;
#[path = "kafka/state.rs"]
mod state;
#[path = "kafka/state_verb.rs"]
mod state_verb;
#[path = "kafka/trial.rs"]
mod trial;
#[path = "kafka/verbs.rs"]
mod verbs;
#[path = "kafka/worker.rs"]
mod worker;
