//! What is done about an escalation: severities, priorities, lanes, bypasses, channels, links.

use std::collections::BTreeMap;

use super::document::Document;
use crate::account::Tier;
use crate::diagnostic::Code;
use crate::lexicon::Language;
use crate::message::Priority;
use crate::score::Level;
use crate::signal::{Signal, SignalSet};
use crate::time::Span;

/// What is done about an escalation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// By `Level as usize`; `Info` has what `Low` has.
    pub severities: [Severity; Level::ALL.len()],
    /// Further exit criteria, by reason.
    pub exit: BTreeMap<String, Vec<String>>,
    /// The priority of a level where the events tell none, by `Level as usize`.
    pub priorities: [Priority; Level::ALL.len()],
    /// How much a machine may do alone.
    pub lanes: Lanes,
    /// A dispute about so many US dollars is of high value.
    pub high_value_dollars: u64,
    /// A dispute of an account that pays so many US dollars a year is of high value.
    pub high_value_arr_dollars: u64,
    /// Signals that are a matter for Customer Success, whatever the issue.
    pub success: SignalSet,
    /// What a channel's name begins with.
    pub channel_prefix: String,
    /// Whether a channel's name tells the account's id, too.
    pub channel_distinct: bool,
    /// Where a case can be read; see [`fill`].
    pub case_link: String,
    /// Where notes about the customer can be read; see [`fill`].
    pub notes_link: String,
    /// How cases are told.
    pub brief: Brief,
}

/// How cases are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief {
    /// The language of those who read triggers.
    pub language: Language,
    /// How many minutes the customer is told to wait, by `Priority as usize`.
    pub wait: [i64; Priority::ALL.len()],
    /// The estimated satisfaction at score 0 and at score 1000, in tenths of 1 to 5.
    pub csat: (i64, i64),
    /// Account facts that nobody has touched for so long are stale.
    pub stale: Span,
}

impl Default for Brief {
    fn default() -> Brief {
        Brief { language: Language::English, wait: [30; Priority::ALL.len()], csat: (45, 12), stale: Span::days(90) }
    }
}

impl Brief {
    fn read(document: &mut Document<'_>) -> Brief {
        let codes = Language::ALL.map(Language::code);
        let language = document.name("brief.language", &codes[1..], Language::from_code);
        let mut wait = [30; Priority::ALL.len()];
        for priority in Priority::ALL {
            let key = format!("brief.wait_minutes_{}", priority.name().to_lowercase());
            wait[priority as usize] = document.integer(&key, 1..=10_080);
        }
        Brief {
            language: language.filter(|language| *language != Language::Any).unwrap_or(Language::English),
            wait,
            csat: (document.integer("brief.csat_calm", 10..=50), document.integer("brief.csat_worst", 10..=50)),
            stale: Span::days(document.integer("brief.stale_days", 1..=3_650)),
        }
    }
}

/// What a level means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Severity {
    /// What is at stake, in a sentence without its full stop.
    pub meaning: String,
    /// How often people meet and the customer hears, in words.
    pub cadence: String,
    /// The next update to the customer is due so long after a step.
    pub update: Span,
    /// Roles that are told.
    pub involve: Vec<String>,
    /// Whether the channel is private.
    pub private: bool,
    /// Roles that may see the case, beside its owner.
    pub roles: Vec<String>,
    /// What is left out of the trigger.
    pub withhold: Withhold,
    /// When it may be closed.
    pub exit: Vec<String>,
}

/// What is left out of a trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Withhold {
    /// Names and addresses of people on the customer's side.
    pub contacts: bool,
    /// What people wrote, also masked.
    pub quotes: bool,
    /// What the account pays.
    pub revenue: bool,
    /// Links and files.
    pub artifacts: bool,
}

/// How much a machine may do alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Lane {
    /// A machine may answer by itself.
    #[default]
    Autonomous,
    /// A machine may propose; a human being releases it.
    Guardrailed,
    /// A human being answers.
    HumanFirst,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Lane; 3] = [Lane::Autonomous, Lane::Guardrailed, Lane::HumanFirst];

    /// The lane's name as written in triggers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Lane::Autonomous => "autonomous",
            Lane::Guardrailed => "guardrailed",
            Lane::HumanFirst => "human-first",
        }
    }
}

/// What puts a case on a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lanes {
    /// A human being answers.
    pub human_first: Gate,
    /// A machine may propose.
    pub guardrailed: Gate,
}

/// A signal, a level or a tier, any of which is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Any of these signals.
    pub signals: SignalSet,
    /// This level or a graver one.
    pub level: Level,
    /// This tier or a larger one.
    pub tier: Tier,
}

impl Default for Gate {
    fn default() -> Gate {
        Gate { signals: SignalSet::EMPTY, level: Level::Critical, tier: Tier::Strategic }
    }
}

impl Response {
    /// What a level means.
    #[must_use]
    pub const fn severity(&self, level: Level) -> &Severity {
        &self.severities[level as usize]
    }

    pub(super) fn read(document: &mut Document<'_>) -> Response {
        let mut response = Response {
            lanes: Lanes {
                human_first: Gate::read(document, "human_first"),
                guardrailed: Gate::read(document, "guardrailed"),
            },
            high_value_dollars: document.integer("bypass.high_value_dollars", 1..=i64::MAX) as u64,
            high_value_arr_dollars: document.integer("bypass.high_value_arr_dollars", 1..=i64::MAX) as u64,
            success: signals(document, "success.reasons"),
            channel_prefix: document.text("channel.prefix").0,
            channel_distinct: document.boolean("channel.distinct"),
            case_link: link(document, "links.case"),
            notes_link: link(document, "links.notes"),
            brief: Brief::read(document),
            ..Response::default()
        };
        check_prefix(document, &response.channel_prefix);
        for (reason, at) in document.keys("exit") {
            let criteria = document.texts(&format!("exit.{reason}"));
            if super::routing::is_reason(&reason) {
                response.exit.insert(reason, criteria.into_iter().map(|(text, _)| text).collect());
            } else {
                document.unknown_name("exit", &reason, at, &super::routing::reason_names());
            }
        }
        for level in Level::ALL.into_iter().skip(1) {
            response.severities[level as usize] = Severity::read(document, level);
            let names = Priority::ALL.map(Priority::name);
            let find = |name: &str| Priority::ALL.into_iter().find(|priority| priority.name() == name);
            let priority = document.name(&format!("priority.{level}"), &names, find);
            response.priorities[level as usize] = priority.unwrap_or_default();
        }
        response.severities[0] = response.severities[1].clone();
        response.priorities[0] = response.priorities[1];
        response
    }
}

impl Severity {
    fn read(document: &mut Document<'_>, level: Level) -> Severity {
        let key = |name: &str| format!("severity.{level}.{name}");
        let mut list =
            |name: &str| -> Vec<String> { document.texts(&key(name)).into_iter().map(|(text, _)| text).collect() };
        let (involve, roles, exit) = (list("involve"), list("roles"), list("exit"));
        let mut withhold = Withhold::default();
        for (name, at) in document.texts(&key("withhold")) {
            match name.as_str() {
                "contacts" => withhold.contacts = true,
                "quotes" => withhold.quotes = true,
                "revenue" => withhold.revenue = true,
                "artifacts" => withhold.artifacts = true,
                _ => {
                    document.unknown_name(&key("withhold"), &name, at, &["contacts", "quotes", "revenue", "artifacts"])
                }
            }
        }
        let private = document.name(&key("channel"), &["public", "private"], |name| match name {
            "public" => Some(false),
            "private" => Some(true),
            _ => None,
        });
        for (name, list) in [("involve", &involve), ("exit", &exit)] {
            if list.is_empty() {
                let place = document.place(&key(name));
                document.report(
                    Code::PolicyOutOfRange,
                    place,
                    format!("`{}` is empty", key(name)),
                    "name one at least",
                );
            }
        }
        Severity {
            meaning: document.text(&key("meaning")).0,
            cadence: document.text(&key("cadence")).0,
            update: Span::minutes(60 * document.integer(&key("update_hours"), 1..=8_760)),
            involve,
            private: private.unwrap_or_default(),
            roles,
            withhold,
            exit,
        }
    }
}

impl Gate {
    fn read(document: &mut Document<'_>, lane: &str) -> Gate {
        let levels = Level::ALL.map(Level::name);
        let level = document.name(&format!("lanes.{lane}_severity"), &levels[1..], |name| {
            Level::from_name(name).filter(|level| *level > Level::Info)
        });
        let tier = document.name(&format!("lanes.{lane}_tier"), &Tier::ALL.map(Tier::name), Tier::from_name);
        Gate {
            signals: signals(document, &format!("lanes.{lane}")),
            level: level.unwrap_or(Level::Critical),
            tier: tier.unwrap_or(Tier::Strategic),
        }
    }
}

/// A list of signals.
pub(super) fn signals(document: &mut Document<'_>, key: &str) -> SignalSet {
    let mut signals = SignalSet::EMPTY;
    for (name, at) in document.texts(key) {
        match Signal::from_name(&name) {
            Some(signal) => signals.insert(signal),
            None => {
                let names: Vec<&str> = Signal::ALL.iter().map(|signal| signal.name()).collect();
                document.unknown_name(key, &name, at, &names);
            }
        }
    }
    signals
}

/// A channel's name is small letters, digits, hyphens and underscores.
fn check_prefix(document: &mut Document<'_>, prefix: &str) {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if prefix.len() > 40 || !prefix.bytes().all(legal) {
        let place = document.place("channel.prefix");
        let help = "at most 40 small letters, digits, hyphens and underscores";
        document.report(Code::PolicyOutOfRange, place, format!("`channel.prefix` is \"{prefix}\""), help);
    }
}

/// What a link may have filled in.
const PLACES: [&str; 3] = ["tenant", "conversation", "account"];

fn link(document: &mut Document<'_>, key: &str) -> String {
    let (link, at) = document.text(key);
    for place in link.split('{').skip(1) {
        let name = place.split('}').next().unwrap_or_default();
        if !PLACES.contains(&name) {
            document.unknown_name(key, name, at.clone(), &PLACES);
        }
    }
    link
}

/// A link with its places filled in, each percent-encoded where it is not plain.
#[must_use]
pub fn fill(link: &str, tenant: &str, conversation: &str, account: &str) -> String {
    let mut filled = String::new();
    let mut rest = link;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = match name {
            "tenant" => tenant,
            "conversation" => conversation,
            _ => account,
        };
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => filled.push(char::from(byte)),
                _ => filled.push_str(&format!("%{byte:02X}")),
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}
