//! Where models come into detection: they see the text, what the lexicons made of it, and its shape.

use super::detector::{Detector, Scratch};
use super::hits::Hits;
use super::strength::Strengths;
use super::{Finding, Findings, RuleFacts, RuleIndex, Text};
use crate::lexicon::{Language, Role};
use crate::limits;
use crate::model::{Measure, Measures, Models, Observed, Reason, Subject};
use crate::score::Level;
use crate::signal::Signal;
use crate::text::{Document, Reading};

impl Detector {
    /// Adds learned weights. Each signal that has a model gets an entry in [`Detector::rules`], after all rules, named
    /// `learned.` and the signal.
    #[must_use]
    pub fn with_models(mut self, models: Models) -> Detector {
        for signal in models.signals() {
            self.learned[signal.index()] = Some(RuleIndex(u16::try_from(self.rules.len()).unwrap_or(u16::MAX)));
            self.rules.push(RuleFacts {
                id: format!("learned.{signal}"),
                title: format!("Learned weights speak for {signal}"),
                why: "The words taken together are like those of messages that people labelled so.".to_owned(),
                signal,
                level: Level::Info,
                weight: models.weight_of(signal),
                tags: Vec::new(),
                route: String::new(),
                experimental: false,
            });
        }
        self.models = models;
        self
    }

    /// Asks the models. Where one speaks for a signal, its strength stands in place of the lexicons'.
    pub(super) fn judge(&self, text: Text<'_>, scratch: &mut Scratch, findings: &mut Findings) {
        let language = scratch.language;
        if language == Language::Any {
            return scratch.model.clear();
        }
        let Scratch { document, model, strengths, hits, .. } = scratch;
        let measures = Measures::of(&observed(document, hits, strengths));
        let flat = document.flat(text.text);
        let subject = Subject { document, flat, language, author: text.author, measures: &measures };
        self.models.judge(&subject, model);
        for signal in Signal::ALL {
            let Some(strength) = model.strengths[signal.index()] else { continue };
            findings.strengths[signal.index()] = strength;
            let Some(rule) = self.learned[signal.index()].filter(|_| model.found.contains(*signal)) else { continue };
            findings.fired.insert(*signal);
            let place = self.models.heaviest(*signal, &subject, model);
            if let Some((start, end)) = place.filter(|_| findings.findings.len() < limits::FINDINGS) {
                findings.findings.push(Finding { start, end, rule, strength });
            }
        }
    }

    /// Reads `text` and hands what models see of it to `see`; `None` when it is not to be judged. For learning weights.
    pub fn observe<T>(&self, text: Text<'_>, scratch: &mut Scratch, see: impl FnOnce(&Subject<'_>) -> T) -> Option<T> {
        let is_read = self.read(text, Reading::Own, scratch, &mut Findings::default());
        let language = scratch.language;
        if language == Language::Any || !is_read {
            return None;
        }
        let Scratch { document, strengths, hits, .. } = &*scratch;
        let measures = Measures::of(&observed(document, hits, strengths));
        let flat = document.flat(text.text);
        Some(see(&Subject { document, flat, language, author: text.author, measures: &measures }))
    }

    /// What spoke for and against `signal` in the text that was detected last, heaviest first; empty without a model.
    #[must_use]
    pub fn reasons(&self, signal: Signal, text: Text<'_>, scratch: &Scratch) -> Vec<Reason> {
        let Scratch { document, model, strengths, hits, language, .. } = scratch;
        let language = *language;
        let measures = Measures::of(&observed(document, hits, strengths));
        let flat = document.flat(text.text);
        let subject = Subject { document, flat, language, author: text.author, measures: &measures };
        self.models.reasons(signal, &subject, model)
    }
}

/// What was seen of a text that has been read.
fn observed(document: &Document, hits: &Hits, strengths: &Strengths) -> Observed {
    let mut observed = Observed { words: hits.words, capitals: hits.capitals, ..Observed::default() };
    let mut last_at = 0;
    for part in &strengths.contributions {
        match part.signal {
            Signal::Negative | Signal::Satisfaction => {
                let blames = part.signal == Signal::Negative;
                if blames {
                    observed.unfavourable += part.value;
                    observed.worst = observed.worst.max(part.value);
                } else {
                    observed.favourable += part.value;
                }
                if part.start >= last_at && part.value != 0 {
                    last_at = part.start;
                    observed.last = if blames { -part.value } else { part.value };
                }
            }
            signal => match Measures::of_lexicon(signal) {
                Some(Measure::Anger) => observed.anger += part.value,
                Some(Measure::Abuse) => observed.abuse += part.value,
                Some(Measure::Profanity) => observed.profanity += part.value,
                _ => {}
            },
        }
    }
    for sentence in document.sentences() {
        observed.exclamations += u32::from(sentence.exclamations);
        observed.questions += u32::from(sentence.question);
    }
    let negators = hits.entries_of(Role::Negator).filter(|hit| hit.weight > 0);
    observed.negations = u32::try_from(negators.count()).unwrap_or(u32::MAX);
    observed
}
