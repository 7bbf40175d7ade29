//! What rows of the checklist show that no single conversation can: each takes knowledge and what is switched off, and
//! yields lines of text.

use std::sync::Arc;

use foreshock::diagnostic::SourceFile;
use foreshock::knowledge::{Files, Knowledge};
use foreshock::lexicon::Lexicons;
use foreshock::limits;
use foreshock::policy::Policy;
use foreshock::rules::RuleSet;
use serde_json::Value;

use super::switch::Off;
use crate::report::report as two_months;

/// Knowledge in, lines of text out.
pub(super) type Proof = fn(&Knowledge, &Off) -> String;

/// The tests that rows name as `test:NAME`.
pub(super) const PROOFS: &[(&str, Proof)] = &[
    ("low_severity", low_severity),
    ("withheld", withheld),
    ("report", report),
    ("recurring", recurring),
    ("outage", outage),
    ("excepted", excepted),
    ("muted_account", muted_account),
    ("budget", budget),
    ("capitals", capitals),
    ("unroutable", unroutable),
    ("no_transcript", no_transcript),
    ("vocabulary", vocabulary),
];

/// Plays a scenario with policy keys of its own.
fn play_with(scenario: &str, keys: &str, knowledge: &Knowledge, off: &Off) -> String {
    let own = SourceFile { path: "policy/own.toml".to_owned(), text: keys.to_owned() };
    let mut diagnostics = Vec::new();
    // What is switched off comes last.
    let policy = Arc::new(Policy::load(&[&[own], off.policies.as_slice()].concat(), &mut diagnostics));
    assert_eq!(diagnostics, []);
    crate::scenarios::play(scenario, &Knowledge { policy, ..knowledge.clone() })
}

/// An episode of level low, which the shipped policy does not open.
fn low_severity(knowledge: &Knowledge, off: &Off) -> String {
    let scenario = "00:00 customer  This is unacceptable.\n00:00 show data.severity data.visibility.roles\n";
    play_with(scenario, "[episode]\nopen_level = \"low\"\nclose_score = 100\n", knowledge, off)
}

/// What policy withholds from a trigger: quotes, contacts, revenue.
fn withheld(knowledge: &Knowledge, off: &Off) -> String {
    let scenario = "account tier=enterprise arr=50000 name=Borg contact=Dana_Holt\n00:00 customer  We are evaluating other vendors.\n\
                    00:00 show data.account.contacts\n00:00 show data.account.arr\n00:00 show data.factors.1.evidence\n\
                    00:00 show data.visibility.withheld\n00:00 show data.summary\n";
    play_with(scenario, "[severity.high]\nwithhold = [\"contacts\", \"quotes\", \"revenue\"]\n", knowledge, off)
}

/// The figures of a report on two made-up months that have something to say, by their names, without the events that
/// are switched off.
fn report(knowledge: &Knowledge, off: &Off) -> String {
    let mut lines = String::new();
    told(&two_months(knowledge, &off.input), "", &mut lines);
    lines
}

fn told(value: &Value, name: &str, lines: &mut String) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| told(value, &format!("{name}.{key}"), lines)),
        Value::Array(items) => items.iter().for_each(|item| told(item, &format!("{name}[]"), lines)),
        Value::Null => {}
        Value::Number(number) if number.as_i64() == Some(0) => {}
        leaf => *lines += &format!("{}: {leaf}\n", name.trim_start_matches('.')),
    }
}

/// Three conversations of one account about one part of the product.
fn recurring(knowledge: &Knowledge, _: &Off) -> String {
    crate::subjects::play_named("recurring", knowledge, &[])
}

/// An outage over several accounts.
fn outage(knowledge: &Knowledge, _: &Off) -> String {
    crate::subjects::play_named("outage", knowledge, &[])
}

/// An exception of one rule for one account.
fn excepted(knowledge: &Knowledge, off: &Off) -> String {
    crate::subjects::play_named("excepted", knowledge, &off.policies)
}

/// A rule that is muted for an account.
fn muted_account(knowledge: &Knowledge, off: &Off) -> String {
    crate::subjects::play_named("muted_account", knowledge, &off.policies)
}

/// More alerts of an account than its day has room for.
fn budget(knowledge: &Knowledge, off: &Off) -> String {
    crate::subjects::play_named("budget", knowledge, &off.policies)
}

/// Which texts are shouted. That these codes, abbreviations and lines of logs are quiet is seen to here.
fn capitals(knowledge: &Knowledge, _: &Off) -> String {
    let said_of = |text: &str, rule: &str| {
        let played = crate::scenarios::play(&format!("00:00 customer  {text}\n"), knowledge);
        played.split_once(" | ").is_some_and(|(_, said)| said.contains(rule))
    };
    let quiet = [
        "Our SAML SSO setup uses the REST API and SCIM, order AB-12345-XY, SKU XJ900-QT.",
        "The log says: ERROR: CONNECTION_TIMEOUT (E4021)",
        "2026-03-02 09:14:22 ERROR FATAL DB_CONN_TIMEOUT: CONNECTION REFUSED",
    ];
    for text in quiet {
        assert!(!said_of(text, "shouting."), "nobody shouts in `{text}`");
    }
    let loud = ["WHY DOES NOBODY ANSWER THIS QUESTION", "My order AB-12345-XY HAS NOT ARRIVED AND NOBODY CARES"];
    loud.iter().filter(|text| said_of(text, "shouting.capitals")).map(|text| format!("shouts: {text}\n")).collect()
}

/// A rule names a team that is not in policy's list: the default team has the case, and the trigger is marked.
fn unroutable(knowledge: &Knowledge, off: &Off) -> String {
    let keys = "[teams]\nall = [\"tier2\", \"billing\", \"engineering\", \"legal\", \"customer-success\"]\n\
                [reasons]\nsecurity = \"tier2\"\n[issue.security]\nteam = \"tier2\"\n";
    let scenario =
        "00:00 customer  There was a security breach of our account.\n00:00 show data.route.team data.marks\n";
    play_with(scenario, keys, knowledge, off)
}

/// A long conversation: how long the quotes of its brief are, beside the message that they are from. No message stands in the
/// trigger as a whole, and the trigger is within its bound.
fn no_transcript(knowledge: &Knowledge, _: &Off) -> String {
    let filling = "We looked at the third cabinet again and wrote down what the small display said. ".repeat(40);
    let message = format!("{filling}This is unacceptable, we are evaluating other vendors. {filling}");
    let mut scenario = String::from("account tier=business arr=30000 name=Larch\n");
    for minute in 0..30 {
        scenario += &format!("00:{minute:02} customer  {message}\n");
    }
    let told = crate::scenarios::play(&(scenario + "01:00 show data\n"), knowledge);
    let trigger = told.lines().rfind(|line| line.contains(" show ")).and_then(|line| line.split_once(" | data="));
    let Some((_, trigger)) = trigger else { return String::new() };
    assert!(trigger.len() <= 64 << 10, "a trigger of {} bytes", trigger.len());
    assert!(!trigger.contains(filling.trim()), "a message stands in the trigger");
    let data: Value = serde_json::from_str(trigger.trim()).unwrap_or(Value::Null);
    let quotes =
        data["brief"]["emotions"].as_array().into_iter().flatten().filter_map(|emotion| emotion["quote"].as_str());
    let told = |quote: &str| {
        assert!(quote.len() <= limits::QUOTE_BYTES, "a quote of {} bytes", quote.len());
        format!("a quote of {} bytes of a message of {}\n", quote.len(), message.len())
    };
    quotes.map(told).collect()
}

/// What is said of a rule whose tag is not in the vocabulary.
fn vocabulary(knowledge: &Knowledge, _: &Off) -> String {
    let rule = include_str!("../diagnostics/209/rules/dispute.refund.toml");
    let files = [SourceFile { path: "rules/dispute.refund.toml".to_owned(), text: rule.to_owned() }];
    let mut diagnostics = Vec::new();
    let lexicons = Lexicons::load(&Files::shipped().lexicons, &mut diagnostics);
    let rules = RuleSet::load(&files, &lexicons, &mut diagnostics);
    knowledge.policy.check_rules(&files, &rules, &mut diagnostics);
    diagnostics.iter().map(ToString::to_string).collect()
}
