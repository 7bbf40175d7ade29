//! `foreshock check`.

use std::io::Write;

use serde_json::{Value, json};

use super::write_all;
use crate::check::{LookedAt, Report, check as run};
use crate::cli::arguments::{Check, Format};
use crate::cli::report::{count, write_diagnostics};
use crate::cli::{Exit, Failure, OrExit};
use crate::detect::TableSize;
use crate::diagnostic::{Diagnostic, Severity};

/// Checks what ships and what is given; diagnostics are the verb's data and go to stdout.
pub(crate) fn check(arguments: &Check) -> Result<Exit, Failure> {
    let report = run(&arguments.paths);
    match arguments.format {
        Format::Json => write_all(format!("{:#}\n", as_json(&report, arguments.stats)).as_bytes())?,
        Format::Text => {
            write_text(&mut anstream::stdout().lock(), &report, arguments.stats).or_exit(Exit::Output)?;
            Exit::Success
        }
    };
    Ok(if report.errors() == 0 { Exit::Success } else { Exit::Faults })
}

fn write_text(out: &mut impl Write, report: &Report, stats: bool) -> std::io::Result<()> {
    write_diagnostics(out, &report.diagnostics)?;
    if stats {
        let LookedAt { rules, cases, lexicons, terms, policies, sources, settings, accounts } = report.looked_at;
        let numbers = [
            (rules, "rule"),
            (cases, "case"),
            (lexicons, "lexicon"),
            (terms, "term"),
            (policies, "policy file"),
            (sources, "source profile"),
            (settings, "settings file"),
            (accounts, "account"),
        ];
        let told: Vec<_> = numbers.iter().map(|(number, noun)| count(*number as u64, noun)).collect();
        writeln!(out, "looked at {}", told.join(", "))?;
        let TableSize { words, phrases, bytes } = report.tables;
        let (words, phrases) = (count(words as u64, "word"), count(phrases as u64, "phrase"));
        writeln!(out, "texts are searched for {words} and {phrases}; the tables take up {:.1} MB", bytes as f64 / 1e6)?;
    }
    let (errors, warnings) = (report.errors() as u64, report.warnings() as u64);
    match (errors, warnings) {
        (0, 0) => writeln!(out, "no faults"),
        _ => writeln!(out, "{}, {}", count(errors, "error"), count(warnings, "warning")),
    }
}

fn as_json(report: &Report, stats: bool) -> Value {
    let mut object = json!({
        "errors": report.errors(),
        "warnings": report.warnings(),
        "diagnostics": report.diagnostics.iter().map(diagnostic).collect::<Vec<_>>(),
    });
    if stats {
        let LookedAt { rules, cases, lexicons, terms, policies, sources, settings, accounts } = report.looked_at;
        object["stats"] = json!({
            "rules": rules, "cases": cases, "lexicons": lexicons, "terms": terms,
            "policies": policies, "sources": sources, "settings": settings, "accounts": accounts,
            "tables": { "words": report.tables.words, "phrases": report.tables.phrases, "bytes": report.tables.bytes },
        });
    }
    object
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let Diagnostic { code, severity, location, message, help } = diagnostic;
    let severity = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    json!({
        "code": code.to_string(), "severity": severity, "path": location.path, "line": location.line,
        "column": location.column, "width": location.width, "message": message, "help": help,
    })
}
