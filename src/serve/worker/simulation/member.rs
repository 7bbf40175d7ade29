//! A worker's view of the cluster in memory: the trait of the real one, with a fault wherever the schedule says so.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use super::batch::Records;
use super::model::{Entry, Fate, Model, fault};
use super::schedule::{Kind, Step};
use super::world::{CHANGELOG, World};
use crate::kafka::{Class, Committed, Fault, GroupEvent, Log, Restored, Source, Write};

/// Records of one poll of a changelog.
const CHUNK: usize = 7;

/// Where restoring is told to differ from what is right.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wrong {
    /// It ends at the last stable offset.
    pub(super) to_stable: bool,
    /// It reads what was aborted.
    pub(super) uncommitted: bool,
}

/// A changelog that is being read.
struct Restoring {
    source: Source,
    committed: Option<Option<i64>>,
    end: Option<usize>,
    next: usize,
    /// Records that compaction has taken away.
    gone: BTreeSet<usize>,
}

/// A member of the group with its producer.
pub(super) struct Member {
    pub(super) world: Rc<World>,
    slot: usize,
    incarnation: u64,
    dead: Rc<Cell<bool>>,
    pub(super) wrong: Wrong,
    id: Option<u64>,
    identity: Option<(u64, u64)>,
    /// Where reading goes on, of each partition that is assigned.
    fetch: BTreeMap<i32, i64>,
    held: BTreeSet<i32>,
    restoring: Vec<Restoring>,
    epoch: Option<u32>,
    open: bool,
    added: BTreeSet<(usize, usize)>,
    offsets_added: bool,
    suspect: bool,
    /// Answers of leaders that are on their way.
    ends: Vec<(Source, Option<i64>)>,
}

impl Member {
    pub(super) fn new(world: Rc<World>, slot: usize, incarnation: u64, dead: Rc<Cell<bool>>, wrong: Wrong) -> Member {
        Member {
            world,
            slot,
            incarnation,
            dead,
            wrong,
            id: None,
            identity: None,
            fetch: BTreeMap::new(),
            held: BTreeSet::new(),
            restoring: Vec::new(),
            epoch: None,
            open: false,
            added: BTreeSet::new(),
            offsets_added: false,
            suspect: false,
            ends: Vec::new(),
        }
    }

    /// It is killed: nothing that it does has an effect any more.
    fn die(&mut self) -> Fault {
        if !self.dead.replace(true)
            && let Some(id) = self.id
        {
            self.world.model.borrow_mut().note_death(id);
        }
        fault(Class::Hopeless, "killed")
    }

    /// One call: what the schedule has for it, and its effect.
    fn call<T>(
        &mut self,
        step: Step,
        mut effect: impl FnMut(&mut Member, &mut Model) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if self.dead.get() {
            return Err(fault(Class::Hopeless, "killed"));
        }
        let world = Rc::clone(&self.world);
        let mut act = |member: &mut Member| effect(member, &mut world.model.borrow_mut());
        world.model.borrow_mut().tick();
        let kind = world.schedule.borrow_mut().at(step);
        match kind {
            None => act(self),
            Some(Kind::CrashBefore) => Err(self.die()),
            Some(Kind::CrashAfter) => {
                drop(act(self));
                Err(self.die())
            }
            Some(Kind::LostRequest) => Err(fault(Class::Renew, "no answer")),
            Some(Kind::LostAnswer) => {
                drop(act(self));
                Err(fault(Class::Renew, "no answer"))
            }
            Some(Kind::Retry) => Err(fault(Class::Retriable, "again")),
            Some(Kind::Refuse) => Err(fault(Class::Abort, "refused")),
            Some(Kind::DuplicateEnd) => {
                let result = act(self);
                if let (Ok(_), Some(epoch)) = (&result, self.epoch) {
                    let delay = world.chance.borrow_mut().between(1, 12) as u64;
                    world.model.borrow_mut().repeat_end(self.slot, epoch, step == Step::Commit, delay);
                    self.suspect = true;
                }
                result
            }
            Some(Kind::SlowMarkers) => {
                let delay = world.chance.borrow_mut().between(10, 60) as u64;
                world.model.borrow_mut().marker_delay = delay;
                let result = act(self);
                world.model.borrow_mut().marker_delay = 0;
                result
            }
            Some(kind) => {
                self.disturb(kind);
                act(self)
            }
        }
    }

    /// What happens around a call that then does what it was asked.
    fn disturb(&mut self, kind: Kind) {
        let world = Rc::clone(&self.world);
        match kind {
            Kind::Stall => world.run_others(5, 25),
            Kind::Zombie => {
                if let Some(id) = self.id {
                    let mut model = world.model.borrow_mut();
                    let partitions = model.partitions();
                    model.group.leave(id, partitions);
                }
                world.run_others(20, 80);
            }
            Kind::TimesOut => {
                world.model.borrow_mut().time_out(self.slot);
                world.run_others(0, 10);
            }
            Kind::Namesake => {
                world.model.borrow_mut().take_over(self.slot);
            }
            Kind::Leave => world.let_another_leave(),
            Kind::Join => world.let_another_join(),
            Kind::MoveOffset => world.move_wanted.set(true),
            Kind::CrashBefore
            | Kind::CrashAfter
            | Kind::LostRequest
            | Kind::LostAnswer
            | Kind::Retry
            | Kind::Refuse
            | Kind::DuplicateEnd
            | Kind::SlowMarkers => unreachable!("these change what the call does"),
        }
    }

    /// Who this member is now, without serving events; one that was thrown out is a new member.
    pub(super) fn identify(&mut self) {
        if self.dead.get() {
            return;
        }
        let mut model = self.world.model.borrow_mut();
        let partitions = model.partitions();
        let id = match self.id.filter(|id| model.group.knows(*id)) {
            Some(id) => id,
            None => model.group.join(partitions),
        };
        self.id = Some(id);
        self.identity = Some((id, model.group.generation));
    }

    /// Writes a record that belongs to no transaction.
    pub(super) fn write_outside(&mut self, record: &Write<'_>) {
        if !self.dead.get() {
            let mut model = self.world.model.borrow_mut();
            let (topic, partition) = place_of(record);
            let key = record.key.unwrap_or_default();
            model.outputs[topic][partition].append(usize::MAX, key, record.value, Fate::Committed);
        }
    }

    /// Whether the group's offsets are these already.
    pub(super) fn stand_at(&self, offsets: &[(Source, i64)]) -> bool {
        let committed = &self.world.model.borrow().committed;
        offsets.iter().all(|(source, next)| committed.get(&source.partition) == Some(next))
    }

    /// Whether a transaction is open as far as this client knows.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    fn serve_events(&mut self, model: &mut Model, events: &mut Vec<GroupEvent>) {
        let partitions = model.partitions();
        let mut lose = |fetch: &mut BTreeMap<i32, i64>, partition: i32| {
            fetch.remove(&partition);
            events.push(GroupEvent::Revoked(Source { topic: 0, partition }));
        };
        if self.id.is_some_and(|id| !model.group.knows(id)) {
            self.id = None;
            let own: Vec<i32> = self.fetch.keys().copied().collect();
            own.into_iter().for_each(|partition| lose(&mut self.fetch, partition));
        }
        let id = *self.id.get_or_insert_with(|| model.group.join(partitions));
        let own: Vec<i32> = self.fetch.keys().copied().collect();
        for partition in own.into_iter().filter(|partition| model.group.targets.get(partition) != Some(&id)) {
            lose(&mut self.fetch, partition);
            model.group.owners.remove(&partition);
            // Who gets it learns of it by one more round.
            model.group.generation += 1;
        }
        let kept = |partition: &i32| self.fetch.contains_key(partition);
        self.held.retain(kept);
        self.restoring.retain(|restoring| kept(&restoring.source.partition));
        for partition in 0..partitions {
            let free = !model.group.owners.contains_key(&partition);
            if free && model.group.targets.get(&partition) == Some(&id) && !self.fetch.contains_key(&partition) {
                model.group.owners.insert(partition, id);
                let committed = model.committed.get(&partition).copied();
                let next = committed.unwrap_or(0);
                self.fetch.insert(partition, next);
                let source = Source { topic: 0, partition };
                events.push(GroupEvent::Assigned { source, next: Some(next), is_committed: committed.is_some() });
            }
        }
        self.identity = Some((id, model.group.generation));
    }

    /// What compaction may have taken away before this reader came: all but the last of a key up to some place.
    fn compacted(&self, entries: &[Entry], stable: usize) -> BTreeSet<usize> {
        let to = self.world.chance.borrow_mut().below(stable + 1);
        let mut last: BTreeMap<&[u8], usize> = BTreeMap::new();
        let mut gone = BTreeSet::new();
        let committed = entries[..to].iter().enumerate().filter(|(_, entry)| entry.fate == Fate::Committed);
        for (place, entry) in committed {
            gone.extend(last.insert(&entry.key, place));
        }
        gone
    }

    fn advance(&self, model: &Model, at: &mut Restoring) {
        let partition = at.source.partition;
        let log = &model.outputs[CHANGELOG][partition as usize];
        if at.committed.is_none() {
            if !model.is_pending(partition) {
                at.committed = Some(model.committed.get(&partition).copied());
            }
            return;
        }
        if at.end.is_none() {
            at.end = Some(if self.wrong.to_stable { log.stable() } else { log.high() });
        }
        if at.next == 0 {
            at.gone = self.compacted(&log.entries, log.stable());
        }
    }
}

impl Drop for Member {
    /// A member that was not killed leaves the group.
    fn drop(&mut self) {
        if let (false, Some(id)) = (self.dead.get(), self.id)
            && let Ok(mut model) = self.world.model.try_borrow_mut()
        {
            let partitions = model.partitions();
            model.group.leave(id, partitions);
        }
    }
}

/// Topic and partition of a record; all but the changelog have one partition.
fn place_of(record: &Write<'_>) -> (usize, usize) {
    (record.topic, record.partition.map_or(0, |partition| partition as usize))
}

impl Log for Member {
    type Batch = Records;

    fn poll_events(&mut self, events: &mut Vec<GroupEvent>) -> Result<(), Fault> {
        self.call(Step::Events, |member, model| {
            member.serve_events(model, events);
            Ok(())
        })
    }

    fn new_batch(&self) -> Records {
        Records::of(Rc::clone(&self.world))
    }

    fn poll_batch(&mut self, records_max: usize, _: Duration, batch: &mut Records) {
        // A worker that was killed reads nothing; what it does next tells it.
        let _ = self.call(Step::Poll, |member, model| {
            let mut chance = member.world.chance.borrow_mut();
            let mut left = chance.between(1, records_max);
            for (partition, next) in &mut member.fetch {
                if member.held.contains(partition) {
                    continue;
                }
                let input = &model.inputs[*partition as usize];
                let place = input.partition_point(|offset| offset < next);
                let count = chance.below(left + 1).min(input.len() - place);
                batch.add(*partition, place..place + count);
                left -= count;
                if count > 0 {
                    *next = input[place + count - 1] + 1;
                }
            }
            Ok(())
        });
    }

    fn begin(&mut self) -> Result<(), Fault> {
        self.call(Step::Begin, |member, _| {
            assert!(!member.open, "one transaction at a time");
            member.open = true;
            member.added.clear();
            member.offsets_added = false;
            Ok(())
        })
    }

    fn write(&mut self, record: &Write<'_>) -> Result<(), Fault> {
        self.call(Step::Write, |member, model| {
            assert!(member.open, "records are written in a transaction");
            let epoch = member.epoch.expect("a producer has taken over its id");
            let place = place_of(record);
            if !member.added.contains(&place) {
                model.add_partition(member.slot, epoch, member.incarnation, place)?;
                member.added.insert(place);
            }
            model.write(member.slot, epoch, place, record.key.unwrap_or_default(), record.value)
        })
    }

    fn size_max(&self, _: usize) -> usize {
        1_000_000
    }

    fn send_offsets(&mut self, next: &[(Source, i64)], metadata: &str) -> Result<(), Fault> {
        self.call(Step::Offsets, |member, model| {
            let epoch = member.epoch.expect("a producer has taken over its id");
            let offsets: Vec<(i32, i64)> = next.iter().map(|(source, next)| (source.partition, *next)).collect();
            model.add_offsets(member.slot, epoch, member.incarnation, member.identity, (&offsets, metadata))?;
            member.offsets_added = true;
            Ok(())
        })
    }

    fn commit(&mut self) -> Result<(), Fault> {
        self.call(Step::Commit, |member, model| member.end(model, true))
    }

    fn abort(&mut self) -> Result<(), Fault> {
        self.call(Step::Abort, |member, model| member.end(model, false))
    }

    fn is_suspect(&self) -> bool {
        self.suspect
    }

    fn renew(&mut self, _: Duration) -> Result<(), Fault> {
        self.call(Step::Renew, |member, model| {
            member.epoch = Some(model.take_over(member.slot));
            member.open = false;
            member.suspect = false;
            Ok(())
        })
    }

    fn committed(&mut self, sources: &[Source], _: Duration) -> Result<Vec<Option<Committed>>, Fault> {
        if sources.iter().any(|source| self.world.model.borrow().is_pending(source.partition)) {
            self.world.run_others(5, 25);
        }
        self.call(Step::Committed, |_, model| {
            if sources.iter().any(|source| model.is_pending(source.partition)) {
                return Err(fault(Class::Retriable, "a transaction is pending"));
            }
            let of = |source: &Source| {
                let offset = *model.committed.get(&source.partition)?;
                Some(Committed { offset, metadata: model.names.get(&source.partition).cloned().unwrap_or_default() })
            };
            Ok(sources.iter().map(of).collect())
        })
    }

    fn seek(&mut self, source: Source, offset: i64) -> Result<(), Fault> {
        self.call(Step::Seek, |member, _| {
            member.held.remove(&source.partition);
            member.fetch.insert(source.partition, offset);
            Ok(())
        })
    }

    fn restore(&mut self, source: Source) -> Result<(), Fault> {
        self.call(Step::Restore, |member, _| {
            member.held.insert(source.partition);
            member.restoring.retain(|restoring| restoring.source != source);
            let gone = BTreeSet::new();
            member.restoring.push(Restoring { source, committed: None, end: None, next: 0, gone });
            Ok(())
        })
    }

    fn poll_restore(&mut self, _: Duration, each: &mut dyn FnMut(Source, Restored<'_>)) -> Result<i64, Fault> {
        self.call(Step::PollRestore, |member, model| {
            let mut restoring = std::mem::take(&mut member.restoring);
            for at in &mut restoring {
                member.advance(model, at);
                let (Some(committed), Some(end)) = (at.committed, at.end) else { continue };
                let log = &model.outputs[CHANGELOG][at.source.partition as usize];
                let readable = if member.wrong.uncommitted { end } else { end.min(log.stable()) };
                for place in (at.next..readable).take(CHUNK) {
                    at.next = place + 1;
                    let Entry { key, value, fate, .. } = &log.entries[place];
                    let visible = *fate == Fate::Committed || (member.wrong.uncommitted && *fate != Fate::Marker);
                    if visible && !at.gone.contains(&place) {
                        each(at.source, Restored::Record { key, value: value.as_deref() });
                    }
                }
                if at.next >= end {
                    each(at.source, Restored::End { committed, oldest: 0 });
                }
            }
            restoring.retain(|at| at.committed.is_none() || at.end.is_none_or(|end| at.next < end));
            member.restoring = restoring;
            Ok(member.restoring.len() as i64)
        })
    }

    fn ask_end(&mut self, source: Source) {
        let answers = self.world.chance.borrow_mut().below(8) > 0;
        let end = answers.then(|| self.world.model.borrow().end(source.partition));
        self.ends.push((source, end));
    }

    fn take_end(&mut self) -> Option<(Source, Option<i64>)> {
        let place = self.world.chance.borrow_mut().below(self.ends.len() + 1);
        (place < self.ends.len()).then(|| self.ends.remove(place))
    }

    fn ask_growth(&mut self) {}

    fn take_growth(&mut self) -> Option<bool> {
        None
    }

    fn end(&self, source: Source) -> Option<i64> {
        Some(self.world.model.borrow().end(source.partition))
    }

    fn position(&self, _: Source) -> Option<i64> {
        None
    }
}

impl Member {
    /// Ends the transaction; with nothing in it there is nobody to ask.
    fn end(&mut self, model: &mut Model, commit: bool) -> Result<(), Fault> {
        let touched = !self.added.is_empty() || self.offsets_added;
        if self.open && touched {
            let epoch = self.epoch.expect("a producer has taken over its id");
            model.end_transaction(self.slot, epoch, commit)?;
        }
        self.open = false;
        Ok(())
    }
}
