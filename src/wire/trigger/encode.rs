//! Writes a trigger, at most [`TRIGGER_BYTES`] of it.

use std::fmt;

use crate::limits::TRIGGER_BYTES;
use crate::policy::ZONE_DATABASE;
use crate::response::Plan;
use crate::risk::{Factor, Triage, Trigger};
use crate::score::Level;
use crate::wire::json::Writer;
use crate::wire::timestamp;

use super::brevity::Brevity;
use super::{Provenance, account, brief, plan};

/// Appends the trigger to `out` as one JSON object without a line end. The same trigger and provenance give the same
/// bytes, in a fixed order of fields. A trigger that would be longer than [`TRIGGER_BYTES`] is cut and says so: first
/// evidence goes, then reasons, then the least factors are folded into one named `cut`, so that the points still sum
/// to the score; at last lists and texts that are not ids are shortened.
pub fn encode_trigger(trigger: &Trigger, provenance: &Provenance<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    for brevity in Brevity::STEPS {
        out.truncate(start);
        envelope(&mut Writer::new(out), trigger, provenance, brevity);
        if out.len() - start <= TRIGGER_BYTES {
            return;
        }
    }
}

fn envelope(json: &mut Writer<'_>, trigger: &Trigger, provenance: &Provenance<'_>, brevity: Brevity) {
    let level = trigger.assessment.level;
    json.open(b'{').text("specversion", "1.0").key("id").quoted(trigger.id);
    json.key("source").quoted(format_args!("/foreshock/{}", SourcePath(provenance.application)));
    json.key("type").quoted(format_args!("io.foreshock.escalation.{}", trigger.step.name()));
    json.attribute("subject", &trigger.conversation);
    json.text("time", &timestamp::format(trigger.time)).text("datacontenttype", "application/json");
    json.attribute("partitionkey", &trigger.conversation).key("correlationid").quoted(trigger.episode);
    json.attribute("causationid", &trigger.cause);
    json.text("severitytext", level.name()).number("severitynumber", severity_number(level));
    json.key("data");
    payload(json, trigger, provenance, brevity);
    json.close(b'}');
}

/// The level's number on the scale of OpenTelemetry's log data model: INFO, INFO2, WARN, ERROR, FATAL.
pub(super) const fn severity_number(level: Level) -> u8 {
    match level {
        Level::Info => 9,
        Level::Low => 10,
        Level::Medium => 13,
        Level::High => 17,
        Level::Critical => 21,
    }
}

fn payload(json: &mut Writer<'_>, trigger: &Trigger, provenance: &Provenance<'_>, brevity: Brevity) {
    let short = |text| brevity.text(text);
    json.open(b'{').number("schema_version", 1).key("episode_id").quoted(trigger.episode);
    json.number("sequence", trigger.sequence).text("step", trigger.step.name()).text("action", trigger.step.action());
    json.text("reason", short(&trigger.reason)).text("tenant", &trigger.tenant);
    json.text("conversation_id", &trigger.conversation).text_if("account_id", &trigger.account_id);
    json.text_if("cause_event_id", &trigger.cause).text("level", trigger.assessment.level.name());
    if let Some(previous) = trigger.previous_level {
        json.text("previous_level", previous.name());
    }
    write_triage(json, &trigger.assessment.triage);
    json.number("confidence", trigger.assessment.confidence);
    json.number("score", trigger.assessment.score).text("summary", short(&trigger.summary));
    json.text("team", short(&trigger.team));
    plan::write_owner(json, &trigger.owner_role, &trigger.owner_name, &trigger.plan, brevity);
    if let Some(priority) = trigger.priority {
        json.text("priority", priority.name());
    }
    if trigger.plan != Plan::default() {
        plan::write(json, &trigger.plan, brevity);
    }
    if let Some(brief) = &trigger.brief {
        brief::write(json, brief, brevity);
    }
    let tags: Vec<&str> = brevity.entries(&trigger.tags).iter().map(|tag| short(tag)).collect();
    json.texts("tags", &tags).key("factors").open(b'[');
    for factor in brevity.factors(&trigger.assessment.factors) {
        write_factor(json, &factor, brevity);
    }
    json.close(b']');
    account::write(json, trigger, brevity);
    let marks: Vec<&str> = trigger.marks.iter().map(|mark| mark.name()).collect();
    json.texts("marks", &marks);
    if let Some(verdict) = trigger.verdict {
        json.text("verdict", verdict.name());
    }
    json.boolean("backfill", provenance.backfill);
    if brevity.cuts() {
        json.boolean("cut", true);
    }
    write_provenance(json, trigger, provenance, brevity);
    json.close(b'}');
}

/// Writes what the customer wants, how urgent it is, how they feel; also part of assessments.
pub(in crate::wire) fn write_triage(json: &mut Writer<'_>, triage: &Triage) {
    json.key("triage").open(b'{').text_if("intent", triage.intent).number("urgency", triage.urgency);
    json.number("sentiment", triage.sentiment).close(b'}');
}

/// Writes one factor with all that it holds; also part of assessments.
pub(in crate::wire) fn write_factor_whole(json: &mut Writer<'_>, factor: &Factor) {
    write_factor(json, factor, Brevity::STEPS[0]);
}

fn write_factor(json: &mut Writer<'_>, factor: &Factor, brevity: Brevity) {
    json.open(b'{').text("id", brevity.text(&factor.id)).text("cause", factor.cause.name());
    if let Some(signal) = factor.signal {
        json.text("signal", signal.name());
    }
    json.number("points", factor.points);
    if brevity.reasons {
        json.text_if("reason", &factor.reason);
    }
    json.text_if("event_id", &factor.event);
    if brevity.evidence && !factor.evidence.is_empty() {
        json.key("evidence").open(b'[');
        for evidence in &factor.evidence {
            json.open(b'{').number("start", evidence.start).number("end", evidence.end);
            json.text("quote", &evidence.quote).close(b'}');
        }
        json.close(b']');
    }
    json.close(b'}');
}

fn write_provenance(json: &mut Writer<'_>, trigger: &Trigger, provenance: &Provenance<'_>, brevity: Brevity) {
    json.key("provenance").open(b'{').text("engine_version", brevity.text(provenance.engine_version));
    json.text("knowledge_hash", brevity.text(provenance.knowledge_hash))
        .text("zone_database", ZONE_DATABASE)
        .key("input")
        .open(b'{');
    json.text("topic", brevity.text(provenance.topic)).number("partition", provenance.partition);
    json.number("offset", provenance.offset).close(b'}');
    if let Some(tick) = provenance.tick {
        json.text("tick", &timestamp::format(tick));
    }
    if let Some(account) = &trigger.account {
        json.number("account_version", account.version);
    }
    json.close(b'}');
}

/// A name as one segment of a URI's path: what may not stand there is percent-encoded (RFC 3986, section 3.3).
pub(super) struct SourcePath<'a>(pub(super) &'a str);

impl fmt::Display for SourcePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    write!(f, "{}", char::from(byte))?
                }
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}
