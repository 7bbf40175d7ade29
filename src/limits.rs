//! Every limit of the engine in one place, with the relations between them asserted.

/// Bytes of a message's text that are read; the rest is left out and marked `text_cut`.
pub const TEXT_BYTES: usize = 64 * 1024;
/// Bytes of an id (event, conversation, account, tenant); a record with a longer one is a dead letter.
pub const ID_BYTES: usize = 256;
/// Bytes of a short field (name, subject, tag, link); a longer one is cut.
pub const FIELD_BYTES: usize = 2_048;
/// Entries of a list in an event (tags, links, attachments); the rest is left out.
pub const LIST_ENTRIES: usize = 64;
/// Bytes of a record; a larger one is a dead letter unread.
pub const RECORD_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of a record that are kept in a dead letter.
pub const DEAD_LETTER_BYTES: usize = 512 * 1024;
/// Nesting of JSON that is followed; a deeper record is a dead letter.
pub const JSON_DEPTH: usize = 128;
/// Words of one text that are looked at.
pub const TOKENS: usize = 16 * 1024;
/// Findings that one text can have.
pub const FINDINGS: usize = 64;
/// Findings of one rule in one text.
pub const FINDINGS_PER_RULE: usize = 4;
/// Fingerprints of recent event ids that a conversation keeps.
pub const RECENT_EVENTS: usize = 16;
/// Links of a bot's that a conversation keeps.
pub const BOT_LINKS: usize = 8;
/// Quotes of one factor; more are left out.
pub const QUOTES_PER_FACTOR: usize = 3;
/// Events that raised triggers, as far as a conversation remembers them.
pub const RECENT_CAUSES: usize = 8;
/// Facts of a case that a conversation keeps.
pub const FACTS: usize = 48;
/// Facts of one kind; of more the first ones and the last one are kept.
pub const FACTS_PER_KIND: usize = 12;
/// Places of the case brief's vocabulary in one text that are looked at; what stands behind them tells no facts.
pub const PLACES: usize = 512;
/// Bytes of a fact's words.
pub const FACT_BYTES: usize = 96;
/// Steps that an episode remembers; of more the first and the last ones.
pub const EPISODE_LOG: usize = 24;
/// People who say that they own an escalation, as far as it remembers them.
pub const OWNER_CLAIMS: usize = 4;
/// Mutes of one conversation; beyond it a further one is left out and marked `list_cut`.
pub const MUTES: usize = 8;
/// Mutes of accounts and tenants that the second stage keeps, and escalations that these keep silent; beyond it further ones
/// are left out and counted.
pub const WIDE_MUTES: usize = 10_000;
/// Entries of a brief's timeline.
pub const TIMELINE: usize = 40;
/// Conversations that one tick looks at at most; the next tick goes on.
pub const DEADLINES_PER_TICK: usize = 64;
/// Deadlines of one conversation that one step settles at most; the next step goes on.
pub const DEADLINES_PER_STEP: usize = 64;
/// Days that a business calendar looks ahead; a span of working time that is longer counts every hour.
pub const CALENDAR_DAYS: i64 = 4_000;
/// Changes of a zone's offset are known until 2100-01-01; from then on the last one holds. In ms since 1970.
pub const CALENDAR_END: i64 = 4_102_444_800_000;
/// Bytes of one quote in evidence.
pub const QUOTE_BYTES: usize = 160;
/// Bytes of an encoded trigger; a longer one is cut and marked (CloudEvents: 64 KiB must be forwarded).
pub const TRIGGER_BYTES: usize = 64 * 1024;
/// Bytes of a conversation's state in the changelog, which has to take records as large.
pub const SNAPSHOT_BYTES: usize = 96 * 1024;
/// Conversations that one partition keeps; beyond it the one that was quiet longest is dropped and counted.
pub const CONVERSATIONS: usize = 4_000_000;
/// Conversations of one subject that the second stage keeps; of more those with the least ids.
pub const SUBJECT_CONVERSATIONS: usize = 1_000;
/// People of one conversation that the second stage tells apart.
pub const SUBJECT_VOICES: usize = 32;
/// Entries in the list of an incident or a digest; the others are counted.
pub const SUBJECT_LISTED: usize = 50;
/// Subjects that the second stage keeps; beyond it the one that would end first is dropped and counted.
pub const SUBJECTS: usize = 200_000;
/// Subjects with open panes, once for each pane; beyond it complaints that would open another are left out and counted.
pub const SUBJECT_PANES: usize = 200_000;
/// Triggers that wait for the second stage; beyond it they go out at once. As many that have gone out are remembered for
/// their accounts' days until their pane closes; beyond it they are not counted there.
pub const HELD_ALERTS: usize = 10_000;
/// Days of accounts that the second stage keeps; beyond it alerts go out without being counted for their account.
pub const ACCOUNT_DAYS: usize = 200_000;

const _: () = assert!(FINDINGS_PER_RULE <= FINDINGS);
const _: () = assert!(DEAD_LETTER_BYTES < RECORD_BYTES);
const _: () = assert!(TEXT_BYTES < DEAD_LETTER_BYTES);
const _: () = assert!(FINDINGS * QUOTE_BYTES * 4 < TRIGGER_BYTES, "all evidence fits in a trigger");
const _: () = assert!(FACTS * (FACT_BYTES + QUOTE_BYTES) * 2 < TRIGGER_BYTES / 2, "a brief takes half a trigger");
const _: () = assert!(FACTS <= LIST_ENTRIES, "snapshots hold all facts");
const _: () = assert!(FACTS * (FACT_BYTES + QUOTE_BYTES) * 4 < SNAPSHOT_BYTES, "facts are a quarter of a state");
const _: () = assert!(TEXT_BYTES <= u32::MAX as usize, "spans are 32 bits wide");
