//! Dead letters: records that could not be used, with the reason and what is needed to find or repair them.

use crate::time::Timestamp;
use crate::wire::json::Writer;
use crate::wire::record::Reject;

/// What a dead letter holds of the record that could not be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PayloadMode {
    /// The original bytes, up to [`crate::limits::DEAD_LETTER_BYTES`].
    #[default]
    Full,
    /// The record's text with card numbers, addresses, phone numbers and tokens masked.
    Masked,
    /// Nothing but its size and hash.
    None,
}

/// A record that could not be used.
#[derive(Clone, Copy, Debug)]
pub struct DeadLetter<'a> {
    /// Why it could not be used.
    pub reject: &'a Reject,
    /// The topic it was read from, or the file's name.
    pub topic: &'a str,
    /// Its partition; 0 for a file.
    pub partition: i32,
    /// Its offset, or its line in the file, from 0.
    pub offset: i64,
    /// Its key.
    pub key: Option<&'a [u8]>,
    /// Its value.
    pub value: Option<&'a [u8]>,
    /// When it reached the log.
    pub arrival: Option<Timestamp>,
    /// What to keep of it.
    pub payload: PayloadMode,
}

/// Appends the dead letter as JSON.
pub fn encode_dead_letter(letter: &DeadLetter<'_>, out: &mut Vec<u8>) {
    let mut writer = Writer::new(out);
    writer.open(b'{').key("schema_version").raw(1).key("reason").string(letter.reject.reason.name());
    writer.key("detail").string(&letter.reject.detail).key("topic").string(letter.topic);
    writer.key("partition").raw(letter.partition).key("offset").raw(letter.offset);
    writer.key("size").raw(letter.value.map_or(0, <[u8]>::len)).close(b'}');
}
