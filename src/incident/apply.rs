//! Owns the one way in which an incident changes. Total: what happened has happened.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::event::{Event, Fact};
use super::key::{fired, noted_alert, stopped};
use super::sent::{mailed, unsaid};
use super::{
    Acknowledgement, Actor, Arrangements, Crowd, Incident, Keys, Notices, Occurrence, Opening, Recovery,
    Reports, Rounds, Waiting, arranged, carrying, doubt, joining, quiet, reporting, rounds, telling,
};
use crate::audience::Audience;
use crate::directory::PersonId;
use crate::escalation::Run;
use crate::told::Announcement;

/// The incident with which a timeline begins.
pub fn open(number: u64, opening: &Opening, at: Timestamp) -> Incident {
    let mut incident = Incident {
        number,
        events: 1,
        title: opening.title.clone(),
        public_name: opening.public_name.clone(),
        service: opening.service.clone(),
        severity: opening.severity,
        owner: None,
        responders: opening.responders.clone(),
        followers: opening.followers.clone(),
        clients: opening.clients.clone(),
        policy: opening.policy.clone(),
        keys: Keys::default(),
        occurrences: vec![Occurrence {
            hidden: opening.quiet.clone(),
            ..Occurrence::begin(opening.began, at)
        }],
        acknowledged: None,
        run: (!opening.past).then(|| Run::begin(1, &opening.policy, Some(opening.severity), at)),
        runs: u32::from(!opening.past),
        resolved_at: None,
        closed_at: None,
        trusted: opening.trusted,
        previous: opening.previous.clone(),
        neighbour: opening.neighbour.clone(),
        report: opening.report.clone(),
        engaged: BTreeSet::new(),
        accounts: BTreeMap::new(),
        drafts: 0,
        notes: Vec::new(),
        announced: BTreeMap::new(),
        notices: Notices::default(),
        origin: opening.origin.clone(),
        waiting: Waiting::default(),
        past: opening.past,
        merged_into: None,
        absorbed: BTreeMap::new(),
        heard: Vec::new(),
        names: opening.names.clone(),
        parted_from: opening.parted_from,
        apart: opening.parted_from.into_iter().collect(),
        asked: BTreeSet::new(),
        hushed: None,
        asked_unheard: None,
        doubt: None,
        judged_at: None,
        crowd: Crowd::default(),
        arranged: Arrangements::default(),
        reports: Reports::default(),
        rounds: Rounds::default(),
    };
    incident.engaged.extend(opening.by.person().cloned());
    incident.engaged.extend(opening.origin.colleagues.iter().cloned());
    if let Some(key) = &opening.key {
        fired(&mut incident, key, at);
        incident.keys.values_mut().for_each(|key| key.quiet.clone_from(&opening.quiet));
    }
    incident
}

/// The incident to which a timeline leads; None when it doesn't begin with an opening.
pub fn replay(number: u64, events: &[Event]) -> Option<Incident> {
    let (first, rest) = events.split_first()?;
    let Fact::Opened(opening) = &first.fact else { return None };
    Some(rest.iter().fold(open(number, opening, first.at), apply))
}

/// The incident after events that came later; those that it has seen change nothing.
pub fn catch_up(incident: Incident, later: impl IntoIterator<Item = Event>) -> Incident {
    later.into_iter().fold(incident, |incident, event| apply(incident, &event))
}

/// The incident after one more event. Gives the incident unchanged when the event is not the next one.
pub fn apply(mut incident: Incident, event: &Event) -> Incident {
    if event.seq != incident.events + 1 {
        return incident;
    }
    incident.events = event.seq;
    changed(&mut incident, &event.fact, event.at);
    quiet::follows(&mut incident, &event.fact, event.at);
    reporting::follows(&mut incident, &event.fact);
    doubt::follows(&mut incident, &event.fact, event.at);
    incident
}

fn changed(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    match fact {
        Fact::Opened(_) | Fact::Refused { .. } => {}
        Fact::Held { .. } | Fact::HeldAsked { .. } | Fact::HeldSettled { .. } => {
            held(incident, fact, at);
        }
        Fact::Superseded { audience, number, .. } => unsaid(incident, audience, *number, at),
        Fact::Confirmed { .. } => incident.trusted = true,
        Fact::AlertNoted { key, state } => noted_alert(incident, key, state, at),
        Fact::AlertRepeated { key } => fired(incident, key, at),
        Fact::AlertJoined { .. } | Fact::CameAgain { .. } | Fact::AlertsTold { .. } => {
            beside(incident, fact, at)
        }
        Fact::KeyRecovered { key, .. } => stopped(incident, key, at),
        Fact::Recovered { by, key, .. } => recovered(incident, by, key.as_deref(), at),
        Fact::RecoveryWithdrawn { key, .. } => {
            fired(incident, key, at);
            if let Some(occurrence) = incident.occurrences.last_mut() {
                occurrence.withdrawn = occurrence.recovered.take().map(|recovery| recovery.at);
            }
            broken_again(incident, at);
        }
        Fact::Recurred { key, began, by, .. } => {
            recurred(incident, key.as_deref(), *began, by, at);
        }
        Fact::Acknowledged { by, until } => acknowledged(incident, by, *until, at),
        Fact::AcknowledgementExpired { .. }
        | Fact::SeverityRaised { .. }
        | Fact::Escalated { .. }
        | Fact::StepPassed { .. }
        | Fact::EscalationWaits { .. }
        | Fact::Exhausted { .. } => escalated(incident, fact, at),
        Fact::Resolved { by, .. } => {
            if incident.recovery().is_none() {
                recovered(incident, &Actor::Person(by.clone()), None, at);
            }
            incident.resolved_at = Some(at);
        }
        Fact::Closed { .. } | Fact::ArchiveEnded => (incident.closed_at, incident.run) = (Some(at), None),
        Fact::MergedInto { .. }
        | Fact::Absorbed(_)
        | Fact::MergeAsked { .. }
        | Fact::HeardThere { .. }
        | Fact::MovedAway { .. }
        | Fact::MovedHere { .. } => joining::concerns_two(incident, fact, at),
        Fact::Carried(carried) => carrying::apply(incident, carried),
        Fact::Telling(telling) => telling::apply(incident, telling, at),
        Fact::Reporting(reporting) => reporting::apply(incident, reporting, at),
        Fact::Judged(judged) => doubt::apply(incident, judged, at),
        Fact::Arranged(arrangement) => arranged::apply(incident, arrangement, at),
        Fact::Quiet(silence) => quiet::changed(incident, silence, at),
        Fact::Noted { .. } | Fact::Announced { .. } => said(incident, fact, at),
        Fact::Queued { .. } | Fact::Told { .. } | Fact::Undeliverable { .. } => {
            mailed(incident, fact, at);
        }
    }
}

fn acknowledged(incident: &mut Incident, by: &PersonId, until: Timestamp, at: Timestamp) {
    let had = incident.acknowledged.as_ref().filter(|had| had.by == *by).and_then(|had| had.since);
    incident.acknowledged = Some(Acknowledgement { by: by.clone(), until, since: had.or(Some(at)) });
    incident.owner.get_or_insert_with(|| by.clone());
    incident.trusted = true;
    incident.run = None;
}

/// An alert beside others is told at once or waits for others; not at all while it is covered, or comes and goes.
fn beside(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    let (Fact::AlertJoined { key, waits, .. } | Fact::CameAgain { key, waits, .. }) = fact else {
        return incident.crowd.told(at);
    };
    fired(incident, key, at);
    match *waits {
        _ if incident.covers(key) || incident.flaps_quietly(key) => {}
        true => incident.crowd.wait(key),
        false => incident.crowd.told(at),
    }
}

/// What an archive holds out of the past waits for nobody.
fn held(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    match fact {
        Fact::Held { letter } if !incident.past => incident.waiting.add(letter, at),
        Fact::HeldAsked { .. } => incident.waiting.asked(at),
        Fact::HeldSettled { mail, .. } => incident.waiting.settle(*mail),
        _ => {}
    }
}

fn recovered(incident: &mut Incident, by: &Actor, key: Option<&str>, at: Timestamp) {
    if let Some(key) = key {
        stopped(incident, key, at);
    }
    if let Some(occurrence) = incident.occurrences.last_mut() {
        occurrence.recovered = Some(Recovery { at, by: by.person().cloned() });
    }
    incident.acknowledged = None;
    incident.run = None;
    incident.crowd.no_longer();
    telling::confirmed(incident);
}

fn recurred(incident: &mut Incident, key: Option<&str>, began: Timestamp, by: &Actor, at: Timestamp) {
    // Nobody speaks in an archive: whoever reopens it now makes it an incident of today.
    incident.past = incident.past && by.person().is_none();
    if let Some(key) = key {
        fired(incident, key, at);
    }
    incident.occurrences.push(Occurrence::begin(began, at));
    broken_again(incident, at);
}

pub(super) fn broken_again(incident: &mut Incident, at: Timestamp) {
    incident.resolved_at = None;
    incident.closed_at = None;
    incident.acknowledged = None;
    begin_run(incident, at);
}

/// Nobody waits for a second run to settle: somebody had been told already.
pub(super) fn begin_run(incident: &mut Incident, at: Timestamp) {
    if incident.past {
        return;
    }
    incident.runs += 1;
    incident.run = Some(Run::begin(incident.runs, &incident.policy, None, at));
}

fn escalated(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    let policy = &incident.policy;
    match fact {
        Fact::Escalated { run, position, told, next } => {
            if let Some(current) = incident.run.as_mut().filter(|current| current.number == *run) {
                current.paged(policy, *position, told, *next);
            }
        }
        Fact::StepPassed { run, position, next } => {
            if let Some(current) = incident.run.as_mut().filter(|current| current.number == *run) {
                current.paged(policy, *position, &[], *next);
            }
        }
        Fact::Exhausted { run, next } | Fact::EscalationWaits { run, until: next } => {
            if let Some(current) = incident.run.as_mut().filter(|current| current.number == *run) {
                current.due = *next;
            }
        }
        Fact::SeverityRaised { to, policy, .. } => {
            incident.severity = *to;
            if let Some(policy) = policy {
                incident.policy = policy.clone();
            }
            incident.acknowledged = None;
            begin_run(incident, at);
        }
        _ => {
            incident.acknowledged = None;
            begin_run(incident, at);
        }
    }
}

fn said(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    if let Fact::Noted { by, text, crowd, .. } = fact {
        rounds::wrote(incident, by, text, at);
        if *crowd > 0 {
            rounds::one_of_many(incident, *crowd, at);
        }
        telling::overheard(incident, text);
    }
    match fact {
        Fact::Noted { by: Actor::Person(person), audience: Audience::Inner, automatic: false, .. } => {
            wrote(incident, person, at);
        }
        Fact::Announced { client, news, next } => {
            let announcement = Announcement { belief: news.belief(), at, next: *next };
            telling::announced(incident, client, announcement);
        }
        _ => {}
    }
}

/// News from the house renews the acknowledgement.
pub(super) fn wrote(incident: &mut Incident, person: &PersonId, at: Timestamp) {
    incident.engaged.insert(person.clone());
    let holds = incident.acknowledgement_holds();
    if let Some(acknowledged) = &mut incident.acknowledged {
        acknowledged.until = at + holds;
    }
}
