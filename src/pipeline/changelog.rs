//! The changelog: a partition's state as records of a compacted topic, each keyed by what it is about.
//!
//! ```text
//! key   0                                      the partition's position
//!       1 · length of the tenant (2 bytes, little-endian) · tenant · conversation
//! value of a position                          see [`Position`]
//!       of a conversation                      its snapshot; none (a tombstone) once it is forgotten
//! ```

use crate::risk::snapshot::{Dictionary, Reader, SnapshotError};
use crate::time::Timestamp;

const POSITION: u8 = 0;
const CONVERSATION: u8 = 1;
/// The version of positions that is written, and the latest that is read.
const POSITION_VERSION: u8 = 2;
/// The version before it, which is read, too: it had two numbers more, which nothing rested on.
const POSITION_VERSION_OLD: u8 = 1;
/// No watermark yet.
const NO_TIME: i64 = i64::MIN;

/// Why a record of the changelog cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangelogError {
    /// Its key is none that this version writes.
    #[error("its key is not of a kind that this version knows")]
    Key,
    /// Its value is no position that this version reads.
    #[error("the position in it cannot be read")]
    Position,
    /// Its value is no snapshot that this version reads.
    #[error("the snapshot in it cannot be read: {0}")]
    Snapshot(#[from] SnapshotError),
}

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key<'a> {
    /// How far the partition has come.
    Position,
    /// A conversation's state.
    Conversation {
        /// The helpdesk tenant.
        tenant: &'a str,
        /// The conversation.
        conversation: &'a str,
    },
}

impl<'a> Key<'a> {
    /// Appends the key's bytes.
    pub fn write(self, out: &mut Vec<u8>) {
        match self {
            Key::Position => out.push(POSITION),
            Key::Conversation { tenant, conversation } => {
                out.push(CONVERSATION);
                // Ids that pass the decoder are far shorter than what 16 bits count, and the store cuts all others.
                out.extend_from_slice(&(tenant.len() as u16).to_le_bytes());
                out.extend_from_slice(tenant.as_bytes());
                out.extend_from_slice(conversation.as_bytes());
            }
        }
    }

    /// Reads a key.
    ///
    /// # Errors
    /// When it is of no kind that is known.
    pub fn read(bytes: &'a [u8]) -> Result<Key<'a>, ChangelogError> {
        match bytes {
            [POSITION] => Ok(Key::Position),
            [CONVERSATION, low, high, ids @ ..] => {
                let length = usize::from(u16::from_le_bytes([*low, *high]));
                let (tenant, conversation) = ids.split_at_checked(length).ok_or(ChangelogError::Key)?;
                let text = |bytes| std::str::from_utf8(bytes).map_err(|_| ChangelogError::Key);
                Ok(Key::Conversation { tenant: text(tenant)?, conversation: text(conversation)? })
            }
            _ => Err(ChangelogError::Key),
        }
    }
}

/// How far a partition has come: written with each transaction that touches it, so that state and offsets can be held
/// against each other after a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The offset of the next record to read: all before it are in the state.
    pub next_offset: i64,
    /// The newest event time that was seen.
    pub watermark: Option<Timestamp>,
    /// The knowledge that decided, as in triggers.
    pub knowledge_hash: String,
    /// The program's version.
    pub engine_version: String,
}

impl Position {
    /// Appends version (1 byte), offset, watermark (8 bytes each, little-endian), then the two texts, each with its length
    /// (1 byte) before it. Later versions of the program may append more.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(POSITION_VERSION);
        out.extend_from_slice(&self.next_offset.to_le_bytes());
        out.extend_from_slice(&self.watermark.map_or(NO_TIME, |time| time.0).to_le_bytes());
        for text in [&self.knowledge_hash, &self.engine_version] {
            let text = &text.as_bytes()[..text.floor_char_boundary(usize::from(u8::MAX))];
            out.push(text.len() as u8);
            out.extend_from_slice(text);
        }
    }

    /// Reads a position.
    ///
    /// # Errors
    /// When it is none, or of a later version.
    pub fn read(bytes: &[u8]) -> Result<Position, ChangelogError> {
        Position::take(&mut Reader::new(bytes, &Dictionary::default())).map_err(|_| ChangelogError::Position)
    }

    fn take(from: &mut Reader<'_>) -> Result<Position, SnapshotError> {
        let version = from.byte()?;
        if !(POSITION_VERSION_OLD..=POSITION_VERSION).contains(&version) {
            return from.corrupt();
        }
        let (next_offset, watermark) = (number(from)?, number(from)?);
        if version == POSITION_VERSION_OLD {
            from.take(16)?;
        }
        let watermark = (watermark != NO_TIME).then_some(Timestamp(watermark));
        let (knowledge_hash, engine_version) = (text(from)?, text(from)?);
        if next_offset < 0 {
            return from.corrupt();
        }
        Ok(Position { next_offset, watermark, knowledge_hash, engine_version })
    }
}

/// Eight bytes, little-endian.
fn number(from: &mut Reader<'_>) -> Result<i64, SnapshotError> {
    let bytes = from.take(8)?;
    Ok(i64::from_le_bytes(bytes.try_into().expect("eight bytes were taken")))
}

/// A text with its length, one byte, before it.
fn text(from: &mut Reader<'_>) -> Result<String, SnapshotError> {
    let length = from.byte()?;
    let bytes = from.take(usize::from(length))?;
    std::str::from_utf8(bytes).map(str::to_owned).or_else(|_| from.corrupt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_written() {
        for key in [
            Key::Position,
            Key::Conversation { tenant: "", conversation: "c-1" },
            Key::Conversation { tenant: "acme", conversation: "" },
            Key::Conversation { tenant: "ä".repeat(128).as_str(), conversation: "ü" },
        ] {
            let mut bytes = Vec::new();
            key.write(&mut bytes);
            assert_eq!(Key::read(&bytes), Ok(key));
        }
        for bytes in [&b""[..], b"\0\0", b"\x01", b"\x01\x05\0abc", b"\x01\0\0\xff", b"\x02x"] {
            assert_eq!(Key::read(bytes), Err(ChangelogError::Key), "{bytes:?}");
        }
    }

    #[test]
    fn positions_of_the_first_version_are_read() {
        let position = Position {
            next_offset: 7,
            watermark: Some(Timestamp(9)),
            knowledge_hash: "8c1f".to_owned(),
            engine_version: "0.1.0".to_owned(),
        };
        let mut bytes = Vec::new();
        position.write(&mut bytes);
        bytes[0] = 1;
        bytes.splice(17..17, [5; 16]);
        assert_eq!(Position::read(&bytes), Ok(position));
        bytes[0] = 3;
        assert_eq!(Position::read(&bytes), Err(ChangelogError::Position));
    }

    #[test]
    fn positions_are_read_as_written() {
        let position = |watermark| Position {
            next_offset: 1 << 40,
            watermark,
            knowledge_hash: "8c1f".to_owned(),
            engine_version: "0.1.0".to_owned(),
        };
        for position in [position(None), position(Some(Timestamp(-5)))] {
            let mut bytes = Vec::new();
            position.write(&mut bytes);
            assert_eq!(Position::read(&bytes), Ok(position));
            for end in 0..bytes.len() {
                assert_eq!(Position::read(&bytes[..end]), Err(ChangelogError::Position), "cut at {end}");
            }
        }
    }
}
