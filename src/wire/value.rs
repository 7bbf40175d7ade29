//! How single values are read: strictly where the event depends on them, with a mark where it does not.

use std::borrow::Cow;

use crate::limits::{FIELD_BYTES, ID_BYTES, LIST_ENTRIES};
use crate::message::{Mark, Marks, Str};
use crate::time::Timestamp;

use super::json::{Json, Type, floor_char_boundary};
use super::problem::Problem;
use super::timestamp;

/// An id: a string, or a whole number taken as its digits. `None` for null.
pub(super) fn id<'a>(json: &mut Json<'a>, field: &'static str) -> Result<Option<Str<'a>>, Problem> {
    let mut id = None;
    id_into(json, field, &mut id)?;
    Ok(id)
}

/// As [`id`], into its place.
#[inline]
pub(super) fn id_into<'a>(
    json: &mut Json<'a>,
    field: &'static str,
    place: &mut Option<Str<'a>>,
) -> Result<(), Problem> {
    match json.plain_string() {
        Some(id) if id.len() <= ID_BYTES => *place = Some(Cow::Borrowed(id)),
        Some(_) => return Err(Problem::IdTooLong(field)),
        None => *place = id_slowly(json, field)?,
    }
    Ok(())
}

#[cold]
fn id_slowly<'a>(json: &mut Json<'a>, field: &'static str) -> Result<Option<Str<'a>>, Problem> {
    match json.peek()? {
        Type::String => {
            let (id, cut) = json.string(ID_BYTES)?;
            if cut { Err(Problem::IdTooLong(field)) } else { Ok(Some(id)) }
        }
        Type::Number => {
            let number = json.number()?;
            let whole = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            match number.len() {
                ..=ID_BYTES if whole => Ok(Some(Cow::Borrowed(number))),
                ..=ID_BYTES => {
                    Err(Problem::WrongType { field, wanted: "a string or a whole number", found: Type::Number })
                }
                _ => Err(Problem::IdTooLong(field)),
            }
        }
        Type::Null => null(json),
        found => Err(Problem::WrongType { field, wanted: "a string or a whole number", found }),
    }
}

/// A string that the event needs, with at most `limit` bytes, and whether it was cut. `None` for null.
pub(super) fn string<'a>(
    json: &mut Json<'a>,
    field: &'static str,
    limit: usize,
) -> Result<Option<(Str<'a>, bool)>, Problem> {
    if let Some(text) = json.plain_string() {
        let kept = &text[..floor_char_boundary(text, limit)];
        return Ok(Some((Cow::Borrowed(kept), kept.len() < text.len())));
    }
    match json.peek()? {
        Type::String => Ok(Some(json.string(limit)?)),
        Type::Null => null(json),
        found => Err(Problem::WrongType { field, wanted: "a string", found }),
    }
}

/// A time: a string or a number. `None` for null.
pub(super) fn time(json: &mut Json<'_>, field: &'static str) -> Result<Option<Timestamp>, Problem> {
    if let Some(text) = json.plain_string() {
        return timestamp::parse(text).map(Some).ok_or(Problem::Time(field));
    }
    let time = match json.peek()? {
        Type::String => timestamp::parse(&json.string(FIELD_BYTES)?.0),
        Type::Number => timestamp::from_number(json.number()?),
        Type::Null => return null(json),
        found => return Err(Problem::WrongType { field, wanted: "a string or a number", found }),
    };
    time.map(Some).ok_or(Problem::Time(field))
}

/// A short text that the event can do without: a string, cut at its limit, or a number taken as its digits. Anything
/// else is left out and marked.
#[inline]
pub(super) fn short<'a>(json: &mut Json<'a>, marks: &mut Marks) -> Result<Str<'a>, Problem> {
    let mut text = Str::default();
    short_into(json, marks, &mut text)?;
    Ok(text)
}

/// As [`short`], into its place: nothing is moved twice.
#[inline]
pub(super) fn short_into<'a>(json: &mut Json<'a>, marks: &mut Marks, place: &mut Str<'a>) -> Result<(), Problem> {
    match json.plain_string() {
        Some(text) if text.len() <= FIELD_BYTES => *place = Cow::Borrowed(text),
        Some(text) => {
            marks.insert(Mark::FieldCut);
            *place = Cow::Borrowed(&text[..floor_char_boundary(text, FIELD_BYTES)]);
        }
        None => *place = short_slowly(json, marks)?,
    }
    Ok(())
}

#[cold]
fn short_slowly<'a>(json: &mut Json<'a>, marks: &mut Marks) -> Result<Str<'a>, Problem> {
    match json.peek()? {
        Type::String => {
            let (text, cut) = json.string(FIELD_BYTES)?;
            if cut {
                marks.insert(Mark::FieldCut);
            }
            Ok(text)
        }
        Type::Number => Ok(Cow::Borrowed(json.number()?)),
        Type::Null => Ok(null(json)?.unwrap_or_default()),
        _ => {
            unusable(json, marks)?;
            Ok(Str::default())
        }
    }
}

/// One of an enumeration that the event can do without. `None` for null and, marked, for what is not known.
pub(super) fn known<T>(
    json: &mut Json<'_>,
    marks: &mut Marks,
    from_name: fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let mut name = Str::default();
    short_into(json, marks, &mut name)?;
    let known = from_name(&name);
    if known.is_none() && !name.is_empty() {
        marks.insert(Mark::ValueUnknown);
    }
    Ok(known)
}

/// A number that the event can do without, or a string that holds one.
pub(super) fn number(json: &mut Json<'_>, marks: &mut Marks) -> Result<Option<f64>, Problem> {
    known(json, marks, |text| text.parse().ok().filter(|number: &f64| number.is_finite()))
}

/// A confidence of 0 to 1, in thousandths.
pub(super) fn confidence(json: &mut Json<'_>, marks: &mut Marks) -> Result<Option<u16>, Problem> {
    let Some(confidence) = number(json, marks)? else { return Ok(None) };
    if !(0.0..=1.0).contains(&confidence) {
        marks.insert(Mark::ValueUnknown);
        return Ok(None);
    }
    // The range was checked, and rounding a double is the same on every machine.
    Ok(Some((confidence * 1_000.0).round() as u16))
}

/// A list that the event can do without: `item` reads an entry, `None` leaves it out. One value that is no list
/// counts as a list of it.
pub(super) fn list<'a, T>(
    json: &mut Json<'a>,
    marks: &mut Marks,
    mut item: impl FnMut(&mut Json<'a>, &mut Marks) -> Result<Option<T>, Problem>,
) -> Result<Vec<T>, Problem> {
    let mut entries = Vec::new();
    match json.peek()? {
        Type::Array => json.array(|json| {
            if entries.len() < LIST_ENTRIES {
                entries.extend(item(json, marks)?);
            } else {
                marks.insert(Mark::ListCut);
                json.skip()?;
            }
            Ok::<_, Problem>(())
        })?,
        Type::Null => json.literal("null")?,
        _ => entries.extend(item(json, marks)?),
    }
    Ok(entries)
}

/// A list of short texts; empty ones are left out.
pub(super) fn texts<'a>(json: &mut Json<'a>, marks: &mut Marks) -> Result<Vec<Str<'a>>, Problem> {
    list(json, marks, |json, marks| Ok(Some(short(json, marks)?).filter(|text| !text.is_empty())))
}

/// An object that the event can do without. Anything else is left out and marked.
pub(super) fn object<'a>(
    json: &mut Json<'a>,
    marks: &mut Marks,
    mut field: impl FnMut(&mut Json<'a>, &str, &mut Marks) -> Result<(), Problem>,
) -> Result<(), Problem> {
    match json.peek()? {
        Type::Object => json.object(|json, key| field(json, key, marks)),
        Type::Null => Ok(json.literal("null")?),
        _ => unusable(json, marks),
    }
}

/// Skips a value that cannot be used.
pub(super) fn unusable(json: &mut Json<'_>, marks: &mut Marks) -> Result<(), Problem> {
    marks.insert(Mark::ValueUnknown);
    Ok(json.skip()?)
}

fn null<T>(json: &mut Json<'_>) -> Result<Option<T>, Problem> {
    json.literal("null")?;
    Ok(None)
}
