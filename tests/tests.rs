//! Integration tests.

mod cli;
mod generate;
mod language;
mod metrics;
mod pipeline;
mod policy;
mod scenarios;
mod settings;
mod wire;
