//! From the call that produces an event to a read_committed reader's sight of what it triggered: `serve` beside an echo.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use foreshock::accounts::AccountTable;
use foreshock::generate::{Generator, Kind, Record, Shape};
use foreshock::knowledge::Knowledge;
use foreshock::pipeline::{Epoch, Options, Partition, Workspace};
use foreshock::time::Timestamp;
use foreshock::wire::{Decoder, PayloadMode, Profile, RawRecord};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use crate::role::{Actor, MARK, Role, Topics};
use crate::{broker, median};

const ROUNDS: usize = 5;
/// What is written before the measured events, to warm the role and its broker.
const WARM_UP: u64 = 2_000;

/// Latencies of one run, in milliseconds, ascending.
struct Run(Vec<f64>);

impl Run {
    fn quantile(&self, per_mille: usize) -> f64 {
        self.0[(self.0.len() * per_mille / 1_000).min(self.0.len() - 1)]
    }
}

pub(crate) fn compare(seconds: u64) {
    for rate in [1_000, 20_000] {
        let mut runs: [Vec<Run>; 2] = Default::default();
        for round in 0..ROUNDS {
            for (role, runs) in [Role::Echo, Role::Serve].into_iter().zip(&mut runs) {
                let run = measure(role, rate, seconds);
                let [middle, high, most] = [500, 990, 1_000].map(|share| run.quantile(share));
                eprintln!("round {round}: {} p50 {middle:.1} p99 {high:.1} max {most:.1} ms", role.name());
                runs.push(run);
            }
        }
        println!("\nLatency in ms at {rate} events/s for {seconds} s, medians of {ROUNDS} alternating runs\n");
        println!("| what | p50 | p99 | max | p99 of each run | outputs a run |\n|---|---:|---:|---:|---|---:|");
        let mut high = Vec::new();
        for (role, runs) in [Role::Echo, Role::Serve].into_iter().zip(&runs) {
            let of = |share| runs.iter().map(|run| run.quantile(share)).collect::<Vec<f64>>();
            let each: Vec<String> = of(990).iter().map(|value| format!("{value:.1}")).collect();
            let outputs = median(&runs.iter().map(|run| run.0.len()).collect::<Vec<usize>>());
            let [p50, p99, most] = [500, 990, 1_000].map(|share| median(&of(share)));
            println!("| {} | {p50:.1} | {p99:.1} | {most:.1} | {} | {outputs} |", role.name(), each.join(", "));
            high.push(p99);
        }
        println!("\nratio of the p99, serve to echo: {:.2}", high[1] / high[0]);
    }
}

/// Events that end now, those that trigger ended by [`MARK`].
fn records(events: u64) -> Vec<Record> {
    let shape = Shape::new(Kind::Throughput, 42, events);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as i64;
    let shape = Shape { start: Timestamp(now - events as i64 * shape.spacing.0), ..shape };
    let mut records: Vec<Record> = Generator::new(shape).collect();
    let knowledge = Knowledge::shipped();
    let options = Options {
        topic: "events".into(),
        application: "bench".into(),
        knowledge_hash: "0".into(),
        payload: PayloadMode::Full,
        publish_max_age: None,
        assessments: false,
        second_stage: false,
    };
    let mut workspace = Workspace::new(Decoder::new(Profile::canonical()), options);
    let (mut partition, mut epoch) = (Partition::new(0, knowledge.detector, knowledge.policy), Epoch::default());
    for record in &mut records {
        let raw = RawRecord { key: Some(&record.key), value: Some(&record.value), ..RawRecord::default() };
        partition.apply(0, &raw, None, &AccountTable::default(), &mut workspace, &mut epoch);
        if !workspace.outcome().triggers.is_empty() {
            record.value.push(MARK);
        }
    }
    records
}

/// The value of a JSON string field, found by its name; `None` when it is not there.
fn field<'a>(value: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let wanted = format!("\"{name}\":\"");
    let start = value.windows(wanted.len()).position(|window| window == wanted.as_bytes())? + wanted.len();
    let length = value[start..].iter().position(|byte| *byte == b'"')?;
    Some(&value[start..start + length])
}

fn id(record: &Record) -> Vec<u8> {
    field(&record.value, "event_id").expect("every event has an id").to_vec()
}

fn measure(role: Role, rate: u64, seconds: u64) -> Run {
    let topics = Topics::create();
    let records = records(WARM_UP + rate * seconds);
    let (warming, measured) = records.split_at(WARM_UP as usize);
    let _actor = Actor::start(role, &topics);
    let reader = reader(&topics.triggers);
    let producer = producer();
    let is_marked = |record: &&Record| record.value.last() == Some(&MARK);
    pace(&producer, &topics.events, warming, rate);
    await_all(
        &reader,
        warming.iter().filter(is_marked).map(|record| (id(record), None)).collect(),
        &AtomicBool::new(true),
    );
    let expected: BTreeMap<Vec<u8>, Option<Instant>> =
        measured.iter().filter(is_marked).map(|record| (id(record), None)).collect();
    let sent = AtomicBool::new(false);
    let (written, seen) = std::thread::scope(|scope| {
        let reading = scope.spawn(|| await_all(&reader, expected, &sent));
        let written = pace(&producer, &topics.events, measured, rate);
        sent.store(true, Ordering::Release);
        (written, reading.join().expect("no panic"))
    });
    let produced = measured.iter().zip(written).filter(|(record, _)| is_marked(record));
    let mut latencies: Vec<f64> = produced
        .map(|(record, written)| {
            let seen = seen[&id(record)].expect("all were awaited");
            seen.duration_since(written).as_secs_f64() * 1e3
        })
        .collect();
    latencies.sort_by(f64::total_cmp);
    Run(latencies)
}

fn producer() -> BaseProducer {
    ClientConfig::new()
        .set("bootstrap.servers", &broker::broker().brokers)
        .set("linger.ms", "1")
        .set("acks", "all")
        .create()
        .expect("settings that librdkafka knows")
}

/// Writes records at that rate; when each was handed over.
fn pace(producer: &BaseProducer, topic: &str, records: &[Record], rate: u64) -> Vec<Instant> {
    let begin = Instant::now();
    let mut written = Vec::with_capacity(records.len());
    for (place, record) in records.iter().enumerate() {
        let due = begin + Duration::from_nanos(place as u64 * 1_000_000_000 / rate);
        // A thread wakes up later than it asked for; at high rates several are due by then.
        if let Some(wait) = due.checked_duration_since(Instant::now()) {
            producer.poll(Duration::ZERO);
            std::thread::sleep(wait);
        }
        written.push(Instant::now());
        let record = BaseRecord::to(topic).key(&record.key).payload(&record.value);
        producer.send(record).map_err(|(error, _)| error).expect("the queue holds seconds of this");
    }
    producer.flush(Duration::from_secs(30)).expect("the broker answers");
    written
}

/// A reader of what is committed, at the ends of all partitions.
fn reader(topic: &str) -> BaseConsumer {
    let reader: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", &broker::broker().brokers)
        .set("group.id", "latency-reader")
        .set("isolation.level", "read_committed")
        .set("enable.auto.commit", "false")
        .create()
        .expect("settings that librdkafka knows");
    let mut all = TopicPartitionList::new();
    for partition in 0..8 {
        all.add_partition_offset(topic, partition, Offset::Beginning).expect("a partition that exists");
    }
    reader.assign(&all).expect("partitions that exist");
    reader
}

/// Reads until there is an output for each expected cause; when the first one of each was seen.
fn await_all(
    reader: &BaseConsumer,
    mut expected: BTreeMap<Vec<u8>, Option<Instant>>,
    sent: &AtomicBool,
) -> BTreeMap<Vec<u8>, Option<Instant>> {
    let mut missing = expected.len();
    let mut last = Instant::now();
    while missing > 0 {
        if let Some(message) = reader.poll(Duration::from_millis(100)) {
            let message = message.expect("the broker answers");
            let now = Instant::now();
            last = now;
            let value = message.payload().unwrap_or_default();
            let cause = field(value, "causationid").or_else(|| field(value, "event_id")).unwrap_or_default();
            if let Some(seen @ None) = expected.get_mut(cause) {
                *seen = Some(now);
                missing -= 1;
            }
        }
        let patience = Duration::from_secs(30);
        assert!(!sent.load(Ordering::Acquire) || last.elapsed() < patience, "{missing} outputs never came");
    }
    expected
}
