//! Asks leaders for the ends of partitions, on a thread of its own: a leader that does not answer holds nothing up.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;

use super::context::Quiet;
use super::log::Source;
use super::{cluster::Plan, config};

/// How long one question waits for its answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The worker's side.
pub(super) struct Ends {
    questions: Sender<Vec<Source>>,
    answers: Receiver<Vec<(Source, i64)>>,
}

impl Ends {
    /// Starts the thread. It ends when this is dropped.
    pub(super) fn start(plan: &Plan) -> KafkaResult<Ends> {
        let client: BaseConsumer<Quiet> = BaseConsumer::from_config_and_context(&config::asking(&plan.kafka), Quiet)?;
        let inputs = plan.inputs.clone();
        let (questions, asked) = channel::<Vec<Source>>();
        let (answered, answers) = channel();
        let thread = thread::Builder::new().name("ends".to_owned());
        let spawned = thread.spawn(move || {
            while let Ok(sources) = asked.recv() {
                let end = |source: &Source| {
                    let (_, end) = client.fetch_watermarks(&inputs[source.topic], source.partition, PATIENCE).ok()?;
                    Some((*source, end))
                };
                if answered.send(sources.iter().filter_map(end).collect()).is_err() {
                    return;
                }
            }
        });
        spawned.expect("the system has room for a thread a worker");
        Ok(Ends { questions, answers })
    }

    /// See [`super::Log::ask_ends`].
    pub(super) fn ask(&self, sources: Vec<Source>) {
        // An error means that the thread has ended, which leaves the question without an answer.
        let _ = self.questions.send(sources);
    }

    /// See [`super::Log::take_ends`].
    pub(super) fn take(&self) -> Option<Vec<(Source, i64)>> {
        self.answers.try_recv().ok()
    }
}
