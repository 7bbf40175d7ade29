//! Text, lexicons, rules and detection, through the public API.

mod diagnostics;
mod shipped;
