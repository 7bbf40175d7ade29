//! From lexicons and rules to the tables that a text is searched with. Runs once, when files load.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::phrases::{CompiledPhrase, Phrases, Posting, Step, Target};
use super::vocabulary::{AtomIndex, Class, ClassIndex, NO_CLASS, Vocabulary};
use crate::lexicon::term::{Atom, Element, Phrase};
use crate::lexicon::{Language, Lexicons, Role, inflections};
use crate::signal::Signal;

/// Bytes of a spelling without accents, at least.
const PLAIN_MIN: usize = 4;

/// Gathers phrases with their targets, for texts of one language.
#[derive(Default)]
pub(super) struct Compiler {
    atoms: BTreeMap<(Atom, Vec<Language>), AtomIndex>,
    /// Atoms that stand for any of several.
    unions: BTreeMap<Vec<AtomIndex>, AtomIndex>,
    phrases: BTreeMap<Vec<(AtomIndex, u8)>, Vec<Target>>,
    signs: BTreeMap<String, Vec<Target>>,
    function_words: BTreeSet<String>,
    /// Words whose disguises are looked for, the likeliest with the lowest rank: swear words first, the strongest before.
    disguisable: BTreeMap<String, (bool, i16)>,
    negators: BTreeSet<AtomIndex>,
}

impl Compiler {
    /// Adds every entry of the lexicons of `language`, and of those for every language.
    pub(super) fn add_lexicons(&mut self, lexicons: &Lexicons, language: Language) {
        for (number, lexicon) in lexicons.all().iter().enumerate() {
            let languages = [lexicon.language];
            if lexicon.language != language && lexicon.language != Language::Any {
                continue;
            }
            for entry in &lexicon.entries {
                let target = Target::Entry { role: lexicon.role, weight: entry.weight, lexicon: number as u16 };
                for phrase in &entry.phrases {
                    self.note(lexicon.role, entry.weight, phrase, &languages);
                    if lexicon.role != Role::FunctionWord && lexicon.role != Role::Other {
                        self.add(phrase, &languages, target);
                    }
                }
            }
        }
    }

    /// Remembers what a lexicon says of single words beside its weights.
    fn note(&mut self, role: Role, weight: i16, phrase: &Phrase, languages: &[Language]) {
        let Phrase::Words(elements) = phrase else { return };
        let [Element { atom, .. }] = elements.as_slice() else { return };
        match (role, atom) {
            (Role::FunctionWord, Atom::Word(word)) => {
                self.function_words.insert(word.clone());
                // So that the word is in the table.
                self.atom(atom, languages);
            }
            (Role::Signal(signal @ (Signal::Profanity | Signal::Abuse)), atom) => {
                let forms = match atom {
                    Atom::Word(word) => BTreeSet::from([word.clone()]),
                    Atom::Prefix(prefix) => {
                        languages.iter().flat_map(|language| inflections(prefix, *language)).collect()
                    }
                    Atom::Number | Atom::OneOf(_) => return,
                };
                let rank = (signal == Signal::Abuse, -weight);
                for form in forms {
                    let known = self.disguisable.entry(form).or_insert(rank);
                    *known = rank.min(*known);
                }
            }
            (Role::Negator, atom) if weight > 0 => {
                let atom = self.atom(&atom.clone(), languages);
                self.negators.insert(atom);
            }
            _ => {}
        }
    }

    /// Adds a phrase on behalf of `target`; inflections are made for `languages`.
    pub(super) fn add(&mut self, phrase: &Phrase, languages: &[Language], target: Target) {
        let targets = match phrase {
            Phrase::Sign(sign) => self.signs.entry(sign.clone()).or_default(),
            Phrase::Words(elements) => {
                let steps = elements.iter().map(|element| (self.atom(&element.atom, languages), element.gap)).collect();
                self.phrases.entry(steps).or_default()
            }
        };
        if !targets.contains(&target) {
            targets.push(target);
        }
    }

    fn atom(&mut self, atom: &Atom, languages: &[Language]) -> AtomIndex {
        if let Atom::OneOf(atoms) = atom {
            let members = atoms.iter().map(|atom| self.atom(atom, languages)).collect();
            let next = self.count() as AtomIndex;
            return *self.unions.entry(members).or_insert(next);
        }
        // Words and numbers are the same in every language; inflections are not.
        let languages = if matches!(atom, Atom::Prefix(_)) { languages.to_vec() } else { Vec::new() };
        let next = self.count() as AtomIndex;
        *self.atoms.entry((atom.clone(), languages)).or_insert(next)
    }

    /// How many atoms there are.
    fn count(&self) -> usize {
        self.atoms.len() + self.unions.len()
    }

    /// The finished tables.
    pub(super) fn finish(self, inflected: &mut Inflected) -> (Vocabulary, Phrases) {
        let mut phrases = Phrases::default();
        let anchored = self.phrase_table(&mut phrases);
        self.sign_table(&mut phrases);
        let vocabulary = self.vocabulary(&anchored, &mut phrases, inflected);
        (vocabulary, phrases)
    }

    /// Fills the phrase table; what is anchored at each atom.
    fn phrase_table(&self, phrases: &mut Phrases) -> Anchored {
        let rarity = self.rarity();
        let negators = self.negators_and_unions();
        let mut anchored = Anchored::default();
        for (steps, targets) in &self.phrases {
            if let [(atom, _)] = steps.as_slice() {
                anchored.singles.entry(*atom).or_default().extend(targets);
                continue;
            }
            let number = phrases.phrases.len() as u32;
            let rarest = |but: Option<usize>| {
                let others = (0..steps.len()).filter(|index| Some(*index) != but);
                others.max_by_key(|index| (rarity[steps[*index].0 as usize], std::cmp::Reverse(*index)))
            };
            let anchor = rarest(None).expect("a phrase has at least one word");
            let companion = rarest(Some(anchor)).expect("this one has two or more");
            let window = window(steps, anchor, companion);
            let next = anchored.companions.len() as u32;
            let companion = *anchored.companions.entry(steps[companion].0).or_insert(next);
            let posting = Posting { phrase: number, companion, window };
            anchored.postings.entry(steps[anchor].0).or_default().push(posting);
            let first_step = phrases.steps.len() as u32;
            phrases.steps.extend(steps.iter().map(|(atom, gap)| Step { atom: *atom, gap: *gap }));
            let first_target = phrases.targets.len() as u32;
            phrases.targets.extend(targets);
            let has_gap = steps.iter().any(|(_, gap)| *gap > 0);
            let has_negator = steps.iter().any(|(atom, _)| negators.contains(atom));
            phrases.phrases.push(CompiledPhrase {
                steps: (first_step, phrases.steps.len() as u32),
                targets: (first_target, phrases.targets.len() as u32),
                anchor: anchor as u8,
                negatable_inside: has_gap && !has_negator,
            });
        }
        phrases.companions = anchored.companions.len();
        anchored
    }

    /// How rare each atom's words are: function words least, then those of many phrases, then short ones.
    fn rarity(&self) -> Vec<(bool, std::cmp::Reverse<usize>, usize)> {
        let mut uses = vec![0_usize; self.count()];
        for (atom, _) in self.phrases.keys().flatten() {
            uses[*atom as usize] += 1;
        }
        let mut rarity = vec![(false, std::cmp::Reverse(0), 0); self.count()];
        for ((atom, _), index) in &self.atoms {
            let (is_content, len) = match atom {
                Atom::Word(word) => (!self.function_words.contains(word), word.len()),
                Atom::Prefix(prefix) => (true, prefix.len()),
                Atom::Number | Atom::OneOf(_) => (false, 1),
            };
            rarity[*index as usize] = (is_content, std::cmp::Reverse(uses[*index as usize]), len);
        }
        for (members, index) in &self.unions {
            let of = |member: &AtomIndex| rarity[*member as usize];
            let is_content = members.iter().all(|member| of(member).0);
            let len = members.iter().map(|member| of(member).2).min().unwrap_or(0);
            // Each of its words is one more that is looked at.
            let uses = uses[*index as usize] + members.iter().map(|member| of(member).1.0).sum::<usize>();
            rarity[*index as usize] = (is_content, std::cmp::Reverse(uses), len);
        }
        rarity
    }

    /// The atoms that negate, and those that stand for one of them among others.
    fn negators_and_unions(&self) -> BTreeSet<AtomIndex> {
        let unions = self.unions.iter().filter(|(members, _)| members.iter().any(|atom| self.negators.contains(atom)));
        self.negators.iter().copied().chain(unions.map(|(_, index)| *index)).collect()
    }

    fn sign_table(&self, phrases: &mut Phrases) {
        if self.signs.is_empty() {
            return;
        }
        for targets in self.signs.values() {
            let first = phrases.targets.len() as u32;
            phrases.targets.extend(targets);
            phrases.sign_targets.push((first, phrases.targets.len() as u32));
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(self.signs.keys());
        phrases.signs = Some(automaton.expect("a few thousand short signs make an automaton of moderate size"));
    }

    fn vocabulary(&self, anchored: &Anchored, phrases: &mut Phrases, inflected: &mut Inflected) -> Vocabulary {
        let (words, prefixes, number) = self.surfaces(inflected);
        let mut classes = Classes {
            anchored,
            phrases,
            unions: BTreeMap::new(),
            by_key: BTreeMap::new(),
            classes: vec![Class::default()],
            atoms: Vec::new(),
            companions: Vec::new(),
        };
        for (members, union) in &self.unions {
            for member in members {
                classes.unions.entry(*member).or_default().push(*union);
            }
        }
        let mut placed = Vec::new();
        for (word, atoms) in &words {
            let (function, disguisable) = (self.function_words.contains(word), self.disguisable.contains_key(word));
            placed.push((word, classes.class(atoms, function, disguisable)));
        }
        let prefixes: Vec<(String, ClassIndex)> =
            prefixes.iter().map(|(prefix, atoms)| (prefix.clone(), classes.class(atoms, false, false))).collect();
        let number = number.map_or(NO_CLASS, |atom| classes.class(&BTreeSet::from([atom]), false, false));
        let mut vocabulary = Vocabulary::new(classes.classes, classes.atoms, classes.companions, number);
        for (word, class) in placed {
            vocabulary.insert_word(word, class);
        }
        vocabulary.set_prefixes(&prefixes);
        vocabulary.order_disguisable(|word| self.disguisable.get(word));
        vocabulary
    }

    /// Adds how people write words who leave out accents (`cancelacion`) or write umlauts out (`kuendigen`), where that is
    /// no other word.
    fn add_plain_spellings(&self, words: &mut BTreeMap<String, BTreeSet<AtomIndex>>) {
        let mut plain: BTreeMap<String, BTreeSet<AtomIndex>> = BTreeMap::new();
        for (word, atoms) in words.iter().filter(|(word, _)| !word.is_ascii()) {
            for spelling in [without_accents(word), without_umlauts(word)] {
                let is_other = words.contains_key(&spelling) || self.function_words.contains(&spelling);
                // Without its accent a short word often is another one (`más`, `sì`, `dê`).
                if !is_other && spelling.len() >= PLAIN_MIN {
                    plain.entry(spelling).or_default().extend(atoms);
                }
            }
        }
        words.append(&mut plain);
    }

    /// Every word and every prefix with the atoms it matches, and the atom of numbers.
    #[allow(clippy::type_complexity, reason = "three maps that live for one call")]
    fn surfaces(
        &self,
        inflected: &mut Inflected,
    ) -> (BTreeMap<String, BTreeSet<AtomIndex>>, BTreeMap<String, BTreeSet<AtomIndex>>, Option<AtomIndex>) {
        let mut words: BTreeMap<String, BTreeSet<AtomIndex>> = BTreeMap::new();
        let mut prefixes: BTreeMap<String, BTreeSet<AtomIndex>> = BTreeMap::new();
        let mut number = None;
        for ((atom, languages), index) in &self.atoms {
            match atom {
                Atom::Word(word) => {
                    words.entry(word.clone()).or_default().insert(*index);
                    if let Some(bare) = without_apostrophe(word) {
                        words.entry(bare).or_default().insert(*index);
                    }
                }
                Atom::Prefix(prefix) => {
                    prefixes.entry(prefix.clone()).or_default().insert(*index);
                    for language in languages {
                        let forms = inflected.entry((prefix.clone(), *language));
                        for form in forms.or_insert_with(|| inflections(prefix, *language)).iter() {
                            words.entry(form.clone()).or_default().insert(*index);
                        }
                    }
                }
                Atom::Number => number = Some(*index),
                Atom::OneOf(_) => {}
            }
        }
        self.add_plain_spellings(&mut words);
        let shorter = |word: &str, own: bool| -> BTreeSet<AtomIndex> {
            let ends = word.char_indices().map(|(at, _)| at).skip(1).chain(own.then_some(word.len()));
            ends.filter_map(|end| prefixes.get(&word[..end])).flatten().copied().collect()
        };
        for (word, atoms) in &mut words {
            atoms.extend(shorter(word, true));
            atoms.extend(number.filter(|_| word.bytes().all(|byte| byte.is_ascii_digit())));
        }
        let all = prefixes.iter().map(|(prefix, atoms)| {
            let atoms = atoms.union(&shorter(prefix, false)).copied().collect();
            (prefix.clone(), atoms)
        });
        let all = all.collect();
        (words, all, number)
    }
}

/// The inflections of each prefix, worked out once for all tables.
pub(super) type Inflected = BTreeMap<(String, Language), BTreeSet<String>>;

/// What is found where the words of an atom stand.
#[derive(Default)]
struct Anchored {
    /// What they stand for by themselves.
    singles: BTreeMap<AtomIndex, Vec<Target>>,
    /// The longer phrases anchored there.
    postings: BTreeMap<AtomIndex, Vec<Posting>>,
    /// The atoms that phrases need beside their anchors, numbered.
    companions: BTreeMap<AtomIndex, u32>,
}

/// Classes, one for each distinct set of atoms.
struct Classes<'a> {
    anchored: &'a Anchored,
    phrases: &'a mut Phrases,
    /// The atoms that stand for an atom among others.
    unions: BTreeMap<AtomIndex, Vec<AtomIndex>>,
    by_key: BTreeMap<(BTreeSet<AtomIndex>, bool, bool), ClassIndex>,
    classes: Vec<Class>,
    atoms: Vec<AtomIndex>,
    companions: Vec<u32>,
}

impl Classes<'_> {
    fn class(&mut self, atoms: &BTreeSet<AtomIndex>, function: bool, disguisable: bool) -> ClassIndex {
        let key = (atoms.clone(), function, disguisable);
        if let Some(class) = self.by_key.get(&key) {
            return *class;
        }
        let unions = atoms.iter().filter_map(|atom| self.unions.get(atom)).flatten();
        let atoms: &BTreeSet<AtomIndex> = &atoms.iter().chain(unions).copied().collect();
        let Anchored { singles, postings, companions } = self.anchored;
        let class = self.classes.len() as ClassIndex;
        self.classes.push(Class {
            atoms: append(&mut self.atoms, atoms.iter().copied()),
            singles: append(
                &mut self.phrases.singles,
                atoms.iter().filter_map(|atom| singles.get(atom)).flatten().copied(),
            ),
            postings: append(
                &mut self.phrases.postings,
                atoms.iter().filter_map(|atom| postings.get(atom)).flatten().copied(),
            ),
            companions: append(&mut self.companions, atoms.iter().filter_map(|atom| companions.get(atom)).copied()),
            function,
            disguisable,
        });
        self.by_key.insert(key, class);
        class
    }
}

/// Where a phrase's companion can stand, see [`Posting::window`].
fn window(steps: &[(AtomIndex, u8)], anchor: usize, companion: usize) -> u64 {
    let (first, last) = (anchor.min(companion), anchor.max(companion));
    let least = (last - first) as i32;
    let gaps: i32 = steps[first + 1..=last].iter().map(|(_, gap)| i32::from(*gap)).sum();
    let nearest = if companion > anchor { least } else { -least - gaps };
    Posting::window(nearest, (gaps + 1).min(64) as u8)
}

/// Appends `items`; the span that they take up.
fn append<T>(all: &mut Vec<T>, items: impl Iterator<Item = T>) -> (u32, u32) {
    let first = all.len() as u32;
    all.extend(items);
    (first, all.len() as u32)
}

/// How people write a word who leave out its apostrophe, where that is no other word (`we're` would be `were`).
fn without_apostrophe(word: &str) -> Option<String> {
    let is_safe = word.ends_with("n't")
        || matches!(
            word,
            "i'm" | "i've" | "you're" | "you've" | "they're" | "they've" | "we've" | "that's" | "what's" | "it's"
        );
    is_safe.then(|| word.replace('\'', ""))
}

/// `word` without accents: the letters that its canonical decomposition begins with.
fn without_accents(word: &str) -> String {
    word.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// `word` with German umlauts written out.
fn without_umlauts(word: &str) -> String {
    word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss")
}
