//! What a worker read: places of records in the inputs of the world.

use std::ops::Range;
use std::rc::Rc;

use super::world::World;
use crate::kafka::{Batch, Record, Source};
use crate::wire::Header;

/// Places of records.
#[derive(Default)]
pub(super) struct Records(Vec<(i32, usize)>, Option<Rc<World>>);

impl Records {
    pub(super) fn of(world: Rc<World>) -> Records {
        Records(Vec::new(), Some(world))
    }

    pub(super) fn add(&mut self, partition: i32, places: Range<usize>) {
        self.0.extend(places.map(|place| (partition, place)));
    }
}

impl Batch for Records {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn record(&self, index: usize) -> Record<'_> {
        let (partition, place) = self.0[index];
        let (offset, record) = self.1.as_ref().expect("a batch with records has a world").input(partition, place);
        Record {
            source: Source { topic: 0, partition },
            offset,
            timestamp: Some(record.arrival.0),
            key: Some(&record.key),
            value: Some(&record.value),
        }
    }

    fn headers<'a>(&'a self, _: usize, _: &mut Vec<Header<'a>>) {}

    fn clear(&mut self) {
        self.0.clear();
    }
}
