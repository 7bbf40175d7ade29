//! Feeds what libFuzzer makes up to `foreshock_fuzz::html`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| foreshock_fuzz::html(input));
