//! Lines of a file or a pipe, as records: any bytes, never more in memory than one bounded line.
#![allow(clippy::disallowed_methods, reason = "the programs read files, the engine does not")]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::limits::RECORD_BYTES;

/// Where lines come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Origin {
    /// The standard input for `-`, else the file.
    #[must_use]
    pub fn of(path: &Path) -> Origin {
        if path.as_os_str() == "-" { Origin::Stdin } else { Origin::File(path.to_owned()) }
    }

    /// The name to show: the path as given, or `stdin`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Origin::Stdin => "stdin".to_owned(),
            Origin::File(path) => path.display().to_string(),
        }
    }

    /// Opens it.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(&self) -> io::Result<Lines<Box<dyn BufRead>>> {
        let reader: Box<dyn BufRead> = match self {
            Origin::Stdin => Box::new(BufReader::with_capacity(READ_BYTES, io::stdin())),
            Origin::File(path) => Box::new(BufReader::with_capacity(READ_BYTES, File::open(path)?)),
        };
        Ok(Lines::new(reader))
    }

    /// How many bytes there are, where that can be known beforehand.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match self {
            Origin::Stdin => None,
            Origin::File(path) => path.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len()),
        }
    }
}

/// Bytes that are asked for at once.
const READ_BYTES: usize = 256 * 1024;

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line's number, from 1.
    pub number: u64,
    /// Its bytes without the line end (`\n` or `\r\n`).
    pub bytes: &'a [u8],
}

/// Reads lines one after the other into one buffer. Of a line longer than [`RECORD_BYTES`] one byte more is kept, so
/// that a decoder sees that it is too large, and the rest is skipped.
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    number: u64,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// Lines of what `reader` yields.
    pub fn new(reader: R) -> Lines<R> {
        Lines { reader, buffer: Vec::new(), number: 0, bytes: 0 }
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// When reading fails.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        // The line end does not count, nor does the byte that tells that the line is too long.
        let taken = (&mut self.reader).take(RECORD_BYTES as u64 + 2).read_until(b'\n', &mut self.buffer)?;
        if taken == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += taken as u64;
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
            if self.buffer.last() == Some(&b'\r') {
                self.buffer.pop();
            }
        } else if taken == RECORD_BYTES + 2 {
            self.bytes += self.reader.skip_until(b'\n')? as u64;
            self.buffer.truncate(RECORD_BYTES + 1);
        }
        Ok(Some(Line { number: self.number, bytes: &self.buffer }))
    }

    /// Bytes read so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let mut lines = Lines::new(text);
        let mut all = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            all.push((line.number, line.bytes.to_owned()));
        }
        assert_eq!(lines.bytes_read(), text.len() as u64);
        all
    }

    #[test]
    fn line_ends_of_both_kinds_and_a_last_line_without_one() {
        let expected: &[(u64, &[u8])] = &[(1, b"a"), (2, b""), (3, b"\xffb\0"), (4, b"c")];
        let read = read_all(b"a\r\n\n\xffb\0\nc");
        assert_eq!(read.iter().map(|(number, bytes)| (*number, bytes.as_slice())).collect::<Vec<_>>(), expected);
        assert_eq!(read_all(b""), []);
    }

    #[test]
    fn a_line_beyond_the_limit_is_cut_and_the_next_one_is_whole() {
        let mut text = vec![b'x'; RECORD_BYTES + 1_000];
        text.extend_from_slice(b"\nnext\n");
        let lines = read_all(&text);
        assert_eq!(lines[0].1.len(), RECORD_BYTES + 1);
        assert_eq!(lines[1], (2, b"next".to_vec()));
        let just = [vec![b'x'; RECORD_BYTES], b"\n".to_vec()].concat();
        assert_eq!(read_all(&just)[0].1.len(), RECORD_BYTES);
    }
}
