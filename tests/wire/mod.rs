//! The contracts with others' programs: what is read, what is refused, and the bytes that are written.

mod bad_input;
mod documentation;
mod event;
mod event_laws;
mod lines;
mod profiles;
mod schema;
mod trigger;
