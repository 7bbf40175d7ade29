//! What verbs load before they run, with every fault told.

use std::path::Path;

use super::arguments::SettingsArguments;
use super::report::{self, count};
use super::{Exit, Failure};
use crate::account_file;
use crate::accounts::AccountTable;
use crate::diagnostic::{Diagnostic, Severity};
use crate::knowledge::{Folders, Knowledge};
use crate::settings::{self, Flag, Listed, Origins, Settings};
use crate::wire::{Profile, Profiles};

/// The settings in force, with where they come from; `more` are flags of the verb's own.
pub(crate) fn settings(arguments: &SettingsArguments, more: Vec<Flag>) -> Result<(Settings, Vec<Listed>), Failure> {
    let flags = arguments.flags().into_iter().chain(more).collect();
    let origins =
        Origins::gather(arguments.config.as_deref(), flags).map_err(|fault| told(Exit::Settings, &[fault]))?;
    settings::load(&origins).map_err(|faults| told(Exit::Settings, &faults))
}

/// Rules, lexicons, policies and source profiles: what ships, with the folders of the settings over it.
pub(crate) fn knowledge(settings: &Settings) -> Result<Knowledge, Failure> {
    Knowledge::load(&Folders::from(&settings.knowledge)).map_err(|faults| told(Exit::Knowledge, &faults))
}

/// The source profile that the settings name.
pub(crate) fn profile(settings: &Settings, profiles: &Profiles) -> Result<Profile, Failure> {
    profiles.get(&settings.input.profile).ok_or_else(|| {
        let known: Vec<_> = profiles.names().collect();
        let name = &settings.input.profile;
        let message = format!(
            "`input.profile` is `{name}`, and there is no such source profile; there are: {}",
            known.join(", ")
        );
        Failure::new(Exit::Settings, anyhow::anyhow!(message))
    })
}

/// The account table of the settings' file. Records that cannot be used are told and left out, as on a topic.
pub(crate) fn accounts(settings: &Settings) -> Result<AccountTable, Failure> {
    let Some(path) = &settings.accounts_file else { return Ok(AccountTable::default()) };
    let mut diagnostics = Vec::new();
    let table = account_file::read(path, &mut diagnostics);
    if table.is_empty() && diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(told(Exit::Input, &diagnostics));
    }
    // With stderr gone there is nobody to tell, and the run goes on all the same.
    let _ = report::write_diagnostics(&mut anstream::stderr().lock(), &diagnostics);
    Ok(table)
}

/// Tells the faults on stderr; what is left to say is how many there are.
pub(crate) fn told(exit: Exit, faults: &[Diagnostic]) -> Failure {
    // With stderr gone there is nobody to tell; the exit code still says it.
    let _ = report::write_diagnostics(&mut anstream::stderr().lock(), faults);
    Failure::new(exit, anyhow::anyhow!("{}", count(faults.len() as u64, "fault")))
}

/// A flag of a verb's own that is a setting.
pub(crate) fn path_flag(flag: &str, key: &str, path: Option<&Path>) -> Vec<Flag> {
    let value = path.map(|path| path.display().to_string());
    value.map(|value| Flag { flag: flag.to_owned(), key: key.to_owned(), value }).into_iter().collect()
}
