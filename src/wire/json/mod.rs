//! JSON as this crate reads and writes it: a pull reader over borrowed text and a writer into a byte buffer.
//!
//! Events are read by hand rather than through a derived deserialiser, for three reasons. A record is input that
//! anyone can send: nesting must cost neither stack nor time, whatever field it hides in (sonic-rs skips an unknown
//! field by recursion without a bound: a megabyte of `[` ends the process). A wrong type in a field that matters
//! little must not cost the event. And fields are borrowed from the record and cut at their limit while they are
//! unescaped, not after. It takes three quarters of the time of a typed, borrowed parse by sonic-rs
//! (`benches/stages.rs`).

mod escape;
mod read;
mod scan;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use read::{Fault, Json, Type, floor_char_boundary};
pub(crate) use write::{Writer, escaped_prefix};
