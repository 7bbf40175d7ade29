//! Each stage by itself, beside the floors that a machine sets: what `cargo bench` shows a developer.
//!
//! A sample is a pass over the whole corpus; items are records. Compare only within one run.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use foreshock::generate::Record;
use foreshock::wire::{Decoder, Profile, RawRecord};

mod corpus;

fn main() {
    divan::main();
}

/// Measures `read` on every record.
fn each(bencher: Bencher<'_, '_>, records: &[Record], mut read: impl FnMut(&Record)) {
    bencher.counter(ItemsCount::new(records.len())).bench_local(|| {
        for record in black_box(records) {
            read(record);
        }
    });
}

/// What no reader of the records can beat.
mod floor {
    use super::*;

    #[divan::bench]
    fn memchr(bencher: Bencher<'_, '_>) {
        each(bencher, &corpus::records(), |record| {
            black_box(memchr::memchr(b'\n', &record.value));
        });
    }

    #[divan::bench]
    fn utf8(bencher: Bencher<'_, '_>) {
        each(bencher, &corpus::records(), |record| {
            black_box(simdutf8::basic::from_utf8(&record.value).is_ok());
        });
    }
}

/// JSON to the fields of an event.
mod parse {
    use super::*;
    use corpus::Fields;

    #[divan::bench]
    fn sonic_rs_borrowed(bencher: Bencher<'_, '_>) {
        each(bencher, &corpus::records(), |record| {
            black_box(sonic_rs::from_slice::<Fields<'_>>(&record.value).is_ok());
        });
    }

    #[divan::bench]
    fn serde_json_borrowed(bencher: Bencher<'_, '_>) {
        each(bencher, &corpus::records(), |record| {
            black_box(serde_json::from_slice::<Fields<'_>>(&record.value).is_ok());
        });
    }

    #[divan::bench(args = corpus::LENGTHS)]
    fn decode(bencher: Bencher<'_, '_>, length: usize) {
        let decoder = Decoder::new(Profile::canonical());
        each(bencher, &corpus::records_of(length), |record| {
            black_box(decoder.decode(&raw(record)).is_ok());
        });
    }
}

fn raw(record: &Record) -> RawRecord<'_> {
    RawRecord {
        key: Some(&record.key),
        value: Some(&record.value),
        arrival: Some(record.arrival),
        ..RawRecord::default()
    }
}
