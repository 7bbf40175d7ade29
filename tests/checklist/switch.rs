//! Switches off what a row of the checklist stands on: a rule, a policy key, rows of the input.

use std::sync::Arc;

use foreshock::diagnostic::SourceFile;
use foreshock::knowledge::{Files, Knowledge};
use foreshock::policy::Policy;

/// What is switched off.
#[derive(Clone, Debug, Default)]
pub(crate) struct Off {
    /// The knowledge without it.
    pub(crate) files: Files,
    /// The policy keys that put it out of force: to be read after all others.
    pub(crate) policies: Vec<SourceFile>,
    /// Whose rows of a scenario, or which kinds of lines of a test's input, are left out.
    pub(crate) input: Vec<String>,
}

impl Off {
    /// Reads `rule:ID; policy:KEY=VALUE; …`. What does not exist cannot be switched off, and is told.
    pub(super) fn read(stands_on: &str, files: &Files) -> Result<Off, String> {
        let mut off = Off { files: files.clone(), ..Off::default() };
        for item in stands_on.split("; ") {
            let (kind, name) = item.split_once(':').ok_or_else(|| format!("`{item}` is not KIND:NAME"))?;
            match kind {
                "rule" => remove(&mut off.files.rules, &format!("rules/{name}.toml"))?,
                "policy" => {
                    let text = format!("{name}\n");
                    off.policies.push(SourceFile { path: "policy/switched_off.toml".to_owned(), text });
                }
                "input" => off.input.push(name.to_owned()),
                _ => return Err(format!("`{item}`: nothing is known of a {kind}")),
            }
        }
        off.files.policies.extend(off.policies.iter().cloned());
        Ok(off)
    }

    /// A scenario without the rows that are switched off; `account` is the line that begins so. `#N` in later rows still means the same rows only if none
    /// of those before them go, which the scenarios of such rows must see to.
    pub(super) fn without_rows(&self, scenario: &str) -> String {
        let is_off = |line: &str| {
            let mut words = line.split_whitespace();
            let who = words.next().filter(|first| *first == "account").or_else(|| words.next());
            who.is_some_and(|who| self.input.iter().any(|off| off == who))
        };
        let kept = scenario.lines().filter(|line| line.starts_with('#') || !is_off(line));
        kept.map(|line| format!("{line}\n")).collect()
    }
}

fn remove(files: &mut Vec<SourceFile>, path: &str) -> Result<(), String> {
    let place = files.iter().position(|file| file.path == path).ok_or_else(|| format!("there is no {path}"))?;
    files.remove(place);
    Ok(())
}

/// Compiles the knowledge; where only policies differ, all else is shared with what ships.
pub(super) fn compile(files: &Files, shipped: &Files, knowledge: &Knowledge) -> Option<Knowledge> {
    let mut diagnostics = Vec::new();
    if files == shipped {
        return Some(knowledge.clone());
    }
    if files.rules == shipped.rules {
        let policy = Policy::load(&files.policies, &mut diagnostics);
        return diagnostics.is_empty().then(|| Knowledge { policy: Arc::new(policy), ..knowledge.clone() });
    }
    Knowledge::compile(files, &mut diagnostics)
}
