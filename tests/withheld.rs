//! What policy withholds stands nowhere in a trigger, whatever field might tell it.

use std::sync::Arc;

use foreshock::diagnostic::SourceFile;
use foreshock::knowledge::{Files, Knowledge};
use foreshock::policy::Policy;

/// Plays a conversation and tells the whole of its triggers, with these things withheld.
fn play(withhold: &str) -> String {
    let text = format!("[severity.critical]\nwithhold = [{withhold}]\n[severity.high]\nwithhold = [{withhold}]\n");
    let mut files = Files::shipped().policies;
    files.push(SourceFile { path: "policy/own.toml".to_owned(), text });
    let mut diagnostics = Vec::new();
    let policy = Arc::new(Policy::load(&files, &mut diagnostics));
    assert_eq!(diagnostics, []);
    let scenario = "account tier=enterprise arr=50000 name=Borg contact=Dana_Holt\n\
        00:00 customer  The frobnicator at gate seven crashes, see https://logs.example.com/zebra\n\
        00:02 customer  We lose 300 orders an hour. This is unacceptable, we are evaluating other vendors.\n\
        00:03 show data\n";
    crate::scenarios::play(scenario, &Knowledge { policy, ..Knowledge::shipped() })
}

#[test]
fn withheld_is_withheld_everywhere() {
    let whole = play("");
    for (withhold, secrets) in [
        (r#""contacts""#, &["Dana", "Holt"][..]),
        (r#""quotes""#, &["frobnicator", "300 orders", r#""other vendors""#]),
        (r#""artifacts""#, &["zebra"]),
        (r#""revenue""#, &["50,000", "50000"]),
    ] {
        // The scenario's own lines come back, too: only what is said of the triggers counts.
        let of_triggers = |played: &str| {
            let told = played.lines().filter(|line| line.contains(" show "));
            told.map(|line| line.split_once('|').map_or("", |(_, told)| told).to_owned()).collect::<String>()
        };
        let (told, all) = (of_triggers(&play(withhold)), of_triggers(&whole));
        for secret in secrets {
            assert!(all.contains(secret), "{secret} is told when nothing is withheld: {all}");
            assert!(!told.contains(secret), "{secret} although {withhold} are withheld: {told}");
        }
    }
}
