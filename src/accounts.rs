//! The account table: loaded from a file or a compacted topic, read without locks by workers.
