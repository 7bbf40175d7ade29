//! A pull reader: the caller names the type that it wants next, and skips what it does not know.

use std::borrow::Cow;

use crate::limits::JSON_DEPTH;

use super::scan::plain_run;

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
    pub(super) text: &'a str,
    pub(super) at: usize,
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
            match self.plain_string() {
                Some(key) => {
                    self.colon()?;
                    field(self, key)?;
                }
                None => {
                    let (key, _) = self.string(usize::MAX)?;
                    self.colon()?;
                    field(self, &key)?;
                }
            }
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

    /// Reads a string that holds no escape, as most do; `None`, and nothing read, for anything else. The fast path of
    /// [`Json::string`].
    #[inline]
    pub(crate) fn plain_string(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        if *bytes.get(self.at)? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let end = start + plain_run(&bytes[start..]);
        if *bytes.get(end)? != b'"' {
            return None;
        }
        self.at = end + 1;
        Some(&self.text[start..end])
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
    pub(super) fn syntax(&self) -> Fault {
        Fault::Syntax(self.at)
    }
}

/// The greatest char boundary of `text` that is not beyond `index`.
#[inline]
pub(crate) fn floor_char_boundary(text: &str, index: usize) -> usize {
    if index >= text.len() { text.len() } else { text.floor_char_boundary(index) }
}
