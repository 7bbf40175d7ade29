//! Signals in single texts: a line of JSON in, a line of JSON out. Through it the quality of detection is measured.

use std::io::{self, BufRead, Write};

use crate::detect::{Detector, Findings, Scratch, Text};
use crate::lines::Lines;
use crate::message::Format;
use crate::wire::{Reject, decode_scan_line, encode_scan_line};

/// Reads all lines and writes an answer to each; empty lines are passed over. `refuse` is told the number of each line
/// that cannot be read, and why; such a line has no answer.
///
/// # Errors
/// When reading or writing fails.
pub fn scan<R: BufRead>(
    lines: &mut Lines<R>,
    detector: &Detector,
    out: &mut impl Write,
    refuse: &mut dyn FnMut(u64, &Reject),
) -> io::Result<()> {
    let mut scratch = Scratch::default();
    let mut findings = Findings::default();
    let mut answer = Vec::new();
    while let Some(line) = lines.next_line()? {
        if line.bytes.trim_ascii().is_empty() {
            continue;
        }
        match decode_scan_line(line.bytes) {
            Ok(read) => {
                let text =
                    Text { text: &read.text, format: Format::Plain, author: read.author, language: &read.language };
                detector.detect(text, &mut scratch, &mut findings);
                answer.clear();
                encode_scan_line(&read.id, &read.text, &findings, detector.rules(), &mut answer);
                answer.push(b'\n');
                out.write_all(&answer)?;
            }
            Err(reject) => refuse(line.number, &reject),
        }
    }
    out.flush()
}
