//! The only place that knows JSON: events and accounts in, triggers, assessments, scan lines and dead letters out.
