//! A conversation's state as bytes that outlive the program: compact, versioned, and read without trust.
//!
//! ```text
//! version (1 byte) · account id · conversation, each struct a frame: length, then its fields in order
//! ```
//!
//! Frames make growth cheap: an older program skips what is new at the end of a frame, a newer one takes the default
//! where it is missing, so that a fleet can be upgraded and rolled back process by process. The version changes only when
//! that is not enough. Rules, teams and signals are named by hashes of their names, never by their places.

mod bytes;
mod dictionary;
mod field;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use bytes::Reader;
pub use bytes::SnapshotError;
pub(crate) use dictionary::Dictionary;

use super::Conversation;
use crate::limits;
use bytes::Writer;
use field::Field;

/// The version that is written, and the latest that is read.
pub const VERSION: u8 = 1;

/// Appends the snapshot of a conversation with that account.
pub(crate) fn encode(account: &str, conversation: &Conversation, dictionary: &Dictionary, out: &mut Vec<u8>) {
    out.push(VERSION);
    let mut writer = Writer { out, dictionary };
    writer.bytes(account.as_bytes());
    conversation.write(&mut writer);
}

/// The conversation as it is by the names of another dictionary: what a snapshot out of the one and into the other gives.
/// `bytes` is a buffer.
///
/// # Errors
/// When the conversation is none that could be read back.
pub(crate) fn translate(
    conversation: &Conversation,
    from: &Dictionary,
    to: &Dictionary,
    bytes: &mut Vec<u8>,
) -> Result<Conversation, SnapshotError> {
    bytes.clear();
    conversation.write(&mut Writer { out: bytes, dictionary: from });
    Conversation::read(&mut Reader::new(bytes, to))
}

/// The account and the conversation of a snapshot.
///
/// # Errors
/// When the bytes are none, or one of a later version.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    dictionary: &'a Dictionary,
) -> Result<(&'a str, Conversation), SnapshotError> {
    let mut reader = Reader::new(bytes, dictionary);
    match reader.byte()? {
        VERSION => {}
        0 => return Err(SnapshotError::Corrupt { at: 0 }),
        found => return Err(SnapshotError::Newer { found, known: VERSION }),
    }
    let account = reader.text(limits::ID_BYTES)?;
    let conversation = Conversation::read(&mut reader)?;
    if reader.is_at_end() { Ok((account, conversation)) } else { reader.corrupt() }
}
