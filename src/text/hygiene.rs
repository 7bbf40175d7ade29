//! Which parts of a plain text its author wrote now: without quoted history, signatures, code and logs.
//!
//! Lines are looked at one by one, and at most a few bytes of most of them: what begins a foreign part begins its line.
//! Only what follows a farewell is read more closely, until a sentence shows that the author goes on. Where it is not
//! sure that a part is foreign, it is kept: a complaint that is lost is worse than a name that is read.

mod lines;
mod phrases;

use aho_corasick::{Anchored, Input};

use super::Hygiene;
use super::document::LeftOut;
use phrases::{Opening, PHRASES};

/// Bytes of a paragraph that are searched for what disclaimers say.
const DISCLAIMER_BYTES: usize = 2_000;

/// A part that was kept, as a span of the flat text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Splits `text` into what is kept and what is left out (appended to `left_out`).
pub(super) fn sections(text: &str, kept: &mut Vec<Kept>, left_out: &mut Vec<LeftOut>) {
    kept.clear();
    let mut reader = Reader {
        text,
        kept,
        left_out,
        start: 0,
        headers: None,
        attribution: None,
        closing: None,
        no_fence: false,
        no_disclaimer: 0,
    };
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        match reader.line(text[at..end].trim(), at, end) {
            Next::Line => at = end,
            Next::From(next) => at = next,
            Next::LeaveOutRest(from, hygiene) => {
                reader.leave_out(from, text.len(), hygiene);
                return;
            }
        }
    }
    reader.end();
}

/// Where the line ends that `at` lies in, its line break included.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |len| at + len + 1)
}

/// Where to go on after a line.
enum Next {
    /// At the next line.
    Line,
    /// At this place.
    From(usize),
    /// Nowhere: all from this place on is left out.
    LeaveOutRest(usize, Hygiene),
}

/// Fields of a header that follow one another.
#[derive(Clone, Copy, Debug)]
struct Headers {
    start: usize,
    count: u32,
    /// One of them has an address, or a rule stands above.
    sure: bool,
}

/// What may be the end of a letter.
#[derive(Clone, Copy, Debug)]
struct Closing {
    start: usize,
    kind: ClosingKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClosingKind {
    /// The next line tells: a name makes it one.
    Pending,
    /// A farewell; it goes on until a line reads like a sentence.
    Farewell,
    /// The separator of signatures: it goes on until something is quoted.
    Separator,
}

struct Reader<'a> {
    text: &'a str,
    kept: &'a mut Vec<Kept>,
    left_out: &'a mut Vec<LeftOut>,
    /// Where the part begins that is being kept.
    start: usize,
    /// The fields of a header that end above this line.
    headers: Option<Headers>,
    /// Where a line begins that introduces a quotation; what comes next decides what it is.
    attribution: Option<usize>,
    /// The end of the letter that was begun above.
    closing: Option<Closing>,
    /// Whether no further fence closes a block of code.
    no_fence: bool,
    /// Up to here no paragraph is a disclaimer.
    no_disclaimer: usize,
}

impl Reader<'_> {
    /// Looks at one line.
    fn line(&mut self, line: &str, at: usize, end: usize) -> Next {
        let Some(&first) = line.as_bytes().first() else { return Next::Line };
        if first == b'>' {
            let from = self.attribution.take().unwrap_or(at);
            self.leave_out(from, end, Hygiene::Quoted);
            return Next::Line;
        }
        if let Some(since) = self.attribution.take() {
            // Words that follow an attribution without `>` are the quoted mail itself.
            return Next::LeaveOutRest(since, Hygiene::Quoted);
        }
        if first == b'`' && line.starts_with("```") {
            return self.fence(line, at, end);
        }
        let headers = self.headers.take();
        if let Some(next) = self.separator(line, at, end) {
            return next;
        }
        let (opening, rest) = opening(line);
        if opening == Some(Opening::Header) {
            return self.header(line, rest, at, headers);
        }
        if opening == Some(Opening::QuoteBelow) {
            return Next::LeaveOutRest(at, Hygiene::Quoted);
        }
        let foreign = match opening {
            Some(Opening::Device) if lines::names_device(line, rest, false) => Some((Hygiene::Signature, end)),
            Some(Opening::DeviceSent) if lines::names_device(line, rest, true) && lines::says_sent(line) => {
                Some((Hygiene::Signature, end))
            }
            Some(Opening::App) if lines::names_app(rest) => Some((Hygiene::Signature, end)),
            Some(Opening::Footer) if lines::is_footer(line) => Some((Hygiene::Signature, end)),
            Some(Opening::Provider) if lines::names_helpdesk(line, rest) => Some((Hygiene::Signature, end)),
            Some(Opening::Disclaimer) => self.disclaimer(at).map(|end| (Hygiene::Signature, end)),
            Some(Opening::Log) => Some((Hygiene::Code, end)),
            _ => None,
        };
        if let Some((hygiene, end)) = foreign {
            match self.closing.map(|closing| closing.kind) {
                Some(ClosingKind::Separator) => {}
                Some(ClosingKind::Farewell) if hygiene == Hygiene::Signature => {}
                _ => self.leave_out(at, end, hygiene),
            }
            return Next::From(end);
        }
        self.close(line, opening, rest, at);
        Next::Line
    }

    /// Lines that are signs rather than words, and introductions to a quotation.
    fn separator(&mut self, line: &str, at: usize, end: usize) -> Option<Next> {
        match line.as_bytes()[0] {
            b'-' if line == "--" => {
                // The separator of signatures has a blank at its end; without it, people use it, too.
                let kind = if self.text[at..end].trim_start().starts_with("-- ") {
                    ClosingKind::Separator
                } else {
                    ClosingKind::Farewell
                };
                self.begin_closing(at, kind);
                return Some(Next::Line);
            }
            b'-' if lines::is_separator(line) => return Some(Next::LeaveOutRest(at, Hygiene::Quoted)),
            b'_' if line.len() >= 20 && line.bytes().all(|byte| byte == b'_') => {
                // Outlook's rule above a quoted mail; what follows confirms it.
                self.headers = Some(Headers { start: at, count: 1, sure: true });
                return Some(Next::Line);
            }
            _ => {}
        }
        if line == "—" {
            self.begin_closing(at, ClosingKind::Farewell);
            return Some(Next::Line);
        }
        if line.ends_with(':') {
            self.attribution = self.attribution_start(at, end);
            return self.attribution.map(|_| Next::Line);
        }
        None
    }

    /// A fence: all up to the next one is code, if there is one.
    fn fence(&mut self, line: &str, at: usize, end: usize) -> Next {
        if self.no_fence || line.matches("```").count() > 1 {
            return Next::Line;
        }
        let mut next = end;
        while next < self.text.len() {
            let line_end = line_end(self.text, next);
            if self.text[next..line_end].trim_start().starts_with("```") {
                self.leave_out(at, line_end, Hygiene::Code);
                return Next::From(line_end);
            }
            next = line_end;
        }
        self.no_fence = true;
        Next::Line
    }

    /// A line that begins like a field of a header; `rest` follows the field's name.
    fn header(&mut self, line: &str, rest: &str, at: usize, headers: Option<Headers>) -> Next {
        if !rest.trim_start_matches(|c: char| c.is_whitespace() || c == '*').starts_with(':') {
            self.close(line, None, rest, at);
            return Next::Line;
        }
        let mut headers = headers.unwrap_or(Headers { start: at, count: 0, sure: false });
        headers.count += 1;
        headers.sure |= line.contains('@');
        if headers.count >= 3 || (headers.count == 2 && headers.sure) {
            return Next::LeaveOutRest(headers.start, Hygiene::Quoted);
        }
        self.headers = Some(headers);
        Next::Line
    }

    /// Where the introduction to a quotation begins that ends with the line `at..end`: it may go over three lines.
    fn attribution_start(&self, at: usize, end: usize) -> Option<usize> {
        let (mut start, mut found) = (at, None);
        for _ in 0..3 {
            let text = self.text[start..end].trim();
            if lines::is_attribution(text) {
                if lines::opens_attribution(text) {
                    return Some(start);
                }
                found = found.or(Some(start));
            }
            let before = self.text[self.start..start].strip_suffix('\n');
            let Some(before) = before else { return found };
            let line = before.len()
                - before.bytes().rev().take(lines::ATTRIBUTION).position(|byte| byte == b'\n').unwrap_or(before.len());
            if before[line..].trim().is_empty() {
                return found;
            }
            start = self.start + line;
        }
        found
    }

    /// Where the disclaimer ends that the paragraph at `at` is, if it is one.
    fn disclaimer(&mut self, at: usize) -> Option<usize> {
        if at < self.no_disclaimer {
            return None;
        }
        let mut end = line_end(self.text, at);
        while end < self.text.len() && end - at < DISCLAIMER_BYTES {
            let next = line_end(self.text, end);
            if self.text[end..next].trim().is_empty() {
                break;
            }
            end = next;
        }
        let mut searched = end.min(at + DISCLAIMER_BYTES);
        while !self.text.is_char_boundary(searched) {
            searched -= 1;
        }
        let (mut secret, mut recipient) = (false, false);
        for found in PHRASES.disclaimer.find_iter(&self.text[at..searched]) {
            let of_secrets = found.pattern().as_usize() < PHRASES.secrets;
            (secret, recipient) = (secret | of_secrets, recipient | !of_secrets);
        }
        self.no_disclaimer = end;
        (secret && recipient).then_some(end)
    }

    /// A line of words: begins, goes on with or ends the end of the letter.
    fn close(&mut self, line: &str, opening: Option<Opening>, rest: &str, at: usize) {
        match self.closing {
            Some(Closing { kind: ClosingKind::Separator, .. }) => return,
            Some(Closing { start, kind: ClosingKind::Pending }) => {
                self.closing = None;
                if lines::is_name(line) {
                    self.closing = Some(Closing { start, kind: ClosingKind::Farewell });
                    return;
                }
            }
            Some(Closing { kind: ClosingKind::Farewell, .. }) => {
                if lines::is_of_signature(line) {
                    return;
                }
                self.leave_out_closing(at);
            }
            None => {}
        }
        match opening {
            Some(Opening::Farewell) if lines::ends_farewell(rest, true) => {
                self.begin_closing(at, ClosingKind::Farewell);
            }
            Some(Opening::Thanks) if lines::ends_farewell(rest, false) => self.begin_closing(at, ClosingKind::Pending),
            _ => {}
        }
    }

    /// The letter's end may begin at `at`, if there is a letter above.
    fn begin_closing(&mut self, start: usize, kind: ClosingKind) {
        if let Some(closing) = self.closing.as_mut().filter(|closing| closing.kind != ClosingKind::Pending) {
            closing.kind = kind;
            return;
        }
        let is_letter = !self.kept.is_empty() || !self.text[self.start..start].trim_start().is_empty();
        self.closing = (is_letter || kind == ClosingKind::Separator).then_some(Closing { start, kind });
    }

    /// Leaves out the end of the letter, which ends at `end`.
    fn leave_out_closing(&mut self, end: usize) {
        if let Some(Closing { start, kind }) = self.closing.take()
            && kind != ClosingKind::Pending
            && start < end
        {
            self.leave_out(start, end, Hygiene::Signature);
        }
    }

    /// The text ends.
    fn end(&mut self) {
        if let Some(since) = self.attribution.take() {
            self.leave_out(since, self.text.len(), Hygiene::Quoted);
        }
        self.leave_out_closing(self.text.len());
        self.keep_until(self.text.len());
    }

    /// Keeps what was read so far up to `end`.
    fn keep_until(&mut self, end: usize) {
        if !self.text[self.start..end].trim_start().is_empty() {
            self.kept.push(Kept { start: self.start as u32, end: end as u32 });
        }
        self.start = end;
    }

    /// Leaves out `start..end`, keeping what stands before it.
    fn leave_out(&mut self, start: usize, end: usize, hygiene: Hygiene) {
        self.leave_out_closing(start);
        self.keep_until(start.max(self.start));
        let start = self.start as u32;
        self.start = end;
        let end = end as u32;
        match self.left_out.last_mut() {
            Some(last) if last.hygiene == hygiene && last.end == start => last.end = end,
            _ => self.left_out.push(LeftOut { start, end, hygiene }),
        }
    }
}

/// What the beginning of `line` says, and what follows it. Asterisks around a field's name do not count.
fn opening(line: &str) -> (Option<Opening>, &str) {
    let line = line.trim_start_matches('*');
    match PHRASES.opening.find(Input::new(line).anchored(Anchored::Yes)) {
        Some(found) => (PHRASES.openings.get(found.pattern().as_usize()).copied(), &line[found.end()..]),
        None => (None, ""),
    }
}

#[cfg(test)]
mod tests;
