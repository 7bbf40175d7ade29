//! Other knowledge while running: loaded and checked on a thread of its own, taken up by each worker between two of its
//! transactions. A set with a fault in it is told and left alone; the one in force goes on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::stop::Stop;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::knowledge::{Files, Folders, Knowledge};
use crate::metrics::{Metrics, ReloadOutcome};
use crate::settings::Settings;
use crate::wire::Profile;

/// How soon a request is noticed.
const LOOK: Duration = Duration::from_millis(100);

/// Asks for the knowledge to be read again. Raised by a signal; taken back once it is being dealt with.
pub type Asked = Arc<AtomicBool>;

/// Knowledge, and of its profiles the one that the settings name.
#[derive(Clone)]
pub struct Current {
    /// What decides.
    pub knowledge: Knowledge,
    /// How events are written.
    pub profile: Profile,
}

/// The knowledge in force, handed to all workers.
pub struct Exchange {
    /// Counts exchanges: what workers look at, once a turn.
    number: AtomicU64,
    current: Mutex<Current>,
}

impl Exchange {
    /// Begins with that.
    #[must_use]
    pub fn new(current: Current) -> Exchange {
        Exchange { number: AtomicU64::new(0), current: Mutex::new(current) }
    }

    /// What is in force now.
    #[must_use]
    pub fn current(&self) -> Current {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on that is in force.
    pub fn put(&self, current: Current) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
        self.number.fetch_add(1, Ordering::Release);
    }
}

/// One worker's view of it.
pub(super) struct Following {
    exchange: Arc<Exchange>,
    number: u64,
}

impl Following {
    /// Of one that has what was there at the beginning.
    pub(super) fn new(exchange: Arc<Exchange>) -> Following {
        Following { exchange, number: 0 }
    }

    /// What has come in force since it was last asked, if anything has.
    pub(super) fn news(&mut self) -> Option<Current> {
        let number = self.exchange.number.load(Ordering::Acquire);
        if number == self.number {
            return None;
        }
        self.number = number;
        Some(self.exchange.current())
    }
}

/// The thread that loads.
pub(super) struct Reloading<'a> {
    pub(super) settings: &'a Settings,
    pub(super) exchange: &'a Exchange,
    pub(super) metrics: &'a Metrics,
    pub(super) asked: &'a AtomicBool,
    pub(super) stop: &'a Stop,
}

impl Reloading<'_> {
    /// Until asked to stop.
    pub(super) fn run(&self) {
        let folders = Folders::from(&self.settings.knowledge);
        let every = Duration::from_millis(self.settings.knowledge.watch.0.max(0).cast_unsigned());
        let mut watch = (!every.is_zero()).then(|| Watch::begin(&self.exchange.current().knowledge.hash, every));
        while !self.stop.wait(LOOK) {
            let asked = self.asked.swap(false, Ordering::AcqRel);
            let changed = watch.as_mut().is_some_and(|watch| watch.has_changed(&folders));
            if asked || changed {
                self.reload(&folders);
            }
        }
    }

    fn reload(&self, folders: &Folders) {
        let outcome = match self.load(folders) {
            Ok(current) => {
                let (before, now) = (self.exchange.current().knowledge.hash, Arc::clone(&current.knowledge.hash));
                if before == now {
                    tracing::info!(knowledge = %now, "knowledge read again: nothing has changed");
                    ReloadOutcome::Unchanged
                } else {
                    self.exchange.put(current);
                    self.metrics.set_knowledge(&now);
                    tracing::info!(before = %before, knowledge = %now, "other knowledge is in force");
                    ReloadOutcome::Switched
                }
            }
            Err(faults) => {
                for Diagnostic { code, location, message, help, .. } in &faults {
                    let Location { path, line, column, .. } = location;
                    tracing::error!("error[{code}] {path}:{line}:{column}: {message} ({help})");
                }
                let knowledge = self.exchange.current().knowledge.hash;
                tracing::error!(%knowledge, "knowledge refused, {} faults; what was in force goes on", faults.len());
                ReloadOutcome::Refused
            }
        };
        self.metrics.reloaded(outcome);
    }

    fn load(&self, folders: &Folders) -> Result<Current, Vec<Diagnostic>> {
        let knowledge = Knowledge::load(folders)?;
        let name = &self.settings.input.profile;
        let profile = knowledge.profiles.get(name).ok_or_else(|| {
            let message = format!("there is no source profile `{name}` any more, which `input.profile` names");
            let place = Location::file("knowledge.sources");
            vec![Diagnostic::error(Code::SettingInvalid, place, message).help("put it back, or restart with another")]
        })?;
        Ok(Current { knowledge, profile })
    }
}

/// Looks whether files have changed. It compares what they hold, so that it works on every file system, and for folders
/// that are swapped as a whole by a link, as Kubernetes does.
struct Watch {
    every: Duration,
    looked: Instant,
    /// What the files held when they were last loaded.
    loaded: String,
    /// What they held at the last look.
    seen: String,
}

impl Watch {
    /// What was loaded has that hash; what has changed since then is noticed, too.
    fn begin(hash: &str, every: Duration) -> Watch {
        Watch { every, looked: Instant::now(), loaded: hash.to_owned(), seen: hash.to_owned() }
    }

    /// Whether they differ from what was loaded last, and have come to rest: two looks in a row found the same.
    fn has_changed(&mut self, folders: &Folders) -> bool {
        if self.looked.elapsed() < self.every {
            return false;
        }
        self.looked = Instant::now();
        let seen = std::mem::replace(&mut self.seen, held(folders));
        if self.seen == self.loaded || self.seen != seen {
            return false;
        }
        self.loaded.clone_from(&self.seen);
        true
    }
}

/// The hash of the files, and what cannot be read of them.
fn held(folders: &Folders) -> String {
    let mut unreadable = Vec::new();
    let files = Files::with_folders(folders, &mut unreadable);
    let unreadable: Vec<String> = unreadable.iter().map(ToString::to_string).collect();
    files.hash() + &unreadable.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_still_being_written_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders { rules: vec![folder.path().to_owned()], ..Folders::default() };
        let mut watch = Watch::begin(&held(&folders), Duration::ZERO);
        let file = folder.path().join("a.toml");
        let mut looks = |text: Option<&str>| {
            text.into_iter().for_each(|text| std::fs::write(&file, text).unwrap());
            watch.has_changed(&folders)
        };
        assert!(!looks(None), "nothing has changed");
        assert!(!looks(Some("id =")), "seen for the first time");
        assert!(!looks(Some("id = 'a'")), "and already another");
        assert!(looks(None), "it has come to rest");
        assert!(!looks(None), "it is loaded");
        assert!(!looks(Some("id =")));
        assert!(!looks(Some("id = 'a'")), "back to what is loaded");
        assert!(!looks(None));
    }
}
