//! Source profiles: how helpdesks write their events, as `sources/*.toml`. `docs/EVENTS.md` describes the files.
//!
//! A profile names, for each field of an event, the places in the record where it may stand (JSON pointers), what the
//! values there mean, and under which conditions another place counts. Reading a record walks it once, along all the
//! pointers of the profile together; values are borrowed from it as those of canonical events are.

mod cases;
mod load;
mod pointer;
mod read;
mod toml_file;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use cases::run_source_cases;
pub(super) use read::read;

use crate::diagnostic::{Diagnostic, SourceFile};

use cases::Case;
use pointer::{Pointers, Slot};

/// How a source writes its events: as ours, or in its own shape that a source profile maps.
#[derive(Clone, Debug, Default)]
pub struct Profile(Option<Arc<SourceProfile>>);

impl Profile {
    /// Events as `docs/EVENTS.md` describes them: plain or as CloudEvents.
    #[must_use]
    pub const fn canonical() -> Profile {
        Profile(None)
    }

    /// The profile's name: `canonical`, or the name of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.as_ref().map_or(CANONICAL, |source| &source.id)
    }

    /// What the profile maps; `None` for canonical events, which need no mapping.
    pub(super) fn source(&self) -> Option<&SourceProfile> {
        self.0.as_deref()
    }
}

const CANONICAL: &str = "canonical";

/// All source profiles, by name.
#[derive(Clone, Debug, Default)]
pub struct Profiles(BTreeMap<String, Profile>);

impl Profiles {
    /// Compiles profiles, one a file. Loading is linting: every fault is added to `diagnostics` (4xx), and a profile
    /// that has an error is left out.
    #[must_use]
    pub fn load(files: &[SourceFile], diagnostics: &mut Vec<Diagnostic>) -> Profiles {
        let sources = files.iter().filter_map(|file| load::profile(file, diagnostics));
        Profiles(sources.map(|source| (source.id.clone(), Profile(Some(Arc::new(source))))).collect())
    }

    /// The profile with that name, if there is one; `canonical` always is.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Profile> {
        if name == CANONICAL { Some(Profile::canonical()) } else { self.0.get(name).cloned() }
    }

    /// The names of all profiles, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(CANONICAL).chain(self.0.keys().map(String::as_str))
    }
}

/// A compiled source profile.
#[derive(Debug)]
pub(super) struct SourceProfile {
    id: String,
    pointers: Pointers,
    /// Where each field stands, unless a condition says otherwise.
    fields: Vec<(Field, Places)>,
    /// What holds under conditions, in order; a later one overrides an earlier one.
    exceptions: Vec<Exception>,
    cases: Vec<Case>,
}

/// What holds while all conditions do.
#[derive(Debug)]
struct Exception {
    conditions: Vec<Condition>,
    fields: Vec<(Field, Places)>,
}

/// That a value is one of those named.
#[derive(Debug)]
struct Condition {
    at: Slot,
    values: Vec<String>,
}

/// Where a field's value may stand, and what it means.
#[derive(Debug, Default)]
struct Places {
    /// The first that holds anything counts.
    from: Vec<Slot>,
    /// What values mean; a value that is not here means itself.
    map: BTreeMap<String, String>,
    /// The value if no place holds one.
    default: Option<String>,
}

macro_rules! fields {
    ($($variant:ident = $name:literal $constant:literal,)+) => {
        /// A field of the canonical event that a profile can fill.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        enum Field { $($variant,)+ }

        impl Field {
            /// All fields.
            const ALL: &'static [Field] = &[$(Field::$variant,)+];

            /// The field's name as the documentation of events writes it.
            const fn name(self) -> &'static str {
                match self { $(Field::$variant => $name,)+ }
            }

            /// Whether a profile can give the field a value itself, by `map`, `default` or `value`.
            const fn takes_constants(self) -> bool {
                match self { $(Field::$variant => $constant,)+ }
            }
        }
    };
}

fields! {
    EventId = "event_id" false,
    Tenant = "tenant" true,
    ConversationId = "conversation_id" false,
    AccountId = "account_id" true,
    OccurredAt = "occurred_at" false,
    ReceivedAt = "received_at" false,
    Kind = "kind" true,
    AuthorType = "author.type" true,
    AuthorId = "author.id" false,
    AuthorName = "author.name" false,
    Text = "text" true,
    Format = "format" true,
    Subject = "subject" true,
    Channel = "channel" true,
    Language = "language" true,
    Priority = "priority" true,
    Status = "status" true,
    Assignee = "assignee" true,
    Team = "team" true,
    Tags = "tags" false,
    ProductArea = "product_area" true,
    Environment = "environment" true,
    Links = "links" false,
    Attachments = "attachments" false,
    ContactId = "contact.id" false,
    ContactName = "contact.name" false,
    ContactEmail = "contact.email" false,
    BotConfidence = "bot.confidence" false,
    BotIntent = "bot.intent" true,
    Csat = "csat" false,
    TargetEventId = "target_event_id" false,
    MergeInto = "merge_into" false,
}

/// The fields that no message can do without.
const NEEDED: [Field; 5] = [Field::EventId, Field::ConversationId, Field::OccurredAt, Field::AuthorType, Field::Text];

impl Field {
    fn from_name(name: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|field| field.name() == name)
    }

    /// What is wrong with a constant for the field, in words; `None` if it can be used.
    fn refuses(self, constant: &str) -> Option<&'static str> {
        use super::names;
        let known = match self {
            Field::Kind => names::kind(constant).is_some(),
            Field::AuthorType => constant == "unknown" || names::author_type(constant) != Default::default(),
            Field::Format => names::format(constant).is_some(),
            Field::Priority => names::priority(constant).is_some(),
            Field::Status => names::status(constant).is_some(),
            _ => true,
        };
        match (self.takes_constants(), known) {
            (false, _) => Some("can only be read from the record"),
            (true, false) => Some("has no such value"),
            (true, true) => None,
        }
    }
}
