//! `foreshock generate`.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use anyhow::Context;

use crate::cli::arguments::Generate;
use crate::cli::{Exit, Failure, OrExit};
use crate::generate::{Generator, Record, Shape, accounts};

/// Writes made-up events, and the accounts that they name.
pub(crate) fn generate(arguments: &Generate) -> Result<Exit, Failure> {
    let mut shape = Shape::new(arguments.kind, arguments.seed, arguments.events);
    shape.conversations = arguments.conversations.unwrap_or(shape.conversations);
    if let Some(path) = &arguments.accounts {
        let file =
            File::create(path).with_context(|| format!("cannot write `{}`", path.display())).or_exit(Exit::Output)?;
        write_records(file, accounts(shape)).or_exit(Exit::Output)?;
    }
    write_records(io::stdout().lock(), Generator::new(shape)).or_exit(Exit::Output)?;
    Ok(Exit::Success)
}

fn write_records(out: impl Write, records: impl Iterator<Item = Record>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(256 * 1024, out);
    for record in records {
        out.write_all(&record.value)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
