//! What a person wrote now, told from all else in a mail: 72 cases written before the engine had seen them.
//!
//! Words are compared, not layout: white space, list marks, Markdown's marks and characters that are not shown do not
//! count.

use foreshock::detect::{Findings, Scratch, Text};
use foreshock::knowledge::Knowledge;
use foreshock::message::{AuthorType, Format, Mark};
use foreshock::text::{Document, Hygiene, Reading};
use serde_json::Value;

struct Case {
    id: String,
    language: String,
    format: Format,
    body: String,
    kept: Vec<String>,
    auto: bool,
}

fn cases() -> Vec<Case> {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let read = |line: &str| {
        let case: Value = serde_json::from_str(line).expect("a case is an object");
        Case {
            id: text(&case["id"]),
            language: text(&case["lang"]),
            format: if case["format"] == "html" { Format::Html } else { Format::Plain },
            body: text(&case["body"]),
            kept: case["kept"].as_array().expect("a list").iter().map(text).collect(),
            auto: case["auto"] == true,
        }
    };
    include_str!("hygiene/cases.ndjson").lines().map(read).collect()
}

/// The words of a text, without what is only layout.
fn words(text: &str) -> Vec<String> {
    let shown = |c: &char| !matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    let text: String = text.chars().filter(shown).collect();
    let bare = |word: &str| word.replace(['*', '_', '#'], "");
    text.split_whitespace()
        .map(bare)
        .filter(|word| !matches!(word.as_str(), "" | "-" | "--" | "•" | "·" | "–"))
        .collect()
}

/// The text that was kept of `case`, and whether a machine wrote it.
fn read(case: &Case) -> (String, bool) {
    let mut document = Document::default();
    document.read(&case.body, case.format, Reading::Own);
    let flat = document.flat(&case.body);
    let kept: Vec<&str> = document.kept().map(|(start, end)| &flat[start as usize..end as usize]).collect();
    (kept.join("\n"), is_automatic(&case.body, case.format, &case.language))
}

fn is_automatic(text: &str, format: Format, language: &str) -> bool {
    thread_local! {
        static SHIPPED: Knowledge = Knowledge::shipped();
    }
    let text = Text { text, format, author: AuthorType::Customer, language };
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    SHIPPED.with(|shipped| shipped.detector.detect(text, &mut scratch, &mut findings));
    findings.marks.contains(Mark::AutoReply)
}

#[test]
fn what_the_person_wrote_now_is_kept_and_nothing_else() {
    let cases = cases();
    let mut wrong = String::new();
    let mut right = 0;
    for case in &cases {
        let (kept, automatic) = read(case);
        let fault = if automatic != case.auto {
            Some(format!("automatic: {automatic}\n{kept}"))
        } else if !case.auto && words(&kept) != words(&case.kept.join("\n")) {
            Some(kept)
        } else {
            None
        };
        match fault {
            Some(fault) => wrong.push_str(&format!("--- {}\n{}\n", case.id, fault.trim())),
            None => right += 1,
        }
    }
    assert!(wrong.is_empty(), "{right} of {} are right\n{wrong}", cases.len());
}

#[test]
fn what_is_left_out_lies_in_the_text_and_never_in_what_is_kept() {
    for case in cases() {
        let mut document = Document::default();
        document.read(&case.body, case.format, Reading::Own);
        for part in document.left_out() {
            assert!(case.body.get(part.start as usize..part.end as usize).is_some(), "{}: {part:?}", case.id);
            assert!(part.start < part.end && part.hygiene != Hygiene::AutoReply, "{}: {part:?}", case.id);
        }
        for token in document.tokens() {
            let (start, end) = document.original_span(token.start, token.end);
            let inside = |part: &&foreshock::text::LeftOut| part.start <= start && end <= part.end;
            assert_eq!(document.left_out().iter().find(inside), None, "{}", case.id);
        }
    }
}

#[test]
fn who_speaks_of_machines_is_none() {
    for (language, text) in [
        ("en", "I only ever get an automatic reply, and I am tired of it."),
        ("en", "Our mails come back as undeliverable since your update."),
        ("en", "The mail says: do not reply to this email. So whom do I ask?"),
        ("de", "Ich bekomme nur eine automatische Antwort."),
        ("de", "Ich bin im Urlaub und komme nicht in mein Konto."),
        ("de", "Unsere E-Mails werden als unzustellbar zurückgewiesen, das wird nicht weitergeleitet."),
        ("fr", "Je suis absent mardi, livrez mercredi. Je ne reçois qu'une réponse automatique."),
        ("es", "Hubo un error en la entrega de mi pedido."),
        ("it", "Segnalo la mancata consegna del pacco."),
        ("pt", "Houve falha na entrega do meu pedido."),
    ] {
        assert!(!is_automatic(text, Format::Plain, language), "{text}");
    }
}
