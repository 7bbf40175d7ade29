//! Sums of money in a text, e.g. `$1,250.00`, `1.250,00 €`, `300 EUR`.

use crate::policy::Currencies;

/// Signs of currencies, with their codes.
const SIGNS: [(&str, &str); 5] = [("R$", "BRL"), ("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "JPY")];
/// Words of currencies, each also with an `s`, with their codes.
const WORDS: [(&str, &str); 6] =
    [("dollar", "USD"), ("euro", "EUR"), ("pound", "GBP"), ("pfund", "GBP"), ("franken", "CHF"), ("reais", "BRL")];
/// What a number may be multiplied by, written right behind it or after a space.
const MULTIPLES: [(&str, u64); 8] = [
    ("k", 1_000),
    ("m", 1_000_000),
    ("mn", 1_000_000),
    ("mio", 1_000_000),
    ("million", 1_000_000),
    ("millions", 1_000_000),
    ("millionen", 1_000_000),
    ("millones", 1_000_000),
];
/// Bytes of a sum as it is written, at most: longer ones are no sums.
const SUM_BYTES: usize = 40;

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
        let (end, multiple) = multiplied(text, end);
        let after = text[end..].trim_start_matches([' ', '\u{a0}', '\u{202f}']);
        let spaces = text[end..].len() - after.len();
        let (code, from, to) = if let Some((sign, code)) = sign_before(before) {
            (code, before.len() - sign, end)
        } else if let Some((len, code)) = currency_after(after, currencies) {
            (code, start, end + spaces + len)
        } else {
            continue;
        };
        if to - from > SUM_BYTES {
            continue;
        }
        let Some(amount) = whole(digits, multiple) else { continue };
        let arr = crate::account::Arr { amount, currency: code.to_owned() };
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
        let after = &text.as_bytes()[at + c.len_utf8()..];
        let is_part = match c {
            '0'..='9' | '.' | ',' | '\'' => true,
            ' ' | '\u{a0}' | '\u{202f}' => after.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count() == 3,
            _ => false,
        };
        if !is_part {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// Where a number that ends at `end` ends with what multiplies it, and by how much that does.
fn multiplied(text: &str, end: usize) -> (usize, u64) {
    let after = text[end..].strip_prefix([' ', '\u{a0}']).unwrap_or(&text[end..]);
    let word = &after[..after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len())];
    let is_apart = after.len() < text[end..].len();
    // `5 m` may be metres: letters that stand apart are words.
    let known = MULTIPLES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name) && (!is_apart || name.len() > 1));
    known.map_or((end, 1), |(_, multiple)| (text.len() - after.len() + word.len(), *multiple))
}

/// A currency's sign at the end of what stands before a number: its length and code.
fn sign_before(before: &str) -> Option<(usize, &'static str)> {
    let (sign, code) = SIGNS.iter().find(|(sign, _)| before.ends_with(sign))?;
    let rest = &before[..before.len() - sign.len()];
    let letters = rest.len() - rest.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    // `US$` are dollars; `A$`, `C$` and others are not these.
    match &rest[rest.len() - letters..] {
        "" => Some((sign.len(), code)),
        "US" if *sign == "$" => Some((sign.len() + 2, code)),
        _ => None,
    }
}

/// A currency's sign, word or code at the start of what stands behind a number: its length and code.
fn currency_after<'a>(after: &'a str, currencies: &Currencies) -> Option<(usize, &'a str)> {
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| after.starts_with(sign)) {
        return Some((sign.len(), code));
    }
    let word = &after[..after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len())];
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    let singular = word.strip_suffix(['s', 'S']).unwrap_or(word);
    if let Some((_, code)) = WORDS.iter().find(|(name, _)| is(name) || singular.eq_ignore_ascii_case(name)) {
        return Some((word.len(), code));
    }
    // Codes are written in capitals, and a code is no word.
    (word.len() == 3 && currencies.rates.contains_key(word)).then_some((word.len(), word))
}

/// Whole units: a separator with two digits behind it at the end begins a fraction.
fn whole(digits: &str, multiple: u64) -> Option<u64> {
    let cut = digits.rfind(['.', ',']).filter(|at| digits.len() - at - 1 <= 2).unwrap_or(digits.len());
    let number = |part: &str| {
        let digits: String = part.chars().filter(char::is_ascii_digit).collect();
        if digits.len() > 12 { None } else { Some(digits.parse::<u64>().unwrap_or(0)) }
    };
    let fraction = digits[cut..].trim_start_matches(['.', ',']);
    // Cents of a plain sum are left out; of millions they are much.
    let part = number(fraction)? * multiple / 10_u64.pow(fraction.len() as u32);
    number(&digits[..cut])?.checked_mul(multiple)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn what_is_too_long_for_a_sum_is_none() {
        let currencies = Policy::shipped().currencies;
        for text in [format!("$1{}5", ",".repeat(2_100)), format!("${}", "9".repeat(70_000)), "$".repeat(70_000)] {
            assert_eq!(sums(&text, &currencies), vec![], "{} bytes", text.len());
        }
    }

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
            ("$50k at stake, $1.2M in all", vec![("$50k", 50_000), ("$1.2M", 1_200_000)]),
            ("2,5 Mio € Umsatz", vec![("2,5 Mio €", 2_925_000)]),
            ("US$ 400 or A$300", vec![("US$ 400", 400)]),
            ("5000 European customers, 20 livres", vec![]),
            ("a cable of 5 m", vec![]),
        ] {
            assert_eq!(sums(text, &currencies), expected, "{text}");
        }
    }
}
