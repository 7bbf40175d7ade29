//! The case brief in a trigger.

use crate::brief::{Brief, Reference, Wording};
use crate::wire::json::Writer;
use crate::wire::timestamp;

use super::brevity::Brevity;

/// Writes the `brief` object.
pub(super) fn write(json: &mut Writer<'_>, brief: &Brief, brevity: Brevity) {
    let short = |text| brevity.text(text);
    json.key("brief").open(b'{').text("language", brief.language).text("summary", short(&brief.summary));
    customer(json, brief, brevity);
    json.key("issue").open(b'{').text_if("product_area", short(&brief.product_area));
    json.text_if("symptom", short(&brief.symptom)).text_if("statement", short(&brief.statement));
    texts_if(json, "further_symptoms", &brief.symptoms, brevity);
    json.text_if("suspected_cause", short(&brief.cause)).text_if("since", short(&brief.since)).close(b'}');
    texts_if(json, "environment", &brief.environment, brevity);
    references(json, "references", &brief.references, brevity);
    references(json, "artifacts", &brief.artifacts, brevity);
    texts_if(json, "amounts", &brief.amounts, brevity);
    attempts(json, brief, brevity);
    json.key("impacts").open(b'[');
    for (what, quote) in brevity.entries(&brief.impacts) {
        json.open(b'{').text("what", short(what)).text_if("quote", short(quote)).close(b'}');
    }
    json.close(b']').text("urgency", brief.urgency).key("emotions").open(b'[');
    for emotion in brevity.entries(&brief.emotions) {
        json.open(b'{').text("signal", emotion.signal).text("quote", short(&emotion.quote)).close(b'}');
    }
    json.close(b']');
    texts_if(json, "outcomes", &brief.outcomes, brevity);
    json.text("next_step", short(&brief.next_step)).key("required").open(b'{').texts("missing", &brief.missing);
    json.number("completeness", brief.completeness).boolean("incomplete", brief.incomplete).close(b'}');
    let csat = brief.csat_estimate;
    json.key("csat").open(b'{').key("value").raw(format_args!("{}.{}", csat / 10, csat % 10));
    json.text("kind", "estimate").text("scale", "1-5").close(b'}');
    timeline(json, brief, brevity);
    json.number("earlier_episodes", brief.earlier_episodes).text("why", short(&brief.why));
    json.text("who", short(&brief.who)).text("next", short(&brief.next)).text("opening", short(&brief.opening));
    wording(json, &brief.wording, brevity);
    json.text_if("post_mortem", short(&brief.post_mortem));
    if brief.dropped > 0 {
        json.number("dropped_facts", brief.dropped);
    }
    json.close(b'}');
}

/// Who it is, and by name what is not known of them.
fn customer(json: &mut Writer<'_>, brief: &Brief, brevity: Brevity) {
    let fields = [
        ("name", &brief.customer),
        ("contact", &brief.contact),
        ("email", &brief.email),
        ("plan", &brief.plan),
        ("tier", &brief.tier),
        ("arr", &brief.arr),
        ("region", &brief.region),
    ];
    json.key("customer").open(b'{').text("account", brief.account_status);
    for (name, text) in fields {
        json.text_if(name, brevity.text(text));
    }
    texts_if(json, "risk_flags", &brief.risk_flags, brevity);
    let missing: Vec<&str> = fields.into_iter().filter(|(_, text)| text.is_empty()).map(|(name, _)| name).collect();
    json.texts("missing", &missing).close(b'}');
}

fn attempts(json: &mut Writer<'_>, brief: &Brief, brevity: Brevity) {
    json.key("attempts").open(b'[');
    for attempt in brevity.entries(&brief.attempts) {
        json.open(b'{').text("what", brevity.text(&attempt.what)).text("by", attempt.by).text("result", attempt.result);
        json.text_if("why", brevity.text(&attempt.why)).close(b'}');
    }
    json.close(b']');
}

fn timeline(json: &mut Writer<'_>, brief: &Brief, brevity: Brevity) {
    json.key("timeline").open(b'[');
    for moment in brevity.entries(&brief.timeline) {
        json.open(b'{').text("time", &timestamp::format(moment.time)).text("by", moment.by).text("what", moment.what);
        json.text_if("text", brevity.text(&moment.text)).close(b'}');
    }
    json.close(b']');
}

fn wording(json: &mut Writer<'_>, wording: &Wording, brevity: Brevity) {
    json.key("for_customer").open(b'{').text("language", wording.language).text("reply", brevity.text(&wording.reply));
    json.text("handover", brevity.text(&wording.handover)).number("wait_minutes", wording.wait_minutes);
    json.key("alternatives").open(b'[');
    for (kind, text) in &wording.alternatives {
        json.open(b'{').text("kind", kind).text("text", brevity.text(text)).close(b'}');
    }
    json.close(b']').close(b'}');
}

fn references(json: &mut Writer<'_>, name: &'static str, references: &[Reference], brevity: Brevity) {
    if references.is_empty() {
        return;
    }
    json.key(name).open(b'[');
    for reference in brevity.entries(references) {
        json.open(b'{').text("kind", &reference.kind).text("text", brevity.text(&reference.text)).close(b'}');
    }
    json.close(b']');
}

fn texts_if(json: &mut Writer<'_>, name: &'static str, texts: &[String], brevity: Brevity) {
    let short: Vec<&str> = brevity.entries(texts).iter().map(|text| brevity.text(text)).collect();
    json.texts_if(name, &short);
}
