//! Rule files (TOML): loaded and linted by one path into a compiled, immutable set.
