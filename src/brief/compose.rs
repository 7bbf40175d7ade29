//! The brief of a trigger, of facts, account and plan.

use std::collections::BTreeMap;

use minijinja::value::Value;

use super::render::{Voice, all, clock, kind_of_artifact, symptoms};
use super::{Attempt, Brief, Emotion, Fact, Facts, Kind, Moment, Reference, Wording};
use crate::account::Account;
use crate::lexicon::Language;
use crate::limits;
use crate::policy::{Field, IssueIndex, Policy};
use crate::response::Plan;
use crate::signal::{Signal, SignalSet};
use crate::time::Timestamp;

/// What a brief is made of.
#[derive(Clone, Debug)]
pub(crate) struct Inputs<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) facts: Option<&'a Facts>,
    pub(crate) account: Option<&'a Account>,
    pub(crate) account_id: &'a str,
    pub(crate) plan: &'a Plan,
    pub(crate) score: i32,
    pub(crate) signals: SignalSet,
    /// Why the step was taken, a sentence without its full stop.
    pub(crate) headline: &'a str,
    pub(crate) emotions: Vec<Emotion>,
    /// The steps of the episode so far.
    pub(crate) steps: Vec<Moment>,
    /// Whether a draft of the post-mortem is wanted.
    pub(crate) post_mortem: bool,
    pub(crate) earlier_episodes: u32,
    pub(crate) time: Timestamp,
}

/// The kind of issue: what the signals mean, else what the first trouble is about.
pub(crate) fn issue_of(policy: &Policy, facts: Option<&Facts>, signals: SignalSet) -> Option<IssueIndex> {
    let words = &policy.words;
    let of_signals = policy.issues.of_signals(signals);
    let symptoms = facts.into_iter().flat_map(|facts| facts.of(Kind::Symptom));
    let mut of_symptoms = symptoms.filter_map(|symptom| {
        let thing = words.by_key(symptom.entry).map_or("", |entry| entry.issue.as_str());
        let trouble = words.by_key(symptom.other).map_or("", |entry| entry.issue.as_str());
        let is_plain = matches!(thing, "" | "technical" | "integration");
        policy.issues.find(if trouble == "outage" || (is_plain && !trouble.is_empty()) { trouble } else { thing })
    });
    of_signals.or_else(|| of_symptoms.next())
}

/// Makes the brief.
pub(crate) fn compose(inputs: &Inputs<'_>) -> Brief {
    let told = inputs.facts.map(|facts| without_withheld(facts, inputs.plan));
    let inputs = &Inputs { facts: told.as_ref(), ..inputs.clone() };
    let Inputs { policy, facts, account, plan, .. } = *inputs;
    let reader = Voice { words: &policy.words, language: policy.response.brief.language };
    let customer = Voice { words: &policy.words, language: customer_language(inputs) };
    let missing = missing(inputs);
    let required = policy.issues.find(&plan.issue).map_or(0, |issue| policy.issues.get(issue).required.len());
    let mut symptoms = symptoms(facts, reader);
    let known = account.filter(|_| !plan.withhold.revenue);
    let values = values(inputs, reader, &missing, false);
    let public = if plan.private { values.clone() } else { self::values(inputs, reader, &missing, true) };
    let fill = |name: &str, values: &Value| policy.words.templates.fill(reader.language, name, values);
    let text = |of: fn(&Account) -> &String| account.map(of).cloned().unwrap_or_default();
    let mut brief = Brief {
        language: reader.language.code(),
        summary: text_of(&values, "summary"),
        customer: text(|account| &account.name),
        plan: text(|account| &account.plan),
        region: text(|account| &account.region),
        tier: account.and_then(|account| account.tier).map_or_else(String::new, |tier| tier.name().to_owned()),
        arr: known.and_then(|account| account.arr.as_ref()).map_or_else(String::new, |arr| reader.revenue(arr)),
        risk_flags: account.map_or_else(Vec::new, |account| account.risk_flags.clone()),
        account_status: account_status(inputs),
        product_area: facts.map_or_else(String::new, |facts| product_area(facts, reader)),
        cause: all(facts, Kind::Cause, |fact| reader.told(fact)).into_iter().next().unwrap_or_default(),
        statement: facts
            .and_then(|facts| facts.of(Kind::Symptom).next())
            .map_or_else(String::new, |f| f.note.to_string()),
        since: all(facts, Kind::When, |fact| reader.told(fact)).into_iter().next().unwrap_or_default(),
        environment: environment(facts),
        amounts: all(facts, Kind::Amount, |fact| reader.told(fact)),
        attempts: attempts(facts, reader),
        outcomes: all(facts, Kind::Outcome, |fact| reader.told(fact)),
        urgency: if is_urgent(inputs) { "high" } else { "normal" },
        emotions: if plan.withhold.quotes { Vec::new() } else { inputs.emotions.clone() },
        next_step: reader.words.next_step(&plan.issue, &plan.team, reader.language).to_owned(),
        completeness: (100 * (required - missing.len().min(required))).checked_div(required).unwrap_or(100) as u8,
        incomplete: !missing.is_empty(),
        csat_estimate: csat(inputs),
        timeline: timeline(inputs, reader),
        earlier_episodes: inputs.earlier_episodes,
        why: fill("why", &values),
        who: fill("who", &values),
        next: fill("next", &values),
        opening: fill("opening", &public),
        post_mortem: if inputs.post_mortem { post_mortem(inputs, reader, &values) } else { String::new() },
        wording: wording(inputs, customer, &missing),
        dropped: facts.map_or(0, |facts| facts.dropped),
        missing,
        ..Brief::default()
    };
    if !symptoms.is_empty() {
        brief.symptom = symptoms.remove(0);
    }
    brief.symptoms = symptoms;
    (brief.contact, brief.email) = contact(inputs);
    brief.references = references(facts, Kind::Reference, |fact| reader.kind_of_reference(fact).to_owned());
    brief.artifacts = references(facts, Kind::Artifact, |fact| kind_of_artifact(fact).to_owned());
    let impacts = facts.into_iter().flat_map(|facts| facts.of(Kind::Impact));
    brief.impacts = impacts.map(|fact| (reader.told(fact), fact.note.to_string())).collect();
    brief
}

/// A draft of the post-mortem.
fn post_mortem(inputs: &Inputs<'_>, reader: Voice<'_>, values: &Value) -> String {
    let moments = timeline(inputs, reader);
    let told = moments.iter().map(|moment| {
        let text = if moment.by == "foreshock" { moment.what } else { moment.text.as_str() };
        format!("{} {text}", clock(moment.time))
    });
    let first = |what: &str| {
        let moment = inputs.steps.iter().find(|step| step.what == what);
        moment.map_or_else(String::new, |moment| clock(moment.time))
    };
    let last = inputs.steps.iter().rfind(|step| step.what == "resolved");
    let impacts = all(inputs.facts, Kind::Impact, |fact| reader.told(fact));
    let values = minijinja::context! {
        timeline => told.collect::<Vec<_>>().join("; "),
        opened => first("opened"),
        resolved => last.map_or_else(String::new, |moment| clock(moment.time)),
        impacts => reader.list(&impacts),
        ..values.clone()
    };
    inputs.policy.words.templates.fill(reader.language, "post_mortem", &values)
}

/// What the brief may rest on: what policy withholds is taken out before any text is made of it.
fn without_withheld(facts: &Facts, plan: &Plan) -> Facts {
    let mut facts = facts.clone();
    if plan.withhold.quotes {
        facts.list.iter_mut().for_each(|fact| fact.note = Box::default());
    }
    if plan.withhold.artifacts {
        let (artifacts, mut rest): (Vec<Fact>, Vec<Fact>) =
            facts.list.drain(..).partition(|fact| fact.kind == Kind::Artifact);
        for fact in &mut rest {
            // A quote may name the file or the link.
            let names = artifacts.iter().map(|artifact| &*artifact.text).filter(|name| !name.is_empty());
            fact.note = names.fold(fact.note.to_string(), |note, name| note.replace(name, "…")).into();
        }
        facts.list = rest;
    }
    facts
}

/// What may stand in templates, in the words of a voice. In public nothing tells what the account pays.
fn values(inputs: &Inputs<'_>, voice: Voice<'_>, missing: &[&'static str], public: bool) -> Value {
    let Inputs { policy, facts, account, plan, .. } = *inputs;
    let symptom = symptoms(facts, voice).into_iter().next().unwrap_or_default();
    let attempts = all(facts, Kind::Attempt, |fact| voice.attempt(fact));
    let helped = facts.is_some_and(|facts| facts.of(Kind::Attempt).any(|attempt| attempt.helped));
    let arr = account.and_then(|account| account.arr.as_ref()).filter(|_| !public && !plan.withhold.revenue);
    let first = |kind: Kind| all(facts, kind, |fact| voice.told(fact)).into_iter().next().unwrap_or_default();
    let own = plan.assignee_from != "queue";
    let colleague = if own {
        plan.assignee.clone()
    } else {
        policy.words.templates.fill(voice.language, "colleague", &Value::UNDEFINED)
    };
    let contact = if public { String::new() } else { contact(inputs).0 };
    let mut values: BTreeMap<&'static str, Value> = BTreeMap::new();
    let mut set = |name: &'static str, text: &str| _ = values.insert(name, Value::from(text));
    set("tier", account.and_then(|account| account.tier).map_or("", |tier| tier.name()));
    set("customer", account.map_or("", |account| account.name.as_str()));
    set("arr", &arr.map_or_else(String::new, |arr| voice.revenue(arr)));
    set("symptom", &symptom);
    set("cause", &first(Kind::Cause));
    set("when", &first(Kind::When));
    set("environment", &first(Kind::Environment));
    set("outcome", &first(Kind::Outcome));
    set("attempts", &voice.list(&attempts));
    set("team", voice.phrase("team_name", &plan.team));
    set("suited", voice.words.phrase("team_suited", voice.language, &plan.team).unwrap_or_default());
    set("issue", voice.phrase("issue_name", &plan.issue));
    set("action", voice.words.next_step(&plan.issue, &plan.team, voice.language));
    set("owner", &plan.owner.name);
    set("owner_role", &plan.owner.role);
    set("severity", plan.severity.name());
    set("priority", plan.priority.name());
    set("case_link", &plan.case_link);
    set("headline", inputs.headline);
    set("contact", contact.split_whitespace().next().unwrap_or_default());
    set("colleague", &colleague);
    set("missing", &missing.join(", "));
    set("due", &plan.update_due.map_or_else(String::new, clock));
    values.insert("helped", Value::from(helped));
    values.insert("several", Value::from(attempts.len() > 1));
    values.insert("wait", Value::from(policy.response.brief.wait[plan.priority as usize]));
    let before = Value::from(values.clone());
    values.insert("summary", Value::from(policy.words.templates.fill(voice.language, "summary", &before)));
    Value::from(values)
}

/// One of the [`values`].
fn text_of(values: &Value, name: &str) -> String {
    values.get_attr(name).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn customer_language(inputs: &Inputs<'_>) -> Language {
    let told = inputs.facts.and_then(|facts| facts.language);
    let account = inputs.account.and_then(|account| Language::from_tag(&account.locale));
    told.or(account).unwrap_or(Language::English)
}

/// The person on the customer's side: whom the events name, else the account's first contact.
/// Nobody where policy withholds people.
fn contact(inputs: &Inputs<'_>) -> (String, String) {
    if inputs.plan.withhold.contacts {
        return Default::default();
    }
    let facts = inputs.facts.map(|facts| (facts.contact.to_string(), facts.email.to_string())).unwrap_or_default();
    let account = inputs.account.and_then(|account| account.contacts.first());
    let account = account.map(|person| (person.name.clone(), person.email.clone()));
    let mut found = facts;
    if let Some((name, email)) = account {
        if found.0.is_empty() {
            found.0 = name;
        }
        if found.1.is_empty() {
            found.1 = email;
        }
    }
    found
}

fn account_status(inputs: &Inputs<'_>) -> &'static str {
    let stale = inputs.policy.response.brief.stale;
    match inputs.account {
        None if inputs.account_id.is_empty() => "missing",
        None => "unknown",
        Some(account) if account.updated_at.is_some_and(|updated| inputs.time - updated > stale) => "stale",
        Some(_) => "known",
    }
}

fn product_area(facts: &Facts, voice: Voice<'_>) -> String {
    if !facts.product_area.is_empty() {
        return facts.product_area.to_string();
    }
    facts.symptoms().next().map_or_else(String::new, |symptom| voice.noun(symptom.entry).to_owned())
}

fn environment(facts: Option<&Facts>) -> Vec<String> {
    let told = facts.map(|facts| facts.environment.to_string()).filter(|text| !text.is_empty());
    told.into_iter().chain(all(facts, Kind::Environment, |fact| fact.text.to_string())).collect()
}

fn attempts(facts: Option<&Facts>, voice: Voice<'_>) -> Vec<Attempt> {
    let of = |kind: Kind| facts.into_iter().flat_map(move |facts| facts.of(kind));
    let attempt = |fact: &Fact| Attempt {
        what: voice.attempt(fact),
        by: fact.by.name(),
        result: match (fact.kind, fact.helped, fact.note.is_empty()) {
            (Kind::Suggested, ..) => "unknown",
            (_, true, _) => "helped",
            // Whoever still writes of it as a trouble was not helped by it.
            (_, false, _) => "did_not_help",
        },
        why: fact.note.to_string(),
    };
    of(Kind::Attempt).chain(of(Kind::Suggested)).map(attempt).collect()
}

fn references(facts: Option<&Facts>, kind: Kind, name: impl Fn(&Fact) -> String) -> Vec<Reference> {
    let facts = facts.into_iter().flat_map(|facts| facts.of(kind));
    facts.map(|fact| Reference { kind: name(fact), text: fact.text.to_string() }).collect()
}

fn is_urgent(inputs: &Inputs<'_>) -> bool {
    let deadline =
        inputs.policy.words.find(crate::policy::Use::Impact, "deadline").map(|at| inputs.policy.words.key(at));
    let pressed = inputs.facts.is_some_and(|facts| facts.of(Kind::Impact).any(|fact| Some(fact.entry) == deadline));
    pressed || inputs.signals.contains(Signal::Urgency)
}

/// Required fields of the issue that nobody has told.
fn missing(inputs: &Inputs<'_>) -> Vec<&'static str> {
    let Inputs { policy, facts, plan, .. } = *inputs;
    let has = |kind: Kind| facts.is_some_and(|facts| facts.of(kind).next().is_some());
    let issue = policy.issues.find(&plan.issue).unwrap_or(policy.issues.other());
    let error = policy.words.find(crate::policy::Use::Reference, "error").map(|at| policy.words.key(at));
    let is_known = |field: &&Field| match field {
        Field::Contact => contact(inputs) != (String::new(), String::new()),
        Field::Symptom => has(Kind::Symptom),
        Field::Cause => has(Kind::Cause),
        Field::When => has(Kind::When),
        Field::Environment => !environment(facts).is_empty(),
        Field::Reference => facts.is_some_and(|facts| facts.of(Kind::Reference).any(|fact| Some(fact.entry) != error)),
        Field::Error => facts.is_some_and(|facts| {
            facts.of(Kind::Reference).any(|fact| Some(fact.entry) == error)
                || facts.of(Kind::Artifact).any(|fact| kind_of_artifact(fact) == "log")
        }),
        Field::Amount => has(Kind::Amount),
        Field::Attempts => has(Kind::Attempt),
        Field::Outcome => has(Kind::Outcome),
    };
    policy.issues.get(issue).required.iter().filter(|field| !is_known(field)).map(|field| field.name()).collect()
}

fn csat(inputs: &Inputs<'_>) -> i64 {
    let (calm, worst) = inputs.policy.response.brief.csat;
    calm + (worst - calm) * i64::from(inputs.score) / 1_000
}

/// What happened, in order of time; of a long story the beginning and the end.
fn timeline(inputs: &Inputs<'_>, voice: Voice<'_>) -> Vec<Moment> {
    let facts = inputs.facts.into_iter().flat_map(|facts| &facts.list);
    let of_fact =
        |fact: &Fact| Moment { time: fact.time, by: fact.by.name(), what: fact.kind.name(), text: voice.told(fact) };
    let mut moments: Vec<Moment> = facts.map(of_fact).chain(inputs.steps.iter().cloned()).collect();
    moments.sort_by_key(|moment| moment.time);
    if moments.len() > limits::TIMELINE {
        moments.drain(limits::TIMELINE / 2..moments.len() - limits::TIMELINE / 2);
    }
    moments
}

fn wording(inputs: &Inputs<'_>, voice: Voice<'_>, missing: &[&'static str]) -> Wording {
    let Inputs { policy, plan, .. } = *inputs;
    let name = contact(inputs).0;
    let first_name = Value::from(name.split_whitespace().next().unwrap_or_default());
    let values = minijinja::context! { contact => first_name, ..values(inputs, voice, missing, true) };
    let fill = |name: &str| policy.words.templates.fill(voice.language, name, &values);
    let reply = format!("reply_{}", plan.issue);
    let reply = if policy.words.templates.has(&reply) { fill(&reply) } else { fill("reply_default") };
    Wording {
        language: voice.language.code(),
        reply,
        handover: fill("handover"),
        wait_minutes: policy.response.brief.wait[plan.priority as usize],
        alternatives: vec![
            ("callback", fill("alternative_callback")),
            ("scheduled_call", fill("alternative_scheduled")),
        ],
    }
}
