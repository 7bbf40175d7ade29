//! Workers over one cluster in memory, a turn of the loop at a time, in an order that a seed decides. Inside of each call
//! that a worker makes, the others may go on: that is how one is paused in the midst of a transaction.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use super::chance::Chance;
use super::judge;
use super::member::Member;
use super::model::{Model, OutputLog};
use super::mutation::{MutantLog, MutantScoring, Mutation};
use super::schedule::{Planned, Schedule};
use super::{Plan, Violation, knowledge, options};
use crate::accounts::AccountTable;
use crate::generate::Record;
use crate::kafka::Source;
use crate::metrics::Metrics;
use crate::pipeline::Key;
use crate::serve::processor::Processor;
use crate::serve::scoring::Scoring;
use crate::serve::state_fault::StateProblem;
use crate::serve::stop::Stop;
use crate::serve::worker::{Changelog, TransactionSize, Worker, WorkerError};
use crate::settings::{Ticks, Trust};
use crate::time::{Span, Timestamp};
use crate::wire::Profile;

/// The changelog's place among the outputs; see `serve::outputs`.
pub(super) const CHANGELOG: usize = 2;
/// Workers that there can be at most.
const SLOTS: usize = 5;
/// How far the clock goes with each call.
const CALL: Span = Span::minutes(20);
/// How far the clock goes in a run.
const SPAN: Span = Span::days(4);
/// Turns after which partitions that are not done make no progress.
const TURNS: u32 = 12_000;

type Loop = Worker<MutantLog, MutantScoring>;

/// A worker's place; its number is its transactional id.
#[derive(Default)]
struct Slot {
    worker: Option<Loop>,
    dead: Rc<Cell<bool>>,
    metrics: Option<Arc<Metrics>>,
    incarnation: u64,
    wanted: bool,
    /// Not before this moment.
    start_at: u64,
}

/// All that there is.
pub(super) struct World {
    pub(super) model: RefCell<Model>,
    pub(super) schedule: RefCell<Schedule>,
    pub(super) chance: RefCell<Chance>,
    /// By partition: offset and record.
    pub(super) inputs: Vec<Vec<(i64, &'static Record)>>,
    slots: Vec<RefCell<Slot>>,
    mutation: Option<Mutation>,
    records_max: usize,
    /// Whether somebody waits for all members to stop, to move an offset.
    pub(super) move_wanted: Cell<bool>,
    /// The partition whose offset was moved, until somebody notices.
    moved: Cell<Option<i32>>,
    /// The same with the offset, also after that.
    tampered: Cell<Option<(i32, i64)>>,
    incarnations: Cell<u64>,
    /// When the clock begins: after all records have arrived.
    begun: (Instant, Timestamp),
    /// Lives of workers that ended in order, and what they counted.
    pub(super) told: RefCell<Vec<(u64, Arc<Metrics>)>>,
    violation: RefCell<Option<Violation>>,
}

impl World {
    pub(super) fn new(plan: &Plan, faults: &[Planned], mutation: Option<Mutation>) -> Rc<World> {
        let mut chance = Chance(plan.seed);
        let mut inputs: Vec<Vec<(i64, &'static Record)>> = vec![Vec::new(); plan.partitions];
        for record in plan.records {
            let hash = record.key.iter().fold(7_usize, |hash, byte| hash.wrapping_mul(31) ^ usize::from(*byte));
            let input = &mut inputs[hash % plan.partitions];
            // Compaction and markers leave gaps.
            let gap = i64::from(chance.below(8) == 0);
            let offset = input.last().map_or(0, |(last, _)| last + 1) + gap;
            input.push((offset, record));
        }
        let offsets = inputs.iter().map(|input| input.iter().map(|(offset, _)| *offset).collect()).collect();
        let newest = plan.records.iter().map(|record| record.arrival).max();
        let one = || vec![OutputLog::default()];
        let outputs = vec![one(), one(), vec![OutputLog::default(); plan.partitions]];
        let slot = |number: usize| RefCell::new(Slot { wanted: number < plan.workers, ..Slot::default() });
        Rc::new(World {
            model: RefCell::new(Model::new(SLOTS, outputs, offsets)),
            schedule: RefCell::new(Schedule::new(faults)),
            records_max: chance.between(3, 24),
            chance: RefCell::new(chance),
            inputs,
            slots: (0..SLOTS).map(slot).collect(),
            mutation,
            move_wanted: Cell::new(false),
            moved: Cell::new(None),
            tampered: Cell::new(None),
            incarnations: Cell::new(0),
            begun: (Instant::now(), newest.map_or(Timestamp(0), |newest| newest + Span::hours(1))),
            told: RefCell::new(Vec::new()),
            violation: RefCell::new(None),
        })
    }

    pub(super) fn input(&self, partition: i32, place: usize) -> (i64, &Record) {
        self.inputs[partition as usize][place]
    }

    fn violate(&self, invariant: u8, what: String) {
        self.violation.borrow_mut().get_or_insert(Violation { invariant, what });
    }

    /// The moment at which the clock stands in the end.
    pub(super) fn last_moment(&self) -> Timestamp {
        self.begun.1 + SPAN
    }

    fn is_done(&self) -> bool {
        let model = self.model.borrow();
        let is_read = |partition| model.committed.get(&partition).copied().unwrap_or(0) == model.end(partition);
        let all_read = (0..model.partitions()).all(is_read) && self.moved.get().is_none() && !self.move_wanted.get();
        self.schedule.borrow_mut().is_late = all_read;
        all_read && (0..model.partitions()).all(|partition| self.is_settled(partition))
    }

    /// Whether nothing is due any more in a partition, by a worker that has it and its state.
    fn is_settled(&self, partition: i32) -> bool {
        let source = Source { topic: 0, partition };
        self.slots.iter().any(|slot| {
            let slot = slot.borrow();
            let owner = slot.worker.as_ref().filter(|worker| {
                worker.owned.get(&source).is_some_and(|progress| !progress.restoring && progress.unsaved.is_none())
            });
            owner.is_some_and(|worker| !worker.processor.is_due(source, self.last_moment()))
        })
    }

    /// Runs until all is committed, then judges. Returns what is wrong.
    pub(super) fn run(self: &Rc<World>) -> Option<Violation> {
        let mut turns = 0;
        let mut unnoticed = 0;
        while !self.is_done() && self.violation.borrow().is_none() {
            turns += 1;
            if self.moved.get().is_some() {
                unnoticed += 1;
                if unnoticed > TURNS / 4 {
                    self.violate(4, "nobody noticed that an offset was moved".to_owned());
                }
            }
            if turns > TURNS {
                let model = self.model.borrow();
                let left = (0..model.partitions()).map(|p| (model.committed.get(&p).copied(), model.end(p)));
                let left: Vec<_> = left.collect();
                self.violate(7, format!("no end after {TURNS} turns: committed and ends {left:?}"));
                break;
            }
            let slot = self.chance.borrow_mut().below(SLOTS);
            self.turn(slot);
            if self.move_wanted.get() {
                self.move_an_offset();
            }
        }
        self.stop_all();
        // Markers that are late, sessions of the dead, requests on their way.
        (0..2_000).for_each(|_| self.model.borrow_mut().tick());
        let violation = self.violation.borrow_mut().take();
        violation.or_else(|| judge::judge(self, self.records_max))
    }

    /// One turn of one worker, if it is not in the midst of one.
    fn turn(self: &Rc<World>, number: usize) {
        let Ok(mut slot) = self.slots[number].try_borrow_mut() else { return };
        self.model.borrow_mut().tick();
        if slot.worker.is_none() {
            if slot.wanted && slot.start_at <= self.model.borrow().clock {
                self.start(number, &mut slot);
            }
            return;
        }
        let worker = slot.worker.as_mut().expect("there is one");
        let result = worker.turn();
        self.note(&mut slot, result);
        if slot.worker.is_some() && !slot.wanted {
            self.retire(&mut slot);
        }
    }

    fn start(self: &Rc<World>, number: usize, slot: &mut Slot) {
        let incarnation = self.incarnations.get() + 1;
        self.incarnations.set(incarnation);
        slot.dead = Rc::new(Cell::new(false));
        slot.incarnation = incarnation;
        let metrics = Arc::new(Metrics::new());
        let wrong = Mutation::wrong(self.mutation);
        let member = Member::new(Rc::clone(self), number, incarnation, Rc::clone(&slot.dead), wrong);
        let inputs = vec!["events".to_owned()];
        let accounts = Arc::new(RwLock::new(AccountTable::default()));
        let scoring = Scoring::new(knowledge().clone(), accounts, &Profile::canonical(), &inputs, &options());
        let size = TransactionSize {
            records_max: self.records_max,
            bytes_max: 4_000,
            target_latency: Duration::from_secs(3_600),
            timeout: Duration::ZERO,
        };
        let processor = MutantScoring { inner: scoring, mutation: self.mutation };
        let log = MutantLog::new(member, self.mutation);
        let mut worker = Worker::new(log, processor, inputs, size, Arc::clone(&metrics), Stop::default());
        let trust = (self.mutation == Some(Mutation::SkipPositionCheck)).then_some(Trust::Offsets);
        let clock = Arc::clone(&self.model.borrow().shared_clock);
        let begun = self.begun;
        let ticks = Ticks { clock: true, allowed_lateness: Span::ZERO, input_silence: Span::days(365) };
        worker = worker.with_clock(
            ticks,
            Box::new(move || {
                let elapsed = CALL.0 * clock.load(Ordering::Relaxed) as i64;
                (begun.0 + Duration::from_millis(elapsed.unsigned_abs()), begun.1 + Span(elapsed.min(SPAN.0)))
            }),
        );
        worker = worker.with_changelog(Changelog { topic: "state".to_owned(), place: CHANGELOG, trust });
        slot.metrics = Some(metrics);
        let started = worker.renew_until_done().map(|_| true);
        slot.worker = Some(worker);
        self.note(slot, started);
    }

    /// What a turn came to.
    fn note(&self, slot: &mut Slot, result: Result<bool, WorkerError>) {
        if slot.dead.get() {
            slot.worker = None;
            slot.start_at = self.model.borrow().clock + self.chance.borrow_mut().between(1, 120) as u64;
            return;
        }
        match result {
            Ok(_) => {}
            Err(WorkerError::State(fault)) => {
                slot.worker = None;
                let StateProblem::Differs { partition, committed, .. } = fault.problem else {
                    return self.violate(4, format!("refused, though nobody moved anything: {fault}"));
                };
                // One that slept may have asked before the offset was moved back.
                if self.tampered.get() != Some((partition, committed)) {
                    self.violate(4, format!("refused, though nobody moved anything: {fault}"));
                } else if self.moved.take().is_some() {
                    self.move_back(partition);
                }
            }
            Err(error) => {
                slot.worker = None;
                self.violate(7, format!("gave up: {error}"));
            }
        }
    }

    /// The worker leaves in order, between two transactions; what its metrics tell is kept for the judge.
    fn retire(&self, slot: &mut Slot) {
        slot.worker = None;
        self.told.borrow_mut().extend(slot.metrics.take().map(|metrics| (slot.incarnation, metrics)));
    }

    /// The others go on for a while.
    pub(super) fn run_others(self: &Rc<World>, least: usize, most: usize) {
        let turns = self.chance.borrow_mut().between(least, most);
        for _ in 0..turns {
            let slot = self.chance.borrow_mut().below(SLOTS);
            self.turn(slot);
        }
    }

    /// One of the others leaves in order, and comes back later.
    pub(super) fn let_another_leave(&self) {
        let free = self.slots.iter().filter_map(|slot| slot.try_borrow_mut().ok());
        if let Some(mut slot) = free.into_iter().find(|slot| slot.worker.is_some()) {
            self.retire(&mut slot);
            slot.start_at = self.model.borrow().clock + self.chance.borrow_mut().between(20, 200) as u64;
        }
    }

    /// One more member comes.
    pub(super) fn let_another_join(&self) {
        let free = self.slots.iter().filter_map(|slot| slot.try_borrow_mut().ok());
        if let Some(mut slot) = free.into_iter().find(|slot| !slot.wanted) {
            slot.wanted = true;
        }
    }

    fn stop_all(&self) {
        for slot in &self.slots {
            let mut slot = slot.borrow_mut();
            if slot.worker.is_some() {
                self.retire(&mut slot);
            }
        }
    }

    /// All members stop, and an operator moves an offset; `serve` must notice.
    fn move_an_offset(&self) {
        self.move_wanted.set(false);
        if self.moved.get().is_some() {
            return;
        }
        self.stop_all();
        (0..1_000).for_each(|_| self.model.borrow_mut().tick());
        let mut model = self.model.borrow_mut();
        let partition = self.chance.borrow_mut().below(model.inputs.len()) as i32;
        let to = self.chance.borrow_mut().between(1, model.end(partition).max(1) as usize) as i64;
        let from = model.committed.get(&partition).copied();
        if from.is_some_and(|from| from > 0 && from != to) {
            model.committed.insert(partition, to);
            model.names.remove(&partition);
            self.moved.set(Some(partition));
            self.tampered.set(Some((partition, to)));
        }
    }

    /// The operator moves it back to where the state stands.
    fn move_back(&self, partition: i32) {
        let mut key = Vec::new();
        Key::Position.write(&mut key);
        let mut model = self.model.borrow_mut();
        let position = judge::last_values(&model.outputs[CHANGELOG][partition as usize]);
        let position = position.get(&key).and_then(|value| crate::pipeline::Position::read(value).ok());
        if let Some(position) = position {
            model.committed.insert(partition, position.next_offset);
            model.names.remove(&partition);
        }
    }
}

/// How often each fault happened at each step.
pub(super) type Coverage = BTreeMap<(super::schedule::Kind, super::schedule::Step), u32>;
