//! From a file to a profile: every fault is found in one go.

use std::ops::Range;

use toml::de::DeTable;

use crate::diagnostic::{Code, Diagnostic, Severity, SourceFile};

use super::cases;
use super::toml_file::{TomlFile, Value, nearest};
use super::{CANONICAL, Condition, Exception, Field, NEEDED, Places, Pointers, SourceProfile};

const KEYS: &[&str] = &["id", "title", "why", "fields", "when", "case"];
const PLACES_KEYS: &[&str] = &["from", "map", "default", "value"];

/// Compiles one file; `None` if it has an error.
pub(super) fn profile(file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Option<SourceProfile> {
    let before = diagnostics.len();
    let profile = read(file, diagnostics);
    // In the order of the file; what concerns it as a whole comes last.
    diagnostics[before..].sort_by_key(|found| (found.location.line == 0, found.location.line, found.location.column));
    profile
}

fn read(file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Option<SourceProfile> {
    let mut toml = TomlFile::new(file, diagnostics);
    let root = toml.parse()?;
    let mut profile = SourceProfile {
        id: toml.stem().to_owned(),
        pointers: Pointers::default(),
        fields: Vec::new(),
        exceptions: Vec::new(),
        cases: Vec::new(),
    };
    for (key, value) in &root {
        match &**key.get_ref() {
            "id" => check_id(&mut toml, value),
            name @ ("title" | "why") => _ = toml.text(name, value),
            "fields" => {
                if let Some(table) = toml.table("fields", value) {
                    profile.fields = fields(&mut toml, &mut profile.pointers, table);
                }
            }
            "when" => {
                for (table, span) in toml.tables("when", value) {
                    profile.exceptions.extend(exception(&mut toml, &mut profile.pointers, table, span));
                }
            }
            "case" => {
                for (table, span) in toml.tables("case", value) {
                    profile.cases.extend(cases::case(&mut toml, table, span));
                }
            }
            unknown => toml.unknown_key(unknown, key.span(), KEYS),
        }
    }
    check_whole(&mut toml, &root, &profile);
    (!toml.is_broken()).then_some(profile)
}

fn check_id(toml: &mut TomlFile<'_>, value: &Value<'_>) {
    let Some(id) = toml.text("id", value) else { return };
    if id != toml.stem() {
        let help = format!("write `id = \"{}\"`, or rename the file to `{id}.toml`", toml.stem());
        toml.error(Code::SourceName, value.span(), "the id is not the file's name", help);
    } else if id == CANONICAL {
        let help = "`canonical` is the name of the events that need no profile";
        toml.error(Code::SourceName, value.span(), "the id is taken", help);
    }
}

/// What can only be said once all is read.
fn check_whole(toml: &mut TomlFile<'_>, root: &DeTable<'_>, profile: &SourceProfile) {
    for needed in ["id", "title", "fields"] {
        if !root.contains_key(needed) {
            let help = format!("add `{needed}`; docs/EVENTS.md describes the file");
            toml.whole(Severity::Error, Code::SourceMissing, format!("the profile has no `{needed}`"), help);
        }
    }
    if root.contains_key("fields") {
        for field in NEEDED.iter().filter(|needed| !profile.fills(**needed)) {
            let message = format!("nothing fills `{}`, which every message needs", field.name());
            let help = format!("add `{} = \"/pointer/to/it\"` to [fields]", field.name());
            toml.whole(Severity::Error, Code::SourceMissing, message, help);
        }
    }
    if !root.contains_key("case") {
        let help = "add a [[case]] with an `input` and what to `expect`";
        toml.whole(Severity::Warning, Code::SourceNoCase, "the profile has no case that shows that it works", help);
    }
}

impl SourceProfile {
    fn fills(&self, field: Field) -> bool {
        let exceptional = self.exceptions.iter().flat_map(|exception| &exception.fields);
        self.fields.iter().chain(exceptional).any(|(filled, _)| *filled == field)
    }
}

/// Reads a table of fields; `author.type` may be written as a dotted key or a quoted one.
fn fields(toml: &mut TomlFile<'_>, pointers: &mut Pointers, table: &DeTable<'_>) -> Vec<(Field, Places)> {
    let mut fields = Vec::new();
    for (key, value) in table {
        let name: &str = key.get_ref();
        let group = matches!(name, "author" | "contact" | "bot");
        match value.get_ref() {
            toml::de::DeValue::Table(inner) if group => {
                for (key, value) in inner {
                    let name = format!("{name}.{}", key.get_ref());
                    fields.extend(field(toml, pointers, &name, key.span(), value));
                }
            }
            _ => fields.extend(field(toml, pointers, name, key.span(), value)),
        }
    }
    fields
}

fn field(
    toml: &mut TomlFile<'_>,
    pointers: &mut Pointers,
    name: &str,
    span: Range<usize>,
    value: &Value<'_>,
) -> Option<(Field, Places)> {
    let Some(field) = Field::from_name(name) else {
        let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
        let help = match nearest(name, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "docs/EVENTS.md lists the fields of an event".to_owned(),
        };
        toml.error(Code::SourceField, span, format!("events have no field `{name}`"), help);
        return None;
    };
    Some((field, places(toml, pointers, field, value)))
}

/// Reads where a field stands: a pointer, several, or a table.
fn places(toml: &mut TomlFile<'_>, pointers: &mut Pointers, field: Field, value: &Value<'_>) -> Places {
    let mut places = Places::default();
    let toml::de::DeValue::Table(table) = value.get_ref() else {
        add_pointers(toml, pointers, &mut places, field.name(), value);
        return places;
    };
    for (key, value) in table {
        match &**key.get_ref() {
            "from" => add_pointers(toml, pointers, &mut places, "from", value),
            "map" => {
                for (meant, value) in toml.table("map", value).into_iter().flatten() {
                    let constant = constant(toml, field, value);
                    places.map.extend(constant.map(|constant| (meant.get_ref().to_string(), constant)));
                }
            }
            "default" | "value" => places.default = constant(toml, field, value),
            unknown => toml.unknown_key(unknown, key.span(), PLACES_KEYS),
        }
    }
    if places.from.is_empty() && places.default.is_none() && !toml.is_broken() {
        let help = "give it `from`, or a constant `value`";
        toml.error(Code::SourceMissing, value.span(), format!("nothing says where `{}` stands", field.name()), help);
    }
    places
}

fn add_pointers(toml: &mut TomlFile<'_>, pointers: &mut Pointers, places: &mut Places, key: &str, value: &Value<'_>) {
    let items = match value.get_ref() {
        toml::de::DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    for item in items {
        let Some(pointer) = toml.text(key, item) else { continue };
        match pointers.insert(&pointer) {
            Ok(slot) => places.from.push(slot),
            Err(why) => toml.error(Code::SourcePointer, item.span(), format!("`{pointer}` is no JSON pointer"), why),
        }
    }
}

fn constant(toml: &mut TomlFile<'_>, field: Field, value: &Value<'_>) -> Option<String> {
    let constant = toml.text(field.name(), value)?;
    if let Some(why) = field.refuses(&constant) {
        let help = "docs/EVENTS.md lists the values of each field";
        toml.error(Code::SourceValue, value.span(), format!("`{}` {why}: \"{constant}\"", field.name()), help);
        return None;
    }
    Some(constant)
}

/// Reads what holds under conditions.
fn exception(
    toml: &mut TomlFile<'_>,
    pointers: &mut Pointers,
    table: &DeTable<'_>,
    span: Range<usize>,
) -> Option<Exception> {
    let mut exception = Exception { conditions: Vec::new(), fields: Vec::new() };
    let (mut has_if, mut has_fields) = (false, false);
    for (key, value) in table {
        match &**key.get_ref() {
            "if" => {
                has_if = true;
                for (pointer, values) in toml.table("if", value).into_iter().flatten() {
                    let condition = condition(toml, pointers, pointer.get_ref(), pointer.span(), values);
                    exception.conditions.extend(condition);
                }
            }
            "fields" => {
                has_fields = true;
                if let Some(table) = toml.table("fields", value) {
                    exception.fields = fields(toml, pointers, table);
                }
            }
            unknown => toml.unknown_key(unknown, key.span(), &["if", "fields"]),
        }
    }
    for (there, part) in [(has_if, "if"), (has_fields, "fields")] {
        if !there {
            let help = "a [[when]] says under which condition (`if`) which fields stand elsewhere (`fields`)";
            toml.error(Code::SourceMissing, span.clone(), format!("this [[when]] has no `{part}`"), help);
        }
    }
    (has_if && has_fields).then_some(exception)
}

fn condition(
    toml: &mut TomlFile<'_>,
    pointers: &mut Pointers,
    pointer: &str,
    span: Range<usize>,
    values: &Value<'_>,
) -> Option<Condition> {
    let items = match values.get_ref() {
        toml::de::DeValue::Array(items) => items.iter().collect(),
        _ => vec![values],
    };
    let values = items.into_iter().filter_map(|item| toml.scalar(pointer, item)).collect();
    match pointers.insert(pointer) {
        Ok(at) => Some(Condition { at, values }),
        Err(why) => {
            toml.error(Code::SourcePointer, span, format!("`{pointer}` is no JSON pointer"), why);
            None
        }
    }
}
