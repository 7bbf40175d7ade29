//! What conversations are about, as sequences of beats, and how many of each there are.

use super::{hot, plain};

/// Who acts in a beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Customer,
    Agent,
    Bot,
}

/// One thing that happens in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// A message with a sentence of that pool.
    Say(By, &'static [&'static str]),
    /// A message that leads in with a neutral sentence, or not, before one of that pool.
    Led(By, &'static [&'static str]),
    /// A neutral sentence of the customer's, in which sources do odd things now and then.
    Detail,
    /// A message of neutral sentences, about as long as messages are in the throughput shape.
    Long(By),
    /// A sentence of that pool in the middle of such a message.
    Within(&'static [&'static str]),
    /// A plain request in another language.
    Foreign,
    /// A customer's message in HTML, over the quoted history of the mail before it.
    Mail(&'static [&'static str]),
    /// A note among colleagues.
    Note,
    /// The status becomes this.
    Status(&'static str),
    /// The conversation gets an assignee and a team.
    Assign,
    /// Downstream did this with the escalation.
    Verdict(&'static str),
    /// The customer rewrites their last message into a harmless one.
    Edit,
    /// The customer's last message is deleted.
    Delete,
    /// The conversation goes on in the one before it.
    Merge,
    /// Everything known of the conversation must be forgotten.
    Erase,
}

use Beat::{Assign, Delete, Edit, Erase, Led, Mail, Merge, Note, Say, Status, Verdict};
use By::{Agent, Bot, Customer};

/// A kind of conversation.
#[derive(Debug)]
pub(super) struct Scene {
    /// How many of 1,000 conversations are of this kind.
    pub(super) share: u64,
    /// What happens in it, whatever else is said around it.
    pub(super) beats: &'static [Beat],
}

const fn scene(share: u64, beats: &'static [Beat]) -> Scene {
    Scene { share, beats }
}

/// The conversations of the trial shape; the rest to 1,000 is plain.
pub(super) const TRIAL: &[Scene] = &[
    scene(90, &[Say(Customer, plain::LOOK_ALIKES)]),
    scene(30, &[Beat::Foreign, Say(Agent, plain::ANSWERS), Beat::Foreign]),
    scene(20, &[Mail(plain::OPENINGS), Say(Agent, plain::ANSWERS), Mail(plain::THANKS)]),
    scene(24, &[Led(Customer, hot::CHURN)]),
    scene(10, &[Led(Customer, hot::CHURN), Verdict("acknowledged"), Say(Agent, plain::ANSWERS), Verdict("resolved")]),
    scene(8, &[Led(Customer, hot::CHURN), Verdict("false_alarm"), Say(Customer, plain::DETAILS)]),
    scene(20, &[Led(Customer, hot::LEGAL)]),
    scene(6, &[Led(Customer, hot::LEGAL), Verdict("rerouted"), Verdict("assigned"), Say(Customer, hot::LEGAL)]),
    scene(20, &[Led(Customer, hot::CHARGEBACK)]),
    scene(22, &[Led(Customer, hot::DISPUTE)]),
    scene(20, &[Led(Customer, hot::CANCELLATION)]),
    scene(20, &[Say(Bot, plain::BOT_ANSWERS), Say(Customer, hot::HUMAN), Assign]),
    scene(20, &[Led(Customer, hot::SUPERVISOR), Note]),
    scene(22, &[Led(Customer, hot::OUTAGE)]),
    scene(20, &[Led(Customer, hot::SECURITY), Assign]),
    scene(14, &[Led(Customer, hot::PUBLIC)]),
    scene(16, &[Led(Customer, hot::ANGER), Say(Agent, plain::ANSWERS), Say(Customer, hot::ANGER)]),
    scene(12, &[Led(Customer, hot::ABUSE)]),
    scene(12, &[Led(Customer, hot::PROFANITY), Say(Customer, hot::ANGER)]),
    scene(12, &[Say(Customer, hot::SHOUTING), Say(Agent, plain::ANSWERS), Say(Customer, hot::ANGER)]),
    scene(16, &[Led(Customer, hot::REPEAT), Say(Agent, hot::VAGUE), Say(Customer, hot::FRUSTRATION)]),
    scene(16, &[Led(Customer, hot::FRUSTRATION), Say(Customer, hot::REPEAT), Say(Customer, hot::FRUSTRATION)]),
    scene(14, &[Say(Customer, hot::COMPLAINT), Say(Agent, plain::ANSWERS), Say(Customer, hot::COMPLAINT)]),
    scene(12, &[Say(Customer, hot::URGENCY), Say(Customer, hot::OUTAGE)]),
    scene(24, BOT_LOOP),
    scene(18, BOT_LINKS),
    scene(20, &[Say(Customer, plain::OPENINGS), Say(Agent, hot::VAGUE), Say(Customer, hot::UNSOLVED)]),
    scene(16, FALLING),
    scene(
        10,
        &[Led(Customer, hot::ANGER), Led(Customer, hot::CHURN), Status("resolved"), Say(Customer, plain::THANKS)],
    ),
    scene(6, &[Led(Customer, hot::CHURN), Edit]),
    scene(6, &[Led(Customer, hot::LEGAL), Delete]),
    scene(5, &[Say(Customer, hot::COMPLAINT), Merge]),
    scene(5, &[Led(Customer, hot::SECURITY), Erase, Say(Customer, plain::DETAILS)]),
];

/// A bot that never understands.
const BOT_LOOP: &[Beat] = &[
    Say(Bot, hot::BOT_QUESTIONS),
    Say(Customer, hot::BOT_REPLIES),
    Say(Bot, hot::BOT_QUESTIONS),
    Say(Customer, hot::BOT_REPLIES),
    Say(Bot, hot::BOT_QUESTIONS),
    Say(Customer, hot::HUMAN),
];

/// A bot that gives the same link again and again.
const BOT_LINKS: &[Beat] = &[
    Say(Bot, hot::BOT_RESOURCES),
    Say(Customer, hot::BOT_REPLIES),
    Say(Bot, hot::BOT_RESOURCES),
    Say(Customer, hot::BOT_REPLIES),
    Say(Bot, hot::BOT_RESOURCES),
];

/// A tone that falls from message to message.
const FALLING: &[Beat] = &[
    Say(Customer, plain::DETAILS),
    Say(Customer, hot::UNSOLVED),
    Say(Agent, plain::ANSWERS),
    Say(Customer, hot::COMPLAINT),
    Say(Customer, hot::ANGER),
];

/// What a triggering message of the throughput shapes says; each is enough by itself.
pub(super) const ALONE: &[&[&str]] = &[hot::CHURN, hot::LEGAL, hot::CHARGEBACK, hot::SECURITY, hot::SUPERVISOR];

/// The beats of a plain stretch of conversation: `turns` of them, beginning with a customer's question.
pub(super) fn plain_turn(turn: usize, draw: u64) -> Beat {
    match (turn, draw) {
        (0, _) => Say(Customer, plain::OPENINGS),
        (1, 0..150) => Say(Bot, plain::BOT_ANSWERS),
        (2, 0..60) => Assign,
        (_, 0..30) => Note,
        (_, 30..70) => Status("pending"),
        (turn, _) if turn % 2 == 1 => Say(Agent, plain::ANSWERS),
        _ => Beat::Detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_leave_room_for_plain_conversations() {
        let hot: u64 = TRIAL.iter().map(|scene| scene.share).sum();
        assert!((500..750).contains(&hot), "{hot} of 1,000 conversations are special");
    }
}
