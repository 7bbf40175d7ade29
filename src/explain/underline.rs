//! A text with places underlined, safe to show: characters that steer a terminal or reorder what is shown are not sent.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar;

/// What a place is underlined for. A later one is drawn over an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// The text was not read here.
    LeftOut,
    /// A rule's words stand here and did not count.
    PassedOver,
    /// A rule fired here.
    Found,
}

impl Ink {
    const fn stroke(self) -> char {
        match self {
            Ink::LeftOut => '.',
            Ink::PassedOver => '-',
            Ink::Found => '^',
        }
    }

    const fn style(self) -> Style {
        match self {
            Ink::LeftOut => Style::new().dimmed(),
            Ink::PassedOver => AnsiColor::BrightYellow.on_default(),
            Ink::Found => AnsiColor::BrightRed.on_default().bold(),
        }
    }
}

/// A byte range of the text with what it is underlined for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) ink: Ink,
}

/// Columns that a line of text may take before it is broken.
const COLUMNS: usize = 96;

/// The character that stands for those that are not shown.
const HIDDEN: char = '·';

/// Writes the text, indented by two, with a line of strokes below each line that has a mark.
pub(super) fn write(text: &str, marks: &[Mark], out: &mut impl Write) -> io::Result<()> {
    let mut line: Vec<(char, Option<Ink>)> = Vec::new();
    let mut columns = 0;
    for (index, c) in text.char_indices() {
        if c == '\n' {
            write_line(&mut line, out)?;
            columns = 0;
            continue;
        }
        let ink = marks.iter().rfind(|mark| (mark.start as usize..mark.end as usize).contains(&index));
        line.push((shown(c), ink.map(|mark| mark.ink)));
        columns += shown(c).width().unwrap_or(0);
        if columns >= COLUMNS {
            let rest = line.iter().rposition(|(c, _)| *c == ' ').map(|space| line.split_off(space + 1));
            write_line(&mut line, out)?;
            line.extend(rest.unwrap_or_default());
            columns = line.iter().map(|(c, _)| c.width().unwrap_or(0)).sum();
        }
    }
    write_line(&mut line, out)
}

fn write_line(line: &mut Vec<(char, Option<Ink>)>, out: &mut impl Write) -> io::Result<()> {
    if line.is_empty() {
        return Ok(());
    }
    let words: String = line.iter().map(|(c, _)| *c).collect();
    writeln!(out, "  {}", words.trim_end())?;
    if let Some(last) = line.iter().rposition(|(_, ink)| ink.is_some()) {
        write!(out, "  ")?;
        for part in line[..=last].chunk_by(|a, b| a.1 == b.1) {
            let width: usize = part.iter().map(|(c, _)| c.width().unwrap_or(0)).sum();
            match part[0].1 {
                None => write!(out, "{}", " ".repeat(width))?,
                Some(ink) => {
                    let style = ink.style();
                    write!(out, "{style}{}{style:#}", ink.stroke().to_string().repeat(width))?;
                }
            }
        }
        writeln!(out)?;
    }
    line.clear();
    Ok(())
}

/// What is shown for a character.
fn shown(c: char) -> char {
    match c {
        '\t' | '\r' => ' ',
        // Bidirectional controls, zero-width characters and line separators change how the rest looks.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => HIDDEN,
        c if c.is_control() => HIDDEN,
        c => c,
    }
}

/// A part of the text in quotation marks on one line, cut in the middle when it is long.
pub(super) fn quote(text: &str, start: u32, end: u32) -> String {
    const KEPT: usize = 20;
    let part = text.get(start as usize..end as usize).unwrap_or_default();
    let chars: Vec<char> = part.chars().map(|c| if c == '\n' { ' ' } else { shown(c) }).collect();
    if chars.len() <= 2 * KEPT {
        return format!("“{}”", chars.into_iter().collect::<String>());
    }
    let (head, tail): (String, String) = (chars[..KEPT].iter().collect(), chars[chars.len() - KEPT..].iter().collect());
    format!("“{} … {}”", head.trim_end(), tail.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, marks: &[(u32, u32, Ink)]) -> String {
        let marks: Vec<_> =
            marks.iter().map(|(start, end, ink)| Mark { start: *start, end: *end, ink: *ink }).collect();
        let mut out = anstream::StripStream::new(Vec::new());
        write(text, &marks, &mut out).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn strokes_stand_below_their_words() {
        let marks = [(0, 16, Ink::LeftOut), (0, 4, Ink::PassedOver), (10, 16, Ink::Found)];
        assert_eq!(drawn("Bad, für 日本.\nNo mark.", &marks), "  Bad, für 日本.\n  ----.....^^^^\n  No mark.\n");
    }

    #[test]
    fn what_steers_a_terminal_is_not_shown() {
        assert_eq!(drawn("a\u{1b}[2Jb\u{202e}c\0", &[]), "  a·[2Jb·c·\n");
        assert_eq!(quote("x\u{7}y", 0, 3), "“x·y”");
    }

    #[test]
    fn long_lines_break_at_words_with_their_strokes() {
        let text = "word ".repeat(40);
        let at = u32::try_from(text.len() - 5).unwrap();
        let drawn = drawn(&text, &[(at, at + 4, Ink::Found)]);
        assert!(drawn.lines().all(|line| line.len() <= COLUMNS + 2), "{drawn}");
        assert!(drawn.ends_with("word\n  ") || drawn.ends_with(" ^^^^\n"), "{drawn}");
        assert_eq!(drawn.matches("word").count(), 40);
    }
}
