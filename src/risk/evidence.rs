//! Quotes that may leave the engine: masked, profanity starred, short.

use super::Evidence;
use crate::detect::{Finding, RuleFacts};
use crate::limits;
use crate::signal::Signal;
use crate::text::mask;

/// The quote of one finding in `text`. `all` are all findings of the text: what any of them calls a swear word or an
/// insult is starred in every quote.
pub(crate) fn quote(text: &str, finding: &Finding, all: &[Finding], rules: &[RuleFacts]) -> Evidence {
    let (start, end) = (boundary(text, finding.start as usize), boundary(text, finding.end as usize));
    let foul = |finding: &&Finding| {
        let signal = rules.get(usize::from(finding.rule.0)).map(|facts| facts.signal);
        matches!(signal, Some(Signal::Profanity | Signal::Abuse))
    };
    let mut quote = String::new();
    let mut in_word = false;
    for (at, letter) in text[start..end.max(start)].char_indices().map(|(at, letter)| (start + at, letter)) {
        let at = at as u32;
        let hide = all.iter().filter(foul).any(|other| other.start <= at && at < other.end);
        quote.push(if hide && in_word && letter.is_alphanumeric() { '*' } else { letter });
        in_word = letter.is_alphanumeric();
    }
    Evidence { start: start as u32, end: end.max(start) as u32, quote: shorten(mask::mask(&quote)) }
}

/// At most [`limits::QUOTE_BYTES`], with an ellipsis for what was cut.
fn shorten(mut quote: String) -> String {
    if quote.len() > limits::QUOTE_BYTES {
        quote.truncate(boundary(&quote, limits::QUOTE_BYTES - '…'.len_utf8()));
        quote.push('…');
    }
    quote
}

/// The greatest char boundary of `text` that is not beyond `index`.
fn boundary(text: &str, index: usize) -> usize {
    text.floor_char_boundary(index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::RuleIndex;
    use crate::score::{Level, Strength};

    fn rule(signal: Signal) -> RuleFacts {
        RuleFacts {
            id: "x.y".to_owned(),
            title: String::new(),
            why: String::new(),
            signal,
            level: Level::Info,
            weight: 100,
            tags: Vec::new(),
            route: String::new(),
            experimental: false,
        }
    }

    fn finding(text: &str, words: &str, rule: u16) -> Finding {
        let start = text.find(words).expect("the words are there") as u32;
        Finding { start, end: start + words.len() as u32, rule: RuleIndex(rule), strength: Strength::MAX }
    }

    #[test]
    fn swear_words_are_starred_in_every_quote() {
        let rules = [rule(Signal::Profanity), rule(Signal::Anger)];
        let text = "Ich habe Ärger: this damn thing is unacceptable";
        let all = [finding(text, "damn", 0), finding(text, "this damn thing is unacceptable", 1)];
        assert_eq!(quote(text, &all[0], &all, &rules).quote, "d***");
        assert_eq!(quote(text, &all[1], &all, &rules).quote, "this d*** thing is unacceptable");
    }

    #[test]
    fn quotes_are_short_and_total() {
        let rules = [rule(Signal::Anger)];
        let text = "ü".repeat(200);
        let whole = Finding { start: 0, end: 400, rule: RuleIndex(0), strength: Strength::MAX };
        let cut = quote(&text, &whole, &[whole], &rules).quote;
        assert!(cut.len() <= limits::QUOTE_BYTES && cut.ends_with('…'), "{cut}");
        let wild = Finding { start: 399, end: 9_999, rule: RuleIndex(7), strength: Strength::MAX };
        assert_eq!(quote(&text, &wild, &[wild], &rules).quote, "ü");
    }
}
