//! The compiled detector: one text in, findings out.

use std::cell::Cell;
use std::ops::Range;
use std::thread;

use super::commonness::Commonness;
use super::compile::Compiler;
use super::context::Context;
use super::gate::{Gate, Present};
use super::hits::Hits;
use super::language::Identifier;
use super::phrases::{Phrases, Target};
use super::program::{Answer, Outlook, View};
use super::strength::Strengths;
use super::vocabulary::Vocabulary;
use super::{Finding, Findings, RuleFacts, RuleIndex, Text};
use crate::lexicon::{Language, Lexicons, Role};
use crate::limits;
use crate::message::{AuthorType, Mark};
use crate::model::{self, Models};
use crate::rules::condition::{Comparison, Condition, Node};
use crate::rules::{Rule, RuleSet, Status};
use crate::score::Strength;
use crate::signal::Signal;
use crate::text::{Document, Reading};

/// The strength from which on a signal counts as found.
pub const THRESHOLD: Strength = Strength::HALF;
/// Summed weight of `auto_replies` terms from which on a text was written by a machine.
const AUTO_REPLY: i32 = 1_000;

/// Buffers that are reused from text to text; one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) document: Document,
    pub(super) hits: Hits,
    pub(super) context: Context,
    pub(super) strengths: Strengths,
    /// Whether hits of rules that cannot fire are kept, to be told of.
    pub(super) explains: bool,
    pub(super) model: model::Scratch,
    /// The language that the text at hand is read in.
    pub(super) language: Language,
    /// Whether that is sure.
    is_language_sure: bool,
}

impl Scratch {
    /// The language of the text that was read last, where its event or enough of its words tell it.
    pub(crate) fn language(&self) -> Option<Language> {
        Some(self.language).filter(|language| self.is_language_sure && *language != Language::Any)
    }

    /// The text that was read last; an empty one before the first.
    pub(crate) const fn document(&self) -> &Document {
        &self.document
    }
}

/// A rule, as it is run.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) condition: Condition,
    pub(super) condition_text: String,
    pub(super) counts_negated: bool,
    /// What must be there for the condition to be worth asking.
    gate: Gate,
    /// Whether the condition names an author; if not, the rule is for customers.
    pub(super) names_author: bool,
    /// The numbers of its lists.
    pub(super) lists: Range<u32>,
    /// What a hit is worth as a strength.
    pub(super) strength: Strength,
    /// Signals whose lexicon terms are evidence when no list is.
    pub(super) scores: Vec<Signal>,
}

impl Program {
    /// Whether it may fire in a text with so many words in capitals and these lists in it; that it does not is certain.
    fn outlook(
        &self,
        (capitals, present): (u32, &Present),
        strengths: &Strengths,
        (author, language): (AuthorType, Language),
    ) -> bool {
        let list_base = self.lists.start;
        Outlook { strengths, author, language, capitals, present, list_base }.may_hold(&self.condition)
    }
}

/// How large the tables are that texts are searched with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableSize {
    /// Words that any term names, inflections and other spellings included.
    pub words: usize,
    /// Distinct phrases of two words or more.
    pub phrases: usize,
    /// Memory that the tables take up, models included, in bytes.
    pub bytes: usize,
}

/// What texts of one language are searched for.
type Table = (Vocabulary, Phrases);

/// All rules and lexicons, compiled. Immutable; shared by reference.
#[derive(Debug)]
pub struct Detector {
    pub(super) rules: Vec<RuleFacts>,
    pub(super) programs: Vec<Program>,
    /// The rule of each list.
    pub(super) rule_of_list: Vec<RuleIndex>,
    /// Which lists' hits are reason to ask their rule.
    keys: Present,
    /// All lists.
    all_lists: Present,
    /// Rules that may fire in a text without any of their words, by the text's [`Language`].
    wordless: Vec<Vec<RuleIndex>>,
    /// What is searched for, by [`Language`]; [`Language::Any`] is for texts in none of our languages.
    tables: Vec<Table>,
    /// The languages that have lexicons or rules, as bits.
    languages: u8,
    identifier: Identifier,
    pub(super) models: Models,
    /// The entry in `rules` that speaks for each signal's models.
    pub(super) learned: [Option<RuleIndex>; Signal::COUNT],
}

impl Detector {
    /// Compiles what was loaded.
    #[must_use]
    pub fn new(lexicons: &Lexicons, rules: &RuleSet) -> Detector {
        let mut detector = Detector {
            rules: Vec::new(),
            programs: Vec::new(),
            rule_of_list: Vec::new(),
            keys: Present::default(),
            all_lists: Present::default(),
            wordless: vec![Vec::new(); Language::ALL.len()],
            tables: Vec::new(),
            languages: lexicons.languages(),
            identifier: Identifier::new(lexicons),
            models: Models::default(),
            learned: [None; Signal::COUNT],
        };
        let mut commonness = Commonness::new(lexicons);
        let rules: Vec<&Rule> = rules.rules().iter().filter(|rule| rule.status != Status::Deprecated).collect();
        for rule in &rules {
            detector.add(rule, &mut commonness);
        }
        detector.keys = Present::none_of(detector.rule_of_list.len());
        detector.all_lists = detector.keys.clone();
        for program in &detector.programs {
            program.lists.clone().for_each(|list| detector.all_lists.insert(list));
            if program.gate.needs_words() {
                program.gate.add_keys(&mut detector.keys);
            } else {
                program.lists.clone().for_each(|list| detector.keys.insert(list));
            }
        }
        detector.tables = thread::scope(|scope| {
            let (detector, rules) = (&detector, rules.as_slice());
            let table = |language| scope.spawn(move || detector.table(language, lexicons, rules));
            let tables = Language::ALL.map(table);
            tables.into_iter().map(|table| table.join().expect("a table can be made of all that loads")).collect()
        });
        detector
    }

    /// What texts of `language` are searched for on behalf of `rules`, which are those of `programs`.
    fn table(&self, language: Language, lexicons: &Lexicons, rules: &[&Rule]) -> Table {
        let mut compiler = Compiler::default();
        compiler.add_lexicons(lexicons, language);
        let bit = if language == Language::Any { 0 } else { language.bit() };
        let programs = rules.iter().zip(&self.programs).filter(|(_, program)| program.gate.languages() & bit != 0);
        for (rule, program) in programs {
            let only_lexicons = rule.lists.iter().all(|list| list.phrases.is_empty());
            if !only_lexicons && !rule.languages.contains(&language) {
                continue;
            }
            for (list, number) in rule.lists.iter().zip(program.lists.clone()) {
                let target = Target::List(number);
                for phrase in &list.phrases {
                    compiler.add(phrase, &[language], target);
                }
                let named = list.lexicons.iter().flat_map(|name| lexicons.named(name));
                for lexicon in named.filter(|lexicon| [language, Language::Any].contains(&lexicon.language)) {
                    for phrase in lexicon.entries.iter().flat_map(|entry| &entry.phrases) {
                        compiler.add(phrase, &[lexicon.language], target);
                    }
                }
            }
        }
        compiler.finish()
    }

    fn add<'a>(&mut self, rule: &'a Rule, commonness: &mut Commonness<'a>) {
        let index = RuleIndex(u16::try_from(self.rules.len()).unwrap_or(u16::MAX));
        let list_base = self.rule_of_list.len() as u32;
        let commonness: Vec<u32> = rule.lists.iter().map(|list| commonness.of(list)).collect();
        let gate = Gate::new(&rule.condition, list_base, &commonness);
        self.languages |= rule.languages.iter().fold(0, |bits, language| bits | language.bit());
        self.rule_of_list.extend(rule.lists.iter().map(|_| index));
        if !gate.needs_words() {
            let languages = Language::ALL.into_iter().zip(&mut self.wordless);
            languages.filter(|(language, _)| gate.languages() & language.bit() != 0).for_each(|(_, of)| of.push(index));
        }
        let mut scores = Vec::new();
        rule.condition.walk(&mut |part| {
            if let Node::Score(signal, Comparison::AtLeast | Comparison::MoreThan, _) = part.node {
                scores.push(signal);
            }
        });
        self.programs.push(Program {
            condition: rule.condition.clone(),
            condition_text: rule.condition_text.clone(),
            counts_negated: rule.counts_negated,
            gate,
            names_author: rule.condition.any(|node| matches!(node, Node::Author(_))),
            lists: list_base..self.rule_of_list.len() as u32,
            strength: Strength::clamped(500 + rule.weight.abs() / 2),
            scores,
        });
        self.rules.push(RuleFacts {
            id: rule.id.clone(),
            title: rule.title.clone(),
            why: rule.why.clone(),
            signal: rule.signal,
            level: rule.level,
            weight: rule.weight,
            tags: rule.tags.clone(),
            route: rule.route.clone(),
            experimental: rule.status == Status::Experimental,
        });
    }

    /// The rules, by [`RuleIndex`]; ordered by id.
    #[must_use]
    pub fn rules(&self) -> &[RuleFacts] {
        &self.rules
    }

    /// How much there is to search for, over all languages.
    #[must_use]
    pub fn size(&self) -> TableSize {
        let sum = |of: fn(&Table) -> usize| self.tables.iter().map(of).sum();
        TableSize {
            words: sum(|(vocabulary, _)| vocabulary.len()),
            phrases: sum(|(_, phrases)| phrases.phrases.len()),
            bytes: sum(|(vocabulary, phrases)| vocabulary.bytes() + phrases.bytes()) + self.models.bytes(),
        }
    }

    /// Finds what `text` tells. `findings` is cleared first.
    pub fn detect(&self, text: Text<'_>, scratch: &mut Scratch, findings: &mut Findings) {
        self.detect_in(text, Reading::Own, true, scratch, findings);
    }

    /// The same for whom points count, not strengths: models are asked only if they give any.
    pub fn detect_points(&self, text: Text<'_>, scratch: &mut Scratch, findings: &mut Findings) {
        self.detect_in(text, Reading::Own, self.models.give_points(), scratch, findings);
    }

    /// The same, in that part of the text which `reading` says, with or without models.
    pub(super) fn detect_in(
        &self,
        text: Text<'_>,
        reading: Reading,
        models: bool,
        scratch: &mut Scratch,
        findings: &mut Findings,
    ) {
        findings.clear();
        if !self.read(text, reading, scratch, findings) {
            return;
        }
        findings.strengths = scratch.strengths.by_signal;
        if models {
            self.judge(text, scratch, findings);
        } else {
            scratch.model.clear();
        }
        let hits = &scratch.hits;
        // Rules without words first; a rule with words is asked where its first hit stands.
        for rule in &self.wordless[scratch.language as usize] {
            let program = &self.programs[usize::from(rule.0)];
            let Scratch { hits, strengths, language, .. } = &*scratch;
            if program.outlook((hits.capitals, &hits.present), strengths, (text.author, *language)) {
                self.run(*rule, text, scratch, findings);
            }
        }
        let mut asked = None;
        for hit in &hits.lists {
            let rule = self.rule_of_list[hit.list as usize];
            if asked != Some(rule) && self.programs[usize::from(rule.0)].gate.needs_words() {
                self.run(rule, text, scratch, findings);
            }
            asked = Some(rule);
        }
        self.conclude(scratch, findings);
    }

    /// Reads `text` and finds all words; whether it is to be judged at all.
    pub(super) fn read(
        &self,
        text: Text<'_>,
        reading: Reading,
        scratch: &mut Scratch,
        findings: &mut Findings,
    ) -> bool {
        let Scratch { document, hits, context, strengths, explains, language, is_language_sure, .. } = scratch;
        document.read(text.text, text.format, reading);
        let flat = document.flat(text.text);
        (*language, *is_language_sure) = self.language_of(text.language, document, flat);
        if *language == Language::Any {
            findings.marks.insert(Mark::LanguageUnsupported);
        }
        let (vocabulary, phrases) = &self.tables[*language as usize];
        let all = *explains;
        let keys = if all { &self.all_lists } else { &self.keys };
        hits.search((document, flat), (vocabulary, phrases), keys);
        findings.marks = findings.marks.union(document.marks());
        findings.words = hits.words;
        let machine: i32 = hits.entries_of(Role::AutoReply).map(|hit| i32::from(hit.weight)).sum();
        if machine >= AUTO_REPLY {
            findings.marks.insert(Mark::AutoReply);
            return false;
        }
        findings.sketch = hits.sketch;
        let persists = hits.entries_of(Role::Persistence).map(|hit| i32::from(hit.weight)).max().unwrap_or(0);
        findings.persistence = Strength::clamped(persists);
        findings.links.extend_from_slice(document.links());
        context.read(document, hits, vocabulary);
        findings.question = context.asks(document);
        strengths.weigh(document, hits, context);
        let capitals = hits.capitals;
        hits.place(document, (vocabulary, phrases), keys, |present, list| {
            let program = self.program_of(list);
            let is_open = || {
                program.gate.is_open(present, text.author)
                    && program.outlook((capitals, present), strengths, (text.author, *language))
            };
            (program.lists.clone(), all || is_open())
        });
        true
    }

    fn program_of(&self, list: u32) -> &Program {
        &self.programs[usize::from(self.rule_of_list[list as usize].0)]
    }

    /// The language that a text with this tag is read in, identified where there is none, and whether that is sure;
    /// [`Language::Any`] when it is none of ours.
    fn language_of(&self, tag: &str, document: &Document, flat: &str) -> (Language, bool) {
        let is_ours = |language: &Language| self.languages & language.bit() != 0;
        if !tag.is_empty() {
            return (Language::from_tag(tag).filter(is_ours).unwrap_or(Language::Any), true);
        }
        match self.identifier.identify(document, flat) {
            (language, sure) if language == Language::Any || is_ours(&language) => (language, sure),
            _ => (Language::English, false),
        }
    }

    /// The view that `rule` has of the text at hand.
    pub(super) fn view<'a>(&self, rule: RuleIndex, text: Text<'a>, scratch: &'a Scratch) -> View<'a> {
        let Scratch { document, hits, context, strengths, .. } = scratch;
        let program = &self.programs[usize::from(rule.0)];
        let from = hits.lists.partition_point(|hit| self.rule_of_list[hit.list as usize] < rule);
        let len = hits.lists[from..].partition_point(|hit| self.rule_of_list[hit.list as usize] == rule);
        let language = scratch.language;
        let hits = &hits.lists[from..from + len];
        View {
            document,
            context,
            strengths,
            text,
            language,
            hits,
            list_base: program.lists.start,
            lenient: false,
            negated: Cell::default(),
        }
    }

    /// Asks one rule, and adds what it finds.
    fn run(&self, rule: RuleIndex, text: Text<'_>, scratch: &Scratch, findings: &mut Findings) {
        let program = &self.programs[usize::from(rule.0)];
        if !program.names_author && text.author != AuthorType::Customer {
            return;
        }
        let view = self.view(rule, text, scratch);
        let answer = view.ask(&program.condition, program.counts_negated);
        if !answer.holds {
            return;
        }
        let first = findings.findings.len();
        self.evidence(rule, &view, answer, findings);
        let found = &mut findings.findings;
        found[first..].sort_unstable_by_key(|finding| (finding.start, std::cmp::Reverse(finding.end)));
        leave_out_covered(found, first);
        found.truncate((first + limits::FINDINGS_PER_RULE).min(limits::FINDINGS));
        let facts = &self.rules[usize::from(rule.0)];
        if !facts.experimental && found.len() > first {
            raise(&mut findings.strengths, facts.signal, program.strength);
        }
    }

    /// Adds the places that made `rule` fire: its words, else the lexicons' heaviest terms, else what is shouted.
    fn evidence(&self, rule: RuleIndex, view: &View<'_>, answer: Answer, findings: &mut Findings) {
        let program = &self.programs[usize::from(rule.0)];
        let mut add = |start: u32, end: u32, strength: Strength| {
            findings.findings.push(Finding { start, end, rule, strength });
        };
        for (index, hit) in view.hits.iter().take(super::program::RULE_HITS).enumerate() {
            if answer.hits & (1 << index) != 0 {
                add(hit.place.start, hit.place.end, program.strength);
            }
        }
        if answer.hits == 0 {
            for signal in &program.scores {
                let of_signal =
                    view.strengths.contributions.iter().filter(|part| part.signal == *signal && part.value > 0);
                let heaviest = of_signal.clone().map(|part| part.value).max().unwrap_or(0);
                for part in of_signal.filter(|part| part.value * 2 >= heaviest).take(limits::FINDINGS_PER_RULE) {
                    add(part.start, part.end, view.strengths.by_signal[signal.index()]);
                }
            }
            if program.scores.is_empty() {
                for (first, last) in &view.context.shouts {
                    let tokens = view.document.tokens();
                    add(tokens[*first as usize].start, tokens[*last as usize].end, program.strength);
                }
            }
        }
    }

    /// Orders the findings, maps them to the original text, and says which signals were found.
    fn conclude(&self, scratch: &Scratch, findings: &mut Findings) {
        let document = &scratch.document;
        for finding in &mut findings.findings {
            (finding.start, finding.end) = document.original_span(finding.start, finding.end);
        }
        findings.findings.sort_unstable();
        findings.findings.truncate(limits::FINDINGS);
        let supervisor = findings.strengths[Signal::SupervisorRequest.index()];
        raise(&mut findings.strengths, Signal::HumanRequest, supervisor);
        for signal in Signal::ALL {
            // A model has a threshold of its own, see `judge`; what rules add to its strength makes the signal fire.
            let learned = scratch.model.strengths[signal.index()].unwrap_or(Strength::ZERO);
            let strength = findings.strengths[signal.index()];
            if strength >= THRESHOLD && strength > learned {
                findings.fired.insert(*signal);
            }
        }
    }
}

/// Leaves out findings (from `first` on, ordered by start) that lie inside the one before.
fn leave_out_covered(findings: &mut Vec<Finding>, first: usize) {
    let mut end = 0;
    let mut index = 0;
    findings.retain(|finding| {
        let keep = index < first || finding.end > end;
        if index >= first {
            end = end.max(finding.end);
        }
        index += 1;
        keep
    });
}

/// Adds independent evidence of `strength` for `signal` (noisy or).
fn raise(strengths: &mut [Strength; Signal::COUNT], signal: Signal, strength: Strength) {
    let old = strengths[signal.index()].thousandths();
    let left = (1_000 - old) * (1_000 - strength.thousandths()) / 1_000;
    strengths[signal.index()] = Strength::clamped(1_000 - left);
}
