//! Properties of librdkafka that are passed through, and those that are not because exactly-once rests on them.

/// Properties that may not be set, each with the reason or the setting to use instead.
const RESERVED: &[(&str, &str)] = &[
    ("bootstrap.servers", "set `kafka.brokers` instead"),
    ("metadata.broker.list", "set `kafka.brokers` instead"),
    ("group.id", "set `kafka.group_id` instead"),
    ("group.instance.id", "set `kafka.instance` instead"),
    ("transactional.id", "it is made from `kafka.group_id`, `kafka.instance` and the worker's number"),
    ("enable.auto.commit", "offsets are committed with the transaction that holds their outputs"),
    ("auto.commit.interval.ms", "offsets are committed with the transaction that holds their outputs"),
    ("enable.auto.offset.store", "offsets are committed with the transaction that holds their outputs"),
    ("isolation.level", "records of aborted transactions must not be read"),
    ("enable.idempotence", "transactions need it"),
    ("acks", "a transaction must reach all replicas in sync"),
    ("request.required.acks", "a transaction must reach all replicas in sync"),
    ("auto.offset.reset", "set `input.start` instead"),
    ("enable.partition.eof", "the consumer relies on records being all that it is given"),
    ("partitioner", "triggers of one conversation must stay in one partition, in Java's way of choosing it"),
    ("allow.auto.create.topics", "a mistyped topic must be an error, not a new topic"),
    ("delivery.report.only.error", "deliveries are known by the commit"),
];

/// Why a property may not be set, if it may not.
#[must_use]
pub(super) fn reserved(property: &str) -> Option<&'static str> {
    RESERVED.iter().find(|(name, _)| *name == property).map(|(_, reason)| *reason)
}

/// All reserved properties with their reasons, for the documentation.
pub(super) fn all_reserved() -> impl Iterator<Item = (&'static str, &'static str)> {
    RESERVED.iter().copied()
}

/// Whether a property's value must not be shown.
#[must_use]
pub(super) fn secret(property: &str) -> bool {
    ["password", "secret", "pem", "oauthbearer.config", "jaas"].iter().any(|part| property.contains(part))
}
