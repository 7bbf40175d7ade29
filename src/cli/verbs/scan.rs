//! `foreshock scan`.

use std::io::{self, BufWriter, Write};

use anyhow::Context;

use crate::cli::arguments::Scan;
use crate::cli::{Exit, Failure, OrExit, load};
use crate::lines::Origin;
use crate::scan::scan as run;

/// Lines that are told one by one; of the others only the number is told.
const TOLD: u64 = 20;

/// Answers each line; those that cannot be read are told on stderr.
pub(crate) fn scan(arguments: &Scan) -> Result<Exit, Failure> {
    let (settings, _) = load::settings(&arguments.settings, Vec::new())?;
    let knowledge = load::knowledge(&settings)?;
    let origin = Origin::of(&arguments.file);
    let mut lines = origin.open().with_context(|| format!("cannot read `{}`", origin.name())).or_exit(Exit::Input)?;
    let mut out = BufWriter::with_capacity(256 * 1024, io::stdout().lock());
    let mut refused = 0;
    let mut refuse = |number: u64, reject: &crate::wire::Reject| {
        refused += 1;
        if refused <= TOLD {
            // With stderr gone the exit code still tells.
            let _ = writeln!(anstream::stderr().lock(), "{}:{number}: {reject}", origin.name());
        }
    };
    run(&mut lines, &knowledge.detector, &mut out, &mut refuse).or_exit(Exit::Output)?;
    if refused == 0 {
        return Ok(Exit::Success);
    }
    let lines = crate::cli::report::count(refused, "line");
    Err(Failure::new(Exit::Faults, anyhow::anyhow!("{lines} could not be read and have no answer")))
}
