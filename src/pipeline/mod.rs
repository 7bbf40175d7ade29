//! One partition's protocol without I/O: records in, an epoch (what one commit must carry) out; undo on abort.
//!
//! An epoch is one transaction. [`Partition::apply`] decodes a record, steps the engine and adds what must be published
//! to the [`Epoch`]; then the caller commits and calls [`Partition::commit`], or aborts and calls
//! [`Partition::abort`], which restores the state from before the epoch so that the same records can be applied again.
//!
//! [`Partition::write_changes`] adds what the epoch changed as records of a changelog; [`Partition::restore`] takes them
//! back in another life, which then goes on as this one would have.
//!
//! Where [`Options::second_stage`] is set, an epoch also holds what [`SecondStage`] needs to see across conversations.

mod changelog;
mod epoch;
mod partition;
mod second;
mod sight;

pub use changelog::{ChangelogError, Key, Position};
pub use epoch::{Change, Counts, Destination, Epoch, Output};
pub use partition::{ADVANCE_MAX, Options, Partition, Workspace};
pub use second::SecondStage;
