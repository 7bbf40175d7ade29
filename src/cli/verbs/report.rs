//! `foreshock report`.

use std::fs;
use std::io::Write;

use anyhow::Context;

use super::write_all;
use crate::cli::arguments::Format;
use crate::cli::report::count;
use crate::cli::reporting::Report;
use crate::cli::{Exit, Failure, OrExit, load};
use crate::lines::Origin;
use crate::report::{Kept, Log, Wanted, figures, page, text};

/// Reads the files and tells what they come to; what was read is told on stderr.
pub(crate) fn report(arguments: &Report) -> Result<Exit, Failure> {
    let (settings, _) = load::settings(&arguments.settings, Vec::new())?;
    let knowledge = load::knowledge(&settings)?;
    let mut log = Log::new(load::profile(&settings, &knowledge.profiles)?);
    let mut kept = [0_u64; 4];
    for path in &arguments.files {
        let origin = Origin::of(path);
        let mut lines =
            origin.open().with_context(|| format!("cannot read `{}`", origin.name())).or_exit(Exit::Input)?;
        while let Some(line) = lines.next_line().or_exit(Exit::Input)? {
            if !line.bytes.is_empty() {
                kept[log.read(line.bytes) as usize] += 1;
            }
        }
    }
    let rules = knowledge.detector.rules().iter();
    let wanted = Wanted {
        period: arguments.period,
        compare: arguments.compare,
        weights: rules.map(|rule| (rule.id.clone(), rule.weight)).collect(),
        opens_at: knowledge.policy.scoring.threshold(knowledge.policy.escalation.open_level),
    };
    let figures = figures(&log, &wanted);
    let rendered = |written: Result<String, _>| written.context("the report's template").or_exit(Exit::Output);
    match (&arguments.html, arguments.format) {
        (Some(path), _) => {
            let page = rendered(page(&figures))?;
            fs::write(path, page)
                .with_context(|| format!("cannot write `{}`", path.display()))
                .or_exit(Exit::Output)?;
        }
        (None, Format::Json) => write_all(format!("{figures:#}\n").as_bytes()).map(drop)?,
        (None, Format::Text) => write_all(rendered(text(&figures))?.as_bytes()).map(drop)?,
    }
    told(kept);
    Ok(Exit::Success)
}

/// Tells what was read. With stderr gone there is nobody to tell.
fn told(kept: [u64; 4]) {
    let number = |kind: Kept, noun| count(kept[kind as usize], noun);
    let read = [number(Kept::Trigger, "trigger"), number(Kept::Event, "event"), number(Kept::Refused, "line")];
    let [triggers, events, refused] = read;
    let _ = writeln!(anstream::stderr().lock(), "{triggers}, {events}; {refused} of neither kind left out");
}
