//! `foreshock serve`, `publish`, `tail` and `demo`: what needs a cluster.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use crate::account_file;
use crate::cli::arguments::{Brokers, Demo, Format, Publish, Serve, SettingsArguments, Tail};
use crate::cli::report::count;
use crate::cli::{Exit, Failure, OrExit, load, logging};
use crate::diagnostic::SourceFile;
use crate::lines::Origin;
use crate::metrics::Metrics;
use crate::serve::demo::{ACCOUNTS, CONVERSATIONS, DemoError, demo as run_demo};
use crate::serve::publish::{PublishError, publish as run_publish};
use crate::serve::reload::Asked;
use crate::serve::stop::Stop;
use crate::serve::tail::{Range, TailError, tail as run_tail, write_readable};
use crate::serve::{self, ServeError};
use crate::settings::{Log, Settings};

fn settings(arguments: &SettingsArguments, brokers: &Brokers) -> Result<Settings, Failure> {
    let (settings, _) = load::settings(arguments, brokers.flag().into_iter().collect())?;
    Ok(settings)
}

fn stop() -> Result<Stop, Failure> {
    let stop = Stop::default();
    serve::stop_on_signals(&stop).context("signals cannot be handled").or_exit(Exit::Faults)?;
    Ok(stop)
}

pub(super) fn exit_of(error: &ServeError) -> Exit {
    match error {
        ServeError::Cluster(_) => Exit::Kafka,
        ServeError::State(_) => Exit::State,
        ServeError::Fenced { .. } => Exit::Fenced,
        ServeError::Profile(_) | ServeError::Listen { .. } => Exit::Settings,
    }
}

/// Runs the pipeline on the cluster until told to stop.
pub(crate) fn serve(arguments: &Serve) -> Result<Exit, Failure> {
    let settings = settings(&arguments.settings, &arguments.kafka)?;
    logging::start(&settings.log);
    let stop = stop()?;
    let reload = Asked::default();
    serve::reload_on_hangup(&reload).context("signals cannot be handled").or_exit(Exit::Faults)?;
    let knowledge = load::knowledge(&settings)?;
    let accounts = load::accounts(&settings)?;
    let metrics = Arc::new(Metrics::new());
    serve::run(&settings, &knowledge, accounts, &metrics, &stop, &reload)
        .map_err(|error| Failure::new(exit_of(&error), error))?;
    tracing::info!("stopped: what was at hand is committed");
    Ok(Exit::Success)
}

/// Sends the lines of a file to a topic.
pub(crate) fn publish(arguments: &Publish) -> Result<Exit, Failure> {
    let settings = settings(&arguments.settings, &arguments.kafka)?;
    let knowledge = load::knowledge(&settings)?;
    let profile = knowledge.profiles.get(&settings.input.profile);
    let profile = profile.ok_or_else(|| ServeError::Profile(settings.input.profile.clone())).or_exit(Exit::Settings)?;
    let topic = arguments.topic.as_ref().unwrap_or(&settings.topics.events);
    let origin = Origin::of(&arguments.file);
    let lines = origin.open().with_context(|| format!("cannot read `{}`", origin.name())).or_exit(Exit::Input)?;
    let published = run_publish(&settings, &profile, topic, lines).map_err(|error| match error {
        PublishError::Cluster(error) => Failure::new(exit_of(&error), error),
        PublishError::Input(_) => Failure::new(Exit::Input, error),
    })?;
    let told = |out: &mut dyn Write| {
        published.refusals.iter().try_for_each(|refusal| writeln!(out, "{refusal}"))?;
        let more = published.refused - published.refusals.len() as u64;
        if more > 0 {
            writeln!(out, "and {more} more")?;
        }
        let records = count(published.records, "record");
        write!(out, "{records} published to `{topic}`")?;
        if published.without_key > 0 {
            write!(out, ", {} of them without a key, having no id that can be read", published.without_key)?;
        }
        writeln!(out)
    };
    told(&mut anstream::stderr().lock()).or_exit(Exit::Output)?;
    Ok(if published.refused > 0 { Exit::Faults } else { Exit::Success })
}

/// Shows committed triggers as they come.
pub(crate) fn tail(arguments: &Tail) -> Result<Exit, Failure> {
    let settings = settings(&arguments.settings, &arguments.kafka)?;
    logging::start(&settings.log);
    let stop = stop()?;
    let range = Range { from_beginning: arguments.from_beginning, count: arguments.count, until_end: false };
    let show = |value: &[u8]| match arguments.format {
        Format::Text => write_readable(value, &mut anstream::stdout().lock()),
        Format::Json => {
            let mut out = io::stdout().lock();
            out.write_all(value)?;
            out.write_all(b"\n")?;
            out.flush()
        }
    };
    run_tail(&settings, range, &stop, show).map_err(|error| match error {
        TailError::Cluster(error) => Failure::new(exit_of(&error), error),
        TailError::Output(_) => Failure::new(Exit::Output, error),
    })?;
    Ok(Exit::Success)
}

/// Shows the whole of it on an in-process cluster.
pub(crate) fn demo(arguments: &Demo) -> Result<Exit, Failure> {
    let settings = settings(&arguments.settings, &Brokers::default())?;
    // The triggers are the show; whoever asks for more lines gets them.
    let level = if settings.log.level == "info" { "warn".to_owned() } else { settings.log.level.clone() };
    logging::start(&Log { level, ..settings.log });
    let knowledge = load::knowledge(&settings)?;
    let events = text(arguments.events.as_deref(), CONVERSATIONS)?;
    let accounts = SourceFile {
        path: arguments
            .accounts
            .as_deref()
            .map_or("examples/accounts.ndjson".into(), |path| path.display().to_string()),
        text: text(arguments.accounts.as_deref(), ACCOUNTS)?,
    };
    let mut diagnostics = Vec::new();
    let accounts = account_file::parse(&accounts, &mut diagnostics);
    if !diagnostics.is_empty() {
        return Err(load::told(Exit::Input, &diagnostics));
    }
    let mut out = anstream::stdout().lock();
    run_demo(&settings, &knowledge, accounts, &events, &mut out).map_err(|error| {
        let exit = match &error {
            DemoError::Output(_) => Exit::Output,
            _ => Exit::Kafka,
        };
        Failure::new(exit, error)
    })?;
    Ok(Exit::Success)
}

fn text(path: Option<&Path>, shipped: &str) -> Result<String, Failure> {
    let Some(path) = path else { return Ok(shipped.to_owned()) };
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display())).or_exit(Exit::Input)
}
