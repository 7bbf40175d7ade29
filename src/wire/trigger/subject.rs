//! Writes what the second stage found: an incident, a recurring issue, several voices, a digest.

use super::Provenance;
use super::encode::{SourcePath, severity_number};
use crate::limits::FIELD_BYTES;
use crate::risk::Step;
use crate::subject::{Finding, Kind};
use crate::wire::json::Writer;
use crate::wire::timestamp;

/// The key of a finding's record and its CloudEvents subject: kind, then issue and account as far as it is about them.
#[must_use]
pub fn finding_key(finding: &Finding) -> String {
    let parts = [finding.kind.name(), &finding.issue, &finding.account];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(":")
}

/// Appends a finding to `out` as one JSON object without a line end: a CloudEvent as triggers are, whose `data` is
/// documented in `docs/SUBJECTS.md`. The same finding gives the same bytes. The list is bounded by
/// [`crate::limits::SUBJECT_LISTED`] and its texts are short, so that it fits any topic.
pub fn encode_finding(finding: &Finding, provenance: &Provenance<'_>, out: &mut Vec<u8>) {
    let (kind, step) = (finding.kind.name(), finding.step.name());
    let key = finding_key(finding);
    let json = &mut Writer::new(out);
    json.open(b'{').text("specversion", "1.0").key("id").quoted(finding.id);
    json.key("source").quoted(format_args!("/foreshock/{}", SourcePath(provenance.application)));
    json.key("type").quoted(format_args!("io.foreshock.{kind}.{step}"));
    json.attribute("subject", &key);
    json.text("time", &timestamp::format(finding.to)).text("datacontenttype", "application/json");
    json.attribute("partitionkey", &key).key("correlationid").quoted(finding.episode);
    json.text("severitytext", finding.level.name()).number("severitynumber", severity_number(finding.level));
    json.key("data").open(b'{').number("schema_version", 1).key("episode_id").quoted(finding.episode);
    json.number("sequence", finding.sequence).text("step", step).text("action", finding.step.action());
    json.text("reason", kind).text("tenant", &finding.tenant).text_if("account_id", &finding.account);
    json.text_if("account_name", short(&finding.account_name)).text_if("issue", short(&finding.issue));
    json.text("level", finding.level.name()).text("summary", &summary(finding)).text("team", short(&finding.team));
    json.key("owner").open(b'{').text("role", short(&finding.owner_role)).close(b'}');
    json.key("window").open(b'{').text("from", &timestamp::format(finding.from));
    json.text("to", &timestamp::format(finding.to)).close(b'}');
    json.key("counts").open(b'{').number("conversations", finding.conversations);
    json.number("accounts", finding.accounts).number("people", finding.people).close(b'}');
    list(json, finding);
    if finding.kind == Kind::Incident {
        status_page(json, finding);
    }
    json.key("provenance").open(b'{').text("engine_version", short(provenance.engine_version));
    json.text("knowledge_hash", short(provenance.knowledge_hash)).close(b'}').close(b'}').close(b'}');
}

fn list(json: &mut Writer<'_>, finding: &Finding) {
    json.key("listed").open(b'[');
    for listed in &finding.listed {
        json.open(b'{').text("conversation_id", &listed.conversation).text_if("account_id", &listed.account);
        json.text_if("account_name", short(&listed.account_name)).text("time", &timestamp::format(listed.time));
        json.text("level", listed.level.name()).text_if("said", short(&listed.said));
        if let Some(episode) = listed.episode {
            json.key("episode_id").quoted(episode);
        }
        json.close(b'}');
    }
    json.close(b']');
    let left_out = finding.conversations.saturating_sub(finding.listed.len());
    if left_out > 0 {
        json.number("left_out", left_out);
    }
}

/// What an internal status page can show as it is.
fn status_page(json: &mut Writer<'_>, finding: &Finding) {
    let state = if finding.step == Step::Resolved { "no further reports" } else { "investigating" };
    let started = timestamp::format(finding.from);
    json.key("status_page").open(b'{').text("component", short(&finding.issue)).text("state", state);
    json.text("started_at", &started);
    let message = match finding.step {
        Step::Resolved => format!("No customer has reported problems with {} any more.", short(&finding.issue)),
        _ => format!("{} customers report problems with {}.", finding.accounts, short(&finding.issue)),
    };
    json.text("message", &message).close(b'}');
}

/// One sentence for people.
fn summary(finding: &Finding) -> String {
    let Finding { conversations, accounts, people, .. } = finding;
    let issue = short(&finding.issue);
    let who = if finding.account_name.is_empty() { &finding.account } else { &finding.account_name };
    let who = short(who);
    match (finding.kind, finding.step) {
        (Kind::Incident, Step::Resolved) => format!("No further complaints about {issue}."),
        (Kind::Incident, _) => {
            format!("{accounts} accounts complain about {issue} in {conversations} conversations: one incident.")
        }
        (Kind::Recurring, Step::Resolved) => format!("{who}: {issue} has not come up again."),
        (Kind::Recurring, _) => format!("{who}: {issue} has come up in {conversations} conversations."),
        (Kind::Voices, Step::Resolved) => format!("{who}: no further complaints."),
        (Kind::Voices, _) => format!("{who}: {people} people complain, in {conversations} conversations."),
        (Kind::Digest, _) => format!("{who}: {conversations} alerts beyond the day's budget."),
    }
}

/// The beginning of a text, as long as other fields may be.
fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(FIELD_BYTES / 8)]
}
