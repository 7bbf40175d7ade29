//! What was found in one text, and what was there but did not count.

use std::fmt;

use super::program::{RULE_HITS, View};
use super::{Detector, Findings, RuleIndex, Scratch, Text};
use crate::message::{AuthorType, Format, Mark};
use crate::rules::condition::{Comparison, Condition, Node};
use crate::score::Strength;
use crate::text::{Hygiene, LeftOut, Reading};

/// What was found, and what was there but did not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// What [`super::Detector::detect`] finds.
    pub findings: Findings,
    /// What matched but did not count, ordered by place, then rule.
    pub passed_over: Vec<PassedOver>,
    /// The parts of the text that were left out, in order.
    pub left_out: Vec<LeftOut>,
}

/// A place where a rule's words stand without the rule having fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// First byte in the original text.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// The rule.
    pub rule: RuleIndex,
    /// Why it did not count.
    pub because: Because,
}

/// Why words that a rule looks for did not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// They are negated.
    Negated,
    /// They stand in a part of the text that is left out.
    LeftOut(Hygiene),
    /// The rule is for another author or language.
    OtherReader(String),
    /// A part of the condition does not hold: the part, as the rule writes it.
    Condition(String),
    /// The signal stays below its threshold.
    BelowThreshold {
        /// How strong it is.
        strength: Strength,
        /// What it takes.
        threshold: Strength,
    },
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Because::Negated => f.write_str("negated"),
            Because::LeftOut(hygiene) => write!(f, "in {}", hygiene.name()),
            Because::OtherReader(who) => write!(f, "the rule is for {who}"),
            Because::Condition(part) => write!(f, "does not hold: {part}"),
            Because::BelowThreshold { strength, threshold } => {
                write!(f, "below threshold ({} of {})", strength.thousandths(), threshold.thousandths())
            }
        }
    }
}

impl Detector {
    /// Finds what `text` tells, and what was there but did not count, with the reason. For people, not for the stream.
    #[must_use]
    pub fn explain(&self, text: Text<'_>, scratch: &mut Scratch) -> Explanation {
        let mut explanation = Explanation::default();
        scratch.explains = true;
        self.detect(text, scratch, &mut explanation.findings);
        scratch.explains = false;
        explanation.left_out.extend_from_slice(scratch.document.left_out());
        let fired: Vec<RuleIndex> = explanation.findings.findings.iter().map(|finding| finding.rule).collect();
        self.passed_over(text, scratch, &fired, &mut explanation.passed_over);
        self.passed_over_left_out(text, scratch, &mut explanation);
        explanation.passed_over.sort_by_key(|passed| (passed.start, passed.rule, passed.end));
        explanation
    }

    /// Adds the words of rules that did not fire in the text at hand.
    fn passed_over(&self, text: Text<'_>, scratch: &Scratch, fired: &[RuleIndex], passed_over: &mut Vec<PassedOver>) {
        for (index, program) in self.programs.iter().enumerate() {
            let rule = RuleIndex(index as u16);
            let mut view = self.view(rule, text, scratch);
            if fired.contains(&rule) {
                continue;
            }
            if view.hits.is_empty() {
                self.below_threshold(rule, &view, scratch, passed_over);
                continue;
            }
            // A rule that lacks some of its words altogether has nothing to explain.
            view.lenient = true;
            let near_miss = view.ask(&program.condition, true);
            view.lenient = false;
            if !near_miss.holds {
                continue;
            }
            let other_reader = !program.names_author && text.author != AuthorType::Customer;
            let because = if other_reader {
                Because::OtherReader("customers' messages".to_owned())
            } else if view.ask(&program.condition, true).holds {
                Because::Negated
            } else {
                let part = missing(&program.condition, &|part| view.ask(part, program.counts_negated).holds);
                Because::Condition(program.condition_text[part.span.clone()].to_owned())
            };
            let of_rule = view.hits.iter().take(RULE_HITS).enumerate();
            for (_, hit) in of_rule.filter(|(index, _)| near_miss.hits & (1 << index) != 0) {
                let (start, end) = scratch.document.original_span(hit.place.start, hit.place.end);
                passed_over.push(PassedOver { start, end, rule, because: because.clone() });
            }
        }
    }

    /// Adds the lexicons' terms for a rule that asks for a strength which the text does not reach.
    fn below_threshold(&self, rule: RuleIndex, view: &View<'_>, scratch: &Scratch, passed_over: &mut Vec<PassedOver>) {
        let program = &self.programs[usize::from(rule.0)];
        let mut asked = Vec::new();
        program.condition.walk(&mut |part| {
            if let Node::Score(signal, Comparison::AtLeast | Comparison::MoreThan, number) = part.node {
                asked.push((signal, Strength::clamped(number)));
            }
        });
        for (signal, threshold) in asked {
            let strength = view.strengths.by_signal[signal.index()];
            if strength >= threshold {
                continue;
            }
            for part in view.strengths.contributions.iter().filter(|part| part.signal == signal && part.value > 0) {
                let (start, end) = scratch.document.original_span(part.start, part.end);
                let because = Because::BelowThreshold { strength, threshold };
                passed_over.push(PassedOver { start, end, rule, because });
            }
        }
    }

    /// Adds what would have been found in the parts that were left out.
    fn passed_over_left_out(&self, text: Text<'_>, scratch: &mut Scratch, explanation: &mut Explanation) {
        let mut findings = Findings::default();
        for part in &explanation.left_out {
            let Some(inner) = text.text.get(part.start as usize..part.end as usize) else { continue };
            let bare = if text.format == Format::Html { without_tags(inner) } else { inner.to_owned() };
            self.detect_in(
                Text { text: &bare, format: Format::Plain, ..text },
                Reading::Whole,
                true,
                scratch,
                &mut findings,
            );
            for finding in &findings.findings {
                explanation.passed_over.push(PassedOver {
                    start: part.start + finding.start,
                    end: part.start + finding.end,
                    rule: finding.rule,
                    because: Because::LeftOut(part.hygiene),
                });
            }
        }
        if explanation.findings.marks.contains(Mark::AutoReply) {
            let end = u32::try_from(text.text.len()).unwrap_or(u32::MAX);
            explanation.left_out.insert(0, LeftOut { start: 0, end, hygiene: Hygiene::AutoReply });
        }
    }
}

/// `html` with everything between `<` and `>` blank, so that places stay what they are.
fn without_tags(html: &str) -> String {
    let mut in_tag = false;
    let blank = html.bytes().map(|byte| {
        let is_markup = in_tag || byte == b'<';
        in_tag = is_markup && byte != b'>';
        if is_markup { b' ' } else { byte }
    });
    // Tags begin and end with ASCII characters, so that whole characters are blanked.
    String::from_utf8(blank.collect()).unwrap_or_default()
}

/// The innermost part that keeps `condition` from holding.
fn missing<'a>(condition: &'a Condition, holds: &dyn Fn(&Condition) -> bool) -> &'a Condition {
    match &condition.node {
        Node::And(parts) => {
            let part = parts.iter().find(|part| !holds(part));
            part.map_or(condition, |part| missing(part, holds))
        }
        _ => condition,
    }
}
