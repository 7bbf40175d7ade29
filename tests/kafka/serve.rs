//! `serve` as a process: the same triggers as `replay`, whatever happens to it.

use std::collections::BTreeSet;
use std::time::Duration;

use foreshock::generate::{Kind, Record, Shape};

use super::client::*;
use super::program::{Serve, sum};
use super::trial::*;

#[test]
fn two_of_them_publish_what_a_replay_finds() {
    let shape = Shape::new(Kind::Trial, 20_260_105, 20_000);
    let (records, lines) = generate(shape);
    let trial = Trial::new("agree", 8).with("pipeline.workers", "2");
    let events = trial.file("events.ndjson", &lines);
    let accounts = trial.file("accounts.ndjson", &account_lines(&shape));
    let first = replay(&events, Some(&accounts));
    assert!(first == replay(&events, Some(&accounts)), "a replay gives the same bytes each time");
    let expected = triggers(&first);
    let kinds: BTreeSet<(&str, &str)> =
        expected.iter().map(|t| (t.data.step.as_str(), t.data.reason.as_str())).collect();
    assert!(expected.len() >= 500 && kinds.len() >= 10, "{} triggers of {kinds:?}", expected.len());

    let trial = trial.with("accounts.file", accounts.to_str().unwrap());
    let serves = [trial.serve("a"), trial.serve("b")];
    serves.iter().for_each(|serve| serve.await_partitions(|partitions| partitions == 4.0));
    trial.publish(&records);
    trial.await_caught_up();
    let letters = read_committed(&trial.dead_letters);
    assert!(letters.len() >= 50, "{} dead letters", letters.len());
    await_until("lag is told to be none", || {
        serves.iter().map(|serve| serve.metric("foreshock_partition_lag")).sum::<f64>() == 0.0
    });
    let metrics: Vec<String> = serves.iter().map(Serve::metrics).collect();
    let all = |name: &str| metrics.iter().map(|metrics| sum(metrics, name)).sum::<f64>();
    assert_eq!(all("foreshock_records_total"), records.len() as f64);
    assert_eq!(all("foreshock_triggers_total"), expected.len() as f64);
    assert_eq!(all("foreshock_dead_letters_total"), letters.len() as f64);
    assert_eq!(all("foreshock_event_to_commit_seconds_count"), records.len() as f64);
    assert!(all("foreshock_transactions_total") > 0.0);
    metrics.iter().for_each(|metrics| assert_labels_are_closed(metrics));
    for serve in serves {
        let (code, log) = serve.terminate();
        assert_eq!(code, Some(0), "{log}");
    }
    assert_same(&trial.published(), &expected);
    assert_eq!(open_transactions(&trial.triggers), Vec::<i32>::new());
}

/// No label holds an id or a text: each is a topic, a number, or a short word.
fn assert_labels_are_closed(metrics: &str) {
    for line in metrics.lines().filter(|line| !line.starts_with('#')) {
        let Some((_, labels)) = line.split_once('{') else { continue };
        for label in labels.rsplit_once('}').unwrap().0.split("\",") {
            let (name, value) = label.split_once("=\"").unwrap();
            let value = value.trim_end_matches('"');
            let closed = value.len() <= 24 && value.chars().all(|c| c.is_ascii_alphanumeric() || "_.+-".contains(c));
            assert!(closed || name == "topic", "{line}");
        }
    }
}

#[test]
fn nothing_is_lost_or_doubled_by_kill_9() {
    let seed = std::env::var("FORESHOCK_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros() as u64
    });
    println!("seed {seed}; again with FORESHOCK_TEST_SEED={seed}");
    let mut chance = Chance(seed);
    let (records, lines) = generate(often_triggering(seed, 24_000));
    let trial = Trial::new("kill", 8)
        .with("pipeline.workers", "1")
        .with("pipeline.transaction_records_max", "25")
        .with("kafka.properties.session.timeout.ms", "2000")
        .with("kafka.properties.heartbeat.interval.ms", "300")
        .with("kafka.properties.transaction.timeout.ms", "3000");
    let events = trial.file("events.ndjson", &lines);
    let expected = triggers(&replay(&events, None));
    assert!(expected.len() >= 500, "{} triggers", expected.len());

    let mut serves = [Some(trial.serve("a")), Some(trial.serve("b"))];
    serves.iter().flatten().for_each(|serve| serve.await_partitions(|partitions| partitions == 4.0));
    let (mut kills, mut left_open) = (0, 0);
    let mut batches = records.chunks(600);
    // Each round: some events, a kill while they are worked on, a look at what it left behind, a new process.
    while kills < 10 || left_open < 3 {
        let batch: &[Record] =
            batches.next().unwrap_or_else(|| panic!("{kills} kills, {left_open} left a transaction"));
        let conversations: BTreeSet<_> = batch.iter().map(|record| &record.key).collect();
        assert!(conversations.len() > 100, "a batch must keep all partitions busy, or a kill hits an idle process");
        let victim = chance.below(2) as usize;
        let serve = serves[victim].take().unwrap();
        let before = serve.metric("foreshock_records_total");
        std::thread::scope(|scope| {
            scope.spawn(|| trial.publish(batch));
            // A process with nothing to do has no transaction to leave open: the moment is random from here on.
            await_until("the victim works", || serve.metric("foreshock_records_total") > before);
            std::thread::sleep(Duration::from_millis(chance.below(100)));
            serve.kill();
        });
        kills += 1;
        let open = open_transactions(&trial.triggers);
        left_open += usize::from(!open.is_empty());
        let name = ["a", "b"][victim];
        println!("kill {kills} of `{name}` left open transactions in partitions {open:?}");
        serves[victim] = Some(trial.serve(name));
        if !open.is_empty() {
            // The new process takes over the name, and with it ends what the dead one left open.
            await_until("the open transaction is aborted", || {
                open_transactions(&trial.triggers).iter().all(|partition| !open.contains(partition))
            });
        }
        serves[victim].as_ref().unwrap().await_partitions(|partitions| partitions > 0.0);
    }
    batches.for_each(|batch| trial.publish(batch));
    trial.await_caught_up();
    for serve in serves.into_iter().flatten() {
        let (code, log) = serve.terminate();
        assert_eq!(code, Some(0), "{log}");
    }
    assert_same(&trial.published(), &expected);
    assert_eq!(open_transactions(&trial.triggers), Vec::<i32>::new());
    println!("{kills} kills, {left_open} of them with a transaction open: {} triggers, each once", expected.len());
}

/// Events of which a fifth triggers, each alone in its conversation; enough conversations for these and for the rest,
/// or what is left over would be a single conversation in a single partition.
fn often_triggering(seed: u64, events: u64) -> Shape {
    Shape { triggering: 200, conversations: events * 3 / 10, ..Shape::new(Kind::Stateless, seed, events) }
}

/// Chance from a seed (SplitMix64; Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

#[test]
fn a_first_start_on_old_events_pages_nobody() {
    let (records, _) = generate(Shape::new(Kind::Stateless, 3, 2_000));
    let trial = Trial::new("old", 2).with("pipeline.workers", "1");
    trial.publish(&records);
    let serve = trial.serve("a");
    trial.await_caught_up();
    let published = trial.published();
    assert!(!published.is_empty() && published.iter().all(|trigger| trigger.data.backfill));
    assert_eq!(serve.metric("foreshock_triggers_backfilled_total"), published.len() as f64);
    assert!(serve.get("/livez").unwrap().0.ends_with("200 OK"));
    assert!(serve.get("/readyz").unwrap().0.ends_with("200 OK"));
    assert_eq!(serve.terminate().0, Some(0));
}

#[test]
fn one_that_was_asleep_for_too_long_publishes_nothing_twice() {
    let (records, lines) = generate(often_triggering(5, 8_000));
    let trial = Trial::new("asleep", 4)
        .with("pipeline.workers", "1")
        .with("pipeline.transaction_records_max", "25")
        .with("kafka.properties.session.timeout.ms", "2000")
        .with("kafka.properties.heartbeat.interval.ms", "300")
        // Longer than the session: it is not the time-out of the transaction that keeps the sleeper from committing.
        .with("kafka.properties.transaction.timeout.ms", "30000");
    let expected = triggers(&replay(&trial.file("events.ndjson", &lines), None));
    let (sleeper, other) = (trial.serve("sleeper"), trial.serve("other"));
    [&sleeper, &other].into_iter().for_each(|serve| serve.await_partitions(|partitions| partitions == 2.0));
    let mut parts = records.chunks(2_000);
    for _ in 0..3 {
        let before = sleeper.metric("foreshock_records_total");
        trial.publish(parts.next().unwrap());
        await_until("the sleeper has begun", || sleeper.metric("foreshock_records_total") > before);
        sleeper.signal("STOP");
        other.await_partitions(|partitions| partitions == 4.0);
        sleeper.signal("CONT");
        [&sleeper, &other].into_iter().for_each(|serve| serve.await_partitions(|partitions| partitions == 2.0));
    }
    parts.for_each(|part| trial.publish(part));
    trial.await_caught_up();
    assert_same(&trial.published(), &expected);
    for serve in [sleeper, other] {
        let (code, log) = serve.terminate();
        assert_eq!(code, Some(0), "{log}");
    }
    assert_eq!(open_transactions(&trial.triggers), Vec::<i32>::new());
}

#[test]
fn a_planned_restart_moves_no_other_partition() {
    let (records, lines) = generate(Shape::new(Kind::Trial, 21, 2_000));
    let trial = Trial::new("planned", 4).with("pipeline.workers", "1");
    let expected = triggers(&replay(&trial.file("events.ndjson", &lines), None));
    let (first, second) = (trial.serve("a"), trial.serve("b"));
    [&first, &second].into_iter().for_each(|serve| serve.await_partitions(|partitions| partitions == 2.0));
    trial.publish(&records[..1_000]);
    trial.await_caught_up();
    let before = second.metric("foreshock_rebalances_total");
    assert_eq!(first.terminate().0, Some(0));
    let first = trial.serve("a");
    trial.publish(&records[1_000..]);
    trial.await_caught_up();
    assert_eq!(first.metric("foreshock_partitions_assigned"), 2.0);
    assert_eq!(second.metric("foreshock_rebalances_total"), before);
    assert_same(&trial.published(), &expected);
}

#[test]
fn the_newer_group_protocol_works_as_well() {
    let (records, lines) = generate(Shape::new(Kind::Stateless, 8, 4_000));
    let trial =
        Trial::new("protocol", 4).with("pipeline.workers", "2").with("kafka.properties.group.protocol", "consumer");
    let expected = triggers(&replay(&trial.file("events.ndjson", &lines), None));
    let first = trial.serve("a");
    trial.publish(&records[..2_000]);
    first.await_partitions(|partitions| partitions == 4.0);
    let second = trial.serve("b");
    second.await_partitions(|partitions| partitions > 0.0);
    trial.publish(&records[2_000..]);
    trial.await_caught_up();
    assert_eq!(first.terminate().0, Some(0));
    assert_eq!(second.terminate().0, Some(0));
    assert_same(&trial.published(), &expected);
}
