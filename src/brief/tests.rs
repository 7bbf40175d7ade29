//! Facts of single turns, and what templates may not hold.

use std::sync::LazyLock;

use super::*;
use crate::detect::{Findings, Scratch, Text};
use crate::knowledge::Knowledge;
use crate::message::AuthorType;
use crate::policy::Policy;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::shipped);

/// The facts of one turn.
fn facts(author: AuthorType, text: &str) -> Facts {
    let Knowledge { detector, policy, .. } = &*KNOWLEDGE;
    let line = format!(
        r#"{{"event_id":"e","conversation_id":"c","occurred_at":1,"author":"{}","text":{}}}"#,
        author.name(),
        serde_json::Value::from(text)
    );
    let decoder = crate::wire::Decoder::unkeyed(crate::wire::Profile::canonical());
    let record = crate::wire::RawRecord::line(line.as_bytes());
    let event = decoder.decode(&record).expect("an event");
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let text = Text { text: &event.text, format: event.format, author, language: "" };
    detector.detect(text, &mut scratch, &mut findings);
    let reading = Reading {
        event: &event,
        document: scratch.document(),
        language: scratch.language(),
        words: &policy.words,
        currencies: &policy.currencies,
        fingerprint: 1,
    };
    let mut kept = None;
    extract(&reading, &mut Buffers::default(), &mut kept);
    *kept.unwrap_or_default()
}

/// The same, in a few words each.
fn told(author: AuthorType, text: &str) -> Vec<String> {
    let policy = Policy::shipped();
    let voice = render::Voice { words: &policy.words, language: crate::lexicon::Language::English };
    facts(author, text).list.iter().map(|fact| format!("{}: {}", fact.kind.name(), voice.told(fact))).collect()
}

#[test]
fn facts_of_single_turns() {
    use AuthorType::{Bot, Customer};
    for (author, text, expected) in [
        (Customer, "Exports fail since yesterday.", &["symptom: export failures", "when: since yesterday"][..]),
        (Customer, "I cleared the cache.", &["attempt: cache clearing"]),
        (Customer, "I have restarted the coffee roaster twice.", &["attempt: coffee roaster restart"]),
        (Customer, "How do I clear the cache?", &[]),
        (Customer, "I want to reset the password.", &[]),
        (Customer, "If the exports fail I will have to do it by hand.", &[]),
        (
            Customer,
            "Ich habe den Cache geleert und das Passwort zurückgesetzt.",
            &["attempt: cache clearing", "attempt: password reset"],
        ),
        (Bot, "Please clear your browser cache.", &["suggestion: cache clearing"]),
        (Bot, "We will call you back.", &["offer: a callback"]),
        (
            Customer,
            "Order 10023456 has not arrived, hasn't arrived at all.",
            &["reference: order 10023456", "symptom: order delays"],
        ),
        (Customer, "You charged $1,250.00, I want a refund.", &["wish: a refund", "amount: $1,250.00"]),
        (Customer, "It happens on Chrome 126 in production.", &["environment: Chrome 126", "environment: production"]),
        (Customer, "Thank you, have a nice day.", &[]),
    ] {
        assert_eq!(told(author, text), expected, "{text}");
    }
}

/// What a customer says came of what they tried.
#[test]
fn results_of_attempts() {
    for (text, helped) in [
        ("I cleared the cache and that worked, no further questions.", true),
        ("I cleared the cache. That never worked.", false),
        ("Ich habe den Cache geleert, es geht wieder.", true),
        ("Ich habe den Cache geleert, es geht wieder nicht.", false),
        ("J'ai vidé le cache, ça marche.", true),
        ("J'ai vidé le cache, ça marche pas.", false),
        ("He vaciado la caché, no está resuelto.", false),
        ("Ho svuotato la cache, non ha funzionato.", false),
        ("Limpei o cache, não funcionou.", false),
    ] {
        let attempts: Vec<bool> = facts(AuthorType::Customer, text).of(Kind::Attempt).map(|fact| fact.helped).collect();
        assert_eq!(attempts, [helped], "{text}");
    }
}

/// No message, however odd, makes a fact that a snapshot could not hold, or one that tells a number that is masked.
#[test]
fn facts_are_short_and_masked() {
    for text in [
        format!("You charged $1{}5", ",".repeat(2_100)),
        format!("It fails on version {}", "4.".repeat(3_000)),
        format!("Order {} has not arrived", "1-".repeat(3_000)),
        format!("{} fails", "export ".repeat(8_000)),
        "We are Maier SA.\n-- \nMaier SA, capital $90,000\n".to_owned(),
    ] {
        let facts = facts(AuthorType::Customer, &text);
        let lengths = facts.list.iter().map(|fact| fact.text.len().max(fact.note.len()));
        assert!(lengths.max().unwrap_or(0) <= crate::limits::QUOTE_BYTES + 3, "{}", &text[..40]);
        assert_eq!(facts.dollars(), None, "{}", &text[..text.len().min(40)]);
    }
    let told = told(AuthorType::Customer, "It fails on version 4111-1111-1111-1111.");
    assert!(told.iter().all(|fact| !fact.contains("1111-1111")), "{told:?}");
}

/// E16: no template holds a content word of the model note; they come from the vocabulary.
#[test]
fn templates_hold_no_content_word_of_the_model_note() {
    let files = include_str!("../../policy/briefs/templates.toml");
    let mut in_templates = false;
    for line in files.lines() {
        if line.starts_with('[') {
            in_templates = line.starts_with("[template.");
        }
        let lower = line.to_lowercase();
        for word in [
            "login",
            "cache",
            "clearing",
            "password",
            "reset",
            "update",
            "engineering",
            "server",
            "logs",
            "enterprise",
            "50,000",
        ] {
            assert!(!in_templates || !lower.contains(word), "`{word}` stands in a template: {line}");
        }
    }
}
