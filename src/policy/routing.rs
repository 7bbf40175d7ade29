//! Who acts: teams by reason, owners by level.

use std::collections::BTreeMap;

use super::document::Document;
use crate::account::{Account, Person, Tier};
use crate::diagnostic::Code;
use crate::score::Level;
use crate::signal::{Signal, SignalSet};

/// A team's place in [`Routing::teams`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamIndex(pub u8);

/// Reasons for a trigger that are no signal and can be given a team.
pub const BUILT_IN_REASONS: [&str; 7] =
    ["bot_loop", "conversation_loop", "course", "falling_tone", "reopened", "silent_drop", "sla"];

/// Whether a trigger can have this reason and policy something to say of it.
pub(super) fn is_reason(name: &str) -> bool {
    Signal::from_name(name).is_some() || BUILT_IN_REASONS.contains(&name)
}

/// The names of such reasons.
pub(super) fn reason_names() -> Vec<&'static str> {
    Signal::ALL.iter().map(|signal| signal.name()).chain(BUILT_IN_REASONS).collect()
}

/// Who acts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routing {
    /// The teams there are, by [`TeamIndex`]; never empty in a sound policy.
    pub teams: Vec<String>,
    /// The team that acts where nothing else says who.
    pub default_team: TeamIndex,
    /// Signals that say how it is told, not what it is about: a known issue's team goes first.
    pub tone: SignalSet,
    /// The team for a reason.
    pub reasons: BTreeMap<String, TeamIndex>,
    /// So many attempts that have not helped make an issue complex.
    pub complex_attempts: u8,
    /// The team that takes a complex issue over from another one.
    pub complex_teams: BTreeMap<TeamIndex, TeamIndex>,
    /// The team that takes over from another one for accounts of a tier, by [`Tier::index`].
    pub tier_teams: [BTreeMap<TeamIndex, TeamIndex>; Tier::ALL.len()],
    /// The owner of an episode about a broad issue, by `Level as usize`; `Info` has the owner of `Low`.
    pub owners: [Owner; Level::ALL.len()],
    /// The owner of an episode about a specific issue.
    pub specific_owner: Owner,
    /// The names of product managers, by product area.
    pub product_managers: BTreeMap<String, String>,
}

/// Who owns an episode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The role; never empty in a sound policy.
    pub role: String,
    /// Where the account names the person.
    pub person: Option<PersonField>,
    /// Who owns it where nobody is named; never empty in a sound policy.
    pub stand_in: String,
}

/// A person that an account may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonField {
    /// [`Account::account_manager`]
    AccountManager,
    /// [`Account::customer_success_manager`]
    CustomerSuccessManager,
    /// [`Account::regional_leader`]
    RegionalLeader,
}

impl PersonField {
    const NAMES: [(&'static str, Option<PersonField>); 4] = [
        ("account_manager", Some(PersonField::AccountManager)),
        ("customer_success_manager", Some(PersonField::CustomerSuccessManager)),
        ("regional_leader", Some(PersonField::RegionalLeader)),
        ("", None),
    ];

    /// The person in `account`.
    #[must_use]
    pub const fn of(self, account: &Account) -> &Person {
        match self {
            PersonField::AccountManager => &account.account_manager,
            PersonField::CustomerSuccessManager => &account.customer_success_manager,
            PersonField::RegionalLeader => &account.regional_leader,
        }
    }
}

impl Routing {
    /// The team with that name, if policy has it.
    #[must_use]
    pub fn team(&self, name: &str) -> Option<TeamIndex> {
        self.teams.iter().position(|team| team == name).map(|index| TeamIndex(index as u8))
    }

    /// The name of a team; the default team's for one that policy no longer has.
    #[must_use]
    pub fn team_name(&self, team: TeamIndex) -> &str {
        let known = self.teams.get(usize::from(team.0));
        known.or_else(|| self.teams.get(usize::from(self.default_team.0))).map_or("", String::as_str)
    }

    /// Who owns an episode of this level.
    #[must_use]
    pub const fn owner(&self, level: Level) -> &Owner {
        &self.owners[level as usize]
    }

    pub(super) fn read(document: &mut Document<'_>) -> Routing {
        let mut routing = Routing::default();
        for (name, at) in document.texts("teams.all") {
            if name.is_empty() || routing.team(&name).is_some() || routing.teams.len() == usize::from(u8::MAX) {
                let message = format!("`teams.all`: \"{name}\" cannot be a team");
                document.report(Code::PolicyOutOfRange, at, message, "up to 255 different names, none of them empty");
            } else {
                routing.teams.push(name);
            }
        }
        routing.default_team = routing.read_team(document, "teams.default").unwrap_or_default();
        routing.tone = super::response::signals(document, "teams.tone");
        for (reason, at) in document.keys("reasons") {
            let key = format!("reasons.{reason}");
            let team = routing.read_team(document, &key);
            if !is_reason(&reason) {
                document.unknown_name("reasons", &reason, at, &reason_names());
            } else if let Some(team) = team {
                routing.reasons.insert(reason, team);
            }
        }
        for level in Level::ALL.into_iter().skip(1) {
            routing.owners[level as usize] = Owner::read(document, level.name());
        }
        routing.owners[0] = routing.owners[1].clone();
        routing.specific_owner = Owner::read(document, "specific");
        routing.complex_attempts = document.integer("complex.attempts", 1..=100) as u8;
        routing.complex_teams = routing.read_teams(document, "complex.teams");
        for tier in Tier::ALL {
            routing.tier_teams[tier.index()] = routing.read_teams(document, &format!("tier.{tier}.teams"));
        }
        for (area, _) in document.keys("product_managers") {
            let name = document.text(&format!("product_managers.{area}")).0;
            routing.product_managers.insert(area.to_lowercase(), name);
        }
        routing
    }

    /// A table of the teams that take over from others.
    fn read_teams(&self, document: &mut Document<'_>, table: &str) -> BTreeMap<TeamIndex, TeamIndex> {
        let mut teams = BTreeMap::new();
        for (from, at) in document.keys(table) {
            let to = self.read_team(document, &format!("{table}.{from}"));
            match (self.team(&from), to) {
                (Some(from), Some(to)) => _ = teams.insert(from, to),
                (None, _) => {
                    let names: Vec<&str> = self.teams.iter().map(String::as_str).collect();
                    document.unknown_name(table, &from, at, &names);
                }
                _ => {}
            }
        }
        teams
    }

    pub(super) fn read_team(&self, document: &mut Document<'_>, key: &str) -> Option<TeamIndex> {
        let names: Vec<&str> = self.teams.iter().map(String::as_str).collect();
        document.name(key, &names, |name| self.team(name))
    }
}

impl Owner {
    fn read(document: &mut Document<'_>, of: &str) -> Owner {
        let mut filled = |name: &str| {
            let key = format!("owners.{of}.{name}");
            let (text, at) = document.text(&key);
            if text.is_empty() && at.line > 0 {
                document.report(Code::PolicyOutOfRange, at, format!("`{key}` is empty"), "every episode has an owner");
            }
            text
        };
        let (role, stand_in) = (filled("role"), filled("stand_in"));
        let names = PersonField::NAMES.map(|(name, _)| name);
        let person = document.name(&format!("owners.{of}.person"), &names, |name| {
            PersonField::NAMES.iter().find(|(known, _)| *known == name).map(|(_, person)| *person)
        });
        Owner { role, person: person.flatten(), stand_in }
    }
}
