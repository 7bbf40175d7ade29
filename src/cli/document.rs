//! `docs/CLI.md`, written from the command line's own help; a test keeps the file in step.

use std::fmt::Write as _;

use clap::CommandFactory;

use super::arguments::Arguments;
use super::exit::Exit;

const HEAD: &str = "\
# Command line

<!-- Written by `tests/cli` from src/cli/arguments.rs (UPDATE_EXPECT=1 rewrites it). -->

Data goes to stdout, talk to stderr; colours only on a terminal. `-` is the standard input. A reader that closes the
pipe early (`foreshock replay … | head -1`) is no fault.

## Exit codes

";

/// The document as Markdown.
#[must_use]
pub fn document() -> String {
    let mut out = HEAD.to_owned();
    out.push_str("| code | meaning |\n|---|---|\n");
    for exit in Exit::ALL {
        let _ = writeln!(out, "| {} | {} |", exit as u8, exit.meaning());
    }
    let mut program = Arguments::command().term_width(100);
    program.build();
    for verb in program.get_subcommands_mut() {
        section("##", verb, &mut out);
        for action in verb.get_subcommands_mut() {
            section("###", action, &mut out);
        }
    }
    out
}

fn section(mark: &str, verb: &mut clap::Command, out: &mut String) {
    let help = verb.render_long_help().to_string();
    let help = help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let name = verb.get_bin_name().unwrap_or_default().to_owned();
    let _ = write!(out, "\n{mark} {name}\n\n```text\n{}\n```\n", help.trim_end());
}

/// The exit codes as the end of `--help`.
pub(super) fn exit_codes() -> String {
    let rows = Exit::ALL.iter().map(|exit| format!("  {}  {}", *exit as u8, exit.meaning()));
    format!("Exit codes:\n{}", rows.collect::<Vec<_>>().join("\n"))
}
