//! One trial of `serve`: topics and a group of its own, events in, triggers out, compared with a replay.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use foreshock::generate::{Generator, Record, Shape, accounts};
use foreshock::wire::TriggerView;
use tempfile::TempDir;

use super::client::*;
use super::program::{Serve, run};

/// Names and files of a trial.
pub(crate) struct Trial {
    pub(crate) group: String,
    pub(crate) events: String,
    pub(crate) triggers: String,
    pub(crate) dead_letters: String,
    pub(crate) state: String,
    pub(crate) folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Trial {
    /// Topics with so many partitions each.
    pub(crate) fn new(name: &str, partitions: i32) -> Trial {
        let group = unique(name);
        let trial = Trial {
            events: format!("{group}-events"),
            triggers: format!("{group}-triggers"),
            dead_letters: format!("{group}-dead"),
            state: format!("{group}-state"),
            folder: tempfile::tempdir().unwrap(),
            // Events of tests lie in the past: to the clock they are all long overdue.
            settings: vec![("ticks.clock".to_owned(), "false".to_owned())],
            group,
        };
        // The records' times lie in the past, and must not be deleted for it.
        let keep = ("retention.ms", "-1");
        create_topic(&trial.events, partitions, &[keep, ("max.message.bytes", "20000000")]);
        create_topic(&trial.triggers, partitions, &[keep]);
        create_topic(&trial.dead_letters, partitions, &[keep]);
        create_topic(&trial.state, partitions, &[("cleanup.policy", "compact")]);
        trial
    }

    /// With one more setting for each `serve`.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Trial {
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    /// A file of the trial's own.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The settings of a `serve` of that instance name.
    pub(crate) fn settings(&self, instance: &str) -> Vec<(String, String)> {
        let own = [
            ("kafka.group_id", self.group.as_str()),
            ("kafka.instance", instance),
            ("topics.events", &self.events),
            ("topics.triggers", &self.triggers),
            ("topics.dead_letters", &self.dead_letters),
            ("topics.state", &self.state),
        ];
        let own = own.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
        own.chain(self.settings.iter().cloned()).collect()
    }

    /// Starts `serve` under that instance name.
    pub(crate) fn serve(&self, instance: &str) -> Serve {
        let settings = self.settings(instance);
        let settings: Vec<_> = settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        Serve::start(&settings)
    }

    /// Writes the records to the events topic, with the times at which they arrived.
    pub(crate) fn publish<'a>(&self, records: impl IntoIterator<Item = &'a Record>) {
        let records = records.into_iter();
        produce_at(&self.events, records.map(|r| (Some(&r.key[..]), Some(&r.value[..]), Some(r.arrival.0))));
    }

    /// Waits until all events are dealt with.
    pub(crate) fn await_caught_up(&self) {
        await_caught_up(&self.group, &self.events);
    }

    /// The triggers that readers see, in the order of their partition.
    pub(crate) fn published(&self) -> Vec<TriggerView> {
        let records = read_committed(&self.triggers);
        records.iter().map(|record| TriggerView::decode(record.value.as_ref().unwrap()).unwrap()).collect()
    }
}

/// The records of a shape, and the file content that `replay` reads.
pub(crate) fn generate(shape: Shape) -> (Vec<Record>, Vec<u8>) {
    let records: Vec<Record> = Generator::new(shape).collect();
    let lines = records.iter().flat_map(|record| [&record.value[..], b"\n"].concat()).collect();
    (records, lines)
}

/// The accounts of a shape as the content of a file.
pub(crate) fn account_lines(shape: &Shape) -> Vec<u8> {
    accounts(*shape).flat_map(|record| [&record.value[..], b"\n"].concat()).collect()
}

/// What `replay` makes of a file.
pub(crate) fn replay(events: &Path, accounts: Option<&Path>) -> Vec<u8> {
    let mut arguments = vec!["replay", "--first-stage", events.to_str().unwrap()];
    if let Some(accounts) = accounts {
        arguments.extend(["--accounts", accounts.to_str().unwrap()]);
    }
    let output = run(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Triggers from lines.
pub(crate) fn triggers(lines: &[u8]) -> Vec<TriggerView> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| TriggerView::decode(line).unwrap()).collect()
}

/// Ids by conversation, in order.
fn by_conversation(triggers: &[TriggerView]) -> BTreeMap<(&str, &str), Vec<&str>> {
    let mut all: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for trigger in triggers {
        all.entry((&trigger.data.tenant, &trigger.subject)).or_default().push(&trigger.id);
    }
    all
}

/// The same triggers, none twice, those of a conversation in the same order.
pub(crate) fn assert_same(published: &[TriggerView], expected: &[TriggerView]) {
    let ids: BTreeSet<&str> = published.iter().map(|trigger| trigger.id.as_str()).collect();
    let wanted: BTreeSet<&str> = expected.iter().map(|trigger| trigger.id.as_str()).collect();
    let lost: Vec<_> = wanted.difference(&ids).collect();
    let strange: Vec<_> = ids.difference(&wanted).collect();
    assert!(
        lost.is_empty() && strange.is_empty(),
        "{} lost: {lost:?}; {} strange: {strange:?}",
        lost.len(),
        strange.len()
    );
    assert_eq!(published.len(), ids.len(), "a trigger was published twice");
    assert_eq!(expected.len(), wanted.len(), "the replay itself holds a trigger twice");
    assert_eq!(by_conversation(published), by_conversation(expected));
}
