//! Integration tests.

mod metrics;
mod settings;
mod wire;
