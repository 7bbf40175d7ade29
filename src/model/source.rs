//! A model as text: what `foreshock fit` writes, a person edits, and the program loads.
//!
//! ```text
//! # author: customer          who the model judges; default `customer`
//! # bias: -2310               log-odds of a text that has none of the terms, in thousandths
//! # threshold: 640            strength (thousandths) from which on the signal counts as found
//! # weight: 120               points that a found signal adds at full strength; default 0
//! # sets: …                   any other header is for people
//! term<TAB>weight<TAB>source
//! ```
//!
//! A term is a word, a phrase of up to six words, the first five letters of longer words (`cance*`) or a measure
//! (`@blame`); its weight is what it adds to the log-odds, in thousandths. Source `hand` marks a weight that a person set
//! and `fit` keeps.

use std::collections::BTreeMap;
use std::fmt;

use super::measures::Measure;
use super::table::{PHRASE_WORDS, PREFIX_LETTERS};
use crate::diagnostic::{Code, Diagnostic, Location, SourceFile};
use crate::lexicon::{Language, MODEL_SUFFIX as SUFFIX};
use crate::message::{AuthorType, Format};
use crate::score::Strength;
use crate::signal::Signal;
use crate::text::{Document, Reading, flags, normalise_word};

/// The source of weights that a person set.
pub const HAND: &str = "hand";
/// The greatest weight, in thousandths of log-odds.
const WEIGHT_MAX: i32 = 10_000;

/// One line: a term and what it is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermLine {
    /// The term.
    pub term: String,
    /// What it adds to the log-odds, in thousandths.
    pub weight: i32,
    /// Where the weight comes from: [`HAND`], or the sets that it was learned from.
    pub source: String,
}

/// A model of one signal in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// The signal.
    pub signal: Signal,
    /// The language.
    pub language: Language,
    /// Whose texts it judges.
    pub author: AuthorType,
    /// Log-odds of a text that has none of the terms, in thousandths.
    pub bias: i32,
    /// The strength from which on the signal counts as found.
    pub threshold: Strength,
    /// Points that the signal adds at full strength, when found.
    pub weight: i32,
    /// Other headers, in order.
    pub notes: Vec<(String, String)>,
    /// The terms, sorted.
    pub terms: Vec<TermLine>,
}

impl ModelFile {
    /// A model that says nothing.
    #[must_use]
    pub fn empty(signal: Signal, language: Language) -> ModelFile {
        ModelFile {
            signal,
            language,
            author: AuthorType::Customer,
            bias: 0,
            threshold: Strength::MAX,
            weight: 0,
            notes: Vec::new(),
            terms: Vec::new(),
        }
    }

    /// Reads a file named `…/<language>/<signal>.model.tsv`. Every fault is added to `diagnostics`, sound lines are kept;
    /// `None` when the path does not say what the model is of.
    #[must_use]
    pub fn read(file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Option<ModelFile> {
        let Some((signal, language)) = name_of(&file.path) else {
            let location = Location::file(&file.path);
            let message = "the path does not say the model's language and signal";
            diagnostics.push(
                Diagnostic::error(Code::ModelPath, location, message)
                    .help(format!("name it `<language>/<signal>{SUFFIX}`, e.g. `lexicons/en/frustration{SUFFIX}`")),
            );
            return None;
        };
        let model = ModelFile::empty(signal, language);
        let mut reader = Reader { file, diagnostics, model, lines: BTreeMap::new(), document: Document::default() };
        let mut at = 0;
        for (number, line) in file.text.split('\n').enumerate() {
            reader.line(number + 1, at, line.strip_suffix('\r').unwrap_or(line));
            at += line.len() + 1;
        }
        Some(reader.model)
    }

    /// The weight of a term, if it stands in the model.
    #[must_use]
    pub fn weight_of(&self, term: &str) -> Option<i32> {
        self.terms.iter().find(|line| line.term == term).map(|line| line.weight)
    }
}

impl fmt::Display for ModelFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# author: {}", self.author.name())?;
        writeln!(f, "# bias: {}", self.bias)?;
        writeln!(f, "# threshold: {}", self.threshold.thousandths())?;
        writeln!(f, "# weight: {}", self.weight)?;
        for (key, value) in &self.notes {
            writeln!(f, "# {key}: {value}")?;
        }
        for TermLine { term, weight, source } in &self.terms {
            writeln!(f, "{term}\t{weight}\t{source}")?;
        }
        Ok(())
    }
}

fn name_of(path: &str) -> Option<(Signal, Language)> {
    let mut parts = path.rsplit(['/', '\\']);
    let signal = Signal::from_name(parts.next()?.strip_suffix(SUFFIX)?)?;
    let language = Language::from_code(parts.next()?).filter(|language| *language != Language::Any)?;
    Some((signal, language))
}

struct Reader<'a> {
    file: &'a SourceFile,
    diagnostics: &'a mut Vec<Diagnostic>,
    model: ModelFile,
    /// Each term with its line.
    lines: BTreeMap<&'a str, usize>,
    document: Document,
}

impl<'a> Reader<'a> {
    fn line(&mut self, number: usize, at: usize, line: &'a str) {
        if line.trim().is_empty() {
            return;
        }
        if let Some(header) = line.strip_prefix('#') {
            if let Some((key, value)) = header.split_once(':') {
                self.header(at, line, key.trim(), value.trim());
            }
            return;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let &[term, weight, source] = columns.as_slice() else {
            let message = format!("the line has {} of 3 columns", columns.len());
            return self.error(Code::ModelColumns, at, line.len(), message, "write term, tab, weight, tab, source");
        };
        let bounds = -WEIGHT_MAX..=WEIGHT_MAX;
        let Some(weight) = weight.parse::<i32>().ok().filter(|weight| bounds.contains(weight)) else {
            let message = format!("`{weight}` is not a whole number from -{WEIGHT_MAX} to {WEIGHT_MAX}");
            let start = at + term.len() + 1;
            return self.error(Code::ModelWeight, start, weight.len(), message, "weights are thousandths of log-odds");
        };
        if let Err(why) = self.check_term(term) {
            let help =
                "write words as `docs/RULES.md` says terms are written, five letters and `*`, or `@` and a measure";
            return self.error(Code::ModelTerm, at, term.len(), format!("`{term}` can never be found: {why}"), help);
        }
        if let Some(first) = self.lines.insert(term, number) {
            let message = format!("`{term}` stands in line {first} already");
            return self.error(Code::ModelTermDuplicate, at, term.len(), message, "keep one of them");
        }
        if self.model.terms.last().is_some_and(|last| last.term.as_str() > term) {
            let last = self.model.terms.last().map_or("", |last| &last.term).to_owned();
            let message = format!("`{term}` stands after `{last}`");
            self.error(Code::ModelOrder, at, term.len(), message, "sort the lines by code points: `LC_ALL=C sort`");
        }
        self.model.terms.push(TermLine { term: term.to_owned(), weight, source: source.to_owned() });
    }

    fn header(&mut self, at: usize, line: &str, key: &str, value: &str) {
        let number = value.parse::<i32>().ok();
        let sound = match (key, number) {
            ("bias", Some(bias)) => {
                self.model.bias = bias.clamp(-WEIGHT_MAX, WEIGHT_MAX);
                true
            }
            ("threshold", Some(threshold @ 0..=1_000)) => {
                self.model.threshold = Strength::clamped(threshold);
                true
            }
            ("weight", Some(weight @ -1_000..=1_000)) => {
                self.model.weight = weight;
                true
            }
            ("author", _) => {
                let author = AuthorType::ALL.into_iter().find(|author| author.name() == value);
                self.model.author = author.unwrap_or(self.model.author);
                author.is_some()
            }
            ("bias" | "threshold" | "weight", _) => false,
            _ => {
                self.model.notes.push((key.to_owned(), value.to_owned()));
                true
            }
        };
        if !sound {
            let help = "bias: thousandths; threshold: 0 to 1000; weight: -1000 to 1000; author: customer, agent, bot or system";
            self.error(Code::ModelHeader, at, line.len(), format!("`{key}` cannot be `{value}`"), help);
        }
    }

    /// Why no text can hold `term`.
    fn check_term(&mut self, term: &str) -> Result<(), String> {
        if term.starts_with('@') {
            return Measure::from_term(term).map(drop).ok_or_else(|| "there is no such measure".to_owned());
        }
        if let Some(prefix) = term.strip_suffix('*') {
            let letters = prefix.chars().count();
            let sound = letters == PREFIX_LETTERS && prefix.chars().all(char::is_alphanumeric);
            return if sound && is_normal(prefix) {
                Ok(())
            } else {
                Err(format!("a prefix has {PREFIX_LETTERS} letters before the `*`"))
            };
        }
        let words: Vec<&str> = term.split(' ').collect();
        if words.len() > PHRASE_WORDS {
            return Err(format!("it has more than {PHRASE_WORDS} words"));
        }
        if let Some(word) = words.iter().find(|word| word.is_empty() || !is_normal(word)) {
            return Err(format!("`{word}` is not how words are compared"));
        }
        self.document.read(term, Format::Plain, Reading::Own);
        let tokens = self.document.tokens();
        let plain = tokens.iter().all(|token| token.flags & (flags::OPAQUE | flags::NUMBER) == 0);
        let same = tokens.len() == words.len() && self.document.sentences().len() == 1 && plain;
        if same { Ok(()) } else { Err("texts are cut into words elsewhere".to_owned()) }
    }

    fn error(&mut self, code: Code, at: usize, len: usize, message: String, help: &str) {
        let location = Location::of_bytes(&self.file.path, &self.file.text, at, at + len);
        self.diagnostics.push(Diagnostic::error(code, location, message).help(help));
    }
}

fn is_normal(word: &str) -> bool {
    let mut normal = String::new();
    normalise_word(word, &mut normal);
    normal == word
}
