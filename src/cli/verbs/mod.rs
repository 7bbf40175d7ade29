//! One file a verb: from its arguments to its exit code.

mod check;
mod checklist;
mod explain;
mod fit;
mod generate;
#[cfg(feature = "kafka")]
mod kafka;
mod replay;
mod report;
mod scan;
mod settings;
#[cfg(feature = "kafka")]
mod state;
#[cfg(feature = "kafka")]
mod topics;

use std::io::{self, Write};

use clap::CommandFactory;

pub(crate) use check::check;
pub(crate) use checklist::checklist;
pub(crate) use explain::explain;
pub(crate) use fit::fit_weights;
pub(crate) use generate::generate;
#[cfg(feature = "kafka")]
pub(crate) use kafka::{demo, publish, serve, tail};
pub(crate) use replay::replay;
pub(crate) use report::report;
pub(crate) use scan::scan;
pub(crate) use settings::settings;
#[cfg(feature = "kafka")]
pub(crate) use state::state;
#[cfg(feature = "kafka")]
pub(crate) use topics::topics;

use super::arguments::{Arguments, Completions};
use super::{Exit, Failure, OrExit};

/// Writes a shell's completion script.
pub(crate) fn completions(arguments: &Completions) -> Result<Exit, Failure> {
    let mut out = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "foreshock", &mut out);
    write_all(&out)
}

/// Writes to stdout what a verb has to say, whole.
fn write_all(text: &[u8]) -> Result<Exit, Failure> {
    io::stdout().lock().write_all(text).or_exit(Exit::Output)?;
    Ok(Exit::Success)
}
