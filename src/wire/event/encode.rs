//! The canonical event as JSON: what the generator, `publish` and tests write. Decoding it gives the same event.

use crate::message::{Author, AuthorType, Event, Format, Kind};
use crate::wire::json::Writer;
use crate::wire::timestamp;

/// Appends `event` to `out` as one JSON object of schema version 1, without a line end. Fields that say nothing are
/// left out; [`Event::marks`] are not part of the event.
pub fn encode_event(event: &Event<'_>, out: &mut Vec<u8>) {
    let mut json = Writer::new(out);
    json.open(b'{').number("schema_version", 1).text("event_id", &event.id).text_if("tenant", &event.tenant);
    json.text("conversation_id", &event.conversation).text_if("account_id", &event.account);
    json.text("occurred_at", &timestamp::format(event.time)).text("kind", event.kind.name());
    author(&mut json, &event.author);
    let says_text = matches!(event.kind, Kind::Message | Kind::Edit { .. });
    if says_text || !event.text.is_empty() {
        json.text("text", &event.text);
    }
    if event.format == Format::Html {
        json.text("format", "html");
    }
    json.text_if("subject", &event.subject).text_if("channel", &event.channel).text_if("language", &event.language);
    if let Some(priority) = event.priority {
        json.text("priority", priority.name());
    }
    if let Some(status) = event.status {
        json.text("status", status.name());
    }
    json.text_if("assignee", &event.assignee).text_if("team", &event.team).texts_if("tags", &event.tags);
    json.text_if("product_area", &event.product_area).text_if("environment", &event.environment);
    json.texts_if("links", &event.links);
    beside(&mut json, event);
    kind(&mut json, &event.kind);
    json.close(b'}');
}

fn author(json: &mut Writer<'_>, author: &Author<'_>) {
    if *author == Author::default() {
        return;
    }
    json.key("author").open(b'{');
    if author.kind != AuthorType::Unknown || !author.raw.is_empty() {
        json.text("type", author.kind.name());
    }
    if author.raw != author.kind.name() {
        json.text_if("raw", &author.raw);
    }
    json.text_if("id", &author.id).text_if("name", &author.name).close(b'}');
}

/// What came with the text.
fn beside(json: &mut Writer<'_>, event: &Event<'_>) {
    if !event.attachments.is_empty() {
        json.key("attachments").open(b'[');
        for attachment in &event.attachments {
            json.open(b'{').text_if("name", &attachment.name).text_if("type", &attachment.media_type);
            json.text_if("url", &attachment.url).close(b'}');
        }
        json.close(b']');
    }
    let contact = &event.contact;
    if *contact != Default::default() {
        json.key("contact").open(b'{').text_if("id", &contact.id).text_if("name", &contact.name);
        json.text_if("email", &contact.email).close(b'}');
    }
    if event.bot != Default::default() {
        json.key("bot").open(b'{');
        if let Some(thousandths) = event.bot.confidence {
            json.key("confidence").thousandths(thousandths.min(1_000).into());
        }
        json.text_if("intent", &event.bot.intent).close(b'}');
    }
    if let Some(csat) = event.csat {
        json.number("csat", csat);
    }
}

/// What only the event's kind carries.
fn kind(json: &mut Writer<'_>, kind: &Kind<'_>) {
    match kind {
        Kind::Edit { target } | Kind::Delete { target } => _ = json.text("target_event_id", target),
        Kind::Merge { into } => _ = json.text("merge_into", into),
        Kind::Verdict { outcome, episode, by, reason, terms } => {
            json.key("verdict").open(b'{').text("outcome", outcome.name()).text_if("episode_id", episode);
            json.text_if("by", by).text_if("reason", reason);
            if let Some(terms) = terms {
                json.text("until", &timestamp::format(terms.until)).text_if("rule", &terms.rule);
                json.text_if("tag", &terms.tag).text("scope", terms.scope.name());
            }
            json.close(b'}');
        }
        Kind::Message | Kind::InternalNote | Kind::StatusChange | Kind::AssignmentChange | Kind::Erase => {}
    }
}
