//! What a conversation's state is made of, field by field: the one place to extend when a state gets a new field. The
//! program does not compile until each field of each struct below is named here.
//!
//! A field that comes after a release goes to `later`: bytes from before it give it its default, and a program from
//! before it skips it. What cannot be told so needs a new [`super::VERSION`].

use super::bytes::{Reader, SnapshotError, Writer};
use super::field::Field;
use crate::brief::{Fact, Facts};
use crate::limits;
use crate::risk::Evidence;
use crate::risk::clocks::{Clocks, Since};
use crate::risk::conversation::{Answers, BotTurns, Conversation, Extra, ShortSketch, Words};
use crate::risk::deadline::DeadlineKind;
use crate::risk::episode::{Episode, Logged};
use crate::risk::fingerprint::Recent;
use crate::risk::heat::{Heat, Heats, Loop, MOST, Subject};
use crate::risk::silence::{Mute, Silences};
use crate::signal::Signal;
use crate::time::Timestamp;

/// A struct whose fields are written in this order, in a frame; `if` says what else must hold of it.
macro_rules! state {
    (
        $name:ident { $($field:ident),+ $(,)? }
        $(later { $($later:ident),+ $(,)? })?
        $(if $check:expr)?
    ) => {
        impl Field for $name {
            fn write(&self, out: &mut Writer<'_>) {
                let $name { $($field,)+ $($($later,)+)? } = self;
                out.frame(|out| {
                    $($field.write(out);)+
                    $($($later.write(out);)+)?
                });
            }

            fn read(from: &mut Reader<'_>) -> Result<$name, SnapshotError> {
                from.frame(|from| {
                    let value = $name {
                        $($field: Field::read(from)?,)+
                        $($($later: if from.is_at_end() { Default::default() } else { Field::read(from)? },)+)?
                    };
                    $(
                        let is_sound: fn(&$name) -> bool = $check;
                        if !is_sound(&value) {
                            return from.corrupt();
                        }
                    )?
                    Ok(value)
                })
            }
        }
    };
}

state!(Conversation {
    newest,
    recent,
    customer_said,
    customer_turns,
    bot_turns,
    agent_turns,
    tones,
    channel,
    score,
    bot_answers,
    calm_turns,
    last_author,
    status,
    priority,
    extra,
} later {
    clocks,
} if |conversation| i32::from(conversation.score) <= MOST);

state!(Clocks { waits_for_human, waits, runs, spent, bits, percent, calendar });

state!(Extra { heats, bot, episode } later { facts, agent, assignee, hand_offs, stuck, silences, before });

state!(Silences { snoozed_until, mutes } if |silences| silences.mutes.len() <= limits::MUTES);

state!(Mute { until, rule, tag, by, reason });

state!(Facts { language, contact, email, assignee, product_area, environment, list, dropped });

state!(Fact { kind, by, entry, other, helped, time, event, text, note } later { note_event });

state!(BotTurns { asked, said, links, next_link } if |bot| usize::from(bot.next_link) < limits::BOT_LINKS);

state!(Episode {
    number,
    id,
    open,
    acknowledged,
    level,
    sequence,
    team,
    announced,
    last,
    causes,
    next_cause,
} later {
    routed,
    issue,
    signals,
    reason,
    channel,
    claims,
    high_value,
    log,
    attended,
    resolved,
    heard,
    met,
    reminded,
} if |episode| usize::from(episode.next_cause) < limits::RECENT_CAUSES);

state!(Logged { time, step, level, reason });

state!(Heat { subject, points, rule, since, event, evidence } if |heat| (1..=MOST).contains(&i32::from(heat.points)));

state!(Evidence { start, end, quote } if |evidence| evidence.start <= evidence.end);

/// One heat a subject, in order.
impl Field for Heats {
    fn write(&self, out: &mut Writer<'_>) {
        let Heats(heats) = self;
        out.number(heats.len() as u64);
        heats.iter().for_each(|heat| heat.write(out));
    }

    fn read(from: &mut Reader<'_>) -> Result<Heats, SnapshotError> {
        const SUBJECTS: usize = Signal::COUNT + Loop::ALL.len() + DeadlineKind::ALL.len() + 1;
        let count = from.count(SUBJECTS)?;
        let mut heats = Heats(Vec::with_capacity(count));
        for _ in 0..count {
            let heat = Heat::read(from)?;
            if heats.get(heat.subject).is_some() {
                return from.corrupt();
            }
            heats.put(heat);
        }
        Ok(heats)
    }
}

impl Field for Subject {
    fn write(&self, out: &mut Writer<'_>) {
        match self {
            Subject::Signal(signal) => {
                out.out.push(0);
                signal.write(out);
            }
            Subject::Loop(kind) => {
                out.out.push(1);
                kind.write(out);
            }
            Subject::Floor => out.out.push(2),
            Subject::Clock(kind) => {
                out.out.push(3);
                kind.write(out);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Subject, SnapshotError> {
        match from.byte()? {
            0 => Signal::read(from).map(Subject::Signal),
            1 => Loop::read(from).map(Subject::Loop),
            2 => Ok(Subject::Floor),
            3 => DeadlineKind::read(from).map(Subject::Clock),
            _ => from.unknown(1),
        }
    }
}

impl Field for Since {
    fn write(&self, out: &mut Writer<'_>) {
        self.get().write(out);
    }

    fn read(from: &mut Reader<'_>) -> Result<Since, SnapshotError> {
        Ok(Option::<Timestamp>::read(from)?.map_or(Since::NEVER, Since::from))
    }
}

/// From the first place that is taken; the ring is filled from its end.
impl Field for Recent {
    fn write(&self, out: &mut Writer<'_>) {
        let Recent { low, high } = self;
        let first = low.iter().position(|part| *part != 0).unwrap_or(low.len());
        out.number((low.len() - first) as u64);
        for (low, high) in low[first..].iter().zip(&high[first..]) {
            out.out.extend_from_slice(&low.to_le_bytes());
            out.out.push(*high);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Recent, SnapshotError> {
        let count = from.count(limits::RECENT_EVENTS)?;
        let mut recent = Recent::default();
        for at in limits::RECENT_EVENTS - count..limits::RECENT_EVENTS {
            let bytes = from.take(4)?;
            recent.low[at] = u32::from_le_bytes(bytes.try_into().expect("four bytes were taken"));
            recent.high[at] = from.byte()?;
        }
        if count > 0 && recent.low.iter().filter(|part| **part != 0).count() != count {
            return from.corrupt();
        }
        Ok(recent)
    }
}

impl Field for Words {
    fn write(&self, out: &mut Writer<'_>) {
        let Words(words) = self;
        words.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Result<Words, SnapshotError> {
        Field::read(from).map(Words)
    }
}

impl Field for Answers {
    fn write(&self, out: &mut Writer<'_>) {
        let Answers(turns) = self;
        turns.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Result<Answers, SnapshotError> {
        Field::read(from).map(Answers)
    }
}

impl Field for ShortSketch {
    fn write(&self, out: &mut Writer<'_>) {
        let ShortSketch(words) = self;
        words.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Result<ShortSketch, SnapshotError> {
        Field::read(from).map(ShortSketch)
    }
}
