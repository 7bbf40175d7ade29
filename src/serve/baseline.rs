//! What the worker's loop costs by itself: processors that read but do not think, for benches to compare with.

use crate::kafka::Source;
use crate::pipeline::{Destination, Epoch};
use crate::wire::RawRecord;

use super::processor::{Processor, Route, Session};

/// Touches every byte of a record, and does nothing else.
#[derive(Clone, Debug, Default)]
pub struct Drop {
    /// Of all bytes seen, so that looking at them cannot be optimised away.
    pub checksum: u64,
}

impl Processor for Drop {
    type Session<'a> = &'a mut Drop;

    fn assigned(&mut self, _: Source) {}
    fn revoked(&mut self, _: Source) {}
    fn begin(&mut self) -> &mut Drop {
        self
    }
    fn commit(&mut self) {}
    fn abort(&mut self) {}
}

impl Session for &mut Drop {
    fn apply(&mut self, _: Source, _: i64, record: &RawRecord<'_>, _: &mut Epoch, _: &mut Vec<u8>) -> Route {
        let sum: u64 = record.value.unwrap_or_default().iter().map(|byte| u64::from(*byte)).sum();
        self.checksum = self.checksum.wrapping_add(sum);
        Route::Done
    }
}

/// Writes each record that a predicate picks to the trigger topic, as it is.
#[derive(Clone, Debug)]
pub struct Echo<F>(pub F);

impl<F: FnMut(&RawRecord<'_>) -> bool> Processor for Echo<F> {
    type Session<'a>
        = &'a mut Echo<F>
    where
        F: 'a;

    fn assigned(&mut self, _: Source) {}
    fn revoked(&mut self, _: Source) {}
    fn begin(&mut self) -> &mut Echo<F> {
        self
    }
    fn commit(&mut self) {}
    fn abort(&mut self) {}
}

impl<F: FnMut(&RawRecord<'_>) -> bool> Session for &mut Echo<F> {
    fn apply(&mut self, _: Source, _: i64, record: &RawRecord<'_>, epoch: &mut Epoch, _: &mut Vec<u8>) -> Route {
        if (self.0)(record) {
            let value = record.value.unwrap_or_default();
            epoch.publish(Destination::Triggers, record.key.unwrap_or_default(), None, |out| {
                out.extend_from_slice(value);
            });
        }
        Route::Done
    }
}
