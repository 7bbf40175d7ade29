//! How long a customer may wait: clocks by priority, tightened by what is at stake, with a warning before the end.

use super::calendar::{Calendar, CalendarIndex, Calendars};
use super::document::Document;
use super::scoring::steps;
use crate::account::{Account, Tier};
use crate::diagnostic::Code;
use crate::message::{Priority, Status};
use crate::score::Level;
use crate::time::{Span, Timestamp};

/// What a clock measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// From the first message to the first reply.
    FirstReply,
    /// From a later message to its reply.
    NextReply,
    /// From the first message to the end of the matter.
    Resolution,
    /// From a message until the matter escalates by itself, unless a human being replies.
    AutoEscalation,
}

impl Clock {
    /// All clocks.
    pub const ALL: [Clock; 4] = [Clock::FirstReply, Clock::NextReply, Clock::Resolution, Clock::AutoEscalation];

    /// The clock's name as policy has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Clock::FirstReply => "first_reply",
            Clock::NextReply => "next_reply",
            Clock::Resolution => "resolution",
            Clock::AutoEscalation => "auto_escalation",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// How long a customer may wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sla {
    /// The priority of a conversation whose events give none; `None`: no clock runs.
    pub default_priority: Option<Priority>,
    /// By `Priority as usize`.
    terms: [Terms; Priority::ALL.len()],
    /// The share of a clock's time, in per cent, after which it is told that it may run out.
    pub warning_percent: i64,
    /// Per cent of the time that an account of this tier is given, by [`Tier::index`].
    tier: [i64; Tier::ALL.len()],
    /// Within so many days of the renewal: per cent of the time; days ascending.
    renewal: Vec<(u64, i32)>,
    /// Clocks that are tightened, one bit each.
    tightened: u8,
    /// Statuses that let the resolution clock stand still, one bit each.
    paused: u8,
    /// Whether a question that a human being asks lets it stand still, too, until the customer answers.
    pub pauses_after_question: bool,
    /// Points of a clock that may run out, and of one that has, by `Clock as usize`.
    points: [(i32, i32); 3],
    /// When somebody works.
    pub calendars: Calendars,
}

/// What holds for one priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// How long each clock runs, by `Clock as usize`; `None` is no such clock.
    spans: [Option<Span>; Clock::ALL.len()],
    /// The least level to which the matter escalates by itself.
    pub auto_level: Level,
    /// Whether clocks run in business hours only.
    pub business_hours: bool,
    /// Whether only a human being's reply stops the reply clocks.
    pub humans_only: bool,
    /// Per cent of the points of clocks.
    pub weight_percent: i32,
}

/// What a conversation's clocks run by: facts of the moment at which they were last set.
#[derive(Clone, Copy, Debug)]
pub struct Pace<'a> {
    /// What holds for the priority.
    pub terms: &'a Terms,
    /// Per cent of the time that is given.
    pub percent: i64,
    /// The hours that count; `None` counts all.
    pub calendar: Option<&'a Calendar>,
}

impl<'a> Pace<'a> {
    /// The same where all hours count: no deadline is sooner than by it.
    #[must_use]
    pub const fn on_the_wall(self) -> Pace<'a> {
        Pace { calendar: None, ..self }
    }

    /// The moment at which `span` of the time that counts has passed since `from`.
    #[must_use]
    pub fn after(&self, from: Timestamp, span: Span) -> Timestamp {
        self.calendar.map_or_else(|| from + span, |calendar| calendar.after(from, span))
    }

    /// The time that counts between two moments.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Span {
        self.calendar.map_or_else(|| Span((to - from).0.max(0)), |calendar| calendar.between(from, to))
    }
}

impl Sla {
    /// What the clocks of a conversation run by; `None` when none run.
    #[must_use]
    pub fn pace(&self, priority: Option<Priority>, percent: u8, calendar: CalendarIndex) -> Option<Pace<'_>> {
        let terms = &self.terms[priority.or(self.default_priority)? as usize];
        let calendar = if terms.business_hours { self.calendars.get(calendar) } else { None };
        Some(Pace { terms, percent: i64::from(percent), calendar })
    }

    /// How long a clock runs at this pace; `None` when there is no such clock.
    #[must_use]
    pub fn span(&self, clock: Clock, pace: &Pace<'_>) -> Option<Span> {
        let span = pace.terms.spans[clock as usize]?;
        let percent = if self.tightened & clock.bit() != 0 { pace.percent } else { 100 };
        Some(Span(span.0 * percent / 100))
    }

    /// Per cent of the time that an account is given at `time`: the least of what its tier and its renewal ask for.
    #[must_use]
    pub fn percent(&self, account: Option<&Account>, time: Timestamp) -> u8 {
        let Some(account) = account else { return 100 };
        let tier = account.tier.map_or(100, |tier| self.tier[tier.index()]);
        let days = account.renewal.map(|renewal| (renewal - time).0.div_euclid(Span::days(1).0));
        let near = days.and_then(|days| {
            let days = u64::try_from(days).ok()?;
            self.renewal.iter().find(|(within, _)| days <= *within).map(|(_, percent)| i64::from(*percent))
        });
        tier.min(near.unwrap_or(100)).clamp(1, 100) as u8
    }

    /// Whether a status lets the resolution clock stand still.
    #[must_use]
    pub const fn pauses(&self, status: Status) -> bool {
        self.paused & (1 << status as u8) != 0
    }

    /// The points of a clock that may run out, or that has.
    #[must_use]
    pub fn points(&self, clock: Clock, breached: bool, terms: &Terms) -> i32 {
        let (at_risk, broken) = self.points.get(clock as usize).copied().unwrap_or_default();
        (if breached { broken } else { at_risk }) * terms.weight_percent / 100
    }

    pub(super) fn read(document: &mut Document<'_>) -> Sla {
        let mut sla = Sla { calendars: Calendars::read(document), ..Sla::default() };
        let names = ["none", "P1", "P2", "P3", "P4"];
        let named = |name: &str| Priority::ALL.into_iter().find(|priority| priority.name() == name);
        let known = |name: &str| names.contains(&name).then(|| named(name));
        sla.default_priority = document.name("sla.default_priority", &names, known).flatten();
        for priority in Priority::ALL {
            sla.terms[priority as usize] = Terms::read(document, priority.name());
        }
        sla.warning_percent = document.integer("sla.warning_percent", 1..=99);
        for tier in Tier::ALL {
            sla.tier[tier.index()] = document.integer(&format!("sla.tighten.tier.{tier}"), 1..=100);
        }
        sla.renewal = steps(document, "sla.tighten.renewal", "a number of days");
        let clocks = Clock::ALL.map(Clock::name);
        for (name, at) in document.texts("sla.tighten.clocks") {
            match Clock::ALL.into_iter().find(|clock| clock.name() == name) {
                Some(clock) => sla.tightened |= clock.bit(),
                None => document.unknown_name("sla.tighten.clocks", &name, at, &clocks),
            }
        }
        let statuses = Status::ALL.map(Status::name);
        for (name, at) in document.texts("sla.pause.statuses") {
            match Status::from_name(&name) {
                Some(status) => sla.paused |= 1 << status as u8,
                None => document.unknown_name("sla.pause.statuses", &name, at, &statuses),
            }
        }
        sla.pauses_after_question =
            document.name("sla.pause.after_question", &["yes", "no"], yes_or_no).unwrap_or(true);
        for (clock, points) in Clock::ALL.into_iter().zip(&mut sla.points) {
            let mut points_of =
                |what: &str| document.integer(&format!("sla.points.{}_{what}", clock.name()), 0..=1_000);
            *points = (points_of("at_risk") as i32, points_of("breached") as i32);
        }
        sla
    }
}

fn yes_or_no(name: &str) -> Option<bool> {
    match name {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

impl Terms {
    fn read(document: &mut Document<'_>, priority: &str) -> Terms {
        let key = |name: &str| format!("sla.{priority}.{name}");
        let levels = Level::ALL.map(Level::name);
        let level = document.name(&key("auto_escalation_level"), &levels[1..], |name| {
            Level::from_name(name).filter(|level| *level > Level::Info)
        });
        let hours = document.name(&key("hours"), &["always", "business"], |name| match name {
            "always" => Some(false),
            "business" => Some(true),
            _ => None,
        });
        let replies = document.name(&key("reply_by"), &["human", "anyone"], |name| match name {
            "human" => Some(true),
            "anyone" => Some(false),
            _ => None,
        });
        let mut terms = Terms {
            spans: [None; Clock::ALL.len()],
            auto_level: level.unwrap_or(Level::Medium),
            business_hours: hours.unwrap_or(false),
            humans_only: replies.unwrap_or(true),
            weight_percent: document.integer(&key("weight_percent"), 0..=1_000) as i32,
        };
        for clock in Clock::ALL {
            terms.spans[clock as usize] = minutes(document, &key(&format!("{}_minutes", clock.name())));
        }
        let in_order = [Clock::FirstReply, Clock::AutoEscalation].map(|clock| terms.spans[clock as usize]);
        if let [Some(reply), Some(auto)] = in_order
            && auto < reply
        {
            let (name, other) = (key("auto_escalation_minutes"), key("first_reply_minutes"));
            let at = document.later_place(&name, &other);
            let message = format!("`{name}` is less than `{other}`");
            document.report(Code::PolicyNotAscending, at, message, "a matter escalates after its reply was due");
        }
        terms
    }
}

/// A number of minutes; 0 is none.
fn minutes(document: &mut Document<'_>, key: &str) -> Option<Span> {
    Some(document.integer(key, 0..=525_600)).filter(|minutes| *minutes > 0).map(Span::minutes)
}
