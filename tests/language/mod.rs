//! Text, lexicons, rules and detection, through the public API.

mod shipped;
