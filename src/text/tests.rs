//! Reading takes time in proportion to the text, whatever it holds. Not part of `cargo test`, since machines are noisy:
//!
//! ```text
//! cargo test --release --lib text::tests -- --ignored --nocapture
//! ```

use std::time::{Duration, Instant};

use super::document::{Document, Reading};
use super::{html, hygiene, mask, scanner};

/// What is repeated to make a text that is hard to read.
const HARD: &[(&str, &str)] = &[
    ("plain lines, to compare with", "The export fails again, and nobody answers.\nSince Monday I wait for it.\n"),
    ("nested elements", "<div>"),
    ("nested quotations", "<blockquote>"),
    ("elements in a quotation of theirs", "<blockquote><div></blockquote>"),
    ("elements without an end", "<p><b><i class=gmail_attr>"),
    ("attributes", "<a class='x y z w' id=\"q\" style='color : red'>"),
    ("tags that never end", "<a b "),
    ("comments that never end", "<!-- "),
    ("entities", "&eacute;"),
    ("ampersands", "&"),
    ("long word", "a"),
    ("long wide word", "é"),
    ("dots in words", "a."),
    ("addresses", "a@b.example "),
    ("signs of addresses", "@"),
    ("local parts", "a@"),
    ("links", "http://a"),
    ("apostrophes", "a'"),
    ("stars", "a*"),
    ("quotation", "> x\n"),
    ("deep quotation", ">"),
    ("introductions", "On 4 May 2026 at 10:11, Ana <a@b.example>\n"),
    ("verbs", "wrote:\n"),
    ("verbs in a line", " schrieb 10:11 wrote"),
    ("colons", ":\n"),
    ("fences", "```\nx\n"),
    ("fences in a line", "```"),
    ("open fences", "``` x ```\n"),
    ("headers", "From: a\n\n"),
    ("no disclaimers", "this email\n"),
    ("disclaimers", "this email is confidential, addressee\n\n"),
    ("farewells", "x\nBest regards\nAna\n"),
    ("thanks", "Thanks,\n"),
    ("separators", "--\n"),
    ("dashes", "-"),
    ("dashes and words", "---x-original"),
    ("rules", "_____________________\n"),
    ("devices", "sent from my phone\n"),
    ("blanks", " "),
    ("lines", "\n"),
    ("digits", "4111 "),
    ("signs", "!?*"),
];

/// The shortest of a few tries: the rest is noise.
#[allow(clippy::disallowed_methods, reason = "a measurement")]
fn time_of(mut work: impl FnMut()) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        work();
        shortest = shortest.min(start.elapsed());
    }
    shortest
}

/// A stage of reading, without the bound on a text's length that [`Document::read`] sets.
type Stage = (&'static str, fn(&str));

const STAGES: [Stage; 4] = [
    ("html", |text| {
        let (mut flat, mut left_out) = (html::Flat::default(), Vec::new());
        html::flatten(text, Reading::Own, &mut flat, &mut left_out);
        assert!(flat.original_span(0, 1).1 as usize <= text.len());
    }),
    ("hygiene", |text| {
        let (mut kept, mut left_out) = (Vec::new(), Vec::new());
        hygiene::sections(text, &mut kept, &mut left_out);
        assert!(kept.len() + left_out.len() <= text.len());
    }),
    ("words", |text| {
        let mut document = Document::default();
        scanner::scan(&mut document, text, 0, text.len());
    }),
    ("mask", |text| assert!(mask::mask(text).len() <= 20 * text.len())),
];

#[test]
#[ignore = "measures time"]
fn ten_times_the_text_takes_ten_times_the_time() {
    let mut over = Vec::new();
    for (name, piece) in HARD {
        let text = piece.repeat(1_000_000 / piece.len());
        let mut end = text.len() / 10;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        for (stage, read) in STAGES {
            let (short, long) = (time_of(|| read(&text[..end])), time_of(|| read(&text)));
            let ratio = long.as_secs_f64() / short.as_secs_f64();
            println!("{ratio:6.1} times  {long:>10.1?}  {stage:8} {name}");
            // Less than a few milliseconds for a megabyte is as good as nothing.
            if ratio > 12.0 && long > Duration::from_millis(5) {
                over.push((stage, name, ratio));
            }
        }
    }
    assert_eq!(over, []);
}
