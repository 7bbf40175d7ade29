//! Stop, restore from the changelog and go on: the same as not stopping.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::laws::events;
use super::*;
use crate::risk::next_deadline;
use crate::risk::snapshot::{self, Dictionary};

fn dictionary() -> Dictionary {
    Dictionary::new(&RULES, &Policy::shipped())
}

/// A compacted changelog: per conversation the last record, each with its offset.
#[derive(Default)]
struct Changelog {
    records: BTreeMap<String, (usize, Option<Vec<u8>>)>,
    next: usize,
}

impl Changelog {
    /// Adds what the open epoch changed.
    fn append(&mut self, bench: &Bench, dictionary: &Dictionary) {
        for (names, state) in bench.store.changed() {
            let value = state.map(|state| {
                let mut bytes = Vec::new();
                snapshot::encode(names.account(), state, dictionary, &mut bytes);
                bytes
            });
            self.records.insert(names.conversation().to_owned(), (self.next, value));
            self.next += 1;
        }
    }

    /// A store as a new process builds it.
    fn restore(&self, limit: usize, dictionary: &Dictionary) -> Store {
        let mut store = Store::new(limit);
        let mut records: Vec<_> = self.records.iter().collect();
        records.sort_by_key(|(_, (offset, _))| *offset);
        for (conversation, (_, value)) in records {
            match value {
                None => store.forget("", conversation),
                Some(bytes) => {
                    let (account, state) = snapshot::decode(bytes, dictionary).unwrap();
                    let index = store.restore("", conversation, account, state);
                    let next = next_deadline(&store.slot(index).conversation, &Policy::shipped());
                    store.schedule(index, next.at);
                }
            }
        }
        store
    }
}

/// One epoch: all events, then maybe the passing of time.
fn epoch(bench: &mut Bench, events: &[Event<'_>], tick: Option<i64>) -> Vec<Outcome> {
    bench.store.begin_epoch();
    let mut outcomes = bench.steps(events);
    if let Some(minutes) = tick {
        outcomes.extend(bench.tick(minute(minutes)));
    }
    outcomes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a conversation has become, its snapshot is it.
    #[test]
    fn a_snapshot_is_the_state(events in events()) {
        let (mut bench, dictionary) = (Bench::new(), dictionary());
        for event in &events {
            bench.step(event);
            let Some(at) = bench.store.find("", &event.conversation) else { continue };
            let slot = bench.store.slot(at);
            let mut bytes = Vec::new();
            snapshot::encode(slot.names.account(), &slot.conversation, &dictionary, &mut bytes);
            prop_assert_eq!(
                snapshot::decode(&bytes, &dictionary),
                Ok((slot.names.account(), slot.conversation.clone()))
            );
        }
    }

    #[test]
    fn restoring_is_not_stopping(
        events in events(),
        cuts in vec((1..8_usize, prop::option::weighted(0.3, 0..60_000_i64), any::<bool>(), any::<bool>()), 1..12),
        limit in 1..5_usize,
    ) {
        let dictionary = dictionary();
        let fresh = || Bench { store: Store::new(limit), ..Bench::new() };
        let (mut steady, mut restarted, mut changelog) = (fresh(), fresh(), Changelog::default());
        let mut rest = &events[..];
        for (size, tick, aborts, restarts) in cuts {
            let (now, later) = rest.split_at(size.min(rest.len()));
            if aborts {
                epoch(&mut restarted, now, tick);
                let policy = Arc::clone(&restarted.policy);
                restarted.store.abort_epoch(|conversation| next_deadline(conversation, &policy).at);
            }
            let went_on = epoch(&mut restarted, now, tick);
            changelog.append(&restarted, &dictionary);
            restarted.store.commit_epoch();
            prop_assert_eq!(epoch(&mut steady, now, tick), went_on);
            steady.store.commit_epoch();
            if restarts {
                restarted.store = changelog.restore(limit, &dictionary);
                prop_assert_eq!(restarted.store.len(), steady.store.len());
            }
            rest = later;
        }
    }
}
