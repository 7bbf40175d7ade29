//! Which parts of a plain text its author wrote now: without quoted history, signatures, code and logs.
//!
//! Lines are looked at one by one, and at most a few bytes of most of them: what begins a foreign part begins its line.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

use super::Hygiene;
use super::document::LeftOut;

/// A part that was kept, as a span of the flat text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// What the beginning of a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    /// The line and all that follows is quoted: a separator that mail programs write.
    QuoteBelow,
    /// A header of a quoted mail; two of them in a row begin one.
    Header,
    /// The line is what a device or program adds.
    Device,
    /// The line belongs to a log or a stack trace.
    Log,
}

/// How lines begin that the author did not write, in small ASCII letters. The separators and headers are those of
/// Outlook, Gmail and Apple Mail in their translations.
const OPENINGS: &[(&str, Opening)] = &[
    ("-----original", Opening::QuoteBelow),
    ("----- original", Opening::QuoteBelow),
    ("-----ursprüngliche", Opening::QuoteBelow),
    ("-----message d'origine", Opening::QuoteBelow),
    ("-----mensaje original", Opening::QuoteBelow),
    ("-----messaggio originale", Opening::QuoteBelow),
    ("-----mensagem original", Opening::QuoteBelow),
    ("---------- forwarded", Opening::QuoteBelow),
    ("---------- weitergeleitet", Opening::QuoteBelow),
    ("---------- message transf", Opening::QuoteBelow),
    ("begin forwarded message", Opening::QuoteBelow),
    ("##- please type your reply above this line", Opening::QuoteBelow),
    ("from:", Opening::Header),
    ("sent:", Opening::Header),
    ("date:", Opening::Header),
    ("to:", Opening::Header),
    ("cc:", Opening::Header),
    ("subject:", Opening::Header),
    ("von:", Opening::Header),
    ("gesendet:", Opening::Header),
    ("datum:", Opening::Header),
    ("an:", Opening::Header),
    ("betreff:", Opening::Header),
    ("de:", Opening::Header),
    ("envoyé", Opening::Header),
    ("à :", Opening::Header),
    ("objet", Opening::Header),
    ("enviado:", Opening::Header),
    ("enviada:", Opening::Header),
    ("fecha:", Opening::Header),
    ("para:", Opening::Header),
    ("asunto:", Opening::Header),
    ("assunto:", Opening::Header),
    ("da:", Opening::Header),
    ("inviato:", Opening::Header),
    ("a:", Opening::Header),
    ("oggetto:", Opening::Header),
    ("*from:*", Opening::Header),
    ("*sent:*", Opening::Header),
    ("*to:*", Opening::Header),
    ("*subject:*", Opening::Header),
    ("sent from my ", Opening::Device),
    ("sent from outlook", Opening::Device),
    ("sent via ", Opening::Device),
    ("get outlook for ", Opening::Device),
    ("von meinem ", Opening::Device),
    ("gesendet von ", Opening::Device),
    ("envoyé de mon ", Opening::Device),
    ("envoyé depuis ", Opening::Device),
    ("enviado desde mi ", Opening::Device),
    ("enviado do meu ", Opening::Device),
    ("inviato da ", Opening::Device),
    ("traceback (most recent", Opening::Log),
    ("exception in thread", Opening::Log),
    ("caused by: ", Opening::Log),
    ("at java.", Opening::Log),
    ("at org.", Opening::Log),
    ("at com.", Opening::Log),
    ("at system.", Opening::Log),
    ("at microsoft.", Opening::Log),
    ("file \"", Opening::Log),
    ("[error]", Opening::Log),
    ("[warn", Opening::Log),
    ("[info]", Opening::Log),
    ("[debug]", Opening::Log),
];

/// How the line ends, before its colon, that introduces a quoted mail ("On Monday … wrote:").
const ATTRIBUTIONS: &[&str] = &["wrote", "schrieb", "a écrit", "escribió", "ha scritto", "escreveu", "writes"];

static OPENING: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .start_kind(StartKind::Anchored)
        .ascii_case_insensitive(true)
        .build(OPENINGS.iter().map(|(opening, _)| opening))
        .expect("a few short patterns make a small automaton")
});

/// Splits `text` into what is kept and what is left out (appended to `left_out`).
pub(super) fn sections(text: &str, kept: &mut Vec<Kept>, left_out: &mut Vec<LeftOut>) {
    kept.clear();
    let mut reader = Reader { text, kept, left_out, start: 0, header: None, attribution: None };
    let mut at = 0;
    let mut code_since: Option<usize> = None;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |len| at + len + 1);
        let line = text[at..end].trim();
        if let Some(since) = code_since {
            if line.starts_with("```") {
                reader.leave_out(since, end, Hygiene::Code);
                code_since = None;
            }
        } else if line.starts_with("```") && line.matches("```").count() == 1 {
            code_since = Some(at);
        } else if let Some(hygiene) = reader.line(line, at, end) {
            let from = reader.header.take().unwrap_or(at);
            reader.leave_out(from, text.len(), hygiene);
            return;
        }
        at = end;
    }
    reader.keep_until(text.len());
}

struct Reader<'a> {
    text: &'a str,
    kept: &'a mut Vec<Kept>,
    left_out: &'a mut Vec<LeftOut>,
    /// Where the part begins that is being kept.
    start: usize,
    /// Where a header stands that the line before was.
    header: Option<usize>,
    /// Where a line begins that introduces a quotation; what comes next decides what it is.
    attribution: Option<usize>,
}

impl Reader<'_> {
    /// Looks at one line. The reason why all that follows is left out, from this line (or the header before it) on.
    fn line(&mut self, line: &str, at: usize, end: usize) -> Option<Hygiene> {
        let &first = line.as_bytes().first()?;
        if first == b'>' {
            let from = self.attribution.take().unwrap_or(at);
            self.leave_out(from, end, Hygiene::Quoted);
            return None;
        }
        if let Some(since) = self.attribution.take() {
            // Words that follow an attribution without `>` are the quoted mail itself.
            self.header = Some(since);
            return Some(Hygiene::Quoted);
        }
        let header = self.header.take();
        if line == "--" || line == "—" {
            return Some(Hygiene::Signature);
        }
        if line.len() >= 20 && line.bytes().all(|byte| byte == b'_') {
            // Outlook's rule above a quoted mail; what follows confirms it.
            self.header = Some(at);
            return None;
        }
        if line.ends_with(':') && is_attribution(line) {
            self.attribution = Some(self.attribution_start(line, at));
            return None;
        }
        let found = OPENING.find(Input::new(line).anchored(Anchored::Yes))?;
        match OPENINGS[found.pattern().as_usize()].1 {
            Opening::QuoteBelow => return Some(Hygiene::Quoted),
            Opening::Header => {
                if header.is_some() {
                    self.header = header;
                    return Some(Hygiene::Quoted);
                }
                self.header = Some(at);
            }
            Opening::Device => self.leave_out(at, end, Hygiene::Signature),
            Opening::Log => self.leave_out(at, end, Hygiene::Code),
        }
        None
    }

    /// An attribution may be broken over two lines: the one before belongs to it when it begins like one.
    fn attribution_start(&self, line: &str, at: usize) -> usize {
        let begins = |line: &str| {
            ["On ", "Am ", "Le ", "El ", "Il ", "Em "].iter().any(|opening| line.trim_start().starts_with(opening))
        };
        let previous =
            self.text[self.start..at].trim_end_matches('\n').rfind('\n').map_or(self.start, |n| self.start + n + 1);
        if !begins(line) && begins(&self.text[previous..at]) { previous } else { at }
    }

    /// Keeps what was read so far up to `end`.
    fn keep_until(&mut self, end: usize) {
        if !self.text[self.start..end].trim().is_empty() {
            self.kept.push(Kept { start: self.start as u32, end: end as u32 });
        }
        self.start = end;
    }

    /// Leaves out `start..end`, keeping what stands before it.
    fn leave_out(&mut self, start: usize, end: usize, hygiene: Hygiene) {
        self.keep_until(start.max(self.start));
        self.start = end;
        let (start, end) = (start as u32, end as u32);
        match self.left_out.last_mut() {
            Some(last) if last.hygiene == hygiene && last.end == start => last.end = end,
            _ => self.left_out.push(LeftOut { start, end, hygiene }),
        }
    }
}

fn is_attribution(line: &str) -> bool {
    let before = line.trim_end_matches(':').trim_end();
    ATTRIBUTIONS.iter().any(|verb| before.ends_with(verb)) || {
        // German puts the verb before the name: "Am 3. Mai 2026 um 10:11 schrieb Anna <anna@example.com>:"
        before.ends_with('>') && ATTRIBUTIONS.iter().any(|verb| before.contains(verb))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with each part left out replaced by its reason.
    fn read(text: &str) -> String {
        let (mut kept, mut left_out) = (Vec::new(), Vec::new());
        sections(text, &mut kept, &mut left_out);
        let mut parts: Vec<(u32, String)> =
            kept.iter().map(|k| (k.start, text[k.start as usize..k.end as usize].trim().to_owned())).collect();
        parts.extend(left_out.iter().map(|part| (part.start, format!("<{:?}>", part.hygiene))));
        parts.sort();
        parts.into_iter().map(|(_, part)| part).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn what_remains_is_what_the_author_wrote() {
        for (text, expected) in [
            ("Just one line.", "Just one line."),
            ("", ""),
            ("No.\n> Did it work?\n> Regards\nStill broken.", "No.|<Quoted>|Still broken."),
            ("Thanks\n\nOn Mon, 4 May 2026 at 10:11, Ana <ana@example.com> wrote:\n> Hello\n", "Thanks|<Quoted>"),
            ("Thanks\n\nOn Mon, 4 May 2026 at 10:11, Ana\n<ana@example.com> wrote:\n\nHello\nBye", "Thanks|<Quoted>"),
            ("Danke\nAm 4. Mai 2026 schrieb Ana <ana@example.com>:\nHallo", "Danke|<Quoted>"),
            ("Yes\n________________________________\nFrom: Ana\nSent: Monday\nHello", "Yes|<Quoted>"),
            ("Yes\nFrom: Ana\nTo: Bo\nSubject: x\n\nHello", "Yes|<Quoted>"),
            ("To: whom it may concern\nplease call me", "To: whom it may concern\nplease call me"),
            ("Yes\n-----Original Message-----\nHello", "Yes|<Quoted>"),
            ("Bye\n-- \nAna Example\nACME Ltd", "Bye|<Signature>"),
            ("Please call\nSent from my iPhone\nand soon", "Please call|<Signature>|and soon"),
            ("See\n```\nkill -9 1\n```\nthat", "See|<Code>|that"),
            ("It says\nTraceback (most recent call last):\nwhy?", "It says|<Code>|why?"),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }
}
