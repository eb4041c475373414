//! Owns the one way in which an incident changes. Total: what happened has happened.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::event::{Actor, Event, Fact, NoticeKind};
use super::{
    Acknowledgement, Arrangements, Crowd, Incident, Key, Keys, Occurrence, Opening, Recovery, Reports,
    SentNotice, Waiting, arranged, joining, quiet, reporting, telling,
};
use crate::audience::{Audience, Belief};
use crate::directory::PersonId;
use crate::escalation::Run;
use crate::told::Announcement;

/// How many gaps between alerts are kept: enough for a median that one outlier doesn't move.
const GAPS: usize = 9;

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
        notices: Vec::new(),
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
        crowd: Crowd::default(),
        arranged: Arrangements::default(),
        reports: Reports::default(),
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

/// The incident after one more event. Gives the incident unchanged when the event is not the next one.
pub fn apply(mut incident: Incident, event: &Event) -> Incident {
    if event.seq != incident.events + 1 {
        return incident;
    }
    incident.events = event.seq;
    changed(&mut incident, &event.fact, event.at);
    quiet::follows(&mut incident, &event.fact, event.at);
    reporting::follows(&mut incident, &event.fact);
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
        Fact::Acknowledged { by, until } => {
            incident.acknowledged = Some(Acknowledgement { by: by.clone(), until: *until });
            incident.owner.get_or_insert_with(|| by.clone());
            incident.trusted = true;
            incident.run = None;
        }
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
        Fact::Telling(telling) => telling::apply(incident, telling, at),
        Fact::Reporting(reporting) => reporting::apply(incident, reporting, at),
        Fact::Arranged(arrangement) => arranged::apply(incident, arrangement, at),
        Fact::Quiet(silence) => quiet::changed(incident, silence, at),
        Fact::Noted { .. } | Fact::Announced { .. } => said(incident, fact, at),
        Fact::Queued { .. } | Fact::Told { .. } | Fact::Undeliverable { .. } => {
            mailed(incident, fact, at);
        }
    }
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

/// A key of which no alert came yet.
pub(super) fn never_seen(at: Timestamp) -> Key {
    Key {
        firing: false,
        last_seen: at,
        count: 0,
        gaps: Vec::new(),
        changes: Vec::new(),
        flaps: false,
        quiet: None,
    }
}

fn fired(incident: &mut Incident, name: &str, at: Timestamp) {
    telling::contradicted(incident, at);
    let key = incident.keys.entry(name.to_owned()).or_insert_with(|| never_seen(at));
    if key.firing && key.count > 0 {
        key.gaps.push(at.duration_since(key.last_seen).as_secs());
        let surplus = key.gaps.len().saturating_sub(GAPS);
        key.gaps.drain(..surplus);
    }
    if !key.firing {
        key.changed(at);
    }
    key.firing = true;
    key.last_seen = at;
    key.count = key.count.saturating_add(1);
}

fn stopped(incident: &mut Incident, name: &str, at: Timestamp) {
    if let Some(key) = incident.keys.get_mut(name) {
        if key.firing {
            key.changed(at);
        }
        (key.firing, key.quiet) = (false, None);
    }
}

/// A late recovery of a key that still fired when a person said that it works.
fn noted_alert(incident: &mut Incident, key: &str, state: &str, at: Timestamp) {
    if state == "resolved" {
        stopped(incident, key, at);
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
    if let Fact::Noted { text, .. } = fact {
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

fn mailed(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    match fact {
        Fact::Queued { audience, number, person, kind, about, belief } => {
            if *audience == Audience::Inner {
                incident.engaged.insert(person.clone());
            }
            if matches!(kind, NoticeKind::Page { .. }) {
                arranged::back(incident, person);
            }
            incident.notices.push(SentNotice {
                audience: audience.clone(),
                number: *number,
                person: person.clone(),
                occurrence: incident.occurrence(),
                kind: kind.clone(),
                about: *about,
                belief: *belief,
                queued_at: at,
                told_at: None,
                failed: false,
                superseded: false,
            });
        }
        Fact::Told { audience, number, .. } => {
            if let Some(sent) = sent(incident, audience, *number) {
                sent.told_at = Some(at);
            }
        }
        Fact::Undeliverable { audience, number, person, .. } => {
            if let Some(sent) = sent(incident, audience, *number) {
                sent.failed = true;
            }
            if let Some(run) = &mut incident.run {
                run.unreachable(person, at);
            }
        }
        _ => {}
    }
}

fn sent<'a>(incident: &'a mut Incident, audience: &Audience, number: u32) -> Option<&'a mut SentNotice> {
    incident.notices.iter_mut().find(|sent| &sent.audience == audience && sent.number == number)
}

/// A word to a client was void when its turn came: the client still believes what it was told before. That counts from
/// now on, so that it is owed the truth anew; and a promise made to it that was lost on the way is due at once.
pub(super) fn unsaid(incident: &mut Incident, audience: &Audience, number: u32, at: Timestamp) {
    if let Some(sent) = sent(incident, audience, number) {
        sent.superseded = true;
    }
    let Audience::Client(client) = audience else { return };
    let said = |sent: &&SentNotice| &sent.audience == audience && !sent.failed && !sent.superseded;
    let newest = incident.notices.iter().rev().filter(said).find_map(|sent| sent.belief);
    let heard = || incident.heard.iter().rev().find(|heard| &heard.audience == audience);
    let newest = newest.or_else(|| heard().map(|heard| heard.belief));
    let broken = incident.is_broken();
    match (newest, incident.announced.get_mut(client)) {
        (None, _) => {
            incident.announced.remove(client);
        }
        (Some(Belief::Down), Some(last)) if broken && last.belief != Belief::Down => {
            (last.belief, last.next) = (Belief::Down, Some(at));
        }
        (Some(belief), Some(last)) => last.belief = belief,
        (Some(_), None) => {}
    }
}
