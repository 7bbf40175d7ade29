//! `docs/SETTINGS.md`, written from the table; a test keeps the file in step.

use std::fmt::Write as _;

use super::table::{Kind, SETTINGS};
use super::{duration, properties};
use crate::time::Span;

const HEAD: &str = "\
# Settings

<!-- Written by `foreshock settings --format markdown`; edit src/settings/table.rs instead. -->

Settings come from three places, each over the one before: a file (`--config foreshock.toml`), the environment
(`FORESHOCK__GROUP__NAME`: `input.start` is `FORESHOCK__INPUT__START`), and flags (`--set input.start=latest`, or a
flag of its own such as `--brokers`). `foreshock settings` lists what is in force and where each value came from.
A wrong one stops the program with all faults at once, each with its number, the allowed values, the nearest key and
the place that it came from. Paths are relative to the working folder.

```toml
[kafka]
brokers = [\"broker-1.example.com:9092\", \"broker-2.example.com:9092\"]
group_id = \"foreshock\"

[kafka.properties]
\"security.protocol\" = \"ssl\"

[input]
start = \"2026-01-31T09:00:00Z\"

[output]
publish_max_age = \"30m\"
```

";

/// The document as Markdown.
#[must_use]
pub fn document() -> String {
    let mut out = HEAD.to_owned();
    let mut group = "";
    for setting in SETTINGS {
        let (this, _) = setting.key.split_once('.').unwrap_or((setting.key, ""));
        if this != group {
            group = this;
            let _ = write!(out, "## [{group}]\n\n| setting | value | default | what it does |\n|---|---|---|---|\n");
        }
        let default = if setting.default.is_empty() { "(empty)".to_owned() } else { format!("`{}`", setting.default) };
        let _ = writeln!(out, "| `{}` | {} | {default} | {} |", setting.key, values(setting.kind), setting.doc);
        let last_of_group = SETTINGS.iter().rfind(|other| other.key.starts_with(&format!("{group}.")));
        if last_of_group.is_some_and(|last| last.key == setting.key) {
            out.push('\n');
            if group == "kafka" {
                pass_through(&mut out);
            }
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn pass_through(out: &mut String) {
    out.push_str(
        "### [kafka.properties]\n\nAny property of librdkafka, handed on as it is, to consumer and producer alike (those that only one of \
         them has, to that one): `\"ssl.ca.location\" = \"ca.pem\"`, or in the environment \
         `FORESHOCK__KAFKA__PROPERTIES__SSL__CA__LOCATION`. These are refused, since exactly-once rests on them or a setting of ours \
         says the same:\n\n| property | why |\n|---|---|\n",
    );
    for (property, reason) in properties::all_reserved() {
        let _ = writeln!(out, "| `{property}` | {reason} |");
    }
    out.push('\n');
}

/// The allowed values in words.
fn values(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::OptionalText => "text or empty".to_owned(),
        Kind::Choice(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Kind::Switch => "`true`, `false`".to_owned(),
        Kind::Count { min, max } => format!("{min} to {max}"),
        Kind::Duration { min, max } => {
            format!("duration, `{}` to `{}`", duration::format(Span(min)), duration::format(Span(max)))
        }
        Kind::Brokers => "`host:port`, several as a list or with commas".to_owned(),
        Kind::Topic => "topic".to_owned(),
        Kind::OptionalTopic => "topic or empty".to_owned(),
        Kind::Listen => "`address:port` or empty".to_owned(),
        Kind::Path => "path or empty".to_owned(),
        Kind::Start => "`earliest`, `latest`, RFC 3339 time".to_owned(),
    }
}
