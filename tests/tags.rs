//! `docs/TAGS.md`: the vocabulary of tags, written from policy and rules.

use std::fmt::Write as _;
use std::path::Path;

use expect_test::expect_file;
use foreshock::knowledge::Knowledge;
use foreshock::policy::TagKind;

const HEAD: &str = "# Tags

The words that `data.tags` of a trigger can have, beside its reason ([TRIGGERS.md](TRIGGERS.md)) and the account's tier. The vocabulary is
closed: a rule with another tag does not load (`F0209`). Words are added, and keep their meaning. `[tag]` in a policy of your own adds words for
rules of your own, or sets one `\"off\"`: triggers are then not tagged with it.

";

#[test]
fn the_vocabulary_is_documented_and_each_word_of_it_is_used() {
    let knowledge = Knowledge::shipped();
    let mut document = HEAD.to_owned();
    for (kind, about) in [
        (TagKind::Feeling, "how the customer feels"),
        (TagKind::PainPoint, "what hurts"),
        (TagKind::Wish, "what the customer wants to happen, or means to do"),
        (TagKind::Conduct, "what our side did"),
    ] {
        write!(document, "## `{}`: {about}\n\n| tag | rules |\n|---|---|\n", kind.name()).expect("a String takes all");
        for (tag, _) in knowledge.policy.tags.iter().filter(|(_, found)| *found == kind) {
            let rules = knowledge.detector.rules().iter().filter(|rule| rule.tags.iter().any(|of_rule| of_rule == tag));
            let rules: Vec<String> = rules.map(|rule| format!("`{}`", rule.id)).collect();
            assert!(!rules.is_empty(), "no rule has the tag `{tag}`");
            writeln!(document, "| `{tag}` | {} |", rules.join(", ")).expect("a String takes all");
        }
        document.push('\n');
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/TAGS.md");
    expect_file![path].assert_eq(&format!("{}\n", document.trim_end()));
}
