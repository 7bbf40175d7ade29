//! HTML to flat text, with a map back. What is not shown, and what mail programs mark as quoted, is left out.
//!
//! The tokenizer is html5gum's; text is taken from the source itself, so that every byte of the flat text is known to
//! come from one place. A quotation leaves a line `>` in the flat text, as in mails without markup, so that `hygiene`
//! sees what it stands below.

mod names;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use names::{ATTRIBUTIONS, BLOCKS, ENTITIES, QUOTES, QUOTES_BELOW, SIGNATURES, UNSHOWN, VOID};

use super::Hygiene;
use super::document::{LeftOut, Reading};

/// Text without markup, with a map back to its source.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub(super) text: String,
    runs: Vec<Run>,
}

/// A stretch of flat text that was copied as it stands, or stands for something else in the source (an entity, a tag).
#[derive(Clone, Copy, Debug)]
struct Run {
    flat: u32,
    start: u32,
    end: u32,
    verbatim: bool,
}

impl Flat {
    fn clear(&mut self) {
        self.text.clear();
        self.runs.clear();
    }

    fn push(&mut self, text: &str, start: usize, end: usize, verbatim: bool) {
        if !text.is_empty() {
            let flat = self.text.len() as u32;
            self.runs.push(Run { flat, start: start as u32, end: end as u32, verbatim });
            self.text.push_str(text);
        }
    }

    /// The span of the source that `start..end` of the flat text comes from.
    pub(super) fn original_span(&self, start: u32, end: u32) -> (u32, u32) {
        let Some(first) = self.run_at(start) else { return (0, 0) };
        let Some(last) = self.run_at(end.saturating_sub(1).max(start)) else { return (0, 0) };
        let start = if first.verbatim { first.start + (start - first.flat) } else { first.start };
        let end = if last.verbatim { (last.start + (end.max(last.flat) - last.flat)).min(last.end) } else { last.end };
        (start, end.max(start))
    }

    fn run_at(&self, at: u32) -> Option<&Run> {
        self.runs[..self.runs.partition_point(|run| run.flat <= at)].last()
    }
}

/// A region that is left out, until the element that began it ends.
#[derive(Clone, Copy, Debug)]
struct Region {
    start: usize,
    hygiene: Hygiene,
    /// Elements of the same name that are open, the first included.
    depth: u32,
    /// The element's name is the source's text at this place.
    name: (usize, usize),
    /// Whether it goes on to the end of the text.
    endless: bool,
    /// Whether it tells who wrote what follows.
    attribution: bool,
}

/// Bytes of an attribution that are searched for the dashes of a forwarded mail.
const ATTRIBUTION_BYTES: usize = 400;

/// Flattens `source` into `flat`; regions left out are appended to `left_out`, as spans of the source, but for
/// quotations, which leave a line `>`.
pub(super) fn flatten(source: &str, reading: Reading, flat: &mut Flat, left_out: &mut Vec<LeftOut>) {
    flat.clear();
    let mut reader = Reader { source, reading, flat, left_out, region: None, tag: Tag::default() };
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span<usize>| -> Option<()> {
        reader.event(&event, span);
        None
    });
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(source, emitter) {
        match token {
            Ok(()) => {}
        }
    }
    if let Some(region) = reader.region {
        reader.leave_out(region, source.len());
    }
}

/// The start tag at hand.
#[derive(Debug, Default)]
struct Tag {
    start: usize,
    name: (usize, usize),
    block: bool,
    hygiene: Option<Hygiene>,
    endless: bool,
    attribution: bool,
    void: bool,
    attribute: Attribute,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Attribute {
    #[default]
    Other,
    ClassOrId,
    Style,
    Type,
}

struct Reader<'a> {
    source: &'a str,
    reading: Reading,
    flat: &'a mut Flat,
    left_out: &'a mut Vec<LeftOut>,
    region: Option<Region>,
    tag: Tag,
}

impl Reader<'_> {
    fn event(&mut self, event: &CallbackEvent<'_>, span: Span<usize>) {
        match event {
            CallbackEvent::OpenStartTag { name } => self.open(name, span),
            CallbackEvent::AttributeName { name } => self.attribute(name),
            CallbackEvent::AttributeValue { value } => self.value(value),
            CallbackEvent::CloseStartTag { self_closing } => self.close_start(*self_closing, span),
            CallbackEvent::EndTag { name } => self.end(name, span),
            CallbackEvent::String { .. } if self.region.is_none() => self.text(span),
            _ => {}
        }
    }

    fn open(&mut self, name: &[u8], span: Span<usize>) {
        // The span begins at `<`, and the name follows it.
        let start = span.start.min(self.source.len());
        let name_start = (start + 1).min(self.source.len());
        let name_end = (name_start + name.len()).min(self.source.len());
        let hygiene = if UNSHOWN.contains(&name) {
            Some(Hygiene::Hidden)
        } else if name == b"blockquote" {
            Some(Hygiene::Quoted)
        } else if matches!(name, b"pre" | b"code") {
            Some(Hygiene::Code)
        } else {
            None
        };
        self.tag = Tag {
            start,
            name: (name_start, name_end),
            block: name == b"br" || BLOCKS.contains(&name),
            hygiene,
            endless: false,
            attribution: false,
            void: VOID.contains(&name),
            attribute: Attribute::Other,
        };
    }

    fn attribute(&mut self, name: &[u8]) {
        self.tag.attribute = match name {
            b"class" | b"id" => Attribute::ClassOrId,
            b"style" => Attribute::Style,
            b"type" => Attribute::Type,
            _ => Attribute::Other,
        };
        if name == b"hidden" {
            self.tag.hygiene = Some(Hygiene::Hidden);
        }
    }

    fn value(&mut self, value: &[u8]) {
        let Ok(value) = std::str::from_utf8(value) else { return };
        match self.tag.attribute {
            Attribute::ClassOrId => {
                let named = |names: &[&str]| {
                    value.split_ascii_whitespace().take(16).any(|part| {
                        let part = part.strip_prefix("x_").unwrap_or(part);
                        names.iter().any(|name| part.eq_ignore_ascii_case(name))
                    })
                };
                if named(QUOTES) {
                    self.tag.hygiene = Some(Hygiene::Quoted);
                    self.tag.endless |= named(QUOTES_BELOW);
                    self.tag.attribution |= named(ATTRIBUTIONS);
                } else if named(SIGNATURES) {
                    self.tag.hygiene = Some(Hygiene::Signature);
                }
            }
            Attribute::Style => {
                let squeezed = |needle: &str| {
                    let mut rest = needle.bytes().peekable();
                    value.bytes().filter(|byte| !byte.is_ascii_whitespace()).any(|byte| {
                        if rest.peek().is_some_and(|next| byte.eq_ignore_ascii_case(next)) {
                            rest.next();
                        } else {
                            rest = needle.bytes().peekable();
                            if rest.peek().is_some_and(|next| byte.eq_ignore_ascii_case(next)) {
                                rest.next();
                            }
                        }
                        rest.peek().is_none()
                    })
                };
                if ["display:none", "visibility:hidden", "font-size:0px", "mso-hide:all"].into_iter().any(squeezed) {
                    self.tag.hygiene = Some(Hygiene::Hidden);
                }
            }
            Attribute::Type | Attribute::Other => {}
        }
    }

    fn close_start(&mut self, _self_closing: bool, span: Span<usize>) {
        let tag = std::mem::take(&mut self.tag);
        let name = &self.source.as_bytes()[tag.name.0..tag.name.1];
        if let Some(region) = &mut self.region {
            let open = &self.source.as_bytes()[region.name.0..region.name.1];
            region.depth += u32::from(!tag.void && open.eq_ignore_ascii_case(name));
            return;
        }
        if tag.block {
            self.flat.push("\n", tag.start, span.end.min(self.source.len()), false);
        }
        let Some(hygiene) = tag.hygiene.filter(|hygiene| self.reading == Reading::Own || *hygiene == Hygiene::Hidden)
        else {
            return;
        };
        if tag.endless || !tag.void {
            let Tag { start, name, endless, attribution, .. } = tag;
            self.region = Some(Region { start, hygiene, depth: 1, name, endless, attribution });
        }
    }

    fn end(&mut self, name: &[u8], span: Span<usize>) {
        let end = span.end.min(self.source.len());
        if let Some(mut region) = self.region {
            let open = &self.source.as_bytes()[region.name.0..region.name.1];
            if !region.endless && open.eq_ignore_ascii_case(name) {
                region.depth -= 1;
                region.endless = region.depth == 0 && region.attribution && self.is_forwarded(region.start, end);
                self.region = Some(region);
                if region.depth == 0 && !region.endless {
                    self.region = None;
                    self.leave_out(region, end);
                }
            }
        } else if BLOCKS.contains(&name) {
            self.flat.push("\n", span.start.min(end), end, false);
        }
    }

    /// Whether the attribution `start..end` is that of a forwarded mail, which follows it as it was.
    fn is_forwarded(&self, start: usize, end: usize) -> bool {
        let bytes = &self.source.as_bytes()[start..end.min(start + ATTRIBUTION_BYTES)];
        bytes.windows(5).any(|window| window == b"-----")
    }

    fn leave_out(&mut self, region: Region, end: usize) {
        let Region { start, hygiene, .. } = region;
        if hygiene == Hygiene::Quoted {
            self.flat.push("\n>", start, end, false);
        } else {
            self.left_out.push(LeftOut { start: start as u32, end: end as u32, hygiene });
        }
        self.flat.push("\n", end, end, false);
    }

    /// The text `span` of the source is shown: entities are decoded, line breaks are blanks.
    fn text(&mut self, span: Span<usize>) {
        // Text begins and ends beside a tag or at an end of the source, and so on a char boundary.
        let Some(text) = self.source.get(..span.end.min(self.source.len())) else { return };
        if !text.is_char_boundary(span.start) {
            return;
        }
        let end = text.len();
        let mut at = span.start;
        while at < end {
            let rest = &self.source[at..end];
            match rest.bytes().position(|byte| matches!(byte, b'&' | b'\n' | b'\r')) {
                None => {
                    self.flat.push(rest, at, end, true);
                    return;
                }
                Some(len) => {
                    self.flat.push(&rest[..len], at, at + len, true);
                    at += len;
                    at += self.special(at, end);
                }
            }
        }
    }

    /// A line break or an entity at `at`; its length.
    fn special(&mut self, at: usize, end: usize) -> usize {
        let rest = &self.source[at..end];
        if !rest.starts_with('&') {
            self.flat.push(" ", at, at + 1, true);
            return 1;
        }
        match entity(rest) {
            Some((c, len)) => {
                self.flat.push(c.encode_utf8(&mut [0; 4]), at, at + len, false);
                len
            }
            None => {
                self.flat.push("&", at, at + 1, true);
                1
            }
        }
    }
}

/// The character reference that `text` begins with: the character and the reference's length.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        char::from_u32(code).filter(|c| *c != '\0')?
    } else {
        ENTITIES.iter().find(|(entity, _)| *entity == name)?.1
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> (String, Vec<String>) {
        let (mut flat, mut left_out) = (Flat::default(), Vec::new());
        flatten(source, Reading::Own, &mut flat, &mut left_out);
        let words = flat.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts = left_out.iter().map(|p| format!("{:?} {}", p.hygiene, &source[p.start as usize..p.end as usize]));
        (words, parts.collect())
    }

    #[test]
    fn shown_text_remains() {
        for (source, expected) in [
            ("<p>I can&#39;t log&nbsp;in</p><p>Help</p>", "I can't log in Help"),
            ("<style>p{color:red}</style><script>if (a<b) cancel()</script>Hello", "Hello"),
            ("a<br>b<div>c</div>d", "a b c d"),
            ("<b>can</b>cel &unknown; &amp; &", "cancel &unknown; & &"),
            ("<div style='DISPLAY : none'>secret<div>x</div></div>seen", "seen"),
            ("Yes<div class=\"gmail_quote\"><blockquote>Now?</blockquote>No</div>", "Yes > No"),
            ("Yes<div class='gmail_attr'>Ana wrote:</div><blockquote>Now?</blockquote>No", "Yes > > No"),
            ("See<div class='gmail_attr'>----- Forwarded -----</div>old", "See >"),
            ("Yes<div id=\"divRplyFwdMsg\"><b>From:</b> Ana</div><div>old</div>", "Yes >"),
            ("<blockquote>a<blockquote>b</blockquote>c</blockquote>d", "> d"),
            ("unclosed <blockquote>quote", "unclosed >"),
            ("", ""),
        ] {
            assert_eq!(read(source).0, expected, "{source}");
        }
        assert_eq!(read("x<code>q</code>").1, ["Code <code>q</code>"]);
    }

    #[test]
    fn spans_map_back() {
        let source = "<p>I can&rsquo;t <b>can</b>cel &uuml;ber</p>";
        let mut flat = Flat::default();
        flatten(source, Reading::Own, &mut flat, &mut Vec::new());
        for (word, expected) in [("can’t", "can&rsquo;t"), ("cancel", "can</b>cel"), ("über", "&uuml;ber")] {
            let start = flat.text.find(word).unwrap();
            let (start, end) = flat.original_span(start as u32, (start + word.len()) as u32);
            assert_eq!(&source[start as usize..end as usize], expected);
        }
    }
}
