//! What was tried, on what, and what came of it.

use super::sentence::{Page, short};
use super::{Fact, Kind};
use crate::lexicon::Language;
use crate::limits;
use crate::message::AuthorType;
use crate::policy::{Match, Use};
use crate::text::flags;
use crate::text::mask::mask;

/// So many words from what was done to what it was done to.
const REACH: u32 = 5;
/// So many words between a negator and what it negates.
const NEGATION_REACH: u32 = 2;
/// So many words name a thing that the vocabulary does not have.
const NAME_WORDS: usize = 3;

/// The attempts of a turn: what a customer says that they did, what the vendor's side asks for.
pub(super) fn attempts(page: &Page<'_>, blank: &Fact, facts: &mut Vec<Fact>) {
    let by_customer = blank.by == AuthorType::Customer;
    if !page.has(Use::Action) && (by_customer || !page.has(Use::Asked)) {
        return;
    }
    let mut spoken = None;
    for action in page.places.iter().copied() {
        let Some(entry) = page.words.entry(action.entry) else { continue };
        let is_action = entry.usage == Use::Action;
        if !is_action && (by_customer || entry.usage != Use::Asked) {
            continue;
        }
        let sentence = page.sentence(action.first);
        if by_customer && is_intended(page, action) {
            continue;
        }
        let object = object(page, action);
        // Whoever says what they did speaks of themselves; what follows in the same sentence is theirs, too.
        let own = page.marked_before("self", action.first, 12) || spoken == Some(sentence) || begins(page, action);
        if by_customer && !own {
            continue;
        }
        let (other, text) = match object {
            Some(Object::Known(entry)) => (page.words.key(entry), Box::default()),
            Some(Object::Named(text)) => (0, text),
            None => (0, Box::default()),
        };
        if other == 0 && text.is_empty() && needs_object(&entry.name) {
            continue;
        }
        spoken = Some(sentence);
        // Asked or done, it is the same action.
        let place = page.words.find(Use::Action, &entry.name).unwrap_or(action.entry);
        let kind = if by_customer { Kind::Attempt } else { Kind::Suggested };
        facts.push(Fact { kind, entry: page.words.key(place), other, text, ..blank.clone() });
    }
}

/// Whether it was not done: a wish, a question, a failure to do it.
fn is_intended(page: &Page<'_>, action: Match) -> bool {
    let question = page.document.sentences().get(usize::from(page.sentence(action.first)));
    page.marked_before("intention", action.first, 3) || question.is_some_and(|sentence| sentence.question)
}

/// Whether the action is the first word of its sentence or clause.
fn begins(page: &Page<'_>, action: Match) -> bool {
    let tokens = page.tokens();
    let first = tokens[action.first as usize];
    let before = action.first.checked_sub(1).map(|at| tokens[at as usize]);
    before.is_none_or(|before| before.sentence != first.sentence) || first.flags & flags::CLAUSE != 0
}

/// Actions that say nothing without what they were done to.
fn needs_object(action: &str) -> bool {
    !matches!(action, "restart" | "reinstall" | "reconnect" | "resend" | "update")
}

enum Object {
    Known(u16),
    Named(Box<str>),
}

/// What it was done to: a thing of the vocabulary behind it or before it, else the words behind it.
fn object(page: &Page<'_>, action: Match) -> Option<Object> {
    let sentence = page.sentence(action.first);
    let next = page
        .places
        .iter()
        .filter(|place| {
            place.first > action.last && page.words.entry(place.entry).is_some_and(|e| e.usage == Use::Action)
        })
        .map(|place| place.first)
        .next()
        .unwrap_or(u32::MAX);
    let here = |place: &Match| page.sentence(place.first) == sentence;
    // In German what it was done to stands before what was done, and the words behind it say something else.
    let verb_last = action.languages == Language::German.bit();
    let before = || {
        page.of(Use::Object, "")
            .rev()
            .find(|place| here(place) && place.last < action.first && place.last + REACH >= action.first)
            .map(|place| Object::Known(place.entry))
    };
    if verb_last && let Some(object) = before() {
        return Some(object);
    }
    let near = page.of(Use::Object, "").filter(|place| {
        here(place) && place.first > action.last && place.first <= action.last + REACH && place.first < next
    });
    // Of `browser` and `browser cache` the longer one.
    let behind = near.min_by_key(|place| (place.first, std::cmp::Reverse(place.last)));
    if let Some(place) = behind {
        return Some(Object::Known(place.entry));
    }
    let named = if verb_last { None } else { named(page, action) };
    named.map(Object::Named).or_else(before)
}

/// The words behind an action up to the first one that is no part of a name.
fn named(page: &Page<'_>, action: Match) -> Option<Box<str>> {
    let tokens = page.tokens();
    let sentence = page.sentence(action.first);
    let mut first = action.last + 1;
    while (first as usize) < tokens.len() && tokens[first as usize].sentence == sentence && page.is_stop(first) {
        first += 1;
        if first > action.last + 4 {
            return None;
        }
    }
    let mut last = None;
    for at in first..first + NAME_WORDS as u32 {
        let Some(token) = tokens.get(at as usize).filter(|token| token.sentence == sentence) else { break };
        let breaks = at > first && token.flags & flags::CLAUSE != 0;
        let is_adverb = page.text(at, at, limits::FACT_BYTES).ends_with("ly");
        let is_verb = page.places.iter().any(|place| {
            place.first == at
                && page.words.entry(place.entry).is_some_and(|e| matches!(e.usage, Use::Action | Use::Result))
        });
        if breaks || page.is_stop(at) || is_verb || is_adverb || token.flags & (flags::OPAQUE | flags::NUMBER) != 0 {
            break;
        }
        last = Some(at);
    }
    let text = page.text(first, last?, limits::FACT_BYTES);
    (!text.is_empty()).then_some(text)
}

/// What the customer says came of attempts: settles those of `kept` that wait for it, and those of this turn.
pub(super) fn results(page: &Page<'_>, event: u32, kept: &mut [Fact], facts: &mut [Fact]) {
    let (failed, helped): (Vec<Match>, Vec<Match>) =
        page.of(Use::Result, "helped").partition(|place| is_negated(page, *place));
    let none = page.of(Use::Result, "none").chain(failed).min();
    match none {
        Some(none) => settle(kept, facts, event, (false, &page.quote(none.first))),
        None if !helped.is_empty() => settle(kept, facts, event, (true, "")),
        None => {}
    }
}

/// Whether a negator stands right before a place or right behind it, in the same sentence.
fn is_negated(page: &Page<'_>, place: Match) -> bool {
    let sentence = page.sentence(place.first);
    let begins_clause = |token: u32| page.tokens()[token as usize].flags & flags::CLAUSE != 0;
    page.of(Use::Marker, "negation").filter(|marker| page.sentence(marker.first) == sentence).any(|marker| {
        let before = marker.last < place.first && marker.last + NEGATION_REACH >= place.first;
        // Only German and French negate behind the verb; `it worked, no questions` is no failure.
        let late = marker.languages & (Language::German.bit() | Language::French.bit()) != 0;
        let behind = late && marker.first > place.last && marker.first <= place.last + NEGATION_REACH;
        let (before, behind) = (before && !begins_clause(place.first), behind && !begins_clause(marker.first));
        before || behind
    })
}

fn settle(kept: &mut [Fact], facts: &mut [Fact], event: u32, (helped, why): (bool, &str)) {
    for fact in kept.iter_mut().chain(facts) {
        match fact.kind {
            // Whoever asked for it, the customer did it.
            Kind::Suggested => (fact.kind, fact.by) = (Kind::Attempt, AuthorType::Customer),
            Kind::Attempt if fact.note.is_empty() => {}
            _ => continue,
        }
        (fact.helped, fact.note_event) = (helped, event);
        fact.note = short(&mask(why), limits::QUOTE_BYTES);
    }
}
