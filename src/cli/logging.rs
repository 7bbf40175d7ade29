//! Log lines on stderr, as `log.level` and `log.format` say.

use std::io::IsTerminal;

use tracing_subscriber::filter::LevelFilter;

use crate::settings::{Log, LogFormat};

/// Starts to log. Once.
pub(crate) fn start(log: &Log) {
    let level: LevelFilter = log.level.parse().unwrap_or(LevelFilter::INFO);
    let builder = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr);
    // An error means that somebody has started to log already, which is as good.
    let _ = match log.format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
