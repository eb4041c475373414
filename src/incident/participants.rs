//! Owns who is in an incident, and why: a reading of its facts and its timeline, for people who ask.
//! Never says who may do what: that is for [`crate::rights`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::event::{Event, Fact};
use super::{Actor, Arranged, Arrangement, Incident, NoticeKind, Part};
use crate::directory::{Directory, Follow, PartyId, PersonId, ServiceId, Severity, Target};
use crate::oncall::Roster;

/// Somebody who is in an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Participant {
    /// Who.
    pub person: PersonId,
    /// The client to which they belong; None for the house.
    pub client: Option<PartyId>,
    /// Whether they get its mails as it stands.
    pub hears: bool,
    /// Why they are in it, the weightiest first; at least one.
    pub because: Vec<Because>,
}

/// Why somebody is in an incident.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Because {
    /// They answer for it.
    Owner,
    /// They answer for it as long as nobody does who was named or acknowledged.
    StandsIn,
    /// They have acknowledged it.
    Has {
        /// Until when without news.
        until: Timestamp,
    },
    /// They are on call by a schedule that its policy names.
    OnCall {
        /// The schedule.
        schedule: String,
    },
    /// Their party mends it.
    Responder {
        /// Which.
        party: PartyId,
        /// Who added the party; None for a party of its service.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<PersonId>,
    },
    /// They were paged.
    Paged {
        /// How often.
        times: u32,
        /// When last.
        last: Timestamp,
    },
    /// Somebody added them.
    Added {
        /// Who; themselves, when they wanted to work on it.
        by: PersonId,
    },
    /// They answer for one of its clients.
    AccountOwner {
        /// Which.
        client: PartyId,
    },
    /// Their party is kept informed.
    Follower {
        /// Which.
        party: PartyId,
    },
    /// They want to hear of what is as bad as this, or their party has them hear of it.
    Follows {
        /// In which service; None for whatever breaks.
        service: Option<ServiceId>,
        /// As bad as this, or worse.
        severity: Severity,
        /// The party for which it is written; None for their own wish.
        party: Option<PartyId>,
    },
    /// They joined.
    Joined,
    /// They reported it.
    Reported,
    /// The mail that reported it was addressed to them too.
    Addressed,
    /// They wrote something.
    Wrote {
        /// How many mails.
        times: u32,
        /// The last one.
        last: Timestamp,
    },
    /// They got a mail of it.
    Mailed {
        /// When last.
        last: Option<Timestamp>,
    },
    /// They read for a client that is told of it.
    Contact {
        /// Which.
        client: PartyId,
    },
    /// They left.
    Left,
    /// Somebody removed them.
    Removed {
        /// Who.
        by: Option<PersonId>,
    },
}

/// Everybody who is in an incident at a time: the house first, whoever is out of it last.
pub fn participants(
    roster: &Roster<'_>,
    incident: &Incident,
    events: &[Event],
    now: Timestamp,
) -> Vec<Participant> {
    let mut found = Found { directory: roster.directory, reasons: BTreeMap::new() };
    found.who_answers(roster, incident, now);
    found.who_belongs(incident, events);
    found.who_was_told(incident);
    found.who_spoke(events);
    found.who_was_arranged(incident, events);
    let mut all: Vec<Participant> =
        found.reasons.into_iter().map(|(person, because)| of(roster, incident, person, because)).collect();
    all.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.person.cmp(&b.person)));
    all
}

/// People, and why they are in it.
struct Found<'a> {
    directory: &'a Directory,
    reasons: BTreeMap<PersonId, Vec<Because>>,
}

impl Found<'_> {
    fn add(&mut self, person: &PersonId, why: Because) {
        let reasons = self.reasons.entry(person.clone()).or_default();
        if !reasons.contains(&why) {
            reasons.push(why);
        }
    }

    fn add_all(&mut self, people: impl IntoIterator<Item = PersonId>, why: &Because) {
        people.into_iter().for_each(|person| self.add(&person, why.clone()));
    }

    fn who_answers(&mut self, roster: &Roster<'_>, incident: &Incident, now: Timestamp) {
        let ended = incident.closed_at.is_some();
        let answers = if incident.owner.is_some() { Because::Owner } else { Because::StandsIn };
        if incident.owner.is_some() || !ended {
            self.add_all(incident.answerable(roster, now), &answers);
        }
        if let Some(held) = &incident.acknowledged {
            self.add(&held.by, Because::Has { until: held.until });
        }
        let targets = incident.policy.steps.iter().flat_map(|step| &step.tell);
        for target in targets.filter(|_| !ended) {
            let Target::OnCall(schedule) = target else { continue };
            self.add_all(roster.on_call(schedule, now), &Because::OnCall { schedule: schedule.clone() });
        }
        for client in &incident.clients {
            let owner = roster.directory.parties.get(client).and_then(|party| party.owner.clone());
            let people = roster.people_meant_by(owner.as_slice(), &[], &[], now);
            self.add_all(people, &Because::AccountOwner { client: client.clone() });
        }
    }

    fn who_belongs(&mut self, incident: &Incident, events: &[Event]) {
        let added_by = |party: &PartyId| {
            arrangements(events).rev().find_map(|arrangement| match &arrangement.what {
                Arranged::PartyAdded { party: added, .. } if added == party => Some(arrangement.by.clone()),
                _ => None,
            })
        };
        for party in &incident.responders {
            let by = added_by(party);
            self.add_all(self.directory.people_in([party]), &Because::Responder { party: party.clone(), by });
        }
        for party in incident.followers.iter().filter(|party| !incident.responders.contains(party)) {
            self.add_all(self.directory.people_in([party]), &Because::Follower { party: party.clone() });
        }
        for client in &incident.clients {
            self.add_all(self.directory.people_in([client]), &Because::Contact { client: client.clone() });
        }
        for wish in self.directory.follows(incident.service.as_ref(), incident.severity) {
            let Follow { person, party, service, severity } = wish;
            if self.directory.is_internal(person) {
                let (party, service) = (party.clone(), service.clone());
                self.add(person, Because::Follows { service, severity: *severity, party });
            }
        }
        self.add_all(incident.origin.colleagues.iter().cloned(), &Because::Addressed);
    }

    fn who_was_told(&mut self, incident: &Incident) {
        let mut pages: BTreeMap<&PersonId, (u32, Timestamp)> = BTreeMap::new();
        let mut mails: BTreeMap<&PersonId, Timestamp> = BTreeMap::new();
        for sent in incident.notices.iter().filter(|sent| !sent.superseded) {
            mails.insert(&sent.person, sent.queued_at);
            if matches!(sent.kind, NoticeKind::Page { .. }) {
                let (times, last) = pages.entry(&sent.person).or_insert((0, sent.queued_at));
                (*times, *last) = (*times + 1, sent.queued_at);
            }
        }
        for (person, (times, last)) in pages {
            self.add(person, Because::Paged { times, last });
        }
        for person in &incident.engaged {
            self.add(person, Because::Mailed { last: mails.get(person).copied() });
        }
    }

    fn who_spoke(&mut self, events: &[Event]) {
        let mut wrote: BTreeMap<&PersonId, (u32, Timestamp)> = BTreeMap::new();
        for event in events {
            match &event.fact {
                Fact::Opened(opening) => {
                    opening.by.person().into_iter().for_each(|by| self.add(by, Because::Reported));
                }
                Fact::Noted { by: Actor::Person(by), automatic: false, .. } => {
                    let (times, last) = wrote.entry(by).or_insert((0, event.at));
                    (*times, *last) = (*times + 1, event.at);
                }
                _ => {}
            }
        }
        for (person, (times, last)) in wrote {
            self.add(person, Because::Wrote { times, last });
        }
    }

    fn who_was_arranged(&mut self, incident: &Incident, events: &[Event]) {
        for (person, part) in &incident.arranged.parts {
            let by = arrangements(events).rev().find_map(|arrangement| match &arrangement.what {
                Arranged::Part { person: of, .. } if of == person => Some(arrangement.by.clone()),
                _ => None,
            });
            let why = match part {
                Part::Responder => Because::Added { by: by.unwrap_or_else(|| person.clone()) },
                Part::Follower => Because::Joined,
                Part::Left => Because::Left,
                Part::Removed => Because::Removed { by },
            };
            self.add(person, why);
        }
    }
}

fn arrangements(events: &[Event]) -> impl DoubleEndedIterator<Item = &Arrangement> {
    events.iter().filter_map(|event| match &event.fact {
        Fact::Arranged(arrangement) => Some(arrangement),
        _ => None,
    })
}

/// That somebody got mails goes without saying where anything else is known of them.
fn of(roster: &Roster<'_>, incident: &Incident, person: PersonId, mut because: Vec<Because>) -> Participant {
    because.sort();
    if because.len() > 1 {
        because.retain(|why| !matches!(why, Because::Mailed { .. }));
    }
    let client = because.iter().find_map(|why| match why {
        Because::Contact { client } => Some(client.clone()),
        _ => None,
    });
    let follows = || incident.following(roster.directory).contains(&person);
    let of_house = roster.directory.is_internal(&person);
    let hears = client.is_some()
        || of_house && !incident.is_out(&person) && (incident.engaged.contains(&person) || follows());
    Participant { person, client, hears, because }
}

/// The house before clients, whoever is out of it last; else by what weighs most.
fn rank(participant: &Participant) -> (bool, bool, Option<Because>) {
    let out = |why: &Because| matches!(why, Because::Left | Because::Removed { .. });
    let weightiest = participant.because.first().cloned();
    (participant.because.iter().any(out), participant.client.is_some(), weightiest)
}

#[cfg(test)]
mod tests;
