//! Why a text or a conversation scores what it scores, for people: the text with what was found underlined, what was
//! there but did not count, the score as a sum, and what would be triggered.

mod table;
mod underline;

use std::io::{self, Write};
use std::sync::Arc;

use anstyle::{AnsiColor, Style};

use crate::account::Directory;
use crate::accounts::AccountTable;
use crate::detect::{self, Explanation, RuleFacts, Text};
use crate::engine::{Disposition, Engine, Input, Outcome, Scratch};
use crate::message::{Event, Kind, Str};
use crate::risk::{Trigger, Withheld};
use crate::score::Level;
use crate::time::Timestamp;
use crate::wire::timestamp;

use table::Table;
use underline::{Ink, Mark};

/// Explains events, one after the other, of any number of conversations. Colours are part of what is written; a stream
/// of `anstream` strips them where nobody would see them.
pub struct Explainer {
    engine: Engine,
    scratch: Scratch,
    detect: detect::Scratch,
    outcome: Outcome,
}

impl Explainer {
    /// An explainer that begins with an engine without conversations.
    #[must_use]
    pub fn new(engine: Engine) -> Explainer {
        let mut scratch = Scratch::default();
        scratch.assessments_wanted = true;
        Explainer { engine, scratch, detect: detect::Scratch::default(), outcome: Outcome::default() }
    }

    /// Explains one text as the only message of a conversation.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn text(&mut self, text: Text<'_>, out: &mut impl Write) -> io::Result<()> {
        let event = message(text);
        self.body(&event, out)?;
        self.step(&event, &None);
        self.verdict(out)
    }

    /// Explains the next event of its conversation, and moves the conversation on. The account is the one that the event
    /// or an earlier one of its conversation names.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn event(&mut self, event: &Event<'_>, accounts: &AccountTable, out: &mut impl Write) -> io::Result<()> {
        let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
        let time = timestamp::format(event.time);
        let (author, kind) = (event.author.kind.name(), event.kind.name());
        writeln!(out, "{bold}{} {time} {author} {kind}{bold:#} {dim}{}{dim:#}", event.conversation, event.id)?;
        if !event.text.is_empty() {
            self.body(event, out)?;
        }
        self.step(event, accounts);
        self.verdict(out)?;
        writeln!(out)
    }

    fn step(&mut self, event: &Event<'_>, accounts: &dyn Directory) {
        self.engine.step(Input::Event { event, accounts }, &mut self.scratch, &mut self.outcome);
    }

    /// The text, what was found in it, and what did not count.
    fn body(&mut self, event: &Event<'_>, out: &mut impl Write) -> io::Result<()> {
        let text =
            Text { text: &event.text, format: event.format, author: event.author.kind, language: &event.language };
        let detector = Arc::clone(self.engine.detector());
        let explanation = detector.explain(text, &mut self.detect);
        underline::write(text.text, &marks(&explanation), out)?;
        let rules = detector.rules();
        found(text.text, &explanation, rules, out)?;
        passed_over(text.text, &explanation, rules, out)?;
        signals(&explanation, out)
    }

    /// What the event came to: the score as a sum, and the triggers.
    fn verdict(&self, out: &mut impl Write) -> io::Result<()> {
        let Outcome { disposition, marks, assessment, triggers, held_back, withheld, .. } = &self.outcome;
        if !marks.is_empty() {
            let names: Vec<_> = marks.iter().map(|mark| mark.name()).collect();
            writeln!(out, "Unusual: {}", names.join(", "))?;
        }
        match disposition {
            Disposition::Scored | Disposition::Applied => {}
            other => return writeln!(out, "The event is {} and changes no score.", other.name()),
        }
        heading("Score", out)?;
        let mut table = Table::new([false, true, false, false]);
        for factor in &assessment.factors {
            let quotes: Vec<_> = factor.evidence.iter().map(|evidence| format!("“{}”", evidence.quote)).collect();
            let reason = [factor.reason.clone(), quotes.join(" ")].join(" ");
            table.row([factor.cause.name().to_owned(), format!("{:+}", factor.points), factor.id.clone(), reason]);
        }
        let total = assessment.score.to_string();
        table.row(["sum".to_owned(), total, format!("level {}", assessment.level), String::new()]);
        table.write(out)?;
        for trigger in triggers {
            told_trigger(trigger, out)?;
        }
        if *held_back > 0 {
            writeln!(out, "A trigger is due and held back by the cool-down.")?;
        } else if let Some((cause, _)) = Withheld::ALL.iter().zip(withheld).find(|(_, number)| **number > 0) {
            writeln!(out, "A trigger is due and held back: {}.", cause.name())?;
        } else if triggers.is_empty() {
            writeln!(out, "Nothing is triggered.")?;
        }
        Ok(())
    }
}

fn told_trigger(trigger: &Trigger, out: &mut impl Write) -> io::Result<()> {
    let style = match trigger.step {
        step if step.raises() => level_colour(trigger.assessment.level),
        _ => AnsiColor::Green.on_default(),
    };
    let Trigger { step, reason, assessment, team, owner_role, owner_name, summary, .. } = trigger;
    let owner = if owner_name.is_empty() { owner_role.clone() } else { format!("{owner_role} {owner_name}") };
    let step = step.name();
    writeln!(out, "{style}Triggers: {step}{style:#} ({}), because of {reason}, for {team}, {owner}", assessment.level)?;
    writeln!(out, "  {summary}")
}

fn level_colour(level: Level) -> Style {
    match level {
        Level::Critical | Level::High => AnsiColor::BrightRed.on_default().bold(),
        Level::Medium => AnsiColor::BrightYellow.on_default().bold(),
        Level::Low | Level::Info => Style::new().bold(),
    }
}

fn heading(text: &str, out: &mut impl Write) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "{bold}{text}{bold:#}")
}

/// The places to underline; what counted is drawn over what did not.
fn marks(explanation: &Explanation) -> Vec<Mark> {
    let left_out = explanation.left_out.iter().map(|part| Mark { start: part.start, end: part.end, ink: Ink::LeftOut });
    let passed =
        explanation.passed_over.iter().map(|one| Mark { start: one.start, end: one.end, ink: Ink::PassedOver });
    let found = explanation.findings.findings.iter();
    let found = found.map(|finding| Mark { start: finding.start, end: finding.end, ink: Ink::Found });
    left_out.chain(passed).chain(found).collect()
}

fn found(text: &str, explanation: &Explanation, rules: &[RuleFacts], out: &mut impl Write) -> io::Result<()> {
    if explanation.findings.findings.is_empty() {
        return heading("Nothing was found.", out);
    }
    heading("Found", out)?;
    let mut table = Table::new([false, false, false, true, false]);
    for finding in &explanation.findings.findings {
        let rule = &rules[usize::from(finding.rule.0)];
        let quote = underline::quote(text, finding.start, finding.end);
        let shadow = if rule.experimental { " (experimental: no points)" } else { "" };
        let strength = finding.strength.thousandths().to_string();
        let title = format!("{}{shadow}", rule.title);
        table.row([quote, rule.signal.name().to_owned(), rule.id.clone(), strength, title]);
    }
    table.write(out)
}

fn passed_over(text: &str, explanation: &Explanation, rules: &[RuleFacts], out: &mut impl Write) -> io::Result<()> {
    if !explanation.passed_over.is_empty() {
        heading("There, but does not count", out)?;
        let mut table = Table::new([false, false, false]);
        for one in &explanation.passed_over {
            let rule = &rules[usize::from(one.rule.0)];
            table.row([underline::quote(text, one.start, one.end), rule.id.clone(), one.because.to_string()]);
        }
        table.write(out)?;
    }
    if !explanation.left_out.is_empty() {
        heading("Not read", out)?;
        let mut table = Table::new([false, false]);
        for part in &explanation.left_out {
            table.row([underline::quote(text, part.start, part.end), part.hygiene.name().to_owned()]);
        }
        table.write(out)?;
    }
    Ok(())
}

fn signals(explanation: &Explanation, out: &mut impl Write) -> io::Result<()> {
    let fired: Vec<_> = explanation.findings.fired.iter().collect();
    if fired.is_empty() {
        return Ok(());
    }
    let strength = |signal: &crate::signal::Signal| explanation.findings.strengths[signal.index()].thousandths();
    let named: Vec<_> = fired.iter().map(|signal| format!("{signal} {}", strength(signal))).collect();
    writeln!(out, "Signals (of 1000): {}", named.join(", "))
}

/// A single text as the message of a conversation.
fn message(text: Text<'_>) -> Event<'_> {
    Event {
        text: Str::Borrowed(text.text),
        format: text.format,
        language: Str::Borrowed(text.language),
        ..Event::new("text", "text", Timestamp(0), Kind::Message, text.author)
    }
}
