//! Text, lexicons, rules and detection, through the public API.

mod content;
mod shipped;
