//! What single lines look like: names, lines of a signature, introductions to a quotation. Each looks at a bounded part
//! of its line.

use super::phrases::PHRASES;

/// A line of a signature is no longer than this, in bytes.
const SIGNATURE_LINE: usize = 200;
/// A line that a mail program or a helpdesk wrote is no longer than this.
const PROGRAM_LINE: usize = 160;
/// An introduction to a quotation, over all its lines, is no longer than this.
pub(super) const ATTRIBUTION: usize = 400;

/// Whether letter for letter the same but for the case of ASCII letters.
fn begins(text: &str, beginning: &str) -> bool {
    text.as_bytes().get(..beginning.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(beginning.as_bytes()))
}

/// A word without what stands around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// How a line is made up of words.
struct Words {
    all: usize,
    /// Those that begin with a small letter.
    small: usize,
    /// The same, without the small words that names have.
    small_in_name: usize,
    digits: bool,
}

impl Words {
    fn of(line: &str) -> Words {
        let mut words = Words { all: 0, small: 0, small_in_name: 0, digits: false };
        for word in line.split_whitespace() {
            let Some(first) = word.chars().find(|c| c.is_alphanumeric()) else { continue };
            words.all += 1;
            words.digits |= first.is_numeric();
            if first.is_lowercase() {
                words.small += 1;
                words.small_in_name += usize::from(!PHRASES.particles.contains(&word));
            }
        }
        words
    }
}

/// Whether `line` ends as sentences do.
fn ends_sentence(line: &str) -> bool {
    line.ends_with(['.', '!', '?', '…', ':', ';'])
}

/// Whether `line` can be a person's name by itself.
pub(super) fn is_name(line: &str) -> bool {
    if line.len() > SIGNATURE_LINE / 2 || ends_sentence(line) {
        return false;
    }
    let words = Words::of(line);
    (1..=4).contains(&words.all) && words.small_in_name == 0 && !words.digits
}

/// Whether `line`, below a farewell, is part of the signature and not a sentence that somebody added.
pub(super) fn is_of_signature(line: &str) -> bool {
    if line.len() > SIGNATURE_LINE || PHRASES.postscripts.iter().any(|opening| begins(line, opening)) {
        return false;
    }
    let (words, ends) = (Words::of(line), ends_sentence(line));
    // Somebody shouts.
    if words.all >= 4 && !line.contains(|c: char| c.is_lowercase() || c.is_numeric() || matches!(c, '@' | '|' | '•'))
    {
        return false;
    }
    (words.all <= 3 && !ends) || (words.small * 2 <= words.all && !(ends && words.small >= 2))
}

/// Whether what follows a farewell on its line leaves it one: nothing, or a name if `with_name`.
pub(super) fn ends_farewell(rest: &str, with_name: bool) -> bool {
    if rest.len() > SIGNATURE_LINE / 2 || rest.starts_with(|c: char| c.is_alphanumeric() || c == '\'') {
        return false;
    }
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '!' | ';' | '-' | '–' | '—'));
    !rest.contains(char::is_alphanumeric) && !rest.contains('?') || (with_name && is_name(rest))
}

/// Whether a line that begins as devices' lines do goes on with a device, and with little else: `rest` follows the
/// beginning, of which the last word may already say whose it is.
pub(super) fn names_device(line: &str, rest: &str, is_own: bool) -> bool {
    if line.len() > PROGRAM_LINE || line.ends_with('?') || !rest.starts_with(char::is_whitespace) {
        return false;
    }
    let (mut is_own, mut device, mut ends) = (is_own, false, false);
    let mut after = 0;
    for (index, word) in rest.split_whitespace().enumerate() {
        let is_device = index < 6 && is_one_of(&PHRASES.devices, word, false);
        is_own |= is_one_of(&PHRASES.possessives, word, true);
        // A mail program or a maker has a capital; a phone may be anybody's.
        device |= is_device && (is_own || bare(word).chars().take(2).any(char::is_uppercase));
        if is_device {
            after = 0;
            // What a person adds to the line after a comma or a full stop is an excuse for how it is written.
            ends = word.ends_with([',', '.', ';']);
        } else {
            after += 1;
        }
    }
    device && (after <= 2 || (ends && after <= 8))
}

/// Whether a line ends with a word for "sent".
pub(super) fn says_sent(line: &str) -> bool {
    line.split_whitespace().next_back().is_some_and(|word| is_one_of(&PHRASES.sent, word, true))
}

/// Whether a line that begins as those do that tell where to get a mail program names one, and what it runs on.
pub(super) fn names_app(rest: &str) -> bool {
    let mut words = rest.split_whitespace();
    rest.len() <= PROGRAM_LINE / 2
        && words
            .next()
            .is_some_and(|word| word.starts_with(char::is_uppercase) && is_one_of(&PHRASES.devices, word, false))
        && words.clone().count() <= 4
        && words.any(|word| is_one_of(&PHRASES.platforms, word, true))
}

/// Whether `word`, without its punctuation, is one of `list`, or only begins like one.
fn is_one_of(list: &[&str], word: &str, whole: bool) -> bool {
    let word = bare(word);
    list.iter().any(|listed| begins(word, listed) && (!whole || word.len() == listed.len()))
}

/// Whether a line that begins as helpdesks' lines do goes on with a helpdesk.
pub(super) fn names_helpdesk(line: &str, rest: &str) -> bool {
    let rest = rest.trim_start();
    let is_named =
        |helpdesk: &&str| begins(rest, helpdesk) && !rest[helpdesk.len()..].starts_with(|c: char| c.is_alphanumeric());
    line.len() <= PROGRAM_LINE && PHRASES.helpdesks.iter().any(is_named)
}

/// Whether a line that begins as a helpdesk's sentence is that sentence and not much else.
pub(super) fn is_footer(line: &str) -> bool {
    line.len() <= PROGRAM_LINE && !line.ends_with('?')
}

/// Whether `line` is dashes around what mail programs call an earlier mail.
pub(super) fn is_separator(line: &str) -> bool {
    let inside = line.trim_matches('-');
    let dashes = line.len() - inside.len();
    line.len() <= PROGRAM_LINE && dashes >= 6 && line.ends_with("---") && line.starts_with("---") && {
        let lower = |c: char| c.to_ascii_lowercase();
        // Short and rare, but still without a buffer: compared from each word on, and from each letter's place.
        inside.char_indices().any(|(at, c)| {
            let rest = &inside[at..];
            PHRASES.between_dashes.iter().any(|words| words.starts_with(lower(c)) && begins(rest, words))
        })
    }
}

/// Whether `text`, one line or a few, is what a mail program writes above a quotation: a date and time, or an address,
/// and that somebody wrote.
pub(super) fn is_attribution(text: &str) -> bool {
    let Some(before) = text.strip_suffix(':').filter(|text| text.len() <= ATTRIBUTION) else { return false };
    let before = before.trim_end();
    if !before.bytes().any(|byte| byte == b'@' || byte.is_ascii_digit()) {
        return false;
    }
    let mut words = before.split_whitespace();
    let Some(first) = words.next() else { return false };
    let opens = PHRASES.attribution_openings.contains(&first);
    let (address, verb) = (has_address(before), has_verb(before));
    if !verb {
        // Gmail, for a while: "2026-05-04 10:11 GMT+02:00 Ana <ana@example.com>:"
        return address && before.ends_with('>') && first.len() >= 8 && first.starts_with(|c: char| c.is_ascii_digit());
    }
    if address {
        return true;
    }
    opens && has_time(before) && !words.any(|word| PHRASES.persons.contains(&bare(word)))
}

/// Whether `text` begins as such lines do, with a date.
pub(super) fn opens_attribution(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    (PHRASES.attribution_openings.contains(&first) && has_time(text)) || first.starts_with(|c: char| c.is_ascii_digit())
}

fn has_verb(text: &str) -> bool {
    PHRASES.attributions.iter().any(|verb| {
        text.match_indices(verb).any(|(at, _)| {
            let after = text[at + verb.len()..].chars().next();
            text[..at].ends_with(char::is_whitespace) && after.is_none_or(|c| c.is_whitespace() || c == ':')
        })
    })
}

fn has_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(before, after)| {
        before.ends_with(|c: char| c.is_alphanumeric()) && after.starts_with(|c: char| c.is_alphanumeric())
    })
}

/// Whether `text` has a time of day or a year.
fn has_time(text: &str) -> bool {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let time = |w: &[u8]| digit(&w[0]) && matches!(w[1], b':' | b'h' | b'.') && digit(&w[2]) && digit(&w[3]);
    text.as_bytes().windows(4).any(|window| window.iter().all(digit) || time(window))
}
