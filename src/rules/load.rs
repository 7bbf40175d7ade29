//! Reads one rule file and says everything that is wrong with it.

use toml::de::DeTable;

use super::condition::{self, Condition, Node};
use super::fields::{Faults, Fields, Placed};
use super::lists::{self, Written};
use super::{Case, Rule, Status, lint};
use crate::diagnostic::{Code, Diagnostic, Location, Severity, SourceFile};
use crate::lexicon::{Language, Lexicons};
use crate::message::{AuthorType, Format};
use crate::score::Level;
use crate::signal::Signal;

const FIELDS: &[&str] = &[
    "id",
    "title",
    "signal",
    "status",
    "level",
    "weight",
    "why",
    "false_positives",
    "tags",
    "route",
    "negation",
    "detect",
    "case",
];
const CASE_FIELDS: &[&str] = &["text", "expect", "author", "language", "format"];

/// The rule that `file` holds; `None` when there is an error in it.
pub(super) fn rule(file: &SourceFile, lexicons: &Lexicons, diagnostics: &mut Vec<Diagnostic>) -> Option<Rule> {
    let mut faults = Faults { file, found: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    let rule = if errors.is_empty() {
        read(&table.into_inner(), lexicons, &mut faults)
    } else {
        for error in errors {
            let span = error.span().unwrap_or_default();
            let span = span.start..span.end.max(span.start + 1);
            faults.error(Code::RuleSyntax, &span, error.message().to_owned(), "the file must be TOML");
        }
        None
    };
    let is_sound = faults.found.iter().all(|fault| fault.severity != Severity::Error);
    faults.found.sort_by_key(|fault| (fault.location.line, fault.location.column, fault.code));
    diagnostics.append(&mut faults.found);
    rule.filter(|_| is_sound)
}

fn read(table: &DeTable<'_>, lexicons: &Lexicons, faults: &mut Faults<'_>) -> Option<Rule> {
    let start = 0..faults.file.text.find('\n').unwrap_or(faults.file.text.len()).max(1);
    let fields = Fields::new(table, start, FIELDS, faults);
    let id = id(&fields, faults);
    let title = fields.string("title", faults);
    let why = fields.string("why", faults);
    let signal = signal(&fields, faults);
    let status = choice(&fields, "status", Code::RuleStatus, &Status::ALL, Status::name, faults);
    let level = choice(&fields, "level", Code::RuleLevel, &Level::ALL, Level::name, faults);
    let weight = weight(&fields, faults);
    let counts_negated = match fields.optional_string("negation", faults) {
        Some(Placed { value: "include", .. }) => true,
        None | Some(Placed { value: "respect", .. }) => false,
        Some(other) => {
            let message = format!("`{}` is not a way to treat negation", other.value);
            faults.error(Code::RuleType, &other.span, message, "there are: respect, include");
            false
        }
    };
    let detect = detect(&fields, lexicons, faults);
    let first_author = detect.as_ref().and_then(|detect| first_author(&detect.condition));
    let languages = detect.as_ref().map_or_else(Vec::new, |detect| languages(&detect.condition));
    let cases = cases(&fields, first_author, &languages, faults);
    let texts = |name: &str, faults: &mut Faults<'_>| -> Vec<String> {
        let strings = fields.strings(name, faults).unwrap_or_default();
        strings.into_iter().map(|string| string.value.to_owned()).collect()
    };
    let (false_positives, tags) = (texts("false_positives", faults), texts("tags", faults));
    let route = fields.optional_string("route", faults).map_or_else(String::new, |route| route.value.to_owned());
    let detect = detect?;
    let negated_by_name = detect.condition.any(|node| matches!(node, Node::Negated));
    Some(Rule {
        id: id?,
        title: title?.value.to_owned(),
        why: why?.value.to_owned(),
        signal: signal?,
        status: status?,
        level: level?,
        weight: weight?,
        false_positives,
        tags,
        route,
        counts_negated: counts_negated || negated_by_name,
        lists: detect.lists.into_iter().map(|written| written.list).collect(),
        condition: detect.condition,
        condition_text: detect.text,
        languages,
        cases,
    })
}

/// The id that the file's name says.
fn id(fields: &Fields<'_, '_>, faults: &mut Faults<'_>) -> Option<String> {
    let name = faults.file.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let id = name.strip_suffix(".toml").unwrap_or(name).to_owned();
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !name.ends_with(".toml") || !id.split('.').all(is_word) {
        let location = Location::file(&faults.file.path);
        let message = format!("`{name}` is not a rule's id with `.toml`");
        let diagnostic = Diagnostic::error(Code::RuleId, location, message);
        faults.found.push(
            diagnostic.help("an id has small letters, digits and `_`, in groups joined by `.`: `churn.competitor`"),
        );
        return None;
    }
    if let Some(written) = fields.optional_string("id", faults).filter(|written| written.value != id) {
        let message = format!("the id `{}` is not the file's name", written.value);
        faults.error(
            Code::RuleId,
            &written.span,
            message,
            format!("write `{id}`, rename the file, or leave the field out"),
        );
        return None;
    }
    Some(id)
}

fn signal(fields: &Fields<'_, '_>, faults: &mut Faults<'_>) -> Option<Signal> {
    let written = fields.string("signal", faults)?;
    let signal = Signal::from_name(written.value);
    if signal.is_none() {
        let names: Vec<&str> = Signal::ALL.iter().map(|signal| signal.name()).collect();
        let message = format!("there is no signal `{}`", written.value);
        faults.error(Code::RuleSignal, &written.span, message, format!("there are: {}", names.join(", ")));
    }
    signal
}

/// A field that has one of a few values.
fn choice<T: Copy>(
    fields: &Fields<'_, '_>,
    name: &'static str,
    code: Code,
    all: &[T],
    name_of: fn(T) -> &'static str,
    faults: &mut Faults<'_>,
) -> Option<T> {
    let written = fields.string(name, faults)?;
    let found = all.iter().copied().find(|value| name_of(*value) == written.value);
    if found.is_none() {
        let names: Vec<&str> = all.iter().map(|value| name_of(*value)).collect();
        let message = format!("`{}` is not a {name}", written.value);
        faults.error(code, &written.span, message, format!("there are: {}", names.join(", ")));
    }
    found
}

fn weight(fields: &Fields<'_, '_>, faults: &mut Faults<'_>) -> Option<i32> {
    let written = fields.integer("weight", faults)?;
    let weight = i32::try_from(written.value).ok().filter(|weight| (-1_000..=1_000).contains(weight) && *weight != 0);
    if weight.is_none() {
        let message = format!("the weight is from -1000 to 1000 and not 0, not {}", written.value);
        faults.error(
            Code::RuleWeight,
            &written.span,
            message,
            "a rule without weight is written `status = \"experimental\"`",
        );
    }
    weight
}

/// What `[detect]` says.
struct Detect {
    lists: Vec<Written>,
    condition: Condition,
    text: String,
}

fn detect(fields: &Fields<'_, '_>, lexicons: &Lexicons, faults: &mut Faults<'_>) -> Option<Detect> {
    let table = fields.table("detect", faults)?;
    let lists = lists::read(table.value, lexicons, faults);
    let Some(written) = table.value.get("condition") else {
        let message = "the field `condition` is missing";
        faults.error(Code::RuleFieldMissing, &table.span, message, "add `condition = \"…\"` to [detect]");
        return None;
    };
    let written = super::fields::string_of("condition", written, faults)?;
    let names: Vec<&str> = lists.iter().map(|written| written.list.name.as_str()).collect();
    match condition::parse(written.value, &names) {
        Ok(condition) => {
            lint::condition(&condition, &written, &lists, faults);
            Some(Detect { lists, condition, text: written.value.to_owned() })
        }
        Err(found) => {
            for fault in found {
                let code = match fault.kind {
                    condition::FaultKind::Syntax => Code::ConditionSyntax,
                    condition::FaultKind::Name => Code::ConditionName,
                    condition::FaultKind::Value => Code::ConditionValue,
                };
                let span = faults.within(written.value, &written.span, &fault.span);
                faults.error(code, &span, fault.message, fault.help);
            }
            None
        }
    }
}

/// The author that the condition names first.
fn first_author(condition: &Condition) -> Option<AuthorType> {
    let mut first = None;
    condition.walk(&mut |part| {
        if let Node::Author(author) = part.node {
            first.get_or_insert(author);
        }
    });
    first
}

/// The languages that the condition names; English when it names none.
fn languages(condition: &Condition) -> Vec<Language> {
    let mut languages = Vec::new();
    condition.walk(&mut |part| {
        if let Node::Language(language) = part.node
            && !languages.contains(&language)
        {
            languages.push(language);
        }
    });
    if languages.is_empty() {
        languages.push(Language::English);
    }
    languages
}

fn cases(
    fields: &Fields<'_, '_>,
    first_author: Option<AuthorType>,
    languages: &[Language],
    faults: &mut Faults<'_>,
) -> Vec<Case> {
    let tables = fields.tables("case", faults);
    let found_before = faults.found.len();
    let mut cases = Vec::new();
    for table in &tables {
        let language = languages.first().map_or("en", |language| language.code());
        cases.extend(case(table, first_author.unwrap_or(AuthorType::Customer), language, faults));
    }
    if faults.found.len() == found_before {
        let start = 0..faults.file.text.find('\n').unwrap_or(0).max(1);
        if !cases.iter().any(|case| !case.expect.is_empty()) {
            let help = "add a [[case]] with a text and the words in it that the rule finds: `expect = [\"…\"]`";
            faults.error(Code::CaseNoneFires, &start, "the rule has no case in which it fires", help);
        }
        if !cases.iter().any(|case| case.expect.is_empty()) {
            let help =
                "add a [[case]] with a text like those that it finds, in which it must stay quiet: `expect = []`";
            faults.error(Code::CaseNoneQuiet, &start, "the rule has no case in which it stays quiet", help);
        }
    }
    cases
}

fn case(table: &Placed<&DeTable<'_>>, author: AuthorType, language: &str, faults: &mut Faults<'_>) -> Option<Case> {
    let fields = Fields::new(table.value, table.span.clone(), CASE_FIELDS, faults);
    let text = fields.string("text", faults);
    let expect = fields.required_strings("expect", faults);
    let author = match fields.optional_string("author", faults) {
        None => author,
        Some(written) => AuthorType::from_name(written.value).unwrap_or_else(|| {
            let message = format!("`{}` is not an author", written.value);
            faults.error(Code::CaseValue, &written.span, message, "there are: customer, agent, bot, system");
            author
        }),
    };
    let language = match fields.optional_string("language", faults) {
        None => language.to_owned(),
        Some(written) => written.value.to_owned(),
    };
    let format = match fields.optional_string("format", faults) {
        None | Some(Placed { value: "plain", .. }) => Format::Plain,
        Some(Placed { value: "html", .. }) => Format::Html,
        Some(written) => {
            let message = format!("`{}` is not a format", written.value);
            faults.error(Code::CaseValue, &written.span, message, "there are: plain, html");
            Format::Plain
        }
    };
    let (text, expect) = (text?, expect?);
    let mut at = 0;
    for quote in &expect {
        match text.value.get(at..).and_then(|rest| rest.find(quote.value)) {
            Some(_) if quote.value.is_empty() => {
                faults.error(
                    Code::CaseValue,
                    &quote.span,
                    "the evidence is empty",
                    "leave the list empty when nothing is found",
                );
            }
            Some(offset) => at += offset,
            None => {
                let message = format!("`{}` does not stand in the text, or not in this order", quote.value);
                faults.error(Code::CaseValue, &quote.span, message, "write it exactly as the text does");
            }
        }
    }
    let location = faults.location(&text.span);
    let expect = expect.into_iter().map(|quote| quote.value.to_owned()).collect();
    Some(Case { text: text.value.to_owned(), expect, author, language, format, location })
}
