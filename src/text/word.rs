//! One word: its normal form and its hash.
//!
//! The normal form is NFKC in lower case, without invisible characters, apostrophes made plain, and letters of another
//! script that stand among Latin ones made Latin. Plain ASCII words differ from theirs in case only, so that their hash
//! is taken from the text itself.

use unicode_normalization::UnicodeNormalization;

use super::chars::{self, Wide};

/// The bit that small ASCII letters have and capitals lack; digits and the apostrophe have it, too.
const CASE_BITS: u64 = 0x2020_2020_2020_2020;

/// Appends the normal form of `word` to `out`. Doing it twice changes nothing.
pub fn normalise_word(word: &str, out: &mut String) {
    let start = out.len();
    let visible = |c: &char| c.is_ascii() || chars::wide(*c) != Wide::Invisible;
    let plain = |c: char| if !c.is_ascii() && chars::wide(c) == Wide::Apostrophe { '\'' } else { c };
    let folded = word.chars().filter(visible).map(plain).nfkc().flat_map(char::to_lowercase).nfkc();
    let (mut latin, mut disguised) = (false, false);
    // Compatibility forms may stand for what was filtered before.
    for c in folded.filter(visible).map(plain) {
        latin |= c.is_ascii_lowercase();
        disguised |= chars::latin_look_alike(c).is_some();
        out.push(c);
    }
    if latin && disguised {
        let undone: String = out[start..].chars().map(|c| chars::latin_look_alike(c).unwrap_or(c)).nfkc().collect();
        out.truncate(start);
        out.push_str(&undone);
    }
    // Markdown's emphasis is not part of the word.
    let kept = out[start..].trim_matches('_').len();
    let leading = out[start..].len() - out[start..].trim_start_matches('_').len();
    if kept > 0 && kept < out.len() - start {
        out.drain(start..start + leading);
        out.truncate(start + kept);
    }
}

/// What a word is found by: its first eight bytes, which tell most words apart by themselves, and a hash of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordKey {
    /// The first eight bytes of the normal form, little-endian, zeros beyond its end.
    pub head: u64,
    /// The hash. Equal words have equal hashes; whoever finds a hash compares the words.
    pub hash: u64,
}

impl WordKey {
    /// The key of a word in its normal form.
    #[must_use]
    pub fn of(word: &str) -> WordKey {
        WordKey::read::<0>(word.as_bytes(), 0, word.len())
    }

    /// The key of the word's first `LETTERS` (at most 8) letters; `None` when they are not all ASCII, or there are fewer.
    #[inline]
    #[must_use]
    pub fn plain_prefix<const LETTERS: usize>(self) -> Option<WordKey> {
        let head = self.head & (u64::MAX >> (64 - 8 * LETTERS));
        let is_plain = head & 0x8080_8080_8080_8080 == 0 && head >> (8 * (LETTERS - 1)) != 0;
        is_plain.then(|| WordKey { head, hash: fold(head ^ LETTERS as u64) })
    }

    /// The key of the plain ASCII word `text[start..end]`, whatever its case. What follows the word is read and dropped.
    #[inline]
    pub(super) fn of_plain(text: &[u8], start: usize, end: usize) -> WordKey {
        WordKey::read::<CASE_BITS>(text, start, end)
    }

    #[inline]
    fn read<const SET_BITS: u64>(text: &[u8], start: usize, end: usize) -> WordKey {
        let len = end - start;
        if len < 8 {
            let head = (load(text, start) | SET_BITS) & ((1 << (len * 8)) - 1);
            return WordKey { head, hash: fold(head ^ len as u64) };
        }
        let head = load(text, start) | SET_BITS;
        let (mut hash, mut at) = (fold(head ^ len as u64), start + 8);
        while at < end {
            let rest = end - at;
            let mask = if rest < 8 { (1 << (rest * 8)) - 1 } else { u64::MAX };
            hash = fold(hash ^ ((load(text, at) | SET_BITS) & mask));
            at += 8;
        }
        WordKey { head, hash }
    }
}

/// Eight bytes from `at`, little-endian, zeros beyond the end of the text.
#[inline]
fn load(text: &[u8], at: usize) -> u64 {
    match text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => {
            let mut chunk = [0; 8];
            let rest = text.get(at..).unwrap_or_default();
            chunk[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(chunk)
        }
    }
}

/// Multiplies to 128 bits and folds the halves (the mixing step of wyhash and foldhash).
#[inline]
fn fold(hash: u64) -> u64 {
    let product = u128::from(hash) * 0x9E37_79B9_7F4A_7C15_u128;
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(word: &str) -> String {
        let mut out = String::new();
        normalise_word(word, &mut out);
        out
    }

    #[test]
    fn normal_forms() {
        for (word, expected) in [
            ("Don’t", "don't"),
            ("ＣＡＮＣＥＬ", "cancel"),
            ("can\u{200B}cel", "cancel"),
            ("саncel", "cancel"),
            ("хорошо", "хорошо"),
            ("Cafe\u{301}", "café"),
            ("_really_", "really"),
            ("user_agent", "user_agent"),
            ("ﬁx", "fix"),
        ] {
            assert_eq!(normal(word), expected, "{word}");
        }
    }

    #[test]
    fn key_ignores_case_and_what_follows() {
        let text = b"CANCELLATIONS everywhere";
        for len in 1..=13 {
            let word = String::from_utf8(text[..len].to_ascii_lowercase()).unwrap();
            assert_eq!(WordKey::of_plain(text, 0, len), WordKey::of(&word), "{word}");
        }
        assert_ne!(WordKey::of("refund"), WordKey::of("refunds"));
    }
}
