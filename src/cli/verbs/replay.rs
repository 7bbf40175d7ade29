//! `foreshock replay`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::arguments::Replay as Arguments;
use crate::cli::report::count;
use crate::cli::{Exit, Failure, OrExit, load};
use crate::lines::Origin;
use crate::message::Mark;
use crate::replay::{Replay, Sinks, Wanted};
use crate::risk::Step;
use crate::score::Level;
use crate::subject::{Ignored, Kind, Suppression};
use crate::wire::{self, Reason};

/// Work that takes no longer shows no progress bar.
const QUIET: Duration = Duration::from_secs(2);

/// Runs the files through the pipeline; the summary goes to stderr.
pub(crate) fn replay(arguments: &Arguments) -> Result<Exit, Failure> {
    let more = load::path_flag("--accounts", "accounts.file", arguments.accounts.as_deref());
    let (settings, _) = load::settings(&arguments.settings, more)?;
    let knowledge = load::knowledge(&settings)?;
    let accounts = load::accounts(&settings)?;
    let wanted = Wanted {
        assessments: arguments.assessments,
        second_stage: !arguments.first_stage,
        until: arguments.until,
        payload: settings.dead_letter_payload,
    };
    let profile = load::profile(&settings, &knowledge.profiles)?;
    let mut replay = Replay::new(&knowledge, profile, accounts, wanted);
    let mut results = BufWriter::with_capacity(256 * 1024, io::stdout().lock());
    let mut dead_letters = arguments.dead_letters.as_ref().map(File::create).transpose();
    let mut dead_letters = dead_letters
        .as_mut()
        .map_err(|error| Failure::new(Exit::Output, anyhow::anyhow!("dead letters: {error}")))?
        .as_mut()
        .map(BufWriter::new);

    let origins: Vec<Origin> = arguments.files.iter().map(|path| Origin::of(path)).collect();
    let mut progress = Progress::new(&origins);
    for origin in &origins {
        let mut lines =
            origin.open().with_context(|| format!("cannot read `{}`", origin.name())).or_exit(Exit::Input)?;
        let mut sinks =
            Sinks { results: &mut results, dead_letters: dead_letters.as_mut().map(|sink| sink as &mut dyn Write) };
        replay.run(&mut lines, &mut sinks, &mut |bytes| progress.tell(bytes)).or_exit(Exit::Output)?;
        progress.end_of_file();
    }
    let mut sinks =
        Sinks { results: &mut results, dead_letters: dead_letters.as_mut().map(|sink| sink as &mut dyn Write) };
    replay.finish(&mut sinks).or_exit(Exit::Output)?;
    results.flush().or_exit(Exit::Output)?;
    dead_letters.map_or(Ok(()), |mut sink| sink.flush()).or_exit(Exit::Output)?;
    progress.finish();
    if let Some(path) = &arguments.summary {
        let mut line = Vec::new();
        let counted = Suppression::ALL.map(|cause| (cause.name(), replay.totals().suppressed[cause as usize]));
        let Ignored { late, full } = replay.second().ignored();
        wire::encode_summary(&counted, &[("late", late), ("full", full)], &mut line);
        line.push(b'\n');
        fs::write(path, line).with_context(|| format!("cannot write `{}`", path.display())).or_exit(Exit::Output)?;
    }
    summary(&replay, &mut anstream::stderr().lock()).or_exit(Exit::Output)?;
    Ok(Exit::Success)
}

/// A bar on a terminal once the work has taken a while.
struct Progress {
    bar: ProgressBar,
    started: Instant,
    before: u64,
    here: u64,
}

impl Progress {
    fn new(origins: &[Origin]) -> Progress {
        let bar = ProgressBar::with_draw_target(origins.iter().map(Origin::size).sum(), ProgressDrawTarget::hidden());
        let template = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go";
        bar.set_style(ProgressStyle::with_template(template).expect("the template is well-formed"));
        Progress { bar, started: Instant::now(), before: 0, here: 0 }
    }

    fn tell(&mut self, bytes: u64) {
        self.here = bytes;
        self.bar.set_position(self.before + bytes);
        if self.bar.is_hidden() && self.started.elapsed() > QUIET {
            // Hidden all the same where stderr is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn end_of_file(&mut self) {
        self.before += self.here;
        self.here = 0;
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn summary(replay: &Replay, out: &mut impl Write) -> io::Result<()> {
    let counts = replay.totals();
    let events: u64 = counts.dispositions.iter().sum();
    let named = |names: Vec<(&'static str, u64)>| {
        let told: Vec<_> = names
            .into_iter()
            .filter(|(_, number)| *number > 0)
            .map(|(name, number)| format!("{name} {number}"))
            .collect();
        if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
    };
    let steps = Step::ALL.iter().map(|step| (step.name(), counts.triggers[*step as usize].iter().sum())).collect();
    let opened = &counts.triggers[Step::Opened as usize];
    let levels = Level::ALL.iter().rev().map(|level| (level.name(), opened[*level as usize])).collect();
    let reasons = Reason::ALL.iter().map(|reason| (reason.name(), counts.dead_letters[*reason as usize])).collect();
    let marks = Mark::ALL.iter().map(|mark| (mark.name(), counts.marks[*mark as usize])).collect();
    writeln!(out, "{} with {}{}", count(counts.records, "record"), count(events, "event"), named(marks))?;
    writeln!(out, "{}{}", count(counts.triggers_total(), "trigger"), named(steps))?;
    writeln!(out, "{}{}", count(opened.iter().sum(), "escalation"), named(levels))?;
    let second = replay.second();
    let found = Kind::ALL.iter().map(|kind| (kind.name(), second.findings()[*kind as usize])).collect();
    let held = Suppression::ALL.iter().map(|cause| (cause.name(), counts.suppressed[*cause as usize]));
    let held: Vec<_> = held.collect();
    let sum = |numbers: &[u64]| numbers.iter().sum::<u64>();
    if sum(second.findings()) > 0 {
        writeln!(out, "{} across conversations{}", count(sum(second.findings()), "finding"), named(found))?;
    }
    if sum(&counts.suppressed) > 0 {
        writeln!(out, "{} held back{}", count(sum(&counts.suppressed), "trigger"), named(held))?;
    }
    let Ignored { late, full } = second.ignored();
    if late + full > 0 {
        let ignored = named(vec![("late", late), ("full", full)]);
        writeln!(out, "{} left out across conversations{ignored}", late + full)?;
    }
    writeln!(out, "{}{}", count(counts.dead_letters_total(), "dead letter"), named(reasons))?;
    if replay.left_out() > 0 {
        writeln!(out, "{} left out, being later", count(replay.left_out(), "event"))?;
    }
    Ok(())
}
