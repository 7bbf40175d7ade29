//! What holds for any input; the fuzz targets look for one for which it does not, and `tests/fuzz.rs` tries the seeds.

use std::sync::OnceLock;

use foreshock::detect::{Findings, Scratch, Text};
use foreshock::diagnostic::SourceFile;
use foreshock::knowledge::Knowledge;
use foreshock::lexicon::Lexicons;
use foreshock::message::{AuthorType, Format};
use foreshock::rules::RuleSet;
use foreshock::text::{Document, Reading, flags};
use foreshock::wire::{Decoder, Header, Profile, RawRecord};

/// A plain text is read and judged; all spans cut whole characters out of it.
pub(crate) fn text(bytes: &[u8]) {
    judged(bytes, Format::Plain);
}

/// The same for markup.
pub(crate) fn html(bytes: &[u8]) {
    judged(bytes, Format::Html);
}

fn judged(bytes: &[u8], format: Format) {
    static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();
    let text = String::from_utf8_lossy(bytes);
    let mut document = Document::default();
    document.read(&text, format, Reading::Own);
    let flat = document.flat(&text).to_owned();
    let mut last = 0;
    for token in document.tokens() {
        // What stands for something that was left out may be empty; a word is not.
        let is_word = token.flags & flags::OPAQUE == 0;
        assert!(last <= token.start && token.start <= token.end, "{token:?} is not after {last}");
        assert!(!is_word || token.start < token.end, "{token:?} is empty");
        assert!(flat.get(token.start as usize..token.end as usize).is_some(), "a word is whole characters");
        last = token.end;
        let (start, end) = document.original_span(token.start, token.end);
        assert!(text.get(start as usize..end as usize).is_some(), "a word maps back to whole characters");
    }
    let knowledge = KNOWLEDGE.get_or_init(Knowledge::shipped);
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    for author in [AuthorType::Customer, AuthorType::Bot] {
        let subject = Text { text: &text, format, author, language: "en" };
        knowledge.detector.detect(subject, &mut scratch, &mut findings);
        for finding in &findings.findings {
            assert!(text.get(finding.start as usize..finding.end as usize).is_some(), "evidence is whole characters");
        }
    }
}

/// A lexicon is loaded; whatever is wrong with it has a place in it.
pub(crate) fn lexicon(bytes: &[u8]) {
    let file = source("lexicons/en/valence.tsv", bytes);
    let mut diagnostics = Vec::new();
    let _sound = Lexicons::load(std::slice::from_ref(&file), &mut diagnostics);
    diagnostics.iter().for_each(|diagnostic| drop(diagnostic.to_string()));
}

/// A rule is loaded, and runs when it is sound.
pub(crate) fn rule(bytes: &[u8]) {
    let file = source("rules/churn.fuzzed.toml", bytes);
    let mut diagnostics = Vec::new();
    let lexicons = Lexicons::default();
    let rules = RuleSet::load(std::slice::from_ref(&file), &lexicons, &mut diagnostics);
    diagnostics.iter().for_each(|diagnostic| drop(diagnostic.to_string()));
    let detector = foreshock::detect::Detector::new(&lexicons, &rules);
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let text = Text { text: "We are leaving.", format: Format::Plain, author: AuthorType::Customer, language: "en" };
    detector.detect(text, &mut scratch, &mut findings);
}

/// A record is decoded, plain and as a CloudEvent in binary mode; an id that is accepted is one.
pub(crate) fn event(bytes: &[u8]) {
    let decoder = Decoder::new(Profile::canonical());
    let headers = [
        Header { name: "ce_specversion", value: b"1.0" },
        Header { name: "ce_id", value: bytes },
        Header { name: "content-type", value: b"application/json" },
    ];
    for headers in [&[][..], &headers[..]] {
        let record = RawRecord { key: Some(b"c"), value: Some(bytes), headers, ..RawRecord::default() };
        if let Ok(event) = decoder.decode(&record) {
            assert!(!event.id.is_empty() && !event.conversation.is_empty(), "an event has its ids");
        }
    }
}

fn source(path: &str, bytes: &[u8]) -> SourceFile {
    SourceFile { path: path.to_owned(), text: String::from_utf8_lossy(bytes).into_owned() }
}
