//! Foreshock beside what others have built for a part of it, on the same texts in the same run.

use std::hint::black_box;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use foreshock::accounts::AccountTable;
use foreshock::detect::{Findings, Scratch, Text};
use foreshock::knowledge::Knowledge;
use foreshock::message::{AuthorType, Format};
use foreshock::pipeline::{Epoch, Partition};
use foreshock::wire::RawRecord;
use regex::RegexSet;
use rustrict::CensorStr;

mod clock;
#[path = "../../corpus/mod.rs"]
mod corpus;

use clock::Contender;
use corpus::Fields;

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
    whole_events();
}

/// One message's text to what it tells.
fn texts_alone() {
    let texts = corpus::texts();
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
    let items = texts.len();
    let each = |read: &mut dyn FnMut(&str)| texts.iter().for_each(|text| read(black_box(text)));
    let title = format!("Text alone: {items} messages, {} lexicon terms, {} regex rules", terms.len(), RULES.len());
    let contenders = vec![
        Contender::new("Foreshock, `Detector::detect`: all lexicons and rules", items, || {
            each(&mut |text| {
                let text = Text { text, format: Format::Plain, author: AuthorType::Customer, language: "en" };
                knowledge.detector.detect(text, &mut scratch, &mut findings);
                black_box(&findings);
            });
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

/// One record to what must be published for it.
fn whole_events() {
    let records = corpus::records();
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
            for record in &records {
                black_box(memchr::memchr(b'\n', black_box(&record.value)));
            }
        }),
        Contender::new("sonic-rs, known fields borrowed", items, || {
            for record in &records {
                black_box(sonic_rs::from_slice::<Fields<'_>>(black_box(&record.value)).is_ok());
            }
        }),
        Contender::new("serde_json, known fields borrowed", items, || {
            for record in &records {
                black_box(serde_json::from_slice::<Fields<'_>>(black_box(&record.value)).is_ok());
            }
        }),
        Contender::new("serde_json + `RegexSet` + vader_sentiment, no state", items, || {
            for record in &records {
                let fields: Fields<'_> = serde_json::from_slice(black_box(&record.value)).expect("well-formed");
                let text = fields.text.unwrap_or_default();
                black_box(rules.matches(&text).iter().count());
                black_box(vader.polarity_scores(&text));
            }
        }),
    ];
    clock::run(&format!("Whole events: {items} records of 553 B mean, 2 % triggering"), 21, contenders);
}
