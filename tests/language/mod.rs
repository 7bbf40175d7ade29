//! Text, lexicons, rules and detection, through the public API.

mod conditions;
mod content;
mod meaning;
mod shipped;
