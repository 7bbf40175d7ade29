//! The contracts with others' programs: what is read, what is refused, and the bytes that are written.

mod event;
mod event_laws;
mod profiles;
