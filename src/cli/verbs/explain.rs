//! `foreshock explain`.

use std::io::{self, Read, Write};
use std::sync::Arc;

use anyhow::Context;

use crate::cli::arguments::Explain;
use crate::cli::{Exit, Failure, OrExit, load};
use crate::detect::Text;
use crate::engine::Engine;
use crate::explain::Explainer;
use crate::limits::TEXT_BYTES;
use crate::lines::Origin;
use crate::message::Format;
use crate::wire::{Decoder, RawRecord};

/// Explains a text, or the conversations of a file.
pub(crate) fn explain(arguments: &Explain) -> Result<Exit, Failure> {
    let more = load::path_flag("--accounts", "accounts.file", arguments.accounts.as_deref());
    let (settings, _) = load::settings(&arguments.settings, more)?;
    let knowledge = load::knowledge(&settings)?;
    let profiles = Arc::clone(&knowledge.profiles);
    let mut explainer = Explainer::new(Engine::new(knowledge.detector, knowledge.policy));
    let mut out = anstream::stdout().lock();
    let Some(path) = &arguments.file else {
        let text = text(arguments).context("cannot read the text").or_exit(Exit::Input)?;
        let text = Text {
            text: &text,
            format: if arguments.html { Format::Html } else { Format::Plain },
            author: arguments.author,
            language: &arguments.language,
        };
        explainer.text(text, &mut out).or_exit(Exit::Output)?;
        return Ok(Exit::Success);
    };

    let accounts = load::accounts(&settings)?;
    let origin = Origin::of(path);
    let cannot_read = || format!("cannot read `{}`", origin.name());
    let mut lines = origin.open().with_context(cannot_read).or_exit(Exit::Input)?;
    let mut explained = 0;
    let decoder = Decoder::unkeyed(load::profile(&settings, &profiles)?);
    while let Some(line) = lines.next_line().with_context(cannot_read).or_exit(Exit::Input)? {
        if line.bytes.is_empty() {
            continue;
        }
        match decoder.decode(&RawRecord::line(line.bytes)) {
            Ok(event) if arguments.conversation.as_ref().is_none_or(|wanted| *wanted == event.conversation) => {
                explainer.event(&event, &accounts, &mut out).or_exit(Exit::Output)?;
                explained += 1;
            }
            Ok(_) => {}
            Err(reject) => writeln!(out, "line {}: a dead letter, {reject}\n", line.number).or_exit(Exit::Output)?,
        }
    }
    match &arguments.conversation {
        Some(wanted) if explained == 0 => {
            let message = format!("`{}` has no event of the conversation `{wanted}`", origin.name());
            Err(Failure::new(Exit::Input, anyhow::anyhow!(message)))
        }
        _ => Ok(Exit::Success),
    }
}

/// The text of the argument or the standard input, as much of it as the engine would read.
fn text(arguments: &Explain) -> io::Result<String> {
    match arguments.text.as_deref() {
        Some(text) if text != "-" => Ok(text.to_owned()),
        _ => {
            let mut bytes = Vec::new();
            io::stdin().lock().take(TEXT_BYTES as u64).read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
        }
    }
}
