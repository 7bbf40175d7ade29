//! `foreshock settings`.

use serde_json::json;

use super::write_all;
use crate::cli::arguments::{ListSettings, SettingsFormat};
use crate::cli::{Exit, Failure, load};
use crate::settings::{Listed, document};

/// Lists the settings in force.
pub(crate) fn settings(arguments: &ListSettings) -> Result<Exit, Failure> {
    let listed = || load::settings(&arguments.settings, Vec::new()).map(|(_, listed)| listed);
    let text = match arguments.format {
        SettingsFormat::Markdown => document(),
        SettingsFormat::Text => table(&listed()?),
        SettingsFormat::Json => {
            let object = |listed: Listed| json!({"key": listed.key, "value": listed.value, "origin": listed.origin});
            format!("{:#}\n", serde_json::Value::Array(listed()?.into_iter().map(object).collect()))
        }
    };
    write_all(text.as_bytes())
}

fn table(listed: &[Listed]) -> String {
    let width = |column: fn(&Listed) -> &str| listed.iter().map(|row| column(row).chars().count()).max().unwrap_or(0);
    let (keys, values) = (width(|row| &row.key), width(|row| &row.value));
    let row = |Listed { key, value, origin }: &Listed| format!("{key:keys$}  {value:values$}  {origin}\n");
    listed.iter().map(row).collect()
}
