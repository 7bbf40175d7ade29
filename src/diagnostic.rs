//! Numbered diagnostics for people: what is wrong, where, and how to mend it.
//!
//! Numbers are contract: a number that appeared in a release is never reused, also when its check is gone.
//! 1xx lexicons, 2xx rules, 3xx policies, 4xx source profiles, 5xx settings, 6xx account files.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal,)+) => {
        /// What is wrong. `docs/DIAGNOSTICS.md` has a page for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Code { $($(#[doc = $doc])+ $variant = $number,)+ }

        impl Code {
            /// All codes, by number.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// The first line of the code's documentation.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self { $(Code::$variant => concat!($($doc),+),)+ }
            }
        }
    };
}

codes! {
    /// The file cannot be read.
    Unreadable = 100,
    /// The file is not UTF-8.
    NotUtf8 = 101,
    /// The path holds nothing to check.
    NothingToCheck = 102,
    /// A lexicon's path does not say its language and name.
    LexiconPath = 110,
    /// A lexicon's language is not supported.
    LexiconLanguage = 111,
    /// A lexicon's line does not have its three columns.
    LexiconColumns = 112,
    /// A lexicon's weight is not a whole number within the bounds of that lexicon.
    LexiconWeight = 113,
    /// A lexicon's term is empty.
    LexiconTermEmpty = 114,
    /// A term stands twice in a lexicon.
    LexiconTermDuplicate = 115,
    /// A lexicon is not sorted.
    LexiconOrder = 116,
    /// A lexicon's term can never be found, since normalisation takes away what it says.
    LexiconTermNormal = 117,
    /// A lexicon's term cannot be read.
    LexiconTermSyntax = 118,
    /// A lexicon's term is written out into too many phrases.
    LexiconTermExpansion = 119,
    /// A lexicon has no terms.
    LexiconEmpty = 120,
    /// A model's path does not say its language and signal.
    ModelPath = 130,
    /// A model's header has a value that cannot be.
    ModelHeader = 131,
    /// A model's line does not have its three columns.
    ModelColumns = 132,
    /// A model's weight is not a whole number within its bounds.
    ModelWeight = 133,
    /// A model's term can never be found.
    ModelTerm = 134,
    /// A term stands twice in a model.
    ModelTermDuplicate = 135,
    /// A model is not sorted.
    ModelOrder = 136,
    /// A rule's file is not TOML.
    RuleSyntax = 200,
    /// A rule has a field that there is not.
    RuleField = 201,
    /// A rule lacks a field.
    RuleFieldMissing = 202,
    /// A rule's field has a value of the wrong type.
    RuleType = 203,
    /// A rule's id is not well-formed, or is not the file's name.
    RuleId = 204,
    /// A rule names a signal that there is not.
    RuleSignal = 205,
    /// A rule names a level that there is not.
    RuleLevel = 206,
    /// A rule names a status that there is not.
    RuleStatus = 207,
    /// A rule's weight is out of range.
    RuleWeight = 208,
    /// A rule has a tag that is not in the policy's vocabulary.
    RuleTag = 209,
    /// A condition cannot be read.
    ConditionSyntax = 210,
    /// A condition names a list that the rule does not have.
    ConditionName = 211,
    /// A condition's predicate has a value that there is not.
    ConditionValue = 212,
    /// A condition, or a branch of it, can never hold.
    ConditionDead = 213,
    /// A list is named by no condition.
    ListUnused = 214,
    /// A list has no terms.
    ListEmpty = 215,
    /// A list's name is not well-formed or belongs to the condition language.
    ListName = 216,
    /// A condition holds without anything having been found.
    ConditionEvidence = 217,
    /// A rule names a team that the policy does not have.
    RuleTeam = 218,
    /// A rule's term is empty or cannot be read.
    TermSyntax = 220,
    /// A rule's term is written out into too many phrases.
    TermExpansion = 221,
    /// A term stands twice in a list.
    TermDuplicate = 222,
    /// A rule's term can never be found, since normalisation takes away what it says.
    TermNormal = 223,
    /// A term is found by another term of its list anyway.
    TermCovered = 224,
    /// A rule includes a lexicon that there is not.
    TermLexicon = 225,
    /// A rule has no case in which it fires.
    CaseNoneFires = 230,
    /// A rule has no case in which it stays quiet.
    CaseNoneQuiet = 231,
    /// A case of a rule fails.
    CaseFails = 232,
    /// A case's setting has a value that there is not.
    CaseValue = 233,
    /// The policy file is not TOML.
    PolicySyntax = 300,
    /// The policy has a key that nothing reads.
    PolicyUnknownKey = 301,
    /// A policy value is of the wrong type.
    PolicyWrongType = 302,
    /// A policy value is outside its range.
    PolicyOutOfRange = 303,
    /// Policy values that must ascend do not.
    PolicyNotAscending = 304,
    /// A policy value names something that does not exist.
    PolicyUnknownName = 305,
    /// A currency is not written as ISO 4217 has it.
    PolicyCurrency = 306,
    /// A template of a brief cannot be read.
    BriefTemplate = 310,
    /// A template of a brief names a variable that there is not.
    BriefVariable = 311,
    /// Words of a brief's vocabulary can never be found.
    BriefPhrase = 312,
    /// The source profile is not TOML.
    SourceSyntax = 400,
    /// The source profile has a key that nothing reads.
    SourceUnknownKey = 401,
    /// The source profile lacks something that it cannot do without.
    SourceMissing = 402,
    /// A value of the source profile is of the wrong type.
    SourceWrongType = 403,
    /// The source profile's id is not its file's name.
    SourceName = 404,
    /// The source profile names a field that events do not have.
    SourceField = 405,
    /// A place in the source profile is not a JSON pointer.
    SourcePointer = 406,
    /// The source profile gives a field a value that it cannot have.
    SourceValue = 407,
    /// A case of the source profile is not complete.
    SourceCase = 408,
    /// A case of the source profile fails.
    SourceCaseFailed = 409,
    /// The source profile has no cases.
    SourceNoCase = 410,
    /// The settings file is not TOML.
    SettingsSyntax = 500,
    /// There is no setting of that name.
    SettingUnknown = 501,
    /// A setting's value is not of its type.
    SettingInvalid = 502,
    /// A setting's value is not among the allowed words.
    SettingChoice = 503,
    /// A setting's value is outside its bounds.
    SettingOutOfRange = 504,
    /// A Kafka property is reserved, since exactly-once rests on it.
    PropertyReserved = 505,
    /// Two settings do not go together.
    SettingsConflict = 506,
    /// An account record cannot be used.
    AccountRefused = 600,
    /// A field of an account record cannot be used and is left out.
    AccountFieldUnusable = 601,
}

impl Code {
    /// The code's number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "F{:04}", self.number())
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Works, but is probably not what was meant.
    Warning,
    /// Does not work.
    Error,
}

/// A place in a file: 1-based line and column (in characters), with the line itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The file as the user named it.
    pub path: String,
    /// Line, from 1; 0 when the diagnostic concerns the whole file.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// How many characters are meant; at least 1 when `line` is set.
    pub width: u32,
    /// The line's text without its line end.
    pub source: String,
}

impl Location {
    /// The whole of a file.
    #[must_use]
    pub fn file(path: &str) -> Location {
        Location { path: path.to_owned(), ..Location::default() }
    }

    /// The place of the byte range `start..end` of `text`, the content of the file `path`.
    /// Offsets beyond the text or inside a character are moved back to the nearest boundary.
    #[must_use]
    pub fn of_bytes(path: &str, text: &str, start: usize, end: usize) -> Location {
        let start = floor_char_boundary(text, start);
        let end = floor_char_boundary(text, end).max(start);
        let line_start = memchr::memrchr(b'\n', &text.as_bytes()[..start]).map_or(0, |newline| newline + 1);
        let line_end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |newline| start + newline);
        let width = text[start..end.min(line_end).max(start)].chars().count().max(1);
        Location {
            path: path.to_owned(),
            line: count_u32(memchr::memchr_iter(b'\n', &text.as_bytes()[..start]).count() + 1),
            column: count_u32(text[line_start..start].chars().count() + 1),
            width: count_u32(width),
            source: text[line_start..line_end].trim_end_matches('\r').to_owned(),
        }
    }
}

/// The greatest char boundary of `text` that is not beyond `index`.
fn floor_char_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

fn count_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// One fault found in a file of ours or of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which fault.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// Where.
    pub location: Location,
    /// What is wrong, in this very case.
    pub message: String,
    /// How to mend it; empty when the message says it all.
    pub help: String,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(code: Code, location: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic { code, severity: Severity::Error, location, message: message.into(), help: String::new() }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: Code, location: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, location, message) }
    }

    /// The same with advice on how to mend it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Diagnostic {
        Diagnostic { help: help.into(), ..self }
    }
}

/// Shown as compilers do: the message, the place, the line with the fault underlined, the advice.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        writeln!(f, "{severity}[{}]: {}", self.code, self.message)?;
        let Location { path, line, column, width, source } = &self.location;
        if *line == 0 {
            writeln!(f, "  --> {path}")?;
        } else {
            let number = line.to_string();
            let gutter = " ".repeat(number.len());
            let indent = underline_indent(source, *column);
            writeln!(f, "{gutter}--> {path}:{line}:{column}")?;
            writeln!(f, "{gutter} |")?;
            writeln!(f, "{number} | {source}")?;
            writeln!(f, "{gutter} | {indent}{}", "^".repeat(*width as usize))?;
        }
        if !self.help.is_empty() {
            writeln!(f, "  = help: {}", self.help)?;
        }
        Ok(())
    }
}

/// White space as wide as the characters before `column`, tabs kept.
fn underline_indent(source: &str, column: u32) -> String {
    let before = column.saturating_sub(1) as usize;
    source.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect()
}

/// A file as handed to a loader: where it came from and what it holds. Loaders do no I/O.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path to show in diagnostics, e.g. `rules/churn.evaluating_vendors.toml`.
    pub path: String,
    /// The file's text.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_counts_characters_and_keeps_the_line() {
        let text = "one\nzwei äöü drei\r\nthree";
        let start = text.find("drei").expect("the word is there");
        let location = Location::of_bytes("x.tsv", text, start, start + 4);
        assert_eq!((location.line, location.column, location.width), (2, 10, 4));
        assert_eq!(location.source, "zwei äöü drei");
        assert_eq!(Location::of_bytes("x", text, 9_999, 9_999).line, 3);
    }
}
