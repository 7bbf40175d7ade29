//! Who acts: teams by reason, owners by level.

use std::collections::BTreeMap;

use super::document::Document;
use crate::account::{Account, Person};
use crate::diagnostic::Code;
use crate::score::Level;
use crate::signal::Signal;

/// A team's place in [`Routing::teams`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamIndex(pub u8);

/// Reasons for a trigger that are no signal and can be given a team.
const BUILT_IN_REASONS: [&str; 2] = ["bot_loop", "conversation_loop"];

/// Who acts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routing {
    /// The teams there are, by [`TeamIndex`]; never empty in a sound policy.
    pub teams: Vec<String>,
    /// The team that acts where nothing else says who.
    pub default_team: TeamIndex,
    /// The team for a reason.
    pub reasons: BTreeMap<String, TeamIndex>,
    /// The owner of an episode, by `Level as usize`; `Info` has the owner of `Low`.
    pub owners: [Owner; Level::ALL.len()],
}

/// Who owns an episode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The role; never empty in a sound policy.
    pub role: String,
    /// Where the account names the person.
    pub person: Option<PersonField>,
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

    /// The team that acts: the rule's `route` if it is one of ours, else the reason's, else the default.
    #[must_use]
    pub fn team_for(&self, route: &str, reason: &str) -> TeamIndex {
        self.team(route).or_else(|| self.reasons.get(reason).copied()).unwrap_or(self.default_team)
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
        for (reason, at) in document.keys("reasons") {
            let key = format!("reasons.{reason}");
            let team = routing.read_team(document, &key);
            if Signal::from_name(&reason).is_none() && !BUILT_IN_REASONS.contains(&reason.as_str()) {
                let names = Signal::ALL.iter().map(|signal| signal.name());
                let names: Vec<&str> = names.chain(BUILT_IN_REASONS).collect();
                document.unknown_name("reasons", &reason, at, &names);
            } else if let Some(team) = team {
                routing.reasons.insert(reason, team);
            }
        }
        for level in Level::ALL.into_iter().skip(1) {
            routing.owners[level as usize] = Owner::read(document, level);
        }
        routing.owners[0] = routing.owners[1].clone();
        routing
    }

    fn read_team(&self, document: &mut Document<'_>, key: &str) -> Option<TeamIndex> {
        let names: Vec<&str> = self.teams.iter().map(String::as_str).collect();
        document.name(key, &names, |name| self.team(name))
    }
}

impl Owner {
    fn read(document: &mut Document<'_>, level: Level) -> Owner {
        let key = format!("owners.{level}.role");
        let (role, at) = document.text(&key);
        if role.is_empty() && at.line > 0 {
            document.report(Code::PolicyOutOfRange, at, format!("`{key}` is empty"), "every episode has an owner");
        }
        let names = PersonField::NAMES.map(|(name, _)| name);
        let person = document.name(&format!("owners.{level}.person"), &names, |name| {
            PersonField::NAMES.iter().find(|(known, _)| *known == name).map(|(_, person)| *person)
        });
        Owner { role, person: person.flatten() }
    }
}
