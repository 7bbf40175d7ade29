//! What the course of a conversation is worth beside going in circles, and how sure and how urgent a matter is.

use super::document::Document;
use super::scoring::{percent, points};
use crate::account::{Account, Tier};
use crate::message::Priority;
use crate::score::Level;
use crate::time::{Span, Timestamp};

/// What the course of a conversation is worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// When the customer's tone falls.
    pub falling_tone: i32,
    /// By how much, of 100 up and 100 down.
    pub tone_fall: i32,
    /// How far below neutral at least.
    pub tone_low: i32,
    /// When a vague close ended it unsolved.
    pub silent_drop: i32,
    /// How long nothing was heard then.
    pub silent_after: Span,
    /// How long the customer was gone at least when they are back.
    pub back_after: Span,
    /// When the customer writes again after it was said to be resolved.
    pub reopened: i32,
    /// For each hand-off between agents.
    pub hand_offs: i32,
    /// From which one on.
    pub hand_offs_after: u8,
    /// When the customer changes the channel.
    pub channel_switch: i32,
    /// When a bot was less sure than it should be.
    pub bot_unsure: i32,
    /// How sure, in thousandths, by [`Tier::index`].
    bot_confidence: [u16; Tier::ALL.len()],
}

impl Course {
    /// How sure a bot has to be of its answer, in thousandths. An account without a tier counts as the smallest.
    #[must_use]
    pub fn bot_confidence(&self, tier: Option<Tier>) -> u16 {
        self.bot_confidence[tier.map_or(0, Tier::index)]
    }

    pub(super) fn read(document: &mut Document<'_>) -> Course {
        let mut bot_confidence = [0; Tier::ALL.len()];
        for tier in Tier::ALL {
            bot_confidence[tier.index()] = points(document, &format!("course.bot_confidence.{tier}"), 0) as u16;
        }
        let mut minutes = |key: &str| Span::minutes(document.integer(key, 1..=525_600));
        let (silent_after, back_after) = (minutes("course.silent_after_minutes"), minutes("course.back_after_minutes"));
        Course {
            falling_tone: points(document, "course.falling_tone", 0),
            tone_fall: document.integer("course.tone_fall", 1..=200) as i32,
            tone_low: document.integer("course.tone_low", 0..=100) as i32,
            silent_drop: points(document, "course.silent_drop", 0),
            silent_after,
            back_after,
            reopened: points(document, "course.reopened", 0),
            hand_offs: points(document, "course.hand_offs", 0),
            hand_offs_after: document.integer("course.hand_offs_after", 1..=100) as u8,
            channel_switch: points(document, "course.channel_switch", 0),
            bot_unsure: points(document, "course.bot_unsure", 0),
            bot_confidence,
        }
    }
}

/// Circles, ill feeling, high value and a clock that runs out: together at least a level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Combination {
    /// The level; `Info` for none.
    pub level: Level,
    /// From this tier on.
    pub tier: Option<Tier>,
}

impl Combination {
    pub(super) fn read(document: &mut Document<'_>) -> Combination {
        let level = document.name("combination.level", &Level::ALL.map(Level::name), Level::from_name);
        let tier = document.name("combination.tier", &Tier::ALL.map(Tier::name), Tier::from_name);
        Combination { level: level.unwrap_or_default(), tier }
    }
}

/// What makes an assessment less sure, in per cent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confidence {
    account_unknown: i32,
    tier_missing: i32,
    revenue_missing: i32,
    renewal_missing: i32,
    stale: i32,
    stale_after: Span,
}

impl Confidence {
    pub(super) fn read(document: &mut Document<'_>) -> Confidence {
        let mut less = |key: &str| percent(document, &format!("confidence.{key}"), 100);
        Confidence {
            account_unknown: less("account_unknown"),
            tier_missing: less("tier_missing"),
            revenue_missing: less("revenue_missing"),
            renewal_missing: less("renewal_missing"),
            stale: less("stale"),
            stale_after: Span::days(document.integer("confidence.stale_days", 1..=36_500)),
        }
    }

    /// How sure an assessment is, 0 to 100 per cent, by what is known of the account at `time`.
    #[must_use]
    pub fn of(&self, account: Option<&Account>, time: Timestamp) -> u8 {
        let Some(account) = account else { return (100 - self.account_unknown).max(0) as u8 };
        let missing = [
            (account.tier.is_none(), self.tier_missing),
            (account.arr.is_none(), self.revenue_missing),
            (account.renewal.is_none(), self.renewal_missing),
            (account.updated_at.is_some_and(|at| time - at > self.stale_after), self.stale),
        ];
        let less: i32 = missing.iter().filter(|(is, _)| *is).map(|(_, less)| less).sum();
        (100 - less).max(0) as u8
    }
}

/// How urgency is told, 0 to 1000.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Urgency {
    priority: [i32; Priority::ALL.len()],
    pressing: i32,
    clock: i32,
}

impl Urgency {
    pub(super) fn read(document: &mut Document<'_>) -> Urgency {
        let mut priority = [0; Priority::ALL.len()];
        for at in Priority::ALL {
            priority[at as usize] = points(document, &format!("urgency.{}", at.name()), 0);
        }
        let (pressing, clock) = (points(document, "urgency.pressing", 0), points(document, "urgency.clock", 0));
        Urgency { priority, pressing, clock }
    }

    /// The urgency of a matter of this priority, when the customer presses, when a clock runs out.
    #[must_use]
    pub fn of(&self, priority: Option<Priority>, presses: bool, clock: bool) -> u16 {
        let base = priority.map_or(0, |priority| self.priority[priority as usize]);
        let sum = base + if presses { self.pressing } else { 0 } + if clock { self.clock } else { 0 };
        sum.clamp(0, 1_000) as u16
    }
}
