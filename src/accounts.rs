//! The account table: what is known of each account, as of a point in event time.
//!
//! Filled from a file or a compacted topic by one writer; workers hold a read guard for a whole batch, so no event
//! takes a lock. The last few versions of each account are kept, so that an event is judged by what was true when it
//! happened, not by what was written since.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::account::{Account, Directory};
use crate::time::Timestamp;

/// Versions of one account that are kept; the oldest goes first.
pub const VERSIONS: usize = 4;

/// One version of an account, or the fact that it was deleted.
#[derive(Clone, Debug)]
struct Version {
    valid_from: Timestamp,
    account: Option<Arc<Account>>,
}

/// All known accounts by tenant and id.
#[derive(Clone, Debug, Default)]
pub struct AccountTable {
    versions: HashMap<(Box<str>, Box<str>), Vec<Version>, foldhash::fast::FixedState>,
}

/// A borrowed key, so that a look-up builds no strings.
#[derive(Hash)]
struct Key<'a>(&'a str, &'a str);

impl hashbrown::Equivalent<(Box<str>, Box<str>)> for Key<'_> {
    fn equivalent(&self, key: &(Box<str>, Box<str>)) -> bool {
        *self.0 == *key.0 && *self.1 == *key.1
    }
}

impl AccountTable {
    /// Takes a new version of an account, valid from its `updated_at`, else from `recorded`.
    pub fn insert(&mut self, account: Account, recorded: Timestamp) {
        let valid_from = account.updated_at.unwrap_or(recorded);
        let key = (account.tenant.as_str().into(), account.id.as_str().into());
        self.push(key, Version { valid_from, account: Some(Arc::new(account)) });
    }

    /// Notes that an account is gone since `recorded`.
    pub fn remove(&mut self, tenant: &str, id: &str, recorded: Timestamp) {
        self.push((tenant.into(), id.into()), Version { valid_from: recorded, account: None });
    }

    fn push(&mut self, key: (Box<str>, Box<str>), version: Version) {
        let versions = self.versions.entry(key).or_default();
        // The same moment written twice: the later record of the log wins.
        versions.retain(|known| known.valid_from != version.valid_from);
        let place = versions.partition_point(|known| known.valid_from < version.valid_from);
        versions.insert(place, version);
        if versions.len() > VERSIONS {
            versions.remove(0);
        }
    }

    /// The account as it was at `at`. Before the oldest version that is kept, that oldest version.
    #[must_use]
    pub fn get(&self, tenant: &str, id: &str, at: Timestamp) -> Option<&Arc<Account>> {
        let versions = self.versions.get(&Key(tenant, id))?;
        let known = versions.partition_point(|version| version.valid_from <= at);
        versions.get(known.saturating_sub(1))?.account.as_ref()
    }

    /// How many accounts the table knows, deleted ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether no account is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }
}

impl Directory for AccountTable {
    fn find(&self, tenant: &str, id: &str, at: Timestamp) -> Option<&Arc<Account>> {
        if self.is_empty() || id.is_empty() { None } else { self.get(tenant, id, at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Tier;

    fn account(tier: Tier, updated_at: Option<i64>) -> Account {
        Account { id: "a".to_owned(), tier: Some(tier), updated_at: updated_at.map(Timestamp), ..Account::default() }
    }

    fn tier_at(table: &AccountTable, at: i64) -> Option<Tier> {
        table.get("", "a", Timestamp(at)).and_then(|account| account.tier)
    }

    #[test]
    fn looks_up_the_version_that_held_at_the_time() {
        let mut table = AccountTable::default();
        table.insert(account(Tier::Business, Some(200)), Timestamp(999));
        table.insert(account(Tier::Starter, Some(100)), Timestamp(999));
        table.insert(account(Tier::Enterprise, None), Timestamp(300));
        table.remove("", "a", Timestamp(400));
        assert_eq!(tier_at(&table, 50), Some(Tier::Starter), "before the first version: the oldest that is known");
        assert_eq!(tier_at(&table, 100), Some(Tier::Starter));
        assert_eq!(tier_at(&table, 299), Some(Tier::Business));
        assert_eq!(tier_at(&table, 300), Some(Tier::Enterprise));
        assert_eq!(tier_at(&table, 400), None, "deleted");
        assert_eq!(table.get("other", "a", Timestamp(100)).map(|_| ()), None);
    }

    #[test]
    fn keeps_a_bounded_number_of_versions() {
        let mut table = AccountTable::default();
        for moment in 0..100 {
            table.insert(account(Tier::Free, Some(moment)), Timestamp(0));
        }
        assert_eq!(table.versions.values().map(Vec::len).max(), Some(VERSIONS));
    }
}
