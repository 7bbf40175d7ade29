//! Feeds what libFuzzer makes up to `foreshock_fuzz::text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| foreshock_fuzz::text(input));
