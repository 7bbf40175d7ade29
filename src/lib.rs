//! Foreshock: support conversations in, explained escalation triggers out.
//!
//! The modules below are floors: each names only those above it in this list (`tests/tidy.rs` checks it).
//! Nothing before [`settings`] reads a clock, a file, the environment or a source of chance.

pub mod limits;
pub mod time;

pub mod score;
pub mod signal;

pub mod account;
pub mod diagnostic;
pub mod message;

pub mod text;

pub mod lexicon;
pub mod model;
pub mod rules;

pub mod detect;

pub mod policy;
pub mod response;

pub mod brief;

pub mod risk;

pub mod engine;

pub mod subject;

pub mod wire;

pub mod accounts;

pub mod pipeline;

pub mod settings;

pub mod knowledge;
pub mod lines;

pub mod account_file;
pub mod metrics;

pub mod check;
pub mod checklist;
pub mod explain;
pub mod fit;
pub mod generate;
pub mod replay;
pub mod report;
pub mod scan;

#[cfg(feature = "kafka")]
pub mod kafka;

#[cfg(feature = "kafka")]
pub mod serve;

pub mod cli;
