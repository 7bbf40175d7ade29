//! One model from labelled messages.

use std::collections::BTreeMap;

use super::calibration::{HeldOut, calibrate, quiet_from, threshold};
use super::features::{ByHand, MESSAGES_MIN, Row, Terms};
use super::regression::{Matrix, Problem};
use super::{Example, ModelPlan, Plan, crc32};
use crate::detect::{Detector, Scratch};
use crate::lexicon::Language;
use crate::model::{HAND, Measure, ModelFile, TermLine, strength_of, word_share};
use crate::score::Strength;

/// Messages of a set that count in full; a larger one counts as the square root of its size, lest it drown the others.
const FULL_MESSAGES: f64 = 5_000.0;
/// What measures are multiplied by, so that the penalty, which is for words, weighs less on them.
const MEASURE_SCALE: f64 = 2.0;
/// The penalty on what tells sets apart.
const SET_PENALTY: f64 = 3.0;
/// Parts of the messages, each judged by weights of the others, for calibration.
const PARTS: u32 = 3;
/// A learned weight that is nearer to nothing is dropped, in thousandths.
const WEIGHT_MIN: i32 = 10;

/// Labelled messages with what stands in them.
#[derive(Debug, Default)]
pub struct Corpus {
    /// The messages.
    pub examples: Vec<Example>,
    rows: Vec<Option<Row>>,
    terms: Terms,
}

impl Corpus {
    /// Reads all messages that some model of `plan` learns from; `known` are models whose phrases by hand are looked for.
    #[must_use]
    pub fn new(examples: Vec<Example>, models: &[ModelPlan], detector: &Detector, known: &[ModelFile]) -> Corpus {
        let lines = known.iter().flat_map(|file| &file.terms).filter(|line| line.source == HAND);
        let by_hand = ByHand::of(lines.map(|line| line.term.as_str()));
        let (mut terms, mut scratch) = (Terms::default(), Scratch::default());
        let read = |example: &Example| {
            let taught = models.iter().any(|model| model.label_of(example).is_some());
            if taught { terms.row(example, detector, &mut scratch, &by_hand) } else { None }
        };
        let rows = examples.iter().map(read).collect();
        Corpus { examples, rows, terms }
    }
}

/// What was learned, and how well it does on messages held out.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The model.
    pub file: ModelFile,
    /// How many messages taught it.
    pub messages: usize,
    /// How many of them have the signal.
    pub positive: usize,
}

/// A message that a model learns from.
struct Lesson<'a> {
    row: &'a Row,
    unit: &'a str,
    source: usize,
    label: bool,
    /// How much it counts, the sets weighed against each other.
    share: f64,
    /// The sum of the weights by hand.
    by_hand: f64,
}

/// Learns one model from the messages of `corpus` that `may_see` lets through (by number). Weights by hand are taken
/// over from `known`, the model as it is.
///
/// # Errors
/// The plan cannot be followed, or its sets have nothing to teach.
pub fn fit(
    corpus: &Corpus,
    plan: &Plan,
    model: &ModelPlan,
    known: Option<&ModelFile>,
    may_see: impl Fn(usize) -> bool,
) -> Result<Fitted, String> {
    let (signal, language) = (model.signal()?, model.language()?);
    let mut file = ModelFile::empty(signal, language);
    (file.author, file.weight) = (model.author()?, model.weight);
    let by_hand = known.iter().flat_map(|file| &file.terms).filter(|line| line.source == HAND);
    file.terms = by_hand.cloned().collect();
    let lessons = lessons(corpus, model, &file, may_see);
    let positive = lessons.iter().filter(|lesson| lesson.label).count();
    if positive == 0 || positive == lessons.len() {
        let name = model.name();
        return Err(format!("{name}: {positive} of {} messages have the signal; both kinds are needed", lessons.len()));
    }
    let columns = Columns::chosen(corpus, model, &file, &lessons);
    let weights = columns.solve(&lessons, |_| true);
    let kept = columns.weightiest(&weights, model.terms);
    let weights = kept.solve(&lessons, |_| true);
    let held_out = held_out(&kept, &lessons);
    let calibration = calibrate(&held_out);
    let judged: Vec<(f64, bool, f64)> =
        held_out.iter().map(|message| (calibration.log_odds(message), message.label, message.share)).collect();
    let quiet = quiet(model, &held_out, |message| calibration.log_odds(message));
    let reached = threshold(&judged, model.precision).map(|reached| above(&judged, reached.0.max(quiet)));
    file.bias = thousandths(calibration.slope * weights[kept.bias()] + calibration.offset);
    file.threshold = reached.map_or(Strength::MAX, |(log_odds, _)| strength_of(thousandths(log_odds)));
    kept.write(&weights, calibration.slope, corpus, model, &lessons, &mut file);
    file.terms.sort_by(|a, b| a.term.cmp(&b.term));
    file.notes = notes(plan, model, &lessons, reached);
    Ok(Fitted { file, messages: lessons.len(), positive })
}

fn lessons<'a>(
    corpus: &'a Corpus,
    model: &ModelPlan,
    file: &ModelFile,
    may_see: impl Fn(usize) -> bool,
) -> Vec<Lesson<'a>> {
    let hand: BTreeMap<u32, f64> = file
        .terms
        .iter()
        .filter_map(|line| Some((corpus.terms.find(&line.term)?, f64::from(line.weight) / 1_000.0)))
        .collect();
    let measures: Vec<(Measure, f64)> = file
        .terms
        .iter()
        .filter_map(|line| Some((Measure::from_term(&line.term)?, f64::from(line.weight) / 1_000.0)))
        .collect();
    let mut lessons = Vec::new();
    for (index, (example, row)) in corpus.examples.iter().zip(&corpus.rows).enumerate() {
        let (Some(row), Some((source, label))) = (row, model.label_of(example)) else { continue };
        if may_see(index) {
            let words: f64 = row.terms.iter().filter_map(|term| hand.get(term)).sum();
            let measured: f64 = measures.iter().map(|(measure, weight)| row.measures[measure.index()] * weight).sum();
            let by_hand = words * share_of_words(row) + measured;
            lessons.push(Lesson { row, unit: &example.unit, source, label, share: 1.0, by_hand });
        }
    }
    for (index, source) in model.sources.iter().enumerate() {
        let count = lessons.iter().filter(|lesson| lesson.source == index).count().max(1) as f64;
        let share = source.share.unwrap_or(1.0) * (FULL_MESSAGES / count).sqrt().min(1.0);
        lessons.iter_mut().filter(|lesson| lesson.source == index).for_each(|lesson| lesson.share = share);
    }
    lessons
}

/// What stands for each weight that is learned: terms, then measures, then sets that have both kinds, then the bias.
struct Columns {
    terms: Vec<u32>,
    /// Column by term; only for terms that have one.
    places: Vec<Option<u32>>,
    measures: Vec<Measure>,
    sets: Vec<usize>,
    penalty: f64,
}

impl Columns {
    fn chosen(corpus: &Corpus, model: &ModelPlan, file: &ModelFile, lessons: &[Lesson<'_>]) -> Columns {
        let mut messages = vec![0_u32; corpus.terms.len()];
        for term in lessons.iter().flat_map(|lesson| &lesson.row.terms) {
            messages[*term as usize] += 1;
        }
        for line in &file.terms {
            if let Some(term) = corpus.terms.find(&line.term) {
                messages[term as usize] = 0;
            }
        }
        // German nouns have capitals, whatever they name.
        let names_show = file.language != Language::German;
        let ignored = Ignored::of(file);
        let terms = (0..messages.len() as u32).filter(|term| {
            messages[*term as usize] >= MESSAGES_MIN
                && !(names_show && corpus.terms.is_name(*term))
                && !ignored.holds(corpus.terms.name(*term))
        });
        let both = |source: &usize| {
            let of_source = lessons.iter().filter(|lesson| lesson.source == *source);
            let (mut with, mut without) = (false, false);
            of_source.for_each(|lesson| if lesson.label { with = true } else { without = true });
            with && without
        };
        let by_hand = |measure: &Measure| file.weight_of(&measure.term()).is_some();
        let measures = Measure::ALL.iter().copied().filter(|measure| !by_hand(measure)).collect();
        let sets: Vec<usize> = (0..model.sources.len()).filter(both).collect();
        let sets = if sets.len() > 1 { sets } else { Vec::new() };
        Columns::of(terms.collect(), corpus.terms.len(), measures, sets, model.penalty)
    }

    fn of(terms: Vec<u32>, all: usize, measures: Vec<Measure>, sets: Vec<usize>, penalty: f64) -> Columns {
        let mut places = vec![None; all];
        for (column, term) in terms.iter().enumerate() {
            places[*term as usize] = Some(column as u32);
        }
        Columns { terms, places, measures, sets, penalty }
    }

    fn width(&self) -> usize {
        self.bias() + 1
    }

    fn bias(&self) -> usize {
        self.terms.len() + self.measures.len() + self.sets.len()
    }

    fn cells(&self, lesson: &Lesson<'_>, with_set: bool) -> impl Iterator<Item = (u32, f64)> {
        let share = share_of_words(lesson.row);
        let terms = lesson.row.terms.iter().filter_map(move |term| Some((self.places[*term as usize]?, share)));
        let first = self.terms.len();
        let measures = self.measures.iter().enumerate().filter_map(move |(index, measure)| {
            let value = lesson.row.measures[measure.index()] * MEASURE_SCALE;
            (value > 0.0).then_some(((first + index) as u32, value))
        });
        let first = first + self.measures.len();
        let set = self.sets.iter().position(|source| with_set && *source == lesson.source);
        let set = set.map(|index| ((first + index) as u32, 1.0));
        terms.chain(measures).chain(set).chain([(self.bias() as u32, 1.0)])
    }

    /// The weights that suit the lessons for which `is_in` holds best.
    fn solve(&self, lessons: &[Lesson<'_>], is_in: impl Fn(&Lesson<'_>) -> bool) -> Vec<f64> {
        let chosen: Vec<&Lesson<'_>> = lessons.iter().filter(|lesson| is_in(lesson)).collect();
        let mut matrix = Matrix::new();
        chosen.iter().for_each(|lesson| matrix.push(self.cells(lesson, true)));
        let labels: Vec<bool> = chosen.iter().map(|lesson| lesson.label).collect();
        let balance = balance(&chosen);
        let shares: Vec<f64> = chosen.iter().map(|lesson| lesson.share * balance(lesson)).collect();
        let offsets: Vec<f64> = chosen.iter().map(|lesson| lesson.by_hand).collect();
        let mut penalties = vec![self.penalty; self.width()];
        penalties[self.terms.len() + self.measures.len()..].fill(SET_PENALTY);
        penalties[self.bias()] = 1e-3;
        let priors = vec![0.0; self.width()];
        let problem = Problem {
            matrix: &matrix,
            labels: &labels,
            shares: &shares,
            offsets: &offsets,
            priors: &priors,
            penalties: &penalties,
        };
        problem.solve()
    }

    /// The same with the `most` weightiest terms only.
    fn weightiest(&self, weights: &[f64], most: usize) -> Columns {
        let mut order: Vec<usize> = (0..self.terms.len()).collect();
        order.sort_by(|a, b| weights[*b].abs().total_cmp(&weights[*a].abs()).then(a.cmp(b)));
        let mut terms: Vec<u32> = order.iter().take(most).map(|column| self.terms[*column]).collect();
        terms.sort_unstable();
        Columns::of(terms, self.places.len(), self.measures.clone(), self.sets.clone(), self.penalty)
    }

    /// Adds the learned weights to `file`, as log-odds.
    fn write(
        &self,
        weights: &[f64],
        slope: f64,
        corpus: &Corpus,
        model: &ModelPlan,
        lessons: &[Lesson<'_>],
        file: &mut ModelFile,
    ) {
        let mut seen_in = vec![0_u64; self.terms.len()];
        for lesson in lessons {
            for column in lesson.row.terms.iter().filter_map(|term| self.places[*term as usize]) {
                seen_in[column as usize] |= 1 << lesson.source.min(63);
            }
        }
        let sets = |bits: u64| {
            let seen = model.sources.iter().enumerate().filter(|(index, _)| bits >> (*index).min(63) & 1 == 1);
            seen.map(|(_, source)| source.set.as_str()).filter(|set| !set.is_empty()).collect::<Vec<_>>().join("+")
        };
        let terms = self.terms.iter().enumerate();
        let words =
            terms.map(|(column, term)| (corpus.terms.name(*term).to_owned(), weights[column], sets(seen_in[column])));
        let first = self.terms.len();
        let measures = self.measures.iter().enumerate();
        let measures = measures
            .map(|(index, measure)| (measure.term(), weights[first + index] * MEASURE_SCALE, "measure".to_owned()));
        for (term, weight, source) in words.chain(measures) {
            let weight = thousandths(weight * slope);
            if weight.abs() >= WEIGHT_MIN {
                let source = if source.is_empty() { "learned".to_owned() } else { source };
                file.terms.push(TermLine { term, weight, source });
            }
        }
    }
}

/// Words that a person gave the weight 0: nothing is to be learned from them, alone or beside others. People and faiths
/// are named where they are insulted, and are no insult.
struct Ignored<'a>(Vec<&'a str>);

impl<'a> Ignored<'a> {
    fn of(file: &'a ModelFile) -> Ignored<'a> {
        let by_hand = file.terms.iter().filter(|line| line.source == HAND && line.weight == 0);
        Ignored(by_hand.map(|line| line.term.as_str()).collect())
    }

    /// Whether one of the term's words is ignored, or might be in the case of a prefix.
    fn holds(&self, term: &str) -> bool {
        self.0.iter().any(|ignored| match (ignored.strip_suffix('*'), term.strip_suffix('*')) {
            (Some(prefix), _) => term.split(' ').any(|word| word.starts_with(prefix)),
            (None, Some(prefix)) => ignored.starts_with(prefix),
            (None, None) => term.split(' ').any(|word| word == *ignored),
        })
    }
}

/// How much a lesson counts by its kind, so that both kinds of a set weigh the same; 1 in sets of one kind.
fn balance(lessons: &[&Lesson<'_>]) -> impl Fn(&Lesson<'_>) -> f64 + use<> {
    let mut counts: BTreeMap<(usize, bool), f64> = BTreeMap::new();
    for lesson in lessons {
        *counts.entry((lesson.source, lesson.label)).or_default() += 1.0;
    }
    move |lesson| {
        let own = counts.get(&(lesson.source, lesson.label)).copied().unwrap_or(1.0);
        counts.get(&(lesson.source, !lesson.label)).map_or(1.0, |other| (own + other) / (2.0 * own))
    }
}

/// Each lesson's sum by weights that were learned from the other parts.
fn held_out(columns: &Columns, lessons: &[Lesson<'_>]) -> Vec<HeldOut> {
    let part_of = |lesson: &Lesson<'_>| crc32(lesson.unit.as_bytes()) % PARTS;
    let mut held_out = Vec::with_capacity(lessons.len());
    for part in 0..PARTS {
        let weights = columns.solve(lessons, |lesson| part_of(lesson) != part);
        for lesson in lessons.iter().filter(|lesson| part_of(lesson) == part) {
            let sum = columns.cells(lesson, false).map(|(column, value)| weights[column as usize] * value).sum();
            held_out.push(HeldOut {
                sum,
                by_hand: lesson.by_hand,
                label: lesson.label,
                share: lesson.share,
                source: lesson.source,
            });
        }
    }
    held_out
}

/// The log-odds from which on few enough messages of those sets are found that have the signal nowhere.
fn quiet(model: &ModelPlan, held_out: &[HeldOut], log_odds: impl Fn(&HeldOut) -> f64) -> f64 {
    let sources = model.sources.iter().enumerate().filter(|(_, source)| source.all == Some(false));
    sources.fold(f64::NEG_INFINITY, |least, (index, _)| {
        let of_source: Vec<f64> = held_out.iter().filter(|message| message.source == index).map(&log_odds).collect();
        least.max(quiet_from(&of_source, model.false_alarms))
    })
}

/// The log-odds, with the share of the signal's messages that lie above.
fn above(judged: &[(f64, bool, f64)], log_odds: f64) -> (f64, f64) {
    let with = judged.iter().filter(|(_, label, _)| *label);
    let (all, found) = with.fold((0.0, 0.0), |(all, found), (own, _, share)| {
        (all + share, found + if *own >= log_odds { *share } else { 0.0 })
    });
    (log_odds, found / all)
}

fn notes(plan: &Plan, model: &ModelPlan, lessons: &[Lesson<'_>], reached: Option<(f64, f64)>) -> Vec<(String, String)> {
    let mut notes = Vec::new();
    let mut note = |key: &str, value: String| notes.push((key.to_owned(), value));
    note(
        "precision",
        match reached {
            Some((_, recall)) => {
                let percent = |share: f64| (share * 100.0).round() as i64;
                format!(
                    "{} % stated; then {} % of the signal's messages are found (held out)",
                    percent(model.precision),
                    percent(recall)
                )
            }
            None => "the stated one was not reached; the signal is never found by the weights alone".to_owned(),
        },
    );
    for (index, source) in model.sources.iter().enumerate() {
        let of_source = lessons.iter().filter(|lesson| lesson.source == index);
        let (count, with) =
            of_source.fold((0, 0), |(count, with), lesson| (count + 1, with + usize::from(lesson.label)));
        let what = plan.sets.get(&source.set).map(String::as_str).unwrap_or_default();
        if count > 0 {
            note(
                "learned from",
                format!("{} {count} messages, {with} with the signal. {what}", source.set).trim().to_owned(),
            );
        }
    }
    notes
}

fn share_of_words(row: &Row) -> f64 {
    word_share(row.words) as f64 / 1_000.0
}

fn thousandths(value: f64) -> i32 {
    (value * 1_000.0).round().clamp(-10_000.0, 10_000.0) as i32
}
