//! The language of a text whose event does not say it: by the little words that every sentence has.
//!
//! Function words (and letters with accents) are so frequent, and so unlike from language to language, that a handful of them tells what a text is
//! written in (Grefenstette 1995); they are in the lexicons already. A word that several languages have counts less for
//! each of them.

use hashbrown::HashTable;

use crate::lexicon::term::{Atom, Element, Phrase};
use crate::lexicon::{Language, Lexicons, Role};
use crate::text::{Document, WordKey, flags};

/// Words of a text that are looked at; more say nothing new.
const WORDS_MAX: usize = 96;
/// What a word counts that one language alone has; divisible by how many may share it.
const WHOLE: u32 = 60;

/// What has to speak for a language that is sure: two words that no other has.
const SURE: u32 = 2 * WHOLE;

/// Tells languages apart.
#[derive(Debug, Default)]
pub(super) struct Identifier {
    /// Hash and first bytes of each function word, with the languages that have it as bits.
    words: HashTable<(u64, u64, u8)>,
}

impl Identifier {
    pub(super) fn new(lexicons: &Lexicons) -> Identifier {
        let mut identifier = Identifier::default();
        for lexicon in lexicons.all().iter().filter(|lexicon| lexicon.role == Role::FunctionWord) {
            for phrase in lexicon.entries.iter().flat_map(|entry| &entry.phrases) {
                if let Phrase::Words(elements) = phrase
                    && let [Element { atom: Atom::Word(word), .. }] = elements.as_slice()
                {
                    identifier.add(word, lexicon.language.bit());
                }
            }
        }
        identifier
    }

    fn add(&mut self, word: &str, language: u8) {
        let WordKey { head, hash } = WordKey::of(word);
        match self.words.find_mut(hash, |known| (known.0, known.1) == (hash, head)) {
            Some(known) => known.2 |= language,
            None => drop(self.words.insert_unique(hash, (hash, head, language), |known| known.0)),
        }
    }

    /// The language that most of the text's words are of, and whether enough of them are; [`Language::Any`] for a text in
    /// another script, English for one that says nothing.
    pub(super) fn identify(&self, document: &Document, flat: &str) -> (Language, bool) {
        let mut counts = [0_u32; Language::ALL.len()];
        let (mut latin, mut other) = (0_u32, 0_u32);
        let words = document.tokens().iter().filter(|token| token.flags & (flags::OPAQUE | flags::NUMBER) == 0);
        for token in words.take(WORDS_MAX) {
            let word = document.word(flat, token);
            match word.chars().next() {
                Some(c) if c.is_alphabetic() && c > LAST_LATIN => other += 1,
                _ => latin += 1,
            }
            for letter in word.chars().filter(|c| !c.is_ascii()) {
                add(&mut counts, written_with(letter));
            }
            let is_it = |known: &(u64, u64, u8)| (known.0, known.1) == (token.key.hash, token.key.head);
            let Some((_, _, languages)) = self.words.find(token.key.hash, is_it) else { continue };
            add(&mut counts, *languages);
        }
        if other > latin {
            return (Language::Any, false);
        }
        // English first: of languages with the same count it is the likeliest.
        let order = [Language::English].into_iter().chain(Language::ALL.into_iter().skip(1));
        let best = order.rev().max_by_key(|language| counts[*language as usize]);
        let best = best.unwrap_or(Language::English);
        let is_alone = Language::ALL
            .into_iter()
            .skip(1)
            .all(|other| other == best || counts[other as usize] < counts[best as usize]);
        (best, is_alone && counts[best as usize] >= SURE)
    }
}

/// Counts a sign that a text is in one of `languages`, given as bits.
fn add(counts: &mut [u32; Language::ALL.len()], languages: u8) {
    for language in Language::ALL.into_iter().filter(|language| languages & language.bit() != 0) {
        counts[language as usize] += WHOLE / languages.count_ones();
    }
}

/// The languages that a letter with an accent is common in, as bits.
fn written_with(letter: char) -> u8 {
    let languages: &[Language] = match letter {
        'ä' | 'ö' | 'ü' | 'ß' => &[Language::German],
        'ñ' => &[Language::Spanish],
        'ã' | 'õ' => &[Language::Portuguese],
        'ì' | 'ò' => &[Language::Italian],
        'ë' | 'î' | 'ï' | 'û' | 'œ' => &[Language::French],
        'è' | 'ù' => &[Language::French, Language::Italian],
        'ç' | 'â' | 'ê' | 'ô' => &[Language::French, Language::Portuguese],
        'á' | 'í' | 'ó' | 'ú' => &[Language::Spanish, Language::Portuguese],
        'à' => &[Language::French, Language::Italian, Language::Portuguese],
        'é' => &[Language::French, Language::Spanish, Language::Portuguese, Language::Italian],
        _ => &[],
    };
    languages.iter().fold(0, |bits, language| bits | language.bit())
}

/// The last letter of the blocks that Western languages are written with.
const LAST_LATIN: char = '\u{24F}';

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Files;
    use crate::message::Format;
    use crate::text::Reading;

    #[test]
    fn short_messages_are_told_apart() {
        let identifier = Identifier::new(&Lexicons::load(&Files::shipped().lexicons, &mut Vec::new()));
        for (text, expected) in [
            ("Where can I see the invoices of last month?", Language::English),
            ("Wo finde ich die Rechnungen vom letzten Monat?", Language::German),
            ("Où puis-je voir les factures du mois dernier ?", Language::French),
            ("¿Dónde puedo ver las facturas del mes pasado?", Language::Spanish),
            ("Dove posso vedere le fatture del mese scorso?", Language::Italian),
            ("Onde posso ver as faturas do mês passado?", Language::Portuguese),
            ("Не могу войти в систему уже второй день", Language::Any),
            ("ログインできません", Language::Any),
            ("ok", Language::English),
            ("", Language::English),
            ("HTTP 503 https://example.com/a?b=c", Language::English),
            ("Merci, cela ne marche toujours pas chez nous.", Language::French),
            ("Das geht so nicht, wir warten seit Tagen.", Language::German),
            ("Ya no funciona y nadie nos contesta.", Language::Spanish),
            ("Non funziona ancora, ci serve entro oggi.", Language::Italian),
            ("Ainda não funciona e ninguém nos responde.", Language::Portuguese),
        ] {
            let mut document = Document::default();
            document.read(text, Format::Plain, Reading::Own);
            assert_eq!(identifier.identify(&document, document.flat(text)).0, expected, "{text}");
        }
    }
}
