//! Labelled messages: a line of JSON each.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::message::AuthorType;

/// One labelled message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Example {
    /// The message's id, unique within its set.
    pub id: String,
    /// The set that it comes from; empty where there is only one.
    pub set: String,
    /// What must not be torn apart by folds: the conversation, else the message itself.
    pub unit: String,
    /// Who wrote it.
    pub author: AuthorType,
    /// BCP 47 tag; empty for English.
    pub language: String,
    /// What was written.
    pub text: String,
    /// Whether each label holds; a label that is missing is not known.
    pub labels: BTreeMap<String, bool>,
}

/// A line as it stands.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    set: Option<String>,
    #[serde(default)]
    conversation_id: Option<String>,
    #[serde(default, alias = "role")]
    author: Option<String>,
    #[serde(default, alias = "language")]
    lang: Option<String>,
    text: String,
    /// The only label, where there is one.
    #[serde(default)]
    label: Option<serde_json::Value>,
    #[serde(default)]
    labels: BTreeMap<String, serde_json::Value>,
}

/// Why a line is not a labelled message.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// It is not the JSON that is looked for.
    #[error("line {line}: {error}; write {{\"text\": \"…\", \"label\": true}} or {{…, \"labels\": {{\"churn\": 1}}}}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        error: serde_json::Error,
    },
    /// Its author is none that there is.
    #[error("line {line}: `{author}` is no author; write customer, agent, bot or system")]
    Author {
        /// The line, from 1.
        line: usize,
        /// What stands there.
        author: String,
    },
}

/// The labelled message of line number `line`. A label counts when it is true or false, 1 or 0; others are passed over.
///
/// # Errors
/// The line is not JSON, has no text, or names an unknown author.
pub fn read_example(line: usize, json: &str) -> Result<Example, LabelError> {
    let read: Line = serde_json::from_str(json).map_err(|error| LabelError::Json { line, error })?;
    let named = read.author.unwrap_or_else(|| AuthorType::Customer.name().to_owned());
    let Some(author) = AuthorType::ALL.into_iter().find(|author| author.name() == named) else {
        return Err(LabelError::Author { line, author: named });
    };
    let only = read.label.iter().filter_map(truth).map(|label| (ONLY.to_owned(), label));
    let named = read.labels.iter().filter_map(|(name, value)| Some((name.clone(), truth(value)?)));
    let id = read.id.unwrap_or_else(|| line.to_string());
    Ok(Example {
        unit: read.conversation_id.unwrap_or_else(|| id.clone()),
        id,
        set: read.set.unwrap_or_default(),
        author,
        language: read.lang.unwrap_or_default(),
        text: read.text,
        labels: only.chain(named).collect(),
    })
}

/// The name of the label of lines that have but one.
pub(super) const ONLY: &str = "label";

fn truth(value: &serde_json::Value) -> Option<bool> {
    match value {
        serde_json::Value::Bool(holds) => Some(*holds),
        serde_json::Value::Number(number) => match number.as_f64()? {
            0.0 => Some(false),
            1.0 => Some(true),
            _ => None,
        },
        _ => None,
    }
}
