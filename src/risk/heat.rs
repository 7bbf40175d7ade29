//! What earlier messages leave behind: per subject, points that decay with each further customer message.

use super::Evidence;
use super::deadline::DeadlineKind;
use crate::detect::RuleIndex;
use crate::policy::Scoring;
use crate::signal::{Signal, SignalSet};
use crate::time::Timestamp;

/// What the course of a conversation tells: first the ways in which it goes in circles. A new one goes to the end, since
/// snapshots name it by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Loop {
    /// The bot asks again what it asked in its turn before.
    BotQuestion,
    /// The bot gives a link again.
    BotLink,
    /// The customer has to say the same again.
    CustomerRepeats,
    /// The bot has answered several times and the customer still writes.
    Exchanges,
    /// A bot or an agent gives an answer again.
    AnswerRepeats,
    /// The customer's tone falls from turn to turn.
    FallingTone,
    /// A vague close ended it unsolved, and nothing was heard, or the customer is back.
    SilentDrop,
    /// The customer writes again after it was said to be resolved.
    Reopened,
    /// It goes from agent to agent.
    HandOffs,
    /// The customer had to change the channel.
    ChannelSwitch,
    /// The bot was less sure of its answer than the account may expect.
    BotUnsure,
}

impl Loop {
    pub(crate) const ALL: [Loop; 11] = [
        Loop::BotQuestion,
        Loop::BotLink,
        Loop::CustomerRepeats,
        Loop::Exchanges,
        Loop::AnswerRepeats,
        Loop::FallingTone,
        Loop::SilentDrop,
        Loop::Reopened,
        Loop::HandOffs,
        Loop::ChannelSwitch,
        Loop::BotUnsure,
    ];

    /// The factor's id, the reason of a trigger that rests on it, and a sentence for people.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Loop::BotQuestion => ("loop.bot_question", "bot_loop", "The bot keeps asking the same question"),
            Loop::BotLink => ("loop.bot_link", "bot_loop", "The bot keeps giving the same link"),
            Loop::CustomerRepeats => {
                ("loop.customer_repeats", "conversation_loop", "The customer has to say the same again")
            }
            Loop::Exchanges => ("loop.exchanges", "conversation_loop", "Several answers of the bot have not helped"),
            Loop::AnswerRepeats => ("loop.answer_repeats", "conversation_loop", "The same answer is given again"),
            Loop::FallingTone => ("course.falling_tone", "falling_tone", "The customer's tone is falling"),
            Loop::SilentDrop => (
                "course.silent_drop",
                "silent_drop",
                "A vague close left the matter unsolved, and nobody came back to it",
            ),
            Loop::Reopened => ("course.reopened", "reopened", "The matter was said to be resolved, and is not"),
            Loop::HandOffs => ("course.hand_offs", "course", "The matter goes from agent to agent"),
            Loop::ChannelSwitch => ("course.channel_switch", "course", "The customer had to change the channel"),
            Loop::BotUnsure => ("course.bot_unsure", "course", "The bot is not sure enough of its answers"),
        }
    }

    /// The factor's id.
    pub(crate) const fn id(self) -> &'static str {
        self.words().0
    }

    /// The reason of a trigger that rests on it.
    pub(crate) const fn reason(self) -> &'static str {
        self.words().1
    }

    /// A sentence for people.
    pub(crate) const fn sentence(self) -> &'static str {
        self.words().2
    }

    /// Whether it ends when a human being takes over from the bot.
    pub(crate) const fn of_bot(self) -> bool {
        matches!(self, Loop::BotQuestion | Loop::BotLink | Loop::Exchanges | Loop::BotUnsure)
    }

    /// Whether the conversation goes in circles.
    pub(crate) const fn is_circle(self) -> bool {
        matches!(
            self,
            Loop::BotQuestion | Loop::BotLink | Loop::CustomerRepeats | Loop::Exchanges | Loop::AnswerRepeats
        )
    }
}

/// What a heat is about. The order is that of the heats in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Subject {
    /// A signal in the customer's words, or a bot's.
    Signal(Signal),
    /// The course of the conversation.
    Loop(Loop),
    /// A deadline that has passed.
    Clock(DeadlineKind),
    /// A rule's least level: the score is not below these points.
    Floor,
}

/// Points of one subject with where they came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heat {
    pub(crate) subject: Subject,
    /// 1 to 1000.
    pub(crate) points: u16,
    /// The strongest rule; no rule's for a loop.
    pub(crate) rule: RuleIndex,
    /// The time of the event below.
    pub(crate) since: Timestamp,
    /// The event that the points rest on most.
    pub(crate) event: Box<str>,
    /// A masked quote from it.
    pub(crate) evidence: Option<Box<Evidence>>,
}

/// The most that one heat can be.
pub(crate) const MOST: i32 = 1_000;

/// The heats of a conversation: one a subject at most, in the order of subjects, each with points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heats(pub(super) Vec<Heat>);

impl Heats {
    /// No heats at all.
    pub(crate) const NONE: Heats = Heats(Vec::new());

    pub(crate) fn as_slice(&self) -> &[Heat] {
        &self.0
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, subject: Subject) -> Option<&Heat> {
        let at = self.0.binary_search_by_key(&subject, |heat| heat.subject).ok()?;
        Some(&self.0[at])
    }

    /// The signals that have a heat.
    pub(crate) fn signals(&self) -> SignalSet {
        let mut signals = SignalSet::EMPTY;
        for heat in &self.0 {
            if let Subject::Signal(signal) = heat.subject {
                signals.insert(signal);
            }
        }
        signals
    }

    /// The points of a subject; 0 when it has no heat.
    pub(crate) fn points(&self, subject: Subject) -> i32 {
        self.get(subject).map_or(0, |heat| i32::from(heat.points))
    }

    /// Puts a heat in the place of its subject's.
    pub(crate) fn put(&mut self, heat: Heat) {
        match self.0.binary_search_by_key(&heat.subject, |known| known.subject) {
            Ok(at) => self.0[at] = heat,
            Err(at) => self.0.insert(at, heat),
        }
    }

    /// Drops what rests on a deadline that is settled or disproved.
    pub(crate) fn drop_clock(&mut self, kind: DeadlineKind) {
        self.0.retain(|heat| heat.subject != Subject::Clock(kind));
    }

    /// Sets the points of a heat that is there.
    pub(crate) fn set_points(&mut self, subject: Subject, points: i32) {
        if let Ok(at) = self.0.binary_search_by_key(&subject, |heat| heat.subject) {
            self.0[at].points = points.clamp(0, MOST) as u16;
        }
    }

    /// Lets every heat cool by one customer message, but those of clocks that run on: of the matter itself, and of a reply
    /// while it is `awaited`.
    pub(crate) fn decay(&mut self, scoring: &Scoring, awaited: bool) {
        let cools = |subject| !matches!(subject, Subject::Clock(kind) if awaited || !kind.is_about_waiting());
        for heat in self.0.iter_mut().filter(|heat| cools(heat.subject)) {
            let kept = i32::from(heat.points) * (100 - scoring.heat.decay_percent) / 100;
            heat.points = kept as u16;
        }
        self.forget_below(scoring.heat.least);
    }

    /// Takes `relief` points off all heats together, each in proportion to its points, and `floor` points off the floor.
    pub(crate) fn relieve(&mut self, relief: i32, floor: i32, least: i32) {
        let points = |heat: &Heat| if heat.subject == Subject::Floor { 0 } else { i32::from(heat.points) };
        let total = self.0.iter().map(points).sum::<i32>().max(1);
        for heat in &mut self.0 {
            let before = i32::from(heat.points);
            let off = if heat.subject == Subject::Floor { floor } else { before * relief / total };
            heat.points = (before - off).max(0) as u16;
        }
        self.forget_below(least);
    }

    /// Drops heats that have fewer points than `least`.
    fn forget_below(&mut self, least: i32) {
        self.0.retain(|heat| i32::from(heat.points) >= least.max(1));
    }

    /// Drops the heats that `gone` picks; tells whether there were any.
    pub(crate) fn drop_where(&mut self, gone: impl Fn(&Heat) -> bool) -> bool {
        let before = self.0.len();
        self.0.retain(|heat| !gone(heat));
        self.0.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Loop;
    use crate::policy::BUILT_IN_REASONS;

    #[test]
    fn policy_can_give_every_reason_of_a_course_a_team() {
        assert!(Loop::ALL.iter().all(|kind| BUILT_IN_REASONS.contains(&kind.reason())));
    }
}
