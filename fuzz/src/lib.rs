//! What must hold for any input, one function a target. `cargo fuzz` makes inputs up; `cargo test` runs the seeds in
//! `fuzz/corpus` through the same functions, so they use the library and nothing else.

use std::sync::LazyLock;

use foreshock::detect::{Detector, Findings, Scratch, Text, run_cases};
use foreshock::diagnostic::{Diagnostic, SourceFile};
use foreshock::engine::{self, Engine, Input, Outcome};
use foreshock::knowledge::{Files, Knowledge};
use foreshock::lexicon::Lexicons;
use foreshock::limits;
use foreshock::message::{AuthorType, Format};
use foreshock::model::Models;
use foreshock::rules::RuleSet;
use foreshock::text::{Document, LeftOut, Reading, mask, normalise_word};
use foreshock::time::Timestamp;
use foreshock::wire::{
    Decoder, Header, Profile, Profiles, RawRecord, Reject, decode_account, decode_scan_line, encode_event,
};

static SHIPPED: LazyLock<Knowledge> = LazyLock::new(Knowledge::shipped);

/// A plain text is read, judged and masked.
pub fn text(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    for reading in [Reading::Own, Reading::Whole] {
        read(&text, Format::Plain, reading);
    }
    judge(&SHIPPED.detector, &text, Format::Plain, input.len());
    let masked = mask::mask(&text);
    assert_eq!(mask::mask(&masked), masked, "masking twice is masking once");
    for word in text.split_whitespace() {
        let (mut once, mut twice) = (String::new(), String::new());
        normalise_word(word, &mut once);
        normalise_word(&once, &mut twice);
        assert_eq!(twice, once, "normalising twice is normalising once");
    }
}

/// The same text is read and judged as HTML.
pub fn html(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    for reading in [Reading::Own, Reading::Whole] {
        read(&text, Format::Html, reading);
    }
    judge(&SHIPPED.detector, &text, Format::Html, input.len());
}

/// Reads `text`: all places lie in it, in order, on char boundaries; what is left out is not kept.
fn read(text: &str, format: Format, reading: Reading) {
    let mut document = Document::default();
    document.read(text, format, reading);
    let flat = document.flat(text);
    let mut end = 0;
    for token in document.tokens() {
        assert!(end <= token.start && token.start <= token.end, "tokens are in order");
        assert!(flat.get(token.start as usize..token.end as usize).is_some(), "{token:?}");
        assert!(document.word(flat, token).len() <= usize::from(u8::MAX) || token.len == 0, "{token:?}");
        let (start, original_end) = document.original_span(token.start, token.end);
        assert!(text.get(start as usize..original_end as usize).is_some(), "{token:?}");
        end = token.end;
    }
    assert!(document.tokens().len() <= limits::TOKENS);
    assert!(document.sentences().iter().all(|sentence| sentence.first as usize <= document.tokens().len()));
    let kept: Vec<(u32, u32)> = document.kept().collect();
    assert!(kept.iter().all(|&(start, end)| flat.get(start as usize..end as usize).is_some()), "{kept:?}");
    assert!(kept.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{kept:?}");
    left_out(text, document.left_out());
    if format == Format::Plain {
        let apart = |part: &LeftOut| kept.iter().all(|&(start, end)| end <= part.start || part.end <= start);
        assert!(document.left_out().iter().all(apart), "{kept:?} {:?}", document.left_out());
    }
}

fn left_out(text: &str, parts: &[LeftOut]) {
    assert!(parts.is_sorted_by_key(|part| part.start), "{parts:?}");
    for part in parts {
        assert!(text.get(part.start as usize..part.end as usize).is_some_and(|text| !text.is_empty()), "{part:?}");
    }
}

/// Judges `text`: evidence lies in it, and an explanation finds what was found.
fn judge(detector: &Detector, text: &str, format: Format, choice: usize) {
    const LANGUAGES: [&str; 8] = ["", "en", "de", "fr", "es-MX", "it", "pt-BR", "xx"];
    let author = AuthorType::ALL[choice % AuthorType::ALL.len()];
    let given = Text { text, format, author, language: LANGUAGES[choice % LANGUAGES.len()] };
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    detector.detect(given, &mut scratch, &mut findings);
    assert!(findings.findings.len() <= limits::FINDINGS);
    assert!(findings.findings.is_sorted());
    for finding in &findings.findings {
        let evidence = text.get(finding.start as usize..finding.end as usize);
        assert!(evidence.is_some_and(|evidence| !evidence.is_empty()), "{finding:?}");
    }
    let explained = detector.explain(given, &mut scratch);
    assert_eq!(explained.findings, findings, "explaining finds the same");
    left_out(text, &explained.left_out);
    for passed in &explained.passed_over {
        assert!(text.get(passed.start as usize..passed.end as usize).is_some(), "{passed:?}");
    }
}

/// A lexicon, or a model, is loaded and used on its own text. The first byte says which.
pub fn lexicon(input: &[u8]) {
    const NAMES: [&str; 12] = [
        "abuse",
        "anger.model",
        "auto_replies",
        "boosters",
        "clauses",
        "contrast",
        "dampeners",
        "function_words",
        "negators",
        "profanity",
        "questions",
        "valence",
    ];
    let Some((first, rest)) = input.split_first() else { return };
    let path = format!("lexicons/en/{}.tsv", NAMES[usize::from(*first) % NAMES.len()]);
    let file = SourceFile { path, text: String::from_utf8_lossy(rest).into_owned() };
    let mut diagnostics = Vec::new();
    let files = std::slice::from_ref(&file);
    let lexicons = Lexicons::load(files, &mut diagnostics);
    let models = Models::load(files, &mut diagnostics);
    told(&diagnostics, files);
    let rules = RuleSet::load(&[], &lexicons, &mut diagnostics);
    judge(&Detector::new(&lexicons, &rules).with_models(models), &file.text, Format::Plain, 1);
}

/// A rule is loaded beside a few small lexicons; its own cases and its text are judged by it.
pub fn rule(input: &[u8]) {
    static LEXICONS: LazyLock<Lexicons> = LazyLock::new(|| {
        let file = |(name, text): (&str, &str)| SourceFile { path: name.to_owned(), text: text.to_owned() };
        let files = [
            ("lexicons/en/anger.tsv", "awful\t300\tx\nfurious\t600\tx\nleaving\t200\tx\n"),
            ("lexicons/en/boosters.tsv", "very\t300\tx\n"),
            ("lexicons/en/negators.tsv", "never\t8\tx\nnot\t8\tx\n"),
            ("lexicons/en/profanity.tsv", "damn\t300\tx\n"),
            ("lexicons/en/valence.tsv", "bad\t-300\tx\ngood\t300\tx\n"),
        ];
        Lexicons::load(&files.map(file), &mut Vec::new())
    });
    let text = String::from_utf8_lossy(input).into_owned();
    // A rule's id, the name of its file, begins with its signal.
    let signal = text.lines().find_map(|line| line.strip_prefix("signal = \"")?.strip_suffix('"'));
    let file = SourceFile { path: format!("rules/{}.made_up.toml", signal.unwrap_or("churn")), text };
    let mut diagnostics = Vec::new();
    let files = std::slice::from_ref(&file);
    let rules = RuleSet::load(files, &LEXICONS, &mut diagnostics);
    let detector = Detector::new(&LEXICONS, &rules);
    diagnostics.extend(run_cases(&detector, &rules));
    told(&diagnostics, files);
    judge(&detector, &file.text, Format::Plain, 1);
    judge(&detector, &file.text, Format::Plain, 5);
}

/// Each fault is told of a place that is there.
fn told(diagnostics: &[Diagnostic], files: &[SourceFile]) {
    for diagnostic in diagnostics {
        assert!(!diagnostic.message.is_empty() && !diagnostic.to_string().is_empty());
        let lines = files.iter().map(|file| file.text.split('\n').count()).max().unwrap_or_default();
        assert!(diagnostic.location.line as usize <= lines, "{diagnostic}");
    }
}

/// A record is decoded: as an event of each source, in CloudEvents' ways, as an account and as a line to scan. Lines
/// `name: value` up to an empty one are the record's headers, if the first names a CloudEvents attribute or a type.
pub fn event(input: &[u8]) {
    static PROFILES: LazyLock<Profiles> = LazyLock::new(|| Profiles::load(&Files::shipped().sources, &mut Vec::new()));
    let (headers, value) = split_headers(input);
    let line = RawRecord { headers: &headers, ..RawRecord::line(value) };
    for name in PROFILES.names() {
        let Some(profile) = PROFILES.get(name) else { continue };
        decode(&Decoder::unkeyed(profile.clone()), &line);
        decode(&Decoder::new(profile), &RawRecord { key: Some(b"c-1"), ..line });
    }
    refused(decode_account(value, 1).err());
    match decode_scan_line(value) {
        Ok(line) => assert!(line.text.len() <= limits::TEXT_BYTES),
        Err(reject) => refused(Some(reject)),
    }
}

fn split_headers(input: &[u8]) -> (Vec<Header<'_>>, &[u8]) {
    let (mut headers, mut rest) = (Vec::new(), input);
    let begins = |name: &[u8]| input.len() >= name.len() && input[..name.len()].eq_ignore_ascii_case(name);
    if !begins(b"ce_") && !begins(b"content-type") {
        return (headers, input);
    }
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, next) = (&rest[..end], &rest[end + 1..]);
        rest = next;
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
        let Ok(name) = std::str::from_utf8(&line[..colon]) else { break };
        headers.push(Header { name, value: line[colon + 1..].trim_ascii() });
    }
    (headers, rest)
}

/// Decodes a record; what it becomes is written as an event that reads the same.
fn decode(decoder: &Decoder, record: &RawRecord<'_>) {
    match decoder.decode(record) {
        Ok(event) => {
            assert!(!event.id.is_empty() && !event.conversation.is_empty(), "{event:?}");
            assert!(event.text.len() <= limits::TEXT_BYTES);
            let (mut once, mut twice) = (Vec::new(), Vec::new());
            encode_event(&event, &mut once);
            if once.len() > limits::RECORD_BYTES {
                return;
            }
            let canonical = Decoder::unkeyed(Profile::canonical());
            match canonical.decode(&RawRecord::line(&once)) {
                Ok(again) => encode_event(&again, &mut twice),
                Err(reject) => panic!("{reject:?}: {}", String::from_utf8_lossy(&once)),
            }
            assert_eq!(
                String::from_utf8_lossy(&twice),
                String::from_utf8_lossy(&once),
                "what is written reads the same"
            );
        }
        Err(reject) => refused(Some(reject)),
    }
}

/// A refusal says why.
fn refused(reject: Option<Reject>) {
    if let Some(reject) = reject {
        assert!(!reject.reason.name().is_empty());
    }
}

/// A conversation's snapshot is restored, or refused; what was restored is written as it will be read, and goes on.
pub fn snapshot(input: &[u8]) {
    const EVENTS: [&str; 6] = [
        r#"{"event_id":"s-1","conversation_id":"c","occurred_at":"2026-01-05T09:00:00Z","author":{"type":"customer"},"text":"I will sue you, and cancel."}"#,
        r#"{"event_id":"s-2","conversation_id":"c","occurred_at":"2026-01-05T09:01:00Z","author":{"type":"bot"},"text":"Have you read https://help.example.com/a ?"}"#,
        r#"{"event_id":"s-3","conversation_id":"c","occurred_at":"2026-01-05T09:02:00Z","author":{"type":"customer"},"text":"Thanks, all is well."}"#,
        r#"{"event_id":"s-4","conversation_id":"c","occurred_at":"2026-01-05T09:03:00Z","kind":"delete","target_event_id":"s-1"}"#,
        r#"{"event_id":"s-5","conversation_id":"c","occurred_at":"2026-01-05T09:04:00Z","kind":"status_change","status":"resolved"}"#,
        r#"{"event_id":"s-6","conversation_id":"c","occurred_at":"2026-01-05T09:05:00Z","kind":"erase"}"#,
    ];
    let new = || Engine::new(SHIPPED.detector.clone(), SHIPPED.policy.clone());
    let mut engine = new();
    if let Err(refused) = engine.restore("", "c", input) {
        assert!(!refused.to_string().is_empty() && engine.conversations() == 0);
        return;
    }
    let written = engine.snapshot("", "c").expect("it was restored");
    let mut again = new();
    again.restore("", "c", &written).expect("what is written is read");
    assert_eq!(again.snapshot("", "c").as_ref(), Some(&written), "what is read is written the same");
    let decoder = Decoder::unkeyed(Profile::canonical());
    let (mut scratch, mut outcome) = (engine::Scratch::default(), Outcome::default());
    for line in EVENTS {
        let event = decoder.decode(&RawRecord::line(line.as_bytes())).expect("the events are sound");
        engine.step(Input::Event { event: &event, accounts: &None }, &mut scratch, &mut outcome);
    }
    engine.step(Input::Tick { time: Timestamp::MAX, accounts: &None }, &mut scratch, &mut outcome);
}
