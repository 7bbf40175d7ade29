//! How each kind of value is written and read; [`super::state`] says which values a state has.

use super::bytes::{Reader, SnapshotError, Writer};
use crate::detect::RuleIndex;
use crate::limits;
use crate::message::{AuthorType, Priority, Status};
use crate::policy::{CalendarIndex, TeamIndex};
use crate::risk::{ContentId, DeadlineKind, fingerprint};
use crate::score::Level;
use crate::signal::{Signal, SignalSet};
use crate::time::Timestamp;

/// A value that is part of a state.
pub(super) trait Field: Sized {
    /// Appends it.
    fn write(&self, out: &mut Writer<'_>);
    /// Takes it back.
    fn read(from: &mut Reader<'_>) -> Result<Self, SnapshotError>;
}

macro_rules! unsigned {
    ($($kind:ty)+) => {$(
        impl Field for $kind {
            fn write(&self, out: &mut Writer<'_>) {
                out.number(u64::from(*self));
            }

            fn read(from: &mut Reader<'_>) -> Result<$kind, SnapshotError> {
                let number = from.number()?;
                <$kind>::try_from(number).or_else(|_| from.corrupt())
            }
        }
    )+};
}

unsigned!(u8 u16 u32);

impl Field for i8 {
    fn write(&self, out: &mut Writer<'_>) {
        out.out.push(self.cast_unsigned());
    }

    fn read(from: &mut Reader<'_>) -> Result<i8, SnapshotError> {
        Ok(from.byte()?.cast_signed())
    }
}

impl Field for bool {
    fn write(&self, out: &mut Writer<'_>) {
        out.out.push(u8::from(*self));
    }

    fn read(from: &mut Reader<'_>) -> Result<bool, SnapshotError> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => from.corrupt(),
        }
    }
}

/// Hashes: any 64 bits are as likely as any others.
impl Field for u64 {
    fn write(&self, out: &mut Writer<'_>) {
        out.out.extend_from_slice(&self.to_le_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<u64, SnapshotError> {
        let bytes = from.take(8)?;
        Ok(u64::from_le_bytes(bytes.try_into().expect("eight bytes were taken")))
    }
}

/// Zigzag, so that times before 1970 are short, too.
impl Field for Timestamp {
    fn write(&self, out: &mut Writer<'_>) {
        out.number((self.0.cast_unsigned() << 1) ^ (self.0 >> 63).cast_unsigned());
    }

    fn read(from: &mut Reader<'_>) -> Result<Timestamp, SnapshotError> {
        let number = from.number()?;
        let time = Timestamp((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
        if (Timestamp::MIN..=Timestamp::MAX).contains(&time) { Ok(time) } else { from.corrupt() }
    }
}

impl Field for ContentId {
    fn write(&self, out: &mut Writer<'_>) {
        out.out.extend_from_slice(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<ContentId, SnapshotError> {
        let bytes = from.take(16)?;
        Ok(ContentId(bytes.try_into().expect("sixteen bytes were taken")))
    }
}

/// An id of the source's.
impl Field for Box<str> {
    fn write(&self, out: &mut Writer<'_>) {
        out.bytes(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Box<str>, SnapshotError> {
        Ok(from.text(limits::FIELD_BYTES)?.into())
    }
}

impl Field for String {
    fn write(&self, out: &mut Writer<'_>) {
        out.bytes(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<String, SnapshotError> {
        Ok(from.text(limits::FIELD_BYTES)?.to_owned())
    }
}

impl<T: Field> Field for Option<T> {
    fn write(&self, out: &mut Writer<'_>) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Option<T>, SnapshotError> {
        if bool::read(from)? { T::read(from).map(Some) } else { Ok(None) }
    }
}

/// At most [`limits::LIST_ENTRIES`]: no list of a state is longer.
impl<T: Field> Field for Vec<T> {
    fn write(&self, out: &mut Writer<'_>) {
        let kept = &self[..self.len().min(limits::LIST_ENTRIES)];
        out.number(kept.len() as u64);
        kept.iter().for_each(|value| value.write(out));
    }

    fn read(from: &mut Reader<'_>) -> Result<Vec<T>, SnapshotError> {
        (0..from.count(limits::LIST_ENTRIES)?).map(|_| T::read(from)).collect()
    }
}

impl<T: Field> Field for Box<T> {
    fn write(&self, out: &mut Writer<'_>) {
        T::write(self, out);
    }

    fn read(from: &mut Reader<'_>) -> Result<Box<T>, SnapshotError> {
        T::read(from).map(Box::new)
    }
}

/// Only up to the last value that is not the default.
impl<T: Field + Copy + Default + PartialEq, const N: usize> Field for [T; N] {
    fn write(&self, out: &mut Writer<'_>) {
        let count = self.iter().rposition(|value| *value != T::default()).map_or(0, |last| last + 1);
        out.number(count as u64);
        self[..count].iter().for_each(|value| value.write(out));
    }

    fn read(from: &mut Reader<'_>) -> Result<[T; N], SnapshotError> {
        let count = from.count(N)?;
        let mut values = [T::default(); N];
        for value in &mut values[..count] {
            *value = T::read(from)?;
        }
        Ok(values)
    }
}

/// The number of a name that is part of no contract but its spelling.
fn number_of(name: &str) -> u16 {
    fingerprint(name) as u16
}

impl Field for Signal {
    fn write(&self, out: &mut Writer<'_>) {
        out.out.extend_from_slice(&number_of(self.name()).to_le_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Signal, SnapshotError> {
        let bytes = from.take(2)?;
        let number = u16::from_le_bytes(bytes.try_into().expect("two bytes were taken"));
        let found = Signal::ALL.iter().copied().find(|signal| number_of(signal.name()) == number);
        found.map_or_else(|| from.unknown(2), Ok)
    }
}

impl Field for SignalSet {
    fn write(&self, out: &mut Writer<'_>) {
        out.number(self.iter().count() as u64);
        self.iter().for_each(|signal| signal.write(out));
    }

    fn read(from: &mut Reader<'_>) -> Result<SignalSet, SnapshotError> {
        let mut set = SignalSet::EMPTY;
        for _ in 0..from.count(Signal::COUNT)? {
            set.insert(Signal::read(from)?);
        }
        Ok(set)
    }
}

impl Field for RuleIndex {
    fn write(&self, out: &mut Writer<'_>) {
        out.dictionary.rule(*self).write(out);
    }

    fn read(from: &mut Reader<'_>) -> Result<RuleIndex, SnapshotError> {
        let name = u64::read(from)?;
        Ok(from.dictionary.find_rule(name))
    }
}

impl Field for TeamIndex {
    fn write(&self, out: &mut Writer<'_>) {
        out.dictionary.team(*self).write(out);
    }

    fn read(from: &mut Reader<'_>) -> Result<TeamIndex, SnapshotError> {
        let name = u64::read(from)?;
        Ok(from.dictionary.find_team(name))
    }
}

impl Field for CalendarIndex {
    fn write(&self, out: &mut Writer<'_>) {
        out.number(out.dictionary.calendar(*self));
    }

    fn read(from: &mut Reader<'_>) -> Result<CalendarIndex, SnapshotError> {
        let name = from.number()?;
        Ok(from.dictionary.find_calendar(name))
    }
}

/// Closed sets by their place in `ALL`: a new one goes to the end of its list.
macro_rules! closed {
    ($($kind:ty)+) => {$(
        impl Field for $kind {
            fn write(&self, out: &mut Writer<'_>) {
                let place = <$kind>::ALL.iter().position(|known| known == self);
                out.out.push(place.expect("ALL has each of them") as u8);
            }

            fn read(from: &mut Reader<'_>) -> Result<$kind, SnapshotError> {
                let place = from.byte()?;
                <$kind>::ALL.get(usize::from(place)).copied().map_or_else(|| from.unknown(1), Ok)
            }
        }
    )+};
}

closed!(AuthorType Status Priority Level DeadlineKind crate::risk::heat::Loop crate::response::Routed crate::brief::Kind
    crate::lexicon::Language crate::risk::Step);
