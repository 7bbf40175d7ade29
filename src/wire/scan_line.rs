//! The lines of `scan`: a text in, what was found in it out. Spans are offsets in BYTES of the text's UTF-8 form.

use crate::detect::{Findings, RuleFacts};
use crate::limits::TEXT_BYTES;
use crate::message::{AuthorType, Marks, Str};
use crate::score::Strength;
use crate::signal::Signal;

use super::json::{Json, Type, Writer};
use super::names;
use super::problem::Problem;
use super::record::{RawRecord, Reject};
use super::value;

/// A line into `scan`: `{"id","author","text","lang"?}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanLine<'a> {
    /// The line's id, given back in the answer; empty when not given.
    pub id: Str<'a>,
    /// Who wrote the text; customer when not given.
    pub author: AuthorType,
    /// The text, at most [`TEXT_BYTES`] of it.
    pub text: Str<'a>,
    /// BCP 47 tag; empty when it must be identified.
    pub language: Str<'a>,
}

/// Reads a line into `scan`. Unknown fields are ignored; `author` may be an object with a `type`, as in events.
///
/// # Errors
/// When the line is not a JSON object with a `text`.
pub fn decode_scan_line(line: &[u8]) -> Result<ScanLine<'_>, Reject> {
    let text = super::event::text_of(&RawRecord::line(line))?;
    read(text).map_err(Problem::reject)
}

fn read(text: &str) -> Result<ScanLine<'_>, Problem> {
    let mut json = Json::new(text);
    let mut marks = Marks::default();
    let (mut id, mut text, mut author, mut language) = (None, None, None, Str::default());
    if json.peek()? != Type::Object {
        json.skip()?;
        json.end()?;
        return Err(Problem::NotAnObject);
    }
    json.object(|json, key| {
        match key {
            "id" => id = value::id(json, "id")?,
            "text" => text = value::string(json, "text", TEXT_BYTES)?,
            "author" => author = author_type(json, &mut marks)?,
            "lang" | "language" => language = value::short(json, &mut marks)?,
            _ => json.skip()?,
        }
        Ok::<_, Problem>(())
    })?;
    json.end()?;
    let (text, _) = text.ok_or(Problem::Missing("text"))?;
    Ok(ScanLine { id: id.unwrap_or_default(), author: author.unwrap_or(AuthorType::Customer), text, language })
}

fn author_type(json: &mut Json<'_>, marks: &mut Marks) -> Result<Option<AuthorType>, Problem> {
    let mut role = Str::default();
    if json.peek()? == Type::Object {
        value::object(json, marks, |json, key, marks| {
            if key == "type" {
                role = value::short(json, marks)?;
                return Ok(());
            }
            Ok(json.skip()?)
        })?;
    } else {
        role = value::short(json, marks)?;
    }
    Ok((!role.is_empty()).then(|| names::author_type(&role)))
}

/// Appends the answer to a line of `scan` to `out` as one JSON object without a line end:
/// `{"id","scores":{signal: strength},"fired":[signal],"findings":[{"rule","signal","start","end","text","weight"}]}`.
/// Strengths are decimals of 0 to 1 in thousandths, only those above 0; `start` and `end` are byte offsets in `text`.
pub fn encode_scan_line(id: &str, text: &str, findings: &Findings, rules: &[RuleFacts], out: &mut Vec<u8>) {
    let mut json = Writer::new(out);
    json.open(b'{').text("id", id).key("scores").open(b'{');
    for signal in Signal::ALL {
        let strength = findings.strengths[signal.index()];
        if strength > Strength::ZERO {
            json.key(signal.name()).thousandths(strength.thousandths().unsigned_abs());
        }
    }
    json.close(b'}').key("fired").open(b'[');
    for signal in findings.fired.iter() {
        json.string(signal.name());
    }
    json.close(b']').key("findings").open(b'[');
    for finding in &findings.findings {
        let Some(rule) = rules.get(usize::from(finding.rule.0)) else { continue };
        let quote = text.get(finding.start as usize..finding.end as usize).unwrap_or_default();
        json.open(b'{').text("rule", &rule.id).text("signal", rule.signal.name());
        json.number("start", finding.start).number("end", finding.end).text("text", quote);
        json.number("weight", rule.weight).close(b'}');
    }
    json.close(b']').close(b'}');
}
