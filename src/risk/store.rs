//! The conversations of one partition: a slab with an index, the order of their last touch, and an undo log.
//!
//! The order of the index shows nowhere; the order of touch decides who is dropped when the store is full. The undo log
//! holds what each epoch changed, so that an aborted transaction leaves no trace.

use hashbrown::HashTable;

use super::agenda::{Agenda, Entry, NEVER};
use super::conversation::Conversation;
use super::fingerprint::seeded;
use crate::time::Timestamp;

/// No slot.
const NIL: u32 = u32::MAX;
/// Slots that are allocated at once: the slab grows without copying and without spare halves.
const CHUNK: usize = 1_024;

/// The ids of a conversation, in one string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    text: Box<str>,
    tenant: u16,
    conversation: u16,
}

impl Names {
    /// Ids longer than [`crate::limits::ID_BYTES`] do not pass the decoder; here they are cut to what 16 bits count.
    fn new(tenant: &str, conversation: &str, account: &str) -> Names {
        let cut = |text: &str| text.floor_char_boundary(usize::from(u16::MAX));
        let (tenant, conversation) = (&tenant[..cut(tenant)], &conversation[..cut(conversation)]);
        let text = [tenant, conversation, account].concat().into_boxed_str();
        Names { text, tenant: tenant.len() as u16, conversation: conversation.len() as u16 }
    }

    /// The helpdesk tenant.
    pub(crate) fn tenant(&self) -> &str {
        &self.text[..usize::from(self.tenant)]
    }

    /// The conversation.
    pub(crate) fn conversation(&self) -> &str {
        &self.text[usize::from(self.tenant)..][..usize::from(self.conversation)]
    }

    /// The account; empty when no event named one.
    pub(crate) fn account(&self) -> &str {
        &self.text[usize::from(self.tenant) + usize::from(self.conversation)..]
    }

    fn hash(&self) -> u64 {
        key_hash(self.tenant(), self.conversation())
    }
}

fn key_hash(tenant: &str, conversation: &str) -> u64 {
    seeded(conversation, seeded(tenant, 0))
}

/// A conversation with its ids and its place in the order of touch.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) names: Names,
    pub(crate) conversation: Conversation,
    /// When the agenda looks at it: not after its next deadline.
    entered: Timestamp,
    older: u32,
    newer: u32,
    /// The epoch that last kept its value.
    epoch: u32,
}

/// What undoes one change. Applied in reverse.
#[derive(Clone, Debug)]
enum Undo {
    /// The conversation was changed; this is what it was, and its older neighbour.
    Touched { index: u32, older: u32, conversation: Conversation },
    /// Its account was changed.
    Renamed { index: u32, names: Names },
    /// It was made.
    Created { index: u32 },
    /// It was dropped.
    Removed { index: u32, older: u32, names: Names, conversation: Conversation },
}

/// The conversations of one partition.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    index: HashTable<u32>,
    chunks: Vec<Vec<Slot>>,
    free: Vec<u32>,
    oldest: u32,
    newest: u32,
    limit: usize,
    /// Counts epochs; odd while one is open.
    epoch: u32,
    undo: Vec<Undo>,
    agenda: Agenda,
}

impl Store {
    /// An empty store for at most `limit` conversations; at least one.
    pub(crate) const fn new(limit: usize) -> Store {
        Store {
            index: HashTable::new(),
            chunks: Vec::new(),
            free: Vec::new(),
            oldest: NIL,
            newest: NIL,
            limit: if limit == 0 { 1 } else { limit },
            epoch: 0,
            undo: Vec::new(),
            agenda: Agenda::new(),
        }
    }

    /// How many conversations there are.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// The place of a conversation.
    pub(crate) fn find(&self, tenant: &str, conversation: &str) -> Option<u32> {
        let same = |index: &u32| {
            let names = &self.slot(*index).names;
            names.conversation() == conversation && names.tenant() == tenant
        };
        self.index.find(key_hash(tenant, conversation), same).copied()
    }

    pub(crate) fn slot(&self, index: u32) -> &Slot {
        &self.chunks[index as usize / CHUNK][index as usize % CHUNK]
    }

    /// The slot to change; [`Store::touch`] it first.
    pub(crate) fn slot_mut(&mut self, index: u32) -> &mut Slot {
        &mut self.chunks[index as usize / CHUNK][index as usize % CHUNK]
    }

    /// The conversation that was touched longest ago.
    pub(crate) fn oldest(&self) -> Option<u32> {
        (self.oldest != NIL).then_some(self.oldest)
    }

    /// Whether one more conversation needs another to go.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= self.limit
    }

    /// Adds a conversation that is not there.
    pub(crate) fn create(&mut self, tenant: &str, conversation: &str, account: &str, time: Timestamp) -> u32 {
        let names = Names::new(tenant, conversation, account);
        let hash = names.hash();
        let conversation = Conversation::new(time);
        let slot = Slot { names, conversation, entered: NEVER, older: NIL, newer: NIL, epoch: self.epoch };
        let index = self.place(slot);
        self.insert_in_index(hash, index);
        self.link_after(index, self.newest);
        if self.is_recording() {
            self.undo.push(Undo::Created { index });
        }
        index
    }

    /// Says that a conversation is about to change: it is now the one touched last, and an open epoch keeps its value.
    pub(crate) fn touch(&mut self, index: u32) {
        let epoch = self.epoch;
        let recording = self.is_recording();
        let slot = self.slot_mut(index);
        if recording && slot.epoch != epoch {
            slot.epoch = epoch;
            let undo = Undo::Touched { index, older: slot.older, conversation: slot.conversation.clone() };
            self.undo.push(undo);
        }
        self.unlink(index);
        self.link_after(index, self.newest);
    }

    /// Gives a conversation another account.
    pub(crate) fn rename(&mut self, index: u32, account: &str) {
        let recording = self.is_recording();
        let slot = self.slot_mut(index);
        let names = Names::new(slot.names.tenant(), slot.names.conversation(), account);
        let names = std::mem::replace(&mut slot.names, names);
        if recording {
            self.undo.push(Undo::Renamed { index, names });
        }
    }

    /// Drops a conversation.
    pub(crate) fn remove(&mut self, index: u32) {
        let older = self.slot(index).older;
        self.unlink(index);
        self.take_from_index(index);
        let slot = self.slot_mut(index);
        let names = std::mem::take(&mut slot.names);
        let conversation = std::mem::replace(&mut slot.conversation, Conversation::new(Timestamp::MIN));
        slot.entered = NEVER;
        self.free.push(index);
        if self.is_recording() {
            self.undo.push(Undo::Removed { index, older, names, conversation });
        }
    }

    /// Says when a conversation's next deadline is; from then on [`Store::next_due`] finds it.
    pub(crate) fn schedule(&mut self, index: u32, at: Timestamp) {
        let slot = self.slot_mut(index);
        if at >= slot.entered {
            return;
        }
        slot.entered = at;
        let hash = slot.names.hash() as u32;
        self.agenda.enter(Entry { at, hash, slot: index });
        let Store { agenda, chunks, index, .. } = self;
        agenda.trim(index.len(), |entry| {
            chunks[entry.slot as usize / CHUNK][entry.slot as usize % CHUNK].entered == entry.at
        });
    }

    /// Whether the conversation may have a deadline at `until` or before.
    pub(crate) fn may_be_due(&self, index: u32, until: Timestamp) -> bool {
        self.slot(index).entered <= until
    }

    /// Whether any conversation may.
    pub(crate) fn is_any_due(&self, until: Timestamp) -> bool {
        self.agenda.is_due(until)
    }

    /// Takes the next conversation off the agenda that has a deadline at `until` or before, by the time that `next` says;
    /// `Some(None)` for an entry that was too early or out of date.
    pub(crate) fn next_due(
        &mut self,
        until: Timestamp,
        next: impl Fn(&Conversation) -> Timestamp,
    ) -> Option<Option<u32>> {
        let Entry { at, slot: index, .. } = self.agenda.take(until)?;
        let slot = self.slot_mut(index);
        if slot.entered != at {
            return Some(None);
        }
        slot.entered = NEVER;
        let next = next(&slot.conversation);
        if next == at {
            return Some(Some(index));
        }
        self.schedule(index, next);
        Some(None)
    }

    /// From here on changes can be undone.
    pub(crate) fn begin_epoch(&mut self) {
        debug_assert!(!self.is_recording(), "an epoch ends before the next begins");
        self.undo.clear();
        self.epoch = self.epoch.wrapping_add(1) | 1;
    }

    /// The changes of the epoch stand.
    pub(crate) fn commit_epoch(&mut self) {
        self.undo.clear();
        self.epoch &= !1;
        self.epoch = self.epoch.wrapping_add(2);
    }

    /// The changes of the epoch never happened. `next` says when a conversation's next deadline is.
    pub(crate) fn abort_epoch(&mut self, next: impl Fn(&Conversation) -> Timestamp) {
        let mut undo = std::mem::take(&mut self.undo);
        while let Some(change) = undo.pop() {
            if let Some(index) = self.revert(change) {
                let at = next(&self.slot(index).conversation);
                self.schedule(index, at);
            }
        }
        self.undo = undo;
        self.commit_epoch();
    }

    /// Takes a change back; the conversation that is as it was before.
    fn revert(&mut self, change: Undo) -> Option<u32> {
        match change {
            Undo::Touched { index, older, conversation } => {
                self.slot_mut(index).conversation = conversation;
                self.unlink(index);
                self.link_after(index, older);
                Some(index)
            }
            Undo::Renamed { index, names } => {
                self.slot_mut(index).names = names;
                None
            }
            Undo::Created { index } => {
                self.unlink(index);
                self.take_from_index(index);
                let slot = self.slot_mut(index);
                slot.names = Names::default();
                slot.entered = NEVER;
                self.free.push(index);
                None
            }
            Undo::Removed { index, older, names, conversation } => {
                let freed = self.free.pop();
                debug_assert_eq!(freed, Some(index), "changes are undone in reverse");
                let hash = names.hash();
                let slot = self.slot_mut(index);
                slot.names = names;
                slot.conversation = conversation;
                self.insert_in_index(hash, index);
                self.link_after(index, older);
                Some(index)
            }
        }
    }

    /// The conversations that the open epoch changed: first those that are gone, without a state, then the others in the
    /// order in which they were last touched, which is the order that [`Store::restore`] wants.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&Names, Option<&Conversation>)> {
        let gone = self.undo.iter().filter_map(|undo| match undo {
            Undo::Removed { names, .. } => Some(names),
            Undo::Touched { .. } | Undo::Created { .. } | Undo::Renamed { .. } => None,
        });
        let gone = gone.filter(|names| self.find(names.tenant(), names.conversation()).is_none());
        let kept = std::iter::successors(self.first_touched(), |at| self.index_of(self.slot(*at).newer));
        gone.map(|names| (names, None)).chain(kept.map(|at| {
            let slot = self.slot(at);
            (&slot.names, Some(&slot.conversation))
        }))
    }

    /// The first of those that the open epoch touched: whatever is touched goes to the end of the order.
    fn first_touched(&self) -> Option<u32> {
        let touched = |at: &u32| self.is_recording() && self.slot(*at).epoch == self.epoch;
        let from_newest = std::iter::successors(self.index_of(self.newest), |at| self.index_of(self.slot(*at).older));
        from_newest.take_while(touched).last()
    }

    fn index_of(&self, index: u32) -> Option<u32> {
        (index != NIL).then_some(index)
    }

    /// Puts back a conversation that an earlier life of the store had; outside of epochs, those touched last at the end.
    pub(crate) fn restore(&mut self, tenant: &str, conversation: &str, account: &str, state: Conversation) -> u32 {
        debug_assert!(!self.is_recording(), "what is restored is not undone");
        self.forget(tenant, conversation);
        while self.is_full()
            && let Some(oldest) = self.oldest()
        {
            self.remove(oldest);
        }
        let index = self.create(tenant, conversation, account, state.newest);
        self.slot_mut(index).conversation = state;
        index
    }

    /// Hands each conversation to `change`, in the order of touch, and enters the deadline that it returns; outside of
    /// epochs. The order stays.
    pub(crate) fn change_all(&mut self, mut change: impl FnMut(&mut Conversation) -> Timestamp) {
        debug_assert!(!self.is_recording(), "what is changed for all is not undone");
        let mut next = self.index_of(self.oldest);
        while let Some(index) = next {
            let slot = self.slot_mut(index);
            let at = change(&mut slot.conversation);
            next = self.index_of(self.slot(index).newer);
            self.schedule(index, at);
        }
    }

    /// Drops a conversation if it is there.
    pub(crate) fn forget(&mut self, tenant: &str, conversation: &str) {
        if let Some(index) = self.find(tenant, conversation) {
            self.remove(index);
        }
    }

    const fn is_recording(&self) -> bool {
        self.epoch % 2 == 1
    }

    fn place(&mut self, slot: Slot) -> u32 {
        if let Some(index) = self.free.pop() {
            *self.slot_mut(index) = slot;
            return index;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let index = (self.chunks.len() - 1) * CHUNK;
        let chunk = self.chunks.last_mut().expect("a chunk was pushed when there was none");
        chunk.push(slot);
        (index + chunk.len() - 1) as u32
    }

    fn insert_in_index(&mut self, hash: u64, index: u32) {
        let chunks = &self.chunks;
        let rehash = |at: &u32| chunks[*at as usize / CHUNK][*at as usize % CHUNK].names.hash();
        self.index.insert_unique(hash, index, rehash);
    }

    fn take_from_index(&mut self, index: u32) {
        let hash = self.slot(index).names.hash();
        if let Ok(entry) = self.index.find_entry(hash, |at| *at == index) {
            entry.remove();
        }
    }

    /// Takes a slot out of the order of touch.
    fn unlink(&mut self, index: u32) {
        let (older, newer) = (self.slot(index).older, self.slot(index).newer);
        if older == NIL {
            self.oldest = newer
        } else {
            self.slot_mut(older).newer = newer
        }
        if newer == NIL { self.newest = older } else { self.slot_mut(newer).older = older }
    }

    /// Puts a slot into the order of touch, right after `older` (first if that is [`NIL`]).
    fn link_after(&mut self, index: u32, older: u32) {
        let newer = if older == NIL { self.oldest } else { self.slot(older).newer };
        let slot = self.slot_mut(index);
        (slot.older, slot.newer) = (older, newer);
        if older == NIL {
            self.oldest = index
        } else {
            self.slot_mut(older).newer = index
        }
        if newer == NIL { self.newest = index } else { self.slot_mut(newer).older = index }
    }
}
