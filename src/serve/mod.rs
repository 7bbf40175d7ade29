//! `foreshock serve`: workers over Kafka partitions, exactly once.
