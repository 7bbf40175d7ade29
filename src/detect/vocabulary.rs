//! The words that any term names, and for each the classes of terms that it belongs to.
//!
//! A word of a text is looked up once, whatever the number of terms. What it finds is a class: all words that the same
//! atoms match share one, so that every later question about the word is one about a small list of atoms.

use hashbrown::HashTable;

use crate::text::{Document, Token, WordKey, flags};

/// A class of words that the same atoms match. Class 0 matches none.
pub(super) type ClassIndex = u32;
/// An atom's number.
pub(super) type AtomIndex = u32;

/// Nothing names the word.
pub(super) const NO_CLASS: ClassIndex = 0;

/// What is known of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Class {
    /// Its atoms, a span of [`Vocabulary::atoms`].
    pub(super) atoms: (u32, u32),
    /// What its words stand for by themselves, a span of the phrase table's singles.
    pub(super) singles: (u32, u32),
    /// The longer phrases anchored at it, a span of the phrase table's postings.
    pub(super) postings: (u32, u32),
    /// Those of its atoms that phrases anchored elsewhere need, a span of [`Vocabulary::companions`].
    pub(super) companions: (u32, u32),
    /// The pairs of words by which phrases are found and that it begins, a span of the phrase table's pairs.
    pub(super) pairs: (u32, u32),
    /// The classes that stand second in these pairs, each as one of 64 bits.
    pub(super) before: u64,
    /// The classes that stand first in pairs in which it is second, likewise.
    pub(super) after: u64,
    /// Its atoms, each as one of 64 bits.
    pub(super) atom_bits: u64,
    /// Whether the word says nothing of the subject.
    pub(super) function: bool,
    /// Whether disguised spellings (`sh*t`) of the word are looked for.
    pub(super) disguisable: bool,
}

/// A word that terms name.
#[derive(Clone, Copy, Debug)]
struct Slot {
    head: u64,
    /// Where the word stands in the arena; only words longer than the head need comparing.
    start: u32,
    len: u8,
    class: ClassIndex,
}

#[derive(Clone, Copy, Debug)]
struct PrefixSlot {
    gate: u16,
    start: u32,
    len: u8,
    class: ClassIndex,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Vocabulary {
    slots: HashTable<Slot>,
    arena: String,
    /// Ordered by gate, longest first.
    prefixes: Vec<PrefixSlot>,
    /// Which gates have a prefix, one bit each.
    gates: Vec<u64>,
    /// Words whose disguised spellings are looked for.
    disguisable: Vec<(String, ClassIndex)>,
    number: ClassIndex,
    pub(super) classes: Vec<Class>,
    pub(super) atoms: Vec<AtomIndex>,
    pub(super) companions: Vec<u32>,
}

impl Class {
    /// The bit that stands for a class in [`Class::before`] and [`Class::after`].
    #[inline]
    pub(super) const fn bit(class: ClassIndex) -> u64 {
        1 << (class.wrapping_mul(0x9E37_79B1) >> 26)
    }

    /// Whether some pair may begin with a word of class `own`, which this is, and end with one of class `next`.
    #[inline]
    pub(super) const fn may_pair(&self, own: ClassIndex, next: ClassIndex, of_next: &Class) -> bool {
        self.before & Class::bit(next) != 0 && of_next.after & Class::bit(own) != 0
    }

    /// Whether a word of it begins anything.
    #[inline]
    pub(super) const fn is_candidate(&self) -> bool {
        self.singles.0 != self.singles.1 || self.postings.0 != self.postings.1 || self.before != 0
    }
}

impl Vocabulary {
    pub(super) fn new(
        classes: Vec<Class>,
        atoms: Vec<AtomIndex>,
        companions: Vec<u32>,
        number: ClassIndex,
    ) -> Vocabulary {
        Vocabulary {
            slots: HashTable::new(),
            arena: String::new(),
            prefixes: Vec::new(),
            gates: vec![0; (1 << 15) / 64],
            disguisable: Vec::new(),
            number,
            classes,
            atoms,
            companions,
        }
    }

    /// Adds a word in its normal form; it must not be there yet.
    pub(super) fn insert_word(&mut self, word: &str, class: ClassIndex) {
        // The scanner makes no token that is longer.
        let Ok(len) = u8::try_from(word.len()) else { return };
        let WordKey { head, hash } = WordKey::of(word);
        let slot = Slot { head, start: self.arena.len() as u32, len, class };
        self.arena.push_str(word);
        // The hash of a slot is only asked for when the table grows.
        let arena = &self.arena;
        let rehash = |slot: &Slot| WordKey::of(&arena[slot.start as usize..][..usize::from(slot.len)]).hash;
        self.slots.insert_unique(hash, slot, rehash);
        if self.classes[class as usize].disguisable {
            self.disguisable.push((word.to_owned(), class));
        }
    }

    /// Sets the prefixes, in any order. Each has at least three letters.
    pub(super) fn set_prefixes<'a>(&mut self, prefixes: impl Iterator<Item = (&'a str, ClassIndex)>) {
        for (prefix, class) in prefixes {
            let Ok(len) = u8::try_from(prefix.len()) else { continue };
            let gate = gate(WordKey::of(prefix).head);
            self.gates[usize::from(gate) / 64] |= 1 << (gate % 64);
            self.prefixes.push(PrefixSlot { gate, start: self.arena.len() as u32, len, class });
            self.arena.push_str(prefix);
        }
        self.prefixes.sort_by_key(|slot| (slot.gate, std::cmp::Reverse(slot.len), slot.start));
    }

    /// Orders the words whose disguises are looked for: of several that a disguise may stand for, the first counts.
    pub(super) fn order_disguisable<R: Ord>(&mut self, rank: impl Fn(&str) -> R) {
        self.disguisable.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    }

    /// Memory that it takes up, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let Vocabulary { slots, arena, prefixes, gates, disguisable, number: _, classes, atoms, companions } = self;
        slots.allocation_size()
            + arena.capacity()
            + size_of_val(prefixes.as_slice())
            + size_of_val(gates.as_slice())
            + disguisable.iter().map(|entry| size_of_val(entry) + entry.0.capacity()).sum::<usize>()
            + size_of_val(classes.as_slice())
            + size_of_val(atoms.as_slice())
            + size_of_val(companions.as_slice())
    }

    /// How many words are in the table.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether words of class `class` match `atom`.
    #[inline]
    pub(super) fn has_atom(&self, class: ClassIndex, atom: AtomIndex) -> bool {
        let (start, end) = self.classes[class as usize].atoms;
        self.atoms[start as usize..end as usize].binary_search(&atom).is_ok()
    }

    /// The class of `token`, as it stands or as what it disguises.
    #[inline]
    pub(super) fn class_of(&self, document: &Document, flat: &str, token: &Token, buffer: &mut String) -> ClassIndex {
        if token.flags & flags::OPAQUE != 0 {
            return NO_CLASS;
        }
        if let Some(class) = self.find(document, flat, token) {
            return class;
        }
        const ODD: u8 = flags::REWRITTEN | flags::DISGUISED | flags::MIXED | flags::NUMBER | flags::APOSTROPHE;
        if token.flags & ODD == 0 && !self.gate_is_open(token.key.head) && !may_be_elongated(token) {
            return NO_CLASS;
        }
        self.other_spelling(document, flat, token, buffer)
    }

    #[inline]
    fn find(&self, document: &Document, flat: &str, token: &Token) -> Option<ClassIndex> {
        let is_it = |slot: &Slot| {
            slot.head == token.key.head
                && slot.len == token.len
                && (slot.len <= 8 || document.word(flat, token).eq_ignore_ascii_case(self.word_of(slot)))
        };
        self.slots.find(token.key.hash, is_it).map(|slot| slot.class)
    }

    fn word_of(&self, slot: &Slot) -> &str {
        &self.arena[slot.start as usize..][..usize::from(slot.len)]
    }

    /// The class of a word in its normal form, exactly as it stands.
    pub(super) fn find_word(&self, word: &str) -> Option<ClassIndex> {
        let WordKey { head, hash } = WordKey::of(word);
        let is_it = |slot: &Slot| slot.head == head && self.word_of(slot) == word;
        self.slots.find(hash, is_it).map(|slot| slot.class)
    }

    #[inline]
    fn gate_is_open(&self, head: u64) -> bool {
        let gate = gate(head);
        self.gates[usize::from(gate) / 64] & (1 << (gate % 64)) != 0
    }

    /// The class of a word that is not in the table: by a prefix, or as another spelling of a word that is.
    #[cold]
    fn other_spelling(&self, document: &Document, flat: &str, token: &Token, buffer: &mut String) -> ClassIndex {
        if token.flags & flags::NUMBER != 0 {
            return self.number;
        }
        // What follows compares words in small letters.
        buffer.clear();
        buffer.push_str(document.word(flat, token));
        buffer.make_ascii_lowercase();
        if let Some(class) = self.find_prefix(buffer) {
            return class;
        }
        if let Some(owner) = buffer.strip_suffix("'s")
            && let Some(class) = self.find_word(owner).or_else(|| self.find_prefix(owner))
        {
            return class;
        }
        if let Some(class) = self.find_shortened(buffer) {
            return class;
        }
        if token.flags & (flags::DISGUISED | flags::MIXED) != 0 {
            return self.find_disguised(buffer);
        }
        NO_CLASS
    }

    /// The class of the longest prefix that `word` begins with.
    fn find_prefix(&self, word: &str) -> Option<ClassIndex> {
        let head = WordKey::of(word).head;
        if !self.gate_is_open(head) {
            return None;
        }
        let gate = gate(head);
        let first = self.prefixes.partition_point(|slot| slot.gate < gate);
        let candidates = self.prefixes[first..].iter().take_while(|slot| slot.gate == gate);
        let begins = |slot: &&PrefixSlot| word.starts_with(&self.arena[slot.start as usize..][..usize::from(slot.len)]);
        candidates.into_iter().find(begins).map(|slot| slot.class)
    }

    /// The class of the word that `word` is an elongation of: letters that stand three times or more in a row stand for
    /// two, or for one.
    fn find_shortened(&self, word: &mut String) -> Option<ClassIndex> {
        let is_long = {
            let mut letters = word.as_bytes().windows(3);
            letters.any(|run| run[0] == run[1] && run[1] == run[2])
        };
        if !is_long {
            return None;
        }
        let written = std::mem::take(word);
        let found = [2, 1].into_iter().find_map(|keep| {
            word.clear();
            for (index, letter) in written.char_indices() {
                let run = written[..index].chars().rev().take_while(|c| *c == letter).take(3).count();
                let rest = written[index..].chars().take_while(|c| *c == letter).take(3).count();
                if run < keep || run + rest < 3 {
                    word.push(letter);
                }
            }
            self.find_word(word).or_else(|| self.find_prefix(word))
        });
        *word = written;
        found
    }

    /// The class of the word that `word` disguises by signs and digits; a word in Markdown's stars is the word itself.
    fn find_disguised(&self, word: &str) -> ClassIndex {
        let disguisable = self.disguisable.iter().find(|(plain, _)| disguises(word, plain));
        if let Some((_, class)) = disguisable {
            return *class;
        }
        let bare = word.trim_matches('*');
        if bare == word {
            NO_CLASS
        } else {
            self.find_word(bare).or_else(|| self.find_prefix(bare)).unwrap_or(NO_CLASS)
        }
    }
}

/// The first three letters, five bits each.
#[inline]
fn gate(head: u64) -> u16 {
    ((head & 31) | (head >> 8 & 31) << 5 | (head >> 16 & 31) << 10) as u16
}

/// Whether a letter may stand three times in a row. Only the first eight bytes are looked at; a long word may anyway.
#[inline]
fn may_be_elongated(token: &Token) -> bool {
    let head = token.key.head;
    // Bytes that equal the next one are zero in `same`; the test for zero bytes errs only towards "yes".
    let same = head ^ (head >> 8);
    let zeros = same.wrapping_sub(0x0101_0101_0101_0101) & !same & 0x8080_8080_8080_8080;
    let twice = zeros & (zeros >> 8);
    // Beyond the word's end the head is zero, too, which says nothing.
    let bytes = u32::from(token.len.min(8));
    token.len > 12 || twice & ((1 << (8 * bytes.saturating_sub(2))) - 1) != 0
}

/// Whether `word` is `plain` with signs or digits in the place of letters.
fn disguises(word: &str, plain: &str) -> bool {
    let mut letters = 0;
    let same = word.len() == plain.len()
        && word.bytes().zip(plain.bytes()).all(|(sign, letter)| {
            letters += usize::from(sign == letter);
            sign == letter
                || match sign {
                    b'*' | b'#' => true,
                    b'@' | b'4' => letter == b'a',
                    b'3' => letter == b'e',
                    b'1' | b'!' => matches!(letter, b'i' | b'l'),
                    b'0' => letter == b'o',
                    b'$' | b'5' => letter == b's',
                    b'7' => letter == b't',
                    _ => false,
                }
        });
    same && letters > 0
}
