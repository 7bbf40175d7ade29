//! Lexicon files (TSV): loaded and linted by one path into immutable tables.
