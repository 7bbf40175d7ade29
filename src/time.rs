//! Stream time: milliseconds since the Unix epoch, as records carry it. There is no `now` here.

use std::ops::{Add, Sub};

/// A point in event time, in milliseconds since 1970-01-01T00:00:00Z. May be negative (before 1970).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A length of event time, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub i64);

impl Timestamp {
    /// The earliest time that any record can carry after clamping: 0000-01-01T00:00:00Z.
    pub const MIN: Timestamp = Timestamp(-62_167_219_200_000);
    /// The latest time that any record can carry after clamping: 9999-12-31T23:59:59.999Z.
    pub const MAX: Timestamp = Timestamp(253_402_300_799_999);
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// A span of whole seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Span {
        Span(seconds.saturating_mul(1_000))
    }

    /// A span of whole minutes.
    #[must_use]
    pub const fn minutes(minutes: i64) -> Span {
        Span::seconds(minutes.saturating_mul(60))
    }

    /// A span of whole hours.
    #[must_use]
    pub const fn hours(hours: i64) -> Span {
        Span::minutes(hours.saturating_mul(60))
    }

    /// A span of days of 24 hours.
    #[must_use]
    pub const fn days(days: i64) -> Span {
        Span::hours(days.saturating_mul(24))
    }
}

impl Add<Span> for Timestamp {
    type Output = Timestamp;
    /// Saturates at the ends of the representable range.
    fn add(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Timestamp {
    type Output = Timestamp;
    /// Saturates at the ends of the representable range.
    fn sub(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_sub(span.0))
    }
}

impl Sub for Timestamp {
    type Output = Span;
    /// The time from `earlier` to `self`; negative when `self` comes first.
    fn sub(self, earlier: Timestamp) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}
