//! Numbers, texts and frames as bytes. Reading is total: whatever the bytes are, it ends with a value or with the place
//! where they make no sense.

use super::dictionary::Dictionary;

/// Why bytes are no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// A later version of the program wrote it.
    #[error("it has version {found} of the format, and this program reads up to version {known}")]
    Newer {
        /// The version of the bytes.
        found: u8,
        /// The latest version that is understood.
        known: u8,
    },
    /// It holds one of a closed set (a signal, a level, a status, …) that a later version of the program has added.
    #[error("byte {at} stands for something that this program does not know; a later version may have written it")]
    Unknown {
        /// Its offset.
        at: usize,
    },
    /// The bytes cannot be what the program wrote.
    #[error("it makes no sense from byte {at} on")]
    Corrupt {
        /// The offset of the first byte that makes no sense.
        at: usize,
    },
}

/// Appends values to a buffer.
pub(super) struct Writer<'a> {
    pub(super) out: &'a mut Vec<u8>,
    pub(super) dictionary: &'a Dictionary,
}

impl Writer<'_> {
    /// An unsigned number: seven bits a byte, the lowest first (LEB128).
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    /// Bytes with their length before them.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    /// What `body` writes, with its length before it: a reader that knows less can skip what is new in it.
    pub(super) fn frame(&mut self, body: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        body(self);
        let end = self.out.len();
        self.number((end - start) as u64);
        let prefix = self.out.len() - end;
        self.out[start..].rotate_right(prefix);
    }
}

/// Takes values from bytes.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Nothing of the frame at hand lies at or beyond this.
    end: usize,
    pub(super) dictionary: &'a Dictionary,
}

impl<'a> Reader<'a> {
    /// A reader of all of `bytes`.
    pub(crate) fn new(bytes: &'a [u8], dictionary: &'a Dictionary) -> Reader<'a> {
        Reader { bytes, at: 0, end: bytes.len(), dictionary }
    }

    /// What is read at this place makes no sense.
    pub(crate) fn corrupt<T>(&self) -> Result<T, SnapshotError> {
        Err(SnapshotError::Corrupt { at: self.at })
    }

    /// What the last `count` bytes stand for is not known.
    pub(super) fn unknown<T>(&self, count: usize) -> Result<T, SnapshotError> {
        Err(SnapshotError::Unknown { at: self.at - count })
    }

    /// Whether the frame at hand has nothing more.
    pub(super) const fn is_at_end(&self) -> bool {
        self.at == self.end
    }

    /// As many bytes as asked for.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], SnapshotError> {
        if count > self.end - self.at {
            return self.corrupt();
        }
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(taken)
    }

    /// One byte.
    pub(crate) fn byte(&mut self) -> Result<u8, SnapshotError> {
        Ok(self.take(1)?[0])
    }

    /// As [`Writer::number`] wrote it, in as few bytes as it takes.
    pub(super) fn number(&mut self) -> Result<u64, SnapshotError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            number |= bits << shift;
            if (bits << shift) >> shift != bits || (byte == 0 && shift > 0) {
                return self.corrupt();
            }
            if byte < 0x80 {
                return Ok(number);
            }
        }
        self.corrupt()
    }

    /// A number of things, at most `most`.
    pub(super) fn count(&mut self, most: usize) -> Result<usize, SnapshotError> {
        match usize::try_from(self.number()?) {
            Ok(count) if count <= most => Ok(count),
            _ => self.corrupt(),
        }
    }

    /// As [`Writer::bytes`] wrote them, at most `most`.
    pub(super) fn bytes(&mut self, most: usize) -> Result<&'a [u8], SnapshotError> {
        let count = self.count(most)?;
        self.take(count)
    }

    /// A text of at most `most` bytes.
    pub(super) fn text(&mut self, most: usize) -> Result<&'a str, SnapshotError> {
        let bytes = self.bytes(most)?;
        std::str::from_utf8(bytes).or_else(|_| self.corrupt())
    }

    /// As [`Writer::frame`] wrote it; what `body` leaves of it is skipped.
    pub(super) fn frame<T>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<T, SnapshotError>,
    ) -> Result<T, SnapshotError> {
        let length = self.count(self.end - self.at)?;
        if length > self.end - self.at {
            return self.corrupt();
        }
        let outer = std::mem::replace(&mut self.end, self.at + length);
        let value = body(self);
        self.at = self.end;
        self.end = outer;
        value
    }
}
