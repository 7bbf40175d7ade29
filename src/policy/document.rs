//! Policy files as one flat table of dotted keys, each with its place: later files override earlier ones by key.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, Location, SourceFile};

/// A value as written.
#[derive(Clone, Debug)]
enum Value {
    Integer(i64),
    /// A number with a fraction, or an integer too large for 64 bits, as written.
    Decimal(String),
    Text(String),
    Date(String),
    Texts(Vec<(String, Location)>),
    Boolean(bool),
    Other(&'static str),
}

impl Value {
    fn type_name(&self) -> &'static str {
        match self {
            Value::Integer(_) => "an integer",
            Value::Decimal(_) => "a decimal number",
            Value::Text(_) => "a string",
            Value::Date(_) => "a date",
            Value::Texts(_) => "a list of strings",
            Value::Boolean(_) => "true or false",
            Value::Other(name) => name,
        }
    }
}

/// A key's value with the places of both.
#[derive(Clone, Debug)]
struct Entry {
    value: Value,
    key_at: Location,
    value_at: Location,
    /// Which file it is from.
    layer: usize,
    /// The integer that an earlier file gives, in case this one is wrong.
    fallback: Option<i64>,
    asked: bool,
}

/// All policy files together. Reading a key marks it as known; what nobody asked for is unknown.
pub(super) struct Document<'d> {
    entries: BTreeMap<String, Entry>,
    known: Vec<String>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'d> Document<'d> {
    /// Reads the files in order.
    pub(super) fn read<'f>(
        files: impl Iterator<Item = &'f SourceFile>,
        diagnostics: &'d mut Vec<Diagnostic>,
    ) -> Document<'d> {
        let mut document = Document { entries: BTreeMap::new(), known: Vec::new(), diagnostics };
        for (layer, file) in files.enumerate() {
            let (table, errors) = DeTable::parse_recoverable(&file.text);
            if errors.is_empty() {
                document.flatten(layer, file, "", table.get_ref());
            }
            for error in errors {
                let span = error.span().unwrap_or(0..0);
                let at = Location::of_bytes(&file.path, &file.text, span.start, span.end);
                document.diagnostics.push(Diagnostic::error(Code::PolicySyntax, at, error.message()));
            }
        }
        document
    }

    fn flatten(&mut self, layer: usize, file: &SourceFile, prefix: &str, table: &DeTable<'_>) {
        let place = |span: Range<usize>| Location::of_bytes(&file.path, &file.text, span.start, span.end);
        for (key, value) in table {
            let name =
                if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
            let read = match value.get_ref() {
                DeValue::Table(inner) => {
                    self.flatten(layer, file, &name, inner);
                    continue;
                }
                DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix())
                    .map_or_else(|_| Value::Decimal(digits.as_str().to_owned()), Value::Integer),
                DeValue::Float(digits) => Value::Decimal(digits.as_str().to_owned()),
                DeValue::String(text) => Value::Text(text.to_string()),
                DeValue::Datetime(date) => Value::Date(date.to_string()),
                DeValue::Array(items) => items
                    .iter()
                    .map(|item| item.get_ref().as_str().map(|text| (text.to_owned(), place(item.span()))))
                    .collect::<Option<Vec<_>>>()
                    .map_or(Value::Other("a list with something else than strings"), Value::Texts),
                DeValue::Boolean(yes) => Value::Boolean(*yes),
            };
            let fallback = self.entries.get(&name).and_then(|before| match before.value {
                Value::Integer(number) => Some(number),
                _ => before.fallback,
            });
            let (key_at, value_at) = (place(key.span()), place(value.span()));
            let entry = Entry { value: read, key_at, value_at, layer, fallback, asked: false };
            self.entries.insert(name, entry);
        }
    }

    /// The value of `key`, which from now on is known. The shipped files set every key that is asked for.
    fn take(&mut self, key: &str) -> Option<(Value, Location)> {
        self.known.push(key.to_owned());
        let entry = self.entries.get_mut(key);
        debug_assert!(entry.is_some() || key.starts_with("calendars."), "the shipped policy sets `{key}`");
        let entry = entry?;
        entry.asked = true;
        Some((entry.value.clone(), entry.value_at.clone()))
    }

    /// Reports a fault.
    pub(super) fn report(&mut self, code: Code, at: Location, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, at, message).help(help));
    }

    /// The keys right below `table`, in the order of their names; all of them are known from now on.
    pub(super) fn keys(&mut self, table: &str) -> Vec<(String, Location)> {
        let prefix = format!("{table}.");
        let below = self.entries.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix));
        below
            .filter(|(name, _)| !name[prefix.len()..].contains('.'))
            .map(|(name, entry)| (name[prefix.len()..].to_owned(), entry.key_at.clone()))
            .collect()
    }

    /// The names of the tables right below `table`, in order.
    pub(super) fn tables(&self, table: &str) -> Vec<String> {
        let prefix = format!("{table}.");
        let below = self.entries.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix));
        let mut names: Vec<String> =
            below.filter_map(|(name, _)| Some(name[prefix.len()..].split_once('.')?.0.to_owned())).collect();
        names.dedup();
        names
    }

    /// Where the first key of a table stands.
    pub(super) fn first_place(&self, table: &str) -> Location {
        let prefix = format!("{table}.");
        let first = self.entries.range(prefix.clone()..).next().filter(|(name, _)| name.starts_with(&prefix));
        first.map(|(_, entry)| entry.key_at.clone()).unwrap_or_default()
    }

    /// Whether a file sets `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Where the value of `key` stands, if a file sets it.
    pub(super) fn place(&self, key: &str) -> Location {
        self.entries.get(key).map(|entry| entry.value_at.clone()).unwrap_or_default()
    }

    fn wrong_type(&mut self, key: &str, value: &Value, at: Location, wanted: &str) {
        let message = format!("`{key}` must be {wanted}, not {}", value.type_name());
        self.report(Code::PolicyWrongType, at, message, "");
    }

    /// Where the value of `key` stands, or that of `other` if a later file sets it.
    pub(super) fn later_place(&self, key: &str, other: &str) -> Location {
        let layer = |key: &str| self.entries.get(key).map(|entry| entry.layer);
        self.place(if layer(other) > layer(key) { other } else { key })
    }

    /// An integer within `range`; an earlier file's or the range's start when it is wrong.
    pub(super) fn integer(&mut self, key: &str, range: std::ops::RangeInclusive<i64>) -> i64 {
        match self.take(key) {
            Some((Value::Integer(number), _)) if range.contains(&number) => return number,
            Some((Value::Integer(number), at)) => {
                let message = format!("`{key}` is {number}");
                let help = format!("it must be from {} to {}", range.start(), range.end());
                self.report(Code::PolicyOutOfRange, at, message, help);
            }
            Some((value, at)) => self.wrong_type(key, &value, at, "an integer"),
            None => {}
        }
        let fallback = self.entries.get(key).and_then(|entry| entry.fallback);
        fallback.filter(|number| range.contains(number)).unwrap_or(*range.start())
    }

    /// A string with its place.
    pub(super) fn text(&mut self, key: &str) -> (String, Location) {
        match self.take(key) {
            Some((Value::Text(text), at)) => return (text, at),
            Some((value, at)) => self.wrong_type(key, &value, at, "a string"),
            None => {}
        }
        (String::new(), Location::default())
    }

    /// True or false; false when it is missing or wrong.
    pub(super) fn boolean(&mut self, key: &str) -> bool {
        match self.take(key) {
            Some((Value::Boolean(yes), _)) => return yes,
            Some((value, at)) => self.wrong_type(key, &value, at, "true or false"),
            None => {}
        }
        false
    }

    /// A date as written.
    pub(super) fn date(&mut self, key: &str) -> String {
        match self.take(key) {
            Some((Value::Date(date), _)) => return date,
            Some((value, at)) => self.wrong_type(key, &value, at, "a date such as 2026-10-01"),
            None => {}
        }
        String::new()
    }

    /// A list of strings with their places.
    pub(super) fn texts(&mut self, key: &str) -> Vec<(String, Location)> {
        match self.take(key) {
            Some((Value::Texts(texts), _)) => return texts,
            Some((value, at)) => self.wrong_type(key, &value, at, "a list of strings"),
            None => {}
        }
        Vec::new()
    }

    /// A positive decimal number in millionths; 0 when it is missing or wrong.
    pub(super) fn millionths(&mut self, key: &str) -> u64 {
        let Some((value, at)) = self.take(key) else { return 0 };
        let written = match &value {
            Value::Integer(number) => number.to_string(),
            Value::Decimal(digits) => digits.clone(),
            _ => {
                self.wrong_type(key, &value, at, "a number");
                return 0;
            }
        };
        millionths(&written).unwrap_or_else(|| {
            let help = "write a positive number with at most nine digits before and six after the point, such as 1.17";
            self.report(Code::PolicyOutOfRange, at, format!("`{key}` is {written}"), help);
            0
        })
    }

    /// One of a closed set of names; `None` when it is missing or none of them.
    pub(super) fn name<T>(&mut self, key: &str, names: &[&str], find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let (text, at) = self.text(key);
        if at == Location::default() {
            return None;
        }
        let found = find(&text);
        if found.is_none() {
            self.unknown_name(key, &text, at, names);
        }
        found
    }

    /// Reports a name that is not one of `names`.
    pub(super) fn unknown_name(&mut self, key: &str, text: &str, at: Location, names: &[&str]) {
        let help = match nearest(text, names.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("one of: {}", names.join(", ")),
        };
        self.report(Code::PolicyUnknownName, at, format!("`{key}` names \"{text}\", which does not exist"), help);
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self) {
        for (name, entry) in &self.entries {
            if entry.asked {
                continue;
            }
            let help = match nearest(name, self.known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the shipped files in policy/ have every key there is".to_owned(),
            };
            let message = format!("unknown key `{name}`");
            self.diagnostics.push(Diagnostic::error(Code::PolicyUnknownKey, entry.key_at.clone(), message).help(help));
        }
    }
}

/// The name most like `text` (Jaro-Winkler), if any is like it at all.
fn nearest<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let thousandths = |name: &str| (strsim::jaro_winkler(text, name) * 1_000.0) as u32;
    names.map(|name| (thousandths(name), name)).filter(|(like, _)| *like >= 800).max().map(|(_, name)| name)
}

/// A positive decimal number as written, in millionths.
fn millionths(written: &str) -> Option<u64> {
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || fraction.len() > 6 || !digits(whole) || !digits(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<6}").parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::millionths;

    #[test]
    fn decimals_become_millionths_exactly() {
        let rows = [("1", Some(1_000_000)), ("0.0066", Some(6_600)), ("1.234567", Some(1_234_567)), ("0.0", None)];
        for (written, expected) in rows {
            assert_eq!(millionths(written), expected, "{written}");
        }
        for wrong in ["-1", "1.2345678", "inf", "1e3", "", ".5", "12345678901"] {
            assert_eq!(millionths(wrong), None, "{wrong}");
        }
    }
}
