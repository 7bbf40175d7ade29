//! Integration tests.

mod cli;
mod diagnostics;
mod generate;
mod language;
mod metrics;
mod pipeline;
mod scenarios;
mod settings;
mod wire;
