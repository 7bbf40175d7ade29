//! Settings from file, environment and flags; each documented with its default.
