//! What the program knows: rules, lexicons, policies and source profiles. All ships inside the program; folders of the
//! user override a shipped file of the same name, or add to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use sha2::{Digest, Sha256};

use crate::detect::Detector;
use crate::diagnostic::{Code, Diagnostic, Location, Severity, SourceFile};
use crate::lexicon::Lexicons;
use crate::model::Models;
use crate::policy::Policy;
use crate::rules::RuleSet;
use crate::settings::KnowledgeFolders;
use crate::wire::Profiles;

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The user's folders, in the order in which they override.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// Folders of lexicons: `<lang>/<name>.tsv`.
    pub lexicons: Vec<PathBuf>,
    /// Folders of rules: `<rule id>.toml`.
    pub rules: Vec<PathBuf>,
    /// Folders of policies: `<name>.toml`.
    pub policies: Vec<PathBuf>,
    /// Folders of source profiles: `<name>.toml`.
    pub sources: Vec<PathBuf>,
}

impl From<&KnowledgeFolders> for Folders {
    /// Those of the settings: one of a kind at most.
    fn from(folders: &KnowledgeFolders) -> Folders {
        Folders {
            rules: folders.rules.clone().into_iter().collect(),
            lexicons: folders.lexicons.clone().into_iter().collect(),
            policies: folders.policies.clone().into_iter().collect(),
            sources: folders.sources.clone().into_iter().collect(),
        }
    }
}

/// The files that make up what the program knows, each kind in order of name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Lexicons.
    pub lexicons: Vec<SourceFile>,
    /// Rules.
    pub rules: Vec<SourceFile>,
    /// Policies: the shipped ones first, then the user's, which override them key by key.
    pub policies: Vec<SourceFile>,
    /// Source profiles.
    pub sources: Vec<SourceFile>,
}

impl Files {
    /// What ships inside the program.
    #[must_use]
    pub fn shipped() -> Files {
        Files { lexicons: owned(LEXICONS), rules: owned(RULES), policies: owned(POLICIES), sources: owned(SOURCES) }
    }

    /// What ships inside the program, overridden and extended by the user's folders. A file that cannot be read is
    /// added to `diagnostics` and left out.
    pub fn with_folders(folders: &Folders, diagnostics: &mut Vec<Diagnostic>) -> Files {
        let mut files = Files::shipped();
        files.lexicons = overridden("lexicons", files.lexicons, &folders.lexicons, "tsv", diagnostics);
        files.rules = overridden("rules", files.rules, &folders.rules, "toml", diagnostics);
        files.sources = overridden("sources", files.sources, &folders.sources, "toml", diagnostics);
        for folder in &folders.policies {
            files.policies.extend(read_folder(folder, "toml", diagnostics).into_values());
        }
        files
    }

    /// A hash over all names and texts: what a trigger names as the knowledge it rests on. 16 hex digits.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for file in [&self.lexicons, &self.rules, &self.policies, &self.sources].into_iter().flatten() {
            // The name without its folder: the same knowledge has the same hash wherever it lies.
            let name = file.path.rsplit('/').next().unwrap_or_default();
            for part in [name.as_bytes(), file.text.as_bytes()] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Checked, compiled, immutable; shared by all threads.
#[derive(Clone)]
pub struct Knowledge {
    /// Finds signals in texts.
    pub detector: Arc<Detector>,
    /// Weighs them.
    pub policy: Arc<Policy>,
    /// Read helpdesks' own payloads.
    pub profiles: Arc<Profiles>,
    /// See [`Files::hash`].
    pub hash: Arc<str>,
}

impl Knowledge {
    /// Compiles the files. Loading is linting: `diagnostics` receives every fault; with an error among them there is
    /// nothing to run with.
    pub fn compile(files: &Files, diagnostics: &mut Vec<Diagnostic>) -> Option<Knowledge> {
        let (lexicons, rules, models, policy, profiles, hash) = thread::scope(|scope| {
            // Each in a thread of its own; what they say is put in order behind.
            let models = scope.spawn(|| gathered(|faults| Models::load(&files.lexicons, faults)));
            let policy = scope.spawn(|| gathered(|faults| Policy::load(&files.policies, faults)));
            let hash = scope.spawn(|| files.hash());
            let profiles = scope.spawn(|| gathered(|faults| Profiles::load(&files.sources, faults)));
            let (lexicons, of_lexicons) = gathered(|faults| Lexicons::load(&files.lexicons, faults));
            let (rules, of_rules) = gathered(|faults| RuleSet::load(&files.rules, &lexicons, faults));
            let (models, of_models) = joined(models);
            let (policy, of_policies) = joined(policy);
            let (profiles, of_profiles) = joined(profiles);
            for faults in [of_lexicons, of_models, of_rules, of_policies, of_profiles] {
                diagnostics.extend(faults);
            }
            (lexicons, rules, models, policy, profiles, joined(hash))
        });
        policy.check_rules(&files.rules, &rules, diagnostics);
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            return None;
        }
        Some(Knowledge {
            detector: Arc::new(Detector::new(&lexicons, &rules).with_models(models)),
            policy: Arc::new(policy),
            profiles: Arc::new(profiles),
            hash: hash.into(),
        })
    }

    /// What ships inside the program with the folders over it.
    ///
    /// # Errors
    /// Every fault that keeps it from being used: errors alone, no warnings.
    pub fn load(folders: &Folders) -> Result<Knowledge, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let files = Files::with_folders(folders, &mut diagnostics);
        let knowledge = Knowledge::compile(&files, &mut diagnostics);
        diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
        match knowledge {
            Some(knowledge) if diagnostics.is_empty() => Ok(knowledge),
            _ => Err(diagnostics),
        }
    }

    /// What ships inside the program.
    ///
    /// # Panics
    /// Never in a released program: a test loads everything that ships.
    #[must_use]
    pub fn shipped() -> Knowledge {
        let mut diagnostics = Vec::new();
        Knowledge::compile(&Files::shipped(), &mut diagnostics).expect("what ships is tested to load without a fault")
    }
}

/// What `load` makes, with the faults that it finds.
fn gathered<T>(load: impl FnOnce(&mut Vec<Diagnostic>) -> T) -> (T, Vec<Diagnostic>) {
    let mut faults = Vec::new();
    (load(&mut faults), faults)
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().expect("loading panics at no file")
}

fn owned(files: &[(&str, &str)]) -> Vec<SourceFile> {
    files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

/// The shipped files below `base`, each replaced by the user's file of the same relative name, and the user's others.
fn overridden(
    base: &str,
    shipped: Vec<SourceFile>,
    folders: &[PathBuf],
    ending: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<SourceFile> {
    let relative = |path: &str| path.strip_prefix(base).unwrap_or(path).trim_start_matches('/').to_owned();
    let mut files: BTreeMap<String, SourceFile> =
        shipped.into_iter().map(|file| (relative(&file.path), file)).collect();
    for folder in folders {
        files.extend(read_folder(folder, ending, diagnostics));
    }
    files.into_values().collect()
}

/// The files below `folder` by their path relative to it.
fn read_folder(folder: &Path, ending: &str, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<String, SourceFile> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            match fs::read_dir(&path) {
                Ok(entries) => waiting.extend(entries.flatten().map(|entry| entry.path())),
                Err(error) => diagnostics.push(unreadable(&path, &error)),
            }
        } else if path == folder || path.extension().is_some_and(|found| found == ending) {
            let relative = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            match read_file(&path) {
                Ok(file) => drop(files.insert(relative, file)),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
    }
    files
}

/// Reads one file for a loader.
///
/// # Errors
/// A diagnostic when the file cannot be read or is not UTF-8.
pub fn read_file(path: &Path) -> Result<SourceFile, Diagnostic> {
    let shown = path.display().to_string();
    #[allow(clippy::disallowed_methods, reason = "this floor reads the files that the loaders below are handed")]
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile { path: shown, text }),
        Err(error) => Err(Diagnostic::error(
            Code::NotUtf8,
            Location::file(&shown),
            format!("the file is not UTF-8: byte {} is not part of a character", error.utf8_error().valid_up_to()),
        )
        .help("save the file as UTF-8")),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let shown = path.display().to_string();
    Diagnostic::error(Code::Unreadable, Location::file(&shown), format!("cannot read `{shown}`: {error}"))
        .help("check that it exists and that this user may read it")
}
