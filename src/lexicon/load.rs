//! Reads one lexicon file, line by line, and says everything that is wrong with it.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::term::{self, Fault, FaultKind, Phrase};
use super::{Entry, Language, Lexicon, Role};
use crate::diagnostic::{Code, Diagnostic, Location, SourceFile};

/// The lexicon that `file` holds; `None` when its path does not say which.
pub(super) fn lexicon(file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Option<Lexicon> {
    let (language, name) = name_of(file, diagnostics)?;
    let role = Role::of(&name);
    let entries = Reader { file, role, diagnostics, last: None, sorted: true }.entries();
    Some(Lexicon { language, name, role, entries })
}

/// The language and the name that a path such as `lexicons/en/valence.tsv` says.
fn name_of(file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Option<(Language, String)> {
    let mut parts = file.path.rsplit(['/', '\\']);
    let name = parts.next().and_then(|name| name.strip_suffix(".tsv")).filter(|name| is_name(name));
    let (Some(name), Some(code)) = (name, parts.next()) else {
        diagnostics.push(
            Diagnostic::error(
                Code::LexiconPath,
                Location::file(&file.path),
                "the path does not say the lexicon's language and name",
            )
            .help("name it `<language>/<name>.tsv`, e.g. `lexicons/en/valence.tsv`; a name has small letters, digits and `_`"),
        );
        return None;
    };
    let Some(language) = Language::from_code(code) else {
        let known = Language::ALL.map(Language::code).join("`, `");
        diagnostics.push(
            Diagnostic::error(
                Code::LexiconLanguage,
                Location::file(&file.path),
                format!("`{code}` is not a language that lexicons can be written for"),
            )
            .help(format!("put the file into a folder named `{known}`")),
        );
        return None;
    };
    Some((language, name.to_owned()))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// An entry with the number of its line, and where in the file that begins.
struct Line {
    entry: Entry,
    number: usize,
    at: usize,
}

struct Reader<'a> {
    file: &'a SourceFile,
    role: Role,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// The term of the line before.
    last: Option<&'a str>,
    sorted: bool,
}

impl<'a> Reader<'a> {
    fn entries(mut self) -> Vec<Entry> {
        let mut lines = Vec::new();
        let mut at = 0;
        for (number, line) in self.file.text.split('\n').enumerate() {
            let text = line.strip_suffix('\r').unwrap_or(line);
            if !text.trim().is_empty() && !text.starts_with('#') {
                lines.extend(self.entry(at, text).map(|entry| Line { entry, number: number + 1, at }));
            }
            at += line.len() + 1;
        }
        let entries = self.fresh(lines);
        if entries.is_empty() && self.diagnostics.iter().all(|diagnostic| diagnostic.location.path != self.file.path) {
            let location = Location::file(&self.file.path);
            let diagnostic = Diagnostic::error(Code::LexiconEmpty, location, "the lexicon has no terms");
            self.diagnostics.push(diagnostic.help("add a line `term<TAB>weight<TAB>note`, or remove the file"));
        }
        entries
    }

    /// The entry of one line, which begins at byte `at` of the file.
    fn entry(&mut self, at: usize, line: &'a str) -> Option<Entry> {
        let columns: Vec<&'a str> = line.split('\t').collect();
        let &[term, weight, _] = columns.as_slice() else {
            let message = format!("the line has {} of 3 columns", columns.len());
            self.error(
                Code::LexiconColumns,
                at,
                line.len(),
                message,
                "write term, tab, weight, tab, note; the note may be empty",
            );
            return None;
        };
        self.order(at, term);
        // Weights belong to single ways to say a thing; a list that rules share is read as they read their own.
        let parse = if self.role == Role::Other { term::parse } else { term::parse_apart };
        let phrases = match parse(term) {
            Ok(phrases) => Some(phrases),
            Err(fault) => {
                self.term_fault(at, &fault);
                None
            }
        };
        let weight = self.weight(at + term.len() + 1, weight);
        Some(Entry { term: term.to_owned(), weight: weight?, phrases: phrases? })
    }

    fn order(&mut self, at: usize, term: &'a str) {
        if self.sorted && self.last.is_some_and(|last| term < last) {
            let message = format!("`{term}` stands after `{}`", self.last.unwrap_or_default());
            self.error(Code::LexiconOrder, at, term.len(), message, "sort the lines by code points: `LC_ALL=C sort`");
            // One is enough: every later line of an unsorted file would be another.
            self.sorted = false;
        }
        self.last = Some(term);
    }

    fn weight(&mut self, at: usize, written: &str) -> Option<i16> {
        let bounds = self.role.weights();
        let weight = written.trim().parse::<i16>().ok().filter(|weight| bounds.contains(weight));
        if weight.is_none() {
            let message = if bounds.start() == bounds.end() {
                format!("weights of this lexicon are {}, not `{written}`", bounds.start())
            } else {
                format!(
                    "weights of this lexicon are whole numbers from {} to {}, not `{written}`",
                    bounds.start(),
                    bounds.end()
                )
            };
            self.error(Code::LexiconWeight, at, written.len(), message, "docs/RULES.md says what the weight means");
        }
        weight
    }

    /// Leaves out entries of which a phrase stands in an earlier one.
    fn fresh(&mut self, lines: Vec<Line>) -> Vec<Entry> {
        let mut seen: HashMap<&Phrase, usize, FixedState> = HashMap::default();
        let mut again = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let earlier = line.entry.phrases.iter().find_map(|phrase| seen.get(phrase).copied());
            again.extend(earlier.map(|earlier| (index, earlier)));
            for phrase in &line.entry.phrases {
                seen.entry(phrase).or_insert(line.number);
            }
        }
        drop(seen);
        for (index, earlier) in &again {
            let Line { at, entry, .. } = &lines[*index];
            let message = format!("`{}` stands in line {earlier} already", entry.term);
            self.error(Code::LexiconTermDuplicate, *at, entry.term.len(), message, "keep one of them");
        }
        let mut again = again.into_iter().map(|(index, _)| index).peekable();
        let lines = lines.into_iter().enumerate().filter(|(index, _)| again.next_if_eq(index).is_none());
        lines.map(|(_, line)| line.entry).collect()
    }

    fn term_fault(&mut self, at: usize, fault: &Fault) {
        let code = match fault.kind {
            FaultKind::Empty => Code::LexiconTermEmpty,
            FaultKind::Syntax => Code::LexiconTermSyntax,
            FaultKind::Normal => Code::LexiconTermNormal,
            FaultKind::Expansion => Code::LexiconTermExpansion,
        };
        let len = fault.span.len();
        self.error(code, at + fault.span.start, len, fault.message.clone(), fault.help.clone());
    }

    fn error(&mut self, code: Code, at: usize, len: usize, message: impl Into<String>, help: impl Into<String>) {
        let location = Location::of_bytes(&self.file.path, &self.file.text, at, at + len);
        self.diagnostics.push(Diagnostic::error(code, location, message).help(help));
    }
}
