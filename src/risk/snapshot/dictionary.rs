//! Rules, teams and calendars by name: their places are good for the life of a process only, and state outlives it.

use crate::detect::{RuleFacts, RuleIndex};
use crate::policy::{CalendarIndex, Policy, TeamIndex};
use crate::risk::fingerprint;

/// The rule of a heat that has none, or whose rule is gone.
const NO_RULE: RuleIndex = RuleIndex(u16::MAX);

/// From places to names that last, and back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dictionary {
    /// Fingerprints of the rules' ids, by place.
    rules: Vec<u64>,
    /// The same in order, with their places.
    places: Vec<(u64, RuleIndex)>,
    /// Fingerprints of the teams' names, by place.
    teams: Vec<u64>,
    default_team: TeamIndex,
    /// Fingerprints of the calendars' names, by place.
    calendars: Vec<u64>,
    default_calendar: CalendarIndex,
}

impl Dictionary {
    /// The names that are in force.
    pub(crate) fn new(rules: &[RuleFacts], policy: &Policy) -> Dictionary {
        let (routing, calendars) = (&policy.routing, &policy.sla.calendars);
        let rules: Vec<u64> = rules.iter().map(|rule| fingerprint(&rule.id)).collect();
        let mut places: Vec<(u64, RuleIndex)> =
            (0..).map(RuleIndex).zip(&rules).map(|(at, name)| (*name, at)).collect();
        places.sort_unstable();
        let teams = routing.teams.iter().map(|team| fingerprint(team)).collect();
        Dictionary {
            rules,
            places,
            teams,
            default_team: routing.default_team,
            calendars: calendars.names().map(fingerprint).collect(),
            default_calendar: calendars.default(),
        }
    }

    /// The name of a rule; 0 for none.
    pub(super) fn rule(&self, rule: RuleIndex) -> u64 {
        self.rules.get(usize::from(rule.0)).copied().unwrap_or(0)
    }

    /// The rule of that name; none where it has gone since.
    pub(super) fn find_rule(&self, name: u64) -> RuleIndex {
        let found = self.places.binary_search_by_key(&name, |(known, _)| *known);
        found.map_or(NO_RULE, |at| self.places[at].1)
    }

    /// The name of a team.
    pub(super) fn team(&self, team: TeamIndex) -> u64 {
        self.teams.get(usize::from(team.0)).copied().unwrap_or(0)
    }

    /// The team of that name; the default one where it has gone since.
    pub(super) fn find_team(&self, name: u64) -> TeamIndex {
        let found = self.teams.iter().position(|known| *known == name);
        found.map_or(self.default_team, |at| TeamIndex(at as u8))
    }

    /// The name of a calendar; 0 for the default one, whichever that is.
    pub(super) fn calendar(&self, calendar: CalendarIndex) -> u64 {
        if calendar == self.default_calendar {
            return 0;
        }
        self.calendars.get(usize::from(calendar.0)).copied().unwrap_or(0)
    }

    /// The calendar of that name; the default one where it has gone since.
    pub(super) fn find_calendar(&self, name: u64) -> CalendarIndex {
        let found = self.calendars.iter().position(|known| *known == name);
        found.map_or(self.default_calendar, |at| CalendarIndex(at as u8))
    }
}
