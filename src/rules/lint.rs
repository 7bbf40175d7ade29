//! What can be told of a condition without a text: branches that never hold, lists that nothing names.

use super::condition::{Comparison, Condition, Node};
use super::fields::{Faults, Placed};
use super::lists::Written;
use crate::diagnostic::Code;

/// The list that no condition needs to name: its terms find nothing, but a negator that stands in one negates no other
/// word (`if this is not fixed, we leave`).
const IDIOMS: &str = "idioms";

/// Notes what is wrong with `condition`, which is sound by itself.
pub(super) fn condition(condition: &Condition, written: &Placed<&str>, lists: &[Written], faults: &mut Faults<'_>) {
    for (index, written) in lists.iter().enumerate() {
        let names = |node: &Node| matches!(node, Node::List(list) | Node::Count(list, ..) if *list == index);
        if written.list.name != IDIOMS && !condition.any(names) {
            let message = format!("nothing names the list `{}`", written.list.name);
            faults.error(Code::ListUnused, &written.span, message, "name it in the condition, or remove it");
        }
    }
    let mut dead = Vec::new();
    condition.walk(&mut |part| dead.extend(contradiction(part)));
    for (part, message) in dead {
        let span = faults.within(written.value, &written.span, &part.span);
        faults.error(Code::ConditionDead, &span, message, "remove the part, or join the parts by `or`");
    }
    if !condition.needs_evidence() {
        let message = "the condition holds without anything having been found";
        let help = "a rule needs words to show: name a list, `emphasis`, `score:…>=N` or `count:…>=N` outside `not`";
        faults.error(Code::ConditionEvidence, &written.span, message, help);
    }
}

/// The part that makes `condition` impossible by itself, and why.
fn contradiction(condition: &Condition) -> Option<(&Condition, String)> {
    match &condition.node {
        Node::And(parts) => parts.iter().enumerate().find_map(|(index, part)| {
            let earlier = parts[..index].iter().find(|earlier| excludes(&earlier.node, &part.node))?;
            let message = match (&earlier.node, &part.node) {
                (Node::Author(one), Node::Author(other)) => {
                    format!("a message has one author, not both {} and {}", one.name(), other.name())
                }
                (Node::Language(one), Node::Language(other)) => {
                    format!("a message has one language, not both {} and {}", one.code(), other.code())
                }
                _ => "this contradicts an earlier part of the condition".to_owned(),
            };
            Some((part, message))
        }),
        Node::Or(parts) => parts.iter().enumerate().find_map(|(index, part)| {
            let same = parts[..index].iter().any(|earlier| earlier.node == part.node);
            same.then(|| (part, "this branch stands in the condition already".to_owned()))
        }),
        Node::Score(_, Comparison::MoreThan, 1_000) => Some((condition, "a score is never more than 1000".to_owned())),
        Node::Score(_, Comparison::LessThan, 0) | Node::Count(_, Comparison::LessThan, 0) => {
            Some((condition, "this is never less than 0".to_owned()))
        }
        _ => None,
    }
}

fn excludes(one: &Node, other: &Node) -> bool {
    match (one, other) {
        (Node::Author(one), Node::Author(other)) => one != other,
        (Node::Language(one), Node::Language(other)) => one != other,
        (Node::Not(inner), other) | (other, Node::Not(inner)) => inner.node == *other,
        _ => false,
    }
}
