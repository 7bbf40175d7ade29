//! How points become a score: level thresholds, decay, loops, stakes.

use super::course::{Combination, Confidence, Course, Urgency};
use super::document::Document;
use crate::account::Tier;
use crate::diagnostic::Code;
use crate::score::{Level, Score};

/// How points become a score.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scoring {
    /// The least score of each level, by `Level as usize`; ascending, 0 for `Info`.
    pub thresholds: [i32; Level::ALL.len()],
    /// What earlier messages leave behind.
    pub heat: Heat,
    /// Going in circles.
    pub loops: Loops,
    /// How it goes beside that.
    pub course: Course,
    /// Signs that together are worth a level.
    pub combination: Combination,
    /// What makes an assessment less sure.
    pub confidence: Confidence,
    /// How urgency is told.
    pub urgency: Urgency,
    /// What the account stands to lose.
    pub stakes: Stakes,
}

/// What earlier messages leave behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heat {
    /// Per cent of its points that a heat loses with each further customer message.
    pub decay_percent: i32,
    /// Per cent of what earlier messages left that goes on top when the customer is content.
    pub content_percent: i32,
    /// Per cent that count of a further rule of the same signal, and of the same signal seen before.
    pub further_percent: i32,
    /// Points below which a heat is forgotten.
    pub least: i32,
}

/// Points for the course of the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loops {
    /// How many content words of a sketch two turns must share to be alike.
    pub alike_words: usize,
    /// The same for a turn that has more content words than are compared.
    pub alike_long: usize,
    /// From which strength on, in thousandths, a turn says by itself that it was said before.
    pub says_so: i32,
    /// How many content words of a sketch two answers, or two questions of a bot, must share to be alike.
    pub alike_answers: usize,
    /// After how many turns that an answer had not helped the matter goes in circles.
    pub not_helped_after: u8,
    /// For each answer that was given before.
    pub answer_repeats: i32,
    /// For each time a bot asks again what it asked in its turn before.
    pub bot_question: i32,
    /// For each link that the bot has given before.
    pub bot_link: i32,
    /// For each time a customer says the same again.
    pub customer_repeats: i32,
    /// When the bot has answered `exchanges_after` times and the customer still writes.
    pub exchanges: i32,
    /// How many answers of the bot that takes.
    pub exchanges_after: u8,
    /// The most that one loop weighs.
    pub most: i32,
}

/// What is added to a risk for the account it concerns, in per cent of the risk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stakes {
    /// By [`Tier::index`]; ascending.
    pub tier: [i32; Tier::ALL.len()],
    /// From so many US dollars a year: per cent; both ascending.
    pub arr: Vec<(u64, i32)>,
    /// Within so many days: per cent; days ascending.
    pub renewal: Vec<(i64, i32)>,
}

impl Scoring {
    /// The level of a score.
    #[must_use]
    pub fn level(&self, score: Score) -> Level {
        let reached = |level: &Level| score.points() >= self.threshold(*level);
        Level::ALL.into_iter().rev().find(reached).unwrap_or_default()
    }

    /// The least score of a level, in points.
    #[must_use]
    pub const fn threshold(&self, level: Level) -> i32 {
        self.thresholds[level as usize]
    }

    pub(super) fn read(document: &mut Document<'_>) -> Scoring {
        let mut thresholds = [0; Level::ALL.len()];
        for level in Level::ALL.into_iter().skip(1) {
            let key = format!("levels.{level}");
            thresholds[level as usize] = points(document, &key, 1);
            let (here, below) = (thresholds[level as usize], Level::ALL[level as usize - 1]);
            let least = thresholds[below as usize];
            if here <= least {
                let other = format!("levels.{below}");
                let message = format!("`{key}` is {here} and not above `{other}`, which is {least}");
                let at = document.later_place(&key, &other);
                document.report(Code::PolicyNotAscending, at, message, "levels must ascend");
            }
        }
        Scoring {
            thresholds,
            heat: Heat::read(document),
            loops: Loops::read(document),
            course: Course::read(document),
            combination: Combination::read(document),
            confidence: Confidence::read(document),
            urgency: Urgency::read(document),
            stakes: Stakes::read(document),
        }
    }
}

impl Heat {
    fn read(document: &mut Document<'_>) -> Heat {
        Heat {
            decay_percent: percent(document, "heat.decay_percent", 100),
            content_percent: percent(document, "heat.content_percent", 100),
            further_percent: percent(document, "heat.further_percent", 100),
            least: points(document, "heat.least", 1),
        }
    }
}

impl Loops {
    fn read(document: &mut Document<'_>) -> Loops {
        let sketch_words = crate::detect::SKETCH_WORDS as i64;
        Loops {
            alike_words: document.integer("loops.alike_words", 1..=sketch_words) as usize,
            alike_long: document.integer("loops.alike_long", 1..=sketch_words) as usize,
            alike_answers: document.integer("loops.alike_answers", 1..=sketch_words) as usize,
            says_so: document.integer("loops.says_so", 1..=1_000) as i32,
            not_helped_after: document.integer("loops.not_helped_after", 1..=100) as u8,
            answer_repeats: points(document, "loops.answer_repeats", 0),
            bot_question: points(document, "loops.bot_question", 0),
            bot_link: points(document, "loops.bot_link", 0),
            customer_repeats: points(document, "loops.customer_repeats", 0),
            exchanges: points(document, "loops.exchanges", 0),
            exchanges_after: document.integer("loops.exchanges_after", 1..=100) as u8,
            most: points(document, "loops.most", 0),
        }
    }
}

impl Stakes {
    fn read(document: &mut Document<'_>) -> Stakes {
        let mut tier = [0; Tier::ALL.len()];
        for at in Tier::ALL {
            let key = format!("stakes.tier.{at}");
            tier[at.index()] = percent(document, &key, 100);
            if at.index() > 0 && tier[at.index()] < tier[at.index() - 1] {
                let lower = format!("stakes.tier.{}", Tier::ALL[at.index() - 1]);
                let message = format!("`{key}` is less than `{lower}`");
                let place = document.later_place(&key, &lower);
                document.report(Code::PolicyNotAscending, place, message, "a higher tier must not count less");
            }
        }
        let arr: Vec<(u64, i32)> = steps(document, "stakes.arr", "a number of US dollars");
        for pair in arr.windows(2) {
            if pair[1].1 < pair[0].1 {
                let (lower, key) = (format!("stakes.arr.{}", pair[0].0), format!("stakes.arr.{}", pair[1].0));
                let message = format!("`{key}` is less than `{lower}`");
                let place = document.later_place(&key, &lower);
                document.report(Code::PolicyNotAscending, place, message, "a larger revenue must not count less");
            }
        }
        let days: Vec<(u64, i32)> = steps(document, "stakes.renewal", "a number of days");
        let renewal = days.into_iter().map(|(days, percent)| (days.min(36_500) as i64, percent)).collect();
        Stakes { tier, arr, renewal }
    }

    /// Per cent for a revenue in US dollars a year.
    #[must_use]
    pub fn arr_percent(&self, dollars: u64) -> i32 {
        self.arr.iter().rev().find(|(from, _)| dollars >= *from).map_or(0, |(_, percent)| *percent)
    }

    /// Per cent when the renewal is `days` away; nothing when it has passed.
    #[must_use]
    pub fn renewal_percent(&self, days: i64) -> i32 {
        if days < 0 {
            return 0;
        }
        self.renewal.iter().find(|(within, _)| days <= *within).map_or(0, |(_, percent)| *percent)
    }
}

pub(super) fn points(document: &mut Document<'_>, key: &str, least: i64) -> i32 {
    document.integer(key, least..=1_000) as i32
}

pub(super) fn percent(document: &mut Document<'_>, key: &str, most: i64) -> i32 {
    document.integer(key, 0..=most) as i32
}

/// A table of whole numbers to per cent, ascending.
pub(super) fn steps(document: &mut Document<'_>, table: &str, what: &str) -> Vec<(u64, i32)> {
    let mut steps = Vec::new();
    for (key, at) in document.keys(table) {
        let value = percent(document, &format!("{table}.{key}"), 100);
        match key.parse::<u64>() {
            Ok(number) => steps.push((number, value)),
            Err(_) => {
                let message = format!("`{table}.{key}`: the key must be {what}");
                document.report(Code::PolicyWrongType, at, message, "write it in digits, such as 100000 = 10");
            }
        }
    }
    steps.sort_unstable();
    steps
}
