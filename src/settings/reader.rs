//! From what was written to what is meant: each value is read as its row in the table says, every fault collected.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::layers::{Entry, origin};
use super::table::{Kind, PROPERTIES, SETTINGS, Setting};
use super::{Start, duration, properties, table};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::time::{Span, Timestamp};

/// A fault of one value: its number, what is wrong, and how to mend it.
type Fault = (Code, String, String);

/// Reads merged values by key. A value at fault is reported once and read as its default.
pub(super) struct Reader<'a> {
    values: &'a BTreeMap<String, Entry>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(values: &'a BTreeMap<String, Entry>, diagnostics: &'a mut Vec<Diagnostic>) -> Reader<'a> {
        Reader { values, diagnostics }
    }

    /// Reports every key that is no setting, and every librdkafka property that may not be set.
    pub(super) fn refuse_unknown(&mut self) {
        for (key, entry) in self.values {
            let property = key.strip_prefix(PROPERTIES).and_then(|rest| rest.strip_prefix('.'));
            if let Some(property) = property {
                if let Some(reason) = properties::reserved(property) {
                    let message = format!("the Kafka property `{property}` cannot be set: {reason}");
                    let help = "take it out; exactly-once rests on it".to_owned();
                    self.report(&entry.location, (Code::PropertyReserved, message, help));
                }
            } else if table::find(key).is_none() {
                let message = format!("there is no setting `{key}`");
                let help = match table::nearest(key) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => "`foreshock settings` lists all of them".to_owned(),
                };
                self.report(&entry.location, (Code::SettingUnknown, message, help));
            }
        }
    }

    fn report(&mut self, location: &Location, (code, message, help): Fault) {
        self.diagnostics.push(Diagnostic::error(code, location.clone(), message).help(help));
    }

    /// Reports that two settings, each good on its own, do not go together; the place is that of `key`.
    pub(super) fn conflict(&mut self, key: &str, message: String, help: &str) {
        let default = || Location::file(&format!("default of `{key}`"));
        let location = self.values.get(key).map_or_else(default, |entry| entry.location.clone());
        self.report(&location, (Code::SettingsConflict, message, help.to_owned()));
    }

    fn read<T>(&mut self, key: &str, parse: impl Fn(&Setting, &str) -> Result<T, Fault>) -> T {
        let setting = table::find(key).expect("settings are read by keys of the table");
        if let Some(entry) = self.values.get(key) {
            match parse(setting, entry.text.trim()) {
                Ok(value) => return value,
                Err(fault) => self.report(&entry.location, fault),
            }
        }
        parse(setting, setting.default)
            .unwrap_or_else(|(_, message, _)| unreachable!("default of the table: {message}"))
    }

    /// A text, a choice or a topic.
    pub(super) fn text(&mut self, key: &str) -> String {
        self.read(key, |setting, text| check_text(setting, text).map(|()| text.to_owned()))
    }

    /// The same, where an empty one means "none".
    pub(super) fn optional(&mut self, key: &str) -> Option<String> {
        Some(self.text(key)).filter(|text| !text.is_empty())
    }

    /// A path, where an empty one means "none".
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.optional(key).map(PathBuf::from)
    }

    /// One of a choice's words, as what it stands for; `names` pairs each word with it.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, names: &[(&str, T)]) -> T {
        let word = self.text(key);
        let found = names.iter().find(|(name, _)| *name == word);
        found.expect("every word of the choice has its meaning").1
    }

    pub(super) fn switch(&mut self, key: &str) -> bool {
        self.read(key, |setting, text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(invalid(setting, text, "write `true` or `false`")),
        })
    }

    pub(super) fn count(&mut self, key: &str) -> usize {
        self.read(key, |setting, text| {
            let Kind::Count { min, max } = setting.kind else { unreachable!("{key} is a count") };
            let number: u64 = text.parse().map_err(|_| invalid(setting, text, "write a whole number"))?;
            if (min..=max).contains(&number) {
                return Ok(usize::try_from(number).expect("bounds of the table fit in memory"));
            }
            Err(out_of_range(setting, text, &min.to_string(), &max.to_string()))
        })
    }

    pub(super) fn duration(&mut self, key: &str) -> Span {
        self.read(key, |setting, text| {
            let Kind::Duration { min, max } = setting.kind else { unreachable!("{key} is a duration") };
            let help = "write whole numbers with their units: `50ms`, `10s`, `1h30m`, `7d`";
            let span = duration::parse(text).ok_or_else(|| invalid(setting, text, help))?;
            if (min..=max).contains(&span.0) {
                return Ok(span);
            }
            Err(out_of_range(setting, text, &duration::format(Span(min)), &duration::format(Span(max))))
        })
    }

    pub(super) fn brokers(&mut self, key: &str) -> Vec<String> {
        self.read(key, |setting, text| {
            let brokers: Vec<String> = text.split(',').map(|broker| broker.trim().to_owned()).collect();
            let good = |broker: &String| {
                broker.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
            };
            if brokers.iter().all(good) {
                Ok(brokers)
            } else {
                Err(invalid(setting, text, "write `host:port`, several separated by commas"))
            }
        })
    }

    pub(super) fn listen(&mut self, key: &str) -> Option<SocketAddr> {
        self.read(key, |setting, text| {
            if text.is_empty() {
                return Ok(None);
            }
            let help = "write an address and a port: `127.0.0.1:9464`, `0.0.0.0:9464`, `[::]:9464`";
            text.parse().map(Some).map_err(|_| invalid(setting, text, help))
        })
    }

    pub(super) fn start(&mut self, key: &str) -> Start {
        self.read(key, |setting, text| match text {
            "earliest" => Ok(Start::Earliest),
            "latest" => Ok(Start::Latest),
            _ => {
                let help = "write `earliest`, `latest` or a time like `2026-01-31T09:00:00Z`";
                let time: jiff::Timestamp = text.parse().map_err(|_| invalid(setting, text, help))?;
                Ok(Start::At(Timestamp(time.as_millisecond())))
            }
        })
    }

    /// The librdkafka properties, reserved ones left out.
    pub(super) fn properties(&self) -> BTreeMap<String, String> {
        let property = |key: &String| Some(key.strip_prefix(PROPERTIES)?.strip_prefix('.')?.to_owned());
        let given = self.values.iter().filter_map(|(key, entry)| Some((property(key)?, entry.text.clone())));
        given.filter(|(name, _)| properties::reserved(name).is_none()).collect()
    }

    /// Every setting with the value in force, as written, and where it came from.
    pub(super) fn listing(&self) -> Vec<super::Listed> {
        let of_table = SETTINGS.iter().map(|setting| setting.key.to_owned());
        let given = self.values.keys().filter(|key| key.starts_with(PROPERTIES)).cloned();
        let listed = |key: String| {
            let default = table::find(&key).map_or("", |setting| setting.default);
            let entry = self.values.get(&key);
            let value = entry.map_or(default, |entry| &entry.text);
            let value = if properties::secret(&key) { "(hidden)" } else { value }.to_owned();
            let origin = entry.map_or("default".to_owned(), |entry| origin(&entry.location));
            super::Listed { key, value, origin }
        };
        of_table.chain(given).map(listed).collect()
    }
}

fn invalid(setting: &Setting, text: &str, help: &str) -> Fault {
    (Code::SettingInvalid, format!("`{}` cannot be `{text}`", setting.key), help.to_owned())
}

fn out_of_range(setting: &Setting, text: &str, min: &str, max: &str) -> Fault {
    (Code::SettingOutOfRange, format!("`{}` is `{text}`, outside {min} to {max}", setting.key), setting.doc.to_owned())
}

fn check_text(setting: &Setting, text: &str) -> Result<(), Fault> {
    match setting.kind {
        Kind::Text if text.is_empty() => Err(invalid(setting, text, "it may not be empty")),
        Kind::Choice(words) if !words.contains(&text) => {
            let near = words.iter().max_by(|a, b| strsim::jaro(a, text).total_cmp(&strsim::jaro(b, text)));
            let near = near
                .filter(|word| strsim::jaro(word, text) > 0.7)
                .map_or(String::new(), |word| format!("; did you mean `{word}`?"));
            Err((
                Code::SettingChoice,
                format!("`{}` cannot be `{text}`", setting.key),
                format!("it is one of: {}{near}", words.join(", ")),
            ))
        }
        Kind::OptionalTopic if text.is_empty() => Ok(()),
        Kind::Topic | Kind::OptionalTopic if !is_topic(text) => {
            Err(invalid(setting, text, "a topic has 1 to 249 letters (a-z, A-Z), digits, `.`, `_` or `-`"))
        }
        _ => Ok(()),
    }
}

/// Whether Kafka takes it as a topic's name.
fn is_topic(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=249).contains(&name.len()) && name.chars().all(legal) && name != "." && name != ".."
}
