//! Text, lexicons, rules and detection, through the public API.

mod conditions;
mod content;
mod laws;
mod meaning;
mod shipped;
