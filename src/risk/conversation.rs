//! What is kept of one conversation. A quiet one is small: what only some need lives in a box.

use super::clocks::Clocks;
use super::episode::Episode;
use super::fingerprint::Recent;
use super::heat::Heats;
use crate::brief::Facts;
use crate::detect::{SKETCH_WORDS, Sketch};
use crate::limits;
use crate::message::{AuthorType, Priority, Status};
use crate::time::Timestamp;

/// The state of one conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// The latest time among its events.
    pub(crate) newest: Timestamp,
    pub(crate) recent: Recent,
    /// Who waits for whom, and since when.
    pub(crate) clocks: Clocks,
    /// The last turn of the customer's that said enough to compare.
    pub(crate) customer_said: ShortSketch,
    pub(crate) customer_turns: u16,
    pub(crate) bot_turns: u16,
    pub(crate) agent_turns: u16,
    /// The score after the last event.
    pub(crate) score: u16,
    /// Answers of the bot since the customer was last content or a human being last wrote.
    pub(crate) bot_answers: u8,
    /// Customer messages in a row below the closing score.
    pub(crate) calm_turns: u8,
    /// Who wrote the last message.
    pub(crate) last_author: AuthorType,
    pub(crate) status: Option<Status>,
    pub(crate) priority: Option<Priority>,
    pub(super) extra: Option<Box<Extra>>,
}

const _: () = assert!(size_of::<Conversation>() <= 152, "a quiet conversation is small");

/// What a quiet conversation has no need of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extra {
    pub(crate) heats: Heats,
    pub(crate) bot: Option<Box<BotTurns>>,
    pub(crate) episode: Option<Box<Episode>>,
    /// What the case brief is made of.
    pub(crate) facts: Option<Box<Facts>>,
}

/// What the bot said before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BotTurns {
    /// Its last question.
    pub(crate) asked: ShortSketch,
    /// Hashes of links it gave, the last ones.
    pub(crate) links: [u32; limits::BOT_LINKS],
    /// Where the next link goes.
    pub(crate) next_link: u8,
}

impl Conversation {
    /// A conversation that begins at `time`.
    pub(crate) fn new(time: Timestamp) -> Conversation {
        Conversation {
            newest: time,
            recent: Recent::default(),
            clocks: Clocks::default(),
            customer_said: ShortSketch::default(),
            customer_turns: 0,
            bot_turns: 0,
            agent_turns: 0,
            score: 0,
            bot_answers: 0,
            calm_turns: 0,
            last_author: AuthorType::Unknown,
            status: None,
            priority: None,
            extra: None,
        }
    }

    /// Forgets everything at `time` but hashes of event ids, which name nobody: without them an event that comes again
    /// would count as new, and raise again what was erased.
    pub(crate) fn erase(&mut self, time: Timestamp) {
        let episode = self.extra.take().and_then(|extra| extra.episode);
        *self = Conversation { recent: self.recent, ..Conversation::new(self.newest.max(time)) };
        if let Some(episode) = episode {
            self.extra_mut().episode = Some(Box::new(episode.erased()));
        }
    }

    /// What it has beyond a quiet one, if anything.
    pub(crate) fn extra(&self) -> Option<&Extra> {
        self.extra.as_deref()
    }

    /// The same to change; made when it was not there.
    pub(crate) fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    /// The same to change, if it is there.
    pub(crate) fn extra_if_any(&mut self) -> Option<&mut Extra> {
        self.extra.as_deref_mut()
    }

    /// Gives back the box when nothing is in it.
    pub(crate) fn tidy(&mut self) {
        if self.extra.as_ref().is_some_and(|extra| **extra == Extra::default()) {
            self.extra = None;
        }
    }

    /// The heats; none in a quiet conversation.
    pub(crate) fn heats(&self) -> &Heats {
        static NONE: Heats = Heats::NONE;
        self.extra().map_or(&NONE, |extra| &extra.heats)
    }

    /// What the case brief is made of, if anything was told.
    pub(crate) fn facts(&self) -> Option<&Facts> {
        self.extra().and_then(|extra| extra.facts.as_deref())
    }

    /// The last episode, open or not.
    pub(crate) fn episode(&self) -> Option<&Episode> {
        self.extra().and_then(|extra| extra.episode.as_deref())
    }

    /// The last episode while it is open.
    pub(crate) fn open_episode(&self) -> Option<&Episode> {
        self.episode().filter(|episode| episode.open)
    }
}

/// A [`Sketch`] with 16 bits a word: two unlike words are taken for like once in 65,536 comparisons. 0 is no word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShortSketch(pub(super) [u16; SKETCH_WORDS]);

impl From<Sketch> for ShortSketch {
    fn from(sketch: Sketch) -> ShortSketch {
        // The smallest hashes were picked, so that only their low bits are evenly spread.
        ShortSketch(sketch.0.map(|hash| if hash == u32::MAX { 0 } else { (hash as u16).max(1) }))
    }
}

impl ShortSketch {
    /// How many words it has.
    pub(crate) fn words(self) -> usize {
        self.0.iter().filter(|word| **word != 0).count()
    }

    /// Whether the two share at least `alike` eighths of the words of the larger one; a single word tells nothing.
    pub(crate) fn is_like(self, other: ShortSketch, alike: usize) -> bool {
        let larger = self.words().max(other.words());
        let shared = self.0.iter().filter(|word| **word != 0 && other.0.contains(word)).count();
        shared >= 2 && shared * SKETCH_WORDS >= alike * larger
    }
}
