//! Asking threads to stop, and waiting without sleeping through it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A request to stop, shared by all threads. It cannot be taken back.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(Mutex<Option<Instant>>, Condvar)>);

impl Stop {
    /// Asks all to stop.
    pub fn request(&self) {
        let (since, wake) = &*self.0;
        since.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
        wake.notify_all();
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.since().is_some()
    }

    /// How long ago it was asked to stop, if it was.
    #[must_use]
    pub fn since(&self) -> Option<Duration> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).map(|since| since.elapsed())
    }

    /// Waits for the request, but not longer than `patience`. Returns whether it came.
    #[must_use]
    pub fn wait(&self, patience: Duration) -> bool {
        let (since, wake) = &*self.0;
        let guard = since.lock().unwrap_or_else(PoisonError::into_inner);
        let (guard, _) =
            wake.wait_timeout_while(guard, patience, |since| since.is_none()).unwrap_or_else(PoisonError::into_inner);
        guard.is_some()
    }
}
