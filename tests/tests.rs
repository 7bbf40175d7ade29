//! Integration tests.

mod metrics;
mod settings;
