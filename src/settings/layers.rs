//! The layers that settings come from, file < environment < flags, each value with its place for diagnostics.

use std::collections::BTreeMap;

use config::{Config, ConfigError, Source, Value, ValueKind};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, Location, SourceFile};

/// What every variable that is a setting begins with; the dots of its key are double underscores too.
pub const ENVIRONMENT_PREFIX: &str = "FORESHOCK__";

/// The name that all layers keep their values under.
const ROOT: &str = "settings";

/// A setting given on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The flag as the user typed it, e.g. `--brokers`.
    pub flag: String,
    /// The setting's key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// A value as written, and where.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) location: Location,
}

/// All values from one place, by dotted key.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub(super) entries: BTreeMap<String, Entry>,
}

impl Layer {
    /// The values in a settings file. What is not TOML is a diagnostic, and what can be read all the same is used.
    pub(super) fn of_file(file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Layer {
        let mut layer = Layer::default();
        let (table, errors) = DeTable::parse_recoverable(&file.text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let location = Location::of_bytes(&file.path, &file.text, span.start, span.end);
            let message = format!("the settings file is not valid TOML: {}", error.message());
            diagnostics.push(Diagnostic::error(Code::SettingsSyntax, location, message));
        }
        layer.add_table("", table.get_ref(), file);
        layer
    }

    fn add_table(&mut self, prefix: &str, table: &DeTable<'_>, file: &SourceFile) {
        for (name, value) in table {
            let key =
                if prefix.is_empty() { name.get_ref().to_string() } else { format!("{prefix}.{}", name.get_ref()) };
            match value.get_ref() {
                DeValue::Table(inner) => self.add_table(&key, inner, file),
                written => {
                    let (start, end) = (name.span().start, value.span().end);
                    let location = Location::of_bytes(&file.path, &file.text, start, end);
                    self.entries.insert(key, Entry { text: as_text(written), location });
                }
            }
        }
    }

    /// The settings among the environment's variables.
    pub(super) fn of_environment(variables: &[(String, String)]) -> Layer {
        let entries = variables.iter().filter_map(|(name, value)| {
            let key = name.strip_prefix(ENVIRONMENT_PREFIX)?.to_ascii_lowercase().replace("__", ".");
            let location = Location::file(&format!("environment variable {name}"));
            Some((key, Entry { text: value.clone(), location }))
        });
        Layer { entries: entries.collect() }
    }

    /// The settings among the flags.
    pub(super) fn of_flags(flags: &[Flag]) -> Layer {
        let entries = flags.iter().map(|Flag { flag, key, value }| {
            (key.clone(), Entry { text: value.clone(), location: Location::file(&format!("flag {flag}")) })
        });
        Layer { entries: entries.collect() }
    }
}

/// A TOML value as the environment would write it.
fn as_text(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(items) => {
            items.iter().map(|item: &Spanned<DeValue<'_>>| as_text(item.get_ref())).collect::<Vec<_>>().join(",")
        }
        DeValue::Table(_) => "{ … }".to_owned(),
    }
}

/// Where a value came from, in a word or two: `foreshock.toml:3:1`, `environment variable FORESHOCK__INPUT__START`.
pub(super) fn origin(location: &Location) -> String {
    if location.line == 0 {
        location.path.clone()
    } else {
        format!("{}:{}:{}", location.path, location.line, location.column)
    }
}

#[allow(
    clippy::disallowed_types,
    reason = "the interface of `config` is made of its own map type; order is lost and remade"
)]
impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    /// All values under one name: `config` would take a key apart at its dots, but a librdkafka property may be the
    /// beginning of another one (`max.in.flight`).
    fn collect(&self) -> Result<config::Map<String, Value>, ConfigError> {
        let values = self.entries.iter().map(|(key, entry)| {
            (key.clone(), Value::new(Some(&origin(&entry.location)), ValueKind::String(entry.text.clone())))
        });
        let table = ValueKind::Table(values.collect());
        Ok(config::Map::from_iter([(ROOT.to_owned(), Value::new(None, table))]))
    }
}

/// The layers one over the other: for each key the value of the last layer that has it.
pub(super) fn merge(layers: &[Layer]) -> BTreeMap<String, Entry> {
    let mut builder = Config::builder();
    for layer in layers {
        builder = builder.add_source(layer.clone());
    }
    let merged = builder.build().expect("the layers are in memory and hold only strings");
    let table = merged.get_table(ROOT).unwrap_or_default();
    let entry = |key: String, value: Value| {
        let location =
            layers.iter().rev().find_map(|layer| layer.entries.get(&key)).map(|entry| entry.location.clone());
        let text = value.into_string().unwrap_or_default();
        (key, Entry { text, location: location.unwrap_or_default() })
    };
    table.into_iter().map(|(key, value)| entry(key, value)).collect()
}
