//! Masking of what must not leave in evidence. Applied to quotes and to dead letters, not to what is searched.
//!
//! | replaced by | what |
//! |---|---|
//! | `[card]` | 13 to 19 digits, in groups or not, whose check digit is right (Luhn, ISO/IEC 7812-1) |
//! | `[iban]` | account numbers whose check digits are right (ISO 13616) |
//! | `[email]` | e-mail addresses |
//! | `[phone]` | numbers of 7 to 15 digits (E.164) that are written as people write phone numbers |
//! | `[secret]` | keys with a well-known prefix, long hexadecimal numbers, long jumbles of letters and digits, and what follows `password:`, `token=` and the like |
//!
//! Order numbers, dates, versions, IP addresses and UUIDs stay, since people need them to act. Takes time in proportion to the
//! text.

mod number;

use std::ops::Range;

/// `text` with everything personal or secret in it replaced; see the module.
#[must_use]
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    let mut named_secret = false;
    while let Some(piece) = next_piece(text, at) {
        // `password: x` or `token=x`: what follows the name is the secret.
        named_secret = named_secret && text[at..piece.start].chars().all(|c| matches!(c, ':' | '=' | ' ' | '"' | '\''));
        let (end, label) = if named_secret { (piece.end, Some("[secret]")) } else { recognise(text, &piece) };
        named_secret = label.is_none() && is_secret_name(text, &piece);
        if let Some(label) = label {
            // A number that begins inside brackets takes both with it.
            let opened = text[copied..piece.start].ends_with('(') && text[piece.start..end].contains(')');
            masked.push_str(&text[copied..piece.start - usize::from(opened)]);
            masked.push_str(label);
            copied = end;
        }
        at = end;
    }
    masked.push_str(&text[copied..]);
    masked
}

/// A byte of what is looked at as one: a word, a number, an address, a key.
const fn is_piece(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-' | b'@' | b'%' | b'~')
}

/// The next piece at or after `at`.
fn next_piece(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let start = at + bytes[at..].iter().position(|byte| is_piece(*byte))?;
    let len = bytes[start..].iter().position(|byte| !is_piece(*byte)).unwrap_or(bytes.len() - start);
    Some(start..start + len)
}

/// Where that ends which begins with `piece`, and what stands for it if it must be masked.
fn recognise(text: &str, piece: &Range<usize>) -> (usize, Option<&'static str>) {
    let word = &text[piece.clone()];
    if let Some(end) = number::iban(text, piece.start) {
        return (end, Some("[iban]"));
    }
    match number::number(text, piece.start) {
        Some((end, Some(label))) => return (end, Some(label)),
        // A part of a number is not another number.
        Some((end, None)) if end >= piece.end => return (end, None),
        _ => {}
    }
    if let Some(end) = email(word) {
        return (piece.start + end, Some("[email]"));
    }
    let bare = word.trim_end_matches(['.', '-', '~', '%']);
    if is_secret(bare) { (piece.start + bare.len(), Some("[secret]")) } else { (piece.end, None) }
}

/// Where the e-mail address ends that `word` is.
fn email(word: &str) -> Option<usize> {
    let (local, rest) = word.split_once('@')?;
    let is_domain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let len = rest.bytes().take_while(is_domain).count();
    let domain = rest[..len].trim_end_matches(['.', '-']);
    let has_dot = domain.trim_start_matches('.').contains('.');
    (!local.is_empty() && has_dot).then_some(local.len() + 1 + domain.len())
}

/// Beginnings of keys that their issuers chose so that they can be recognised.
const SECRET_PREFIXES: &[&str] = &[
    "sk_live_",
    "sk_test_",
    "pk_live_",
    "rk_live_",
    "sk-",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xapp-",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29.",
    "eyJ",
    "SG.",
    "npm_",
    "pypi-",
    "hvs.",
    "dop_v1_",
    "shpat_",
];
/// Least length of a key with a well-known prefix.
const PREFIXED_MIN: usize = 16;
/// Least length of what is taken for a key by its looks.
const JUMBLE_MIN: usize = 24;

fn is_secret(word: &str) -> bool {
    if word.len() >= PREFIXED_MIN && SECRET_PREFIXES.iter().any(|prefix| word.starts_with(prefix)) {
        return true;
    }
    if word.len() < JUMBLE_MIN || is_uuid(word) {
        return false;
    }
    let count = |test: fn(&u8) -> bool| word.bytes().filter(test).count();
    let (digits, lower, upper) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
    let is_hexadecimal = digits > 0 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) && digits < word.len();
    // A file name or a path of words has few digits; a key has them everywhere.
    is_hexadecimal || (digits >= 3 && lower >= 3 && upper >= 3 && changes(word) * 4 >= word.len())
}

/// How often the kind of character (digit, small, capital, other) changes.
fn changes(word: &str) -> usize {
    let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_lowercase(), byte.is_ascii_uppercase());
    word.as_bytes().windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count()
}

fn is_uuid(word: &str) -> bool {
    word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// Whether `piece` names the secret that follows it: `password:`, `"api_key": `, `token=`.
fn is_secret_name(text: &str, piece: &Range<usize>) -> bool {
    const NAMES: [&str; 11] = [
        "password",
        "passwd",
        "pwd",
        "passwort",
        "contraseña",
        "token",
        "secret",
        "api_key",
        "apikey",
        "access_key",
        "pin",
    ];
    let word = text[piece.clone()].trim_matches(['-', '_', '.']);
    let named = NAMES.iter().any(|name| word.eq_ignore_ascii_case(name));
    let rest = text[piece.end..].trim_start_matches(['"', '\'', ' ']);
    named && rest.starts_with([':', '='])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_personal_or_secret_is_replaced() {
        for (text, expected) in [
            ("Nothing here, order 10023456.", "Nothing here, order 10023456."),
            ("card 4111 1111 1111 1111, exp 12/27", "card [card], exp 12/27"),
            ("4111-1111-1111-1111", "[card]"),
            ("card:4111111111111111.", "card:[card]."),
            ("4111 1111 1111 1112", "4111 1111 1111 1112"),
            ("Mail ana.b+x@mail.example.com.", "Mail [email]."),
            ("@ana wrote a@b", "@ana wrote a@b"),
            ("Call +49 (0) 30 1234567 now", "Call [phone] now"),
            ("Call (555) 123-4567!", "Call [phone]!"),
            ("tel 555-123-4567", "tel [phone]"),
            ("on 2026-05-04 10:11", "on 2026-05-04 10:11"),
            ("at 192.168.100.200 version 10.20.30.4000", "at 192.168.100.200 version 10.20.30.4000"),
            ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [iban] please"),
            ("GB82WEST12345698765432", "[iban]"),
            ("GB83WEST12345698765432", "GB83WEST12345698765432"),
            ("key sk_live_4eC39HqLyjWDarjtT1zdp7dc", "key [secret]"),
            ("sha 9f86d081884c7d659a2feaa0c55ad015", "sha [secret]"),
            ("id 123e4567-e89b-12d3-a456-426614174000", "id 123e4567-e89b-12d3-a456-426614174000"),
            ("\"password\": \"hunter2\"", "\"password\": \"[secret]\""),
            ("https://example.com/reset?token=abc&x=1", "https://example.com/reset?token=[secret]&x=1"),
            ("the password is wrong", "the password is wrong"),
            ("Ünïcödé über 4111111111111111 ß", "Ünïcödé über [card] ß"),
            ("", ""),
        ] {
            assert_eq!(mask(text), expected);
        }
    }
}
