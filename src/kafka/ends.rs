//! Asks leaders for the ends of partitions, beside the worker's thread: a leader that does not answer holds nothing up,
//! neither the worker nor the answers of other leaders.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;

use super::context::Quiet;
use super::log::Source;
use super::{cluster::Plan, config};

/// How long one question waits for its answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// Questions that may be open at once; each has a thread of its own, which waits no longer than [`PATIENCE`].
const OPEN_MAX: usize = 32;
/// How long a partition is not asked for again once its leader did not answer.
const REST: Duration = Duration::from_secs(5);

fn asking(plan: &Plan) -> KafkaResult<BaseConsumer<Quiet>> {
    BaseConsumer::from_config_and_context(&config::asking(&plan.kafka), Quiet)
}

/// Ends of single partitions: the worker's side.
pub(super) struct Ends {
    client: Arc<BaseConsumer<Quiet>>,
    inputs: Arc<[String]>,
    sender: Sender<(Source, Option<i64>)>,
    answers: Receiver<(Source, Option<i64>)>,
    open: usize,
    /// Questions beyond that.
    waiting: VecDeque<Source>,
    /// When leaders did not answer.
    silent: BTreeMap<Source, Instant>,
}

impl Ends {
    pub(super) fn new(plan: &Plan) -> KafkaResult<Ends> {
        let (sender, answers) = channel();
        let (client, inputs) = (Arc::new(asking(plan)?), plan.inputs.clone().into());
        Ok(Ends { client, inputs, sender, answers, open: 0, waiting: VecDeque::new(), silent: BTreeMap::new() })
    }

    /// See [`super::Log::ask_end`].
    pub(super) fn ask(&mut self, source: Source) {
        if self.open >= OPEN_MAX {
            self.waiting.push_back(source);
            return;
        }
        self.open += 1;
        if self.rests(source) || !self.start(source) {
            // Both ends of the channel are here.
            let _ = self.sender.send((source, None));
        }
    }

    fn rests(&self, source: Source) -> bool {
        self.silent.get(&source).is_some_and(|since| since.elapsed() < REST)
    }

    /// Returns whether the system had room for a thread.
    fn start(&self, source: Source) -> bool {
        let (client, inputs, sender) = (Arc::clone(&self.client), Arc::clone(&self.inputs), self.sender.clone());
        let ask = move || {
            let end = client.fetch_watermarks(&inputs[source.topic], source.partition, PATIENCE).ok();
            // Nobody listens any more once the worker has ended.
            let _ = sender.send((source, end.map(|(_, end)| end)));
        };
        thread::Builder::new().name("end".to_owned()).spawn(ask).is_ok()
    }

    /// See [`super::Log::take_end`].
    pub(super) fn take(&mut self) -> Option<(Source, Option<i64>)> {
        let (source, end) = self.answers.try_recv().ok()?;
        self.open -= 1;
        if let Some(next) = self.waiting.pop_front() {
            self.ask(next);
        }
        if end.is_some() {
            self.silent.remove(&source);
        } else if !self.rests(source) {
            self.silent.insert(source, Instant::now());
        }
        Some((source, end))
    }
}

/// Whether anything comes into the whole input: the worker's side.
pub(super) struct Growth {
    questions: Sender<()>,
    answers: Receiver<bool>,
}

impl Growth {
    /// Starts the thread. It ends when this is dropped.
    pub(super) fn start(plan: &Plan) -> KafkaResult<Growth> {
        let client = asking(plan)?;
        let inputs = plan.inputs.clone();
        let (questions, asked) = channel::<()>();
        let (answered, answers) = channel();
        let thread = thread::Builder::new().name("growth".to_owned());
        let spawned = thread.spawn(move || {
            let mut known = BTreeMap::new();
            while asked.recv().is_ok() {
                if answered.send(has_grown(&client, &inputs, &mut known)).is_err() {
                    return;
                }
            }
        });
        spawned.expect("the system has room for a thread a worker");
        Ok(Growth { questions, answers })
    }

    /// See [`super::Log::ask_growth`].
    pub(super) fn ask(&self) {
        // An error means that the thread has ended, which leaves the question without an answer.
        let _ = self.questions.send(());
    }

    /// See [`super::Log::take_growth`].
    pub(super) fn take(&self) -> Option<bool> {
        self.answers.try_recv().ok()
    }
}

/// Whether a partition's end lies beyond the one that is known of it; all are known afterwards whose leader answers.
fn has_grown(client: &BaseConsumer<Quiet>, inputs: &[String], known: &mut BTreeMap<(usize, i32), i64>) -> bool {
    let mut grown = false;
    for (topic, name) in inputs.iter().enumerate() {
        let Ok(metadata) = client.fetch_metadata(Some(name), PATIENCE) else { continue };
        let partitions = metadata.topics().iter().flat_map(|described| described.partitions());
        for partition in partitions.map(|partition| partition.id()) {
            let Ok((_, end)) = client.fetch_watermarks(name, partition, PATIENCE) else { continue };
            grown |= known.insert((topic, partition), end).is_some_and(|before| before < end);
        }
    }
    grown
}
