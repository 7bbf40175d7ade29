//! Kafka behind a small trait: [`Log`] is what a worker needs, [`Cluster`] is it on a real cluster.
//!
//! Nothing here knows of conversations. `unsafe` is in `raw` alone.
#![allow(clippy::disallowed_methods, reason = "floors that talk to Kafka may read the clock")]

mod begin;
mod cluster;
pub mod config;
mod context;
mod ends;
mod fault;
mod follower;
mod log;
mod raw;
mod restorer;
mod topics;
mod writer;

pub use cluster::{Cluster, ClusterBatch, Plan};
pub use context::Quiet;
pub use fault::{Class, Fault};
pub use follower::Follower;
pub use log::{Batch, Committed, GroupEvent, Log, Record, Restored, Source, Write};
pub use topics::{Inquiry, RECORD_BYTES_DEFAULT, new_topic};
pub use writer::TopicWriter;
