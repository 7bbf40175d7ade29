//! Fixed-point quantities. Decisions use integers, so that every machine computes the same bytes.

use std::fmt;

/// A risk score: 0 (no risk seen) to [`Score::MAX`] (certain loss), in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u16);

impl Score {
    /// The highest score there is.
    pub const MAX: Score = Score(1_000);
    /// The lowest score there is.
    pub const ZERO: Score = Score(0);

    /// The score nearest to `points`: below 0 becomes 0, above 1000 becomes 1000.
    #[must_use]
    pub const fn clamped(points: i32) -> Score {
        if points <= 0 {
            Score(0)
        } else if points >= 1_000 {
            Score(1_000)
        } else {
            Score(points as u16)
        }
    }

    /// The score in points, 0 to 1000.
    #[must_use]
    pub const fn points(self) -> i32 {
        self.0 as i32
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How strongly a signal speaks in one text: 0 (not at all) to 1000 thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Strength(u16);

impl Strength {
    /// The signal is not there.
    pub const ZERO: Strength = Strength(0);
    /// Half as strong as a signal can be.
    pub const HALF: Strength = Strength(500);
    /// The strongest a signal can be.
    pub const MAX: Strength = Strength(1_000);

    /// The strength nearest to `thousandths`: below 0 becomes 0, above 1000 becomes 1000.
    #[must_use]
    pub const fn clamped(thousandths: i32) -> Strength {
        Strength(Score::clamped(thousandths).0)
    }

    /// The strength in thousandths, 0 to 1000.
    #[must_use]
    pub const fn thousandths(self) -> i32 {
        self.0 as i32
    }
}

/// What is at stake, from nothing to an executive matter. Ordered: a later level is a graver one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing to act on.
    #[default]
    Info,
    /// Worth noting; timeline or satisfaction at risk.
    Low,
    /// The customer's ability to use the product, or the renewal, is at risk.
    Medium,
    /// Significant impact on adoption; contraction is likely.
    High,
    /// Major impact; the account may be lost.
    Critical,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Level; 5] = [Level::Info, Level::Low, Level::Medium, Level::High, Level::Critical];

    /// The level's name as written in rules, policies and triggers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }

    /// The level with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
