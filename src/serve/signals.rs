//! SIGTERM and SIGINT ask to stop; a second one does not wait. SIGHUP asks for the knowledge to be read again.

use std::io;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::reload::Asked;
use super::stop::Stop;

/// The exit code of a program that a second signal ended at once: 128 and the number of SIGINT.
const IMPATIENT: i32 = 130;

/// Turns SIGTERM and SIGINT into a request to stop.
///
/// # Errors
/// When the system does not let this process handle them.
pub fn stop_on_signals(stop: &Stop) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let stop = stop.clone();
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for _ in signals.forever() {
            if stop.is_requested() {
                // Exactly once does not rest on a clean end: the open transaction is aborted by the broker.
                std::process::exit(IMPATIENT);
            }
            tracing::info!("asked to stop: committing what is at hand");
            stop.request();
        }
    })?;
    Ok(())
}

/// Turns SIGHUP into a request to read the knowledge again.
///
/// # Errors
/// When the system does not let this process handle it.
pub fn reload_on_hangup(asked: &Asked) -> io::Result<()> {
    signal_hook::flag::register(SIGHUP, Asked::clone(asked)).map(drop)
}
