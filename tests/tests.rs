//! Integration tests.

mod cli;
mod metrics;
mod settings;
mod wire;
