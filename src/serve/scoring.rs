//! The pipeline as a [`Processor`]: records of the input topic become triggers and dead letters.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::accounts::AccountTable;
use crate::kafka::Source;
use crate::knowledge::Knowledge;
use crate::message::Mark;
use crate::pipeline::{ChangelogError, Epoch, Options, Partition, Workspace};
use crate::time::Timestamp;
use crate::wire::{Decoder, Profile, RawRecord, Reason, Reject};

use super::processor::{Processor, Route, Session};
use super::reload::{Current, Exchange, Following};

/// The account table, written by one thread and read by the workers for an epoch at a time.
pub type SharedAccounts = Arc<RwLock<AccountTable>>;

/// A topic that is read, and what its records are for.
struct Feed {
    /// Whether its records are only keyed anew.
    relay: bool,
    workspace: Workspace,
    /// By partition number.
    partitions: Vec<Option<Partition>>,
}

/// The pipeline of one worker.
pub struct Scoring {
    knowledge: Knowledge,
    accounts: SharedAccounts,
    relay_decoder: Decoder,
    feeds: Vec<Feed>,
    /// Where other knowledge comes from, if it may.
    following: Option<Following>,
}

impl Scoring {
    /// The pipeline over `topics` as [`Source::topic`] counts them. With two, records of the first go to the second,
    /// keyed by conversation, and only those of the second are scored: all of them, since a conversation whose records
    /// are in two places has no one state.
    #[must_use]
    pub fn new(
        knowledge: Knowledge,
        accounts: SharedAccounts,
        profile: &Profile,
        topics: &[String],
        options: &Options,
    ) -> Scoring {
        let feed = |(place, topic): (usize, &String)| Feed {
            relay: place + 1 < topics.len(),
            workspace: Workspace::new(
                Decoder::new(profile.clone()),
                Options { topic: topic.as_str().into(), ..options.clone() },
            ),
            partitions: Vec::new(),
        };
        Scoring {
            knowledge,
            accounts,
            relay_decoder: Decoder::new(profile.clone()),
            feeds: topics.iter().enumerate().map(feed).collect(),
            following: None,
        }
    }

    /// The same, taking up what is put into `exchange`, between two epochs.
    #[must_use]
    pub fn following(mut self, exchange: Arc<Exchange>) -> Scoring {
        self.following = Some(Following::new(exchange));
        self
    }

    fn switch(&mut self, Current { knowledge, profile }: Current) {
        self.relay_decoder = Decoder::new(profile.clone());
        for Feed { workspace, partitions, .. } in &mut self.feeds {
            let options = Options { knowledge_hash: Arc::clone(&knowledge.hash), ..workspace.options().clone() };
            // Buffers are sized by what they were used with.
            *workspace = Workspace::new(Decoder::new(profile.clone()), options);
            for partition in partitions.iter_mut().flatten() {
                partition.switch(Arc::clone(&knowledge.detector), Arc::clone(&knowledge.policy));
            }
        }
        self.knowledge = knowledge;
    }

    fn place(&mut self, source: Source) -> &mut Option<Partition> {
        let partitions = &mut self.feeds[source.topic].partitions;
        let number = usize::try_from(source.partition).expect("partitions are counted from 0");
        if partitions.len() <= number {
            partitions.resize_with(number + 1, || None);
        }
        &mut partitions[number]
    }

    fn partitions(&mut self) -> impl Iterator<Item = &mut Partition> {
        self.feeds.iter_mut().flat_map(|feed| feed.partitions.iter_mut().flatten())
    }
}

impl Processor for Scoring {
    type Session<'a> = Scored<'a>;

    fn refresh(&mut self) {
        if let Some(current) = self.following.as_mut().and_then(Following::news) {
            self.switch(current);
        }
    }

    fn assigned(&mut self, source: Source) {
        let (detector, policy) = (Arc::clone(&self.knowledge.detector), Arc::clone(&self.knowledge.policy));
        *self.place(source) = Some(Partition::new(source.partition, detector, policy));
    }

    fn revoked(&mut self, source: Source) {
        *self.place(source) = None;
    }

    fn keeps_state(&self, source: Source) -> bool {
        !self.feeds[source.topic].relay
    }

    fn restore(&mut self, source: Source, key: &[u8], value: Option<&[u8]>) -> Result<(), ChangelogError> {
        self.place(source).as_mut().map_or(Ok(()), |partition| partition.restore(key, value))
    }

    fn position(&self, source: Source) -> Option<i64> {
        let number = usize::try_from(source.partition).ok()?;
        let partition = self.feeds[source.topic].partitions.get(number)?.as_ref()?;
        partition.position().map(|position| position.next_offset)
    }

    fn write_changes(&mut self, source: Source, next_offset: i64, epoch: &mut Epoch) {
        let Feed { workspace, partitions, .. } = &mut self.feeds[source.topic];
        let number = usize::try_from(source.partition).expect("partitions are counted from 0");
        if let Some(Some(partition)) = partitions.get_mut(number) {
            partition.write_changes(next_offset, workspace, epoch);
        }
    }

    fn is_due(&self, source: Source, time: Timestamp) -> bool {
        let number = usize::try_from(source.partition).expect("partitions are counted from 0");
        let partition = self.feeds[source.topic].partitions.get(number).and_then(Option::as_ref);
        partition.is_some_and(|partition| partition.engine().is_due(time))
    }

    fn begin(&mut self) -> Scored<'_> {
        self.partitions().for_each(Partition::begin);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        Scored {
            accounts: self.accounts.read().unwrap_or_else(PoisonError::into_inner),
            relay_decoder: &mut self.relay_decoder,
            feeds: &mut self.feeds,
            now: now.map(|now| Timestamp(now.as_millis() as i64)),
        }
    }

    fn commit(&mut self) {
        self.partitions().for_each(Partition::commit);
    }

    fn abort(&mut self) {
        self.partitions().for_each(Partition::abort);
    }

    fn conversations(&self) -> usize {
        let partitions = self.feeds.iter().flat_map(|feed| feed.partitions.iter().flatten());
        partitions.map(|partition| partition.engine().conversations()).sum()
    }
}

/// One epoch of [`Scoring`].
pub struct Scored<'s> {
    accounts: RwLockReadGuard<'s, AccountTable>,
    relay_decoder: &'s mut Decoder,
    feeds: &'s mut [Feed],
    now: Option<Timestamp>,
}

impl Session for Scored<'_> {
    fn apply(
        &mut self,
        source: Source,
        offset: i64,
        record: &RawRecord<'_>,
        epoch: &mut Epoch,
        key: &mut Vec<u8>,
    ) -> Route {
        let feed = &mut self.feeds[source.topic];
        let partition = usize::try_from(source.partition).ok().and_then(|number| feed.partitions.get_mut(number));
        let Some(Some(partition)) = partition else {
            debug_assert!(false, "records come of partitions that were assigned");
            return Route::Done;
        };
        if feed.relay
            && let Ok(event) = self.relay_decoder.decode(record)
        {
            for mark in [Mark::KeyMissing, Mark::KeyMismatch] {
                epoch.counts.marks[mark as usize] += u64::from(event.marks.contains(mark));
            }
            key.extend_from_slice(event.conversation.as_bytes());
            return Route::Relay;
        }
        partition.apply(offset, record, self.now, &self.accounts, &mut feed.workspace, epoch);
        Route::Done
    }

    fn tick(&mut self, source: Source, next_offset: i64, time: Timestamp, epoch: &mut Epoch) -> bool {
        let feed = &mut self.feeds[source.topic];
        let partition = usize::try_from(source.partition).ok().and_then(|number| feed.partitions.get_mut(number));
        let Some(Some(partition)) = partition else { return false };
        partition.tick(next_offset, time, self.now, &self.accounts, &mut feed.workspace, epoch)
    }

    fn refuse(&mut self, source: Source, offset: i64, record: &RawRecord<'_>, epoch: &mut Epoch) {
        let feed = &self.feeds[source.topic];
        let partition = usize::try_from(source.partition).ok().and_then(|number| feed.partitions.get(number));
        if let Some(Some(partition)) = partition {
            let detail =
                "the record does not fit the topic that is keyed by conversation; raise its `max.message.bytes`";
            let reject = Reject { reason: Reason::TooLarge, detail: detail.to_owned() };
            partition.refuse(offset, record, &reject, &feed.workspace, epoch);
        }
    }
}
