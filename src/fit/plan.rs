//! The plan: which models there are, and which sets of labelled messages teach each.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Example;
use super::labels::ONLY;
use crate::lexicon::Language;
use crate::message::AuthorType;
use crate::signal::Signal;

/// All models, and how sets belong together.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Sets that count as one: what was made by the same hand cannot judge each other.
    #[serde(default)]
    pub families: BTreeMap<String, Vec<String>>,
    /// Sets that are held out in so many parts instead of whole: nothing else teaches what they teach.
    #[serde(default)]
    pub folds: BTreeMap<String, u32>,
    /// What is told of each set in the files: where it comes from and its licence.
    #[serde(default)]
    pub sets: BTreeMap<String, String>,
    /// The models.
    #[serde(default)]
    pub model: Vec<ModelPlan>,
}

/// One model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelPlan {
    /// The signal's name.
    pub signal: String,
    /// The language's code.
    pub language: String,
    /// Whose messages it judges.
    #[serde(default = "customer")]
    pub author: String,
    /// What teaches it.
    pub sources: Vec<Source>,
    /// How many terms are kept at most.
    #[serde(default = "default_terms")]
    pub terms: usize,
    /// Strength of the L2 penalty; more is smoother.
    #[serde(default = "default_penalty")]
    pub penalty: f64,
    /// The precision that the threshold is chosen for, 0 to 1, on messages held out.
    #[serde(default = "default_precision")]
    pub precision: f64,
    /// How many of a thousand messages may be found at most in sets that have the signal nowhere (`all = false`).
    #[serde(default = "default_false_alarms")]
    pub false_alarms: f64,
    /// Points that the signal adds at full strength, when found.
    #[serde(default)]
    pub weight: i32,
}

/// A set of messages, with what it says of the signal.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The set's name.
    pub set: String,
    /// The label that says whether the signal is there.
    #[serde(default)]
    pub label: Option<String>,
    /// That the signal is in none (`false`) or all (`true`) of the set's messages, where no label says so.
    #[serde(default)]
    pub all: Option<bool>,
    /// How much the set's messages count.
    #[serde(default)]
    pub share: Option<f64>,
}

fn customer() -> String {
    AuthorType::Customer.name().to_owned()
}

const fn default_terms() -> usize {
    1_500
}

const fn default_penalty() -> f64 {
    30.0
}

const fn default_precision() -> f64 {
    0.8
}

const fn default_false_alarms() -> f64 {
    1.0
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn read(toml: &str) -> Result<Plan, String> {
        let plan: Plan = toml::from_str(toml).map_err(|error| error.to_string())?;
        for model in &plan.model {
            model.signal()?;
            model.language()?;
            model.author()?;
            if let Some(source) = model.sources.iter().find(|source| source.label.is_some() == source.all.is_some()) {
                return Err(format!("{}: source `{}` needs either `label` or `all`", model.name(), source.set));
            }
            if !(0.0..=1.0).contains(&model.precision) || model.penalty <= 0.0 {
                return Err(format!("{}: `precision` lies between 0 and 1, `penalty` above 0", model.name()));
            }
        }
        Ok(plan)
    }

    /// The plan of one model, taught by lines that have but one label.
    #[must_use]
    pub fn of_one(signal: Signal, language: Language) -> ModelPlan {
        ModelPlan {
            signal: signal.name().to_owned(),
            language: language.code().to_owned(),
            author: customer(),
            sources: vec![Source { label: Some(ONLY.to_owned()), ..Source::default() }],
            terms: default_terms(),
            penalty: default_penalty(),
            precision: default_precision(),
            false_alarms: default_false_alarms(),
            weight: 0,
        }
    }

    /// The family that a set belongs to; by itself it is one.
    #[must_use]
    pub fn family<'a>(&'a self, set: &'a str) -> &'a str {
        let family = self.families.iter().find(|(_, sets)| sets.iter().any(|other| other == set));
        family.map_or(set, |(family, _)| family)
    }
}

impl ModelPlan {
    /// `signal.language`, for messages.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.signal, self.language)
    }

    /// The signal.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn signal(&self) -> Result<Signal, String> {
        Signal::from_name(&self.signal).ok_or_else(|| format!("there is no signal `{}`", self.signal))
    }

    /// The language.
    ///
    /// # Errors
    /// It is not supported.
    pub fn language(&self) -> Result<Language, String> {
        let own = Language::from_code(&self.language).filter(|language| *language != Language::Any);
        own.ok_or_else(|| format!("`{}` is not a language that models can be written for", self.language))
    }

    /// Whose messages it judges.
    ///
    /// # Errors
    /// There is no such author.
    pub fn author(&self) -> Result<AuthorType, String> {
        let author = AuthorType::ALL.into_iter().find(|author| author.name() == self.author);
        author.ok_or_else(|| format!("there is no author `{}`", self.author))
    }

    /// What `example` says of the model's signal, and the source by which it does; `None` when it says nothing.
    #[must_use]
    pub fn label_of(&self, example: &Example) -> Option<(usize, bool)> {
        if example.author.name() != self.author || !speaks(&example.language, &self.language) {
            return None;
        }
        let index = self.sources.iter().position(|source| source.set == example.set)?;
        let source = &self.sources[index];
        let label = source.all.or_else(|| example.labels.get(source.label.as_deref()?).copied())?;
        Some((index, label))
    }
}

/// Whether a text with that tag is read in the language of that code.
fn speaks(tag: &str, code: &str) -> bool {
    let language = if tag.is_empty() { Some(Language::English) } else { Language::from_tag(tag) };
    language.is_some_and(|language| language.code() == code)
}
