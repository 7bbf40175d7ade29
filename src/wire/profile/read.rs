//! A record of a source, read along its profile into the fields of an event.

use std::borrow::Cow;

use crate::limits::FIELD_BYTES;
use crate::message::{Author, Marks, Str};
use crate::wire::event::Fields;
use crate::wire::json::{Json, Type};
use crate::wire::names;
use crate::wire::problem::Problem;
use crate::wire::value;

use super::pointer::Found;
use super::{Condition, Field, Places, SourceProfile};

/// Reads the record's value, which `json` stands before, into `fields`.
pub(in crate::wire) fn read<'a>(
    profile: &SourceProfile,
    json: Json<'a>,
    fields: &mut Fields<'a>,
) -> Result<(), Problem> {
    let found = profile.pointers.find(json)?;
    let mut holds = Vec::with_capacity(profile.exceptions.len());
    for exception in &profile.exceptions {
        let met = exception.conditions.iter().map(|condition| condition.holds(&found));
        holds.push(met.collect::<Result<Vec<_>, _>>()?.into_iter().all(|met| met));
    }
    for &field in Field::ALL {
        let exceptions = profile.exceptions.iter().zip(&holds).rev().filter(|(_, holds)| **holds);
        let exceptional = exceptions.flat_map(|(exception, _)| &exception.fields);
        if let Some((_, places)) = exceptional.chain(&profile.fields).find(|(named, _)| *named == field) {
            fill(field, places, &found, fields)?;
        }
    }
    Ok(())
}

impl Condition {
    fn holds(&self, found: &Found<'_>) -> Result<bool, Problem> {
        let Some(mut place) = found[self.at].clone() else { return Ok(false) };
        Ok(scalar(&mut place)?.is_some_and(|value| self.values.iter().any(|wanted| *wanted == value)))
    }
}

/// Gives a field the value that its places hold, if any does.
fn fill<'a>(field: Field, places: &Places, found: &Found<'a>, fields: &mut Fields<'a>) -> Result<(), Problem> {
    let mut empty = None;
    for place in places.from.iter().filter_map(|&slot| found[slot].as_ref()) {
        match emptiness(place)? {
            Emptiness::Null => {}
            Emptiness::EmptyText => empty = empty.or(Some(place)),
            Emptiness::Full => return take(field, places, place.clone(), fields),
        }
    }
    match (&places.default, empty) {
        (Some(default), _) => give(field, default, None, fields),
        (None, Some(place)) => return take(field, places, place.clone(), fields),
        (None, None) => {}
    }
    Ok(())
}

enum Emptiness {
    Null,
    EmptyText,
    Full,
}

fn emptiness(place: &Json<'_>) -> Result<Emptiness, Problem> {
    let mut place = place.clone();
    Ok(match place.peek()? {
        Type::Null => Emptiness::Null,
        Type::String if place.string(FIELD_BYTES)?.0.is_empty() => Emptiness::EmptyText,
        _ => Emptiness::Full,
    })
}

/// Reads a field from its place, by the map if that knows the value.
fn take<'a>(field: Field, places: &Places, mut place: Json<'a>, fields: &mut Fields<'a>) -> Result<(), Problem> {
    if !places.map.is_empty() {
        let value = scalar(&mut place.clone())?;
        let meaning = value.as_ref().and_then(|value| places.map.get(&**value));
        if let Some(meaning) = meaning {
            give(field, meaning, value, fields);
            return Ok(());
        }
    }
    let json = &mut place;
    let marks = &mut fields.marks;
    match field {
        Field::AuthorType => {
            let raw = scalar(json)?.unwrap_or_default();
            let role = Author { kind: names::author_type(&raw), raw, ..author(fields) };
            fields.author = Some(role);
        }
        Field::AuthorId => {
            let id = value::short(json, marks)?;
            fields.author = Some(Author { id, ..author(fields) });
        }
        Field::AuthorName => {
            let name = value::short(json, marks)?;
            fields.author = Some(Author { name, ..author(fields) });
        }
        Field::ContactId => fields.contact.id = value::short(json, marks)?,
        Field::ContactName => fields.contact.name = value::short(json, marks)?,
        Field::ContactEmail => fields.contact.email = value::short(json, marks)?,
        Field::BotConfidence => fields.bot.confidence = value::confidence(json, marks)?,
        Field::BotIntent => fields.bot.intent = value::short(json, marks)?,
        _ => _ = fields.read(json, field.name())?,
    }
    Ok(())
}

/// Gives a field a value of the profile's; `raw` is what the record has, if it has anything. Values were checked when
/// the profile was loaded.
fn give<'a>(field: Field, constant: &str, raw: Option<Str<'a>>, fields: &mut Fields<'a>) {
    let text = || Cow::Owned(constant.to_owned());
    match field {
        Field::Kind => fields.kind = names::kind(constant),
        Field::AuthorType => {
            let raw = raw.unwrap_or_else(text);
            fields.author = Some(Author { kind: names::author_type(constant), raw, ..author(fields) });
        }
        Field::Format => fields.format = names::format(constant).unwrap_or_default(),
        Field::Priority => fields.priority = names::priority(constant),
        Field::Status => fields.status = names::status(constant),
        Field::Tenant => fields.tenant = Some(text()),
        Field::AccountId => fields.account_id = Some(text()),
        Field::Text => fields.text = Some(text()),
        Field::Subject => fields.subject = text(),
        Field::Channel => fields.channel = text(),
        Field::Language => fields.language = text(),
        Field::Assignee => fields.assignee = text(),
        Field::Team => fields.team = text(),
        Field::ProductArea => fields.product_area = text(),
        Field::Environment => fields.environment = text(),
        Field::BotIntent => fields.bot.intent = text(),
        _ => debug_assert!(false, "`{}` takes no constants", field.name()),
    }
}

fn author<'a>(fields: &mut Fields<'a>) -> Author<'a> {
    fields.author.take().unwrap_or_default()
}

/// A string, number or boolean as text; `None` for anything else.
fn scalar<'a>(json: &mut Json<'a>) -> Result<Option<Str<'a>>, Problem> {
    Ok(match json.peek()? {
        Type::Bool => Some(Cow::Borrowed(if json.boolean()? { "true" } else { "false" })),
        Type::String | Type::Number => Some(value::short(json, &mut Marks::default())?),
        Type::Null | Type::Array | Type::Object => None,
    })
}
