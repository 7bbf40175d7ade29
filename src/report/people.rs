//! What people did after an alert: the first reply, the hand-over, the work until the end.

use serde_json::{Value, json};

use super::Period;
use super::figures::opened;
use super::log::{Ending, Episode, Log};
use super::spread::{mean, share, times};
use crate::message::VerdictOutcome;
use crate::time::{Span, Timestamp};

/// Another escalation of the conversation within this time means that the first contact did not resolve it.
const AGAIN_WITHIN: Span = Span::days(7);

/// First human reply, handle time, first-contact resolution, re-routing, effort and trigger speed.
pub(super) fn of(log: &Log, period: Period) -> Value {
    let episodes: Vec<&Episode> = opened(log, period).collect();
    let replies: Vec<i64> =
        episodes.iter().filter_map(|episode| span(episode.opened, first_reply(log, episode))).collect();
    let acknowledged: Vec<i64> =
        episodes.iter().filter_map(|episode| span(episode.opened, episode.acknowledged)).collect();
    let resolved: Vec<&&Episode> =
        episodes.iter().filter(|episode| matches!(episode.closed, Some((_, Ending::Resolved)))).collect();
    let handled: Vec<i64> = resolved
        .iter()
        .filter_map(|episode| {
            let began = first_reply(log, episode).or(episode.acknowledged);
            span(began, episode.closed.map(|(at, _)| at))
        })
        .collect();
    let efforts: Vec<i64> = resolved.iter().filter_map(|episode| effort(log, episode)).collect();
    let at_first = resolved.iter().filter(|episode| !was_rerouted(log, episode) && !came_again(log, episode)).count();
    let rerouted = episodes.iter().filter(|episode| was_rerouted(log, episode)).count();
    let to_trigger: Vec<i64> = episodes
        .iter()
        .filter_map(|episode| span(log.conversations.get(&episode.conversation)?.first_message, episode.opened))
        .collect();
    json!({
        "first_reply": times(&replies),
        "acknowledged": times(&acknowledged),
        "handle_time": times(&handled),
        "first_contact": {"resolved": resolved.len(), "at_first": at_first, "share": share(at_first, resolved.len())},
        "rerouted": {"escalations": episodes.len(), "rerouted": rerouted, "share": share(rerouted, episodes.len())},
        "replies": {"count": efforts.len(), "mean_tenths": mean(&efforts.iter().map(|n| n * 10).collect::<Vec<_>>())},
        "to_trigger": times(&to_trigger),
    })
}

fn span(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<i64> {
    from.zip(to).map(|(from, to)| (to - from).0).filter(|span| *span >= 0)
}

/// When a human being first wrote after the alert.
fn first_reply(log: &Log, episode: &Episode) -> Option<Timestamp> {
    let (from, conversation) = (episode.opened?, log.conversations.get(&episode.conversation)?);
    conversation.human_replies.iter().copied().filter(|at| *at >= from).min()
}

/// How often human beings wrote from the alert to the end.
fn effort(log: &Log, episode: &Episode) -> Option<i64> {
    let (from, (to, _)) = (episode.opened?, episode.closed?);
    let mut replies = log.conversations.get(&episode.conversation)?.human_replies.clone();
    replies.sort_unstable();
    replies.dedup();
    Some(replies.iter().filter(|at| (from..=to).contains(at)).count() as i64)
}

fn was_rerouted(log: &Log, episode: &Episode) -> bool {
    let within =
        |at: Timestamp| episode.opened.is_some_and(|from| from <= at) && episode.closed.is_none_or(|(to, _)| at <= to);
    let verdicts = log.conversations.get(&episode.conversation).map_or(&[][..], |known| &known.verdicts);
    episode.rerouted || verdicts.iter().any(|(outcome, at)| *outcome == VerdictOutcome::Rerouted && within(*at))
}

fn came_again(log: &Log, episode: &Episode) -> bool {
    let Some((ended, _)) = episode.closed else { return false };
    let again = log.episodes.values().filter(|other| other.conversation == episode.conversation);
    again.filter_map(|other| other.opened).any(|at| at > ended && at - ended <= AGAIN_WITHIN)
}
