//! The decisions of a plan, each with its reason.

use super::{Facts, Fallback, FallbackStep, Owner, Plan, Routed, channel_name};
use crate::account::Account;
use crate::policy::{Gate, IssueIndex, Lane, PersonField, Policy, TeamIndex, fill};
use crate::signal::{Signal, SignalSet};

/// Which team acts, and why: the rule's route, else the reason's team, else the issue's, else the default; then complexity
/// and tier may pass it on. The last value tells whether the rule names a team that policy does not have.
pub(crate) fn route(
    policy: &Policy,
    (rule_route, reason): (&str, &str),
    issue: Option<IssueIndex>,
    failed_attempts: usize,
    account: Option<&Account>,
) -> (TeamIndex, Routed, bool) {
    let routing = &policy.routing;
    let unroutable = !rule_route.is_empty() && routing.team(rule_route).is_none();
    let of_issue = issue.filter(|issue| *issue != policy.issues.other()).map(|issue| policy.issues.get(issue).team);
    let of_reason = routing.reasons.get(reason).copied();
    let is_tone = Signal::from_name(reason).is_none_or(|signal| routing.tone.contains(signal));
    let (mut team, mut routed) = match (of_issue, routing.team(rule_route), of_reason) {
        (Some(team), _, _) if is_tone => (team, Routed::Issue),
        (_, Some(team), _) => (team, Routed::Rule),
        (_, None, Some(team)) => (team, Routed::Reason),
        (Some(team), None, None) => (team, Routed::Issue),
        (None, None, None) => (routing.default_team, Routed::Fallthrough),
    };
    if failed_attempts >= usize::from(routing.complex_attempts)
        && let Some(next) = routing.complex_teams.get(&team)
    {
        (team, routed) = (*next, Routed::Complex);
    }
    if let Some(tier) = account.and_then(|account| account.tier)
        && let Some(next) = routing.tier_teams[tier.index()].get(&team)
    {
        (team, routed) = (*next, Routed::Tier);
    }
    (team, routed, unroutable)
}

/// Whether a dispute is of high value: by the sum in the text, or by what the account pays.
pub(crate) fn dollars_of_high_value(policy: &Policy, dollars: Option<u64>, account: Option<&Account>) -> bool {
    let arr = account.and_then(|account| account.arr.as_ref()).and_then(|arr| policy.currencies.dollars(arr));
    dollars.is_some_and(|dollars| dollars >= policy.response.high_value_dollars)
        || arr.is_some_and(|dollars| dollars >= policy.response.high_value_arr_dollars)
}

/// The plan.
pub(crate) fn plan(facts: &Facts<'_>) -> Plan {
    let Facts { policy, account, level, .. } = *facts;
    let response = &policy.response;
    let severity = response.severity(level);
    let issue = policy.issues.get(facts.issue);
    let (lane, lane_reason) = lane(facts);
    let (customer_success, department_reason) = department(facts);
    let (assignee, assignee_from) = assignee(facts, customer_success);
    let mut exit = severity.exit.clone();
    exit.extend(response.exit.get(facts.reason).into_iter().flatten().cloned());
    let link = |link: &str| fill(link, facts.tenant, facts.conversation, facts.account_id);
    let channel = if facts.channel.is_empty() {
        channel_name(response, account, facts.account_id, facts.conversation)
    } else {
        facts.channel.to_owned()
    };
    Plan {
        severity: level,
        meaning: severity.meaning.clone(),
        cadence: severity.cadence.clone(),
        involve: severity.involve.clone(),
        priority: facts.told_priority.unwrap_or(response.priorities[level as usize]),
        priority_told: facts.told_priority.is_some(),
        lane,
        lane_reason,
        fallback: fallback(facts, lane),
        issue: issue.name.clone(),
        team: policy.routing.team_name(facts.team).to_owned(),
        routed: facts.routed,
        customer_success,
        department_reason,
        assignee,
        assignee_from,
        owner: owner(facts),
        private: severity.private,
        roles: severity.roles.clone(),
        withhold: severity.withhold,
        channel,
        exit,
        update_due: (!facts.over).then(|| facts.time + severity.update),
        case_link: link(&response.case_link),
        notes_link: if facts.account_id.is_empty() { String::new() } else { link(&response.notes_link) },
    }
}

fn lane(facts: &Facts<'_>) -> (Lane, String) {
    let lanes = &facts.policy.response.lanes;
    for (lane, gate) in [(Lane::HumanFirst, &lanes.human_first), (Lane::Guardrailed, &lanes.guardrailed)] {
        if let Some(reason) = passes(gate, facts) {
            return (lane, reason);
        }
    }
    (Lane::Autonomous, "nothing asks for a human being".to_owned())
}

/// Why a gate applies, if it does.
fn passes(gate: &Gate, facts: &Facts<'_>) -> Option<String> {
    if let Some(signal) = gate.signals.and(facts.signals).iter().next() {
        return Some(format!("the signal {signal}"));
    }
    if facts.level >= gate.level {
        return Some(format!("the severity is {}", facts.level));
    }
    let tier = facts.account.and_then(|account| account.tier).filter(|tier| *tier >= gate.tier);
    tier.map(|tier| format!("the account's tier is {tier}"))
}

fn fallback(facts: &Facts<'_>, lane: Lane) -> Fallback {
    let reached = facts.reached;
    let bypassed = if facts.signals.contains(Signal::Security) {
        "security"
    } else if facts.high_value {
        "high_value_dispute"
    } else if lane == Lane::HumanFirst {
        "human_first"
    } else {
        ""
    };
    let following = |step: FallbackStep| FallbackStep::ALL[(step as usize + 1).min(FallbackStep::ALL.len() - 1)];
    let next = match reached {
        _ if !bypassed.is_empty() => FallbackStep::LiveAgent,
        Some(step) => following(step),
        None => FallbackStep::Clarify,
    };
    Fallback { reached, next, bypassed }
}

fn department(facts: &Facts<'_>) -> (bool, String) {
    let strategic: SignalSet = facts.policy.response.success.and(facts.signals);
    let issue = facts.policy.issues.get(facts.issue);
    match strategic.iter().next() {
        Some(signal) => (true, format!("the signal {signal} concerns the relationship")),
        None if issue.customer_success => (true, format!("the issue is one of {}", issue.name)),
        None => (false, format!("the issue is one of {}", issue.name)),
    }
}

fn assignee(facts: &Facts<'_>, customer_success: bool) -> (String, &'static str) {
    if !facts.assignee.is_empty() {
        return (facts.assignee.to_owned(), "current");
    }
    let known = |field: PersonField| facts.account.map(|account| field.of(account).name.clone());
    let people = [PersonField::CustomerSuccessManager, PersonField::AccountManager];
    let person = people.into_iter().filter_map(known).find(|name| !name.is_empty());
    match person.filter(|_| customer_success) {
        Some(name) => (name, "account"),
        None => (format!("queue:{}", facts.policy.routing.team_name(facts.team)), "queue"),
    }
}

/// Exactly one owner: who claimed it first, else whom policy or account name for the role, else the stand-in.
fn owner(facts: &Facts<'_>) -> Owner {
    let routing = &facts.policy.routing;
    let issue = facts.policy.issues.get(facts.issue);
    let role = if issue.specific { &routing.specific_owner } else { routing.owner(facts.level) };
    let manager = routing.product_managers.get(&facts.product_area.to_lowercase()).filter(|_| issue.specific);
    let person = role.person.zip(facts.account).map(|(field, account)| field.of(account).name.as_str());
    let (name, from) = match (facts.claims.first(), manager, person) {
        (Some(claim), _, _) => (&**claim, "verdict"),
        (None, Some(manager), _) => (manager.as_str(), "product_managers"),
        (None, None, Some(name)) if !name.is_empty() => (name, "account"),
        _ => (role.stand_in.as_str(), "stand_in"),
    };
    Owner {
        role: role.role.clone(),
        name: name.to_owned(),
        from,
        conflict: facts.claims.iter().skip(1).map(|claim| claim.to_string()).collect(),
    }
}
