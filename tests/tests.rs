//! Integration tests.

mod cli;
mod metrics;
mod policy;
mod settings;
mod wire;
