//! Which faults happen where: drawn from a seed before the run, so that a run can be told again and made smaller.

use std::collections::BTreeMap;
use std::fmt;

use super::chance::Chance;

/// A call of the worker's to its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Events,
    Poll,
    Begin,
    Write,
    Offsets,
    Commit,
    Abort,
    Renew,
    Committed,
    Restore,
    PollRestore,
    Seek,
}

impl Step {
    pub(super) const ALL: [Step; 12] = [
        Step::Events,
        Step::Poll,
        Step::Begin,
        Step::Write,
        Step::Offsets,
        Step::Commit,
        Step::Abort,
        Step::Renew,
        Step::Committed,
        Step::Restore,
        Step::PollRestore,
        Step::Seek,
    ];
}

/// What goes wrong at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Killed before the call does anything.
    CrashBefore,
    /// Killed after it did.
    CrashAfter,
    /// Stopped for a while; the others go on.
    Stall,
    /// The same for longer than its session: it is thrown out of the group, and does not know it.
    Zombie,
    /// The broker ends the open transaction, since it took too long.
    TimesOut,
    /// Another process takes over the transactional id for a moment.
    Namesake,
    /// The request never arrives, and what became of it is not known.
    LostRequest,
    /// It does what was asked, but the answer never arrives.
    LostAnswer,
    /// It says that it may be tried again.
    Retry,
    /// It says that the transaction must be aborted.
    Refuse,
    /// A connection broke: the request to end the transaction is on its way once more, and arrives later.
    DuplicateEnd,
    /// Markers of the transaction's end are written late.
    SlowMarkers,
    /// Another member leaves the group, in order.
    Leave,
    /// Another member joins it.
    Join,
    /// Once all members have stopped, somebody moves an offset of the group's.
    MoveOffset,
}

impl Kind {
    pub(super) const ALL: [Kind; 15] = [
        Kind::CrashBefore,
        Kind::CrashAfter,
        Kind::Stall,
        Kind::Zombie,
        Kind::TimesOut,
        Kind::Namesake,
        Kind::LostRequest,
        Kind::LostAnswer,
        Kind::Retry,
        Kind::Refuse,
        Kind::DuplicateEnd,
        Kind::SlowMarkers,
        Kind::Leave,
        Kind::Join,
        Kind::MoveOffset,
    ];

    /// Where it can happen.
    pub(super) fn happens_at(self, step: Step) -> bool {
        use Step::{Abort, Begin, Commit, Committed, Events, Offsets, Renew, Seek, Write};
        match self {
            Kind::CrashBefore | Kind::CrashAfter | Kind::Stall | Kind::Zombie | Kind::Leave | Kind::Join => true,
            Kind::TimesOut => matches!(step, Write | Offsets | Commit | Abort),
            Kind::Namesake => matches!(step, Events | Begin | Write | Offsets | Commit),
            Kind::LostRequest | Kind::LostAnswer => matches!(step, Offsets | Commit | Abort),
            Kind::Retry => matches!(step, Offsets | Commit | Abort | Renew | Committed | Seek),
            Kind::Refuse => matches!(step, Write | Offsets | Commit),
            Kind::DuplicateEnd | Kind::SlowMarkers => matches!(step, Commit | Abort),
            Kind::MoveOffset => step == Events,
        }
    }
}

/// A fault: at the `turn`th call of a step from the time the fault before it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) kind: Kind,
    pub(super) step: Step,
    pub(super) turn: usize,
    /// Not before all records are dealt with, and time alone passes.
    pub(super) late: bool,
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = if self.late { ", once time alone passes" } else { "" };
        write!(f, "{:?} at {:?} in {} calls{when}", self.kind, self.step, self.turn)
    }
}

/// The faults of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    waiting: Vec<Planned>,
    /// Whether all records are dealt with, and time alone passes.
    pub(super) is_late: bool,
    /// How often each fault happened at each step.
    pub(super) happened: BTreeMap<(Kind, Step), u32>,
}

impl Schedule {
    pub(super) fn new(faults: &[Planned]) -> Schedule {
        Schedule { waiting: faults.to_vec(), is_late: false, happened: BTreeMap::new() }
    }

    /// What happens at this call.
    pub(super) fn at(&mut self, step: Step) -> Option<Kind> {
        let place = self.waiting.iter().position(|planned| planned.step == step && planned.late <= self.is_late)?;
        let planned = &mut self.waiting[place];
        if planned.turn > 0 {
            planned.turn -= 1;
            return None;
        }
        let kind = self.waiting.remove(place).kind;
        *self.happened.entry((kind, step)).or_default() += 1;
        Some(kind)
    }
}

/// Six faults at steps that every run takes, some anywhere, and some once time alone passes.
pub(super) fn draw(chance: &mut Chance) -> Vec<Planned> {
    const COMMON: [Step; 5] = [Step::Events, Step::Poll, Step::Write, Step::Offsets, Step::Commit];
    let mut faults = Vec::new();
    let (common, anywhere, late) = (6, chance.between(2, 8), chance.between(1, 5));
    for number in 0..common + anywhere + late {
        let late = number >= common + anywhere;
        let step = if late || number < common { chance.pick(&COMMON) } else { chance.pick(&Step::ALL) };
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| kind.happens_at(step)).collect();
        let kind = chance.pick(&kinds);
        // One in eight runs has an operator in it; more would leave little else.
        let kind = if kind == Kind::MoveOffset && chance.below(2) > 0 { Kind::Stall } else { kind };
        let rare = matches!(step, Step::Abort | Step::Renew | Step::Committed | Step::Restore | Step::Seek);
        let turn = chance.below(if rare || late { 3 } else { 14 });
        faults.push(Planned { kind, step, turn, late });
    }
    faults
}
