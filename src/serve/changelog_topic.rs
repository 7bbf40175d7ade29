//! Whether a topic can keep states: asked by `serve` before it starts, and by `foreshock topics`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::state_fault::{StateFault, StateProblem};
use crate::kafka::Inquiry;
use crate::limits;

/// The largest record that a changelog has to take: a conversation's snapshot with its key, alone in a batch.
pub(super) const RECORD_BYTES: usize = limits::SNAPSHOT_BYTES + 2 * limits::ID_BYTES + 128;

/// What is wrong with the changelog, if anything is: it has to be there, beside the events partition by partition, with
/// nothing of it deleted but what a later record replaces, and with room for the largest state. `found` holds the numbers
/// of partitions of the topics that exist; `events`, whose states it keeps, must be one of them. What the cluster does not
/// tell is taken to be well.
#[must_use]
pub fn changelog_fault(
    changelog: &str,
    events: &str,
    found: &BTreeMap<String, i32>,
    inquiry: &Inquiry,
    timeout: Duration,
) -> Option<StateFault> {
    let problem = |problem| Some(StateFault { changelog: changelog.to_owned(), events: events.to_owned(), problem });
    let wanted = *found.get(events)?;
    match found.get(changelog).copied() {
        None => return problem(StateProblem::Missing { partitions: wanted }),
        Some(found) if found != wanted => return problem(StateProblem::Partitions { found, wanted }),
        Some(_) => {}
    }
    if let Some(policy) = inquiry.setting(changelog, "cleanup.policy", timeout)
        && policy != "compact"
    {
        return problem(StateProblem::NotCompacted { policy });
    }
    let most = inquiry.record_bytes_max(&[changelog], timeout)[changelog];
    if most < RECORD_BYTES { problem(StateProblem::Narrow { found: most, wanted: RECORD_BYTES }) } else { None }
}
