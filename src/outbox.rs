//! Owns what the outcome of an attempt means: the next attempt, or giving up; and whether a notice whose turn has come
//! is still true. Never opens a socket, never writes SQL.

pub mod pace;

use jiff::{SignedDuration, Timestamp};

use crate::audience::{Audience, Belief};
use crate::directory::PersonId;
use crate::incident::{Incident, NoticeKind, SentNotice};
use crate::self_test::NOBODY;
use crate::told::NewsKind;

/// How long after each failed attempt the next one comes; after the last entry hourly.
const RETRIES: [SignedDuration; 4] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_mins(30),
];
/// A notice that could not be delivered for so long never will be.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(48);

/// How an attempt ended (the words of Postfix's queue manager).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The relay took the mail.
    Delivered,
    /// Not now: try again. The relay surely doesn't have it.
    Deferred(String),
    /// Nobody knows whether the relay has it: try again, with the same bytes.
    Doubtful(String),
    /// The relay itself could not be used: not this mail's fault, and not counted against it.
    NoRelay(String),
    /// Never.
    Failed(String),
}

/// What follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Done.
    Delivered,
    /// Another attempt then.
    Retry(Timestamp),
    /// Given up, and somebody must hear of it.
    Failed(String),
}

/// What follows from the `attempts`-th attempt (counted from 1) of a mail queued at `queued`.
pub fn after(attempt: &Attempt, attempts: u32, queued: Timestamp, now: Timestamp) -> Next {
    match attempt {
        Attempt::Delivered => Next::Delivered,
        Attempt::Failed(reason) => Next::Failed(reason.clone()),
        Attempt::Deferred(reason) | Attempt::Doubtful(reason) | Attempt::NoRelay(reason)
            if now.duration_since(queued) >= GIVE_UP =>
        {
            Next::Failed(format!("given up after {} h: {reason}", GIVE_UP.as_hours()))
        }
        Attempt::Deferred(_) | Attempt::Doubtful(_) => {
            let index = attempts.saturating_sub(1) as usize;
            let wait = RETRIES.get(index).copied().unwrap_or(SignedDuration::from_hours(1));
            Next::Retry(now + wait)
        }
        // The relay is left alone for a while; the mail goes as soon as it can be used.
        Attempt::NoRelay(_) => Next::Retry(now),
    }
}

/// Whether a mail may go by the second relay once the first has not taken it for some time: somebody is to act. What firebell
/// mails itself is to go by the first.
pub fn is_for_second_relay(kind: &NoticeKind, person: &PersonId) -> bool {
    matches!(kind, NoticeKind::Page { .. } | NoticeKind::Report) && person.as_str() != NOBODY
}

/// Why a notice must not be sent any more, when that is so. Asked when it is claimed for sending.
///
/// A page is void once its run is over. A word on the state is void once the opposite is true and settled; while a
/// recovery is provisional "it is down" may still turn out to be so, and is sent. News for a client is void once there
/// is newer news for the same reader; so is what asks somebody to see to a client, once that client was told what is so.
/// What tells of an incident that is part of another is void: that one tells of both. Transcripts and reports stay true.
pub fn superseded(incident: &Incident, notice: &SentNotice, now: Timestamp) -> Option<String> {
    if let Some(number) = incident.merged_into {
        let tells = notice.belief.is_some() || matches!(notice.kind, NoticeKind::Page { .. });
        return tells.then(|| format!("it goes on as incident {number}"));
    }
    let broken = incident.is_broken();
    let untrue = match (&notice.kind, notice.belief) {
        (NoticeKind::Page { run, .. }, _) => page_superseded(incident, *run),
        (NoticeKind::ReportCopy, _) => broken.then(|| "it is broken again".to_owned()),
        (NoticeKind::Transcript | NoticeKind::Report | NoticeKind::Digest, _) | (_, None) => None,
        // What somebody wrote is theirs to say, until an alert shows that it is not so.
        (NoticeKind::News(NewsKind::Words(belief)), _) => {
            words_superseded(incident, &notice.audience, *belief)
        }
        // Said although it works: something else of the same name does not.
        (NoticeKind::News(NewsKind::StillDown), _) if said_of_another(incident, notice) => None,
        (_, Some(Belief::Working | Belief::Resolved)) => broken.then(|| "it is broken again".to_owned()),
        (_, Some(Belief::Down)) => {
            (!broken && now >= incident.state().settled).then(|| "it works again".to_owned())
        }
    };
    let newer = || has_newer(incident, notice).then(|| "there is newer news".to_owned());
    untrue
        .or_else(newer)
        .or_else(|| was_told(incident, notice).then(|| "the client was told since".to_owned()))
}

/// Whether somebody would be asked to see to it that a client hears what it has heard since.
fn was_told(incident: &Incident, notice: &SentNotice) -> bool {
    let NoticeKind::ForClient(client) = &notice.kind else { return false };
    let told_since = |other: &SentNotice| {
        other.audience == Audience::Client(client.clone())
            && other.about > notice.about
            && other.told_at.is_some()
            && !other.failed
    };
    let waits = incident.accounts.get(client).is_some_and(|account| account.waits);
    !waits && incident.announced_is_true(client) && incident.notices.iter().any(told_since)
}

/// Whether its reader is being told, or was told, something newer: news for a client, but for what somebody wrote; and
/// what somebody of the house is to see to.
fn has_newer(incident: &Incident, notice: &SentNotice) -> bool {
    let newer = |other: &SentNotice| {
        (&other.audience, &other.person) == (&notice.audience, &notice.person)
            && other.number > notice.number
            && matches!(other.kind, NoticeKind::News(_))
            && !other.failed
            && !other.superseded
    };
    let newer_for_client = |other: &SentNotice| {
        other.kind == notice.kind && other.person == notice.person && other.number > notice.number
    };
    match &notice.kind {
        NoticeKind::News(NewsKind::Words(_)) => false,
        NoticeKind::News(_) => incident.notices.iter().any(newer),
        NoticeKind::ForClient(_) | NoticeKind::ReportDraft => incident.notices.iter().any(newer_for_client),
        _ => false,
    }
}

/// Whether it worked already when it was said that it does not.
fn said_of_another(incident: &Incident, notice: &SentNotice) -> bool {
    let recovered = incident.recovery().filter(|_| !incident.is_broken());
    recovered.is_some_and(|recovery| recovery.at <= notice.queued_at)
}

fn words_superseded(incident: &Incident, audience: &Audience, belief: Belief) -> Option<String> {
    let Audience::Client(client) = audience else { return None };
    let denied = belief != Belief::Down && incident.state_for(client).truth == Belief::Down;
    denied.then(|| "it is broken again".to_owned())
}

fn page_superseded(incident: &Incident, run: u32) -> Option<String> {
    match (&incident.run, &incident.acknowledged) {
        (Some(current), _) if current.number == run => None,
        (Some(_), _) => Some("a newer escalation goes on".to_owned()),
        (None, Some(acknowledged)) => Some(format!("{} has it", acknowledged.by)),
        (None, None) => Some(format!("the incident is {}", incident.status().word())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deferred_mail_is_tried_after_1_5_15_30_minutes_then_hourly_and_given_up_after_48_hours() {
        let queued: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let deferred = Attempt::Deferred("451 try later".to_owned());
        let mut now = queued;
        let mut waits = Vec::new();
        for attempt in 1.. {
            match after(&deferred, attempt, queued, now) {
                Next::Retry(at) => {
                    waits.push(at.duration_since(now).as_mins());
                    now = at;
                }
                Next::Failed(reason) => {
                    assert_eq!(reason, "given up after 48 h: 451 try later");
                    break;
                }
                Next::Delivered => panic!("never delivered"),
            }
        }
        assert_eq!(waits[..6], [1, 5, 15, 30, 60, 60]);
        assert_eq!(now.duration_since(queued).as_hours(), 48);
    }

    #[test]
    fn a_mail_whose_relay_can_t_be_used_waits_for_the_relay_alone_and_not_for_ever() {
        let queued: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let no_relay = Attempt::NoRelay("connection refused".to_owned());
        for minutes in [0, 90, 48 * 60 - 1] {
            let now = queued + SignedDuration::from_mins(minutes);
            assert_eq!(after(&no_relay, 1, queued, now), Next::Retry(now));
        }
        let given_up = Next::Failed("given up after 48 h: connection refused".to_owned());
        assert_eq!(after(&no_relay, 1, queued, queued + GIVE_UP), given_up);
    }

    #[test]
    fn a_refusal_for_good_is_not_tried_again() {
        let now: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let failed = after(&Attempt::Failed("550 5.1.1".to_owned()), 1, now, now);
        assert_eq!(failed, Next::Failed("550 5.1.1".to_owned()));
        assert_eq!(after(&Attempt::Delivered, 1, now, now), Next::Delivered);
    }
}
