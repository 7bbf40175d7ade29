//! The kinds of issues: who deals with each, and what must be known of it.

use super::document::Document;
use super::response::signals;
use super::routing::{Routing, TeamIndex};
use crate::diagnostic::Code;
use crate::signal::SignalSet;

/// A kind of issue's place in [`Issues::all`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssueIndex(pub u8);

/// The kinds of issues, the gravest first; never empty in a sound policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issues {
    /// By [`IssueIndex`]; the last is for what is none of the others.
    pub all: Vec<Issue>,
}

/// A kind of issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issue {
    /// Its name in triggers.
    pub name: String,
    /// Signals that mean it.
    pub signals: SignalSet,
    /// Who acts.
    pub team: TeamIndex,
    /// Whether it is a matter for Customer Success rather than Support.
    pub customer_success: bool,
    /// Whether it concerns one part of the product, which has a product manager.
    pub specific: bool,
    /// What must be known of it.
    pub required: Vec<Field>,
}

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Something that must be known of an issue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[doc = $doc])+ $variant,)+ }

        impl Field {
            /// All fields.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)+];

            /// The field's name as written in policy and triggers.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Field::$variant => $name,)+ }
            }
        }
    };
}

fields! {
    /// Who to talk to: a name or an address.
    Contact = "contact",
    /// What does not work, and how.
    Symptom = "symptom",
    /// What it may come from.
    Cause = "cause",
    /// Since when.
    When = "when",
    /// Browser, device, system, version, stage.
    Environment = "environment",
    /// An order, invoice or ticket.
    Reference = "reference",
    /// An error's code or text.
    Error = "error",
    /// A sum of money.
    Amount = "amount",
    /// What was tried.
    Attempts = "attempts",
    /// What the customer wants.
    Outcome = "outcome",
}

impl Issues {
    /// The issue with that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<IssueIndex> {
        self.all.iter().position(|issue| issue.name == name).map(|at| IssueIndex(at as u8))
    }

    /// All names.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.all.iter().map(|issue| issue.name.as_str()).collect()
    }

    /// An issue; the last one for an index that policy no longer has.
    #[must_use]
    pub fn get(&self, index: IssueIndex) -> &Issue {
        static NONE: Issue = Issue {
            name: String::new(),
            signals: SignalSet::EMPTY,
            team: TeamIndex(0),
            customer_success: false,
            specific: false,
            required: Vec::new(),
        };
        self.all.get(usize::from(index.0)).or_else(|| self.all.last()).unwrap_or(&NONE)
    }

    /// The gravest issue that one of `signals` means.
    #[must_use]
    pub fn of_signals(&self, signals: SignalSet) -> Option<IssueIndex> {
        self.all.iter().position(|issue| !issue.signals.and(signals).is_empty()).map(|at| IssueIndex(at as u8))
    }

    /// What is none of the others.
    #[must_use]
    pub fn other(&self) -> IssueIndex {
        IssueIndex(self.all.len().saturating_sub(1) as u8)
    }

    pub(super) fn read(document: &mut Document<'_>, routing: &Routing) -> Issues {
        let mut issues = Issues::default();
        for (name, at) in document.texts("issues.order") {
            let known = document.has(&format!("issue.{name}.team"));
            if !known || issues.find(&name).is_some() || issues.all.len() == usize::from(u8::MAX) {
                let message = format!("`issues.order`: \"{name}\" cannot be a kind of issue");
                let help = format!("up to 255 different names, each with a table [issue.{name}]");
                document.report(Code::PolicyOutOfRange, at, message, help);
            } else {
                issues.all.push(Issue::read(document, name, routing));
            }
        }
        if issues.all.is_empty() {
            let place = document.place("issues.order");
            document.report(
                Code::PolicyOutOfRange,
                place,
                "`issues.order` is empty",
                "name one kind of issue at least",
            );
        }
        issues
    }
}

impl Issue {
    fn read(document: &mut Document<'_>, name: String, routing: &Routing) -> Issue {
        let key = |field: &str| format!("issue.{name}.{field}");
        let mut choice = |field: &str, names: [&str; 2]| {
            let second = document
                .name(&key(field), &names, |found| names.iter().position(|known| *known == found).map(|at| at == 1));
            second.unwrap_or_default()
        };
        let customer_success = choice("department", ["support", "customer_success"]);
        let specific = choice("scope", ["broad", "specific"]);
        let mut required = Vec::new();
        for (field, at) in document.texts(&key("required")) {
            match Field::ALL.iter().find(|known| known.name() == field) {
                Some(field) => required.push(*field),
                None => {
                    let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
                    document.unknown_name(&key("required"), &field, at, &names);
                }
            }
        }
        let team = routing.read_team(document, &key("team")).unwrap_or(routing.default_team);
        let signals = signals(document, &key("signals"));
        Issue { signals, team, customer_success, specific, required, name }
    }
}
