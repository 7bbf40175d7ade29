//! The accounts topic: read to its end before the first event, then followed.

use std::sync::PoisonError;
use std::time::Duration;

use rdkafka::Offset;

use super::scoring::SharedAccounts;
use super::stop::Stop;
use super::{ServeError, client_error};
use crate::accounts::AccountTable;
use crate::kafka::{Follower, Inquiry, Record, config};
use crate::settings::Kafka;
use crate::time::Timestamp;
use crate::wire::decode_account;

/// How long to wait for a record before the request to stop is looked at.
const IDLE: Duration = Duration::from_millis(100);
/// How long one question waits for its answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A reader of the accounts topic that has seen all that was there when it began.
pub(super) struct AccountFeed {
    follower: Follower,
}

impl AccountFeed {
    /// Reads all that is in the topic into the table. `None`: asked to stop before the end.
    pub(super) fn read(
        kafka: &Kafka,
        inquiry: &Inquiry,
        topic: &str,
        partitions: i32,
        accounts: &SharedAccounts,
        stop: &Stop,
    ) -> Result<Option<AccountFeed>, ServeError> {
        let unread = |error| ServeError::Cluster(format!("the accounts in `{topic}` cannot be read: {error}"));
        let mut open = Vec::new();
        for partition in 0..partitions {
            let (low, high) = inquiry.watermarks(topic, partition, PATIENCE).map_err(unread)?;
            if low < high {
                open.push((partition, high));
            }
        }
        let follower = Follower::new(&config::reader(kafka), topic, partitions, |_| Offset::Beginning);
        let mut feed = AccountFeed { follower: follower.map_err(client_error)? };
        while !open.is_empty() {
            if stop.is_requested() {
                return Ok(None);
            }
            feed.poll(accounts);
            open.retain(|(partition, end)| feed.follower.position(*partition).is_none_or(|next| next < *end));
        }
        let known = accounts.read().unwrap_or_else(PoisonError::into_inner).len();
        tracing::info!("{known} accounts known");
        Ok(Some(feed))
    }

    /// Keeps the table up to date until asked to stop.
    pub(super) fn follow(mut self, accounts: &SharedAccounts, stop: &Stop) {
        while !stop.is_requested() {
            self.poll(accounts);
        }
    }

    fn poll(&mut self, accounts: &SharedAccounts) {
        self.follower.poll(IDLE, |record| {
            // Decoding needs no lock; workers hold it for a whole epoch, so it is asked for only to write.
            let change = decode(&record);
            let mut table = accounts.write().unwrap_or_else(PoisonError::into_inner);
            apply(change, &mut table);
        });
    }
}

/// What a record of the topic does to the table.
enum Change {
    Known(Box<crate::account::Account>, Timestamp),
    Gone(String, Timestamp),
    Nothing,
}

fn decode(record: &Record<'_>) -> Change {
    let recorded = Timestamp(record.timestamp.unwrap_or(0));
    let Some(value) = record.value else {
        let id = record.key.and_then(|key| std::str::from_utf8(key).ok());
        return id.map_or(Change::Nothing, |id| Change::Gone(id.to_owned(), recorded));
    };
    match decode_account(value, record.offset.max(0).cast_unsigned()) {
        Ok(account) => Change::Known(Box::new(account), recorded),
        Err(reject) => {
            let (partition, offset) = (record.source.partition, record.offset);
            tracing::warn!(partition, offset, "an account record cannot be used: {reject}");
            Change::Nothing
        }
    }
}

/// A tombstone's key is the account's id, in front of it the tenant and a slash where there is one.
fn apply(change: Change, table: &mut AccountTable) {
    match change {
        Change::Known(account, recorded) => table.insert(*account, recorded),
        Change::Gone(key, recorded) => {
            let (tenant, id) = key.split_once('/').unwrap_or(("", &key));
            table.remove(tenant, id, recorded);
        }
        Change::Nothing => {}
    }
}
