//! Kept states for people: what `foreshock state` tells. Of words only what policy lets into every trigger, masked as there.

use serde::Deserialize;

use crate::brief::{Fact, Kind};
use crate::engine::Kept;
use crate::limits;
use crate::policy::Withhold;
use crate::risk::{Conversation, DeadlineKind, Episode, Heat, Subject, deadline_at};
use crate::score::Score;
use crate::time::Timestamp;

use super::json::Writer;
use super::{base64, timestamp};

/// Where a state is kept.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The partition of the changelog.
    pub partition: i32,
    /// How many bytes its record's key and value have.
    pub bytes: usize,
}

/// Appends a conversation's state as one JSON object without a line end. What policy withholds from the triggers of any
/// severity is left out and named in `withheld`.
pub fn encode_state(kept: &Kept<'_>, place: Place, out: &mut Vec<u8>) {
    let withhold = withheld(kept);
    let (names, state, policy) = (kept.names(), kept.state(), kept.policy);
    let mut json = Writer::new(out);
    json.open(b'{').number("schema_version", 1).number("partition", place.partition).number("bytes", place.bytes);
    json.text("tenant", names.tenant()).text("conversation_id", names.conversation());
    json.text_if("account_id", names.account()).text("newest_event", &timestamp::format(state.newest));
    json.number("score", state.score)
        .text("level", policy.scoring.level(Score::clamped(i32::from(state.score))).name());
    json.text_if("status", state.status.map_or("", |status| status.name()));
    json.text_if("priority", state.priority.map_or("", |priority| priority.name()));
    json.text("last_author", state.last_author.name()).key("turns").open(b'{');
    json.number("customer", state.customer_turns).number("bot", state.bot_turns).number("agent", state.agent_turns);
    json.close(b'}').key("tones").open(b'[');
    for tone in state.tones {
        json.raw(tone);
    }
    json.close(b']').number("calm_turns", state.calm_turns).number("bot_answers", state.bot_answers);
    write_heats(&mut json, kept, withhold);
    if let Some(episode) = state.episode() {
        write_episode(&mut json, episode, kept, withhold);
    }
    write_facts(&mut json, state, withhold);
    write_deadlines(&mut json, kept);
    let kinds = [("contacts", withhold.contacts), ("quotes", withhold.quotes), ("artifacts", withhold.artifacts)];
    let kinds: Vec<&str> = kinds.iter().filter(|(_, withheld)| *withheld).map(|(name, _)| *name).collect();
    json.texts("withheld", &kinds).close(b'}');
}

/// What any severity withholds: which of them the next trigger will have is not known.
fn withheld(kept: &Kept<'_>) -> Withhold {
    let all = kept.policy.response.severities.iter().map(|severity| severity.withhold);
    all.fold(Withhold::default(), |sum, one| Withhold {
        contacts: sum.contacts || one.contacts,
        quotes: sum.quotes || one.quotes,
        revenue: sum.revenue || one.revenue,
        artifacts: sum.artifacts || one.artifacts,
    })
}

fn write_heats(json: &mut Writer<'_>, kept: &Kept<'_>, withhold: Withhold) {
    json.key("heats").open(b'[');
    for Heat { subject, points, rule, since, event, evidence } in kept.state().heats().as_slice() {
        json.open(b'{').text("subject", subject_name(*subject)).number("points", points);
        json.text_if("rule", kept.rules.get(usize::from(rule.0)).map_or("", |rule| &rule.id));
        json.text("since", &timestamp::format(*since)).text_if("event_id", event);
        if let Some(evidence) = evidence.as_deref().filter(|_| !withhold.quotes) {
            json.text("quote", &evidence.quote);
        }
        json.close(b'}');
    }
    json.close(b']');
}

fn subject_name(subject: Subject) -> &'static str {
    match subject {
        Subject::Signal(signal) => signal.name(),
        Subject::Loop(kind) => kind.id(),
        Subject::Clock(kind) => kind.name(),
        Subject::Floor => "floor",
    }
}

fn write_episode(json: &mut Writer<'_>, episode: &Episode, kept: &Kept<'_>, withhold: Withhold) {
    json.key("episode").open(b'{').number("number", episode.number).key("id").quoted(episode.id);
    json.boolean("open", episode.open).boolean("acknowledged", episode.acknowledged);
    json.text("level", episode.level.name()).number("sequence", episode.sequence);
    json.text("team", kept.policy.routing.team_name(episode.team));
    json.text_if("issue", &episode.issue).text_if("reason", &episode.reason).text_if("channel", &episode.channel);
    let signals: Vec<&str> = episode.signals.iter().map(|signal| signal.name()).collect();
    json.texts("signals", &signals);
    if !withhold.contacts {
        json.texts_if("claims", &episode.claims);
    }
    json.key("steps").open(b'[');
    for logged in &episode.log {
        json.open(b'{').text("time", &timestamp::format(logged.time)).text("step", logged.step.name());
        json.text("level", logged.level.name()).text("reason", &logged.reason).close(b'}');
    }
    json.close(b']').close(b'}');
}

fn write_facts(json: &mut Writer<'_>, state: &Conversation, withhold: Withhold) {
    let Some(facts) = state.facts() else { return };
    json.key("facts").open(b'{').text_if("language", facts.language.map_or("", |language| language.code()));
    if !withhold.contacts {
        json.text_if("contact", &facts.contact).text_if("email", &facts.email).text_if("assignee", &facts.assignee);
    }
    json.text_if("product_area", &facts.product_area).text_if("environment", &facts.environment);
    json.number("dropped", facts.dropped).key("list").open(b'[');
    let kept = |fact: &&Fact| !(withhold.artifacts && fact.kind == Kind::Artifact);
    for fact in facts.list.iter().filter(kept) {
        json.open(b'{').text("kind", fact.kind.name()).text("by", fact.by.name());
        json.text("time", &timestamp::format(fact.time)).boolean("helped", fact.helped);
        if !withhold.quotes {
            json.text_if("text", &fact.text);
        }
        // A sentence may name the file or the link.
        if !withhold.quotes && !withhold.artifacts {
            json.text_if("note", &fact.note);
        }
        json.close(b'}');
    }
    json.close(b']').close(b'}');
}

/// Those that have not passed, the next one first.
fn write_deadlines(json: &mut Writer<'_>, kept: &Kept<'_>) {
    let state = kept.state();
    let open = DeadlineKind::ALL.into_iter().filter(|kind| !state.clocks.is_settled(*kind));
    let mut open: Vec<(Timestamp, DeadlineKind)> =
        open.filter_map(|kind| Some((deadline_at(kind, state, kept.policy)?, kind))).collect();
    open.sort_unstable();
    json.key("deadlines").open(b'[');
    for (at, kind) in open {
        write_deadline(json, at, kind);
    }
    json.close(b']');
}

fn write_deadline(json: &mut Writer<'_>, at: Timestamp, kind: DeadlineKind) {
    json.open(b'{').text("at", &timestamp::format(at)).text("kind", kind.name()).close(b'}');
}

/// What a partition of the changelog holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionSummary {
    /// Its number.
    pub partition: i32,
    /// Conversations with a state.
    pub conversations: u64,
    /// Of these, those with an open escalation.
    pub escalated: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// Of the largest one.
    pub largest: u64,
    /// The deadlines that come first.
    pub deadlines: Vec<NextDeadline>,
}

/// How far a partition has come, by its changelog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position<'a> {
    /// The offset of the next event to read.
    pub next_offset: i64,
    /// The newest event's time.
    pub newest: Option<Timestamp>,
    /// The hash of the knowledge that decided last.
    pub knowledge_hash: &'a str,
    /// The program's version that wrote last.
    pub engine_version: &'a str,
}

/// A conversation's next deadline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NextDeadline {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub kind: DeadlineKind,
    /// The helpdesk tenant.
    pub tenant: String,
    /// The conversation.
    pub conversation: String,
}

/// Appends a partition's summary as one JSON object without a line end; `position` is none before anything was written.
pub fn encode_partition_summary(summary: &PartitionSummary, position: Option<&Position<'_>>, out: &mut Vec<u8>) {
    let mut json = Writer::new(out);
    json.open(b'{').number("schema_version", 1).number("partition", summary.partition);
    json.number("conversations", summary.conversations).number("escalated", summary.escalated);
    json.number("bytes", summary.bytes).number("largest_bytes", summary.largest);
    if let Some(position) = position {
        write_position(&mut json, position);
    }
    json.key("deadlines").open(b'[');
    for NextDeadline { at, kind, tenant, conversation } in &summary.deadlines {
        json.open(b'{').text("at", &timestamp::format(*at)).text("kind", kind.name());
        json.text_if("tenant", tenant).text("conversation_id", conversation).close(b'}');
    }
    json.close(b']').close(b'}');
}

/// Appends a kept state as it is, with the names that its key is made of, as one JSON object without a line end: what
/// `foreshock state export` writes.
pub fn encode_exported(partition: i32, tenant: &str, conversation: &str, snapshot: &[u8], out: &mut Vec<u8>) {
    let mut json = Writer::new(out);
    json.open(b'{').number("schema_version", 1).number("partition", partition);
    json.text("tenant", tenant).text("conversation_id", conversation);
    json.text("snapshot", &base64::encode(snapshot)).close(b'}');
}

/// Appends where a partition's states stand, as a line beside those of [`encode_exported`].
pub fn encode_exported_position(partition: i32, position: &Position<'_>, out: &mut Vec<u8>) {
    let mut json = Writer::new(out);
    json.open(b'{').number("schema_version", 1).number("partition", partition);
    write_position(&mut json, position);
    json.close(b'}');
}

fn write_position(json: &mut Writer<'_>, position: &Position<'_>) {
    json.number("next_offset", position.next_offset);
    json.text_if("newest_event", &position.newest.map_or_else(String::new, timestamp::format));
    json.text("knowledge_hash", position.knowledge_hash).text("engine_version", position.engine_version);
}

/// A line of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// A kept state.
    State {
        /// The partition of the changelog.
        partition: i32,
        /// The helpdesk tenant.
        tenant: String,
        /// The conversation.
        conversation: String,
        /// The record's value.
        snapshot: Vec<u8>,
    },
    /// How far a partition has come.
    Position {
        /// The partition of the changelog.
        partition: i32,
        /// The offset of the next event to read.
        next_offset: i64,
        /// The newest event's time.
        newest: Option<Timestamp>,
        /// The hash of the knowledge that decided last.
        knowledge_hash: String,
        /// The program's version that wrote last.
        engine_version: String,
    },
}

#[derive(Deserialize)]
struct ExportedView {
    schema_version: u32,
    partition: i32,
    #[serde(default)]
    tenant: String,
    conversation_id: Option<String>,
    snapshot: Option<String>,
    next_offset: Option<i64>,
    newest_event: Option<String>,
    #[serde(default)]
    knowledge_hash: String,
    #[serde(default)]
    engine_version: String,
}

/// Reads a line that [`encode_exported`] or [`encode_exported_position`] wrote.
///
/// # Errors
/// What is wrong with it.
pub fn decode_exported(line: &[u8]) -> Result<Exported, String> {
    let view: ExportedView = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if view.schema_version != 1 {
        return Err(format!("it has version {} of the format, and this program reads version 1", view.schema_version));
    }
    let partition = view.partition;
    match (view.conversation_id, view.snapshot, view.next_offset) {
        (Some(conversation), Some(snapshot), None) => {
            if view.tenant.len().max(conversation.len()) > limits::ID_BYTES {
                return Err(format!("an id is longer than {} bytes", limits::ID_BYTES));
            }
            let snapshot = base64::decode(&snapshot).ok_or("`snapshot` is no Base64")?;
            Ok(Exported::State { partition, tenant: view.tenant, conversation, snapshot })
        }
        (None, None, Some(next_offset)) if next_offset >= 0 => {
            let newest = view.newest_event.map(|time| timestamp::parse(&time).ok_or("`newest_event` is no time"));
            let (newest, knowledge_hash) = (newest.transpose()?, view.knowledge_hash);
            Ok(Exported::Position {
                partition,
                next_offset,
                newest,
                knowledge_hash,
                engine_version: view.engine_version,
            })
        }
        _ => Err("it has neither `conversation_id` and `snapshot` nor a `next_offset`".to_owned()),
    }
}
