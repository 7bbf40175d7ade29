//! Finds the words of the vocabulary in a text: one look at a table for each word, and one for its first letters.

use crate::lexicon::Language;
use crate::limits;
use crate::text::{Document, Token, WordKey, flags, normalise_word};

/// A place of the vocabulary in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// The first token.
    pub first: u32,
    /// The last token.
    pub last: u32,
    /// The entry's place in the vocabulary.
    pub entry: u16,
    /// The languages in which the words mean it, as bits.
    pub languages: u8,
}

/// A word of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Whole(u64),
    /// What the word begins with.
    Prefix(Box<str>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Phrase {
    words: Box<[Word]>,
    entry: u16,
    /// The languages that it belongs to, as bits.
    languages: u8,
}

/// The phrases by their first words. Immutable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lookup {
    phrases: Vec<Phrase>,
    whole: Buckets,
    /// By their first four bytes.
    prefixes: Buckets,
    /// Prefixes of three bytes.
    short: Buckets,
}

/// First words with their phrases, in buckets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Buckets {
    /// Where each bucket begins; one more than there are buckets.
    starts: Vec<u32>,
    entries: Vec<First>,
    /// The languages of what stands at each place, and at some others: most words lead nowhere.
    filter: Vec<u8>,
}

/// The first word of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct First {
    /// What stands in a bucket together.
    place: u64,
    /// The hash of a whole word, the first letters (eight at most) of a prefix.
    bits: u64,
    /// The bits that must be so.
    mask: u64,
    phrase: u32,
    /// The languages of the phrase, as bits.
    languages: u8,
}

const BUCKETS: u64 = 4_096;
const FILTER: u64 = 8_192;

impl Buckets {
    fn new(mut entries: Vec<First>) -> Buckets {
        entries.sort_unstable_by_key(|first| (first.place % BUCKETS, *first));
        let starts = (0..=BUCKETS).map(|bucket| entries.partition_point(|first| first.place % BUCKETS < bucket) as u32);
        let starts = starts.collect();
        let mut filter = vec![0; FILTER as usize];
        for first in &entries {
            filter[Buckets::filtered(first.place)] |= first.languages;
        }
        Buckets { starts, entries, filter }
    }

    const fn filtered(place: u64) -> usize {
        (place >> 20 & (FILTER - 1)) as usize
    }

    /// Whether there may be a phrase of the `allowed` languages whose first word has this place.
    #[inline]
    fn may_have(&self, place: u64, allowed: u8) -> bool {
        self.filter.get(Buckets::filtered(place)).is_some_and(|languages| languages & allowed != 0)
    }

    /// The phrases of the `allowed` languages whose first word is that of `bits`.
    fn get(&self, place: u64, bits: u64, allowed: u8) -> impl Iterator<Item = u32> {
        let bucket = (place % BUCKETS) as usize;
        let range = match self.starts.get(bucket..bucket + 2) {
            Some([start, end]) => *start as usize..*end as usize,
            _ => 0..0,
        };
        let fits = move |first: &&First| bits & first.mask == first.bits && first.languages & allowed != 0;
        self.entries[range].iter().filter(fits).map(|first| first.phrase)
    }
}

/// What the first `LETTERS` bytes of a word are found by.
const fn beginning<const LETTERS: u32>(key: WordKey) -> u64 {
    let letters = key.head & (u64::MAX >> (64 - 8 * LETTERS));
    letters.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20
}

/// Gathers phrases.
#[derive(Debug, Default)]
pub(super) struct Builder {
    phrases: Vec<Phrase>,
    whole: Vec<First>,
    prefixes: Vec<First>,
    short: Vec<First>,
}

impl Builder {
    /// Adds a phrase of an entry; tells whether it can be found.
    pub(super) fn add(&mut self, phrase: &str, entry: u16, language: Language) -> bool {
        let pieces = phrase.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '*' | '_'));
        let pieces: Vec<&str> = pieces.filter(|piece| !piece.is_empty()).collect();
        if pieces.is_empty() || pieces.len() > 6 {
            return false;
        }
        let mut words = Vec::new();
        let mut key = WordKey::of("");
        for piece in pieces {
            let (letters, is_prefix) = piece.strip_suffix('*').map_or((piece, false), |letters| (letters, true));
            let mut normal = String::new();
            normalise_word(letters, &mut normal);
            if normal.is_empty() || letters.contains('*') || (is_prefix && normal.len() < 3) {
                return false;
            }
            let own = WordKey::of(&normal);
            if words.is_empty() {
                key = own;
            }
            words.push(if is_prefix { Word::Prefix(normal.into()) } else { Word::Whole(own.hash) });
        }
        let (phrase, languages) = (self.phrases.len() as u32, language.bit());
        match &words[0] {
            Word::Whole(hash) => {
                self.whole.push(First { place: *hash, bits: *hash, mask: u64::MAX, phrase, languages });
            }
            Word::Prefix(letters) => {
                let mask = u64::MAX >> (64 - 8 * letters.len().min(8));
                let first = |place| First { place, bits: key.head & mask, mask, phrase, languages };
                match letters.len() {
                    0..=3 => self.short.push(first(beginning::<3>(key))),
                    _ => self.prefixes.push(first(beginning::<4>(key))),
                }
            }
        }
        self.phrases.push(Phrase { words: words.into(), entry, languages: language.bit() });
        true
    }

    pub(super) fn finish(self) -> Lookup {
        let Builder { phrases, whole, prefixes, short } = self;
        let [whole, prefixes, short] = [whole, prefixes, short].map(Buckets::new);
        Lookup { phrases, whole, prefixes, short }
    }
}

impl Lookup {
    /// Adds to `found` each place of a phrase in the text, in order of place. Of several phrases of one entry that begin
    /// at one word the longest counts. `language` is the text's, [`Language::Any`] when it is not known.
    pub fn search(&self, document: &Document, flat: &str, language: Language, found: &mut Vec<Match>) {
        let allowed = allowed(language);
        let tokens = document.tokens();
        for (at, token) in tokens.iter().enumerate() {
            if !self.may_begin(token.key, allowed) && token.flags & flags::APOSTROPHE == 0 {
                continue;
            }
            let from = found.len();
            // What so many words have told is enough; each place is compared with others of its sentence.
            if from >= limits::PLACES {
                return;
            }
            self.search_at(document, flat, (at, token.key), allowed, found);
            if token.flags & flags::APOSTROPHE != 0 {
                let word = document.word(flat, token);
                if let Some((_, after)) = word.split_once(['\'', '’']).filter(|(_, after)| after.len() > 2) {
                    let key = WordKey::of(&after.to_lowercase());
                    self.search_at(document, flat, (at, key), allowed, found);
                }
            }
            if found.len() > from + 1 {
                keep_longest(found, from);
            }
        }
    }

    /// Whether some phrase may begin with this word; most words of a text begin none.
    #[inline]
    fn may_begin(&self, key: WordKey, allowed: u8) -> bool {
        self.whole.may_have(key.hash, allowed)
            || self.prefixes.may_have(beginning::<4>(key), allowed)
            || self.short.may_have(beginning::<3>(key), allowed)
    }

    /// Whether a phrase stands at the token `at`.
    pub fn is_at(&self, document: &Document, flat: &str, at: u32, language: Language) -> bool {
        let mut found = Vec::new();
        if let Some(token) = document.tokens().get(at as usize) {
            self.search_at(document, flat, (at as usize, token.key), allowed(language), &mut found);
        }
        !found.is_empty()
    }

    fn search_at(
        &self,
        document: &Document,
        flat: &str,
        (at, key): (usize, WordKey),
        allowed: u8,
        found: &mut Vec<Match>,
    ) {
        let whole = self.whole.get(key.hash, key.hash, allowed);
        let prefixes = self.prefixes.get(beginning::<4>(key), key.head, allowed);
        let short = self.short.get(beginning::<3>(key), key.head, allowed);
        for phrase in whole.chain(prefixes).chain(short) {
            let Phrase { words, entry, languages } = &self.phrases[phrase as usize];
            if at + words.len() > document.tokens().len() {
                continue;
            }
            let tokens = &document.tokens()[at..at + words.len()];
            // Words of one phrase stand in one sentence.
            let together = tokens.last().is_some_and(|last| last.sentence == tokens[0].sentence);
            let first = match &words[0] {
                Word::Whole(_) => true,
                Word::Prefix(letters) => {
                    let word = document.word(flat, &tokens[0]);
                    begins(word, letters)
                        || word.split_once(['\'', '’']).is_some_and(|(_, after)| begins(after, letters))
                }
            };
            let rest = words.iter().zip(tokens).skip(1).all(|(word, token)| fits(word, document, flat, token));
            if together && first && rest {
                let last = (at + words.len() - 1) as u32;
                found.push(Match { first: at as u32, last, entry: *entry, languages: *languages });
            }
        }
    }
}

/// The languages whose words count in a text of `language`, as bits: products have English names everywhere.
const fn allowed(language: Language) -> u8 {
    match language {
        Language::Any => u8::MAX,
        _ => language.bit() | Language::English.bit(),
    }
}

/// Of the places from `from` on, which begin at one word, keeps the longest of each entry.
fn keep_longest(found: &mut Vec<Match>, from: usize) {
    found[from..].sort_unstable_by_key(|place| (place.entry, std::cmp::Reverse(place.last)));
    let mut kept = from;
    for at in from..found.len() {
        let place = found[at];
        match found[from..kept].last_mut() {
            Some(before) if before.entry == place.entry => {
                if before.last == place.last {
                    before.languages |= place.languages;
                }
            }
            _ => {
                found[kept] = place;
                kept += 1;
            }
        }
    }
    found.truncate(kept);
}

fn fits(word: &Word, document: &Document, flat: &str, token: &Token) -> bool {
    match word {
        Word::Whole(hash) => token.key.hash == *hash,
        Word::Prefix(letters) => begins(document.word(flat, token), letters),
    }
}

/// Whether `word`, but for the case of ASCII letters, begins with `letters`.
fn begins(word: &str, letters: &str) -> bool {
    word.len() >= letters.len() && word.as_bytes()[..letters.len()].eq_ignore_ascii_case(letters.as_bytes())
}
