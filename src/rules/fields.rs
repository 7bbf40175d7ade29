//! Reads fields of a TOML table, noting each that is missing, unknown or of the wrong type with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, Location, SourceFile};

/// A value with its place in the file.
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// Where faults of one file go.
pub(super) struct Faults<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) found: Vec<Diagnostic>,
}

impl Faults<'_> {
    pub(super) fn location(&self, span: &Range<usize>) -> Location {
        Location::of_bytes(&self.file.path, &self.file.text, span.start, span.end)
    }

    pub(super) fn error(
        &mut self,
        code: Code,
        span: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let location = self.location(span);
        self.found.push(Diagnostic::error(code, location, message).help(help));
    }

    pub(super) fn warning(
        &mut self,
        code: Code,
        span: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let location = self.location(span);
        self.found.push(Diagnostic::warning(code, location, message).help(help));
    }

    /// The place of `part`, a span within the string `value` that stands at `span` of the file. Strings with escapes are
    /// not copied from the file; for them it is the whole string.
    pub(super) fn within(&self, value: &str, span: &Range<usize>, part: &Range<usize>) -> Range<usize> {
        let written = self.file.text.get(span.clone()).unwrap_or_default();
        match written.find(value) {
            Some(offset) if !value.is_empty() => span.start + offset + part.start..span.start + offset + part.end,
            _ => span.clone(),
        }
    }
}

/// A table whose fields are taken out one by one; what is left at the end is unknown.
pub(super) struct Fields<'a, 'i> {
    table: &'a DeTable<'i>,
    /// The whole table's place, for fields that are missing.
    span: Range<usize>,
    known: &'static [&'static str],
}

impl<'a, 'i> Fields<'a, 'i> {
    /// Reads `table`, in which only `known` fields may stand.
    pub(super) fn new(
        table: &'a DeTable<'i>,
        span: Range<usize>,
        known: &'static [&'static str],
        faults: &mut Faults<'_>,
    ) -> Fields<'a, 'i> {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let nearest = known.iter().copied().find(|field| strsim::damerau_levenshtein(field, name) <= 2);
                let help = nearest.map_or_else(
                    || format!("there are: {}", known.join(", ")),
                    |nearest| format!("did you mean `{nearest}`?"),
                );
                faults.error(Code::RuleField, &key.span(), format!("there is no field `{name}`"), help);
            }
        }
        Fields { table, span, known }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Spanned<DeValue<'i>>> {
        debug_assert!(self.known.contains(&name), "a field that is read is known");
        self.table.get(name)
    }

    /// The value of a field that must be there.
    fn required(&self, name: &str, faults: &mut Faults<'_>) -> Option<&'a Spanned<DeValue<'i>>> {
        let value = self.get(name);
        if value.is_none() {
            let help = format!("add `{name} = …`; docs/RULES.md says what it means");
            faults.error(Code::RuleFieldMissing, &self.span, format!("the field `{name}` is missing"), help);
        }
        value
    }

    /// A string that must be there and not be empty.
    pub(super) fn string(&self, name: &str, faults: &mut Faults<'_>) -> Option<Placed<&'a str>> {
        let value = string_of(name, self.required(name, faults)?, faults)?;
        if value.value.trim().is_empty() {
            faults.error(
                Code::RuleFieldMissing,
                &value.span,
                format!("`{name}` is empty"),
                "write it out, for those who read it later",
            );
            return None;
        }
        Some(value)
    }

    /// A string that may be left out.
    pub(super) fn optional_string(&self, name: &str, faults: &mut Faults<'_>) -> Option<Placed<&'a str>> {
        string_of(name, self.get(name)?, faults)
    }

    /// A whole number that must be there.
    pub(super) fn integer(&self, name: &str, faults: &mut Faults<'_>) -> Option<Placed<i64>> {
        let value = self.required(name, faults)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            faults.error(Code::RuleType, &value.span(), format!("`{name}` is a whole number"), "write e.g. `320`");
        }
        Some(Placed { value: number?, span: value.span() })
    }

    /// A list of strings that may be left out.
    pub(super) fn strings(&self, name: &str, faults: &mut Faults<'_>) -> Option<Vec<Placed<&'a str>>> {
        strings_of(name, self.get(name)?, faults)
    }

    /// A list of strings that must be there; it may be empty.
    pub(super) fn required_strings(&self, name: &str, faults: &mut Faults<'_>) -> Option<Vec<Placed<&'a str>>> {
        strings_of(name, self.required(name, faults)?, faults)
    }

    /// A table that must be there.
    pub(super) fn table(&self, name: &str, faults: &mut Faults<'_>) -> Option<Placed<&'a DeTable<'i>>> {
        let value = self.required(name, faults)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Placed { value: table, span: value.span() }),
            _ => {
                faults.error(
                    Code::RuleType,
                    &value.span(),
                    format!("`{name}` is a table"),
                    format!("write `[{name}]`"),
                );
                None
            }
        }
    }

    /// A list of tables; empty when left out.
    pub(super) fn tables(&self, name: &str, faults: &mut Faults<'_>) -> Vec<Placed<&'a DeTable<'i>>> {
        let Some(value) = self.get(name) else { return Vec::new() };
        let mut tables = Vec::new();
        if let DeValue::Array(array) = value.get_ref() {
            for element in array.iter() {
                if let DeValue::Table(table) = element.get_ref() {
                    tables.push(Placed { value: table, span: element.span() });
                } else {
                    faults.error(
                        Code::RuleType,
                        &element.span(),
                        format!("`{name}` holds tables"),
                        format!("write `[[{name}]]`"),
                    );
                }
            }
        } else {
            faults.error(
                Code::RuleType,
                &value.span(),
                format!("`{name}` is a list of tables"),
                format!("write `[[{name}]]`"),
            );
        }
        tables
    }
}

/// The string that `value` is.
pub(super) fn string_of<'a>(
    name: &str,
    value: &'a Spanned<DeValue<'_>>,
    faults: &mut Faults<'_>,
) -> Option<Placed<&'a str>> {
    match value.get_ref() {
        DeValue::String(string) => Some(Placed { value: string.as_ref(), span: value.span() }),
        _ => {
            faults.error(Code::RuleType, &value.span(), format!("`{name}` is a string"), "put it in quotation marks");
            None
        }
    }
}

/// The strings that `value` lists.
pub(super) fn strings_of<'a>(
    name: &str,
    value: &'a Spanned<DeValue<'_>>,
    faults: &mut Faults<'_>,
) -> Option<Vec<Placed<&'a str>>> {
    match value.get_ref() {
        DeValue::Array(array) => {
            let strings: Vec<_> = array.iter().map(|element| string_of(name, element, faults)).collect();
            strings.into_iter().collect()
        }
        _ => {
            let help = format!("write `{name} = [\"…\"]`");
            faults.error(Code::RuleType, &value.span(), format!("`{name}` is a list of strings"), help);
            None
        }
    }
}
