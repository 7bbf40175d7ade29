//! The cases inside a profile: a record as the source writes it, and the event (or the refusal) it must give.

use std::ops::Range;

use toml::de::DeTable;

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::message::{Event, Format, Kind};
use crate::wire::event::Decoder;
use crate::wire::record::{RawRecord, Reason, Reject};
use crate::wire::timestamp;

use super::toml_file::{TomlFile, nearest};
use super::{Field, Profiles};

/// A case of a profile.
#[derive(Debug)]
pub(super) struct Case {
    input: String,
    input_at: Location,
    expected: Expected,
}

#[derive(Debug)]
enum Expected {
    /// These fields, with the places where they are expected.
    Fields(Vec<(Field, String, Location)>),
    /// A dead letter.
    Reject(Reason, Location),
}

/// Reads a [[case]].
pub(super) fn case(toml: &mut TomlFile<'_>, table: &DeTable<'_>, span: Range<usize>) -> Option<Case> {
    let (mut input, mut expected) = (None, None);
    for (key, value) in table {
        match &**key.get_ref() {
            "input" => input = toml.text("input", value).map(|text| (text, toml.place(value.span()))),
            "expect" => {
                let mut fields = Vec::new();
                for (name, value) in toml.table("expect", value).into_iter().flatten() {
                    let at = toml.place(value.span());
                    let wanted = toml.scalar(name.get_ref(), value);
                    match Field::from_name(name.get_ref()) {
                        Some(field) => fields.extend(wanted.map(|wanted| (field, wanted, at))),
                        None => unknown_field(toml, name.get_ref(), name.span()),
                    }
                }
                expected = Some(Expected::Fields(fields));
            }
            "reject" => {
                let Some(name) = toml.text("reject", value) else { continue };
                match Reason::ALL.iter().find(|reason| reason.name() == name) {
                    Some(reason) => expected = Some(Expected::Reject(*reason, toml.place(value.span()))),
                    None => {
                        let names: Vec<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
                        let help = format!("one of: {}", names.join(", "));
                        toml.error(Code::SourceCase, value.span(), format!("there is no reason `{name}`"), help);
                    }
                }
            }
            unknown => toml.unknown_key(unknown, key.span(), &["input", "expect", "reject"]),
        }
    }
    if input.is_none() || expected.is_none() && !toml.is_broken() {
        let help = "a [[case]] has an `input` and either `expect` or `reject`";
        toml.error(Code::SourceCase, span, "the case is not complete", help);
    }
    let ((input, input_at), expected) = (input?, expected?);
    Some(Case { input, input_at, expected })
}

fn unknown_field(toml: &mut TomlFile<'_>, name: &str, span: Range<usize>) {
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    let help = match nearest(name, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write dotted names in quotes; docs/EVENTS.md lists them".to_owned(),
    };
    toml.error(Code::SourceField, span, format!("events have no field `{name}`"), help);
}

/// Runs the cases of all profiles; each that fails is a diagnostic at what was expected.
#[must_use]
pub fn run_source_cases(profiles: &Profiles) -> Vec<Diagnostic> {
    let mut failures = Vec::new();
    for profile in profiles.0.values() {
        let decoder = Decoder::unkeyed(profile.clone());
        let before = failures.len();
        for case in profile.source().into_iter().flat_map(|source| &source.cases) {
            let record = RawRecord::line(case.input.as_bytes());
            case.judge(decoder.decode(&record), &mut failures);
        }
        failures[before..].sort_by_key(|failure| (failure.location.line, failure.location.column));
    }
    failures
}

impl Case {
    fn judge(&self, came: Result<Event<'_>, Reject>, failures: &mut Vec<Diagnostic>) {
        let mut fail = |at: &Location, message: String| {
            failures.push(Diagnostic::error(Code::SourceCaseFailed, at.clone(), message));
        };
        match (&self.expected, came) {
            (Expected::Fields(fields), Ok(event)) => {
                for (field, wanted, at) in fields {
                    let found = field.of(&event);
                    if found != *wanted {
                        fail(at, format!("`{}` is \"{found}\"", field.name()));
                    }
                }
            }
            (Expected::Fields(_), Err(reject)) => fail(&self.input_at, format!("the record is refused: {reject}")),
            (Expected::Reject(reason, at), Err(reject)) if reject.reason != *reason => {
                fail(at, format!("the record is refused for another reason: {reject}"));
            }
            (Expected::Reject(..), Err(_)) => {}
            (Expected::Reject(_, at), Ok(_)) => fail(at, "the record gives an event".to_owned()),
        }
    }
}

impl Field {
    /// The field's value in an event, as text.
    fn of(self, event: &Event<'_>) -> String {
        let texts = |texts: &[crate::message::Str<'_>]| texts.join(", ");
        match self {
            Field::EventId => event.id.to_string(),
            Field::Tenant => event.tenant.to_string(),
            Field::ConversationId => event.conversation.to_string(),
            Field::AccountId => event.account.to_string(),
            Field::OccurredAt => timestamp::format(event.time),
            Field::ReceivedAt => String::new(),
            Field::Kind => event.kind.name().to_owned(),
            Field::AuthorType => event.author.kind.name().to_owned(),
            Field::AuthorId => event.author.id.to_string(),
            Field::AuthorName => event.author.name.to_string(),
            Field::Text => event.text.to_string(),
            Field::Format => if event.format == Format::Html { "html" } else { "plain" }.to_owned(),
            Field::Subject => event.subject.to_string(),
            Field::Channel => event.channel.to_string(),
            Field::Language => event.language.to_string(),
            Field::Priority => event.priority.map_or("", |priority| priority.name()).to_owned(),
            Field::Status => event.status.map_or("", |status| status.name()).to_owned(),
            Field::Assignee => event.assignee.to_string(),
            Field::Team => event.team.to_string(),
            Field::Tags => texts(&event.tags),
            Field::ProductArea => event.product_area.to_string(),
            Field::Environment => event.environment.to_string(),
            Field::Links => texts(&event.links),
            Field::Attachments => event.attachments.iter().map(|a| &*a.name).collect::<Vec<_>>().join(", "),
            Field::ContactId => event.contact.id.to_string(),
            Field::ContactName => event.contact.name.to_string(),
            Field::ContactEmail => event.contact.email.to_string(),
            Field::BotConfidence => event.bot.confidence.map_or(String::new(), |thousandths| thousandths.to_string()),
            Field::BotIntent => event.bot.intent.to_string(),
            Field::Csat => event.csat.map_or(String::new(), |csat| csat.to_string()),
            Field::TargetEventId => match &event.kind {
                Kind::Edit { target } | Kind::Delete { target } => target.to_string(),
                _ => String::new(),
            },
            Field::MergeInto => match &event.kind {
                Kind::Merge { into } => into.to_string(),
                _ => String::new(),
            },
        }
    }
}
