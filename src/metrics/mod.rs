//! Prometheus metrics: base units, closed label sets, never an id or a text.
