//! Enumerations as sources write them: tolerant of case and of `_`, `-`, `.` and spaces between words, and of common
//! synonyms. `docs/EVENTS.md` has the tables.

use crate::account::Tier;
use crate::message::{AuthorType, Format, Priority, Status, VerdictOutcome};

/// The longest name that any table below holds, without separators.
const LONGEST: usize = 24;

/// A name folded for comparison: lower case, without separators.
struct Folded {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Folded {
    /// `None` if the name is longer than any that is known.
    fn new(name: &str) -> Option<Folded> {
        let mut folded = Folded { bytes: [0; LONGEST], length: 0 };
        for byte in name.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b'.' | b' ')) {
            *folded.bytes.get_mut(folded.length)? = byte.to_ascii_lowercase();
            folded.length += 1;
        }
        Some(folded)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// The role that a source's name for an author means.
pub(crate) fn author_type(name: &str) -> AuthorType {
    // The common names first, as they are.
    if let Some(exact) = AuthorType::from_name(name) {
        return exact;
    }
    Folded::new(name).map_or(AuthorType::Unknown, |folded| match folded.as_str() {
        "customer" | "enduser" | "user" | "contact" | "client" | "requester" | "lead" | "visitor" | "guest"
        | "subscriber" | "buyer" | "consumer" | "member" => AuthorType::Customer,
        "agent" | "admin" | "staff" | "operator" | "teammate" | "employee" | "supportagent" | "humanagent"
        | "human" | "representative" | "rep" | "csr" | "csm" | "support" => AuthorType::Agent,
        "bot" | "chatbot" | "assistant" | "ai" | "aiagent" | "aiassistant" | "virtualagent" | "virtualassistant"
        | "answerbot" | "llm" | "model" => AuthorType::Bot,
        "system" | "trigger" | "automation" | "workflow" | "integration" | "app" | "service" => AuthorType::System,
        _ => AuthorType::Unknown,
    })
}

/// What kind of event a source's name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KindName {
    Message,
    InternalNote,
    StatusChange,
    AssignmentChange,
    Edit,
    Delete,
    Merge,
    Erase,
    Verdict,
}

pub(crate) fn kind(name: &str) -> Option<KindName> {
    if name == "message" {
        return Some(KindName::Message);
    }
    Some(match Folded::new(name)?.as_str() {
        "message" | "comment" | "reply" | "publicreply" | "publiccomment" => KindName::Message,
        "internalnote" | "note" | "privatenote" | "internal" | "internalcomment" | "privatecomment" => {
            KindName::InternalNote
        }
        "statuschange" | "statuschanged" | "statusupdate" | "prioritychange" | "prioritychanged" => {
            KindName::StatusChange
        }
        "assignmentchange" | "assignmentchanged" | "assignment" | "assigneechange" | "assigneechanged" | "assigned"
        | "reassigned" | "teamchange" | "teamchanged" => KindName::AssignmentChange,
        "edit" | "edited" | "messageedited" | "messageupdated" => KindName::Edit,
        "delete" | "deleted" | "messagedeleted" => KindName::Delete,
        "merge" | "merged" => KindName::Merge,
        "erase" | "erased" | "erasure" | "forget" => KindName::Erase,
        "verdict" | "outcome" => KindName::Verdict,
        _ => return None,
    })
}

pub(crate) fn outcome(name: &str) -> Option<VerdictOutcome> {
    Some(match Folded::new(name)?.as_str() {
        "acknowledged" | "acknowledge" | "ack" | "acked" | "seen" => VerdictOutcome::Acknowledged,
        "assigned" | "assign" | "claimed" | "accepted" => VerdictOutcome::Assigned,
        "resolved" | "resolve" | "solved" | "done" | "closed" | "fixed" => VerdictOutcome::Resolved,
        "falsealarm" | "falsepositive" | "dismissed" | "notanissue" => VerdictOutcome::FalseAlarm,
        "rerouted" | "reroute" | "routedelsewhere" | "transferred" | "reassigned" => VerdictOutcome::Rerouted,
        "snooze" | "snoozed" | "putoff" | "postponed" => VerdictOutcome::Snooze,
        "mute" | "muted" | "silence" | "silenced" => VerdictOutcome::Mute,
        _ => return None,
    })
}

pub(crate) fn status(name: &str) -> Option<Status> {
    Some(match Folded::new(name)?.as_str() {
        "new" | "created" | "unassigned" => Status::New,
        "open" | "opened" | "active" | "inprogress" | "reopened" | "assigned" => Status::Open,
        "pending" | "waiting" | "waitingoncustomer" | "waitingforcustomer" | "awaitingcustomer" | "pendingcustomer" => {
            Status::Pending
        }
        "onhold" | "hold" | "paused" | "snoozed" | "blocked" | "waitingonthirdparty" => Status::OnHold,
        "resolved" | "solved" | "done" | "completed" | "fixed" => Status::Resolved,
        "closed" | "archived" | "ended" => Status::Closed,
        _ => return None,
    })
}

pub(crate) fn priority(name: &str) -> Option<Priority> {
    Some(match Folded::new(name)?.as_str() {
        "p1" | "p0" | "urgent" | "critical" | "highest" | "blocker" | "sev1" | "emergency" => Priority::P1,
        "p2" | "high" | "sev2" | "major" => Priority::P2,
        "p3" | "normal" | "medium" | "default" | "standard" | "sev3" => Priority::P3,
        "p4" | "p5" | "low" | "lowest" | "minor" | "trivial" | "sev4" => Priority::P4,
        _ => return None,
    })
}

pub(crate) fn tier(name: &str) -> Option<Tier> {
    Some(match Folded::new(name)?.as_str() {
        "free" | "trial" | "community" | "freemium" => Tier::Free,
        "starter" | "basic" | "small" | "smb" | "lite" | "selfserve" => Tier::Starter,
        "business" | "pro" | "professional" | "growth" | "team" | "midmarket" | "standard" | "plus" => Tier::Business,
        "enterprise" | "premium" | "large" | "corporate" => Tier::Enterprise,
        "strategic" | "key" | "keyaccount" | "vip" | "platinum" | "global" => Tier::Strategic,
        _ => return None,
    })
}

pub(crate) fn format(name: &str) -> Option<Format> {
    Some(match Folded::new(name)?.as_str() {
        "plain" | "text" | "text/plain" | "plaintext" | "markdown" | "text/markdown" | "md" => Format::Plain,
        "html" | "text/html" | "richtext" => Format::Html,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_names_mean_themselves() {
        for author in AuthorType::ALL {
            assert_eq!(author_type(author.name()), author);
        }
        for (known, name) in Status::ALL.map(|s| (s, s.name())) {
            assert_eq!(status(name), Some(known));
        }
        for (known, name) in Priority::ALL.map(|p| (p, p.name())) {
            assert_eq!(priority(name), Some(known));
        }
        for (known, name) in Tier::ALL.map(|t| (t, t.name())) {
            assert_eq!(tier(name), Some(known));
        }
        for (known, name) in VerdictOutcome::ALL.map(|o| (o, o.name())) {
            assert_eq!(outcome(name), Some(known));
        }
    }

    #[test]
    fn case_separators_and_synonyms() {
        for name in ["end_user", "End-User", "endUser", "END USER", "contact", "Customer"] {
            assert_eq!(author_type(name), AuthorType::Customer, "{name}");
        }
        assert_eq!(author_type("admin"), AuthorType::Agent);
        assert_eq!(author_type("AI agent"), AuthorType::Bot);
        assert_eq!(author_type("martian"), AuthorType::Unknown);
        assert_eq!(author_type("a name that is longer than any that could be known"), AuthorType::Unknown);
        assert_eq!(priority("URGENT"), Some(Priority::P1));
        assert_eq!(status("on-hold"), Some(Status::OnHold));
        assert_eq!(kind("Internal Note"), Some(KindName::InternalNote));
        assert_eq!(kind("phone_call"), None);
        assert_eq!(outcome("false positive"), Some(VerdictOutcome::FalseAlarm));
    }
}
