//! Sentences to be filled in: compiled and checked at load, so that filling them in cannot fail in a way that is not told.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment};

use crate::diagnostic::Code;
use crate::lexicon::Language;
use crate::policy::document::Document;

/// What may stand in a template; `docs/BRIEF.md` says what each is.
pub(super) const VARIABLES: [&str; 34] = [
    "action",
    "arr",
    "attempts",
    "case_link",
    "cause",
    "colleague",
    "contact",
    "customer",
    "due",
    "headline",
    "helped",
    "issue",
    "missing",
    "object",
    "outcome",
    "owner",
    "owner_role",
    "priority",
    "several",
    "severity",
    "suited",
    "summary",
    "symptom",
    "team",
    "thing",
    "tier",
    "trouble",
    "wait",
    "environment",
    "when",
    "impacts",
    "opened",
    "resolved",
    "timeline",
];

/// The templates, compiled.
#[derive(Clone, Default)]
pub struct Templates {
    sources: BTreeMap<String, String>,
    environment: Option<Arc<Environment<'static>>>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates").field("sources", &self.sources).finish_non_exhaustive()
    }
}

impl PartialEq for Templates {
    fn eq(&self, other: &Templates) -> bool {
        self.sources == other.sources
    }
}

impl Eq for Templates {}

impl Templates {
    /// A template filled in; empty when there is none of that name in the language or in English, or it fails.
    #[must_use]
    pub fn fill(&self, language: Language, name: &str, values: &Value) -> String {
        let Some(environment) = &self.environment else { return String::new() };
        let names = [language, Language::English].map(|language| format!("{}.{name}", language.code()));
        let template = names.iter().find_map(|name| environment.get_template(name).ok());
        let filled = template.and_then(|template| template.render(values).ok());
        filled.map(|text| text.trim().to_owned()).unwrap_or_default()
    }

    /// Whether there is a template of that name in English.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.sources.contains_key(&format!("en.{name}"))
    }

    pub(super) fn read(document: &mut Document<'_>) -> Templates {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.add_filter("sentence", sentence);
        let mut sources = BTreeMap::new();
        for language in Language::ALL.into_iter().skip(1) {
            let table = format!("template.{}", language.code());
            for (key, _) in document.keys(&table) {
                let (text, at) = document.text(&format!("{table}.{key}"));
                let name = format!("{}.{key}", language.code());
                if let Err(error) = environment.add_template_owned(name.clone(), text.clone()) {
                    let message = format!("`{table}.{key}` cannot be read: {error}");
                    document.report(Code::BriefTemplate, at, message, "see docs/BRIEF.md for what a template may hold");
                    continue;
                }
                let template = environment.get_template(&name);
                let mut unknown: Vec<String> = template
                    .map(|template| template.undeclared_variables(false).into_iter().collect())
                    .unwrap_or_default();
                unknown.retain(|variable| !VARIABLES.contains(&variable.as_str()));
                unknown.sort_unstable();
                for variable in unknown {
                    let message = format!("`{table}.{key}` names `{variable}`, which does not exist");
                    let help = format!("one of: {}", VARIABLES.join(", "));
                    document.report(Code::BriefVariable, at.clone(), message, help);
                }
                sources.insert(name, text);
            }
        }
        Templates { sources, environment: Some(Arc::new(environment)) }
    }
}

/// A text with a capital at its beginning.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
