//! Records that no decoder can accept, as broken producers write them.

use super::Record;
use super::random::Random;
use crate::time::Timestamp;

/// How many kinds of malformed records there are; they come in turn.
pub const MALFORMED_KINDS: usize = 22;

/// A malformed record; `number` chooses its kind.
pub(super) fn record(number: u64, arrival: Timestamp, random: &mut Random) -> Record {
    let key = format!("conv-{:06}", random.below(3_000));
    let id = format!("m-bad-{number}");
    let value = value(number as usize % MALFORMED_KINDS, &key, &id);
    Record { key: key.into_bytes(), value, arrival }
}

fn value(kind: usize, conversation: &str, id: &str) -> Vec<u8> {
    let ids = format!(r#""event_id":"{id}","conversation_id":"{conversation}""#);
    let time = r#""occurred_at":"2026-01-05T09:00:00Z""#;
    let who = r#""author":{"type":"customer"}"#;
    let text = r#""text":"Where do I find the totals?""#;
    match kind {
        0 => format!(r#"{{{ids},{time},{who},"text":"Where do I fi"#),
        1 => "upstream connect error or disconnect/reset before headers".to_owned(),
        2 => format!(r#"[{{{ids},{time},{who},{text}}}]"#),
        3 => "42".to_owned(),
        4 => "null".to_owned(),
        5 => "{}".to_owned(),
        6 => format!(r#"{{"conversation_id":"{conversation}",{time},{who},{text}}}"#),
        7 => format!(r#"{{"event_id":"{id}",{time},{who},{text}}}"#),
        8 => format!(r#"{{{ids},{who},{text}}}"#),
        9 => format!(r#"{{"event_id":"{id}","conversation_id":"",{time},{who},{text}}}"#),
        10 => format!(r#"{{"event_id":"{id}","conversation_id":{{"id":7}},{time},{who},{text}}}"#),
        11 => format!(r#"{{{ids},{time},{who},"text":["Where","do","I"]}}"#),
        12 => format!(r#"{{{ids},"occurred_at":"yesterday at noon",{who},{text}}}"#),
        13 => format!(r#"{{{ids},{time},{who},{text},"deep":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000)),
        14 => format!(r#"{{"event_id":"{}","conversation_id":"{conversation}",{time},{who},{text}}}"#, "m".repeat(300)),
        15 => return [format!(r#"{{{ids},{time},{who},"text":"caf"#).as_bytes(), b"\xE9\"}"].concat(),
        16 => format!("{{{ids},{time},{who},\"text\":\"tab\u{1}here\"}}"),
        17 => format!(r#"{{{ids},{time},{who},"kind":"verdict","verdict":{{"outcome":"shrug"}}}}"#),
        18 => format!(r#"{{{ids},{time},{who},"kind":"edit",{text}}}"#),
        19 => format!(r#"{{"schema_version":99,{ids},{time},{who},{text}}}"#),
        20 => format!(r#"{{{ids},{time},{who},"kind":"smoke_signal",{text}}}"#),
        _ => "<html><body><h1>502 Bad Gateway</h1></body></html>".to_owned(),
    }
    .into_bytes()
}
