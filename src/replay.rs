//! `foreshock replay`: events in, triggers out, without Kafka.
