//! Integration tests.

mod checklist;
mod cli;
mod conversations;
mod diagnostics;
mod examples;
mod fuzz;
mod generate;
mod hygiene;
mod language;
mod metrics;
mod pipeline;
mod readme;
mod report;
mod said;
mod scenarios;
mod settings;
mod subjects;
mod tags;
mod wire;
mod withheld;
