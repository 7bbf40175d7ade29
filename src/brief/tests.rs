//! Facts of single turns.
