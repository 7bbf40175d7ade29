//! What must not raise an alert, by whom it was decided, why, and until when.

use super::document::Document;
use crate::diagnostic::Code;
use crate::time::{Span, Timestamp};

/// One exception. Empty fields mean all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exception {
    /// Its name in the policy.
    pub name: String,
    /// A rule's id or a built-in factor's, e.g. `loop.bot_link`.
    pub rule: String,
    /// The account.
    pub account: String,
    /// The helpdesk tenant.
    pub tenant: String,
    /// A tag of the trigger.
    pub tag: String,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub author: String,
    /// The first moment at which it no longer holds: the midnight (UTC) after its last day.
    pub until: Timestamp,
}

impl Exception {
    /// Whether it holds for what an account of a tenant raised at a time, under these tags. Whether the rule is meant is
    /// for the caller to see.
    #[must_use]
    pub fn holds(&self, tenant: &str, account: &str, tags: &[String], time: Timestamp) -> bool {
        let is = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
        let tagged = self.tag.is_empty() || tags.contains(&self.tag);
        time < self.until && is(&self.tenant, tenant) && is(&self.account, account) && tagged
    }

    /// Reads the tables `[exception.NAME]`.
    pub(super) fn read_all(document: &mut Document<'_>) -> Vec<Exception> {
        let names = document.tables("exception");
        names.into_iter().map(|name| Exception::read(document, name)).collect()
    }

    fn read(document: &mut Document<'_>, name: String) -> Exception {
        let key = |field: &str| format!("exception.{name}.{field}");
        let mut text =
            |field: &str| if document.has(&key(field)) { document.text(&key(field)).0 } else { String::new() };
        let [rule, account, tenant, tag] = ["rule", "account", "tenant", "tag"].map(&mut text);
        let [reason, author] = ["reason", "author"].map(&mut text);
        let until = if document.has(&key("until")) { document.date(&key("until")) } else { String::new() };
        let at = document.first_place(&format!("exception.{name}"));
        let missing = [("reason", &reason), ("author", &author), ("until", &until)];
        for (field, _) in missing.iter().filter(|(_, value)| value.is_empty()) {
            let message = format!("`exception.{name}` has no `{field}`");
            let help = "an exception says why, who decided it, and until when: reason, author, until = 2026-12-31";
            document.report(Code::PolicyOutOfRange, at.clone(), message, help);
        }
        if [&rule, &account, &tenant, &tag].iter().all(|field| field.is_empty()) {
            let message = format!("`exception.{name}` would hold back everything");
            document.report(Code::PolicyOutOfRange, at.clone(), message, "name a rule, an account, a tenant or a tag");
        }
        let end = day_after(&until);
        if end.is_none() && !until.is_empty() {
            let message = format!("`exception.{name}.until` is {until}");
            document.report(Code::PolicyOutOfRange, at, message, "write its last day as a date: 2026-12-31");
        }
        Exception { name, rule, account, tenant, tag, reason, author, until: end.unwrap_or(Timestamp::MIN) }
    }
}

/// The midnight (UTC) after a date.
fn day_after(date: &str) -> Option<Timestamp> {
    let date: jiff::civil::Date = date.parse().ok()?;
    let midnight = jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    Some(Timestamp(midnight.as_millisecond()) + Span::days(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceFile;
    use crate::policy::Policy;

    fn load(text: &str) -> (Policy, Vec<String>) {
        let file = SourceFile { path: "policy/own.toml".to_owned(), text: text.to_owned() };
        let mut diagnostics = Vec::new();
        let policy = Policy::load(&[file], &mut diagnostics);
        (policy, diagnostics.into_iter().map(|found| found.message).collect())
    }

    #[test]
    fn an_exception_holds_to_the_end_of_its_last_day() {
        let (policy, faults) = load(
            "[exception.move]\naccount = \"a1\"\nrule = \"outage.down\"\nreason = \"they move\"\nauthor = \"Dana\"\n\
             until = 2026-03-02\n",
        );
        assert_eq!(faults, [""; 0]);
        let last = Timestamp(1_772_495_999_999);
        let holds = |account: &str, time: Timestamp| policy.exceptions[0].holds("", account, &[], time);
        assert_eq!((holds("a1", last), holds("a1", last + Span(1)), holds("a2", last)), (true, false, false));
    }

    #[test]
    fn an_exception_says_why_by_whom_until_when_and_for_what() {
        let (_, faults) = load("[exception.all]\nreason = \"quiet, please\"\nuntil = 08:00:00\n");
        let expected = [
            "`exception.all` has no `author`",
            "`exception.all` would hold back everything",
            "`exception.all.until` is 08:00:00",
        ];
        assert_eq!(faults, expected);
    }
}
