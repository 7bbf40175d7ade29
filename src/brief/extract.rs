//! Facts out of one turn.

use super::sentence::{Page, short};
use super::{Fact, Facts, Kind, attempts, money};
use crate::lexicon::Language;
use crate::limits;
use crate::message::{AuthorType, Event};
use crate::policy::{Currencies, Match, Use, Words};
use crate::text::mask::mask;
use crate::text::{Document, Hygiene, WordKey, flags};

/// So many words between a thing and how it fails.
const SYMPTOM_REACH: u32 = 9;
/// So many words between a marker and what it marks.
const MARKER_REACH: u32 = 6;

/// One turn with all that is needed to read facts out of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) event: &'a Event<'a>,
    /// The event's text as it was read.
    pub(crate) document: &'a Document,
    /// The language that it was read in, if that is sure.
    pub(crate) language: Option<Language>,
    pub(crate) words: &'a Words,
    pub(crate) currencies: &'a Currencies,
    /// Part of the fingerprint of the event that carries the turn.
    pub(crate) fingerprint: u32,
}

/// Buffers that are reused from turn to turn.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    places: Vec<Match>,
    facts: Vec<Fact>,
}

/// Adds what a turn tells to `kept`, which is made if there is anything; whether it tells of a trouble or a wish.
pub(crate) fn extract(reading: &Reading<'_>, buffers: &mut Buffers, kept: &mut Option<Box<Facts>>) -> bool {
    let Buffers { places, facts } = buffers;
    let Reading { event, document, words, .. } = *reading;
    let flat = document.flat(&event.text);
    let known = kept.as_ref().and_then(|facts| facts.language);
    let language = reading.language.or(known);
    places.clear();
    let read_in = language.unwrap_or(Language::Any);
    words.lookup.search(document, flat, read_in, places);
    let page = Page::new((document, flat, read_in), words, places);
    facts.clear();
    read(reading, &page, kept, facts);
    if facts.is_empty() {
        return false;
    }
    let tells = facts.iter().any(|fact| matches!(fact.kind, Kind::Symptom | Kind::Outcome));
    let kept = kept.get_or_insert_default();
    if event.author.kind == AuthorType::Customer && language.is_some() {
        kept.language = language;
    }
    facts.drain(..).for_each(|fact| kept.add(fact));
    note_people(kept, event);
    tells
}

/// What the fields of an event tell: people, product area, environment.
pub(crate) fn note_people(kept: &mut Facts, event: &Event<'_>) {
    let wrote = event.author.kind == AuthorType::Customer;
    if let Some(language) = Language::from_tag(&event.language).filter(|_| wrote) {
        kept.language = Some(language);
    }
    let set = |place: &mut Box<str>, text: &str| {
        if !text.is_empty() && **place != *text {
            *place = short(text, limits::FACT_BYTES);
        }
    };
    if wrote {
        set(&mut kept.contact, &event.author.name);
    }
    set(&mut kept.contact, &event.contact.name);
    set(&mut kept.email, &event.contact.email);
    set(&mut kept.assignee, &event.assignee);
    set(&mut kept.product_area, &mask(&event.product_area));
    set(&mut kept.environment, &mask(&event.environment));
}

fn read(reading: &Reading<'_>, page: &Page<'_>, kept: &mut Option<Box<Facts>>, facts: &mut Vec<Fact>) {
    let Reading { event, fingerprint, .. } = *reading;
    let blank = Fact {
        kind: Kind::Milestone,
        by: event.author.kind,
        entry: 0,
        other: 0,
        helped: false,
        time: event.time,
        event: fingerprint,
        text: Box::default(),
        note: Box::default(),
        note_event: fingerprint,
    };
    artifacts(reading, page, &blank, facts);
    if page.tokens().is_empty() {
        return;
    }
    attempts::attempts(page, &blank, facts);
    references(page, &blank, facts);
    match event.author.kind {
        AuthorType::Customer => {
            symptoms(page, &blank, facts);
            circumstances(page, &blank, facts);
            // Only what the customer wrote: a signature may tell a company's capital.
            for (from, to) in page.document.kept() {
                for (text, dollars) in money::sums(&page.flat[from as usize..to as usize], reading.currencies) {
                    let dollars = u32::try_from(dollars).unwrap_or(u32::MAX);
                    facts.push(Fact { kind: Kind::Amount, entry: dollars, text: text.into(), ..blank.clone() });
                }
            }
            let earlier = kept.as_deref_mut().map_or(&mut [][..], |facts| &mut facts.list);
            attempts::results(page, fingerprint, earlier, facts);
        }
        _ => {
            let offers = page.of(Use::Offer, "").take(1);
            facts.extend(offers.map(|place| entry(page, &blank, Kind::Offer, place, Box::default())));
        }
    }
}

fn entry(page: &Page<'_>, blank: &Fact, kind: Kind, place: Match, text: Box<str>) -> Fact {
    Fact { kind, entry: page.words.key(place.entry), text, ..blank.clone() }
}

/// Each trouble with the thing nearest to it in its sentence, else with the last thing before it in the turn.
fn symptoms(page: &Page<'_>, blank: &Fact, facts: &mut Vec<Fact>) {
    for trouble in page.of(Use::Trouble, "") {
        let sentence = page.sentence(trouble.first);
        let asks = page.document.sentences().get(usize::from(sentence)).is_some_and(|sentence| sentence.question);
        if page.marked_before("condition", trouble.first, 4) {
            continue;
        }
        let distance = |thing: &Match| {
            let behind = thing.first > trouble.last;
            let gap = if behind { thing.first - trouble.last } else { trouble.first.saturating_sub(thing.last) };
            // At equal distance what stands before is what fails.
            2 * gap + u32::from(behind)
        };
        let near = page
            .of(Use::Thing, "")
            .filter(|thing| page.sentence(thing.first) == sentence && distance(thing) <= 2 * SYMPTOM_REACH)
            .min_by_key(|thing| (distance(thing), std::cmp::Reverse(thing.last - thing.first)));
        let thing = near.or_else(|| {
            let before = page.of(Use::Thing, "").filter(|thing| thing.last < trouble.first);
            before.max_by_key(|thing| (thing.first, thing.last))
        });
        if thing.is_none() && (asks || page.words.entry(trouble.entry).is_none_or(|entry| !entry.alone)) {
            continue;
        }
        // Without a thing that the vocabulary has, the customer's own words say what fails.
        let key = thing.map_or(0, |thing| page.words.key(specific(page, thing).entry));
        let (other, note) = (page.words.key(trouble.entry), page.quote(trouble.first));
        facts.push(Fact { kind: Kind::Symptom, entry: key, other, note, ..blank.clone() });
    }
}

/// Of `login page` the login: a generic thing is named by the thing that stands right before it.
fn specific(page: &Page<'_>, thing: Match) -> Match {
    if page.words.entry(thing.entry).is_some_and(|entry| entry.generic) {
        let before = page.of(Use::Thing, "").find(|other| other.last + 1 == thing.first && other.entry != thing.entry);
        return before.unwrap_or(thing);
    }
    thing
}

/// Causes, wishes, impacts, times: what a marker makes of a word.
fn circumstances(page: &Page<'_>, blank: &Fact, facts: &mut Vec<Fact>) {
    for cause in page.of(Use::Cause, "") {
        if page.marked_before("after", cause.first, MARKER_REACH) {
            facts.push(entry(page, blank, Kind::Cause, cause, Box::default()));
        }
    }
    for outcome in page.of(Use::Outcome, "") {
        if page.marked_before("wish", outcome.first, 12) {
            facts.push(entry(page, blank, Kind::Outcome, outcome, Box::default()));
        }
    }
    for impact in page.of(Use::Impact, "") {
        let note = page.quote(impact.first);
        facts.push(Fact { note, ..entry(page, blank, Kind::Impact, impact, Box::default()) });
    }
    let sentence = |place: &Match| page.sentence(place.first);
    for since in page.of(Use::Marker, "since") {
        let until = page.of(Use::Marker, "time").find(|time| {
            time.first > since.last && time.last <= since.last + MARKER_REACH && sentence(time) == sentence(&since)
        });
        if let Some(time) = until {
            let text = page.text(since.first, time.last, limits::FACT_BYTES);
            facts.push(Fact { kind: Kind::When, text, ..blank.clone() });
            break;
        }
    }
}

/// Numbers behind what they stand for, and what it happens on.
fn references(page: &Page<'_>, blank: &Fact, facts: &mut Vec<Fact>) {
    for place in page.of(Use::Reference, "") {
        if let Some(text) = number_behind(page, place) {
            facts.push(entry(page, blank, Kind::Reference, place, text));
        }
    }
    for place in page.of(Use::Environment, "") {
        let next = place.last + 1;
        let version = page.tokens().get(next as usize).filter(|token| {
            token.sentence == page.sentence(place.first) && token.flags & (flags::NUMBER | flags::MIXED) != 0
        });
        let named = page.words.entry(place.entry).is_some_and(|entry| entry.name != "version");
        let text = match version {
            Some(_) => {
                let name = page.text(place.first, place.last, limits::FACT_BYTES);
                let number = mask(raw(page, next));
                short(&format!("{name} {number}"), limits::FACT_BYTES)
            }
            None if named => page.text(place.first, place.last, limits::FACT_BYTES),
            None => continue,
        };
        facts.push(entry(page, blank, Kind::Environment, place, text));
    }
}

/// A word with a digit up to three words behind a place, in the same sentence.
fn number_behind(page: &Page<'_>, place: Match) -> Option<Box<str>> {
    let sentence = page.sentence(place.first);
    for at in place.last + 1..place.last + 4 {
        let token = page.tokens().get(at as usize).filter(|token| token.sentence == sentence)?;
        let text = raw(page, at);
        if token.flags & flags::OPAQUE == 0 && text.bytes().any(|byte| byte.is_ascii_digit()) {
            let masked = mask(text);
            return (masked.len() >= 3).then(|| short(&masked, limits::FACT_BYTES));
        }
    }
    None
}

/// A token with all that hangs on it, at most so many bytes on each side: `INV-2024/118`, `4.2.1`.
fn raw<'a>(page: &Page<'a>, at: u32) -> &'a str {
    let Some(token) = page.tokens().get(at as usize) else { return "" };
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ':' | '#');
    let (start, end) = (token.start as usize, token.end as usize);
    let before = &page.flat[page.flat.ceil_char_boundary(start.saturating_sub(limits::FACT_BYTES))..start];
    let after = &page.flat[end..page.flat.floor_char_boundary(end + limits::FACT_BYTES)];
    let start = start - before.chars().rev().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
    let end = end + after.chars().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
    page.flat[start..end].trim_matches(|c: char| !c.is_alphanumeric())
}

/// Files, links and lines of logs, by reference.
fn artifacts(reading: &Reading<'_>, page: &Page<'_>, blank: &Fact, facts: &mut Vec<Fact>) {
    let Reading { event, document, .. } = *reading;
    let key = |kind: &str| WordKey::of(kind).hash as u32;
    let mut add = |kind: &str, text: &str| {
        let text = short(&mask(text), limits::FACT_BYTES);
        facts.push(Fact { kind: Kind::Artifact, entry: key(kind), text, ..blank.clone() });
    };
    for attachment in event.attachments.iter().take(limits::FACTS_PER_KIND) {
        let named = [&attachment.name, &attachment.url, &attachment.media_type];
        add("attachment", named.into_iter().find(|text| !text.is_empty()).map_or("", |text| text));
    }
    event.links.iter().take(limits::FACTS_PER_KIND).for_each(|link| add("link", link));
    for token in page.tokens().iter().filter(|token| token.flags & flags::OPAQUE != 0).take(limits::FACTS_PER_KIND) {
        let word = page.flat.get(token.start as usize..token.end as usize).unwrap_or_default();
        if word.starts_with("http://") || word.starts_with("https://") {
            add("link", word);
        }
    }
    for part in document.left_out().iter().filter(|part| part.hygiene == Hygiene::Code).take(3) {
        let lines = event.text.get(part.start as usize..part.end as usize).unwrap_or_default().trim();
        if let Some(first) = lines.lines().map(str::trim).find(|line| line.chars().any(char::is_alphabetic)) {
            add("log", first);
        }
    }
}
