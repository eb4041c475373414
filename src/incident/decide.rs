//! Owns which facts follow from an alert, a delivery or the clock (the table of DESIGN 3.5).
//! Never changes anything: [`super::apply`] does.

use jiff::Timestamp;

use super::event::Fact;
use super::owing::{self, Beside};
use super::{
    Actor, Incident, PROVISIONAL, SAME_INCIDENT, Status, doubt, flapping, quiet, reporting, unheard,
};
use crate::alert::{Alert, State};
use crate::audience::Audience;
use crate::directory::{Directory, PersonId, Severity};
use crate::escalation::Due;
use crate::oncall::Roster;
use crate::quiet::Quiet;

/// An alert as it reaches an incident.
#[derive(Debug, Clone, Copy)]
pub struct Reported<'a> {
    /// What the monitor says.
    pub alert: &'a Alert,
    /// What the rules make of it.
    pub severity: Severity,
    /// The rule that says so.
    pub rule: Option<&'a str>,
    /// When the trouble began.
    pub began: Timestamp,
    /// Whether clients may be told on its word alone.
    pub trusted: bool,
    /// Why it is to be told to nobody for a time.
    pub quiet: Option<&'a Quiet>,
}

/// Whether another alert of its service is this incident's: it is as long as it is broken, and as long as its recovery
/// is provisional. Clients would be told that the service works again while this alert fires.
pub fn takes_another(incident: &Incident, now: Timestamp) -> bool {
    let provisional = || incident.provisional_until().is_some_and(|until| now <= until);
    incident.is_broken() || incident.status() == Status::Mitigated && provisional()
}

/// What an alert with one of the incident's keys means.
pub fn alert(
    incident: &Incident,
    directory: &Directory,
    reported: Reported<'_>,
    now: Timestamp,
) -> Vec<Fact> {
    let key = reported.alert.fingerprint();
    let flaps = flapping::of_alert(incident, &key, reported.alert.state, now);
    let facts = match reported.alert.state {
        State::Firing => firing(incident, directory, key, reported, now),
        State::Resolved => recovery(incident, key),
        State::Acknowledged => vec![Fact::AlertNoted { key, state: "acknowledged".to_owned() }],
        State::Flapping => vec![Fact::AlertNoted { key, state: "flapping".to_owned() }],
        State::Info => vec![Fact::AlertNoted { key, state: "info".to_owned() }],
    };
    flaps.into_iter().chain(facts).collect()
}

fn firing(
    incident: &Incident,
    directory: &Directory,
    key: String,
    reported: Reported<'_>,
    now: Timestamp,
) -> Vec<Fact> {
    let recovered_at = incident.recovery().map(|recovery| recovery.at);
    let mut facts: Vec<Fact> = quiet::of_alert(incident, &key, reported).into_iter().collect();
    facts.push(match recovered_at.filter(|_| !incident.is_broken()) {
        Some(at) if now <= at + PROVISIONAL => {
            Fact::RecoveryWithdrawn { key, believers: incident.believers(directory) }
        }
        Some(_) => incident.recurs(directory, Actor::Alerts, Some(key), reported.began),
        None => while_broken(incident, key, now),
    });
    if reported.trusted && !incident.trusted {
        facts.push(Fact::Confirmed { source: reported.alert.source.clone() });
    }
    // Planned work makes no trouble worse than it is.
    let counts = reported.quiet.is_none() || incident.hidden().is_some();
    if counts && reported.severity < incident.taken_for() {
        let rule = reported.rule.map(str::to_owned);
        facts.push(Fact::SeverityRaised { to: reported.severity, rule, policy: None });
    }
    facts
}

fn while_broken(incident: &Incident, key: String, now: Timestamp) -> Fact {
    let waits = incident.crowd.is_thick(now);
    match incident.keys.get(&key) {
        Some(known) if known.firing => {
            let silence = now.duration_since(known.last_seen);
            if silence > incident.silence_that_speaks(&key) && !incident.is_noise(&key, now) {
                let asks = doubt::of_alert(incident, &key, now);
                let waits = waits && asks.is_none();
                Fact::CameAgain { key, silence: silence.as_secs(), waits, asks }
            } else {
                Fact::AlertRepeated { key }
            }
        }
        Some(_) => Fact::AlertJoined { key, again: true, waits },
        None => Fact::AlertJoined { key, again: false, waits },
    }
}

fn recovery(incident: &Incident, key: String) -> Vec<Fact> {
    let known = incident.keys.get(&key).is_some_and(|known| known.firing);
    if !incident.is_broken() || !known {
        return vec![Fact::AlertNoted { key, state: "resolved".to_owned() }];
    }
    let of = incident.keys.len() as u32;
    let still = incident.firing().filter(|firing| *firing != key).count() as u32;
    if still > 0 {
        return vec![Fact::KeyRecovered { key, recovered: of - still, of }];
    }
    vec![Fact::Recovered { by: Actor::Alerts, key: Some(key), still_firing: Vec::new(), of }]
}

/// What became of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The relay took it.
    Told,
    /// It will never arrive.
    Undeliverable(String),
    /// It was not true any more when its turn came.
    Superseded(String),
}

/// What the end of a notice's way means. Nothing, when the timeline has it already.
pub fn delivery(
    incident: &Incident,
    audience: &Audience,
    number: u32,
    person: &PersonId,
    end: &Delivery,
) -> Vec<Fact> {
    let Some(sent) = incident.notice(audience, number, person) else { return Vec::new() };
    let (audience, person) = (audience.clone(), person.clone());
    match end {
        Delivery::Told if sent.told_at.is_none() => vec![Fact::Told { audience, number, person }],
        Delivery::Undeliverable(reason) if !sent.failed => {
            vec![Fact::Undeliverable { audience, number, person, reason: reason.clone() }]
        }
        Delivery::Superseded(reason) => {
            vec![Fact::Superseded { audience, number, person, reason: reason.clone() }]
        }
        Delivery::Told | Delivery::Undeliverable(_) => Vec::new(),
    }
}

/// The next fact that is due by the clock, if any. Ask again after applying it: several can be due at once. Of an
/// incident of the past nothing ever is, nor of one that is part of another.
pub fn due(incident: &Incident, roster: &Roster<'_>, beside: &Beside, now: Timestamp) -> Option<Fact> {
    if incident.past || incident.merged_into.is_some() {
        return None;
    }
    quiet::due(incident, now)
        .or_else(|| flapping::due(incident, now))
        .or_else(|| unheard::due(incident, now))
        .or_else(|| doubt::due(incident, roster.directory, now))
        .or_else(|| expiry(incident, now))
        .or_else(|| page(incident, roster, now))
        .or_else(|| owing::due(incident, roster.directory, beside, now))
        .or_else(|| held(incident, now))
        .or_else(|| crowd(incident, now))
        .or_else(|| reporting::due(incident, roster.directory, now))
}

/// When [`due`] will have something to say.
pub fn next_due(incident: &Incident, directory: &Directory, beside: &Beside) -> Option<Timestamp> {
    if incident.past || incident.merged_into.is_some() {
        return None;
    }
    let broken = incident.is_broken();
    let expiry = incident.acknowledged.as_ref().filter(|_| broken).map(|acknowledged| acknowledged.until);
    let paged = broken && !incident.is_silent();
    let page = incident.run.as_ref().filter(|_| paged).map(|run| run.due);
    let news = owing::next_due(incident, directory, beside);
    let silence = [quiet::next_due(incident), flapping::next_due(incident), unheard::next_due(incident)];
    let crowd = incident.crowd.due().filter(|_| broken && incident.hidden().is_none());
    let report = reporting::next_due(incident, directory);
    let doubt = incident.doubt.as_ref().map(|doubt| doubt.until);
    [expiry, page, news, incident.waiting.due(), crowd, report, doubt]
        .into_iter()
        .chain(silence)
        .flatten()
        .min()
}

/// Alerts that came in a crowd are told together.
fn crowd(incident: &Incident, now: Timestamp) -> Option<Fact> {
    let due = incident.crowd.due().filter(|_| incident.is_broken() && incident.hidden().is_none());
    due.filter(|due| *due <= now)?;
    let (keys, more) = incident.crowd.waiting();
    Some(Fact::AlertsTold { keys, more })
}

fn expiry(incident: &Incident, now: Timestamp) -> Option<Fact> {
    let acknowledged = incident.acknowledged.as_ref().filter(|_| incident.is_broken())?;
    (acknowledged.until <= now).then(|| Fact::AcknowledgementExpired { by: acknowledged.by.clone() })
}

fn page(incident: &Incident, roster: &Roster<'_>, now: Timestamp) -> Option<Fact> {
    let run = incident.run.as_ref().filter(|_| incident.is_broken() && !incident.is_silent())?;
    Some(match run.due_at(&incident.policy, incident.severity, now)? {
        Due::Page(targets, next) => Fact::Escalated {
            run: run.number,
            position: run.next,
            told: incident.people_meant_by(roster, targets, now),
            next,
        },
        Due::Pass(next) => Fact::StepPassed { run: run.number, position: run.next, next },
        Due::Wait(until) => Fact::EscalationWaits { run: run.number, until },
        Due::Exhausted(next) => Fact::Exhausted { run: run.number, next },
    })
}

fn held(incident: &Incident, now: Timestamp) -> Option<Fact> {
    incident.waiting.due().filter(|due| *due <= now)?;
    Some(Fact::HeldAsked { mails: incident.waiting.mails.iter().map(|mail| mail.number).collect() })
}

/// When the trouble began: the alert's own time when it lies within 24 h before its receipt, else the receipt.
pub fn began(alert: &Alert, received: Timestamp) -> Timestamp {
    let within = |since: &Timestamp| *since <= received && received.duration_since(*since) <= SAME_INCIDENT;
    alert.since.filter(within).unwrap_or(received)
}
