//! What rows of the checklist show that no single conversation can: each takes knowledge and what is switched off, and
//! yields lines of text.

use foreshock::knowledge::Knowledge;

use super::switch::Off;

/// Knowledge in, lines of text out.
pub(super) type Proof = fn(&Knowledge, &Off) -> String;

/// The tests that rows name as `test:NAME`.
pub(super) const PROOFS: &[(&str, Proof)] = &[];
