//! The worker against a log that fails at every turn: each record's output is committed once, in order, and the state
//! never runs ahead of what is committed.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{TransactionSize, Worker, WorkerError};
use crate::kafka::{Batch, Class, Committed, Fault, GroupEvent, Log, Record, Restored, Source, Write};
use crate::metrics::Metrics;
use crate::pipeline::{Destination, Epoch};
use crate::serve::processor::{Processor, Route, Session};
use crate::serve::stop::Stop;
use crate::settings::Ticks;
use crate::time::{Span, Timestamp};
use crate::wire::{Header, RawRecord};

const PARTITIONS: i32 = 3;
const RECORDS: i64 = 12;
/// The partition whose leader does not tell its end.
const DEAD: i32 = 0;

/// What a call to the log does instead of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whim {
    /// Nothing: it does what was asked.
    Obeys,
    /// Fails with that class; nothing happened.
    Fails(Class),
    /// Fails with that class, but it did happen.
    HappensAndFails(Class),
    /// The partition is taken away and given back.
    Rebalances(i32),
    /// The group drops this member, and another one works on the partition for a while.
    Steals(i32),
    /// The producer becomes suspect.
    Suspects,
}

#[derive(Debug, Default)]
struct Transaction {
    outputs: Vec<Vec<u8>>,
    offsets: Vec<(Source, i64)>,
    name: String,
}

/// The cluster: what is committed, and what is open.
#[derive(Debug, Default)]
struct Model {
    whims: VecDeque<Whim>,
    committed: BTreeMap<Source, i64>,
    /// What was written beside the offsets.
    names: BTreeMap<Source, String>,
    outputs: Vec<Vec<u8>>,
    open: Option<Transaction>,
    /// Offset of the next record to hand out, of partitions that are assigned.
    fetch: BTreeMap<Source, i64>,
    /// Partitions that were taken away, which this member does not know yet.
    lost: Vec<i32>,
    suspect: bool,
    /// Ends that were asked for.
    asked: Vec<Source>,
    joined: bool,
    stop: Stop,
}

impl Model {
    fn whim(&mut self) -> Whim {
        self.whims.pop_front().unwrap_or(Whim::Obeys)
    }

    fn apply(&mut self) {
        if let Some(transaction) = self.open.take() {
            self.outputs.extend(transaction.outputs);
            let name = |(source, _): &(Source, i64)| (*source, transaction.name.clone());
            self.names.extend(transaction.offsets.iter().map(name));
            self.committed.extend(transaction.offsets);
        }
    }

    /// Another member commits one record more of the partition.
    fn steal(&mut self, partition: i32) {
        self.lost.push(partition);
        let source = Source { topic: 0, partition };
        let next = self.committed.entry(source).or_default();
        if *next < RECORDS {
            self.outputs.push(output(source, *next));
            *next += 1;
            self.names.insert(source, "somebody else's".to_owned());
        }
    }
}

fn output(source: Source, offset: i64) -> Vec<u8> {
    format!("{}:{offset}", source.partition).into_bytes()
}

fn fault(class: Class) -> Fault {
    Fault::new(class, "WHIM", "as the script says")
}

/// The class of a whim that is a failure; whims of other kinds have no place here, and obey.
fn failure(whim: Whim) -> Option<(Class, bool)> {
    match whim {
        Whim::Fails(class) => Some((class, false)),
        Whim::HappensAndFails(class) => Some((class, true)),
        Whim::Obeys | Whim::Rebalances(_) | Whim::Steals(_) | Whim::Suspects => None,
    }
}

struct ModelLog(Rc<RefCell<Model>>);

#[derive(Default)]
struct ModelBatch(Vec<(Source, i64)>);

impl Batch for ModelBatch {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn record(&self, index: usize) -> Record<'_> {
        let (source, offset) = self.0[index];
        Record { source, offset, timestamp: None, key: None, value: None }
    }

    fn headers<'a>(&'a self, _: usize, _: &mut Vec<Header<'a>>) {}

    fn clear(&mut self) {
        self.0.clear();
    }
}

impl Log for ModelLog {
    type Batch = ModelBatch;

    fn poll_events(&mut self, events: &mut Vec<GroupEvent>) -> Result<(), Fault> {
        let mut model = self.0.borrow_mut();
        assert!(model.open.is_none(), "events are served between transactions only");
        let mut changed = std::mem::take(&mut model.lost);
        if !model.joined {
            model.joined = true;
            changed.extend(0..PARTITIONS);
        }
        match model.whim() {
            Whim::Rebalances(partition) => changed.push(partition),
            Whim::Suspects => model.suspect = true,
            _ => {}
        }
        for partition in changed {
            let source = Source { topic: 0, partition };
            if model.fetch.contains_key(&source) {
                events.push(GroupEvent::Revoked(source));
            }
            let next = model.committed.get(&source).copied();
            model.fetch.insert(source, next.unwrap_or(0));
            events.push(GroupEvent::Assigned { source, next: Some(next.unwrap_or(0)), is_committed: next.is_some() });
        }
        Ok(())
    }

    fn new_batch(&self) -> ModelBatch {
        ModelBatch::default()
    }

    fn poll_batch(&mut self, records_max: usize, _: Duration, batch: &mut ModelBatch) {
        let mut model = self.0.borrow_mut();
        assert!(batch.0.is_empty());
        for (source, next) in &mut model.fetch {
            while *next < RECORDS && batch.0.len() < records_max {
                batch.0.push((*source, *next));
                *next += 1;
            }
        }
        let done = model.committed.values().sum::<i64>() == RECORDS * i64::from(PARTITIONS);
        if done && batch.0.is_empty() && model.whims.is_empty() {
            model.stop.request();
        }
    }

    fn begin(&mut self) -> Result<(), Fault> {
        let mut model = self.0.borrow_mut();
        if let Some((class, _)) = failure(model.whim()) {
            return Err(fault(class));
        }
        assert!(model.open.replace(Transaction::default()).is_none(), "one transaction at a time");
        Ok(())
    }

    fn write(&mut self, record: &Write<'_>) -> Result<(), Fault> {
        let mut model = self.0.borrow_mut();
        if let Some((class, _)) = failure(model.whim()) {
            return Err(fault(class));
        }
        let open = model.open.as_mut().expect("records are written in a transaction");
        open.outputs.push(record.value.expect("an output has a value").to_vec());
        Ok(())
    }

    fn size_max(&self, _: usize) -> usize {
        1_000
    }

    fn send_offsets(&mut self, next: &[(Source, i64)], metadata: &str) -> Result<(), Fault> {
        let mut model = self.0.borrow_mut();
        if let Some((class, _)) = failure(model.whim()) {
            return Err(fault(class));
        }
        if !model.lost.is_empty() {
            return Err(fault(Class::AbortAndRejoin));
        }
        let open = model.open.as_mut().expect("offsets are sent in a transaction");
        (open.offsets, open.name) = (next.to_vec(), metadata.to_owned());
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Fault> {
        let mut model = self.0.borrow_mut();
        match failure(model.whim()) {
            None => model.apply(),
            Some((class, happens)) => {
                // Only an end that nobody saw can have come about all the same.
                if happens && class == Class::Renew {
                    model.apply();
                }
                return Err(fault(class));
            }
        }
        Ok(())
    }

    fn abort(&mut self) -> Result<(), Fault> {
        let mut model = self.0.borrow_mut();
        model.open = None;
        failure(model.whim()).map_or(Ok(()), |(class, _)| Err(fault(class)))
    }

    fn is_suspect(&self) -> bool {
        self.0.borrow().suspect
    }

    fn renew(&mut self, _: Duration) -> Result<(), Fault> {
        let mut model = self.0.borrow_mut();
        model.open = None;
        model.suspect = false;
        match model.whim() {
            Whim::Steals(partition) => {
                model.steal(partition);
                Ok(())
            }
            Whim::Fails(Class::Retriable) => Err(fault(Class::Retriable)),
            _ => Ok(()),
        }
    }

    fn committed(&mut self, sources: &[Source], _: Duration) -> Result<Vec<Option<Committed>>, Fault> {
        let model = self.0.borrow();
        let of = |source: &Source| {
            let offset = *model.committed.get(source)?;
            Some(Committed { offset, metadata: model.names.get(source).cloned().unwrap_or_default() })
        };
        Ok(sources.iter().map(of).collect())
    }

    fn seek(&mut self, source: Source, offset: i64) -> Result<(), Fault> {
        self.0.borrow_mut().fetch.insert(source, offset);
        Ok(())
    }

    fn restore(&mut self, _: Source) -> Result<(), Fault> {
        unreachable!("there is no changelog")
    }

    fn poll_restore(&mut self, _: Duration, _: &mut dyn FnMut(Source, Restored<'_>)) -> Result<i64, Fault> {
        unreachable!("there is no changelog")
    }

    fn ask_end(&mut self, source: Source) {
        self.0.borrow_mut().asked.push(source);
    }

    fn take_end(&mut self) -> Option<(Source, Option<i64>)> {
        let mut model = self.0.borrow_mut();
        let place = model.asked.iter().position(|source| source.partition != DEAD)?;
        Some((model.asked.remove(place), Some(RECORDS)))
    }

    fn ask_growth(&mut self) {}

    fn take_growth(&mut self) -> Option<bool> {
        None
    }

    fn end(&self, _: Source) -> Option<i64> {
        Some(RECORDS)
    }

    fn position(&self, _: Source) -> Option<i64> {
        None
    }
}

/// Expects each partition's records one after the other from where its state stands.
#[derive(Debug, Default)]
struct InOrder {
    next: BTreeMap<Source, Option<i64>>,
    before: BTreeMap<Source, Option<i64>>,
    /// Partitions in which something is due.
    due: Vec<i32>,
}

impl Processor for InOrder {
    type Session<'a> = &'a mut InOrder;

    fn assigned(&mut self, source: Source) {
        self.next.insert(source, None);
    }

    fn revoked(&mut self, source: Source) {
        self.next.remove(&source).expect("it was assigned");
    }

    fn keeps_state(&self, _: Source) -> bool {
        true
    }

    fn is_due(&self, source: Source, _: Timestamp) -> bool {
        self.due.contains(&source.partition)
    }

    fn begin(&mut self) -> &mut InOrder {
        self.before = self.next.clone();
        self
    }

    fn commit(&mut self) {
        self.before = self.next.clone();
    }

    fn abort(&mut self) {
        self.next = self.before.clone();
    }
}

impl Session for &mut InOrder {
    fn apply(&mut self, source: Source, offset: i64, _: &RawRecord<'_>, epoch: &mut Epoch, _: &mut Vec<u8>) -> Route {
        let next = self.next.get_mut(&source).expect("records come of partitions that are ours");
        assert!(next.is_none_or(|next| next == offset), "{offset} of {source:?} where {next:?} was next");
        *next = Some(offset + 1);
        epoch.publish(Destination::Triggers, b"k", None, |out| out.extend(output(source, offset)));
        Route::Done
    }

    fn tick(&mut self, source: Source, next: i64, _: Timestamp, epoch: &mut Epoch) -> bool {
        self.due.retain(|partition| *partition != source.partition);
        epoch
            .publish(Destination::Triggers, b"k", None, |out| out.extend(format!("tick {}", source.partition).bytes()));
        epoch.advance(source.partition, next);
        false
    }
}

fn run(whims: Vec<Whim>, records_max: usize) -> (Result<(), WorkerError>, Model) {
    let stop = Stop::default();
    let model = Rc::new(RefCell::new(Model { whims: whims.into(), stop: stop.clone(), ..Model::default() }));
    let size =
        TransactionSize { records_max, bytes_max: 20, target_latency: Duration::from_secs(1), timeout: Duration::ZERO };
    let inputs = vec!["events".to_owned()];
    let log = ModelLog(Rc::clone(&model));
    let result = Worker::new(log, InOrder::default(), inputs, size, Arc::new(Metrics::new()), stop).run(|| {});
    (result, Rc::into_inner(model).expect("the worker is gone").into_inner())
}

/// Each output once, those of a partition in order.
fn assert_exactly_once(model: &Model) {
    let mut seen: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for output in &model.outputs {
        let text = String::from_utf8(output.clone()).unwrap();
        let (partition, offset) = text.split_once(':').unwrap();
        seen.entry(partition.to_owned()).or_default().push(offset.parse().unwrap());
    }
    let all: Vec<i64> = (0..RECORDS).collect();
    assert_eq!(seen.into_values().collect::<Vec<_>>(), vec![all; PARTITIONS as usize]);
    assert!(model.open.is_none());
}

fn a_class() -> impl Strategy<Value = Class> {
    proptest::sample::select(vec![Class::Retriable, Class::Abort, Class::AbortAndRejoin, Class::Renew, Class::Fenced])
}

fn a_whim() -> impl Strategy<Value = Whim> {
    prop_oneof![
        6 => Just(Whim::Obeys),
        2 => a_class().prop_map(Whim::Fails),
        2 => a_class().prop_map(Whim::HappensAndFails),
        1 => (0..PARTITIONS).prop_map(Whim::Rebalances),
        1 => (0..PARTITIONS).prop_map(Whim::Steals),
        1 => Just(Whim::Suspects),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_fails_each_output_is_committed_once(
        whims in proptest::collection::vec(a_whim(), 0..60),
        records_max in 1_usize..20,
    ) {
        let (result, model) = run(whims, records_max);
        prop_assert_eq!(result, Ok(()));
        assert_exactly_once(&model);
    }
}

#[test]
fn a_commit_whose_answer_was_lost_is_looked_up() {
    for whim in [Whim::HappensAndFails(Class::Renew), Whim::Fails(Class::Renew)] {
        // renew, events, begin, two writes (a transaction is full at 20 bytes), offsets, commit
        let whims = [vec![Whim::Obeys; 2], vec![Whim::Obeys; 8], vec![whim; 3]].concat();
        let (result, model) = run(whims, 4);
        assert_eq!(result, Ok(()));
        assert_exactly_once(&model);
    }
}

#[test]
fn what_nobody_can_mend_ends_the_worker() {
    let whims = vec![Whim::Obeys, Whim::Obeys, Whim::Fails(Class::Hopeless)];
    let (result, model) = run(whims, 4);
    assert_eq!(result, Err(WorkerError::Hopeless(fault(Class::Hopeless))));
    assert_eq!(model.outputs, Vec::<Vec<u8>>::new());
}

#[test]
fn ends_are_asked_for_where_something_is_due_and_none_waits_for_another() {
    let model = Rc::new(RefCell::new(Model::default()));
    let hour = Duration::from_secs(3_600);
    let size = TransactionSize { records_max: 100, bytes_max: 10_000, target_latency: hour, timeout: hour };
    let processor = InOrder { due: vec![DEAD, 1], ..InOrder::default() };
    let metrics = Arc::new(Metrics::new());
    let log = ModelLog(Rc::clone(&model));
    let worker = Worker::new(log, processor, vec!["events".to_owned()], size, metrics, Stop::default());
    let ticks = Ticks { clock: true, allowed_lateness: Span::ZERO, input_silence: Span::days(1) };
    let turns = Arc::new(AtomicU64::new(0));
    let (begun, told) = (Instant::now(), Arc::clone(&turns));
    let clock = move || {
        let seconds = told.load(Ordering::Relaxed);
        (begun + Duration::from_secs(seconds), Timestamp(1_000 * seconds as i64))
    };
    let mut worker = worker.with_clock(ticks, Box::new(clock));
    assert_eq!(worker.renew_until_done(), Ok(true));
    for _ in 0..5 {
        turns.fetch_add(1, Ordering::Relaxed);
        assert_eq!(worker.turn(), Ok(true));
    }
    let model = model.borrow();
    assert_eq!(model.asked, [Source { topic: 0, partition: DEAD }], "asked once, and still without an answer");
    let ticks: Vec<&[u8]> =
        model.outputs.iter().map(Vec::as_slice).filter(|output| output.starts_with(b"tick")).collect();
    assert_eq!(ticks, [b"tick 1"], "nothing is due in the third");
}
