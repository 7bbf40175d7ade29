//! Integration tests.

mod cli;
mod language;
mod metrics;
mod policy;
mod settings;
mod wire;
