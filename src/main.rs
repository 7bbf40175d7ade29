//! The `foreshock` program: parse, run, tell the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    foreshock::cli::main()
}
