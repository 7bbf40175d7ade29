//! The worker's loop by itself, in this process, with a processor that echoes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use foreshock::kafka::{Cluster, GroupEvent, Inquiry, Log, Plan, Source, config};
use foreshock::metrics::Metrics;
use foreshock::serve::baseline::Echo;
use foreshock::serve::stop::Stop;
use foreshock::serve::worker::{TransactionSize, Worker, WorkerError};
use foreshock::settings::{Kafka, Start};

use super::broker::broker;
use super::client::*;

/// Topics and a group of a test's own.
struct Trial {
    group: String,
    input: String,
    outputs: Vec<String>,
}

impl Trial {
    fn new(name: &str, partitions: i32) -> Trial {
        let trial = Trial {
            group: unique(name),
            input: unique(&format!("{name}-in")),
            outputs: vec![unique(&format!("{name}-out")), unique(&format!("{name}-dead"))],
        };
        create_topic(&trial.input, partitions, &[]);
        trial.outputs.iter().for_each(|topic| create_topic(topic, 2, &[]));
        trial
    }

    fn join(&self, instance: &str, start: Start) -> Cluster {
        let kafka = Kafka {
            brokers: vec![broker().brokers.clone()],
            group_id: self.group.clone(),
            instance: instance.to_owned(),
            static_membership: false,
            properties: BTreeMap::new(),
        };
        let inquiry = Inquiry::new(config::asking(&kafka)).unwrap();
        let plan = Plan {
            transactional_id: format!("{}-{instance}-0", self.group),
            kafka,
            inputs: vec![self.input.clone()],
            outputs: self.outputs.clone(),
            changelog: None,
            start,
        };
        Cluster::join(plan, &inquiry).unwrap()
    }

    fn start(&self, instance: &str, start: Start, records_max: usize) -> Running {
        let cluster = self.join(instance, start);
        let size = TransactionSize {
            records_max,
            bytes_max: 1 << 24,
            target_latency: Duration::from_millis(50),
            timeout: Duration::from_secs(10),
        };
        let (stop, metrics) = (Stop::default(), Arc::new(Metrics::new()));
        let echo = Echo(|record: &foreshock::wire::RawRecord<'_>| record.value.is_some());
        let worker = Worker::new(cluster, echo, vec![self.input.clone()], size, Arc::clone(&metrics), stop.clone());
        Running { stop, metrics, thread: std::thread::spawn(move || worker.run(|| {})) }
    }

    fn produce(&self, numbers: std::ops::Range<u32>) {
        let records: Vec<(String, String)> =
            numbers.map(|number| (format!("c-{}", number % 97), format!("{number}"))).collect();
        produce(&self.input, records.iter().map(|(key, value)| (Some(key.as_bytes()), Some(value.as_bytes()))));
    }

    /// Each number came out once, and those of one key in order.
    fn assert_echoed(&self, numbers: std::ops::Range<u32>) {
        let read = read_committed(&self.outputs[0]);
        let mut last: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut twice = Vec::new();
        for record in &read {
            let number: u32 = String::from_utf8(record.value.clone().unwrap()).unwrap().parse().unwrap();
            if !seen.insert(number) {
                twice.push((number, record.partition, record.offset));
            }
            let before = last.insert(record.key.clone().unwrap(), number);
            assert!(
                !twice.is_empty() || before.is_none_or(|before| before < number),
                "{before:?} before {number} of the same key"
            );
        }
        assert_eq!(twice, [], "came out twice (number, partition, offset)");
        assert_eq!(seen, numbers.collect());
        assert_eq!(open_transactions(&self.outputs[0]), Vec::<i32>::new());
    }
}

struct Running {
    stop: Stop,
    metrics: Arc<Metrics>,
    thread: JoinHandle<Result<(), WorkerError>>,
}

impl Running {
    fn end(self) -> Result<(), WorkerError> {
        self.stop.request();
        self.thread.join().unwrap()
    }
}

#[test]
fn records_are_echoed_once_and_offsets_committed() {
    let trial = Trial::new("echo", 4);
    trial.produce(0..10_000);
    let running = trial.start("a", Start::Earliest, 1_000);
    await_caught_up(&trial.group, &trial.input);
    trial.produce(10_000..10_100);
    await_caught_up(&trial.group, &trial.input);
    assert_eq!(running.metrics.partitions(), 4);
    running.end().unwrap();
    trial.assert_echoed(0..10_100);
    let headers = &read_committed(&trial.outputs[0])[0].headers;
    assert_eq!(headers, &[("content-type".to_owned(), b"application/cloudevents+json; charset=UTF-8".to_vec())]);
}

#[test]
fn members_come_and_go_under_load() {
    let trial = Trial::new("rebalance", 8);
    let first = trial.start("a", Start::Earliest, 200);
    trial.produce(0..20_000);
    let second = trial.start("b", Start::Earliest, 200);
    trial.produce(20_000..30_000);
    await_until("both have partitions", || first.metrics.partitions() > 0 && second.metrics.partitions() > 0);
    trial.produce(30_000..40_000);
    first.end().unwrap();
    trial.produce(40_000..50_000);
    await_caught_up(&trial.group, &trial.input);
    second.end().unwrap();
    trial.assert_echoed(0..50_000);
}

#[test]
fn reading_begins_with_what_is_new_if_so_set_and_goes_on_there() {
    let trial = Trial::new("latest", 2);
    trial.produce(0..100);
    let running = trial.start("a", Start::Latest, 100);
    await_until("the start is committed before any record", || committed(&trial.group, &trial.input).len() == 2);
    running.end().unwrap();
    trial.produce(100..200);
    let running = trial.start("a", Start::Latest, 100);
    await_caught_up(&trial.group, &trial.input);
    running.end().unwrap();
    trial.assert_echoed(100..200);
}

#[test]
fn a_second_one_of_the_same_name_ends_one_of_them() {
    let trial = Trial::new("fenced", 2);
    let first = trial.start("same", Start::Earliest, 10);
    let second = trial.start("same", Start::Earliest, 10);
    let mut produced = 0;
    await_until("one of them gives up", || {
        trial.produce(produced..produced + 10);
        produced += 10;
        first.thread.is_finished() || second.thread.is_finished()
    });
    await_caught_up(&trial.group, &trial.input);
    let results = [first.end(), second.end()];
    let fenced = results.iter().filter(|result| matches!(result, Err(WorkerError::Fenced(_)))).count();
    assert_eq!(fenced, 1, "{results:?}");
    trial.assert_echoed(0..produced);
}

#[test]
fn transactions_that_commit_the_same_offset_are_told_apart() {
    let trial = Trial::new("named", 1);
    let mut log = trial.join("a", Start::Earliest);
    let source = Source { topic: 0, partition: 0 };
    let patience = Duration::from_secs(30);
    await_until("the producer has its id", || log.renew(patience).is_ok());
    let mut events = Vec::new();
    await_until("the partition is assigned", || {
        log.poll_events(&mut events).unwrap();
        events.iter().any(|event| matches!(event, GroupEvent::Assigned { .. }))
    });
    let offset_and_name = |log: &mut Cluster| {
        let committed = log.committed(&[source], patience).unwrap().remove(0);
        committed.map(|committed| (committed.offset, committed.metadata))
    };
    assert_eq!(offset_and_name(&mut log), None);
    for name in ["life-1", "life-2"] {
        log.begin().unwrap();
        log.send_offsets(&[(source, 0)], name).unwrap();
        log.commit().unwrap();
        assert_eq!(offset_and_name(&mut log), Some((0, name.to_owned())));
    }
    log.begin().unwrap();
    log.send_offsets(&[(source, 0)], "life-3").unwrap();
    // What follows when the end of a transaction was not seen: a new producer, which aborts it.
    log.renew(patience).unwrap();
    assert_eq!(offset_and_name(&mut log), Some((0, "life-2".to_owned())));
}
