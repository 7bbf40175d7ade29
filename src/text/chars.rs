//! What single bytes and characters mean to the scanner.

/// What an ASCII byte (or the first byte of any other character) means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// White space and whatever means nothing.
    Space,
    /// `a`-`z`, `A`-`Z`.
    Letter,
    /// `0`-`9`.
    Digit,
    /// `_`, part of identifiers.
    Underscore,
    /// `'`, part of a word when inside one.
    Apostrophe,
    /// Line feed.
    Newline,
    /// `.`
    Stop,
    /// `!`
    Exclamation,
    /// `?`
    Question,
    /// `:`
    Colon,
    /// Ends a clause: `,`, `;`, brackets, quotes.
    Clause,
    /// Stands for a letter in disguised words: `@`, `$`, `*`, `#`.
    Disguise,
    /// A character outside ASCII begins.
    High,
    /// A control character.
    Control,
}

/// The class of each byte.
pub(super) const CLASSES: [Class; 256] = {
    let mut classes = [Class::Space; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'_' => Class::Underscore,
            b'\'' => Class::Apostrophe,
            b'\n' => Class::Newline,
            b'.' => Class::Stop,
            b'!' => Class::Exclamation,
            b'?' => Class::Question,
            b':' => Class::Colon,
            b',' | b';' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b'<' | b'>' | b'|' => Class::Clause,
            b'@' | b'$' | b'*' | b'#' => Class::Disguise,
            b'\t' | b'\r' => Class::Space,
            0..=0x1F | 0x7F => Class::Control,
            0x80..=0xFF => Class::High,
            _ => Class::Space,
        };
        byte += 1;
    }
    classes
};

/// How many ASCII letters stand in a row from `at` on. Eight bytes are looked at together.
#[inline]
pub(super) fn letters(bytes: &[u8], at: usize) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    const CASE: u64 = 0x20 * EACH;
    let rest = bytes.get(at..).unwrap_or_default();
    let (chunks, tail) = rest.as_chunks::<8>();
    let mut count = 0;
    for chunk in chunks {
        let chunk = u64::from_le_bytes(*chunk);
        // With its high bit away no byte carries into the next one.
        let small = (chunk | CASE) & !HIGH;
        let from_a = small + (0x80 - u64::from(b'a')) * EACH;
        let beyond_z = small + (0x7F - u64::from(b'z')) * EACH;
        let others = (!from_a | beyond_z | chunk) & HIGH;
        if others != 0 {
            return count + (others.trailing_zeros() / 8) as usize;
        }
        count += 8;
    }
    count + tail.iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
}

/// What a character outside ASCII means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wide {
    /// Part of a word.
    Word,
    /// An apostrophe when inside a word.
    Apostrophe,
    /// Nothing to see; a word goes on across it.
    Invisible,
    /// Changes the direction of what is shown.
    Bidirectional,
    /// A control character.
    Control,
    /// Ends a sentence.
    Stop,
    /// Ends a question.
    Question,
    /// Ends a clause.
    Clause,
    /// Separates words: signs, emoji, spaces.
    Space,
}

/// What `c`, outside ASCII, means.
pub(super) fn wide(c: char) -> Wide {
    match c {
        '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' | '\u{FE00}'..='\u{FE0F}' => Wide::Invisible,
        '\u{200E}' | '\u{200F}' | '\u{61C}' => Wide::Invisible,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Wide::Bidirectional,
        '\u{80}'..='\u{9F}' => Wide::Control,
        '’' | '‘' | 'ʼ' | '＇' | '′' | '´' => Wide::Apostrophe,
        '。' | '！' | '‼' => Wide::Stop,
        '？' | '⁇' | '⁈' | '⁉' => Wide::Question,
        '—' | '–' | '…' | '“' | '”' | '„' | '«' | '»' | '、' | '，' | '•' => Wide::Clause,
        // Combining marks are not alphanumeric by themselves, but belong to the letter before them.
        '\u{300}'..='\u{36F}' | '\u{20D0}'..='\u{20FF}' => Wide::Word,
        _ if c.is_alphanumeric() => Wide::Word,
        _ => Wide::Space,
    }
}

/// The Latin letter that `c`, of another script, looks like (after lower-casing). From the shapes of the letters that
/// Unicode's confusables (UTS #39) lists for lower-case Latin, limited to Cyrillic and Greek, where disguises come from.
pub(super) fn latin_look_alike(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'ь' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ҽ' | 'ё' | 'ε' => 'e',
        'ԍ' => 'g',
        'һ' | 'н' => 'h',
        'і' | 'ї' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ц' => 'u',
        'ѵ' | 'ν' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted_as_their_classes_say() {
        for other in 0..=u8::MAX {
            for before in 0..=17 {
                let mut bytes = [b"QuitePlainLetters".as_slice(), b"zA"].concat();
                bytes.insert(before, other);
                let wanted = bytes.iter().take_while(|byte| CLASSES[usize::from(**byte)] == Class::Letter).count();
                assert_eq!(letters(&bytes, 0), wanted, "{other} after {before} letters");
                assert_eq!(
                    letters(&bytes, wanted),
                    bytes[wanted..].iter().take_while(|b| b.is_ascii_alphabetic()).count()
                );
            }
        }
        assert_eq!(letters(b"abc", 3), 0);
        assert_eq!(letters(b"abc", 4), 0);
    }
}
