//! A profile's file as typed TOML: every value is asked for by type, and every fault is told at its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, Location, Severity, SourceFile};

/// The file that is read and the faults found in it.
pub(super) struct TomlFile<'f> {
    file: &'f SourceFile,
    diagnostics: &'f mut Vec<Diagnostic>,
    errors: usize,
}

/// A value with its place in the file.
pub(super) type Value<'f> = Spanned<DeValue<'f>>;

impl<'f> TomlFile<'f> {
    pub(super) fn new(file: &'f SourceFile, diagnostics: &'f mut Vec<Diagnostic>) -> TomlFile<'f> {
        TomlFile { file, diagnostics, errors: 0 }
    }

    /// The file's content; `None` if it is not TOML.
    pub(super) fn parse(&mut self) -> Option<DeTable<'f>> {
        let (table, errors) = DeTable::parse_recoverable(&self.file.text);
        for error in &errors {
            self.error(Code::SourceSyntax, error.span().unwrap_or(0..0), error.message(), "");
        }
        errors.is_empty().then(|| table.into_inner())
    }

    /// The file's name without folder and ending.
    pub(super) fn stem(&self) -> &'f str {
        let name = self.file.path.rsplit(['/', '\\']).next().unwrap_or_default();
        name.strip_suffix(".toml").unwrap_or(name)
    }

    /// Whether an error was told.
    pub(super) fn is_broken(&self) -> bool {
        self.errors > 0
    }

    /// The place of a span.
    pub(super) fn place(&self, span: Range<usize>) -> Location {
        Location::of_bytes(&self.file.path, &self.file.text, span.start, span.end)
    }

    pub(super) fn error(
        &mut self,
        code: Code,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let at = self.place(span);
        self.tell(Diagnostic::error(code, at, message).help(help));
    }

    /// A fault of the file as a whole.
    pub(super) fn whole(
        &mut self,
        severity: Severity,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let at = Location::file(&self.file.path);
        self.tell(Diagnostic { severity, ..Diagnostic::error(code, at, message).help(help) });
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.diagnostics.push(diagnostic);
    }

    /// A key that nothing reads.
    pub(super) fn unknown_key(&mut self, key: &str, span: Range<usize>, known: &[&str]) {
        let help = match nearest(key, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of: {}", known.join(", ")),
        };
        self.error(Code::SourceUnknownKey, span, format!("unknown key `{key}`"), help);
    }

    /// A string.
    pub(super) fn text(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => self.wrong_type(key, value, other, "a string"),
        }
    }

    /// A string, number or boolean as text, to be compared with what a record holds.
    pub(super) fn scalar(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            DeValue::Boolean(yes) => Some(yes.to_string()),
            other => self.wrong_type(key, value, other, "a string, a number or a boolean"),
        }
    }

    /// A table.
    pub(super) fn table<'v, 't>(&mut self, key: &str, value: &'v Value<'t>) -> Option<&'v DeTable<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            other => self.wrong_type(key, value, other, "a table"),
        }
    }

    /// An array of tables, each with its place.
    pub(super) fn tables<'v, 't>(&mut self, key: &str, value: &'v Value<'t>) -> Vec<(&'v DeTable<'t>, Range<usize>)> {
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().filter_map(|item| Some((self.table(key, item)?, item.span()))).collect()
            }
            other => {
                let _: Option<()> = self.wrong_type(key, value, other, "an array of tables");
                Vec::new()
            }
        }
    }

    fn wrong_type<T>(&mut self, key: &str, value: &Value<'_>, found: &DeValue<'_>, wanted: &str) -> Option<T> {
        let found = match found {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        self.error(Code::SourceWrongType, value.span(), format!("`{key}` must be {wanted}, not {found}"), "");
        None
    }
}

/// The name most like `text` (Jaro-Winkler), if any is like it at all.
pub(super) fn nearest<'n>(text: &str, names: &[&'n str]) -> Option<&'n str> {
    let thousandths = |name: &str| (strsim::jaro_winkler(text, name) * 1_000.0) as u32;
    names.iter().map(|name| (thousandths(name), *name)).filter(|(like, _)| *like >= 800).max().map(|(_, name)| name)
}
