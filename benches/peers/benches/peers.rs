//! Foreshock beside what others have built for a part of it, on the same texts in the same run.

use std::hint::black_box;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use foreshock::accounts::AccountTable;
use foreshock::detect::{Findings, Scratch, Text};
use foreshock::diagnostic::SourceFile;
use foreshock::generate::Record;
use foreshock::knowledge::{Files, Knowledge};
use foreshock::message::{AuthorType, Format};
use foreshock::pipeline::{Epoch, Partition};
use foreshock::text::{Document, Reading};
use foreshock::wire::RawRecord;
use html5gum::Tokenizer;
use regex::RegexSet;
use rustrict::CensorStr;

mod clock;
#[path = "../../corpus/mod.rs"]
mod corpus;

use clock::Contender;
use corpus::Fields;
use corpus::mixed::{Message, mails, mixed};

/// Rules as a team would write them first: one pattern for each signal.
const RULES: [&str; 20] = [
    r"(?i)\b(evaluat\w+|looking at|talking to)\W+(?:\w+\W+){0,3}(other|another) (vendor|provider)s?\b",
    r"(?i)\b(switch|move|moving)\W+(?:\w+\W+){0,3}(competitor|another (vendor|provider))\b",
    r"(?i)\b(lawyers?|attorneys?|legal action|take you to court)\b",
    r"(?i)\b(will|going to) sue\b",
    r"(?i)\bcharge\s?-?backs?\b",
    r"(?i)\bcharged (me |us )?twice\b|\bovercharg\w+",
    r"(?i)\b(cancel|terminate|close)\W+(?:\w+\W+){0,2}(subscription|contract|account|plan)\b",
    r"(?i)\b(speak|talk)\W+(?:\w+\W+){0,2}(human|real person|agent|representative)\b",
    r"(?i)\b(supervisor|manager|escalate this)\b",
    r"(?i)\b(is|are) (completely )?down\b|\boutage\b",
    r"(?i)\b(data|security) (breach|leak)\b|\bhacked\b|\bunauthori[sz]ed access\b",
    r"(?i)\b(post|share|put)\W+(?:\w+\W+){0,3}(twitter|linkedin|social media)\b",
    r"(?i)\b(unacceptable|outrageous|disgrace|furious|livid)\b",
    r"(?i)\b(idiots?|morons?|stupid|clowns?)\b",
    r"(?i)\b(bullshit|shit|f\*ck|fuck\w*|crap|damn)\b",
    r"\b[A-Z]{3,}(\W+[A-Z]{3,}){3,}",
    r"(?i)\b(second|third|fourth|fifth) time\b|\balready (told|explained|said)\b",
    r"(?i)\bstill (no|not|waiting|broken)\b",
    r"(?i)\b(urgent|asap|immediately|emergency)\b",
    r"(?i)\bhope (that|this) helps\b",
];

/// A rule that looks for one lexicon.
const MANY: &str = r#"
title = "Many"
signal = "urgency"
status = "stable"
level = "info"
weight = 10
why = "To be measured."

[detect]
many = ["@many", "fires"]
condition = "many"

[[case]]
text = "It fires."
expect = ["fires"]

[[case]]
text = "It stays quiet."
expect = []
"#;

/// The terms of the shipped English lexicons.
fn terms() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../lexicons/en");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("lexicons").map(|entry| entry.expect("entry").path()).collect();
    files.sort();
    let lines = files.iter().flat_map(|file| {
        let text = std::fs::read_to_string(file).expect("UTF-8");
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    let term = |line: String| line.split('\t').next().unwrap_or_default().trim_end_matches('*').to_owned();
    lines.filter(|line| !line.starts_with('#')).map(term).filter(|term| !term.is_empty()).collect()
}

fn main() {
    texts_alone();
    html_mails();
    more_terms();
    whole_events();
}

/// One message's text to what it tells: plain ones, and as helpdesks have them.
fn texts_alone() {
    let plain = |text| Message { text, format: Format::Plain, language: "en" };
    texts("Plain messages", &corpus::texts().into_iter().map(plain).collect::<Vec<_>>());
    texts("Messages, 10 % HTML mails, 10 % replies above threads, 20 % other languages", &mixed(&corpus::texts()));
}

fn texts(title: &str, messages: &[Message]) {
    let knowledge = Knowledge::shipped();
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let terms = terms();
    let automaton = |kind| {
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).kind(Some(kind));
        builder.build(&terms).expect("a few thousand terms fit")
    };
    let (dense, sparse) = (automaton(AhoCorasickKind::DFA), automaton(AhoCorasickKind::ContiguousNFA));
    let rules = RegexSet::new(RULES).expect("well-formed");
    let vader = vader_sentiment::SentimentIntensityAnalyzer::new();
    let items = messages.len();
    let mean = messages.iter().map(|message| message.text.len()).sum::<usize>() / items;
    let each = |read: &mut dyn FnMut(&str)| messages.iter().for_each(|message| read(black_box(&message.text)));
    let title =
        format!("{title}: {items} of {mean} B mean, {} lexicon terms, {} regex rules", terms.len(), RULES.len());
    let contenders = vec![
        Contender::new("Foreshock, `Detector::detect_points`: all that ships, as in the stream", items, || {
            for message in messages {
                knowledge.detector.detect_points(as_text(black_box(message)), &mut scratch, &mut findings);
                black_box(&findings);
            }
        }),
        Contender::new("memchr over the text", items, || {
            each(&mut |text| {
                black_box(memchr::memchr(b'\n', text.as_bytes()));
            });
        }),
        Contender::new("aho-corasick (DFA), the English terms, matches only", items, || {
            each(&mut |text| {
                black_box(dense.find_iter(text).count());
            });
        }),
        Contender::new("aho-corasick (contiguous NFA)", items, || {
            each(&mut |text| {
                black_box(sparse.find_iter(text).count());
            });
        }),
        Contender::new("regex `RegexSet`, 20 rules", items, || {
            each(&mut |text| {
                black_box(rules.matches(text).iter().count());
            });
        }),
        Contender::new("crate vader_sentiment", items, || {
            each(&mut |text| {
                black_box(vader.polarity_scores(text));
            });
        }),
        Contender::new("crate rustrict", items, || {
            each(&mut |text| {
                black_box(text.is_inappropriate());
            });
        }),
    ];
    clock::run(&title, 21, contenders);
}

fn as_text(message: &Message) -> Text<'_> {
    let Message { text, format, language } = message;
    Text { text, format: *format, author: AuthorType::Customer, language }
}

/// HTML mails beside the tokenizer that reads them.
fn html_mails() {
    let mails = mails(&corpus::texts());
    let knowledge = Knowledge::shipped();
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let mean = mails.iter().map(|mail| mail.text.len()).sum::<usize>() / mails.len();
    let title = format!("HTML mails: {} of {mean} B mean", mails.len());
    let mut document = Document::default();
    let contenders = vec![
        Contender::new("html5gum, tokens counted", mails.len(), || {
            for mail in &mails {
                black_box(Tokenizer::new(black_box(&*mail.text)).flatten().count());
            }
        }),
        Contender::new("Foreshock, HTML to words, hygiene included", mails.len(), || {
            for mail in &mails {
                document.read(black_box(&mail.text), Format::Html, Reading::Own);
                black_box(document.tokens().len());
            }
        }),
        Contender::new("Foreshock, HTML to findings", mails.len(), || {
            for mail in &mails {
                knowledge.detector.detect_points(as_text(black_box(mail)), &mut scratch, &mut findings);
                black_box(&findings);
            }
        }),
    ];
    clock::run(&title, 21, contenders);
}

/// The same texts with more and more terms to look for: single words and phrases of words that texts are full of.
fn more_terms() {
    let messages = mixed(&corpus::texts());
    let detectors = [("500", 500), ("2,000", 2_000), ("10,000", 10_000)].map(|(name, count)| (name, with_terms(count)));
    let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
    let items = messages.len();
    let scratch = std::cell::RefCell::new((&mut scratch, &mut findings));
    let contenders = detectors.iter().map(|(name, knowledge)| {
        Contender::new(name, items, || {
            let mut buffers = scratch.borrow_mut();
            let (scratch, findings) = &mut *buffers;
            for message in &messages {
                knowledge.detector.detect_points(as_text(black_box(message)), scratch, findings);
                black_box(&findings);
            }
        })
    });
    clock::run("Terms to look for", 21, contenders.collect());
}

/// A detector with one rule and a lexicon of so many terms.
fn with_terms(count: usize) -> Knowledge {
    let texts = corpus::texts();
    let is_word = |word: &&str| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut words: Vec<&str> = texts.iter().flat_map(|text| text.split(' ')).filter(is_word).collect();
    words.sort_unstable();
    words.dedup();
    // Two in three are phrases; which words stand together is chosen by number, so that few of them stand in a text.
    let word = |at: usize| words[at % words.len()];
    let mut terms = std::collections::BTreeSet::new();
    for step in 0..words.len() * words.len() {
        if terms.len() == count {
            break;
        }
        let (one, other) = (word(step), word(step / words.len() * 7 + step * 13 + 1));
        terms.insert(match step % 3 {
            0 => format!("{one}{other}"),
            1 => format!("{one} {other}"),
            _ => format!("{one} ~2 {other}"),
        });
    }
    assert_eq!(terms.len(), count, "the texts have words enough");
    let lines: String = terms.iter().map(|term| format!("{term}\t0\t\n")).collect();
    let mut files = Files::shipped();
    files.lexicons = vec![SourceFile { path: "lexicons/en/many.tsv".to_owned(), text: lines }];
    files.rules = vec![SourceFile { path: "rules/urgency.many.toml".to_owned(), text: MANY.to_owned() }];
    let mut diagnostics = Vec::new();
    let knowledge = Knowledge::compile(&files, &mut diagnostics);
    knowledge.unwrap_or_else(|| panic!("{}", diagnostics[0].message))
}

/// One record to what must be published for it.
fn whole_events() {
    events("Whole events", &corpus::records());
    events("Whole events with 10 % HTML mails, 10 % threads, 20 % other languages", &corpus::mixed_records());
}

fn events(title: &str, records: &[Record]) {
    let knowledge = Knowledge::shipped();
    let (accounts, mut workspace, mut epoch) = (AccountTable::default(), corpus::workspace(), Epoch::default());
    let (vader, rules) =
        (vader_sentiment::SentimentIntensityAnalyzer::new(), RegexSet::new(RULES).expect("well-formed"));
    let items = records.len();
    let contenders = vec![
        Contender::new("Foreshock, `Partition::apply`: decode, detect, state, score, encode", items, || {
            let mut partition = Partition::new(0, knowledge.detector.clone(), knowledge.policy.clone());
            epoch.clear();
            partition.begin();
            for (offset, record) in records.iter().enumerate() {
                let raw = RawRecord {
                    key: Some(&record.key),
                    value: Some(&record.value),
                    arrival: Some(record.arrival),
                    ..RawRecord::default()
                };
                partition.apply(offset as i64, black_box(&raw), None, &accounts, &mut workspace, &mut epoch);
            }
            partition.commit();
            black_box(&epoch);
        }),
        Contender::new("memchr over the record", items, || {
            for record in records {
                black_box(memchr::memchr(b'\n', black_box(&record.value)));
            }
        }),
        Contender::new("sonic-rs, known fields borrowed", items, || {
            for record in records {
                black_box(sonic_rs::from_slice::<Fields<'_>>(black_box(&record.value)).is_ok());
            }
        }),
        Contender::new("serde_json, known fields borrowed", items, || {
            for record in records {
                black_box(serde_json::from_slice::<Fields<'_>>(black_box(&record.value)).is_ok());
            }
        }),
        Contender::new("serde_json + `RegexSet` + vader_sentiment, no state", items, || {
            for record in records {
                let fields: Fields<'_> = serde_json::from_slice(black_box(&record.value)).expect("well-formed");
                let text = fields.text.unwrap_or_default();
                black_box(rules.matches(&text).iter().count());
                black_box(vader.polarity_scores(&text));
            }
        }),
    ];
    let mean = records.iter().map(|record| record.value.len()).sum::<usize>() / items;
    clock::run(&format!("{title}: {items} records of {mean} B mean, 2 % triggering"), 21, contenders);
}
