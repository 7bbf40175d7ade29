//! What is known of a customer account: who they are, what they pay, who looks after them.

use std::fmt;
use std::sync::Arc;

use crate::time::Timestamp;

/// Where accounts are looked up: by tenant and id, as they were at a time.
pub trait Directory: fmt::Debug {
    /// The account as it was at `at`, if it is known.
    fn find(&self, tenant: &str, id: &str, at: Timestamp) -> Option<&Arc<Account>>;
}

/// One account that every id means, or none that is known.
impl Directory for Option<Arc<Account>> {
    fn find(&self, _tenant: &str, _id: &str, _at: Timestamp) -> Option<&Arc<Account>> {
        self.as_ref()
    }
}

/// An account's commercial tier, smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Pays nothing.
    Free,
    /// A small contract.
    Starter,
    /// A mid-sized contract.
    Business,
    /// A large contract.
    Enterprise,
    /// One of the few that the company cannot afford to lose.
    Strategic,
}

impl Tier {
    /// All tiers, smallest first.
    pub const ALL: [Tier; 5] = [Tier::Free, Tier::Starter, Tier::Business, Tier::Enterprise, Tier::Strategic];

    /// The tier's name as written in account records, policies and triggers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Tier::Free => "free",
            Tier::Starter => "starter",
            Tier::Business => "business",
            Tier::Enterprise => "enterprise",
            Tier::Strategic => "strategic",
        }
    }

    /// The tier with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Tier> {
        Tier::ALL.into_iter().find(|tier| tier.name() == name)
    }

    /// The tier's place in [`Tier::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Annual recurring revenue in whole units of a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arr {
    /// Whole units a year, e.g. dollars; never negative.
    pub amount: u64,
    /// ISO 4217 code in capitals, e.g. `USD`.
    pub currency: String,
}

/// A person, as far as the source named them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The name to show; empty when unknown.
    pub name: String,
    /// The address to write to; empty when unknown.
    pub email: String,
}

impl Person {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_empty() && self.email.is_empty()
    }
}

/// A customer account. Empty strings and `None` mean that the source did not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The account's id, unique within the tenant.
    pub id: String,
    /// The helpdesk tenant the account belongs to; empty for the default tenant.
    pub tenant: String,
    /// The customer's name.
    pub name: String,
    /// The customer's contacts.
    pub contacts: Vec<Person>,
    /// The commercial tier, if known.
    pub tier: Option<Tier>,
    /// Annual recurring revenue, if known.
    pub arr: Option<Arr>,
    /// The product plan.
    pub plan: String,
    /// The region, e.g. `EMEA`.
    pub region: String,
    /// IANA time zone name, e.g. `Europe/Berlin`.
    pub time_zone: String,
    /// The name of a business calendar in policy.
    pub business_calendar: String,
    /// BCP 47 language tag, e.g. `de-DE`.
    pub locale: String,
    /// When the contract is up for renewal.
    pub renewal: Option<Timestamp>,
    /// The account manager.
    pub account_manager: Person,
    /// The customer success manager.
    pub customer_success_manager: Person,
    /// The regional leader.
    pub regional_leader: Person,
    /// Risks that others have already noted, e.g. `adoption_low`.
    pub risk_flags: Vec<String>,
    /// When the source last changed the record.
    pub updated_at: Option<Timestamp>,
    /// Which version of the record this is: its offset in the accounts topic, or its line in the file.
    pub version: u64,
}
