//! The log as the worker sees it, on librdkafka; the only place with `unsafe` calls into it.
