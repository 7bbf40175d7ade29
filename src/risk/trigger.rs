//! What a router receives: ids from content, reason, team, owner, tags, and one sentence.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::assess::{Sources, in_days, revenue};
use super::conversation::Conversation;
use super::deadline::DeadlineKind;
use super::episode::Logged;
use super::heat::{Loop, Subject};
use super::store::Names;
use super::tally::{Tally, What};
use super::{Assessment, ContentId, Step, Trigger};
use crate::account::Account;
use crate::brief::{self, Brief, Emotion, Inputs, Kind, Moment};
use crate::detect::RuleIndex;
use crate::message::{Marks, VerdictOutcome};
use crate::policy::{Policy, Withhold};
use crate::response::{self, Facts, FallbackStep, Plan};
use crate::score::Level;
use crate::signal::{Signal, SignalSet};
use crate::time::{Span, Timestamp};

/// The first 128 bits of a SHA-256 over the parts, each with its length before it.
pub(crate) fn content_id(parts: &[&str]) -> ContentId {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    ContentId(id)
}

/// An episode's id.
pub(crate) fn episode_id(names: &Names, number: u32, cause: &str) -> ContentId {
    content_id(&[names.tenant(), names.conversation(), &number.to_string(), cause])
}

/// What a score rests on most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heaviest {
    pub(crate) subject: Option<Subject>,
    /// The rule that speaks loudest for it.
    pub(crate) rule: Option<RuleIndex>,
}

impl Heaviest {
    /// The subject with most points: one of `urgent` if there are any. Ties go to the first subject.
    pub(crate) fn of(tally: &Tally, at: &Conversation, sources: &Sources<'_>, urgent: SignalSet) -> Heaviest {
        let signals = Signal::ALL.iter().copied().map(Subject::Signal);
        let subjects = signals.chain(Loop::ALL.into_iter().map(Subject::Loop));
        let subjects = subjects.chain(DeadlineKind::ALL.into_iter().map(Subject::Clock));
        let mut best = Heaviest { subject: None, rule: None };
        let mut most = 0;
        for subject in subjects {
            let is_urgent = matches!(subject, Subject::Signal(signal) if urgent.contains(signal));
            if !urgent.is_empty() && !is_urgent {
                continue;
            }
            let (points, rule) = weight(tally, at, sources, subject);
            if points > most {
                most = points;
                best = Heaviest { subject: Some(subject), rule };
            }
        }
        best
    }

    /// A sentence without its full stop, where no rule has one.
    pub(crate) const fn sentence(&self) -> &'static str {
        match self.subject {
            Some(Subject::Loop(kind)) => kind.sentence(),
            Some(Subject::Clock(kind)) => kind.sentence(),
            _ => "Several signs of risk together",
        }
    }

    /// The reason in one word of the closed vocabulary.
    pub(crate) const fn reason(&self) -> &'static str {
        match self.subject {
            Some(Subject::Signal(signal)) => signal.name(),
            Some(Subject::Loop(kind)) => kind.reason(),
            Some(Subject::Clock(_)) => "sla",
            Some(Subject::Floor) | None => "risk",
        }
    }
}

/// A subject's points in the sum, and the rule that has most of them.
fn weight(tally: &Tally, at: &Conversation, sources: &Sources<'_>, subject: Subject) -> (i32, Option<RuleIndex>) {
    let (mut sum, mut loudest) = (0, (0, None));
    for part in &tally.parts {
        let heat_rule = |subject| at.heats().get(subject).map(|heat| heat.rule);
        let rule = match part.what {
            What::Rule(rule, _) | What::Floor(Some(rule)) => Some(rule),
            What::Floor(None) => heat_rule(Subject::Floor),
            What::Carried(carried) if carried == subject => heat_rule(carried),
            _ => continue,
        };
        let signal = rule.and_then(|rule| sources.rule(rule)).map(|facts| Subject::Signal(facts.signal));
        if matches!(part.what, What::Carried(_)) || signal == Some(subject) {
            sum += part.points;
            if part.points > loudest.0 {
                loudest = (part.points, rule);
            }
        }
    }
    (sum, loudest.1)
}

/// All that a trigger tells beside its assessment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances<'a> {
    pub(crate) names: &'a Names,
    pub(crate) policy: &'a Policy,
    pub(crate) account: Option<&'a Arc<Account>>,
    /// The id of the event that caused the step, or the name of the deadline that did.
    pub(crate) cause: &'a str,
    pub(crate) by_deadline: bool,
    pub(crate) time: Timestamp,
    pub(crate) marks: Marks,
    pub(crate) verdict: Option<VerdictOutcome>,
}

/// What a step says.
#[derive(Clone, Debug)]
pub(crate) struct Announcement<'a> {
    pub(crate) step: Step,
    /// One word of the closed vocabulary.
    pub(crate) reason: &'a str,
    /// A sentence without its full stop.
    pub(crate) headline: &'a str,
    pub(crate) previous_level: Option<Level>,
    pub(crate) tags: Vec<String>,
    pub(crate) assessment: Assessment,
}

/// Counts the step and makes its plan.
fn plan(conversation: &mut Conversation, circumstances: &Circumstances<'_>, step: Step, reason: &str) -> Plan {
    let Circumstances { names, policy, account, .. } = *circumstances;
    let told_priority = conversation.priority;
    let reached = reached(conversation);
    let facts = conversation.facts().cloned();
    let facts = facts.as_ref();
    let episode = conversation.extra_mut().episode.get_or_insert_default();
    episode.sequence = episode.sequence.saturating_add(1);
    episode.note_step(circumstances.time, step, reason);
    let plan = response::plan(&Facts {
        policy,
        account: account.map(|account| &**account),
        tenant: names.tenant(),
        conversation: names.conversation(),
        account_id: names.account(),
        level: episode.level,
        signals: episode.signals,
        reason: &episode.reason,
        issue: policy.issues.find(&episode.issue).unwrap_or(policy.issues.other()),
        team: episode.team,
        routed: episode.routed,
        told_priority,
        assignee: facts.map_or("", |facts| &facts.assignee),
        claims: &episode.claims,
        product_area: facts.map_or("", |facts| &facts.product_area),
        reached,
        high_value: episode.high_value,
        channel: &episode.channel,
        time: episode.heard.unwrap_or(circumstances.time),
        over: !episode.open,
    });
    if episode.channel.is_empty() {
        episode.channel = plan.channel.as_str().into();
    }
    plan
}

/// Makes the trigger of the next step of the conversation's episode and counts it.
pub(crate) fn trigger(
    conversation: &mut Conversation,
    circumstances: &Circumstances<'_>,
    announcement: Announcement<'_>,
) -> Trigger {
    let Announcement { step, reason, headline, previous_level, tags, assessment } = announcement;
    let Circumstances { names, account, cause, .. } = *circumstances;
    let plan = plan(conversation, circumstances, step, reason);
    let episode = conversation.extra_mut().episode.get_or_insert_default();
    let number = episode.number.to_string();
    let mut trigger = Trigger {
        id: content_id(&[names.tenant(), names.conversation(), step.name(), &number, cause]),
        episode: episode.id,
        sequence: episode.sequence,
        step,
        reason: reason.to_owned(),
        tenant: names.tenant().to_owned(),
        conversation: names.conversation().to_owned(),
        account_id: names.account().to_owned(),
        account: account.map(|account| shown(account, plan.withhold)),
        cause: if circumstances.by_deadline { String::new() } else { cause.to_owned() },
        time: circumstances.time,
        summary: String::new(),
        assessment,
        previous_level,
        priority: Some(plan.priority),
        team: plan.team.clone(),
        owner_role: plan.owner.role.clone(),
        owner_name: plan.owner.name.clone(),
        brief: None,
        plan,
        tags,
        marks: circumstances.marks,
        verdict: circumstances.verdict,
    };
    withhold(&mut trigger);
    // An erasure tells nothing of the case.
    if reason != "erased" {
        trigger.brief = Some(Box::new(brief(conversation, circumstances, &trigger, headline)));
    }
    trigger.summary = summary(headline, &trigger);
    trigger
}

/// The case brief of a trigger.
fn brief(at: &Conversation, circumstances: &Circumstances<'_>, trigger: &Trigger, headline: &str) -> Brief {
    let episode = at.episode();
    let step = |logged: &Logged| Moment {
        time: logged.time,
        by: "foreshock",
        what: logged.step.name(),
        text: format!("{}, {}", logged.reason, logged.level),
    };
    brief::compose(&Inputs {
        policy: circumstances.policy,
        facts: at.facts(),
        account: circumstances.account.map(|account| &**account),
        account_id: circumstances.names.account(),
        plan: &trigger.plan,
        score: trigger.assessment.score.points(),
        signals: episode.map_or(SignalSet::EMPTY, |episode| episode.signals),
        headline,
        emotions: emotions(at, &trigger.assessment),
        steps: episode.map_or_else(Vec::new, |episode| episode.log.iter().map(step).collect()),
        post_mortem: trigger.reason == "post_mortem",
        earlier_episodes: episode.map_or(0, |episode| episode.number.saturating_sub(1)),
        time: circumstances.time,
    })
}

/// The customer's own words for what they feel: those of this assessment, then those that were kept.
fn emotions(at: &Conversation, assessment: &Assessment) -> Vec<Emotion> {
    let factors = assessment.factors.iter().filter_map(|factor| Some((factor.signal?, factor.evidence.first()?)));
    let kept = at.heats().as_slice().iter().filter_map(|heat| match heat.subject {
        Subject::Signal(signal) => Some((signal, &**heat.evidence.as_ref()?)),
        _ => None,
    });
    let mut emotions: Vec<Emotion> = Vec::new();
    for (signal, evidence) in factors.chain(kept) {
        let of_bot = matches!(signal, Signal::BotBreakdown | Signal::VagueClose);
        if !of_bot && emotions.iter().all(|known| known.signal != signal.name()) && emotions.len() < MOST_EMOTIONS {
            emotions.push(Emotion { signal: signal.name(), quote: evidence.quote.clone() });
        }
    }
    emotions
}

/// Signs of emotion in a brief.
const MOST_EMOTIONS: usize = 8;

/// The account without what is withheld.
fn shown(account: &Arc<Account>, withhold: Withhold) -> Arc<Account> {
    if !withhold.contacts && !withhold.revenue {
        return Arc::clone(account);
    }
    let mut shown = Account::clone(account);
    if withhold.contacts {
        shown.contacts.clear();
    }
    if withhold.revenue {
        shown.arr = None;
    }
    Arc::new(shown)
}

/// Takes out of the factors what is withheld.
fn withhold(trigger: &mut Trigger) {
    let withhold = trigger.plan.withhold;
    for factor in &mut trigger.assessment.factors {
        if withhold.quotes {
            factor.evidence.clear();
        }
        if withhold.revenue && factor.id == "stakes.arr" {
            "The account's revenue".clone_into(&mut factor.reason);
        }
    }
}

/// The furthest step of help that was taken: a bot asked back, somebody gave a link, a human being answered.
fn reached(conversation: &Conversation) -> Option<FallbackStep> {
    let bot = conversation.extra().and_then(|extra| extra.bot.as_deref());
    let guided = bot.is_some_and(|bot| bot.links.iter().any(|link| *link != 0));
    let told = |kind: Kind| conversation.facts().is_some_and(|facts| facts.of(kind).next().is_some());
    let guided = guided || told(Kind::Suggested);
    let clarified = bot.is_some_and(|bot| bot.asked.words() > 0);
    if conversation.agent_turns > 0 {
        Some(FallbackStep::LiveAgent)
    } else if told(Kind::Offer) {
        Some(FallbackStep::Callback)
    } else if guided {
        Some(FallbackStep::Guide)
    } else {
        clarified.then_some(FallbackStep::Clarify)
    }
}

/// The tags of a trigger, sorted: its reason, the account's tier, and the tags of each rule that has points in it, without
/// those that policy switches off.
pub(crate) fn tags(tally: &Tally, at: &Conversation, sources: &Sources<'_>, reason: &str) -> Vec<String> {
    let mut tags = vec![reason.to_owned()];
    tags.extend(sources.account.and_then(|account| account.tier).map(|tier| tier.name().to_owned()));
    for part in tally.parts.iter().filter(|part| part.points > 0) {
        let rule = match part.what {
            What::Rule(rule, _) => Some(rule),
            What::Carried(subject) => at.heats().get(subject).map(|heat| heat.rule),
            _ => None,
        };
        let facts = rule.and_then(|rule| sources.rule(rule));
        let used = facts.iter().flat_map(|facts| facts.tags.iter().filter(|tag| !sources.policy.tags.is_off(tag)));
        tags.extend(used.cloned());
    }
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// One sentence for people, from facts alone.
fn summary(headline: &str, trigger: &Trigger) -> String {
    let who = who(trigger.account.as_deref(), trigger.time);
    let risk = format!("risk {}, {} of 1000", trigger.assessment.level, trigger.assessment.score);
    match trigger.step {
        Step::Opened => format!("{who}: {headline} ({risk})."),
        Step::Updated => format!("{who}, graver now: {headline} ({risk})."),
        Step::Reopened => format!("{who}, back again: {headline} ({risk})."),
        _ => format!("{who}: {headline}."),
    }
}

/// A renewal further away is not worth a word.
const RENEWAL_TOLD_DAYS: i64 = 90;

/// The customer in a few words.
fn who(account: Option<&Account>, time: Timestamp) -> String {
    let Some(account) = account else { return "A customer whose account is not known".to_owned() };
    let name = if account.name.is_empty() { account.id.as_str() } else { account.name.as_str() };
    let mut facts: Vec<String> = account.tier.iter().map(|tier| tier.name().to_owned()).collect();
    if account.arr.as_ref().is_some_and(|arr| arr.amount > 0) {
        facts.push(format!("{} a year", revenue(Some(account))));
    }
    let days = account.renewal.map(|renewal| (renewal - time).0.div_euclid(Span::days(1).0));
    if let Some(days) = days.filter(|days| (0..=RENEWAL_TOLD_DAYS).contains(days)) {
        facts.push(format!("renewal {}", in_days(days)));
    }
    if facts.is_empty() { name.to_owned() } else { format!("{name} ({})", facts.join(", ")) }
}
