//! The sum of a score, without words: integer parts, cheap enough for every message. [`super::assess`] tells them.
//!
//! For each signal, what this message says (its strongest rule in full, further rules in part) meets what earlier ones
//! left (its heat): the stronger counts in full, the weaker in part. Loops and other heats are carried. Relief lowers
//! the sum, never below nothing; a floor raises it; stakes add per cent of what is there; the cap ends it. Each step is
//! monotone in risk and in stakes, so that a further risk signal or a higher tier never lowers a score.

use super::heat::{Heats, MOST, Subject};
use crate::account::{Account, Tier};
use crate::detect::{Findings, RuleFacts, RuleIndex};
use crate::message::AuthorType;
use crate::policy::{Policy, Scoring};
use crate::score::{Level, Score};
use crate::signal::{Signal, SignalSet};
use crate::time::Timestamp;

/// What one part of a score is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// A rule fired in this message; in full or in part.
    Rule(RuleIndex, Share),
    /// A heat from before.
    Carried(Subject),
    /// A rule's least level, from this message (`Some`) or before.
    Floor(Option<RuleIndex>),
    /// Several signs together are worth a level.
    Combination,
    /// The account's tier.
    Tier(Tier),
    /// The account's revenue.
    Arr,
    /// The account's renewal, so many days away.
    Renewal(i64),
    /// The end of the scale.
    Cap,
}

/// Whether a rule counts in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Share {
    /// It is the strongest of its signal.
    Full,
    /// A stronger one of the same signal counts in full.
    Further,
}

/// One summand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) what: What,
    pub(crate) points: i32,
}

/// A rule that counts in this message, with its strongest finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) signal: Signal,
    pub(crate) rule: RuleIndex,
    /// Positive for risk, negative for relief.
    pub(crate) points: i32,
    pub(crate) level: Level,
}

/// What the account stands to lose, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exposure {
    tier: Option<Tier>,
    arr_percent: i32,
    renewal: Option<(i64, i32)>,
    /// Revenue is given in a currency that has no rate.
    pub(crate) currency_unknown: bool,
}

impl Exposure {
    /// What `account` stands to lose at `time`.
    pub(crate) fn of(account: Option<&Account>, time: Timestamp, policy: &Policy) -> Exposure {
        let Some(account) = account else { return Exposure::default() };
        let stakes = &policy.scoring.stakes;
        let dollars = account.arr.as_ref().map(|arr| policy.currencies.dollars(arr));
        let days = account.renewal.map(|renewal| (renewal - time).0.div_euclid(crate::time::Span::days(1).0));
        Exposure {
            tier: account.tier,
            arr_percent: dollars.flatten().map_or(0, |dollars| stakes.arr_percent(dollars)),
            renewal: days.map(|days| (days, stakes.renewal_percent(days))),
            currency_unknown: dollars == Some(None),
        }
    }
}

/// The sum of a score. Reused from message to message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// The rules that count in this message, by signal, strongest first.
    pub(crate) hits: Vec<Hit>,
    /// The summands.
    pub(crate) parts: Vec<Part>,
    /// Their sum.
    pub(crate) score: Score,
    /// Points that relief took off; never more than there were.
    relief: i32,
    /// Points that relief would take off if there were enough; it lowers the floor, which knows no other risk.
    relief_in_full: i32,
    /// The floor that this message sets.
    floor: Option<(i32, RuleIndex)>,
}

impl Tally {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.hits.clear();
        self.parts.clear();
        self.score = Score::ZERO;
        self.relief = 0;
        self.relief_in_full = 0;
        self.floor = None;
    }

    /// Takes from the findings the rules that count when `author` wrote the text.
    pub(crate) fn take(&mut self, findings: &Findings, rules: &[RuleFacts], author: AuthorType) {
        for finding in &findings.findings {
            let Some(facts) = rules.get(usize::from(finding.rule.0)) else { continue };
            if facts.experimental || !counts(facts.signal, author) {
                continue;
            }
            let points = (facts.weight * finding.strength.thousandths() / 1_000).clamp(-MOST, MOST);
            match self.hits.iter_mut().find(|hit| hit.rule == finding.rule) {
                Some(hit) if hit.points.abs() >= points.abs() => {}
                Some(hit) => hit.points = points,
                None => {
                    let level = if points > 0 { facts.level } else { Level::Info };
                    self.hits.push(Hit { signal: facts.signal, rule: finding.rule, points, level });
                }
            }
        }
        self.hits.sort_unstable_by_key(|hit| (hit.signal, -hit.points, hit.rule));
    }

    /// The signals that the message's rules speak for with points of risk.
    pub(crate) fn signals(&self) -> SignalSet {
        let mut signals = SignalSet::default();
        self.hits.iter().filter(|hit| hit.points > 0).for_each(|hit| signals.insert(hit.signal));
        signals
    }

    /// Whether the message holds relief.
    pub(crate) fn relieves(&self) -> bool {
        self.hits.iter().any(|hit| hit.points < 0)
    }

    /// Adds up what the message says and what is left of earlier ones.
    pub(crate) fn sum(&mut self, heats: &Heats, exposure: &Exposure, scoring: &Scoring) {
        self.parts.clear();
        if heats.is_empty() && self.hits.is_empty() {
            self.score = Score::ZERO;
            return;
        }
        self.add_risk(heats, scoring);
        self.add_relief(scoring);
        self.add_floor(heats, scoring);
        self.add_combination(heats, exposure, scoring);
        self.add_stakes(exposure, scoring);
        let total = self.total();
        self.score = Score::clamped(total);
        self.add(What::Cap, self.score.points() - total);
    }

    fn total(&self) -> i32 {
        self.parts.iter().map(|part| part.points).sum()
    }

    fn add(&mut self, what: What, points: i32) {
        if points != 0 {
            self.parts.push(Part { what, points });
        }
    }

    fn add_risk(&mut self, heats: &Heats, scoring: &Scoring) {
        let share = |points: i32| points * scoring.heat.further_percent / 100;
        for heat in heats.as_slice() {
            let (Subject::Signal(_) | Subject::Loop(_) | Subject::Clock(_)) = heat.subject else { continue };
            let old = i32::from(heat.points);
            let new = self.said(heat.subject, scoring);
            self.add(What::Carried(heat.subject), if new >= old { share(old) } else { old });
        }
        let mut at = 0;
        while let Some(first) = self.hits.get(at).copied() {
            let end = at + self.hits[at..].iter().take_while(|hit| hit.signal == first.signal).count();
            let subject = Subject::Signal(first.signal);
            let new = self.said(subject, scoring);
            let in_full = new >= heats.points(subject);
            let mut left = if in_full { new } else { share(new) };
            for index in (at..end).rev().filter(|index| *index != at) {
                let points = share(self.hits[index].points.max(0));
                let points = if in_full { points } else { share(points) }.min(left);
                left -= points;
                self.add(What::Rule(self.hits[index].rule, Share::Further), points);
            }
            self.add(What::Rule(first.rule, if in_full { Share::Full } else { Share::Further }), left);
            at = end;
        }
    }

    /// What this message says of a subject: the strongest rule in full, further ones in part.
    fn said(&self, subject: Subject, scoring: &Scoring) -> i32 {
        let Subject::Signal(signal) = subject else { return 0 };
        let mut points = self.hits.iter().filter(|hit| hit.signal == signal && hit.points > 0).map(|hit| hit.points);
        let strongest = points.next().unwrap_or(0);
        points.fold(strongest, |sum, points| sum + points * scoring.heat.further_percent / 100)
    }

    /// What the customer is content about takes off its points; the strongest also a part of what earlier messages left.
    fn add_relief(&mut self, scoring: &Scoring) {
        let risk = self.total();
        let carried = self.parts.iter().filter(|part| matches!(part.what, What::Carried(_))).map(|part| part.points);
        let mut beside = carried.sum::<i32>() * scoring.heat.content_percent / 100;
        let (mut share, mut percent) = (Share::Full, 100);
        // Within a signal the hits descend, so that the strongest relief comes last.
        for index in (0..self.hits.len()).rev() {
            let hit = self.hits[index];
            if hit.points >= 0 {
                continue;
            }
            let in_full = -hit.points * percent / 100 + beside;
            let points = in_full.min(risk - self.relief);
            self.relief += points;
            self.relief_in_full += in_full;
            self.add(What::Rule(hit.rule, share), -points);
            (share, percent, beside) = (Share::Further, scoring.heat.further_percent, 0);
        }
    }

    fn add_floor(&mut self, heats: &Heats, scoring: &Scoring) {
        let said = self.hits.iter().filter(|hit| hit.level > Level::Info);
        self.floor = said
            .map(|hit| (scoring.threshold(hit.level), hit.rule))
            .max_by_key(|(points, rule)| (*points, std::cmp::Reverse(*rule)));
        let carried = heats.points(Subject::Floor) - self.relief_in_full;
        let (floor, rule) = match self.floor {
            Some((points, rule)) if points >= carried => (points, Some(rule)),
            _ => (carried, None),
        };
        let risk = self.total();
        self.add(What::Floor(rule), (floor - risk).max(0));
    }

    /// Circles, ill feeling, a customer of high value and a clock that runs out: worth a level, before the breach.
    fn add_combination(&mut self, heats: &Heats, exposure: &Exposure, scoring: &Scoring) {
        let asked = &scoring.combination;
        if asked.level == Level::Info || exposure.tier.is_none() || exposure.tier < asked.tier {
            return;
        }
        let has = |is: &dyn Fn(Subject) -> bool| heats.as_slice().iter().any(|heat| is(heat.subject));
        let is_ill = |signal: Signal| {
            matches!(signal, Signal::Negative | Signal::Anger | Signal::Frustration | Signal::Complaint | Signal::Abuse)
        };
        let ill = has(&|subject| matches!(subject, Subject::Signal(signal) if is_ill(signal)))
            || self.hits.iter().any(|hit| hit.points > 0 && is_ill(hit.signal));
        if ill
            && has(&|subject| matches!(subject, Subject::Loop(kind) if kind.is_circle()))
            && has(&|subject| matches!(subject, Subject::Clock(_)))
        {
            self.add(What::Combination, (scoring.threshold(asked.level) - self.total()).max(0));
        }
    }

    fn add_stakes(&mut self, exposure: &Exposure, scoring: &Scoring) {
        let risk = self.total();
        if let Some(tier) = exposure.tier {
            self.add(What::Tier(tier), risk * scoring.stakes.tier[tier.index()] / 100);
        }
        self.add(What::Arr, risk * exposure.arr_percent / 100);
        if let Some((days, percent)) = exposure.renewal {
            self.add(What::Renewal(days), risk * percent / 100);
        }
    }

    /// The strongest hit of each signal that the message speaks of with points of risk.
    pub(crate) fn strongest(&self) -> impl Iterator<Item = Hit> {
        let hits = &self.hits;
        (0..hits.len())
            .filter(|at| hits[*at].points > 0 && (*at == 0 || hits[at - 1].signal != hits[*at].signal))
            .map(|at| hits[at])
    }

    /// What the message leaves behind of a hit's signal, together with what was there before: the points, and whether
    /// the message says at least as much as was there.
    pub(crate) fn left_behind(&self, hit: Hit, heats: &Heats, scoring: &Scoring) -> (i32, bool) {
        let subject = Subject::Signal(hit.signal);
        let (new, old) = (self.said(subject, scoring), heats.points(subject));
        let points = new.max(old) + new.min(old) * scoring.heat.further_percent / 100;
        (points.min(MOST), new >= old)
    }

    /// The floor that this message sets, in points.
    pub(crate) const fn floor(&self) -> Option<(i32, RuleIndex)> {
        self.floor
    }

    /// Lets the heats cool by what relief took off.
    pub(crate) fn relieve(&self, heats: &mut Heats, scoring: &Scoring) {
        if self.relief_in_full > 0 {
            heats.relieve(self.relief, self.relief_in_full, scoring.heat.least);
        }
    }
}

/// Whether a signal counts when `author` wrote the text: the customer's words, and how a bot or an agent fails them.
const fn counts(signal: Signal, author: AuthorType) -> bool {
    match author {
        AuthorType::Customer => !matches!(signal, Signal::BotBreakdown | Signal::VagueClose),
        AuthorType::Bot => matches!(signal, Signal::BotBreakdown | Signal::VagueClose),
        AuthorType::Agent => matches!(signal, Signal::VagueClose),
        AuthorType::System | AuthorType::Unknown => false,
    }
}
