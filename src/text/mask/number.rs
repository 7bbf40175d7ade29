//! Numbers that name a person's card, account or phone.

/// Bytes that are looked at from a number's beginning on; none of these numbers is longer, however it is grouped.
const REACH: usize = 48;

/// Where the IBAN ends that begins at `start`.
pub(super) fn iban(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let head = bytes.get(start..start + 4)?;
    if !(head[..2].iter().all(u8::is_ascii_uppercase) && head[2..].iter().all(u8::is_ascii_digit)) {
        return None;
    }
    let mut characters: Vec<u8> = Vec::with_capacity(34);
    let mut end = None;
    for (offset, &byte) in bytes[start..].iter().take(REACH).enumerate() {
        let next = bytes.get(start + offset + 1).copied().unwrap_or(b' ');
        match byte {
            b'A'..=b'Z' | b'0'..=b'9' if characters.len() < 34 => characters.push(byte),
            b' ' if next.is_ascii_digit() || next.is_ascii_uppercase() => continue,
            _ => break,
        }
        if characters.len() >= 15 && !next.is_ascii_alphanumeric() && has_check_digits(&characters) {
            end = Some(start + offset + 1);
        }
    }
    end
}

/// ISO 7064 mod 97-10, with the first four characters moved to the end.
fn has_check_digits(characters: &[u8]) -> bool {
    let moved = characters[4..].iter().chain(&characters[..4]);
    let remainder = moved.fold(0_u32, |remainder, byte| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        letter => (remainder * 100 + u32::from(letter - b'A' + 10)) % 97,
    });
    remainder == 1
}

/// A number as it is written: its digits in groups.
struct Written {
    /// Each group's length, its end, and the running sum of digits.
    groups: Vec<(usize, usize)>,
    digits: Vec<u8>,
    separators: Vec<u8>,
    plus: bool,
    bracket: bool,
}

/// Where the number ends that begins at `start`, and what stands for it if it is a card's or a phone's.
pub(super) fn number(text: &str, start: usize) -> Option<(usize, Option<&'static str>)> {
    let bytes = text.as_bytes();
    if !(bytes[start].is_ascii_digit() || bytes[start] == b'+') {
        return None;
    }
    let written = read(bytes, start);
    if let Some(end) = card(&written) {
        return Some((end, Some("[card]")));
    }
    let (_, end) = written.groups.last()?;
    Some((*end, is_phone(&written).then_some("[phone]")))
}

fn read(bytes: &[u8], start: usize) -> Written {
    let bracket = start > 0 && bytes[start - 1] == b'(';
    let mut written =
        Written { groups: Vec::new(), digits: Vec::new(), separators: Vec::new(), plus: bytes[start] == b'+', bracket };
    let mut at = start + usize::from(written.plus);
    let limit = bytes.len().min(start + REACH);
    loop {
        let len = bytes[at..limit].iter().take_while(|byte| byte.is_ascii_digit()).count();
        // Digits that run on into letters are part of something else.
        let runs_on = bytes.get(at + len).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'@'));
        if len == 0 || runs_on {
            return written;
        }
        // What stood before this group joins it to the number.
        let joined = written.groups.last().map_or(at, |(_, end)| *end);
        written.separators.extend_from_slice(&bytes[joined..at]);
        written.digits.extend_from_slice(&bytes[at..at + len]);
        at += len;
        written.groups.push((len, at));
        let gap = bytes[at..limit].iter().take(3).take_while(|byte| b" .-()/".contains(byte)).count();
        if gap == 0 || gap == 3 {
            return written;
        }
        at += gap;
    }
}

/// Where the card number ends: the longest run of groups that has a card's length and the right check digit.
fn card(written: &Written) -> Option<usize> {
    let plain = written.separators.iter().all(|byte| matches!(byte, b' ' | b'-' | b'/'));
    if !plain || written.plus {
        return None;
    }
    let mut digits = 0;
    let mut found = None;
    for (len, end) in &written.groups {
        digits += len;
        if (13..=19).contains(&digits) && passes_luhn(&written.digits[..digits]) {
            found = Some(*end);
        }
    }
    found
}

fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = (digits.iter().rev().enumerate())
        .map(|(index, digit)| {
            let doubled = u32::from(digit - b'0') * if index % 2 == 1 { 2 } else { 1 };
            doubled / 10 + doubled % 10
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != digits[0])
}

/// Whether people would read the number as a phone number: by its prefix, its brackets or its groups.
fn is_phone(written: &Written) -> bool {
    let digits = written.digits.len();
    if !(7..=15).contains(&digits) || is_date(written) || is_address(written) {
        return false;
    }
    let prefixed = written.plus || written.digits.starts_with(b"00") || written.bracket;
    let national = written.digits.starts_with(b"0") && digits >= 9;
    let grouped =
        written.groups.len() >= 3 && digits >= 9 && written.groups.iter().all(|(len, _)| (2..=5).contains(len));
    prefixed || national || grouped
}

/// `2026-05-04 10`, `04.05.2026`
fn is_date(written: &Written) -> bool {
    let lens: Vec<usize> = written.groups.iter().map(|(len, _)| *len).collect();
    let century = |digits: &[u8]| digits.starts_with(b"19") || digits.starts_with(b"20");
    (lens.starts_with(&[4, 2, 2]) && century(&written.digits))
        || (lens.starts_with(&[2, 2, 4]) && century(&written.digits[4..]))
}

/// `192.168.100.200`, `10.20.30.4000`
fn is_address(written: &Written) -> bool {
    written.groups.len() >= 4 && written.separators.iter().all(|byte| *byte == b'.')
}
