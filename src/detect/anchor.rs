//! Decides where each phrase is looked for, and makes the tables.
//!
//! A text is cheap to search when most of its words lead nowhere. A phrase that has two words side by side is found by
//! this pair: few pairs of a text are pairs of any phrase, however many phrases there are. A phrase whose words may
//! stand apart is found by its rarest word, where the next rarest stands in reach.

use std::cmp::Reverse;

use aho_corasick::{AhoCorasick, MatchKind};
use hashbrown::HashTable;

use super::compile::{AtomKind, Compiler, Lists, Steps, hash};
use super::phrases::{CompiledPhrase, Pair, Paired, Phrases, Posting, Step, Target};
use super::surfaces::Surfaces;
use super::vocabulary::{AtomIndex, Class, ClassIndex, NO_CLASS, Vocabulary};

/// Pairs of classes that one phrase may be found by; one that would need more is found by a word.
const PAIRS_MAX: usize = 2_048;

/// What is found where the words of an atom stand, by atom.
struct Anchored {
    /// What they stand for by themselves.
    singles: Vec<(AtomIndex, Target)>,
    /// The longer phrases anchored there.
    postings: Vec<(AtomIndex, Posting)>,
    /// The number of each atom that phrases need beside their anchors.
    companions: Vec<Option<u32>>,
    /// The phrases that are found by a pair of classes, with the second class and the phrase.
    pairs: Vec<(ClassIndex, (ClassIndex, u32))>,
}

/// The finished tables; `gathered` are the distinct phrases with what each is looked for on behalf of.
pub(super) fn tables(
    compiler: &Compiler,
    surfaces: &Surfaces,
    gathered: &[(&Steps, Vec<Target>)],
) -> (Vocabulary, Phrases) {
    let classes = Classes::of(compiler, surfaces);
    let mut phrases = Phrases::default();
    let anchored = phrase_table(compiler, &classes, gathered, &mut phrases);
    sign_table(compiler, &mut phrases);
    let vocabulary = vocabulary(compiler, surfaces, &classes, anchored, &mut phrases);
    (vocabulary, phrases)
}

/// Classes, one for each distinct set of atoms; class 0 has none.
struct Classes {
    of_words: Vec<ClassIndex>,
    of_prefixes: Vec<ClassIndex>,
    number: ClassIndex,
    /// Whether its words are function words, and whether their disguises are looked for.
    kinds: Vec<(bool, bool)>,
    /// By class, in ascending order; atoms that stand for one of these among others included.
    atoms: Lists<AtomIndex>,
    /// By atom.
    having: Lists<ClassIndex>,
}

impl Classes {
    fn of(compiler: &Compiler, surfaces: &Surfaces) -> Classes {
        let mut sets =
            Sets { starts: vec![0, 0], atoms: Vec::new(), kinds: vec![(false, false)], index: HashTable::new() };
        let of_words = (surfaces.words.iter())
            .map(|(number, word)| {
                let function = compiler.function_words.contains(word);
                sets.class(surfaces.atoms_of_words.get(number), (function, compiler.disguisable.contains_key(word)))
            })
            .collect();
        let of_prefixes = (surfaces.prefixes.iter())
            .map(|(number, _)| sets.class(surfaces.atoms_of_prefixes.get(number), (false, false)))
            .collect();
        let number = surfaces.number.map_or(NO_CLASS, |atom| sets.class(&[atom], (false, false)));
        let unions: Vec<(AtomIndex, AtomIndex)> = (compiler.atoms.iter().enumerate())
            .flat_map(|(union, kind)| match kind {
                AtomKind::OneOf(members) => members.iter().map(|member| (*member, union as AtomIndex)).collect(),
                _ => Vec::new(),
            })
            .collect();
        let unions = Lists::of(compiler.atoms.len(), &unions);
        let (mut atoms, mut having) = (Lists::default(), Vec::new());
        let mut of_class: Vec<AtomIndex> = Vec::new();
        for class in 0..sets.kinds.len() {
            of_class.clear();
            for atom in sets.atoms(class) {
                of_class.push(*atom);
                of_class.extend(unions.get(*atom));
            }
            of_class.sort_unstable();
            of_class.dedup();
            atoms.push(&of_class);
            having.extend(of_class.iter().map(|atom| (*atom, class as ClassIndex)));
        }
        let having = Lists::of(compiler.atoms.len(), &having);
        Classes { of_words, of_prefixes, number, kinds: sets.kinds, atoms, having }
    }
}

/// Distinct sets of atoms.
struct Sets {
    starts: Vec<usize>,
    atoms: Vec<AtomIndex>,
    kinds: Vec<(bool, bool)>,
    index: HashTable<ClassIndex>,
}

impl Sets {
    fn atoms(&self, class: usize) -> &[AtomIndex] {
        &self.atoms[self.starts[class]..self.starts[class + 1]]
    }

    fn class(&mut self, atoms: &[AtomIndex], kind: (bool, bool)) -> ClassIndex {
        let key = hash((atoms, kind));
        let same = |class: &ClassIndex| self.atoms(*class as usize) == atoms && self.kinds[*class as usize] == kind;
        if let Some(class) = self.index.find(key, same) {
            return *class;
        }
        let class = self.kinds.len() as ClassIndex;
        self.atoms.extend(atoms);
        self.starts.push(self.atoms.len());
        self.kinds.push(kind);
        let Sets { starts, atoms, kinds, index } = self;
        let of = |class: &ClassIndex| &atoms[starts[*class as usize]..starts[*class as usize + 1]];
        index.insert_unique(key, class, |class| hash((of(class), kinds[*class as usize])));
        class
    }
}

/// Fills the phrase table; what is found where.
fn phrase_table(
    compiler: &Compiler,
    classes: &Classes,
    gathered: &[(&Steps, Vec<Target>)],
    phrases: &mut Phrases,
) -> Anchored {
    let rarity = rarity(compiler, gathered);
    let negates = compiler.negates();
    let mut companions = vec![None; compiler.atoms.len()];
    let (mut singles, mut postings, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    for (steps, targets) in gathered {
        if let [(atom, _)] = steps {
            singles.extend(targets.iter().map(|target| (*atom, *target)));
            continue;
        }
        let number = phrases.phrases.len() as u32;

        let anchor = if let Some(first) = pair(steps, classes, &rarity) {
            for left in classes.having.get(steps[first].0) {
                let right = classes.having.get(steps[first + 1].0);
                pairs.extend(right.iter().map(|right| (*left, (*right, number))));
            }
            first
        } else {
            let rarest = |but: Option<usize>| {
                let others = (0..steps.len()).filter(|index| Some(*index) != but);
                others.max_by_key(|index| (rarity[steps[*index].0 as usize], Reverse(*index)))
            };
            let anchor = rarest(None).expect("a phrase has at least one word");
            let companion = rarest(Some(anchor)).expect("this one has two or more");
            let window = window(steps, anchor, companion);
            let next = phrases.companions as u32;
            let companion = *companions[steps[companion].0 as usize].get_or_insert_with(|| {
                phrases.companions += 1;
                next
            });
            postings.push((steps[anchor].0, Posting { phrase: number, companion, window }));
            anchor
        };
        let has_gap = steps.iter().any(|(_, gap)| *gap > 0);
        let has_negator = steps.iter().any(|(atom, _)| negates[*atom as usize]);
        phrases.phrases.push(CompiledPhrase {
            steps: append(&mut phrases.steps, steps.iter().map(|(atom, gap)| Step { atom: *atom, gap: *gap })),
            targets: append(&mut phrases.targets, targets.iter().copied()),
            anchor: anchor as u8,
            negatable_inside: has_gap && !has_negator,
        });
    }
    Anchored { singles, postings, companions, pairs }
}

/// How rare an atom's words are: function words least, then those of many phrases, then short ones.
type Rarity = (bool, Reverse<usize>, usize);

fn rarity(compiler: &Compiler, gathered: &[(&Steps, Vec<Target>)]) -> Vec<Rarity> {
    let mut uses = vec![0_usize; compiler.atoms.len()];
    for (atom, _) in gathered.iter().flat_map(|(steps, _)| *steps) {
        uses[*atom as usize] += 1;
    }
    let mut rarity: Vec<Rarity> = Vec::with_capacity(compiler.atoms.len());
    for (kind, own) in compiler.atoms.iter().zip(uses) {
        // The members of a union come before it.
        let (is_content, uses, len) = match kind {
            AtomKind::Word(word) => (!compiler.function_words.contains(&**word), own, word.len()),
            AtomKind::Prefix(prefix, _) => (true, own, prefix.len()),
            AtomKind::Number => (false, own, 1),
            AtomKind::OneOf(members) => {
                let of = |member: &AtomIndex| rarity[*member as usize];
                // Each of its words is one more that is looked at.
                let uses = own + members.iter().map(|member| of(member).1.0).sum::<usize>();
                let len = members.iter().map(|member| of(member).2).min().unwrap_or(0);
                (members.iter().all(|member| of(member).0), uses, len)
            }
        };
        rarity.push((is_content, Reverse(uses), len));
    }
    rarity
}

/// The first of the two steps side by side that a phrase is best found by, if there are any: those with most words that
/// say something, since texts are full of pairs of others, and of these the ones that fewest pairs of words stand for. A
/// phrase that has any word that says something is not found by two that do not.
fn pair(steps: &Steps, classes: &Classes, rarity: &[Rarity]) -> Option<usize> {
    let count = |step: usize| classes.having.get(steps[step].0).len();
    let is_content = |step: usize| rarity[steps[step].0 as usize].0;
    let has_content = (0..steps.len()).any(is_content);
    let candidates = (0..steps.len() - 1).filter(|first| steps[first + 1].1 == 0).filter_map(|first| {
        let pairs = count(first) * count(first + 1);
        let contents = u8::from(is_content(first)) + u8::from(is_content(first + 1));
        (pairs <= PAIRS_MAX && !(has_content && contents == 0)).then_some((Reverse(contents), pairs, first))
    });
    candidates.min().map(|(.., first)| first)
}

/// Where a phrase's companion can stand, see [`Posting::window`].
fn window(steps: &Steps, anchor: usize, companion: usize) -> u64 {
    let (first, last) = (anchor.min(companion), anchor.max(companion));
    let least = (last - first) as i32;
    let gaps: i32 = steps[first + 1..=last].iter().map(|(_, gap)| i32::from(*gap)).sum();
    let nearest = if companion > anchor { least } else { -least - gaps };
    Posting::window(nearest, (gaps + 1).min(64) as u8)
}

fn sign_table(compiler: &Compiler, phrases: &mut Phrases) {
    if compiler.signs.is_empty() {
        return;
    }
    for targets in compiler.signs.values() {
        let targets = append(&mut phrases.targets, targets.iter().copied());
        phrases.sign_targets.push(targets);
    }
    let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(compiler.signs.keys());
    phrases.signs = Some(automaton.expect("a few thousand short signs make an automaton of moderate size"));
}

fn vocabulary(
    compiler: &Compiler,
    surfaces: &Surfaces,
    classes: &Classes,
    anchored: Anchored,
    phrases: &mut Phrases,
) -> Vocabulary {
    let atoms = compiler.atoms.len();
    let (singles, postings) = (Lists::of(atoms, &anchored.singles), Lists::of(atoms, &anchored.postings));
    let (mut made, mut all_atoms, mut companions) = (Vec::new(), Vec::new(), Vec::new());
    for class in 0..classes.atoms.len() {
        let atoms = classes.atoms.get(class as u32);
        let (function, disguisable) = classes.kinds[class];
        let of = |atom: &AtomIndex| anchored.companions[*atom as usize];
        made.push(Class {
            atoms: append(&mut all_atoms, atoms.iter().copied()),
            singles: append(&mut phrases.singles, atoms.iter().flat_map(|atom| singles.get(*atom)).copied()),
            postings: append(&mut phrases.postings, atoms.iter().flat_map(|atom| postings.get(*atom)).copied()),
            companions: append(&mut companions, atoms.iter().filter_map(of)),
            atom_bits: atoms.iter().fold(0, |bits, atom| bits | 1 << Paired::bit_of(*atom)),
            function,
            disguisable,
            ..Class::default()
        });
    }
    let mut pairs = Lists::of(made.len(), &anchored.pairs);
    let is_longer: Vec<bool> = phrases.phrases.iter().map(|phrase| phrase.steps.1 - phrase.steps.0 > 2).collect();
    let is_longer = |phrase: u32| is_longer[phrase as usize];
    let paired: Vec<Paired> = (0..phrases.phrases.len() as u32).map(|phrase| self::paired(phrase, phrases)).collect();
    for left in 0..made.len() as ClassIndex {
        let from = phrases.pairs.len() as u32;
        let of_left = pairs.get_mut(left);

        of_left.sort_unstable_by_key(|(right, phrase)| (*right, is_longer(*phrase), *phrase));
        for of_pair in of_left.chunk_by(|(a, _), (b, _)| a == b) {
            let right = of_pair[0].0;
            let found = append(&mut phrases.paired, of_pair.iter().map(|(_, phrase)| paired[*phrase as usize]));
            let complete = of_pair.partition_point(|(_, phrase)| !is_longer(*phrase)) as u32;
            phrases.pairs.push(Pair { right, phrases: found, longer: found.0 + complete });
            made[left as usize].before |= Class::bit(right);
            made[right as usize].after |= Class::bit(left);
        }
        made[left as usize].pairs = (from, phrases.pairs.len() as u32);
    }
    let mut vocabulary = Vocabulary::new(made, all_atoms, companions, classes.number);
    for (number, word) in surfaces.words.iter() {
        vocabulary.insert_word(word, classes.of_words[number as usize]);
    }
    vocabulary
        .set_prefixes(surfaces.prefixes.iter().map(|(number, prefix)| (prefix, classes.of_prefixes[number as usize])));
    vocabulary.order_disguisable(|word| compiler.disguisable.get(word));
    vocabulary
}

/// A phrase with the word beside its pair: the one behind it, else the one before.
fn paired(number: u32, phrases: &Phrases) -> Paired {
    let phrase = phrases.phrases[number as usize];
    let steps = &phrases.steps[phrase.steps.0 as usize..phrase.steps.1 as usize];
    let anchor = usize::from(phrase.anchor);
    let behind = steps.get(anchor + 2).filter(|step| step.gap == 0).map(|step| (2, step.atom));
    let before = || anchor.checked_sub(1).filter(|_| steps[anchor].gap == 0).map(|before| (-1, steps[before].atom));
    let (beside, atom) = behind.or_else(before).unwrap_or((0, 0));
    Paired { phrase: number, beside, bit: Paired::bit_of(atom) }
}

/// Appends `items`; the span that they take up.
fn append<T>(all: &mut Vec<T>, items: impl Iterator<Item = T>) -> (u32, u32) {
    let first = all.len() as u32;
    all.extend(items);
    (first, all.len() as u32)
}
