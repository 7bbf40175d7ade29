//! Laws of reading and writing events: total, faithful, and as strict about JSON as serde_json.

use std::borrow::Cow;

use foreshock::message::*;
use foreshock::time::Timestamp;
use foreshock::wire::{Decoder, Profile, RawRecord, Reason, encode_event};
use proptest::collection::vec;
use proptest::prelude::*;

use super::schema::Schema;

fn decode(line: &[u8]) -> Result<Event<'_>, foreshock::wire::Reject> {
    Decoder::unkeyed(Profile::canonical()).decode(&RawRecord::line(line))
}

fn text() -> impl Strategy<Value = Str<'static>> {
    prop_oneof!["[ -~]{0,40}", "\\PC{0,40}", any::<String>()].prop_map(Cow::Owned)
}

fn id() -> impl Strategy<Value = Str<'static>> {
    "[a-z0-9:/\"\\\\é-]{1,24}".prop_map(Cow::Owned)
}

fn kind() -> impl Strategy<Value = Kind<'static>> {
    let outcome = prop::sample::select(&VerdictOutcome::ALL[..]);
    prop_oneof![
        4 => Just(Kind::Message),
        1 => Just(Kind::InternalNote),
        1 => Just(Kind::StatusChange),
        1 => Just(Kind::AssignmentChange),
        1 => id().prop_map(|target| Kind::Edit { target }),
        1 => id().prop_map(|target| Kind::Delete { target }),
        1 => id().prop_map(|into| Kind::Merge { into }),
        1 => Just(Kind::Erase),
        1 => (outcome, id(), id(), id(), terms()).prop_map(|(outcome, episode, by, reason, terms)| {
            let silences = matches!(outcome, VerdictOutcome::Snooze | VerdictOutcome::Mute);
            Kind::Verdict { outcome, episode, by, reason, terms: silences.then_some(terms) }
        }),
    ]
}

fn terms() -> impl Strategy<Value = Box<Terms<'static>>> {
    let scope = prop::sample::select(&Scope::ALL[..]);
    (0..4_102_444_800_000_i64, id(), text(), scope)
        .prop_map(|(until, rule, tag, scope)| Box::new(Terms { until: Timestamp(until), rule, tag, scope }))
}

fn author() -> impl Strategy<Value = Author<'static>> {
    let role = prop::sample::select(&AuthorType::ALL[..]);
    (role, prop::option::of("[a-z]{1,8}"), text(), text()).prop_map(|(kind, raw, id, name)| {
        let raw = Cow::Owned(raw.unwrap_or_else(|| kind.name().to_owned()));
        Author { kind, raw, id, name }
    })
}

fn attachment() -> impl Strategy<Value = Attachment<'static>> {
    (id(), text(), text()).prop_map(|(name, media_type, url)| Attachment { name, media_type, url })
}

prop_compose! {
    fn lists()(
        tags in vec(id(), 0..4),
        links in vec(id(), 0..3),
        attachments in vec(attachment(), 0..3),
        contact in (text(), text(), text()),
        bot in (prop::option::of(0..=1_000_u16), text()),
        csat in prop::option::of(1..=5_u8),
    ) -> (Vec<Str<'static>>, Vec<Str<'static>>, Vec<Attachment<'static>>, Contact<'static>, BotTurn<'static>, Option<u8>) {
        let contact = Contact { id: contact.0, name: contact.1, email: contact.2 };
        (tags, links, attachments, contact, BotTurn { confidence: bot.0, intent: bot.1 }, csat)
    }
}

prop_compose! {
    fn event()(
        ids in (id(), text(), id(), text()),
        time in Timestamp::MIN.0..=Timestamp::MAX.0,
        kind in kind(),
        author in author(),
        texts in (text(), any::<bool>(), text(), text(), text()),
        state in (prop::option::of(prop::sample::select(&Priority::ALL[..])), prop::option::of(prop::sample::select(&Status::ALL[..]))),
        more in (text(), text(), text(), text()),
        (tags, links, attachments, contact, bot, csat) in lists(),
    ) -> Event<'static> {
        let mut marks = Marks::default();
        if author.kind == AuthorType::Unknown {
            marks.insert(Mark::AuthorUnknown);
        }
        Event {
            id: ids.0, tenant: ids.1, conversation: ids.2, account: ids.3, time: Timestamp(time), kind, author,
            text: texts.0, format: if texts.1 { Format::Html } else { Format::Plain },
            subject: texts.2, channel: texts.3, language: texts.4, priority: state.0, status: state.1,
            assignee: more.0, team: more.1, product_area: more.2, environment: more.3,
            tags, links, attachments, contact, bot, csat, marks,
        }
    }
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_to_the_same(event in event()) {
        let mut line = Vec::new();
        encode_event(&event, &mut line);
        prop_assert!(!line.contains(&b'\n'));
        let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
        let faults = Schema::read("event.schema.json").faults(&value);
        prop_assert!(faults.is_empty(), "{}", faults.join("\n"));
        prop_assert_eq!(decode(&line), Ok(event));
    }

    #[test]
    fn any_bytes_have_an_outcome(bytes in vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }

    /// Bytes that are nearly an event: one of them changed, or the rest missing.
    #[test]
    fn damaged_events_have_an_outcome(event in event(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut line = Vec::new();
        encode_event(&event, &mut line);
        let at = at.index(line.len());
        if cut { line.truncate(at) } else { line[at] = byte }
        let ours = decode(&line);
        let is_json = serde_json::from_slice::<serde_json::Value>(&line).is_ok();
        if let Err(reject) = ours && matches!(reject.reason, Reason::NotJson | Reason::NotUtf8 | Reason::Empty) {
            prop_assert!(!is_json, "{reject} {}", String::from_utf8_lossy(&line));
        } else if !is_json {
            // A field that cannot be used is told before the rest is read; what is accepted must be JSON to its end,
            // but for surrogates whose other half is missing, which serde_json refuses.
            prop_assert!(decode(&line).is_err() || line.windows(3).any(|escape| escape.eq_ignore_ascii_case(b"\\ud")));
        }
    }
}
