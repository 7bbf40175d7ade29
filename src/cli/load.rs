//! What verbs load before they run, with every fault told.

use super::arguments::SettingsArguments;
use super::report;
use super::{Exit, Failure};
use crate::diagnostic::Diagnostic;
use crate::settings::{self, Flag, Listed, Origins, Settings};

/// The settings in force, with where they come from; `more` are flags of the verb's own.
pub(crate) fn settings(arguments: &SettingsArguments, more: Vec<Flag>) -> Result<(Settings, Vec<Listed>), Failure> {
    let flags = arguments.flags().into_iter().chain(more).collect();
    let origins =
        Origins::gather(arguments.config.as_deref(), flags).map_err(|fault| told(Exit::Settings, &[fault]))?;
    settings::load(&origins).map_err(|faults| told(Exit::Settings, &faults))
}

/// Tells the faults on stderr; what is left to say is how many there are.
pub(crate) fn told(exit: Exit, faults: &[Diagnostic]) -> Failure {
    // With stderr gone there is nobody to tell; the exit code still says it.
    let _ = report::write_diagnostics(&mut anstream::stderr().lock(), faults);
    Failure::new(exit, anyhow::anyhow!("{}", report::count(faults.len() as u64, "fault")))
}
