//! Tests on a real Kafka.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]
#![allow(clippy::disallowed_methods, reason = "tests start programs and threads and wait for them")]

/// Whether these tests end their broker, so that it cannot be somebody else's.
const BROKER_OF_OUR_OWN: bool = false;

#[path = "kafka/broker.rs"]
mod broker;
#[path = "kafka/client.rs"]
mod client;
#[path = "kafka/input.rs"]
mod input;
#[path = "kafka/program.rs"]
mod program;
#[path = "kafka/serve.rs"]
mod serve;
#[path = "kafka/trial.rs"]
mod trial;
#[path = "kafka/verbs.rs"]
mod verbs;
#[path = "kafka/worker.rs"]
mod worker;
