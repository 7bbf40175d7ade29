//! A pull reader: the caller names the type that it wants next, and skips what it does not know.

use std::borrow::Cow;

use crate::limits::JSON_DEPTH;

/// The type of a JSON value, by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Type {
    /// The type in words, with its article.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Type::Null => "null",
            Type::Bool => "a boolean",
            Type::Number => "a number",
            Type::String => "a string",
            Type::Array => "an array",
            Type::Object => "an object",
        }
    }
}

/// Why reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The text is not JSON from this byte on.
    Syntax(usize),
    /// An array or object at this byte is nested deeper than [`JSON_DEPTH`].
    TooDeep(usize),
}

/// Containers that are open while a value is skipped, one bit each: set for an object.
type Open = u128;
const _: () = assert!(JSON_DEPTH <= Open::BITS as usize, "one bit for each level that may be open");

/// A place in JSON text (RFC 8259). Accepts exactly that grammar, but for one tolerance: an escaped surrogate
/// without its other half, which cutting text between two halves of an emoji produces, reads as U+FFFD.
#[derive(Clone, Debug)]
pub(crate) struct Json<'a> {
    text: &'a str,
    at: usize,
    nesting: usize,
}

impl<'a> Json<'a> {
    /// The beginning of `text`.
    pub(crate) fn new(text: &'a str) -> Json<'a> {
        Json { text, at: 0, nesting: 0 }
    }

    /// The type of the next value; nothing is read but white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<Type, Fault> {
        match self.next_byte()? {
            b'"' => Ok(Type::String),
            b'-' | b'0'..=b'9' => Ok(Type::Number),
            b'{' => Ok(Type::Object),
            b'[' => Ok(Type::Array),
            b'n' => Ok(Type::Null),
            b't' | b'f' => Ok(Type::Bool),
            _ => Err(self.syntax()),
        }
    }

    /// Reads an object: `field` is called with each key and must read (or skip) the value that follows.
    #[inline]
    pub(crate) fn object<E: From<Fault>>(
        &mut self,
        mut field: impl FnMut(&mut Json<'a>, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        self.open(b'{')?;
        if self.next_byte()? == b'}' {
            self.close();
            return Ok(());
        }
        loop {
            let key = self.key()?;
            field(self, &key)?;
            if !self.another(b'}')? {
                return Ok(());
            }
        }
    }

    /// Reads an array: `item` is called for each item and must read (or skip) it.
    pub(crate) fn array<E: From<Fault>>(
        &mut self,
        mut item: impl FnMut(&mut Json<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.open(b'[')?;
        if self.next_byte()? == b']' {
            self.close();
            return Ok(());
        }
        loop {
            item(self)?;
            if !self.another(b']')? {
                return Ok(());
            }
        }
    }

    /// Reads a string: borrowed if it holds no escape. Of a longer one the first `limit` bytes, and whether more
    /// followed; the cut lies on a char boundary.
    #[inline]
    pub(crate) fn string(&mut self, limit: usize) -> Result<(Cow<'a, str>, bool), Fault> {
        if self.next_byte()? != b'"' {
            return Err(self.syntax());
        }
        self.at += 1;
        let start = self.at;
        self.at += plain_run(&self.text.as_bytes()[start..]);
        match self.text.as_bytes().get(self.at) {
            Some(b'"') => {
                let whole = &self.text[start..self.at];
                self.at += 1;
                let kept = floor_char_boundary(whole, limit);
                Ok((Cow::Borrowed(&whole[..kept]), kept < whole.len()))
            }
            Some(b'\\') => self.unescape(start, limit),
            _ => Err(self.syntax()),
        }
    }

    /// Reads a number and gives its text.
    pub(crate) fn number(&mut self) -> Result<&'a str, Fault> {
        self.next_byte()?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        self.at += usize::from(bytes.get(self.at) == Some(&b'-'));
        match bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.syntax()),
        }
        if bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = bytes.get(self.at) {
            self.at += 1;
            self.at += usize::from(matches!(bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    /// Reads `true` or `false`.
    pub(crate) fn boolean(&mut self) -> Result<bool, Fault> {
        let yes = self.next_byte()? == b't';
        self.literal(if yes { "true" } else { "false" })?;
        Ok(yes)
    }

    /// Reads exactly this literal.
    pub(crate) fn literal(&mut self, literal: &'static str) -> Result<(), Fault> {
        self.next_byte()?;
        if !self.text.as_bytes()[self.at..].starts_with(literal.as_bytes()) {
            return Err(self.syntax());
        }
        self.at += literal.len();
        Ok(())
    }

    /// Reads any value without looking at it. Needs neither stack nor memory, however deep it goes.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        let mut objects: Open = 0;
        let outside = self.nesting;
        loop {
            match self.peek()? {
                Type::String => self.skip_string()?,
                Type::Number => _ = self.number()?,
                Type::Null => self.literal("null")?,
                Type::Bool => _ = self.boolean()?,
                Type::Object => {
                    self.open(b'{')?;
                    objects |= 1 << (self.nesting - 1);
                    if self.next_byte()? != b'}' {
                        self.skip_key()?;
                        continue;
                    }
                    self.close();
                }
                Type::Array => {
                    self.open(b'[')?;
                    objects &= !(1 << (self.nesting - 1));
                    if self.next_byte()? != b']' {
                        continue;
                    }
                    self.close();
                }
            }
            loop {
                if self.nesting == outside {
                    return Ok(());
                }
                let in_object = objects & (1 << (self.nesting - 1)) != 0;
                if self.another(if in_object { b'}' } else { b']' })? {
                    if in_object {
                        self.skip_key()?;
                    }
                    break;
                }
            }
        }
    }

    /// Checks that nothing but white space follows.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        self.skip_space();
        if self.at == self.text.len() { Ok(()) } else { Err(self.syntax()) }
    }

    fn key(&mut self) -> Result<Cow<'a, str>, Fault> {
        let (key, _) = self.string(usize::MAX)?;
        self.colon()?;
        Ok(key)
    }

    fn skip_key(&mut self) -> Result<(), Fault> {
        if self.next_byte()? != b'"' {
            return Err(self.syntax());
        }
        self.skip_string()?;
        self.colon()
    }

    #[inline]
    fn colon(&mut self) -> Result<(), Fault> {
        if self.next_byte()? != b':' {
            return Err(self.syntax());
        }
        self.at += 1;
        Ok(())
    }

    /// After a value: reads the comma and says yes, or the container's end and says no.
    #[inline]
    fn another(&mut self, end: u8) -> Result<bool, Fault> {
        match self.next_byte()? {
            b',' => {
                self.at += 1;
                Ok(true)
            }
            byte if byte == end => {
                self.close();
                Ok(false)
            }
            _ => Err(self.syntax()),
        }
    }

    #[inline]
    fn open(&mut self, start: u8) -> Result<(), Fault> {
        if self.next_byte()? != start {
            return Err(self.syntax());
        }
        if self.nesting == JSON_DEPTH {
            return Err(Fault::TooDeep(self.at));
        }
        self.nesting += 1;
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn close(&mut self) {
        self.at += 1;
        self.nesting -= 1;
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let count = self.text.as_bytes()[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(self.syntax()) } else { Ok(()) }
    }

    fn skip_string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            self.at += plain_run(&self.text.as_bytes()[self.at..]);
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => _ = self.escape()?,
                _ => return Err(self.syntax()),
            }
        }
    }

    /// The rest of [`Json::string`] for a string that begins at `start` and has its first backslash here.
    #[cold]
    fn unescape(&mut self, start: usize, limit: usize) -> Result<(Cow<'a, str>, bool), Fault> {
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
    fn escape(&mut self) -> Result<char, Fault> {
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

    /// The next byte that is not white space, unread.
    #[inline]
    fn next_byte(&mut self) -> Result<u8, Fault> {
        match self.text.as_bytes().get(self.at) {
            Some(&byte) if byte > b' ' => Ok(byte),
            _ => {
                self.skip_space();
                self.text.as_bytes().get(self.at).copied().ok_or_else(|| self.syntax())
            }
        }
    }

    fn skip_space(&mut self) {
        let space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.text.as_bytes()[self.at..].iter().take_while(space).count();
    }

    #[cold]
    fn syntax(&self) -> Fault {
        Fault::Syntax(self.at)
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

/// The greatest char boundary of `text` that is not beyond `index`.
#[inline]
pub(crate) fn floor_char_boundary(text: &str, index: usize) -> usize {
    if index >= text.len() { text.len() } else { text.floor_char_boundary(index) }
}

/// How many bytes come before the first that ends a run of plain string content: `"`, `\` or a control character.
#[inline]
fn plain_run(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let stops = stops(u64::from_le_bytes(*word));
        if stops != 0 {
            return index * 8 + (stops.trailing_zeros() / 8) as usize;
        }
    }
    let stop = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    words.len() * 8 + rest.iter().position(stop).unwrap_or(rest.len())
}

/// The high bit of each byte of `word` that ends a run, exact up to the first (the "has less" and "has value" tests
/// of Anderson, Bit Twiddling Hacks: a borrow can only mark a byte after a real one).
#[inline]
const fn stops(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    (control | quote | backslash) & HIGH
}
