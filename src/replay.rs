//! Events from files through the whole pipeline without Kafka: the embedded run that `serve` must agree with.

use std::io::{self, BufRead, Write};
use std::sync::Arc;

use crate::accounts::AccountTable;
use crate::knowledge::Knowledge;
use crate::lines::Lines;
use crate::pipeline::{Counts, Destination, Epoch, Options, Partition, SecondStage, Workspace};
use crate::time::Timestamp;
use crate::wire::{self, Decoder, PayloadMode, Profile, RawRecord};

/// Records of one epoch. A replay commits nothing, so this is only how much is written at once.
const EPOCH_RECORDS: usize = 1_000;

/// What to write.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// A line for every event instead of the triggers.
    pub assessments: bool,
    /// Whether the second stage runs, too; not with `assessments`.
    pub second_stage: bool,
    /// Only events up to this time; at the end clocks run to it.
    pub until: Option<Timestamp>,
    /// What a dead letter holds of its record.
    pub payload: PayloadMode,
}

/// Where to write, one JSON object a line.
pub struct Sinks<'a> {
    /// Triggers, or assessments.
    pub results: &'a mut dyn Write,
    /// Dead letters, if they are wanted.
    pub dead_letters: Option<&'a mut dyn Write>,
}

/// A run over any number of files, one after the other.
pub struct Replay {
    partition: Partition,
    workspace: Workspace,
    second: SecondStage,
    decoder: Decoder,
    accounts: AccountTable,
    wanted: Wanted,
    epoch: Epoch,
    totals: Counts,
    offset: i64,
    left_out: u64,
    line: Vec<u8>,
}

impl Replay {
    /// A run that has read nothing yet.
    #[must_use]
    pub fn new(knowledge: &Knowledge, profile: Profile, accounts: AccountTable, wanted: Wanted) -> Replay {
        let options = Options {
            topic: "replay".into(),
            application: "foreshock".into(),
            knowledge_hash: Arc::clone(&knowledge.hash),
            payload: wanted.payload,
            publish_max_age: None,
            assessments: wanted.assessments,
            second_stage: wanted.second_stage && !wanted.assessments,
        };
        let second = SecondStage::new(
            Arc::clone(&knowledge.policy),
            Arc::clone(&options.application),
            Arc::clone(&options.knowledge_hash),
        );
        let decoder = Decoder::unkeyed(profile);
        Replay {
            partition: Partition::new(0, Arc::clone(&knowledge.detector), Arc::clone(&knowledge.policy)),
            workspace: Workspace::new(decoder.clone(), options),
            second,
            decoder,
            accounts,
            wanted,
            epoch: Epoch::default(),
            totals: Counts::default(),
            offset: 0,
            left_out: 0,
            line: Vec::new(),
        }
    }

    /// Reads all lines and writes what they cause; empty lines are passed over. `progress` is told the bytes read so
    /// far of these lines, once an epoch.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub fn run<R: BufRead>(
        &mut self,
        lines: &mut Lines<R>,
        sinks: &mut Sinks<'_>,
        progress: &mut dyn FnMut(u64),
    ) -> io::Result<()> {
        self.partition.begin();
        let mut records = 0;
        while let Some(line) = lines.next_line()? {
            if !line.bytes.is_empty() {
                self.apply(line.bytes, sinks)?;
                records += 1;
            }
            if records == EPOCH_RECORDS {
                self.end_epoch(sinks)?;
                self.partition.begin();
                progress(lines.bytes_read());
                records = 0;
            }
        }
        self.end_epoch(sinks)?;
        progress(lines.bytes_read());
        Ok(())
    }

    /// At the end of all files lets time reach `until`, if that is given: what falls due with no record is published. Then
    /// the second stage decides on what waits for the end of the last pane.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(&mut self, sinks: &mut Sinks<'_>) -> io::Result<()> {
        self.run_clocks(sinks)?;
        self.partition.begin();
        let newest = self.partition.newest().max(self.wanted.until);
        self.second.finish(self.partition.number(), newest, &mut self.epoch);
        self.end_epoch(sinks)
    }

    fn run_clocks(&mut self, sinks: &mut Sinks<'_>) -> io::Result<()> {
        let Some(until) = self.wanted.until else { return Ok(()) };
        let mut is_behind = true;
        while is_behind {
            self.partition.begin();
            let Replay { partition, workspace, accounts, epoch, offset, .. } = self;
            is_behind = partition.tick(*offset, until, None, accounts, workspace, epoch);
            self.end_epoch(sinks)?;
        }
        Ok(())
    }

    fn apply(&mut self, bytes: &[u8], sinks: &mut Sinks<'_>) -> io::Result<()> {
        let record = RawRecord::line(bytes);
        let offset = self.offset;
        self.offset += 1;
        if let (Some(until), Ok(event)) = (self.wanted.until, self.decoder.decode(&record))
            && event.time > until
        {
            self.left_out += 1;
            return Ok(());
        }
        let Replay { partition, workspace, accounts, epoch, .. } = self;
        let event = partition.apply(offset, &record, None, accounts, workspace, epoch);
        if let (true, Some(event)) = (self.wanted.assessments, event) {
            let assessment = &self.workspace.outcome().assessment;
            self.line.clear();
            wire::encode_assessment(&event.id, &event.conversation, assessment, &mut self.line);
            self.line.push(b'\n');
            sinks.results.write_all(&self.line)?;
        }
        Ok(())
    }

    fn end_epoch(&mut self, sinks: &mut Sinks<'_>) -> io::Result<()> {
        self.second.apply(self.partition.number(), self.partition.newest(), &mut self.epoch);
        for output in self.epoch.outputs() {
            let sink = match output.destination {
                Destination::Triggers if !self.wanted.assessments => &mut *sinks.results,
                Destination::DeadLetters => match &mut sinks.dead_letters {
                    Some(sink) => &mut **sink,
                    None => continue,
                },
                Destination::Triggers | Destination::RepartitionedEvents => continue,
            };
            sink.write_all(output.value)?;
            sink.write_all(b"\n")?;
        }
        self.partition.commit();
        self.totals.add(&self.epoch.counts);
        self.epoch.clear();
        Ok(())
    }

    /// What happened so far.
    #[must_use]
    pub fn totals(&self) -> &Counts {
        &self.totals
    }

    /// What was found across conversations, and what was held back.
    #[must_use]
    pub fn second(&self) -> &SecondStage {
        &self.second
    }

    /// How many events were left out because they are later than asked for.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}
