//! Laws of a partition: an abort undoes everything, an epoch's bounds change nothing, stopping and going on from the
//! changelog is not stopping, and other knowledge while running is other knowledge after a restart.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use foreshock::accounts::AccountTable;
use foreshock::diagnostic::SourceFile;
use foreshock::generate::{Generator, Kind, Record, Shape};
use foreshock::knowledge::{Files, Knowledge};
use foreshock::pipeline::{Counts, Epoch, Options, Partition, Workspace};
use foreshock::time::Span;
use foreshock::wire::{Decoder, PayloadMode, Profile, RawRecord};
use proptest::prelude::*;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::shipped);

fn records(seed: u64, events: u64) -> Vec<Record> {
    Generator::new(Shape { conversations: events / 10, ..Shape::new(Kind::Trial, seed, events) }).collect()
}

fn raw(record: &Record) -> RawRecord<'_> {
    RawRecord {
        key: Some(&record.key),
        value: Some(&record.value),
        arrival: Some(record.arrival),
        ..RawRecord::default()
    }
}

fn workspace(publish_max_age: Option<Span>) -> Workspace {
    let options = Options {
        topic: "conversation-events".into(),
        application: "test".into(),
        knowledge_hash: Arc::clone(&KNOWLEDGE.hash),
        payload: PayloadMode::Full,
        publish_max_age,
        assessments: false,
        second_stage: false,
    };
    Workspace::new(Decoder::new(Profile::canonical()), options)
}

fn partition() -> Partition {
    Partition::new(0, Arc::clone(&KNOWLEDGE.detector), Arc::clone(&KNOWLEDGE.policy))
}

/// Key and value of each record that was published.
type Published = Vec<(Vec<u8>, Vec<u8>)>;

/// A compacted changelog: the last value of each key, with its offset.
#[derive(Default)]
struct Changelog {
    records: BTreeMap<Vec<u8>, (usize, Option<Vec<u8>>)>,
    end: usize,
}

impl Changelog {
    fn append(&mut self, epoch: &Epoch) {
        for change in epoch.changes() {
            self.records.insert(change.key.to_vec(), (self.end, change.value.map(<[u8]>::to_vec)));
            self.end += 1;
        }
    }

    fn restore(&self) -> Partition {
        self.restore_by(&KNOWLEDGE)
    }

    fn restore_by(&self, knowledge: &Knowledge) -> Partition {
        let mut records: Vec<_> = self.records.iter().collect();
        records.sort_by_key(|(_, (offset, _))| *offset);
        let mut partition = Partition::new(0, Arc::clone(&knowledge.detector), Arc::clone(&knowledge.policy));
        for (key, (_, value)) in records {
            partition.restore(key, value.as_deref()).expect("what was written is read");
        }
        partition
    }
}

/// Applies the records in epochs of the given sizes (in turn); an epoch whose turn in `aborts` is true is aborted
/// once and applied again, and after one whose turn in `restarts` is true a new partition goes on from the changelog.
/// Returns all that was published, and what was counted in committed epochs.
fn run(records: &[Record], sizes: &[usize], aborts: &[bool], restarts: &[bool]) -> (Published, Counts) {
    let mut changelog = Changelog::default();
    let (mut partition, mut workspace, accounts) = (partition(), workspace(None), AccountTable::default());
    let (mut epoch, mut published, mut counts) = (Epoch::default(), Vec::new(), Counts::default());
    let (mut next, mut turn) = (0, 0);
    while next < records.len() {
        let end = (next + sizes[turn % sizes.len()]).min(records.len());
        let mut abort = aborts[turn % aborts.len()];
        loop {
            epoch.clear();
            partition.begin();
            for (offset, record) in (next..end).zip(&records[next..end]) {
                partition.apply(offset as i64, &raw(record), None, &accounts, &mut workspace, &mut epoch);
            }
            if !abort {
                break;
            }
            partition.write_changes(end as i64, &workspace, &mut epoch);
            partition.abort();
            abort = false;
        }
        partition.write_changes(end as i64, &workspace, &mut epoch);
        partition.commit();
        changelog.append(&epoch);
        assert_eq!(epoch.positions(), [(0, end as i64)], "every record falls in exactly one committed epoch");
        published.extend(epoch.outputs().map(|output| (output.key.to_vec(), output.value.to_vec())));
        counts.add(&epoch.counts);
        if restarts[turn % restarts.len()] {
            let conversations = partition.engine().conversations();
            partition = changelog.restore();
            assert_eq!(partition.engine().conversations(), conversations);
        }
        let position = partition.position().expect("an epoch is committed");
        assert_eq!(position.next_offset, end as i64);
        (next, turn) = (end, turn + 1);
    }
    (published, counts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn epochs_aborts_and_restarts_change_nothing(
        seed in 0_u64..1_000,
        sizes in prop::collection::vec(1_usize..90, 1..6),
        aborts in prop::collection::vec(any::<bool>(), 1..6),
        restarts in prop::collection::vec(any::<bool>(), 1..6),
    ) {
        let records = records(seed, 400);
        let whole = run(&records, &[records.len()], &[false], &[false]);
        let cut = run(&records, &sizes, &aborts, &restarts);
        prop_assert_eq!(&whole.1, &cut.1);
        prop_assert_eq!(whole.0, cut.0);
    }
}

/// Other knowledge than what ships: a rule before all others, one that has gone, a team and a calendar more, so that
/// places move, and shorter clocks.
fn other_knowledge() -> Knowledge {
    let mut files = Files::shipped();
    let first = files.rules.iter().find(|file| file.path.ends_with("churn.leaving.toml")).expect("it ships").clone();
    files.rules.retain(|file| !file.path.ends_with("supervisor_request.named.toml"));
    files.rules.insert(0, SourceFile { path: "rules/a.leaving.toml".to_owned(), ..first });
    let policy = "[teams]\nall = [\"aaa\", \"tier2\", \"billing\", \"engineering\", \"security\", \"legal\", \
                  \"customer-success\"]\n[sla.P3]\nfirst_reply_minutes = 45\n[calendars.aaa]\nzone = \"Asia/Tokyo\"\nmonday = \"09:00-18:00\"\n";
    files.policies.push(SourceFile { path: "policy/own.toml".to_owned(), text: policy.to_owned() });
    let mut diagnostics = Vec::new();
    let knowledge = Knowledge::compile(&files, &mut diagnostics);
    knowledge.unwrap_or_else(|| panic!("{}", diagnostics.iter().map(ToString::to_string).collect::<String>()))
}

/// What a partition publishes of the records from `from` on and of two days after them.
fn go_on(mut partition: Partition, records: &[Record], from: usize) -> (Published, usize) {
    let (mut workspace, accounts, mut epoch) = (workspace(None), AccountTable::default(), Epoch::default());
    let newest = records.last().expect("there are some").arrival;
    partition.begin();
    for (offset, record) in (from..).zip(&records[from..]) {
        partition.apply(offset as i64, &raw(record), None, &accounts, &mut workspace, &mut epoch);
    }
    while partition.tick(records.len() as i64, newest + Span::days(2), None, &accounts, &mut workspace, &mut epoch) {}
    partition.write_changes(records.len() as i64, &workspace, &mut epoch);
    partition.commit();
    let changes = epoch.changes().map(|change| (change.key.to_vec(), change.value.unwrap_or_default().to_vec()));
    let outputs = epoch.outputs().map(|output| (output.key.to_vec(), output.value.to_vec()));
    let published = epoch.outputs().len();
    (outputs.chain(changes).collect(), published)
}

#[test]
fn other_knowledge_while_running_is_other_knowledge_after_a_restart() {
    let (records, other) = (records(11, 1_600), other_knowledge());
    let mut changelog = Changelog::default();
    let (mut running, mut workspace, accounts) = (partition(), workspace(None), AccountTable::default());
    let mut epoch = Epoch::default();
    running.begin();
    for (offset, record) in (0..).zip(&records[..800]) {
        running.apply(offset, &raw(record), None, &accounts, &mut workspace, &mut epoch);
    }
    running.write_changes(800, &workspace, &mut epoch);
    running.commit();
    changelog.append(&epoch);
    let (unchanged, _) = go_on(changelog.restore(), &records, 800);
    let (restarted, published) = go_on(changelog.restore_by(&other), &records, 800);
    running.switch(Arc::clone(&other.detector), Arc::clone(&other.policy));
    let (switched, _) = go_on(running, &records, 800);
    assert!(published >= 50, "{published} published");
    assert_ne!(unchanged, restarted, "the other knowledge decides otherwise");
    assert_eq!(switched, restarted);
}

#[test]
fn a_tick_that_finds_nothing_is_no_reason_to_commit() {
    let (mut partition, mut workspace, accounts) = (partition(), workspace(None), AccountTable::default());
    let mut epoch = Epoch::default();
    let records = records(3, 200);
    partition.begin();
    for (offset, record) in (0..).zip(&records) {
        partition.apply(offset, &raw(record), None, &accounts, &mut workspace, &mut epoch);
    }
    partition.commit();
    let next = records.len() as i64;
    let first = records[0].arrival;
    let mut tick = |partition: &mut Partition, time| {
        epoch.clear();
        partition.begin();
        while partition.tick(next, time, None, &accounts, &mut workspace, &mut epoch) {}
        partition.commit();
        (epoch.positions().to_vec(), epoch.outputs().len())
    };
    assert_eq!(tick(&mut partition, first - Span::days(30)), (vec![], 0), "long before anything is due");
    let (positions, published) = tick(&mut partition, first + Span::days(3));
    assert_eq!(positions, [(0, next)]);
    assert!(published > 0);
    assert_eq!(tick(&mut partition, first + Span::days(3)), (vec![], 0), "all is settled up to then");
}

#[test]
fn the_generated_trial_has_something_to_publish() {
    let (published, counts) = run(&records(7, 2_000), &[100], &[true, false], &[false, true]);
    assert_eq!(published.len() as u64, counts.triggers_total() + counts.dead_letters_total());
    assert!(counts.triggers_total() >= 20, "the laws above speak of something: {counts:?}");
    assert!(counts.dead_letters_total() >= 5, "{counts:?}");
    assert_eq!(counts.records, 2_000);
}

#[test]
fn a_trigger_whose_cause_is_older_than_the_limit_is_backfill() {
    let records = records(7, 2_000);
    let backfilled = |age: Span| {
        let mut workspace = workspace(Some(Span::hours(1)));
        let (mut partition, mut epoch, accounts) = (partition(), Epoch::default(), AccountTable::default());
        partition.begin();
        for (offset, record) in (0..).zip(&records) {
            let now = Some(record.arrival + age);
            partition.apply(offset, &raw(record), now, &accounts, &mut workspace, &mut epoch);
        }
        (epoch.counts.backfilled, epoch.counts.triggers_total())
    };
    let (old, all) = backfilled(Span::hours(2));
    assert_eq!(old, all, "all causes are at least two hours old");
    let (fresh, all) = backfilled(Span::ZERO);
    assert!(fresh < all / 10, "only events that came very late are old on arrival: {fresh} of {all}");
}
