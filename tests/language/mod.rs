//! Text, lexicons, rules and detection, through the public API.

mod conditions;
mod content;
mod languages;
mod laws;
mod meaning;
mod shipped;
