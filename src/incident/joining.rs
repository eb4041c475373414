//! Owns what changes in an incident by what concerns two of them: that they become one, that they may be one, that mails
//! move from one to the other.

use jiff::Timestamp;

use super::apply::{begin_run, broken_again, wrote};
use super::event::Fact;
use super::{Absorbed, Heard, Incident, Occurrence, Turn};
use crate::audience::{Audience, Belief};
use crate::told::Announcement;

/// Whatever concerns another incident too.
pub(super) fn concerns_two(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    match fact {
        Fact::MergedInto { number, .. } => {
            incident.merged_into = Some(*number);
            (incident.closed_at, incident.run, incident.acknowledged) = (Some(at), None, None);
            incident.accounts.values_mut().for_each(|account| account.waits = false);
        }
        Fact::Absorbed(absorbed) => take_in(incident, absorbed, at),
        Fact::MergeAsked { other, .. } => {
            incident.asked.insert(*other);
        }
        Fact::HeardThere { heard, told } => heard_there(incident, heard, *told),
        Fact::MovedAway { to, .. } => {
            incident.apart.insert(*to);
        }
        Fact::MovedHere { from, by, .. } => {
            incident.apart.insert(*from);
            wrote(incident, by, at);
        }
        _ => {}
    }
}

/// Takes in what another one gives.
fn take_in(incident: &mut Incident, absorbed: &Absorbed, at: Timestamp) {
    incident.past = absorbed.past;
    incident.keys.extend(absorbed.keys.clone());
    incident.responders.extend(absorbed.responders.iter().cloned());
    incident.followers.extend(absorbed.followers.iter().cloned());
    incident.clients.extend(absorbed.clients.iter().cloned());
    incident.names.extend(absorbed.names.clone());
    incident.engaged.extend(absorbed.engaged.iter().cloned());
    incident.arranged.parts.extend(absorbed.parts.clone());
    incident.apart.extend(&absorbed.apart);
    let (own, other) = (incident.number, absorbed.number);
    incident.apart.retain(|number| *number != own && *number != other);
    incident.announced.extend(absorbed.announced.clone());
    incident.heard.extend(absorbed.heard.iter().cloned());
    incident.heard.sort_by_key(|heard| heard.at);
    incident.trusted = absorbed.trusted;
    let raised = absorbed.severity < incident.severity;
    incident.severity = absorbed.severity;
    if incident.service.is_none() {
        incident.service.clone_from(&absorbed.service);
    }
    if incident.owner.is_none() {
        incident.owner.clone_from(&absorbed.owner);
    }
    if let Some(policy) = &absorbed.policy {
        incident.policy = policy.clone();
    }
    turned(incident, absorbed, raised, at);
    incident.absorbed.insert(absorbed.number, incident.occurrence());
}

fn turned(incident: &mut Incident, absorbed: &Absorbed, raised: bool, at: Timestamp) {
    match &absorbed.turn {
        Turn::Broken { began } => {
            if let Some(occurrence) = incident.occurrences.last_mut() {
                occurrence.began = *began;
            }
            incident.acknowledged = None;
            let goes_on = incident.run.is_some() && !raised;
            if absorbed.acknowledged.is_none() && !goes_on {
                begin_run(incident, at);
            }
        }
        Turn::Withdrawn => {
            if let Some(occurrence) = incident.occurrences.last_mut() {
                occurrence.withdrawn = occurrence.recovered.take().map(|recovery| recovery.at);
            }
            broken_again(incident, at);
        }
        Turn::Recurred { began, .. } => {
            let (began, detected) = (*began, at);
            incident.occurrences.push(Occurrence::begin(began, detected));
            broken_again(incident, at);
        }
        Turn::Mended { recovery, resolved_at, closed_at } => {
            if let Some(occurrence) = incident.occurrences.last_mut() {
                occurrence.recovered = Some(recovery.clone());
            }
            (incident.resolved_at, incident.closed_at) = (*resolved_at, *closed_at);
        }
    }
    if let Some(acknowledged) = &absorbed.acknowledged {
        incident.acknowledged = Some(acknowledged.clone());
        incident.run = None;
    }
}

/// Somebody reads now what a mail of an incident that is part of this one said: it was on its way when they became one.
/// Or that mail came back, and nobody has read it.
fn heard_there(incident: &mut Incident, heard: &Heard, told: bool) {
    let same = |other: &Heard| {
        (other.incident, &other.audience, other.number) == (heard.incident, &heard.audience, heard.number)
    };
    incident.heard.retain(|other| !same(other));
    if !told {
        return;
    }
    incident.heard.push(heard.clone());
    incident.heard.sort_by_key(|heard| heard.at);
    let Audience::Client(client) = &heard.audience else { return };
    let (belief, at) = (heard.belief, heard.at);
    if incident.announced.get(client).is_none_or(|last| last.belief != belief) {
        let next = (belief == Belief::Down).then_some(at);
        incident.announced.insert(client.clone(), Announcement { belief, at, next });
    }
}
