//! Sums of money in a text, e.g. `$1,250.00`, `1.250,00 €`, `300 EUR`.

use crate::policy::Currencies;

/// Signs and words of currencies, with their codes.
const SIGNS: [(&str, &str); 12] = [
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("R$", "BRL"),
    ("¥", "JPY"),
    ("dollar", "USD"),
    ("euro", "EUR"),
    ("pound", "GBP"),
    ("pfund", "GBP"),
    ("franken", "CHF"),
    ("reais", "BRL"),
    ("livre", "GBP"),
];

/// A sum as it is written, and its whole US dollars; none for a currency without a rate.
pub(super) fn sums<'t>(text: &'t str, currencies: &Currencies) -> Vec<(&'t str, u64)> {
    let mut sums = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|found| at + found) {
        let len = length(&text[start..]);
        let digits = text[start..start + len].trim_end_matches(|c: char| !c.is_ascii_digit());
        let end = start + digits.len();
        at = (start + len).max(end);
        let before = text[..start].trim_end_matches([' ', '\u{a0}']);
        let after = text[end..].trim_start_matches([' ', '\u{a0}', '\u{202f}']);
        let spaces = text[end..].len() - after.len();
        let (code, from, to) = if let Some((sign, code)) = sign_before(before) {
            (code.to_owned(), before.len() - sign, end)
        } else if let Some((len, code)) = currency_after(after, currencies) {
            (code, start, end + spaces + len)
        } else {
            continue;
        };
        let Some(amount) = whole(digits) else { continue };
        let arr = crate::account::Arr { amount, currency: code };
        if let Some(dollars) = currencies.dollars(&arr) {
            sums.push((&text[from..to], dollars));
        }
    }
    sums
}

/// How long the number at the start of a text is, with its separators; a space counts between groups of three digits.
fn length(text: &str) -> usize {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let after = &text[at + c.len_utf8()..];
        let group = after.bytes().take_while(u8::is_ascii_digit).count() == 3;
        let is_part = match c {
            '0'..='9' | '.' | ',' | '\'' => true,
            ' ' | '\u{a0}' | '\u{202f}' => group,
            _ => false,
        };
        if !is_part {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// A currency's sign at the end of what stands before a number: its length and code.
fn sign_before(before: &str) -> Option<(usize, &'static str)> {
    let signs = SIGNS
        .iter()
        .filter(|(sign, _)| before.ends_with(sign) && !sign.is_ascii() || before.ends_with('$') && *sign == "$");
    let found = if before.ends_with("R$") { Some((2, "BRL")) } else { None };
    found.or_else(|| signs.map(|(sign, code)| (sign.len(), *code)).next())
}

/// A currency's sign, word or code at the start of what stands behind a number: its length and code.
fn currency_after(after: &str, currencies: &Currencies) -> Option<(usize, String)> {
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| !sign.is_ascii() && after.starts_with(sign)) {
        return Some((sign.len(), (*code).to_owned()));
    }
    if after.starts_with('$') {
        return Some((1, "USD".to_owned()));
    }
    let word = after.split(|c: char| !c.is_alphabetic()).next()?;
    let lower = word.to_lowercase();
    if let Some((_, code)) = SIGNS.iter().find(|(name, _)| name.len() > 3 && lower.starts_with(name)) {
        return Some((word.len(), (*code).to_owned()));
    }
    currencies.rates.contains_key(word).then(|| (word.len(), word.to_owned()))
}

/// Whole units: a separator with two digits behind it at the end begins a fraction.
fn whole(digits: &str) -> Option<u64> {
    let cut = digits.rfind(['.', ',']).filter(|at| digits.len() - at - 1 <= 2).unwrap_or(digits.len());
    let units: String = digits[..cut].chars().filter(char::is_ascii_digit).collect();
    units.parse().ok().filter(|_| units.len() <= 12)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn sums_in_many_forms() {
        let currencies = Policy::shipped().currencies;
        for (text, expected) in [
            ("You charged $1,250.00 twice", vec![("$1,250.00", 1_250)]),
            ("1.250,50 € zu viel", vec![("1.250,50 €", 1_462)]),
            ("about 300 EUR and £20", vec![("300 EUR", 351), ("£20", 26)]),
            ("R$ 500 por mês", vec![("R$ 500", 90)]),
            ("perdu 1 700 € en 3 jours", vec![("1 700 €", 1_989)]),
            ("8000 dollars", vec![("8000 dollars", 8_000)]),
            ("order 10023456, 3 times", vec![]),
        ] {
            assert_eq!(sums(text, &currencies), expected, "{text}");
        }
    }
}
