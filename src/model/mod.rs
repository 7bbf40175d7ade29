//! Learned weights: for each signal and language a sparse linear model over words, short phrases and measures.
//!
//! `foreshock fit` learns them from labelled messages and writes them as text (see [`ModelFile`]); a person may read and
//! edit them. At run time a model is a table: each word is looked up once for all models of a language, weights are
//! summed in whole numbers, and the sum is the logarithm of the odds that the signal is there. No model: no effect.

mod logistic;
mod measures;
mod source;
mod table;

pub use logistic::strength_of;
pub use measures::{Measure, Measures, Observed};
pub use source::{HAND, ModelFile, TermLine};
pub use table::{PHRASE_WORDS, PREFIX_LETTERS, Scratch, prefix_of};

use crate::diagnostic::{Diagnostic, SourceFile};
use crate::lexicon::{Language, MODEL_SUFFIX};
use crate::message::AuthorType;
use crate::score::Strength;
use crate::signal::{Signal, SignalSet};
use crate::text::Document;
use table::Table;

/// Words that count in full; in a longer text each counts less, so that length alone proves nothing.
const FULL_WORDS: u32 = 32;
/// Log-odds beyond which nothing changes, in thousandths.
const LOG_ODDS_MAX: i64 = 12_000;

/// A text as a model reads it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The text, read.
    pub document: &'a Document,
    /// The flat text that the document's spans refer to.
    pub flat: &'a str,
    /// The language that is taken for granted.
    pub language: Language,
    /// Who wrote it.
    pub author: AuthorType,
    /// What was measured of it.
    pub measures: &'a Measures,
}

/// What a model adds to the words' weights.
#[derive(Clone, Debug)]
struct Head {
    signal: Signal,
    language: Language,
    author: AuthorType,
    /// Log-odds of a text that has nothing, in thousandths.
    bias: i32,
    /// Log-odds for each measure at its full, in thousandths.
    measures: [i32; Measure::COUNT],
    /// The strength from which on the signal counts as found.
    threshold: Strength,
    /// Points at full strength.
    weight: i32,
}

/// One reason for a model's strength.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The term as the model's file has it.
    pub term: String,
    /// What it added to the log-odds, in thousandths.
    pub weight: i32,
    /// Where it stands in the flat text; `None` for a measure.
    pub span: Option<(u32, u32)>,
}

/// All models, compiled. Immutable.
#[derive(Debug, Default)]
pub struct Models {
    heads: Vec<Head>,
    /// One table for each language that has models, by [`Language`].
    tables: [Option<Table>; Language::ALL.len()],
}

impl Models {
    /// Memory that they take up, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(self.heads.as_slice()) + self.tables.iter().flatten().map(Table::bytes).sum::<usize>()
    }

    /// Loads the files whose names end in [`MODEL_SUFFIX`] and passes over all others; every fault is added to
    /// `diagnostics`, sound lines are kept. Of two files for one language and signal the later replaces the earlier.
    #[must_use]
    pub fn load(files: &[SourceFile], diagnostics: &mut Vec<Diagnostic>) -> Models {
        let models = files.iter().filter(|file| file.path.ends_with(MODEL_SUFFIX));
        let read: Vec<ModelFile> = models.filter_map(|file| ModelFile::read(file, diagnostics)).collect();
        Models::compile(&read)
    }

    /// Compiles models; of two for one language and signal the later counts.
    #[must_use]
    pub fn compile(files: &[ModelFile]) -> Models {
        let mut kept: Vec<&ModelFile> = Vec::new();
        for file in files {
            kept.retain(|other| (other.signal, other.language) != (file.signal, file.language));
            kept.push(file);
        }
        kept.sort_by_key(|file| (file.language, file.signal));
        let mut models = Models::default();
        for file in kept {
            let table = models.tables[file.language as usize].get_or_insert_with(Table::default);
            let mut measures = [0; Measure::COUNT];
            for line in &file.terms {
                match Measure::from_term(&line.term) {
                    Some(measure) => measures[measure.index()] += line.weight,
                    None => table.add(&line.term, file.signal, line.weight),
                }
            }
            let ModelFile { signal, language, author, bias, threshold, weight, .. } = *file;
            models.heads.push(Head { signal, language, author, bias, measures, threshold, weight });
        }
        models.tables.iter_mut().flatten().for_each(Table::finish);
        models
    }

    /// How many models and terms there are.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.heads.len(), self.tables.iter().flatten().map(Table::len).sum())
    }

    /// The signals that have a model in some language.
    pub fn signals(&self) -> impl Iterator<Item = Signal> {
        Signal::ALL.iter().copied().filter(|signal| self.heads.iter().any(|head| head.signal == *signal))
    }

    /// The points that a found signal adds at full strength: the greatest of its models'.
    #[must_use]
    pub fn weight_of(&self, signal: Signal) -> i32 {
        self.heads.iter().filter(|head| head.signal == signal).map(|head| head.weight).max().unwrap_or(0)
    }

    /// Whether any model's find is worth points.
    #[must_use]
    pub fn give_points(&self) -> bool {
        self.heads.iter().any(|head| head.weight != 0)
    }

    /// Judges one text: `scratch` holds each judged signal's strength, and which of them were found.
    pub fn judge(&self, subject: &Subject<'_>, scratch: &mut Scratch) {
        scratch.clear();
        let Some(table) = &self.tables[subject.language as usize] else { return };
        table.search(subject.document, subject.flat, scratch);
        let share = word_share(subject.document.tokens().len());
        let mut found = SignalSet::default();
        for head in self.heads_for(subject) {
            let index = head.signal.index();
            let measured: i64 = subject.measures.products(&head.measures).map(|(_, part)| i64::from(part)).sum();
            let odds = i64::from(head.bias) + measured + scratch.sums[index] * share / 1_000;
            let strength = strength_of(odds.clamp(-LOG_ODDS_MAX, LOG_ODDS_MAX) as i32);
            scratch.strengths[index] = Some(strength);
            if strength >= head.threshold {
                found.insert(head.signal);
            }
        }
        scratch.found = found;
    }

    /// What spoke for (positive) and against `signal` in the text that was judged last, heaviest first.
    #[must_use]
    pub fn reasons(&self, signal: Signal, subject: &Subject<'_>, scratch: &Scratch) -> Vec<Reason> {
        let Some(table) = &self.tables[subject.language as usize] else { return Vec::new() };
        let Some(head) = self.heads_for(subject).find(|head| head.signal == signal) else { return Vec::new() };
        let share = word_share(subject.document.tokens().len());
        let mut reasons = table.reasons(signal, subject.document, scratch);
        reasons.iter_mut().for_each(|reason| reason.weight = (i64::from(reason.weight) * share / 1_000) as i32);
        let measured = subject.measures.products(&head.measures).filter(|(_, weight)| *weight != 0);
        reasons.extend(measured.map(|(measure, weight)| Reason { term: measure.term(), weight, span: None }));
        reasons.sort_by_key(|reason| (std::cmp::Reverse(reason.weight.abs()), reason.span, reason.term.clone()));
        reasons
    }

    /// The place of the term that spoke most for `signal` in the text that was judged last, as a span of the flat text.
    #[must_use]
    pub fn heaviest(&self, signal: Signal, subject: &Subject<'_>, scratch: &Scratch) -> Option<(u32, u32)> {
        self.tables[subject.language as usize].as_ref()?.heaviest(signal, subject.document, scratch)
    }

    fn heads_for<'a>(&'a self, subject: &'a Subject<'_>) -> impl Iterator<Item = &'a Head> {
        self.heads.iter().filter(|head| head.language == subject.language && head.author == subject.author)
    }
}

/// What each word's weight counts in a text of so many words, in thousandths: all up to [`FULL_WORDS`], then as much as
/// keeps the sum's spread the same, the square root of what they are too many.
#[must_use]
pub fn word_share(words: usize) -> i64 {
    let words = u64::try_from(words).unwrap_or(u64::MAX).min(1 << 32);
    if words <= u64::from(FULL_WORDS) {
        return 1_000;
    }
    (u64::from(FULL_WORDS) * 1_000_000 / words).isqrt() as i64
}

#[cfg(test)]
mod tests;
