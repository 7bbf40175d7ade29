//! The command line: parse, load what the verb needs, run it, tell the exit code.
//!
//! Data goes to stdout, talk to stderr; colours only where a person sees them; a reader that closes the pipe is no fault.
#![allow(clippy::disallowed_methods, reason = "the outermost floor reads files and the clock, for the ones below")]

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

mod arguments;
mod document;
mod exit;
#[cfg_attr(not(feature = "kafka"), allow(dead_code, reason = "known without a cluster, but not run"))]
mod keeping;
mod learning;
mod load;
#[cfg(feature = "kafka")]
mod logging;
mod report;
mod reporting;
mod verbs;

pub use document::document;

use arguments::{Arguments, Color, Verb};
use exit::{Exit, Failure, OrExit};

/// Runs the program and tells its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    match run(arguments.verb) {
        Ok(exit) => exit.into(),
        Err(failure) if failure.is_broken_pipe() => Exit::Success.into(),
        Err(failure) => {
            // With stderr gone too there is nobody left to tell.
            let _ = writeln!(anstream::stderr().lock(), "foreshock: {:#}", failure.error);
            failure.exit.into()
        }
    }
}

fn run(verb: Verb) -> Result<Exit, Failure> {
    match verb {
        Verb::Check(arguments) => verbs::check(&arguments),
        Verb::Checklist(arguments) => verbs::checklist(&arguments),
        Verb::Explain(arguments) => verbs::explain(&arguments),
        Verb::Replay(arguments) => verbs::replay(&arguments),
        Verb::Report(arguments) => verbs::report(&arguments),
        Verb::Scan(arguments) => verbs::scan(&arguments),
        Verb::Generate(arguments) => verbs::generate(&arguments),
        Verb::Fit(arguments) => verbs::fit_weights(&arguments),
        Verb::Settings(arguments) => verbs::settings(&arguments),
        Verb::Completions(arguments) => verbs::completions(&arguments),
        #[cfg(feature = "kafka")]
        Verb::Serve(arguments) => verbs::serve(&arguments),
        #[cfg(feature = "kafka")]
        Verb::Topics(arguments) => verbs::topics(&arguments),
        #[cfg(feature = "kafka")]
        Verb::State(arguments) => verbs::state(&arguments),
        #[cfg(feature = "kafka")]
        Verb::Publish(arguments) => verbs::publish(&arguments),
        #[cfg(feature = "kafka")]
        Verb::Tail(arguments) => verbs::tail(&arguments),
        #[cfg(feature = "kafka")]
        Verb::Demo(arguments) => verbs::demo(&arguments),
        #[cfg(not(feature = "kafka"))]
        Verb::Serve(_) | Verb::Topics(_) | Verb::State(_) | Verb::Publish(_) | Verb::Tail(_) | Verb::Demo(_) => {
            Err(Failure::new(Exit::Usage, anyhow::anyhow!("this program was built without Kafka (feature `kafka`)")))
        }
    }
}
