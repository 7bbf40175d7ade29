//! From fields to an event: what is needed is there, what is not given is inferred, time is clamped.

use std::mem::take;

use crate::limits::ID_BYTES;
use crate::message::{Author, AuthorType, Event, Kind, Mark, Scope, Str, Terms, VerdictOutcome};
use crate::time::{Span, Timestamp};
use crate::wire::names::KindName;
use crate::wire::problem::Problem;
use crate::wire::record::RawRecord;
use crate::wire::timestamp;

use super::cloudevent::Envelope;
use super::fields::{Fields, VerdictFields};

/// How far an event's time may lie after its arrival, for clocks that disagree.
const CLOCK_SKEW: Span = Span::seconds(60);

/// The event that the fields amount to.
pub(super) fn event<'a>(
    fields: &mut Fields<'a>,
    envelope: &Envelope<'a>,
    record: &RawRecord<'a>,
    keyed: bool,
) -> Result<Event<'a>, Problem> {
    let id = needed(fields.event_id.take(), &envelope.id, "event_id")?;
    let conversation = needed(fields.conversation_id.take(), &envelope.subject, "conversation_id")?;
    let time = time(fields, envelope, record)?;
    let author = author(fields)?;
    let kind = kind(fields)?;
    let text = text(fields, &kind)?;
    let mut marks = fields.marks;
    match record.key {
        _ if !keyed => {}
        None => marks.insert(Mark::KeyMissing),
        Some(key) if key != conversation.as_bytes() => marks.insert(Mark::KeyMismatch),
        Some(_) => {}
    }
    Ok(Event {
        id,
        tenant: fields.tenant.take().unwrap_or_default(),
        conversation,
        account: fields.account_id.take().unwrap_or_default(),
        time,
        kind,
        author,
        text,
        format: fields.format,
        subject: take(&mut fields.subject),
        channel: take(&mut fields.channel),
        language: take(&mut fields.language),
        priority: fields.priority,
        status: fields.status,
        assignee: take(&mut fields.assignee),
        team: take(&mut fields.team),
        tags: take(&mut fields.tags),
        product_area: take(&mut fields.product_area),
        environment: take(&mut fields.environment),
        links: take(&mut fields.links),
        attachments: take(&mut fields.attachments),
        contact: take(&mut fields.contact),
        bot: take(&mut fields.bot),
        csat: fields.csat,
        marks,
    })
}

/// An id that no event can do without, else what the envelope has for it.
fn needed<'a>(id: Option<Str<'a>>, fallback: &Option<Str<'a>>, field: &'static str) -> Result<Str<'a>, Problem> {
    let id = id.or_else(|| fallback.clone()).ok_or(Problem::Missing(field))?;
    if id.trim_ascii().is_empty() {
        return Err(Problem::IdEmpty(field));
    }
    if id.len() > ID_BYTES { Err(Problem::IdTooLong(field)) } else { Ok(id) }
}

/// The event's time, set back to its arrival if it lies too far after it.
fn time(fields: &mut Fields<'_>, envelope: &Envelope<'_>, record: &RawRecord<'_>) -> Result<Timestamp, Problem> {
    let time = match (fields.occurred_at, &envelope.time) {
        (Some(time), _) => time,
        (None, Some(text)) => timestamp::parse(text).ok_or(Problem::Time("time"))?,
        (None, None) => return Err(Problem::Missing("occurred_at")),
    };
    match record.arrival.or(fields.received_at).or(record.assumed_arrival) {
        Some(arrival) if time > arrival + CLOCK_SKEW => {
            fields.marks.insert(Mark::TimeClamped);
            Ok(arrival)
        }
        _ => Ok(time),
    }
}

/// The author: needed where a text is read as somebody's.
fn author<'a>(fields: &mut Fields<'a>) -> Result<Author<'a>, Problem> {
    let needed = matches!(fields.kind, None | Some(KindName::Message | KindName::Edit));
    match fields.author.take() {
        None if needed => Err(Problem::Missing("author")),
        None => Ok(Author::default()),
        Some(author) if needed && author.raw.is_empty() => Err(Problem::Missing("author.type")),
        Some(author) => {
            if author.kind == AuthorType::Unknown && !author.raw.is_empty() {
                fields.marks.insert(Mark::AuthorUnknown);
            }
            Ok(author)
        }
    }
}

fn kind<'a>(fields: &mut Fields<'a>) -> Result<Kind<'a>, Problem> {
    let target = &mut fields.target_event_id;
    Ok(match fields.kind.unwrap_or(KindName::Message) {
        KindName::Message => Kind::Message,
        KindName::InternalNote => Kind::InternalNote,
        KindName::StatusChange => Kind::StatusChange,
        KindName::AssignmentChange => Kind::AssignmentChange,
        KindName::Edit => Kind::Edit { target: needed(target.take(), &None, "target_event_id")? },
        KindName::Delete => Kind::Delete { target: needed(target.take(), &None, "target_event_id")? },
        KindName::Merge => Kind::Merge { into: needed(fields.merge_into.take(), &None, "merge_into")? },
        KindName::Erase => Kind::Erase,
        KindName::Verdict => {
            let verdict = fields.verdict.take().ok_or(Problem::Missing("verdict"))?;
            self::verdict(verdict)?
        }
    })
}

/// A verdict. A snooze says until when; a mute also what is muted, by whom and why.
fn verdict(fields: VerdictFields<'_>) -> Result<Kind<'_>, Problem> {
    let VerdictFields { outcome, episode, by, reason, until, rule, tag, scope } = fields;
    let outcome = outcome.ok_or(Problem::Missing("verdict.outcome"))?;
    let terms = match outcome {
        VerdictOutcome::Snooze | VerdictOutcome::Mute => {
            let until = until.ok_or(Problem::Missing("verdict.until"))?;
            Some(Box::new(Terms { until, rule, tag, scope: scope.unwrap_or_default() }))
        }
        _ => None,
    };
    if let (VerdictOutcome::Mute, Some(terms)) = (outcome, &terms) {
        // A whole tenant is never silenced in all that it says.
        let is_all = terms.scope == Scope::Tenant && terms.rule.is_empty() && terms.tag.is_empty();
        let needed = [(is_all, "verdict.rule"), (by.is_empty(), "verdict.by"), (reason.is_empty(), "verdict.reason")];
        if let Some((_, field)) = needed.into_iter().find(|(is_missing, _)| *is_missing) {
            return Err(Problem::Missing(field));
        }
    }
    Ok(Kind::Verdict { outcome, episode, by, reason, terms })
}

/// The text: needed for a message, unless it only brings attachments, and for an edit.
fn text<'a>(fields: &mut Fields<'a>, kind: &Kind<'a>) -> Result<Str<'a>, Problem> {
    let needed = match kind {
        Kind::Message => fields.attachments.is_empty(),
        Kind::Edit { .. } => true,
        _ => false,
    };
    match fields.text.take() {
        None if needed => Err(Problem::Missing("text")),
        text => Ok(text.unwrap_or_default()),
    }
}
