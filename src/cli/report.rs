//! Diagnostics on a terminal: the same text as everywhere, coloured.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::diagnostic::{Diagnostic, Severity};

/// Writes diagnostics with an empty line after each. Colours are stripped by the stream where nobody would see them.
pub(crate) fn write_diagnostics(out: &mut impl Write, diagnostics: &[Diagnostic]) -> io::Result<()> {
    for diagnostic in diagnostics {
        write_diagnostic(out, diagnostic)?;
        writeln!(out)?;
    }
    Ok(())
}

fn write_diagnostic(out: &mut impl Write, diagnostic: &Diagnostic) -> io::Result<()> {
    let colour = match diagnostic.severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::BrightYellow,
    };
    let (loud, quiet) = (colour.on_default().bold(), AnsiColor::BrightBlue.on_default());
    let text = diagnostic.to_string();
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let (label, message) = first.split_once(": ").unwrap_or((first, ""));
    let bold = Style::new().bold();
    writeln!(out, "{loud}{label}{loud:#}{bold}: {message}{bold:#}")?;
    for line in rest.lines() {
        // Only the gutter and the underline are painted; the line of the file stays as it is.
        match line.split_once(" | ") {
            Some((gutter, marks)) if gutter.trim().is_empty() => {
                writeln!(out, "{quiet}{gutter} |{quiet:#} {loud}{marks}{loud:#}")?
            }
            Some((gutter, source)) if gutter.chars().all(|c| c.is_ascii_digit()) => {
                writeln!(out, "{quiet}{gutter} |{quiet:#} {source}")?;
            }
            _ => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

/// `1 fault`, `2 faults`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
