//! One conversation: who takes part, what happens when, and the events that tell of it.

use std::cmp::Ordering;

use super::line::{Author, Bot, Line, Time, Verdict};
use super::random::{Random, split_mix};
use super::scene::{ALONE, Beat, By, TRIAL, plain_turn};
use super::template::{Facts, expand};
use super::{Kind, Record, Shape, accounts, hot, plain, words};
use crate::time::{Span, Timestamp};

/// The helpdesk tenants; the empty one is the default and is left out of events.
pub(super) const TENANTS: [&str; 3] = ["", "harbor-eu", "harbor-us"];

/// Something that will happen.
#[derive(Debug)]
struct Turn {
    /// Its place among the turns, which its event id carries.
    place: usize,
    /// When it happens.
    time: Timestamp,
    /// When it is sent; later than the next turn's when it is late.
    sent: Timestamp,
    beat: Beat,
}

/// An open conversation. Ordered by who acts first.
#[derive(Debug)]
pub(super) struct Conversation {
    number: u64,
    random: Random,
    /// What is still to come, last first.
    turns: Vec<Turn>,
    trial: bool,
    id: String,
    stem: String,
    tenant: &'static str,
    account: String,
    customer: &'static str,
    customer_name: String,
    agent: &'static str,
    company: String,
    feature: &'static str,
    reference: String,
    /// The place of the customer's last message.
    last_customer: usize,
}

/// The id of the conversation of that number. Each fiftieth shares its id with the one before it, which belongs to
/// another tenant.
fn conversation_id(number: u64) -> String {
    format!("conv-{:06}", if number % 50 == 49 { number - 1 } else { number })
}

impl Conversation {
    /// Opens the conversation of that number with at least one turn, its share of the turns that are `left`, of which
    /// `others` conversations need one at least.
    pub(super) fn open(shape: &Shape, number: u64, left: u64, others: u64, opening: Timestamp) -> Conversation {
        let mut random = Random::new(shape.seed, number);
        let trial = shape.kind == Kind::Trial;
        let usual = left / (others + 1) + random.below(7);
        let most = if others == 0 { left } else { left - others };
        let turns = if others == 0 { left } else { usual.saturating_sub(3).clamp(1, most) };
        let beats = match shape.kind {
            Kind::Trial => trial_beats(turns as usize, most as usize, others == 0, &mut random),
            Kind::Throughput => throughput_beats(turns as usize, shape.triggering, &mut random),
            Kind::Stateless => stateless_beats(turns as usize, others == 0, shape, &mut random),
        };
        let account = random.below(shape.accounts);
        let account = account - account % 3 + number % 3;
        let mut mixer = shape.seed ^ number;
        Conversation {
            number,
            turns: timetable(beats, shape, opening, &mut random),
            trial,
            id: conversation_id(number),
            stem: format!("m-{:010x}", split_mix(&mut mixer) >> 24),
            tenant: TENANTS[(number % 3) as usize],
            account: match number % 37 {
                7 if trial => String::new(),
                9 if trial => format!("acct-gone-{}", number % 11),
                _ => accounts::account_id(account),
            },
            customer: random.pick(words::FIRST_NAMES),
            customer_name: random.pick(words::LAST_NAMES).to_string(),
            agent: random.pick(words::FIRST_NAMES),
            company: accounts::company(account),
            feature: random.pick(words::FEATURES),
            reference: format!("{}-{}", random.pick(&["ORD", "INV", "CASE"]), random.between(10_000, 99_999)),
            last_customer: 0,
            random,
        }
    }

    /// When the next turn is sent.
    pub(super) fn due(&self) -> Timestamp {
        self.turns.last().map_or(Timestamp::MAX, |turn| turn.sent)
    }

    /// How many turns are still to come.
    pub(super) fn turns_left(&self) -> u64 {
        self.turns.len() as u64
    }

    /// Takes the next turn, which reaches the log at `arrival`.
    pub(super) fn act(&mut self, arrival: Timestamp) -> Record {
        let turn = self.turns.pop().expect("only a conversation with turns left acts");
        let text = self.text(turn.beat);
        let value = self.line(&turn, arrival, &text);
        if by(turn.beat) == Some(By::Customer) {
            self.last_customer = turn.place;
        }
        Record { key: self.id.clone().into_bytes(), value, arrival }
    }

    fn text(&mut self, beat: Beat) -> String {
        let facts = Facts {
            customer: self.customer,
            agent: self.agent,
            company: &self.company,
            feature: self.feature,
            reference: &self.reference,
        };
        let random = &mut self.random;
        let mut out = String::with_capacity(256);
        let say = |pool: &[&str], random: &mut Random, out: &mut String| {
            let template = random.pick(pool);
            expand(template, &facts, random, out);
        };
        match beat {
            Beat::Say(_, pool) => say(pool, random, &mut out),
            Beat::Led(_, pool) => {
                if random.chance(600) {
                    say(plain::DETAILS, random, &mut out);
                    out.push(' ');
                }
                say(pool, random, &mut out);
            }
            Beat::Long(_) => long(None, &facts, random, &mut out),
            Beat::Within(pool) => long(Some(pool), &facts, random, &mut out),
            Beat::Foreign => expand(random.pick(plain::FOREIGN).1, &facts, random, &mut out),
            Beat::Mail(pool) => {
                out.push_str("<html><body><p>");
                say(pool, random, &mut out);
                out.push_str("</p><p>--<br>");
                out.push_str(&self.customer_name);
                out.push_str("</p><blockquote>On Monday you wrote:<br>&gt; ");
                say(hot::LEGAL, random, &mut out);
                out.push_str("</blockquote></body></html>");
            }
            Beat::Note => say(plain::NOTES, random, &mut out),
            Beat::Edit => say(plain::DETAILS, random, &mut out),
            Beat::Detail => {
                say(plain::DETAILS, random, &mut out);
                odd_text(random, &mut out);
            }
            _ => {}
        }
        out
    }

    fn line(&mut self, turn: &Turn, arrival: Timestamp, text: &str) -> Vec<u8> {
        let event_id = format!("{}-{:02}", self.stem, turn.place);
        let target = format!("{}-{:02}", self.stem, self.last_customer);
        let customer_id = format!("u-{:05}", self.number % 99_991);
        let agent_id = format!("agent-{:02}", self.number % 40);
        let name = format!("{} {}", self.customer, self.customer_name);
        let into = conversation_id(self.number + 3);
        let plain_author = match by(turn.beat) {
            Some(By::Customer) => Author { kind: "customer", id: &customer_id, name: &name },
            Some(By::Agent) => Author { kind: "agent", id: &agent_id, name: self.agent },
            Some(By::Bot) => Author { kind: "bot", id: "helper-bot", name: "" },
            None => Author { kind: "system", id: "", name: "" },
        };
        let odd = turn.beat == Beat::Detail;
        let unknown = odd && self.random.chance(12);
        let line = Line {
            schema_version: 1,
            event_id: &event_id,
            tenant: self.tenant,
            conversation_id: &self.id,
            account_id: &self.account,
            occurred_at: occurred_at(turn.time, if self.trial { self.number } else { 2 }, odd, &mut self.random),
            received_at: Time::rfc3339(arrival),
            author: if unknown { Author { kind: "partner", ..plain_author } } else { plain_author },
            text,
            channel: ["chat", "email", "web"][(self.number / 3 % 3) as usize],
            language: if turn.beat == Beat::Foreign { "" } else { "en" },
            priority: ["P3", "P3", "P4", "P2", "P3", "P3", "P1"][(self.number % 7) as usize],
            product_area: self.feature,
            bot: (by(turn.beat) == Some(By::Bot))
                .then(|| Bot { confidence: self.random.between(350, 990) as f64 / 1_000.0, intent: "how_to" }),
            ..Line::default()
        };
        let (assignee, number) = (self.agent, self.number);
        let line = match turn.beat {
            Beat::Note => {
                Line { kind: "internal_note", author: Author { kind: "agent", id: &agent_id, name: "" }, ..line }
            }
            Beat::Status("resolved") => {
                let csat = (number % 3 == 0).then_some((number % 5) as u8 + 1);
                Line { kind: "status_change", status: "resolved", csat, ..line }
            }
            Beat::Status(status) => Line { kind: "status_change", status, ..line },
            Beat::Assign => Line { kind: "assignment_change", assignee, team: "second-line", ..line },
            Beat::Verdict(outcome) => {
                Line { kind: "verdict", verdict: Some(Verdict { outcome, by: "router" }), ..line }
            }
            Beat::Edit => Line { kind: "edit", target_event_id: &target, ..line },
            Beat::Delete => Line { kind: "delete", target_event_id: &target, ..line },
            Beat::Merge => Line { kind: "merge", merge_into: &into, ..line },
            Beat::Erase => Line { kind: "erase", ..line },
            Beat::Mail(_) => Line { format: "html", subject: "Re: your request", ..line },
            Beat::Long(_) | Beat::Within(_) => Line { product_area: "", status: "open", environment: "live", ..line },
            _ => Line { kind: if number % 2 == 0 { "message" } else { "" }, ..line },
        };
        line.write()
    }
}

/// The time an event gives itself, in the source's own way of writing; in the far future or past now and then if `odd`.
fn occurred_at(time: Timestamp, style: u64, odd: bool, random: &mut Random) -> Time {
    if odd && random.chance(6) {
        return Time::Text(["2099-12-31T23:59:59Z", "1999-01-01T00:00:00Z"][random.below(2) as usize].to_owned());
    }
    match style % 4 {
        0 => Time::Number(time.0 / 1_000),
        1 => Time::Number(time.0),
        _ => Time::rfc3339(time),
    }
}

/// Who speaks in a beat; nobody when the helpdesk itself acts.
fn by(beat: Beat) -> Option<By> {
    match beat {
        Beat::Say(by, _) | Beat::Led(by, _) | Beat::Long(by) => Some(by),
        Beat::Within(_) | Beat::Detail | Beat::Foreign | Beat::Mail(_) | Beat::Edit => Some(By::Customer),
        Beat::Note | Beat::Status(_) | Beat::Assign | Beat::Verdict(_) | Beat::Delete | Beat::Merge | Beat::Erase => {
            None
        }
    }
}

/// Sentences up to a length whose mean, over many, is that of support messages; `hot` is said in their midst.
fn long(hot: Option<&[&str]>, facts: &Facts<'_>, random: &mut Random, out: &mut String) {
    let wanted = 20 + random.between(0, 80) + random.between(0, 80) + random.below(4) * random.between(0, 71);
    let at = random.below(wanted) as usize;
    let mut hot = hot;
    while out.len() < wanted as usize || hot.is_some() {
        let pool = if out.len() >= at { hot.take().unwrap_or(plain::DETAILS) } else { plain::DETAILS };
        if !out.is_empty() {
            out.push(' ');
        }
        let template = random.pick(pool);
        expand(template, facts, random, out);
    }
}

/// What sources do to a text now and then.
fn odd_text(random: &mut Random, out: &mut String) {
    match random.below(400) {
        0 => out.push('\0'),
        1 => out.insert(0, '\u{202E}'),
        2 => {
            let sentence = format!("{out} ");
            *out = sentence.repeat(70_000 / sentence.len());
        }
        3 => out.push_str("\r\n\r\n-- \r\nSent from my phone"),
        4 => *out = out.replace(' ', "\u{A0}"),
        _ => {}
    }
}

/// A scene amid plain turns, `turns` in all if it is that short; more, up to `most`, when the scene needs them.
fn trial_beats(turns: usize, most: usize, exact: bool, random: &mut Random) -> Vec<Beat> {
    let mut draw = random.below(1_000);
    let drawn = TRIAL.iter().find(|scene| {
        let hit = draw < scene.share;
        draw = draw.wrapping_sub(if hit { 0 } else { scene.share });
        hit
    });
    let room = if exact { turns } else { most };
    let scene = drawn.map(|scene| scene.beats).filter(|beats| beats.len() <= room).unwrap_or_default();
    let around = turns.saturating_sub(scene.len());
    let closing: &[Beat] = match around {
        3.. if random.chance(600) => &[Beat::Say(By::Customer, plain::THANKS), Beat::Status("resolved")],
        2.. if random.chance(500) => &[Beat::Say(By::Agent, plain::ANSWERS)],
        _ => &[],
    };
    let before = around - closing.len();
    let mut beats: Vec<Beat> = (0..before).map(|turn| plain_turn(turn, random.below(1_000))).collect();
    beats.extend_from_slice(scene);
    beats.extend_from_slice(closing);
    beats
}

fn long_turn(turn: usize, random: &mut Random) -> Beat {
    Beat::Long(match turn % 2 {
        0 => By::Customer,
        _ if random.chance(150) => By::Bot,
        _ => By::Agent,
    })
}

/// Long messages, at most one of them triggering, so that `triggering` of 1,000 are.
fn throughput_beats(turns: usize, triggering: u64, random: &mut Random) -> Vec<Beat> {
    let mut beats: Vec<Beat> = (0..turns).map(|turn| long_turn(turn, random)).collect();
    if random.chance(triggering * turns as u64) {
        let at = random.below(turns as u64) as usize;
        beats[at] = Beat::Within(random.pick(ALONE));
    }
    beats
}

/// Long messages, or one triggering message alone.
fn stateless_beats(turns: usize, exact: bool, shape: &Shape, random: &mut Random) -> Vec<Beat> {
    // The share is one of events, and a conversation that triggers has only one.
    let a_conversation = shape.triggering * shape.events / shape.conversations.max(1);
    if random.chance(a_conversation) && (!exact || turns == 1) {
        return vec![Beat::Within(random.pick(ALONE))];
    }
    (0..turns).map(|turn| long_turn(turn, random)).collect()
}

/// When each beat happens and when it is sent, last first.
fn timetable(beats: Vec<Beat>, shape: &Shape, opening: Timestamp, random: &mut Random) -> Vec<Turn> {
    let gap = shape.spacing.0 as u64 * if shape.kind == Kind::Trial { 60 } else { 2_000 };
    let mut time = opening;
    let mut turns: Vec<Turn> = Vec::with_capacity(beats.len());
    for (place, beat) in beats.into_iter().enumerate() {
        turns.push(Turn { place, time, sent: time, beat });
        time = time + Span(random.between(gap / 10 + 1, gap * 2) as i64);
    }
    for place in 1..turns.len() {
        // Not every turn that is held back ends up behind a later one: its successor may be held back too.
        if random.chance(shape.late * 5 / 4) {
            turns[place - 1].sent = turns[place].time + Span(random.between(1, gap / 4 + 1) as i64);
        }
    }
    turns.sort_by_key(|turn| std::cmp::Reverse((turn.sent, turn.place)));
    turns
}

impl PartialEq for Conversation {
    fn eq(&self, other: &Conversation) -> bool {
        self.number == other.number
    }
}

impl Eq for Conversation {}

impl PartialOrd for Conversation {
    fn partial_cmp(&self, other: &Conversation) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Conversation {
    fn cmp(&self, other: &Conversation) -> Ordering {
        (self.due(), self.number).cmp(&(other.due(), other.number))
    }
}
