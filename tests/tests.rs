//! Integration tests.

mod cli;
mod language;
mod metrics;
mod pipeline;
mod policy;
mod scenarios;
mod settings;
mod wire;
