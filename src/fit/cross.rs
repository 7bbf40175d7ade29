//! Judges every message by weights that never saw it: whole families of sets are held out, or parts of a set that
//! nothing else stands in for.

use std::collections::BTreeMap;

use super::learn::{Corpus, fit};
use super::{ModelPlan, Plan, crc32};
use crate::detect::{Detector, Findings, Scratch, Text};
use crate::message::Format;
use crate::model::{ModelFile, Models};
use crate::score::Strength;
use crate::signal::{Signal, SignalSet};

/// One message's judgement.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The set and the message's id, with `/` in between.
    pub id: String,
    /// Each signal's strength.
    pub strengths: [Strength; Signal::COUNT],
    /// The signals that were found.
    pub fired: SignalSet,
}

/// What is held out together: a family, and the part of it.
type Group<'a> = (&'a str, u32);

/// Judges every message of `corpus`, and hands the judgements to `tell`, group by group. `known` are the models as they
/// are, for their weights by hand; `detector_with` makes a detector that has the models it is given.
///
/// # Errors
/// The plan cannot be followed.
pub fn cross_fit(
    corpus: &Corpus,
    plan: &Plan,
    known: &[ModelFile],
    detector_with: impl Fn(Models) -> Detector,
    mut tell: impl FnMut(Judged),
) -> Result<(), String> {
    let mut groups: BTreeMap<Group<'_>, Vec<usize>> = BTreeMap::new();
    for (index, example) in corpus.examples.iter().enumerate() {
        let parts = plan.folds.get(&example.set).copied().unwrap_or(1).max(1);
        let group = (plan.family(&example.set), crc32(example.unit.as_bytes()) % parts);
        groups.entry(group).or_default().push(index);
    }
    // A model that a group has no part in is the same for all such groups.
    let mut whole: BTreeMap<usize, ModelFile> = BTreeMap::new();
    for ((family, _), members) in &groups {
        let mut files = Vec::new();
        for (index, model) in plan.model.iter().enumerate() {
            let file = if is_taught_by(model, plan, family, corpus, members) {
                learn(corpus, plan, model, known, |message| members.binary_search(&message).is_err())?
            } else if let Some(file) = whole.get(&index) {
                Some(file.clone())
            } else {
                let file = learn(corpus, plan, model, known, |_| true)?;
                whole.extend(file.clone().map(|file| (index, file)));
                file
            };
            files.extend(file);
        }
        let detector = detector_with(Models::compile(&files));
        let (mut scratch, mut findings) = (Scratch::default(), Findings::default());
        for index in members {
            let example = &corpus.examples[*index];
            let text = Text {
                text: &example.text,
                format: Format::Plain,
                author: example.author,
                language: &example.language,
            };
            detector.detect(text, &mut scratch, &mut findings);
            let id = format!("{}/{}", example.set, example.id);
            tell(Judged { id, strengths: findings.strengths, fired: findings.fired });
        }
    }
    Ok(())
}

/// Whether some message of the group teaches the model.
fn is_taught_by(model: &ModelPlan, plan: &Plan, family: &str, corpus: &Corpus, members: &[usize]) -> bool {
    model.sources.iter().any(|source| plan.family(&source.set) == family)
        && members.iter().any(|index| model.label_of(&corpus.examples[*index]).is_some())
}

/// The model, or `None` where what is left has nothing to teach and nobody gave weights by hand.
fn learn(
    corpus: &Corpus,
    plan: &Plan,
    model: &ModelPlan,
    known: &[ModelFile],
    may_see: impl Fn(usize) -> bool,
) -> Result<Option<ModelFile>, String> {
    let (signal, language) = (model.signal()?, model.language()?);
    let known = known.iter().find(|file| file.signal == signal && file.language == language);
    Ok(fit(corpus, plan, model, known, may_see).ok().map(|fitted| fitted.file))
}
