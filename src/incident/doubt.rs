//! Owns what may be the old trouble or a new one: whoever answers for the incident is asked, and silence means a new one.
//! What somebody calls the same trouble, or noise, withdraws nothing: what clients believe is measured by what is true.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Refusal};
use super::apply::wrote;
use super::words::{clock, one_line};
use super::{Actor, Fact, Incident, Status};
use crate::audience::Audience;
use crate::command::{Command, Held, HeldWord};
use crate::directory::{Directory, PartyId, PersonId};
use crate::told;

/// How long whoever is asked may think about it (DESIGN 3.5). After an answer nothing of the incident is asked for as long.
const WAITS: SignedDuration = SignedDuration::from_mins(15);
/// How long an alert may be taken for noise, if it doesn't recover before.
const NOISE: SignedDuration = SignedDuration::from_hours(24);

/// What may be the old trouble or a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "kebab-case")]
pub enum Doubtful {
    /// An alert that fired after a silence much longer than its rhythm, while somebody had it.
    CameAgain {
        /// Fingerprint.
        key: String,
    },
    /// Words that say that it is broken, when it was taken for mended.
    Said {
        /// Whose.
        by: Actor,
        /// The client for whom they speak.
        client: Option<PartyId>,
    },
}

/// A question that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// About what.
    #[serde(flatten)]
    pub about: Doubtful,
    /// When that came.
    pub since: Timestamp,
    /// Until when somebody may answer; after that it is a new trouble.
    pub until: Timestamp,
}

/// A doubt that ended in a new trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubted {
    /// What it was about.
    #[serde(flatten)]
    pub about: Doubtful,
    /// When that came.
    pub since: Timestamp,
    /// Somebody said so; otherwise nobody said anything.
    pub answered: bool,
}

/// What somebody said of what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Who.
    pub by: PersonId,
    /// What they take it for.
    #[serde(flatten)]
    pub as_what: Judgement,
    /// They had been asked.
    pub asked: bool,
}

/// What something is taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "judged", rename_all = "kebab-case")]
pub enum Judgement {
    /// The old trouble.
    Same,
    /// No trouble.
    Noise {
        /// Fingerprints of alerts whose repeats are only counted.
        keys: Vec<String>,
        /// Until when, if they don't recover before.
        until: Timestamp,
    },
}

/// Until when somebody is asked about an alert that came after silence; None where nobody is: unless somebody has it, the
/// escalation goes on by itself, and whoever wanted quiet is left in peace.
pub(super) fn of_alert(incident: &Incident, key: &str, now: Timestamp) -> Option<Timestamp> {
    let told = !incident.is_silent() && !incident.covers(key) && !incident.flaps_quietly(key);
    let asks = incident.acknowledged.is_some() && told && may_ask(incident, now);
    asks.then_some(now + WAITS)
}

/// Until when somebody is asked about words which say that it is broken although it works; None where nobody is. Those
/// whom nobody knows ask nothing, unless they answer a client's mail.
pub fn of_words(
    incident: &Incident,
    by: &Actor,
    audience: &Audience,
    text: &str,
    now: Timestamp,
) -> Option<Timestamp> {
    let works = matches!(incident.status(), Status::Mitigated | Status::Resolved) && incident.is_live(now);
    let heard = by.person().is_some() || *audience != Audience::Inner;
    let asks = works && heard && may_ask(incident, now) && told::speaks_of_trouble(text);
    asks.then_some(now + WAITS)
}

/// One question at a time, and none for a while after an answer.
fn may_ask(incident: &Incident, now: Timestamp) -> bool {
    let answered = incident.judged_at.is_some_and(|at| now < at + WAITS);
    incident.doubt.is_none() && !answered && !incident.past
}

/// Nobody answered in time: it is a new trouble.
pub(super) fn due(incident: &Incident, directory: &Directory, now: Timestamp) -> Option<Fact> {
    incident.doubt.as_ref().filter(|doubt| doubt.until <= now)?;
    new(incident, directory, Actor::Alerts)
}

/// The occurrence with which the new trouble begins.
fn new(incident: &Incident, directory: &Directory, by: Actor) -> Option<Fact> {
    let Doubt { about, since, .. } = incident.doubt.clone()?;
    let answered = by.person().is_some();
    let Fact::Recurred { occurrence, key, believers, .. } =
        incident.recurs(directory, by.clone(), None, since)
    else {
        return None;
    };
    let doubt = Some(Doubted { about, since, answered });
    Some(Fact::Recurred { occurrence, by, key, began: since, believers, doubt })
}

/// What `same`, `new` and `noise` mean; None for other words. Whoever says so unasked is heard too.
pub(super) fn command(
    incident: &Incident,
    directory: &Directory,
    person: &PersonId,
    command: &Command,
    now: Timestamp,
) -> Option<Answer> {
    let judged = |as_what| {
        let (by, asked) = (person.clone(), incident.doubt.is_some());
        Answer::Done(vec![Fact::Judged(Judged { by, as_what, asked })])
    };
    let idle = incident.doubt.is_none() && !incident.is_broken();
    Some(match command {
        Command::Same | Command::Noise if idle => Answer::Refused(Refusal::NothingAsked),
        Command::Same => judged(Judgement::Same),
        Command::Noise => {
            let keys = match incident.doubt.as_ref().map(|doubt| &doubt.about) {
                Some(Doubtful::CameAgain { key }) => vec![key.clone()],
                Some(Doubtful::Said { .. }) => Vec::new(),
                None => incident.firing().map(str::to_owned).collect(),
            };
            judged(Judgement::Noise { keys, until: now + NOISE })
        }
        Command::Held(held) if incident.asks_for(held) => {
            Answer::Done(new(incident, directory, Actor::Person(person.clone())).into_iter().collect())
        }
        _ => return None,
    })
}

impl Incident {
    /// Whether `new` answers a question about this incident: it names no mails that wait.
    pub fn asks_for(&self, held: &Held) -> bool {
        let plain = held.mails.is_empty() && held.incident.is_none();
        self.doubt.is_some() && held.what == HeldWord::New && plain
    }

    /// Since when it has been broken without anybody saying that it worked meanwhile: a new trouble may have begun before the
    /// old one was over.
    pub fn broken_since(&self) -> Timestamp {
        let before = self.occurrences.iter().rev().skip(1).take_while(|before| before.recovered.is_none());
        before.last().map_or(self.began(), |first| first.began)
    }

    /// Whether somebody takes an alert for noise.
    pub(super) fn is_noise(&self, key: &str, now: Timestamp) -> bool {
        let until = self.keys.get(key).and_then(|key| key.noise);
        until.is_some_and(|until| now < until)
    }
}

/// Somebody judged. News of it renews an acknowledgement, as any word of the house does.
pub(super) fn apply(incident: &mut Incident, judged: &Judged, at: Timestamp) {
    (incident.doubt, incident.judged_at) = (None, Some(at));
    if let Judgement::Noise { keys, until } = &judged.as_what {
        for key in keys {
            if let Some(key) = incident.keys.get_mut(key) {
                key.noise = Some(*until);
            }
        }
    }
    wrote(incident, &judged.by, at);
}

/// What follows from any event: what raises a doubt, and what settles it whoever was asked.
pub(super) fn follows(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    let (about, until) = match fact {
        Fact::CameAgain { key, asks: Some(until), .. } => (Doubtful::CameAgain { key: key.clone() }, until),
        Fact::Noted { by, audience, asks: Some(until), .. } => {
            let client = match audience {
                Audience::Inner => None,
                Audience::Client(client) => Some(client.clone()),
            };
            (Doubtful::Said { by: by.clone(), client }, until)
        }
        Fact::Recurred { doubt, .. } => return recurred(incident, doubt.as_ref(), at),
        Fact::Acknowledged { .. }
        | Fact::Recovered { .. }
        | Fact::RecoveryWithdrawn { .. }
        | Fact::Resolved { .. }
        | Fact::Closed { .. }
        | Fact::MergedInto { .. } => {
            incident.doubt = None;
            return;
        }
        _ => return,
    };
    incident.doubt = Some(Doubt { about, since: at, until: *until });
}

/// Other clients are told nothing on the word of one: somebody has to take it on first, or an alert to say so.
fn recurred(incident: &mut Incident, doubt: Option<&Doubted>, at: Timestamp) {
    incident.doubt = None;
    let Some(doubt) = doubt else { return };
    incident.judged_at = Some(at);
    if let (Doubtful::Said { client: Some(_), .. }, false) = (&doubt.about, doubt.answered) {
        incident.trusted = false;
    }
}

/// How it reads on a timeline.
pub(super) fn line(judged: &Judged) -> String {
    let by = &judged.by;
    match &judged.as_what {
        Judgement::Same => format!("the same trouble, says {by}"),
        Judgement::Noise { keys, .. } if keys.is_empty() => format!("no trouble, says {by}"),
        Judgement::Noise { keys, .. } => {
            let keys = one_line(&keys.join(", "));
            format!("noise, says {by}: {keys} is only counted while it fires, for {} h", NOISE.as_hours())
        }
    }
}

/// That somebody is asked, behind what they are asked about.
pub(super) fn asked(question: &str, until: Option<Timestamp>, zone: &TimeZone) -> String {
    until.map(|until| format!("; {question}? Asked until {}", clock(until, zone))).unwrap_or_default()
}
