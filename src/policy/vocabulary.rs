//! What rules name of policy: tags from its vocabulary, teams from its list.

use super::Policy;
use crate::diagnostic::{Code, Diagnostic, Location, SourceFile};
use crate::rules::{Rule, RuleSet};

/// Reports tags and teams of rules that the policy does not have.
pub(super) fn check(policy: &Policy, files: &[SourceFile], rules: &RuleSet, diagnostics: &mut Vec<Diagnostic>) {
    for rule in rules.rules() {
        for tag in rule.tags.iter().filter(|tag| policy.tags.kind(tag).is_none()) {
            let message = format!("`{tag}` is not in the vocabulary of tags");
            let help = format!("use one of docs/TAGS.md, or add it to your policy: [tag] {tag} = \"pain_point\"");
            diagnostics.push(Diagnostic::error(Code::RuleTag, place(files, rule, "tags", tag), message).help(help));
        }
        if !rule.route.is_empty() && policy.routing.team(&rule.route).is_none() {
            let message = format!("there is no team `{}`", rule.route);
            let at = place(files, rule, "route", &rule.route);
            let teams = policy.routing.teams.join(", ");
            let help = format!(
                "there are: {teams}; the default team gets such a case, and its trigger is marked `unroutable`"
            );
            diagnostics.push(Diagnostic::warning(Code::RuleTeam, at, message).help(help));
        }
    }
}

/// Where a field of a rule names something.
fn place(files: &[SourceFile], rule: &Rule, field: &str, name: &str) -> Location {
    let is_of = |file: &&SourceFile| {
        let stem = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".toml"));
        stem == Some(rule.id.as_str())
    };
    let Some(file) = files.iter().rfind(is_of) else { return Location::default() };
    let line = file.text.split_inclusive('\n').scan(0, |start, line| {
        let from = *start;
        *start += line.len();
        Some((from, line))
    });
    let from = line.into_iter().find(|(_, line)| line.trim_start().starts_with(field)).map_or(0, |(from, _)| from);
    let quoted = format!("\"{name}\"");
    let start = file.text[from..].find(&quoted).map_or(from, |found| from + found);
    Location::of_bytes(&file.path, &file.text, start, start + quoted.len())
}
