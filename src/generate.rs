//! The seeded generator of conversations for trials, tests and benchmarks.
