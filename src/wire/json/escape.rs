//! Escape sequences in strings.

use std::borrow::Cow;

use super::read::{Fault, Json, floor_char_boundary};
use super::scan::plain_run;

impl<'a> Json<'a> {
    /// The rest of [`Json::string`] for a string that begins at `start` and has its first backslash here.
    #[inline(never)]
    pub(super) fn unescape(&mut self, start: usize, limit: usize) -> Result<(Cow<'a, str>, bool), Fault> {
        let mut whole = String::with_capacity((self.at - start + 64).next_power_of_two().min(limit));
        let mut cut = false;
        let mut run = start;
        loop {
            cut |= !push_within(&mut whole, &self.text[run..self.at], limit, cut);
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok((Cow::Owned(whole), cut));
                }
                Some(b'\\') => {
                    let char = self.escape()?;
                    cut |= !push_within(&mut whole, char.encode_utf8(&mut [0; 4]), limit, cut);
                }
                _ => return Err(self.syntax()),
            }
            run = self.at;
            self.at += plain_run(&self.text.as_bytes()[run..]);
        }
    }

    /// Reads an escape sequence, from its backslash on.
    pub(super) fn escape(&mut self) -> Result<char, Fault> {
        let escaped = self.text.as_bytes().get(self.at + 1).copied();
        let char = match escaped {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.syntax()),
        };
        self.at += 2;
        Ok(char)
    }

    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let first = self.hex(self.at).ok_or_else(|| self.syntax())?;
        self.at += 6;
        if let 0xd800..=0xdbff = first
            && let Some(second @ 0xdc00..=0xdfff) = self.hex(self.at)
        {
            self.at += 6;
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok(char::from_u32(code).expect("a pair of surrogates is a character"));
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// The code unit of the `\uXXXX` at `at`, if there is one.
    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.text.as_bytes().get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |code, &digit| Some(code << 4 | char::from(digit).to_digit(16)?))
    }
}

/// Appends as much of `piece` as keeps `whole` within `limit`, unless it is cut already; says whether all went in.
fn push_within(whole: &mut String, piece: &str, limit: usize, cut: bool) -> bool {
    if cut {
        return piece.is_empty();
    }
    let fits = floor_char_boundary(piece, limit - whole.len());
    whole.push_str(&piece[..fits]);
    fits == piece.len()
}
