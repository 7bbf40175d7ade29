//! Asks a rule's condition about one text.
//!
//! Every part of a condition yields whether it holds and which hits make it hold, the latter as bits over the hits of
//! the rule, so that evidence and truth are computed together and nothing is allocated.

use std::cell::Cell;

use super::Text;
use super::context::Context;
use super::gate::Present;
use super::hits::ListHit;
use super::strength::Strengths;
use crate::lexicon::Language;
use crate::message::AuthorType;
use crate::rules::condition::{Comparison, Condition, Near, Node};
use crate::text::Document;

/// Hits of one rule that are looked at.
pub(super) const RULE_HITS: usize = 64;

/// One text, as a rule's condition sees it.
pub(super) struct View<'a> {
    pub(super) document: &'a Document,
    pub(super) context: &'a Context,
    pub(super) strengths: &'a Strengths,
    pub(super) text: Text<'a>,
    pub(super) language: Language,
    /// The rule's hits, by list.
    pub(super) hits: &'a [ListHit],
    /// The number of the rule's first list.
    pub(super) list_base: u32,
    /// Whether exceptions and predicates are taken to hold: what would fire but for them.
    pub(super) lenient: bool,
    /// The hits that are negated, once somebody asked.
    pub(super) negated: Cell<Option<u64>>,
}

/// What is known of a text before anybody looks where the words of a rule stand.
#[derive(Clone, Copy)]
pub(super) struct Outlook<'a> {
    pub(super) strengths: &'a Strengths,
    pub(super) author: AuthorType,
    pub(super) language: Language,
    /// Words in capitals.
    pub(super) capitals: u32,
    /// The lists that have a hit.
    pub(super) present: &'a Present,
    /// The number of the rule's first list.
    pub(super) list_base: u32,
}

impl Outlook<'_> {
    /// Whether `condition` may hold; that it does not is certain. Most rules need no closer look.
    pub(super) fn may_hold(&self, condition: &Condition) -> bool {
        match &condition.node {
            Node::List(list)
            | Node::Count(list, Comparison::AtLeast, 1..)
            | Node::Count(list, Comparison::MoreThan, 0..) => self.present.contains(self.list_base + *list as u32),
            Node::And(parts) => parts.iter().all(|part| self.may_hold(part)),
            Node::Or(parts) => parts.iter().any(|part| self.may_hold(part)),
            Node::Near(near) => self.may_hold(&near.left) && (near.absent || self.may_hold(&near.right)),
            Node::Author(author) => self.author == *author,
            Node::Language(language) => self.language == *language,
            Node::Score(signal, comparison, number) => {
                comparison.holds(self.strengths.by_signal[signal.index()].thousandths(), *number)
            }
            Node::Emphasis => self.capitals > 0,
            Node::Not(_) | Node::Negated | Node::Question | Node::Count(..) => true,
        }
    }
}

/// Whether a part of a condition holds, and by which hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) holds: bool,
    pub(super) hits: u64,
}

impl Answer {
    const fn plain(holds: bool) -> Answer {
        Answer { holds, hits: 0 }
    }

    const fn of_hits(hits: u64) -> Answer {
        Answer { holds: hits != 0, hits }
    }
}

impl View<'_> {
    /// Asks `condition`, in which words that are negated count only if `counts_negated`.
    pub(super) fn ask(&self, condition: &Condition, counts_negated: bool) -> Answer {
        let allowed = if counts_negated { u64::MAX } else { !self.negated() };
        self.answer(condition, allowed)
    }

    fn answer(&self, condition: &Condition, allowed: u64) -> Answer {
        if self.lenient && !condition.any(|node| matches!(node, Node::List(_) | Node::Count(..))) {
            return Answer::plain(true);
        }
        match &condition.node {
            Node::List(list) => Answer::of_hits(self.list(*list) & allowed),
            Node::And(parts) => self.all(parts, allowed),
            Node::Or(parts) => parts.iter().fold(Answer::default(), |any, part| {
                let answer = self.answer(part, allowed);
                Answer { holds: any.holds || answer.holds, hits: any.hits | if answer.holds { answer.hits } else { 0 } }
            }),
            // An exception holds however its words are meant.
            Node::Not(_) if self.lenient => Answer::plain(true),
            Node::Not(part) => Answer::plain(!self.answer(part, u64::MAX).holds),
            Node::Near(near) => self.near(near, allowed),
            Node::Author(author) => Answer::plain(self.text.author == *author),
            Node::Language(language) => Answer::plain(self.language == *language),
            Node::Negated => Answer::plain(self.negated() != 0),
            Node::Question => Answer::plain(self.context.asks(self.document)),
            Node::Emphasis => Answer::plain(!self.context.shouts.is_empty()),
            Node::Score(signal, comparison, number) => {
                let strength = self.strengths.by_signal[signal.index()].thousandths();
                Answer::plain(comparison.holds(strength, *number))
            }
            Node::Count(list, comparison, number) => {
                let hits = self.list(*list) & allowed;
                Answer { holds: comparison.holds(hits.count_ones() as i32, *number), hits }
            }
        }
    }

    /// All of `parts`: those that speak of the words beside them narrow what these may match.
    fn all(&self, parts: &[Condition], allowed: u64) -> Answer {
        let has_words = parts.iter().any(|part| {
            matches!(part.node, Node::List(_) | Node::Near(_) | Node::Or(_) | Node::And(_) | Node::Count(..))
        });
        let mut allowed = allowed;
        if has_words && !self.lenient {
            for part in parts {
                match &part.node {
                    Node::Not(inner) => allowed &= !self.local(&inner.node).unwrap_or(0),
                    node => allowed &= self.local(node).unwrap_or(u64::MAX),
                }
            }
        }
        let mut all = Answer { holds: true, hits: 0 };
        for part in parts {
            let is_local = match &part.node {
                Node::Not(inner) => self.local(&inner.node).is_some(),
                node => self.local(node).is_some(),
            };
            if is_local && has_words {
                continue;
            }
            let answer = self.answer(part, allowed);
            if !answer.holds {
                return Answer::default();
            }
            all.hits |= answer.hits;
        }
        all
    }

    /// The hits of which a predicate about words holds; `None` for what is no such predicate.
    fn local(&self, node: &Node) -> Option<u64> {
        let document = self.document;
        match node {
            Node::Negated => Some(self.negated()),
            Node::Question => Some(self.bits(|hit| {
                let sentence = document.tokens()[hit.place.first as usize].sentence;
                self.context.is_question(document, sentence)
            })),
            Node::Emphasis => Some(self.bits(|hit| self.context.is_emphasised(document, &hit.place))),
            _ => None,
        }
    }

    fn negated(&self) -> u64 {
        if let Some(negated) = self.negated.get() {
            return negated;
        }
        let taken = |token: u32| self.hits.iter().any(|hit| hit.place.first <= token && token <= hit.place.last);
        let negated = self.bits(|hit| self.context.is_negated(self.document, &hit.place, taken));
        self.negated.set(Some(negated));
        negated
    }

    fn list(&self, list: usize) -> u64 {
        self.bits(|hit| (hit.list - self.list_base) as usize == list)
    }

    fn bits(&self, test: impl Fn(&ListHit) -> bool) -> u64 {
        let hits = self.hits.iter().take(RULE_HITS).enumerate();
        hits.fold(0, |bits, (index, hit)| bits | u64::from(test(hit)) << index)
    }

    fn near(&self, near: &Near, allowed: u64) -> Answer {
        let left = self.answer(&near.left, allowed);
        // What must be absent is so however it is meant.
        let right = self.answer(&near.right, if near.absent { u64::MAX } else { allowed });
        if near.absent && (self.lenient || !right.holds) {
            return left;
        }
        if !left.holds || !right.holds {
            return Answer::default();
        }
        let mut hits = 0;
        for one in ones(left.hits) {
            let partners = ones(right.hits).filter(|other| *other != one && self.is_near(near, one, *other));
            let partners = partners.fold(0_u64, |bits, other| bits | 1 << other);
            match (near.absent, partners) {
                (true, 0) => hits |= 1 << one,
                (false, 1..) => hits |= 1 << one | partners,
                _ => {}
            }
        }
        Answer::of_hits(hits)
    }

    fn is_near(&self, near: &Near, one: u32, other: u32) -> bool {
        let (one, other) = (self.hits[one as usize].place, self.hits[other as usize].place);
        let tokens = self.document.tokens();
        if tokens[one.first as usize].sentence != tokens[other.first as usize].sentence {
            return false;
        }
        let between = |before: u32, after: u32| after.checked_sub(before + 1);
        let forwards = between(one.last, other.first);
        let backwards = if near.ordered { None } else { between(other.last, one.first) };
        [forwards, backwards].into_iter().flatten().any(|words| words <= u32::from(near.distance))
    }
}

/// The places of the bits that are set.
fn ones(mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let next = (bits != 0).then(|| bits.trailing_zeros());
        bits &= bits.wrapping_sub(1);
        next
    })
}
