//! Reads triggers and events, in any order, into episodes and the conversations around them.

use std::collections::BTreeMap;

use crate::message::{AuthorType, Event, Kind, VerdictOutcome};
use crate::time::Timestamp;
use crate::wire::{Decoder, Profile, RatingsView, RawRecord, SummaryView, TriggerView, timestamp};

/// How an episode ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Dealt with, or the risk has gone.
    Resolved,
    /// Somebody said that it should not have been raised.
    FalseAlarm,
    /// Nothing was heard for so long that it was given up.
    Expired,
    /// Its cause was taken back: edited, deleted, merged, erased.
    TakenBack,
}

/// One escalation from its opening to its end, as its triggers tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Episode {
    pub(super) conversation: String,
    /// When it opened; `None` if its opening is not among the files.
    pub(super) opened: Option<Timestamp>,
    pub(super) reason: String,
    /// The gravest level that it had.
    pub(super) level: String,
    /// The team of its last opening or raise.
    pub(super) team: String,
    /// Whose sequence that is.
    team_since: u32,
    /// The score at its opening.
    pub(super) score: i32,
    /// The rules that raised the score at its opening.
    pub(super) rules: Vec<String>,
    pub(super) acknowledged: Option<Timestamp>,
    pub(super) closed: Option<(Timestamp, Ending)>,
    /// Whether somebody downstream said that it was right: it was resolved by verdict.
    pub(super) confirmed: bool,
    pub(super) rerouted: bool,
}

impl Episode {
    /// Whether somebody downstream judged it.
    pub(super) fn judged(&self) -> bool {
        self.confirmed || self.is_false_alarm()
    }

    /// Whether somebody said that it should not have been raised.
    pub(super) fn is_false_alarm(&self) -> bool {
        matches!(self.closed, Some((_, Ending::FalseAlarm)))
    }
}

/// What events tell of a conversation.
#[derive(Clone, Debug, Default)]
pub(super) struct Conversation {
    /// When people on the vendor's side wrote.
    pub(super) human_replies: Vec<Timestamp>,
    pub(super) first_message: Option<Timestamp>,
    /// Rating, value and time.
    pub(super) ratings: Vec<(&'static str, i64, Timestamp)>,
    /// Verdicts that came in.
    pub(super) verdicts: Vec<(VerdictOutcome, Timestamp)>,
}

/// What a line was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A trigger.
    Trigger,
    /// An event.
    Event,
    /// A run's summary.
    Summary,
    /// Neither; it is left out.
    Refused,
}

/// All that the files tell.
#[derive(Debug)]
pub struct Log {
    decoder: Decoder,
    /// By episode id.
    pub(super) episodes: BTreeMap<String, Episode>,
    /// By tenant and conversation id.
    pub(super) conversations: BTreeMap<String, Conversation>,
    /// When an alert went out, and to which account.
    pub(super) alerts: BTreeMap<String, (Timestamp, String)>,
    /// What was held back, by cause.
    pub(super) suppressed: BTreeMap<String, u64>,
}

impl Log {
    /// An empty log; events are read by `profile`.
    #[must_use]
    pub fn new(profile: Profile) -> Log {
        let decoder = Decoder::unkeyed(profile);
        let (episodes, conversations) = (BTreeMap::new(), BTreeMap::new());
        Log { decoder, episodes, conversations, alerts: BTreeMap::new(), suppressed: BTreeMap::new() }
    }

    /// Reads one line: a trigger, an event or a run's summary.
    pub fn read(&mut self, line: &[u8]) -> Kept {
        if let Ok(summary) = SummaryView::decode(line)
            && summary.r#type == SummaryView::TYPE
        {
            for (cause, number) in summary.suppressed {
                *self.suppressed.entry(cause).or_default() += number;
            }
            return Kept::Summary;
        }
        if let Ok(trigger) = TriggerView::decode(line)
            && let Some(kind) = trigger.r#type.strip_prefix("io.foreshock.")
            && let Some(time) = timestamp::parse(&trigger.time)
        {
            if kind.starts_with("escalation.") {
                self.trigger(&trigger, time);
            } else if trigger.data.action == "trigger" {
                // What the second stage found across conversations is an alert, but no conversation's episode.
                self.alerts.insert(trigger.id.clone(), (time, trigger.data.account_id.clone()));
            }
            return Kept::Trigger;
        }
        match self.decoder.decode(&RawRecord::line(line)) {
            Ok(event) => {
                note_event(&mut self.conversations, &event, &RatingsView::decode(line));
                Kept::Event
            }
            Err(_) => Kept::Refused,
        }
    }

    fn trigger(&mut self, trigger: &TriggerView, time: Timestamp) {
        let told = &trigger.data;
        let episode = self.episodes.entry(told.episode_id.clone()).or_default();
        episode.conversation = key(&told.tenant, &told.conversation_id);
        if matches!(told.step.as_str(), "opened" | "updated" | "reopened") {
            self.alerts.insert(trigger.id.clone(), (time, told.account_id.clone()));
            if rank(&told.level) >= rank(&episode.level) {
                episode.level.clone_from(&told.level);
            }
            if told.sequence >= episode.team_since {
                episode.team_since = told.sequence;
                episode.team.clone_from(&told.team);
            }
        }
        episode.rerouted |= told.verdict.as_deref() == Some(VerdictOutcome::Rerouted.name());
        let closed = |ending| Some((time, ending));
        match (told.step.as_str(), told.reason.as_str()) {
            ("opened", _) => {
                episode.opened = Some(time);
                episode.reason.clone_from(&told.reason);
                episode.score = told.score;
                let rules = told.factors.iter().filter(|factor| factor.points > 0);
                let rules = rules.filter(|factor| matches!(factor.cause.as_str(), "rule" | "carried"));
                episode.rules = rules.map(|factor| factor.id.clone()).collect();
                episode.rules.sort_unstable();
                episode.rules.dedup();
            }
            ("reopened", _) => (episode.closed, episode.confirmed) = (None, false),
            ("acknowledged" | "handed_over", _) => {
                episode.acknowledged = Some(episode.acknowledged.map_or(time, |before| before.min(time)));
            }
            ("resolved", "expired") | ("expired", _) => episode.closed = closed(Ending::Expired),
            ("resolved", reason) => {
                episode.closed = closed(Ending::Resolved);
                episode.confirmed = reason == "verdict";
            }
            ("withdrawn", "verdict") => episode.closed = closed(Ending::FalseAlarm),
            ("withdrawn", _) => episode.closed = closed(Ending::TakenBack),
            _ => {}
        }
    }
}

fn note_event(conversations: &mut BTreeMap<String, Conversation>, event: &Event<'_>, ratings: &RatingsView) {
    let conversation = conversations.entry(key(&event.tenant, &event.conversation)).or_default();
    match (&event.kind, event.author.kind) {
        (Kind::Message, AuthorType::Agent) => conversation.human_replies.push(event.time),
        (Kind::Verdict { outcome, .. }, _) => conversation.verdicts.push((*outcome, event.time)),
        _ => {}
    }
    if matches!(event.kind, Kind::Message) {
        let first = conversation.first_message.map_or(event.time, |before| before.min(event.time));
        conversation.first_message = Some(first);
    }
    let given =
        [("csat", event.csat.map(i64::from).or(ratings.csat())), ("ces", ratings.ces()), ("nps", ratings.nps())];
    let given = given.into_iter().filter_map(|(scale, value)| Some((scale, value?, event.time)));
    conversation.ratings.extend(given);
}

fn key(tenant: &str, conversation: &str) -> String {
    format!("{tenant}\u{1f}{conversation}")
}

/// A level's rank by its name; 0 for one that is not known.
pub(super) fn rank(level: &str) -> usize {
    LEVELS.iter().position(|name| *name == level).map_or(0, |place| LEVELS.len() - place)
}

/// The levels that an episode can have, gravest first.
pub(super) const LEVELS: [&str; 4] = ["critical", "high", "medium", "low"];
