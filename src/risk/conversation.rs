//! What is kept of one conversation. A quiet one is small: what only some need lives in a box.

use super::clocks::Clocks;
use super::episode::Episode;
use super::fingerprint::Recent;
use super::heat::Heats;
use super::silence::Silences;
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
    /// What the customer's turns were about.
    pub(crate) customer_said: Words,
    pub(crate) customer_turns: u8,
    pub(crate) bot_turns: u8,
    pub(crate) agent_turns: u8,
    /// The tone of the customer's last turns, the latest first, -100 to 100.
    pub(crate) tones: [i8; TONES],
    /// A hash of the channel that the customer last wrote by; 0 for none.
    pub(crate) channel: u8,
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
    /// What agents said in their last turns.
    pub(crate) agent: Option<Box<Answers>>,
    /// A hash of the assignee; 0 for none.
    pub(crate) assignee: u32,
    /// How often it changed.
    pub(crate) hand_offs: u8,
    /// Turns of the customer's, since they were last content, that an answer had not helped.
    pub(crate) stuck: u8,
    pub(crate) episode: Option<Box<Episode>>,
    /// What the case brief is made of.
    pub(crate) facts: Option<Box<Facts>>,
    /// The episode before, while a late reply may still take the open one back.
    pub(crate) before: Option<Box<Episode>>,
    /// What it shall not raise.
    pub(crate) silences: Option<Box<Silences>>,
}

/// What the bot said before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BotTurns {
    /// Its last question.
    pub(crate) asked: ShortSketch,
    /// Its last turns.
    pub(crate) said: Answers,
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
            customer_said: Words::default(),
            customer_turns: 0,
            bot_turns: 0,
            agent_turns: 0,
            tones: [0; TONES],
            channel: 0,
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

    /// What it shall not raise, if anything.
    pub(crate) fn silences(&self) -> Option<&Silences> {
        self.extra().and_then(|extra| extra.silences.as_deref())
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

/// How many turns of the customer's have their tone kept.
pub(crate) const TONES: usize = 3;

/// How many words of the customer's turns are kept.
const WORDS: usize = 16;

/// The content words of the customer's last turns, eight bits each, the latest first; 0 is no word. Two unlike words are
/// taken for like once in 255 comparisons, which is why a turn is alike by several words only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words(pub(super) [u8; WORDS]);

impl Words {
    /// The words of a turn.
    fn of(sketch: &Sketch) -> impl Iterator<Item = u8> {
        // The smallest hashes were picked, so that only their low bits are evenly spread.
        sketch.0.iter().filter(|hash| **hash != u32::MAX).map(|hash| (*hash as u8).max(1))
    }

    /// How many words a turn has, and how many of them were said before.
    pub(crate) fn shared(&self, sketch: &Sketch) -> (usize, usize) {
        Words::of(sketch)
            .fold((0, 0), |(words, shared), word| (words + 1, shared + usize::from(self.0.contains(&word))))
    }

    /// Remembers the words of a turn, forgetting the oldest.
    pub(crate) fn remember(&mut self, sketch: &Sketch) {
        for word in Words::of(sketch) {
            if !self.0.contains(&word) {
                self.0.copy_within(..WORDS - 1, 1);
                self.0[0] = word;
            }
        }
    }
}

/// Sketches of the last turns of one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers(pub(super) [ShortSketch; 3]);

impl Answers {
    /// Whether one of them is like `said`.
    pub(crate) fn has_like(&self, said: ShortSketch, alike: usize) -> bool {
        self.0.iter().any(|earlier| said.is_like(*earlier, alike))
    }

    /// Remembers a turn, forgetting the oldest.
    pub(crate) fn remember(&mut self, said: ShortSketch) {
        self.0.rotate_right(1);
        self.0[0] = said;
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
        shared >= 2.max(larger / 2) && shared * SKETCH_WORDS >= alike * larger
    }
}
