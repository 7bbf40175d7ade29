//! The fields of an event as they come, in any order, before it is known what they amount to.

use crate::limits::{FIELD_BYTES, TEXT_BYTES};
use crate::message::{
    Attachment, Author, BotTurn, Contact, Format, Mark, Marks, Priority, Scope, Status, Str, VerdictOutcome,
};
use crate::time::Timestamp;
use crate::wire::json::{Json, Type};
use crate::wire::names::{self, KindName};
use crate::wire::problem::Problem;
use crate::wire::value;

/// What was read of a record. `None` where a field was missing or null and that matters.
#[derive(Debug, Default)]
pub(in crate::wire) struct Fields<'a> {
    pub(in crate::wire) event_id: Option<Str<'a>>,
    pub(in crate::wire) tenant: Option<Str<'a>>,
    pub(in crate::wire) conversation_id: Option<Str<'a>>,
    pub(in crate::wire) account_id: Option<Str<'a>>,
    pub(in crate::wire) occurred_at: Option<Timestamp>,
    pub(in crate::wire) received_at: Option<Timestamp>,
    pub(in crate::wire) kind: Option<KindName>,
    pub(in crate::wire) author: Option<Author<'a>>,
    pub(in crate::wire) text: Option<Str<'a>>,
    pub(in crate::wire) format: Format,
    pub(in crate::wire) subject: Str<'a>,
    pub(in crate::wire) channel: Str<'a>,
    pub(in crate::wire) language: Str<'a>,
    pub(in crate::wire) priority: Option<Priority>,
    pub(in crate::wire) status: Option<Status>,
    pub(in crate::wire) assignee: Str<'a>,
    pub(in crate::wire) team: Str<'a>,
    pub(in crate::wire) tags: Vec<Str<'a>>,
    pub(in crate::wire) product_area: Str<'a>,
    pub(in crate::wire) environment: Str<'a>,
    pub(in crate::wire) links: Vec<Str<'a>>,
    pub(in crate::wire) attachments: Vec<Attachment<'a>>,
    pub(in crate::wire) contact: Contact<'a>,
    pub(in crate::wire) bot: BotTurn<'a>,
    pub(in crate::wire) csat: Option<u8>,
    pub(in crate::wire) target_event_id: Option<Str<'a>>,
    pub(in crate::wire) merge_into: Option<Str<'a>>,
    pub(in crate::wire) verdict: Option<VerdictFields<'a>>,
    pub(in crate::wire) marks: Marks,
}

/// What a verdict says.
#[derive(Debug, Default)]
pub(in crate::wire) struct VerdictFields<'a> {
    pub(in crate::wire) outcome: Option<VerdictOutcome>,
    pub(in crate::wire) episode: Str<'a>,
    pub(in crate::wire) by: Str<'a>,
    pub(in crate::wire) reason: Str<'a>,
    pub(in crate::wire) until: Option<Timestamp>,
    pub(in crate::wire) rule: Str<'a>,
    pub(in crate::wire) tag: Str<'a>,
    pub(in crate::wire) scope: Option<Scope>,
}

impl<'a> Fields<'a> {
    /// Reads the value of `key`, if that is a field of an event; a field that is repeated counts as the last one.
    #[inline]
    pub(in crate::wire) fn read(&mut self, json: &mut Json<'a>, key: &str) -> Result<bool, Problem> {
        let marks = &mut self.marks;
        match key {
            "event_id" => value::id_into(json, "event_id", &mut self.event_id)?,
            "conversation_id" => value::id_into(json, "conversation_id", &mut self.conversation_id)?,
            "account_id" => value::id_into(json, "account_id", &mut self.account_id)?,
            "tenant" => value::id_into(json, "tenant", &mut self.tenant)?,
            "occurred_at" => self.occurred_at = value::time(json, "occurred_at")?,
            "author" => self.author = author(json, marks)?,
            "text" => self.text = text(json, marks)?,
            "kind" => self.kind = kind(json)?,
            "format" => self.format = value::known(json, marks, names::format)?.unwrap_or_default(),
            "channel" => value::short_into(json, marks, &mut self.channel)?,
            "language" => value::short_into(json, marks, &mut self.language)?,
            "subject" => value::short_into(json, marks, &mut self.subject)?,
            "priority" => self.priority = value::known(json, marks, names::priority)?,
            "status" => self.status = value::known(json, marks, names::status)?,
            "team" => value::short_into(json, marks, &mut self.team)?,
            "tags" => self.tags = value::texts(json, marks)?,
            "assignee" => value::short_into(json, marks, &mut self.assignee)?,
            "contact" => self.contact = contact(json, marks)?,
            "attachments" => self.attachments = value::list(json, marks, attachment)?,
            _ => return self.read_rare(json, key),
        }
        Ok(true)
    }

    fn read_rare(&mut self, json: &mut Json<'a>, key: &str) -> Result<bool, Problem> {
        let marks = &mut self.marks;
        match key {
            "schema_version" => version(json)?,
            "received_at" => self.received_at = received_at(json, marks)?,
            "product_area" => value::short_into(json, marks, &mut self.product_area)?,
            "environment" => value::short_into(json, marks, &mut self.environment)?,
            "links" => self.links = value::texts(json, marks)?,
            "bot" => self.bot = bot(json, marks)?,
            "csat" => self.csat = csat(json, marks)?,
            "target_event_id" => value::id_into(json, "target_event_id", &mut self.target_event_id)?,
            "merge_into" => value::id_into(json, "merge_into", &mut self.merge_into)?,
            "verdict" => self.verdict = verdict(json, marks)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Fields are only ever added within version 1, so there is nothing else to tell apart yet.
fn version(json: &mut Json<'_>) -> Result<(), Problem> {
    let version = value::id(json, "schema_version")?;
    if version.is_none_or(|version| version == "1") { Ok(()) } else { Err(Problem::Version) }
}

fn kind(json: &mut Json<'_>) -> Result<Option<KindName>, Problem> {
    let Some((name, _)) = value::string(json, "kind", FIELD_BYTES)? else { return Ok(None) };
    names::kind(&name).map(Some).ok_or(Problem::Kind("kind"))
}

fn text<'a>(json: &mut Json<'a>, marks: &mut Marks) -> Result<Option<Str<'a>>, Problem> {
    let Some((text, cut)) = value::string(json, "text", TEXT_BYTES)? else { return Ok(None) };
    if cut {
        marks.insert(Mark::TextCut);
    }
    Ok(Some(text))
}

/// An author: an object, or just the role.
fn author<'a>(json: &mut Json<'a>, marks: &mut Marks) -> Result<Option<Author<'a>>, Problem> {
    let mut author = Author::default();
    let mut role = Str::default();
    match json.peek()? {
        Type::Object => json.object(|json, key| {
            match key {
                "type" => value::short_into(json, marks, &mut role)?,
                "id" => value::short_into(json, marks, &mut author.id)?,
                "name" => value::short_into(json, marks, &mut author.name)?,
                "raw" => value::short_into(json, marks, &mut author.raw)?,
                _ => json.skip()?,
            }
            Ok::<_, Problem>(())
        })?,
        Type::String => value::short_into(json, marks, &mut role)?,
        Type::Null => {
            json.literal("null")?;
            return Ok(None);
        }
        found => return Err(Problem::WrongType { field: "author", wanted: "an object or a string", found }),
    }
    author.kind = names::author_type(&role);
    if author.raw.is_empty() {
        author.raw = role;
    }
    Ok(Some(author))
}

/// The time of receipt bounds the event's time and has no other use, so that one that cannot be read only is marked.
fn received_at(json: &mut Json<'_>, marks: &mut Marks) -> Result<Option<Timestamp>, Problem> {
    match json.peek()? {
        Type::String | Type::Number | Type::Null => match value::time(json, "received_at") {
            Err(Problem::Time(_)) => {
                marks.insert(Mark::ValueUnknown);
                Ok(None)
            }
            read => read,
        },
        _ => value::unusable(json, marks).map(|()| None),
    }
}

fn contact<'a>(json: &mut Json<'a>, marks: &mut Marks) -> Result<Contact<'a>, Problem> {
    let mut contact = Contact::default();
    value::object(json, marks, |json, key, marks| {
        match key {
            "id" => value::short_into(json, marks, &mut contact.id)?,
            "name" => value::short_into(json, marks, &mut contact.name)?,
            "email" => value::short_into(json, marks, &mut contact.email)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(contact)
}

/// An attachment: an object, or just its URL.
fn attachment<'a>(json: &mut Json<'a>, marks: &mut Marks) -> Result<Option<Attachment<'a>>, Problem> {
    let mut attachment = Attachment::default();
    if json.peek()? == Type::String {
        attachment.url = value::short(json, marks)?;
        return Ok(Some(attachment));
    }
    value::object(json, marks, |json, key, marks| {
        match key {
            "name" => value::short_into(json, marks, &mut attachment.name)?,
            "type" => value::short_into(json, marks, &mut attachment.media_type)?,
            "url" => value::short_into(json, marks, &mut attachment.url)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let empty = attachment == Attachment::default();
    Ok(Some(attachment).filter(|_| !empty))
}

fn bot<'a>(json: &mut Json<'a>, marks: &mut Marks) -> Result<BotTurn<'a>, Problem> {
    let mut bot = BotTurn::default();
    value::object(json, marks, |json, key, marks| {
        match key {
            "confidence" => bot.confidence = value::confidence(json, marks)?,
            "intent" => value::short_into(json, marks, &mut bot.intent)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(bot)
}

/// A rating of 1 to 5, in whole points.
fn csat(json: &mut Json<'_>, marks: &mut Marks) -> Result<Option<u8>, Problem> {
    let Some(rating) = value::number(json, marks)? else { return Ok(None) };
    let points = (1..=5).find(|&points| f64::from(points) == rating);
    if points.is_none() {
        marks.insert(Mark::ValueUnknown);
    }
    Ok(points)
}

fn verdict<'a>(json: &mut Json<'a>, marks: &mut Marks) -> Result<Option<VerdictFields<'a>>, Problem> {
    let mut verdict = VerdictFields::default();
    match json.peek()? {
        Type::Object => json.object(|json, key| {
            match key {
                "outcome" => verdict.outcome = outcome(json)?,
                "episode_id" => verdict.episode = value::id(json, "verdict.episode_id")?.unwrap_or_default(),
                "by" => value::short_into(json, marks, &mut verdict.by)?,
                "reason" => value::short_into(json, marks, &mut verdict.reason)?,
                "until" => verdict.until = value::time(json, "verdict.until")?,
                "rule" => value::short_into(json, marks, &mut verdict.rule)?,
                "tag" => value::short_into(json, marks, &mut verdict.tag)?,
                "scope" => verdict.scope = value::known(json, marks, Scope::from_name)?,
                _ => json.skip()?,
            }
            Ok::<_, Problem>(())
        })?,
        Type::Null => {
            json.literal("null")?;
            return Ok(None);
        }
        found => return Err(Problem::WrongType { field: "verdict", wanted: "an object", found }),
    }
    Ok(Some(verdict))
}

fn outcome(json: &mut Json<'_>) -> Result<Option<VerdictOutcome>, Problem> {
    let Some((name, _)) = value::string(json, "verdict.outcome", FIELD_BYTES)? else { return Ok(None) };
    names::outcome(&name).map(Some).ok_or(Problem::Kind("verdict.outcome"))
}
