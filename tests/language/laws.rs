//! The laws of reading a text, tried on texts that chance made up.

use std::sync::LazyLock;

use foreshock::detect::{Detector, Findings, Scratch, Text};
use foreshock::limits;
use foreshock::message::{AuthorType, Format};
use foreshock::text::{Document, Reading, mask, normalise_word};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::shipped::load;

static SHIPPED: LazyLock<Detector> = LazyLock::new(|| {
    let (lexicons, rules, _) = load();
    Detector::new(&lexicons, &rules)
});

/// Pieces that texts are dangerous by: markup, quotes, signs, odd characters, words of ours.
const PIECES: &[&str] = &[
    "<",
    ">",
    "<p>",
    "</p>",
    "<blockquote>",
    "&amp;",
    "&#39;",
    "&",
    "<!--",
    "-->",
    "<script>",
    "\n",
    "\n>",
    "\n> On x wrote:\n",
    "```",
    "\n-- \n",
    "\r\n",
    "From: a\nTo: b\n",
    "\nBest regards\n",
    "\nThanks,\n",
    "Ana\n",
    "\nOn 4 May 2026, Ana <\n",
    "a@b.example> wrote:\n",
    "\nSent from my iPhone\n",
    "\nThis email is confidential and for the addressee\n",
    "\n---- Original ----\n",
    "<div class=gmail_attr>",
    "</div>",
    "http://",
    "www.",
    "a@b.example",
    "@",
    "'",
    "’",
    "\u{200B}",
    "\u{202E}",
    "\0",
    "***",
    "$",
    "!",
    "?",
    "...",
    ":(",
    "😡",
    "é",
    "e\u{301}",
    "ﬁ",
    "Ａ",
    "ß",
    "İ",
    "а",
    "日本",
    " ",
    " ",
    " ",
    "not ",
    "cancel",
    "chargeback",
    "sue",
    "supervisor",
    "REFUND",
    "I ",
    "will ",
    "f**k",
    "soooo",
    "4111 1111 1111 1111",
    "12",
    "_",
    "-",
    "(",
    ")",
    "the ",
    "worst",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![8 => select(PIECES).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

fn format() -> impl Strategy<Value = Format> {
    select(vec![Format::Plain, Format::Html])
}

fn normal(word: &str) -> String {
    let mut out = String::new();
    normalise_word(word, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn normalising_twice_is_normalising_once(word in "\\PC{0,12}", pieces in text()) {
        for word in [word, pieces] {
            let once = normal(&word);
            prop_assert_eq!(&normal(&once), &once);
        }
    }

    #[test]
    fn evidence_is_cut_out_of_the_original(text in text(), format in format(), author in select(AuthorType::ALL.to_vec())) {
        let mut findings = Findings::default();
        let given = Text { text: &text, format, author, language: "" };
        let mut scratch = Scratch::default();
        SHIPPED.detect(given, &mut scratch, &mut findings);
        for finding in &findings.findings {
            let cut = text.get(finding.start as usize..finding.end as usize);
            prop_assert!(cut.is_some_and(|cut| !cut.is_empty()));
        }
        prop_assert!(findings.findings.is_sorted());
        prop_assert!(findings.findings.len() <= limits::FINDINGS);
        let explained = SHIPPED.explain(given, &mut scratch);
        prop_assert_eq!(&explained.findings, &findings);
        for passed in &explained.passed_over {
            prop_assert!(text.get(passed.start as usize..passed.end as usize).is_some());
        }
        for part in &explained.left_out {
            prop_assert!(text.get(part.start as usize..part.end as usize).is_some());
        }
    }

    #[test]
    fn tokens_lie_in_order_on_boundaries(text in text(), format in format()) {
        let mut document = Document::default();
        document.read(&text, format, Reading::Own);
        let flat = document.flat(&text);
        let mut end = 0;
        for token in document.tokens() {
            prop_assert!(token.start >= end && token.start <= token.end);
            prop_assert!(flat.get(token.start as usize..token.end as usize).is_some());
            end = token.end;
        }
        let kept: Vec<_> = document.kept().collect();
        prop_assert!(kept.iter().all(|(start, end)| start < end) && kept.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        let left_out = document.left_out();
        prop_assert!(left_out.is_sorted_by_key(|part| part.start));
        for part in left_out {
            prop_assert!(text.get(part.start as usize..part.end as usize).is_some_and(|part| !part.is_empty()));
            // Each byte of a plain text is kept or left out, never both.
            let apart = kept.iter().all(|&(start, end)| format == Format::Html || end <= part.start || part.end <= start);
            prop_assert!(apart);
        }
    }

    #[test]
    fn a_used_scratch_says_what_a_new_one_says(texts in vec((text(), format()), 1..4)) {
        let mut used = Scratch::default();
        for (text, format) in &texts {
            let given = Text { text, format: *format, author: AuthorType::Customer, language: "en" };
            let (mut again, mut fresh) = (Findings::default(), Findings::default());
            SHIPPED.detect(given, &mut used, &mut again);
            SHIPPED.detect(given, &mut Scratch::default(), &mut fresh);
            prop_assert_eq!(again, fresh);
        }
    }

    #[test]
    fn masking_keeps_nothing_to_mask(text in text()) {
        let once = mask::mask(&text);
        prop_assert_eq!(&mask::mask(&once), &once);
    }
}
