//! `foreshock state`.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;

use super::kafka::exit_of;
use crate::cli::arguments::Format;
use crate::cli::keeping::{ClusterArguments, State, StateAction};
use crate::cli::report::count;
use crate::cli::{Exit, Failure, OrExit, load, logging};
use crate::lines::Origin;
use crate::pipeline::Position;
use crate::serve::import::{ImportError, import as run_import};
use crate::serve::states::{States, shown};
use crate::serve::stop::Stop;
use crate::serve::{self, ServeError};
use crate::wire::{self, NextDeadline, PartitionSummary, timestamp};

/// Why nothing more is shown.
enum Ended {
    Reading(ServeError),
    Writing(io::Error),
}

impl From<ServeError> for Ended {
    fn from(error: ServeError) -> Ended {
        Ended::Reading(error)
    }
}

impl From<Ended> for Failure {
    fn from(ended: Ended) -> Failure {
        match ended {
            Ended::Reading(error) => Failure::new(exit_of(&error), error),
            Ended::Writing(error) => Failure::new(Exit::Output, error),
        }
    }
}

/// Shows kept states.
pub(crate) fn state(arguments: &State) -> Result<Exit, Failure> {
    match &arguments.action {
        StateAction::Show { conversation, tenant, cluster } => {
            let Some(states) = read(cluster)? else { return Ok(Exit::Success) };
            let mut shown = 0;
            states.show(tenant.as_deref(), conversation, |line| {
                shown += 1;
                write_line(&mut io::stdout().lock(), line)
            })?;
            if shown == 0 {
                let message = format!("there is no state of a conversation `{conversation}`");
                return Err(Failure::new(Exit::Faults, anyhow::anyhow!(message)));
            }
        }
        StateAction::Summary { format, cluster } => {
            let Some(states) = read(cluster)? else { return Ok(Exit::Success) };
            let all = states.summary().map_err(Ended::Reading)?;
            let mut out = BufWriter::new(io::stdout().lock());
            match format {
                Format::Text => write_summary(&all, &mut out).or_exit(Exit::Output)?,
                Format::Json => all.iter().try_for_each(|(summary, position)| {
                    let mut line = Vec::new();
                    wire::encode_partition_summary(summary, position.as_ref().map(shown).as_ref(), &mut line);
                    write_line(&mut out, &line)
                })?,
            }
            out.flush().or_exit(Exit::Output)?;
        }
        StateAction::Export { cluster } => {
            let Some(states) = read(cluster)? else { return Ok(Exit::Success) };
            let mut out = BufWriter::new(io::stdout().lock());
            states.export(|line| write_line(&mut out, line))?;
            out.flush().or_exit(Exit::Output)?;
        }
        StateAction::Import { file, force, cluster } => return import(file, *force, cluster),
    }
    Ok(Exit::Success)
}

fn import(file: &Path, force: bool, cluster: &ClusterArguments) -> Result<Exit, Failure> {
    let (settings, _) = load::settings(&cluster.settings, cluster.kafka.flag().into_iter().collect())?;
    logging::start(&settings.log);
    let knowledge = load::knowledge(&settings)?;
    let origin = Origin::of(file);
    let lines = origin.open().with_context(|| format!("cannot read `{}`", origin.name())).or_exit(Exit::Input)?;
    let imported = run_import(&settings, &knowledge, lines, force).map_err(|error| {
        let exit = match &error {
            ImportError::Cluster(error) => exit_of(error),
            ImportError::Input(_) | ImportError::Line { .. } => Exit::Input,
            ImportError::Live { .. } => Exit::State,
            ImportError::Refused { .. } => Exit::Kafka,
        };
        Failure::new(exit, error)
    })?;
    let (states, partitions) = (count(imported.states, "state"), count(imported.partitions, "partition"));
    let topic = &settings.topics.state;
    writeln!(anstream::stderr().lock(), "{states} put into `{topic}`, in {partitions}").or_exit(Exit::Output)?;
    Ok(Exit::Success)
}

fn read(cluster: &ClusterArguments) -> Result<Option<States>, Failure> {
    let (settings, _) = load::settings(&cluster.settings, cluster.kafka.flag().into_iter().collect())?;
    logging::start(&settings.log);
    let stop = Stop::default();
    serve::stop_on_signals(&stop).context("signals cannot be handled").or_exit(Exit::Faults)?;
    let knowledge = load::knowledge(&settings)?;
    Ok(States::read(&settings, &knowledge, &stop).map_err(Ended::Reading)?)
}

fn write_line(out: &mut impl Write, line: &[u8]) -> Result<(), Ended> {
    out.write_all(line).and_then(|()| out.write_all(b"\n")).map_err(Ended::Writing)
}

fn write_summary(all: &[(PartitionSummary, Option<Position>)], out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{:>9} {:>13} {:>9} {:>11} {:>8} {:>11}  {:24} knowledge",
        "partition", "conversations", "escalated", "bytes", "largest", "next offset", "newest event"
    )?;
    for (summary, position) in all {
        let PartitionSummary { partition, conversations, escalated, bytes, largest, .. } = summary;
        write!(out, "{partition:>9} {conversations:>13} {escalated:>9} {bytes:>11} {largest:>8}")?;
        match position {
            Some(position) => {
                let newest = position.watermark.map_or_else(String::new, timestamp::format);
                writeln!(out, " {:>11}  {newest:24} {}", position.next_offset, position.knowledge_hash)?;
            }
            None => writeln!(out, " {:>11}", "-")?,
        }
    }
    let conversations: u64 = all.iter().map(|(summary, _)| summary.conversations).sum();
    let bytes: u64 = all.iter().map(|(summary, _)| summary.bytes).sum();
    writeln!(
        out,
        "\n{}, {}\n\nthe deadlines that come first:",
        count(conversations, "conversation"),
        count(bytes, "byte")
    )?;
    for (summary, _) in all {
        for NextDeadline { at, kind, tenant, conversation } in &summary.deadlines {
            let slash = if tenant.is_empty() { "" } else { "/" };
            let (time, kind) = (timestamp::format(*at), kind.name());
            writeln!(out, "{:>9} {time:24} {kind:26} {tenant}{slash}{conversation}", summary.partition)?;
        }
    }
    Ok(())
}
