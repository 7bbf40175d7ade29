//! Writes JSON into a byte buffer: fields in the order in which they are written, no white space, no floats.

/// A JSON text in the making. The caller opens and closes; commas are set here.
#[derive(Debug)]
pub(crate) struct Writer<'o> {
    out: &'o mut Vec<u8>,
    comma: bool,
}

impl<'o> Writer<'o> {
    /// Appends to `out`.
    pub(crate) fn new(out: &'o mut Vec<u8>) -> Writer<'o> {
        Writer { out, comma: false }
    }

    /// Begins an object or array: `{` or `[`.
    pub(crate) fn open(&mut self, bracket: u8) -> &mut Self {
        self.separate();
        self.out.push(bracket);
        self.comma = false;
        self
    }

    /// Ends it: `}` or `]`.
    pub(crate) fn close(&mut self, bracket: u8) -> &mut Self {
        self.out.push(bracket);
        self.comma = true;
        self
    }

    /// A field's name, which must be plain ASCII of ours; its value follows.
    pub(crate) fn key(&mut self, name: &'static str) -> &mut Self {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.comma = false;
        self
    }

    /// A string value.
    pub(crate) fn string(&mut self, text: &str) -> &mut Self {
        self.separate();
        self.out.push(b'"');
        escape(text, self.out);
        self.out.push(b'"');
        self
    }

    /// A number (or literal) whose text is JSON already.
    pub(crate) fn raw(&mut self, text: impl std::fmt::Display) -> &mut Self {
        use std::io::Write;
        self.separate();
        write!(self.out, "{text}").expect("a Vec accepts every write");
        self
    }

    /// A number of thousandths, 0 to 1000, as a decimal of 0 to 1, e.g. `0.35`.
    pub(crate) fn thousandths(&mut self, thousandths: u32) -> &mut Self {
        let (whole, part) = (thousandths / 1_000, thousandths % 1_000);
        if part == 0 {
            return self.raw(whole);
        }
        let digits = format!("{whole}.{part:03}");
        self.raw(digits.trim_end_matches('0'))
    }

    /// A string value that needs no escaping.
    pub(crate) fn quoted(&mut self, plain: impl std::fmt::Display) -> &mut Self {
        self.raw(format_args!("\"{plain}\""))
    }

    /// A boolean field.
    pub(crate) fn boolean(&mut self, name: &'static str, yes: bool) -> &mut Self {
        self.key(name).raw(yes)
    }

    /// A CloudEvents attribute, left out when empty: control characters, which attributes must not hold, are replaced.
    pub(crate) fn attribute(&mut self, name: &'static str, text: &str) -> &mut Self {
        if text.chars().any(char::is_control) {
            let shown: String =
                text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
            return self.text(name, &shown);
        }
        self.text_if(name, text)
    }

    /// A string field.
    pub(crate) fn text(&mut self, name: &'static str, text: &str) -> &mut Self {
        self.key(name).string(text)
    }

    /// A string field, left out when empty.
    pub(crate) fn text_if(&mut self, name: &'static str, text: &str) -> &mut Self {
        if text.is_empty() { self } else { self.text(name, text) }
    }

    /// A number field.
    pub(crate) fn number(&mut self, name: &'static str, number: impl std::fmt::Display) -> &mut Self {
        self.key(name).raw(number)
    }

    /// A field with an array of strings, left out when there are none.
    pub(crate) fn texts_if<T: AsRef<str>>(&mut self, name: &'static str, texts: &[T]) -> &mut Self {
        if texts.is_empty() { self } else { self.texts(name, texts) }
    }

    /// A field with an array of strings.
    pub(crate) fn texts<T: AsRef<str>>(&mut self, name: &'static str, texts: &[T]) -> &mut Self {
        self.key(name).open(b'[');
        for text in texts {
            self.string(text.as_ref());
        }
        self.close(b']')
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.push(b',');
        }
        self.comma = true;
    }
}

/// How many bytes of `text`, up to a char boundary, take at most `budget` bytes when they are written as a string.
pub(crate) fn escaped_prefix(text: &str, budget: usize) -> usize {
    let mut length = 0;
    for (index, char) in text.char_indices() {
        length += match char {
            '"' | '\\' | '\n' | '\r' | '\t' => 2,
            '\0'..='\x1f' => 6,
            _ => char.len_utf8(),
        };
        if length > budget {
            return index;
        }
    }
    text.len()
}

/// Appends `text` with what JSON does not allow inside a string escaped.
fn escape(text: &str, out: &mut Vec<u8>) {
    let mut written = 0;
    for (index, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0..=0x1f => 0,
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[written..index]);
        written = index + 1;
        if short == 0 {
            let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
        } else {
            out.extend_from_slice(&[b'\\', short]);
        }
    }
    out.extend_from_slice(&text.as_bytes()[written..]);
}
