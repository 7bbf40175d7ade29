//! What is to be done, in a trigger.

use crate::response::Plan;
use crate::wire::json::Writer;
use crate::wire::timestamp;

use super::brevity::Brevity;

/// Writes the fields of a plan.
pub(super) fn write(json: &mut Writer<'_>, plan: &Plan, brevity: Brevity) {
    let short = |text| brevity.text(text);
    json.key("severity").open(b'{').text("name", plan.severity.name()).text("meaning", short(&plan.meaning));
    json.text("cadence", short(&plan.cadence));
    texts(json, "involve", &plan.involve, brevity);
    json.close(b'}').text("priority_from", if plan.priority_told { "event" } else { "severity" });
    json.key("lane").open(b'{').text("name", plan.lane.name()).text("reason", short(&plan.lane_reason)).close(b'}');
    let fallback = &plan.fallback;
    json.key("fallback").open(b'{').text_if("reached", fallback.reached.map_or("", |step| step.name()));
    json.text("next", fallback.next.name()).text_if("bypassed", fallback.bypassed).close(b'}');
    json.text("issue_type", short(&plan.issue)).key("route").open(b'{').text("team", short(&plan.team));
    json.text("reason", plan.routed.sentence());
    json.text("department", if plan.customer_success { "customer_success" } else { "support" });
    json.text("department_reason", short(&plan.department_reason)).text("assignee", short(&plan.assignee));
    json.text("assignee_from", plan.assignee_from).close(b'}');
    json.key("visibility").open(b'{').text("channel", if plan.private { "private" } else { "public" });
    texts(json, "roles", &plan.roles, brevity);
    let withhold = plan.withhold;
    let kinds = [("contacts", withhold.contacts), ("quotes", withhold.quotes), ("revenue", withhold.revenue)];
    let kinds = kinds.into_iter().chain([("artifacts", withhold.artifacts)]);
    let withheld: Vec<&str> = kinds.filter(|(_, withheld)| *withheld).map(|(name, _)| name).collect();
    json.texts("withheld", &withheld).close(b'}').text("channel", &plan.channel);
    texts(json, "exit_criteria", &plan.exit, brevity);
    if let Some(due) = plan.update_due {
        json.text("next_update_due", &timestamp::format(due));
    }
    json.key("links").open(b'{').text_if("case", short(&plan.case_link)).text_if("notes", short(&plan.notes_link));
    json.close(b'}');
}

/// Writes who owns it.
pub(super) fn write_owner(json: &mut Writer<'_>, role: &str, name: &str, plan: &Plan, brevity: Brevity) {
    json.key("owner").open(b'{').text("role", brevity.text(role)).text_if("name", brevity.text(name));
    json.text_if("from", plan.owner.from);
    if plan.owner.from == "stand_in" {
        json.boolean("missing", true);
    }
    let conflict: Vec<&str> = brevity.entries(&plan.owner.conflict).iter().map(|name| brevity.text(name)).collect();
    json.texts_if("conflict", &conflict).close(b'}');
}

fn texts(json: &mut Writer<'_>, name: &'static str, texts: &[String], brevity: Brevity) {
    let short: Vec<&str> = brevity.entries(texts).iter().map(|text| brevity.text(text)).collect();
    json.texts(name, &short);
}
