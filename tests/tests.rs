//! Integration tests.

mod cli;
mod language;
mod metrics;
mod policy;
mod scenarios;
mod settings;
mod wire;
