//! Feeds what libFuzzer makes up to `foreshock_fuzz::snapshot`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| foreshock_fuzz::snapshot(input));
