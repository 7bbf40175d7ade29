//! The table `phrases.tsv`, read once: what mail programs, helpdesks and writers of letters put around a text.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind, StartKind};

/// What the beginning of a line says; most need a second look at the rest of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// The line and all that follows is quoted: a separator that mail programs write.
    QuoteBelow,
    /// The name of a field of a quoted mail's header, if a colon follows; several in a row begin one.
    Header,
    /// The line is what a device adds, if it goes on with the name of one.
    Device,
    /// The same in German, if it also ends with a word for "sent".
    DeviceSent,
    /// The line tells where to get a mail program, if it names one and a platform.
    App,
    /// The line is what a helpdesk adds.
    Footer,
    /// The same, if it goes on with the name of one.
    Provider,
    /// A farewell, if nothing but a name follows on the line.
    Farewell,
    /// Words that are a farewell only if a line with a name follows.
    Thanks,
    /// A disclaimer, if the paragraph speaks of secrets and of wrong recipients.
    Disclaimer,
    /// The line belongs to a log or a stack trace.
    Log,
}

impl Opening {
    fn of(kind: &str) -> Option<Opening> {
        Some(match kind {
            "quote_below" => Opening::QuoteBelow,
            "header" => Opening::Header,
            "device" => Opening::Device,
            "device_sent" => Opening::DeviceSent,
            "app" => Opening::App,
            "footer" => Opening::Footer,
            "provider" => Opening::Provider,
            "farewell" => Opening::Farewell,
            "thanks" => Opening::Thanks,
            "disclaimer" => Opening::Disclaimer,
            "log" => Opening::Log,
            _ => return None,
        })
    }
}

/// The table.
pub(super) struct Phrases {
    /// Finds how lines begin; [`Phrases::openings`] says what each pattern means.
    pub(super) opening: AhoCorasick,
    /// By pattern.
    pub(super) openings: Vec<Opening>,
    /// Finds what disclaimers say: the first [`Phrases::secrets`] patterns speak of secrets, the rest of recipients.
    pub(super) disclaimer: AhoCorasick,
    /// See there.
    pub(super) secrets: usize,
    /// What separators call an earlier mail.
    pub(super) between_dashes: List,
    /// How the words begin that name a device or a mail program.
    pub(super) devices: List,
    /// Words before a device that show that it is somebody's.
    pub(super) possessives: List,
    /// German words for "sent".
    pub(super) sent: List,
    /// What mail programs run on.
    pub(super) platforms: List,
    /// Who provides helpdesks.
    pub(super) helpdesks: List,
    /// The first words of lines that introduce a quotation.
    pub(super) attribution_openings: List,
    /// What such lines say that somebody did.
    pub(super) attributions: List,
    /// Who is spoken of where a person, not a mail program, tells who wrote what.
    pub(super) persons: List,
    /// Small words inside names.
    pub(super) particles: List,
    /// How a line begins that was added below the farewell.
    pub(super) postscripts: List,
}

type List = Vec<&'static str>;

/// The table that ships.
pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let listed = |kind: &str| rows().filter(|row| row.0 == kind).map(|row| row.1).collect::<List>();
    let openings = || rows().filter_map(|(kind, phrase)| Some((Opening::of(kind)?, phrase)));
    let secrets = listed("secret");
    Phrases {
        opening: automaton(openings().map(|row| row.1), StartKind::Anchored),
        openings: openings().map(|row| row.0).collect(),
        disclaimer: automaton(secrets.iter().copied().chain(listed("recipient")), StartKind::Unanchored),
        secrets: secrets.len(),
        between_dashes: listed("between_dashes"),
        devices: listed("device_name"),
        possessives: listed("possessive"),
        sent: listed("sent"),
        platforms: listed("platform"),
        helpdesks: listed("helpdesk"),
        attribution_openings: listed("attribution_opening"),
        attributions: listed("attribution"),
        persons: listed("person"),
        particles: listed("particle"),
        postscripts: listed("postscript"),
    }
});

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("phrases.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t'))
}

fn automaton(patterns: impl Iterator<Item = &'static str>, start: StartKind) -> AhoCorasick {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .start_kind(start)
        .ascii_case_insensitive(true)
        .build(patterns)
        .expect("a few hundred short patterns make a small automaton")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_known_and_stands_once() {
        let lists = [
            "postscript",
            "between_dashes",
            "device_name",
            "possessive",
            "sent",
            "platform",
            "helpdesk",
            "secret",
            "recipient",
            "attribution_opening",
            "attribution",
            "person",
            "particle",
        ];
        let mut rows: Vec<_> = rows().collect();
        let text = include_str!("phrases.tsv");
        assert_eq!(rows.len(), text.lines().filter(|line| !line.starts_with('#')).count(), "a kind and a phrase each");
        for (kind, phrase) in &rows {
            assert!(Opening::of(kind).is_some() || lists.contains(kind), "{kind}");
            assert!(!phrase.is_empty() && phrase.trim() == *phrase, "{phrase:?}");
        }
        let all = rows.len();
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), all);
        let opening = |kind: &&str| Opening::of(kind).is_some() && *kind != "header";
        let mut phrases: Vec<_> = rows.iter().filter(|row| opening(&row.0)).map(|row| row.1).collect();
        phrases.sort_unstable();
        assert_eq!(phrases.windows(2).find(|pair| pair[0] == pair[1]), None, "one opening has one meaning");
    }
}
