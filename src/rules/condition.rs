//! The condition language: when a rule fires, in terms of its lists. `docs/RULES.md` defines it.

use std::fmt;
use std::ops::Range;

use crate::lexicon::Language;
use crate::message::AuthorType;
use crate::signal::Signal;

/// A condition or a part of one, with its place in the text of the condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What it says.
    pub node: Node,
    /// Where, in bytes.
    pub span: Range<usize>,
}

/// What a condition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A term of the list, by its place in the rule.
    List(usize),
    /// All hold.
    And(Vec<Condition>),
    /// One holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// Both stand in one sentence, near each other.
    Near(Box<Near>),
    /// Who wrote.
    Author(AuthorType),
    /// In which language.
    Language(Language),
    /// The words are negated.
    Negated,
    /// The words stand in a question.
    Question,
    /// The words are in capitals.
    Emphasis,
    /// The lexicons' strength for a signal.
    Score(Signal, Comparison, i32),
    /// How often a list's terms stand in the text.
    Count(usize, Comparison, i32),
}

/// Two conditions that hold near each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// What stands before `near`.
    pub left: Condition,
    /// What stands after it.
    pub right: Condition,
    /// How many other words may stand between them.
    pub distance: u8,
    /// Whether the left one comes first.
    pub ordered: bool,
    /// Whether the right one must *not* be near.
    pub absent: bool,
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `>=`
    AtLeast,
    /// `>`
    MoreThan,
    /// `<=`
    AtMost,
    /// `<`
    LessThan,
}

impl Comparison {
    /// Whether `left` compares so to `right`.
    #[must_use]
    pub const fn holds(self, left: i32, right: i32) -> bool {
        match self {
            Comparison::AtLeast => left >= right,
            Comparison::MoreThan => left > right,
            Comparison::AtMost => left <= right,
            Comparison::LessThan => left < right,
        }
    }
}

/// What is wrong with a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It cannot be read.
    Syntax,
    /// It names a list that there is not.
    Name,
    /// A predicate has a value that there is not.
    Value,
}

/// A fault in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which.
    pub kind: FaultKind,
    /// Where, in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

/// Words that cannot name a list.
pub const RESERVED: &[&str] = &["and", "or", "not", "near", "before", "negated", "question", "emphasis"];
/// Greatest distance of `near` and `before`.
pub const DISTANCE_MAX: u8 = 60;
/// How deep parentheses and `not` may be nested.
const DEPTH_MAX: usize = 16;

impl Condition {
    /// Calls `visit` with this condition and all its parts, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Condition)) {
        visit(self);
        match &self.node {
            Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Node::Not(part) => part.walk(visit),
            Node::Near(near) => {
                near.left.walk(visit);
                near.right.walk(visit);
            }
            _ => {}
        }
    }

    /// Whether any part satisfies `test`.
    #[must_use]
    pub fn any(&self, test: impl Fn(&Node) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |part| found |= test(&part.node));
        found
    }

    /// Whether it can hold only where something was found.
    #[must_use]
    pub fn needs_evidence(&self) -> bool {
        match &self.node {
            Node::List(_) | Node::Near(_) | Node::Emphasis => true,
            Node::Score(_, comparison, _) | Node::Count(_, comparison, _) => {
                matches!(comparison, Comparison::AtLeast | Comparison::MoreThan)
            }
            Node::And(parts) => parts.iter().any(Condition::needs_evidence),
            Node::Or(parts) => parts.iter().all(Condition::needs_evidence),
            Node::Not(_) | Node::Author(_) | Node::Language(_) | Node::Negated | Node::Question => false,
        }
    }
}

/// Reads `text`; lists are named by `lists`. All faults, or the condition.
///
/// # Errors
/// Every unknown name and value, and the first fault of syntax.
pub fn parse(text: &str, lists: &[&str]) -> Result<Condition, Vec<Fault>> {
    let mut parser = Parser { text, lists, words: words(text), at: 0, depth: 0, faults: Vec::new() };
    let condition = parser.or();
    if let (Ok(_), Some(word)) = (&condition, parser.peek()) {
        let fault = parser.syntax(word.clone(), format!("`{}` is not expected here", &text[word]));
        parser.faults.push(fault);
    }
    match condition {
        Ok(condition) if parser.faults.is_empty() => Ok(condition),
        Ok(_) => Err(parser.faults),
        Err(fault) => {
            parser.faults.push(fault);
            Err(parser.faults)
        }
    }
}

/// The words of a condition, parentheses being words of their own.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_whitespace() || matches!(c, '(' | ')') {
            words.extend(start.take().map(|start| start..at));
            if matches!(c, '(' | ')') {
                words.push(at..at + 1);
            }
        } else if start.is_none() {
            start = Some(at);
        }
    }
    words
}

struct Parser<'a> {
    text: &'a str,
    lists: &'a [&'a str],
    words: Vec<Range<usize>>,
    at: usize,
    depth: usize,
    faults: Vec<Fault>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<Range<usize>> {
        self.words.get(self.at).cloned()
    }

    fn word(&self, ahead: usize) -> &'a str {
        self.words.get(self.at + ahead).map_or("", |word| &self.text[word.clone()])
    }

    fn take(&mut self, word: &str) -> bool {
        let taken = self.word(0) == word;
        self.at += usize::from(taken);
        taken
    }

    fn syntax(&self, span: Range<usize>, message: impl Into<String>) -> Fault {
        let help =
            "a condition joins lists and predicates by `and`, `or`, `not`, `near:N`, `before:N`; see docs/RULES.md";
        Fault { kind: FaultKind::Syntax, span, message: message.into(), help: help.into() }
    }

    fn end(&self) -> Range<usize> {
        self.text.len()..self.text.len() + 1
    }

    fn or(&mut self) -> Result<Condition, Fault> {
        self.joined("or", Node::Or, Self::and)
    }

    fn and(&mut self) -> Result<Condition, Fault> {
        self.joined("and", Node::And, Self::unary)
    }

    fn joined(
        &mut self,
        word: &str,
        join: fn(Vec<Condition>) -> Node,
        part: fn(&mut Self) -> Result<Condition, Fault>,
    ) -> Result<Condition, Fault> {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.take(word) {
            parts.push(part(self)?);
        }
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        let span = parts[0].span.start..parts[parts.len() - 1].span.end;
        Ok(Condition { node: join(parts), span })
    }

    fn unary(&mut self) -> Result<Condition, Fault> {
        let start = self.peek().unwrap_or_else(|| self.end());
        if !self.take("not") {
            return self.proximity();
        }
        let part = self.deeper(start.clone(), Self::unary)?;
        let span = start.start..part.span.end;
        Ok(Condition { node: Node::Not(Box::new(part)), span })
    }

    fn deeper(
        &mut self,
        at: Range<usize>,
        part: fn(&mut Self) -> Result<Condition, Fault>,
    ) -> Result<Condition, Fault> {
        if self.depth == DEPTH_MAX {
            return Err(self.syntax(at, format!("nested deeper than {DEPTH_MAX}")));
        }
        self.depth += 1;
        let part = part(self);
        self.depth -= 1;
        part
    }

    fn proximity(&mut self) -> Result<Condition, Fault> {
        let mut left = self.primary()?;
        loop {
            let absent = self.word(0) == "not";
            let Some((ordered, distance)) = proximity_of(self.word(usize::from(absent))) else { return Ok(left) };
            self.at += usize::from(absent);
            let word = self.peek().unwrap_or_else(|| self.end());
            self.at += 1;
            let distance = distance.parse().ok().filter(|distance| *distance <= DISTANCE_MAX).unwrap_or_else(|| {
                let message = format!("the distance is a number from 0 to {DISTANCE_MAX}");
                let help = "`near:6` allows six other words in between".to_owned();
                self.faults.push(Fault { kind: FaultKind::Value, span: word.clone(), message, help });
                0
            });
            let right = self.primary()?;
            for operand in [&left, &right] {
                if operand.any(|node| !matches!(node, Node::List(_) | Node::Or(_) | Node::And(_) | Node::Near(_))) {
                    let message = "`near` and `before` stand between lists, or lists in parentheses";
                    return Err(self.syntax(operand.span.clone(), message));
                }
            }
            let span = left.span.start..right.span.end;
            left = Condition { node: Node::Near(Box::new(Near { left, right, distance, ordered, absent })), span };
        }
    }

    fn primary(&mut self) -> Result<Condition, Fault> {
        let Some(span) = self.peek() else {
            return Err(self.syntax(self.end(), "the condition ends where a list or predicate is expected"));
        };
        let word = &self.text[span.clone()];
        self.at += 1;
        if word == "(" {
            let inner = self.deeper(span.clone(), Self::or)?;
            let close = self.peek();
            if !self.take(")") {
                let message = match close {
                    None => "this `(` is never closed".to_owned(),
                    Some(word) => format!("`{}` stands where `)` or `and` is expected", &self.text[word]),
                };
                return Err(self.syntax(span, message));
            }
            let end = close.map_or(inner.span.end, |close| close.end);
            return Ok(Condition { node: inner.node, span: span.start..end });
        }
        if matches!(word, ")" | "and" | "or") || proximity_of(word).is_some() {
            return Err(self.syntax(span, format!("a list or predicate is expected before `{word}`")));
        }
        let node = match word {
            "negated" => Node::Negated,
            "question" => Node::Question,
            "emphasis" => Node::Emphasis,
            word => match word.split_once(':') {
                Some((predicate, value)) => self.predicate(predicate, value, &span),
                None => Node::List(self.list(word, span.clone())),
            },
        };
        Ok(Condition { node, span })
    }

    /// A predicate with a value. An unknown one is noted, and stands for the first list.
    fn predicate(&mut self, predicate: &str, value: &str, span: &Range<usize>) -> Node {
        let value_span = span.start + predicate.len() + 1..span.end.max(span.start + predicate.len() + 2);
        match predicate {
            "author" => match AuthorType::from_name(value).filter(|author| *author != AuthorType::Unknown) {
                Some(author) => Node::Author(author),
                None => self.bad_value(value_span, value, "an author", "customer, agent, bot, system"),
            },
            "language" => match Language::from_code(value).filter(|language| *language != Language::Any) {
                Some(language) => Node::Language(language),
                None => self.bad_value(value_span, value, "a language", "de, en, es, fr, it, pt"),
            },
            "score" | "count" => self.comparison(predicate, value, value_span),
            _ => {
                let known = "author, language, score, count, near, before";
                self.bad_value(span.start..span.start + predicate.len(), predicate, "a predicate", known)
            }
        }
    }

    fn bad_value(&mut self, span: Range<usize>, value: &str, what: &str, known: &str) -> Node {
        let message = format!("`{value}` is not {what}");
        self.faults.push(Fault { kind: FaultKind::Value, span, message, help: format!("there are: {known}") });
        Node::List(0)
    }

    fn comparison(&mut self, predicate: &str, value: &str, span: Range<usize>) -> Node {
        const COMPARISONS: [(&str, Comparison); 4] = [
            (">=", Comparison::AtLeast),
            ("<=", Comparison::AtMost),
            (">", Comparison::MoreThan),
            ("<", Comparison::LessThan),
        ];
        let found = COMPARISONS.iter().find_map(|(sign, comparison)| Some((value.split_once(sign)?, sign, comparison)));
        let Some(((name, number), sign, comparison)) = found else {
            let help = format!("write `{predicate}:NAME>=NUMBER`");
            let message = format!("`{predicate}` compares with a number");
            self.faults.push(Fault { kind: FaultKind::Value, span, message, help });
            return Node::List(0);
        };
        let number_span = span.start + name.len() + sign.len()..span.end;
        let number = number.parse().ok().filter(|number| (0..=1_000).contains(number)).unwrap_or_else(|| {
            let message = format!("`{number}` is not a whole number from 0 to 1000");
            self.faults.push(Fault { kind: FaultKind::Value, span: number_span, message, help: String::new() });
            0
        });
        let name_span = span.start..span.start + name.len();
        if predicate == "count" {
            return Node::Count(self.list(name, name_span), *comparison, number);
        }
        match Signal::from_name(name) {
            Some(signal) => Node::Score(signal, *comparison, number),
            None => self.bad_value(name_span, name, "a signal", "those in docs/SIGNALS.md"),
        }
    }

    /// The list `name`; an unknown one is noted, and stands for the first.
    fn list(&mut self, name: &str, span: Range<usize>) -> usize {
        if let Some(index) = self.lists.iter().position(|list| *list == name) {
            return index;
        }
        let nearest = self.lists.iter().max_by(|a, b| {
            strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)).then_with(|| b.cmp(a))
        });
        let help = match nearest {
            Some(nearest) if strsim::jaro_winkler(nearest, name) > 0.8 => format!("did you mean `{nearest}`?"),
            _ => format!("write `{name} = [...]` in [detect]"),
        };
        let message = format!("there is no list `{name}`");
        self.faults.push(Fault { kind: FaultKind::Name, span, message, help });
        0
    }
}

/// Whether a word is `near:N` (unordered) or `before:N` (ordered), and what stands for N.
fn proximity_of(word: &str) -> Option<(bool, &str)> {
    match word.split_once(':') {
        Some(("near", distance)) => Some((false, distance)),
        Some(("before", distance)) => Some((true, distance)),
        _ => None,
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::AtLeast => ">=",
            Comparison::MoreThan => ">",
            Comparison::AtMost => "<=",
            Comparison::LessThan => "<",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text, &["a", "b", "c"]) {
            Ok(condition) => show(&condition),
            Err(faults) => {
                let faults = faults.iter().map(|fault| format!("{:?}@{}", fault.kind, fault.span.start));
                faults.collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn show(condition: &Condition) -> String {
        let all = |parts: &[Condition]| parts.iter().map(show).collect::<Vec<_>>().join(" ");
        match &condition.node {
            Node::List(list) => ["a", "b", "c"][*list].to_owned(),
            Node::And(parts) => format!("(and {})", all(parts)),
            Node::Or(parts) => format!("(or {})", all(parts)),
            Node::Not(part) => format!("(not {})", show(part)),
            Node::Near(near) => {
                let sign = if near.absent { "!" } else { "" };
                let word = if near.ordered { "before" } else { "near" };
                format!("({sign}{word}{} {} {})", near.distance, show(&near.left), show(&near.right))
            }
            Node::Count(list, comparison, number) => format!("count {list}{comparison}{number}"),
            Node::Score(signal, comparison, number) => format!("score {signal}{comparison}{number}"),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    #[test]
    fn conditions() {
        for (text, expected) in [
            ("a", "a"),
            ("a and b or c", "(or (and a b) c)"),
            ("a and (b or c)", "(and a (or b c))"),
            ("not a near:3 b", "(not (near3 a b))"),
            ("a not before:2 b and c", "(and (!before2 a b) c)"),
            ("a and not b", "(and a (not b))"),
            ("(a or b) near:3 c", "(near3 (or a b) c)"),
            ("score:anger>=400 and count:b>1", "(and score anger>=400 count 1>1)"),
            ("a and author:bot and negated", "(and a author(bot) negated)"),
            ("a and", "Syntax@5"),
            ("", "Syntax@0"),
            ("a b", "Syntax@2"),
            ("(a and b", "Syntax@0"),
            ("d and e", "Name@0 Name@6"),
            ("author:me and language:xx and colour:red", "Value@7 Value@23 Value@30"),
            ("score:anger", "Value@6"),
            ("score:anger>=2000", "Value@13"),
            ("a near:900 b", "Value@2"),
            ("a near:3 question", "Syntax@9"),
            ("and a", "Syntax@0"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert_eq!(shown(&"(".repeat(50)), "Syntax@16");
    }
}
