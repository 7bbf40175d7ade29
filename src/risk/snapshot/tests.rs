//! Bytes that are contract, bytes that are nonsense, and growth.

use super::*;
use crate::detect::{RuleFacts, RuleIndex};
use crate::policy::{Policy, TeamIndex};
use crate::risk::Evidence;
use crate::risk::episode::Episode;
use crate::risk::heat::{Heat, Loop, Subject};
use crate::risk::silence::{Mute, Silences};
use crate::score::Level;
use crate::signal::{Signal, SignalSet};
use crate::time::Timestamp;

fn rule(id: &str) -> RuleFacts {
    RuleFacts {
        id: id.to_owned(),
        title: String::new(),
        why: String::new(),
        signal: Signal::Churn,
        level: Level::Info,
        weight: 100,
        tags: Vec::new(),
        route: String::new(),
        experimental: false,
    }
}

fn dictionary(rules: &[&str]) -> Dictionary {
    let rules: Vec<RuleFacts> = rules.iter().map(|id| rule(id)).collect();
    Dictionary::new(&rules, &Policy::shipped())
}

fn heat(subject: Subject, rule: u16, points: u16) -> Heat {
    let evidence = Evidence { start: 3, end: 9, quote: "goodbye".to_owned() };
    let event = "event-1".into();
    let since = Timestamp(1_800_000_000_000);
    Heat { subject, points, rule: RuleIndex(rule), since, event, evidence: Some(Box::new(evidence)) }
}

/// A conversation in which much has happened.
fn eventful() -> Conversation {
    let mut conversation = Conversation::new(Timestamp(1_800_000_123_456));
    (1..5).for_each(|id| conversation.recent.push(id));
    conversation.customer_turns = 200;
    conversation.score = 730;
    conversation.priority = Some(crate::message::Priority::P1);
    let extra = conversation.extra_mut();
    extra.heats.put(heat(Subject::Signal(Signal::Churn), 1, 400));
    extra.heats.put(Heat { evidence: None, ..heat(Subject::Loop(Loop::BotLink), u16::MAX, 90) });
    extra.heats.put(heat(Subject::Floor, 0, 600));
    extra.bot.get_or_insert_default().links = [7, 8, 0, 0, 0, 0, 0, 9];
    let mut urgent = SignalSet::EMPTY;
    urgent.insert(Signal::Security);
    let mut episode = Episode::default();
    episode.open(Level::High, |_| crate::risk::ContentId([7; 16]));
    episode.team = TeamIndex(1);
    episode.signals = urgent;
    episode.issue = "security".into();
    episode.channel = "esc_acme".into();
    episode.claims = vec!["Kim".into()];
    episode.note_raise(Level::High, Timestamp(1_800_000_000_000), 42, urgent);
    extra.episode = Some(Box::new(episode));
    conversation
}

/// The same with what came to be kept later.
fn more_eventful() -> Conversation {
    let mut conversation = eventful();
    let extra = conversation.extra_mut();
    let until = Timestamp(1_800_000_900_000);
    let mute = Mute { until, rule: "a.a".into(), tag: "churn".into(), by: "Kim".into(), reason: "known".into() };
    extra.silences = Some(Box::new(Silences { snoozed_until: Some(until), mutes: vec![mute] }));
    let mut before = Episode::default();
    before.open(Level::Medium, |_| crate::risk::ContentId([6; 16]));
    (before.open, before.resolved) = (false, Some(Timestamp(1_799_999_000_000)));
    extra.before = Some(Box::new(before));
    if let Some(episode) = extra.episode.as_deref_mut() {
        episode.attended = true;
    }
    conversation
}

fn bytes_of(conversation: &Conversation, dictionary: &Dictionary) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode("acct-9", conversation, dictionary, &mut bytes);
    bytes
}

#[test]
fn what_is_written_is_read_back() {
    let dictionary = dictionary(&["a.a", "b.b"]);
    for conversation in
        [Conversation::new(Timestamp::MIN), Conversation::new(Timestamp::MAX), eventful(), more_eventful()]
    {
        let bytes = bytes_of(&conversation, &dictionary);
        assert_eq!(decode(&bytes, &dictionary), Ok(("acct-9", conversation)));
    }
}

/// Changelogs hold these bytes: when this fails, either a field moved that must not, or the version must change.
#[test]
fn the_format_is_contract() {
    use std::fmt::Write as _;
    let hex = bytes_of(&more_eventful(), &dictionary(&["a.a", "b.b"])).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    expect_test::expect_file!["version_1.txt"].assert_eq(&format!("{hex}\n"));
}

/// Bytes that the first version of this format wrote: what came later has its default.
#[test]
fn bytes_from_before_are_read() {
    let hex = include_str!("version_1_first.txt").trim();
    let digits: Vec<u8> = hex.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    let mut expected = eventful();
    if let Some(episode) = expected.extra_mut().episode.as_deref_mut() {
        episode.heard = None;
    }
    assert_eq!(decode(&bytes, &dictionary(&["a.a", "b.b"])), Ok(("acct-9", expected)));
}

#[test]
fn a_quiet_conversation_is_small() {
    let mut conversation = Conversation::new(Timestamp(1_800_000_123_456));
    conversation.clocks.calendar = Policy::shipped().sla.calendars.default();
    (0..40).for_each(|id| conversation.recent.push(id << 8));
    let size = bytes_of(&conversation, &dictionary(&[])).len();
    assert!(size <= 120, "{size} bytes, of which 80 are hashes of event ids");
}

#[test]
fn rules_are_found_by_name_wherever_they_stand_now() {
    let bytes = bytes_of(&eventful(), &dictionary(&["a.a", "b.b"]));
    let points = |dictionary: &Dictionary| {
        let (_, conversation) = decode(&bytes, dictionary).unwrap();
        conversation.heats().as_slice().iter().map(|heat| (heat.rule.0, heat.points)).collect::<Vec<_>>()
    };
    assert_eq!(points(&dictionary(&["0.0", "a.a", "b.b"])), [(2, 400), (u16::MAX, 90), (1, 600)]);
    assert_eq!(points(&dictionary(&["a.a"])), [(u16::MAX, 400), (u16::MAX, 90), (0, 600)], "a rule that has gone");
}

#[test]
fn a_newer_version_is_named() {
    let mut bytes = bytes_of(&eventful(), &dictionary(&[]));
    bytes[0] = VERSION + 1;
    assert_eq!(decode(&bytes, &dictionary(&[])), Err(SnapshotError::Newer { found: VERSION + 1, known: VERSION }));
}

/// What a later program adds to the end of a frame is skipped; that is what makes a roll-back work.
#[test]
fn what_a_later_program_added_is_skipped() {
    let dictionary = dictionary(&["a.a", "b.b"]);
    let conversation = Conversation::new(Timestamp(0));
    let mut bytes = bytes_of(&conversation, &dictionary);
    let frame = 1 + 1 + "acct-9".len();
    bytes.extend_from_slice(&[1, 2, 3]);
    bytes[frame] += 3;
    assert_eq!(decode(&bytes, &dictionary), Ok(("acct-9", conversation)));
}

#[test]
fn each_cut_and_each_changed_byte_is_survived() {
    let dictionary = dictionary(&["a.a", "b.b"]);
    let bytes = bytes_of(&more_eventful(), &dictionary);
    for end in 0..bytes.len() {
        assert!(decode(&bytes[..end], &dictionary).is_err(), "cut at {end}");
    }
    for at in 0..bytes.len() {
        for flip in [1, 0x7f, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            if let Ok((account, conversation)) = decode(&changed, &dictionary) {
                let mut again = Vec::new();
                encode(account, &conversation, &dictionary, &mut again);
                assert_eq!(decode(&again, &dictionary), Ok((account, conversation)));
            }
        }
    }
}

#[test]
fn what_a_later_version_has_added_to_a_closed_set_is_told_as_such() {
    let dictionary = dictionary(&["a.a", "b.b"]);
    let mut conversation = Conversation::new(Timestamp(0));
    conversation.extra_mut().heats.put(Heat { evidence: None, ..heat(Subject::Signal(Signal::Churn), 1, 400) });
    let bytes = bytes_of(&conversation, &dictionary);
    let mut signal = vec![0];
    Signal::Churn.write(&mut Writer { out: &mut signal, dictionary: &dictionary });
    let at = bytes.windows(3).position(|part| part == signal).expect("the signal is in it");
    let told = |place: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[place] = byte;
        decode(&bytes, &dictionary).map(drop)
    };
    assert_eq!(told(at, 9), Err(SnapshotError::Unknown { at }), "a kind of subject");
    assert_eq!(told(at + 1, !bytes[at + 1]), Err(SnapshotError::Unknown { at: at + 1 }), "a signal");
}

/// The fattest state that there can be fits the record that a changelog is asked to take.
#[test]
fn the_largest_state_is_bounded() {
    let long = |bytes: usize| "x".repeat(bytes);
    let mut conversation = eventful();
    let extra = conversation.extra_mut();
    let subjects = Signal::ALL.iter().copied().map(Subject::Signal);
    let subjects = subjects.chain(Loop::ALL.into_iter().map(Subject::Loop)).chain([Subject::Floor]);
    for subject in subjects.chain(crate::risk::DeadlineKind::ALL.into_iter().map(Subject::Clock)) {
        let evidence = Evidence { start: 60_000, end: 65_000, quote: long(limits::QUOTE_BYTES) };
        let event = long(limits::ID_BYTES).into();
        extra.heats.put(Heat { event, evidence: Some(Box::new(evidence)), ..heat(subject, 1, 1_000) });
    }
    let fact = |number: usize| crate::brief::Fact {
        kind: crate::brief::Kind::ALL[number % crate::brief::Kind::ALL.len()],
        by: crate::message::AuthorType::Customer,
        entry: u32::MAX,
        other: number as u32,
        helped: true,
        time: Timestamp(1_800_000_000_000),
        event: u32::MAX,
        text: long(limits::FACT_BYTES).into(),
        note: long(limits::QUOTE_BYTES).into(),
        note_event: u32::MAX,
    };
    let field = || -> Box<str> { long(limits::FIELD_BYTES).into() };
    extra.facts = Some(Box::new(crate::brief::Facts {
        contact: field(),
        email: field(),
        assignee: field(),
        product_area: field(),
        environment: field(),
        list: (0..limits::FACTS).map(fact).collect(),
        ..crate::brief::Facts::default()
    }));
    let episode = extra.episode.as_deref_mut().expect("much has happened");
    (episode.issue, episode.reason, episode.channel) = (field(), field(), field());
    episode.claims = vec![long(limits::FACT_BYTES).into(); limits::OWNER_CLAIMS];
    let logged = crate::risk::episode::Logged {
        time: Timestamp(1_800_000_000_000),
        step: crate::risk::Step::Updated,
        level: Level::High,
        reason: long(limits::FACT_BYTES).into(),
    };
    episode.log = vec![logged; limits::EPISODE_LOG];
    let before = Some(Box::new(episode.clone()));
    let short = || -> Box<str> { long(limits::FACT_BYTES).into() };
    let until = Timestamp(1_800_000_000_000);
    let mute = || Mute { until, rule: short(), tag: short(), by: short(), reason: short() };
    let mutes = std::iter::repeat_with(mute).take(limits::MUTES).collect();
    extra.silences = Some(Box::new(Silences { snoozed_until: Some(until), mutes }));
    extra.before = before;
    let size = bytes_of(&conversation, &dictionary(&["a.a", "b.b"])).len();
    assert!(size <= limits::SNAPSHOT_BYTES, "{size} bytes");
    assert!(size >= limits::SNAPSHOT_BYTES / 3, "{size} bytes: the bound is no bound any more");
}
