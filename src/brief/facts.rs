//! What is kept of a case: short facts, masked before they get here, never a transcript.

use crate::lexicon::Language;
use crate::limits;
use crate::message::AuthorType;
use crate::time::Timestamp;

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// A thing (`entry`, 0 for one that has no name in the vocabulary) that fails in some way (`other`), with the sentence.
    Symptom,
    /// What it may come from.
    Cause,
    /// What somebody tried (`entry`) on what (`other`, or `text`); `note` says why it did not help.
    Attempt,
    /// What the vendor's side asked to try; becomes an attempt when the customer says what came of it.
    Suggested,
    /// On what it happens.
    Environment,
    /// A number by which something is found again.
    Reference,
    /// What the customer wants.
    Outcome,
    /// What it costs the customer, with the sentence.
    Impact,
    /// Since when.
    When,
    /// A sum of money: `entry` holds whole US dollars, `text` the sum as it was written.
    Amount,
    /// A file, a link, lines of a log.
    Artifact,
    /// What the vendor's side offered.
    Offer,
    /// What happened to the case: a status, an assignment.
    Milestone,
}

impl Kind {
    /// All kinds. A new one goes to the end: snapshots name them by their place.
    pub(crate) const ALL: [Kind; 13] = [
        Kind::Symptom,
        Kind::Cause,
        Kind::Attempt,
        Kind::Suggested,
        Kind::Environment,
        Kind::Reference,
        Kind::Outcome,
        Kind::Impact,
        Kind::When,
        Kind::Amount,
        Kind::Artifact,
        Kind::Offer,
        Kind::Milestone,
    ];

    /// The kind's name in the timeline.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Kind::Symptom => "symptom",
            Kind::Cause => "cause",
            Kind::Attempt => "attempt",
            Kind::Suggested => "suggestion",
            Kind::Environment => "environment",
            Kind::Reference => "reference",
            Kind::Outcome => "wish",
            Kind::Impact => "impact",
            Kind::When => "when",
            Kind::Amount => "amount",
            Kind::Artifact => "artifact",
            Kind::Offer => "offer",
            Kind::Milestone => "milestone",
        }
    }
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) kind: Kind,
    pub(crate) by: AuthorType,
    /// The key of the entry in the vocabulary; 0 for none.
    pub(crate) entry: u32,
    /// The key of a second entry.
    pub(crate) other: u32,
    /// Whether an attempt helped; `false` while nobody says.
    pub(crate) helped: bool,
    pub(crate) time: Timestamp,
    /// Part of the fingerprint of the event that told it.
    pub(crate) event: u32,
    /// Words of the event, masked.
    pub(crate) text: Box<str>,
    /// A sentence of the event, or of a later one that told what came of it, masked.
    pub(crate) note: Box<str>,
    /// Part of the fingerprint of the event that `note` and `helped` are from.
    pub(crate) note_event: u32,
}

/// All that is kept of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The customer's language; none as long as it is not known.
    pub(crate) language: Option<Language>,
    pub(crate) contact: Box<str>,
    pub(crate) email: Box<str>,
    /// Who works on it, as far as events told.
    pub(crate) assignee: Box<str>,
    pub(crate) product_area: Box<str>,
    pub(crate) environment: Box<str>,
    /// In the order in which they were told.
    pub(crate) list: Vec<Fact>,
    /// Facts that found no room.
    pub(crate) dropped: u16,
}

impl Facts {
    /// Adds a fact that is not there yet. Where its kind has no more room the last one of the kind makes it.
    pub(crate) fn add(&mut self, fact: Fact) {
        let same = |known: &&mut Fact| {
            known.kind == fact.kind && known.entry == fact.entry && known.other == fact.other && known.text == fact.text
        };
        if let Some(known) = self.list.iter_mut().find(same) {
            // The first words for a symptom tell most of it.
            if !fact.note.is_empty() && fact.kind != Kind::Symptom {
                (known.note, known.note_event) = (fact.note, fact.note_event);
            }
            return;
        }
        let of_kind = self.list.iter().filter(|known| known.kind == fact.kind).count();
        if of_kind >= limits::FACTS_PER_KIND || self.list.len() >= limits::FACTS {
            self.dropped = self.dropped.saturating_add(1);
            match self.list.iter().rposition(|known| known.kind == fact.kind) {
                Some(last) => _ = self.list.remove(last),
                None => return,
            }
        }
        self.list.push(fact);
    }

    /// The facts of a kind, in order.
    pub(crate) fn of(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Fact> {
        self.list.iter().filter(move |fact| fact.kind == kind)
    }

    /// Symptoms, those with a named thing first.
    pub(crate) fn symptoms(&self) -> impl Iterator<Item = &Fact> {
        let named = self.of(Kind::Symptom).filter(|fact| fact.entry != 0);
        named.chain(self.of(Kind::Symptom).filter(|fact| fact.entry == 0))
    }

    /// Drops what an event told: its facts, and in those of other events what it said of them.
    pub(crate) fn forget_event(&mut self, event: u32) {
        self.list.retain(|fact| fact.event != event);
        // States of an older version do not tell whose words a note is: then it goes with any.
        for fact in self.list.iter_mut().filter(|fact| fact.note_event == event || fact.note_event == 0) {
            (fact.note, fact.helped, fact.note_event) = (Box::default(), false, fact.event);
        }
    }

    /// How many attempts have not helped.
    pub(crate) fn failed_attempts(&self) -> usize {
        self.of(Kind::Attempt).filter(|attempt| !attempt.helped).count()
    }

    /// The largest sum that was told, in US dollars.
    pub(crate) fn dollars(&self) -> Option<u64> {
        self.of(Kind::Amount).map(|amount| u64::from(amount.entry)).max()
    }
}
