//! Owns what one timeline tells in numbers: its windows, who was told when, which promises were kept, and how long who
//! believed what wasn't so. Pure readings; digests and reports are made of them.

mod promises;
mod spells;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::audience::{Audience, Belief};
use crate::directory::{Contacts, Directory, PartyId, PersonId};
use crate::incident::{self, Event, Fact, Incident, NoticeKind, SentNotice};

pub use promises::{LATE, Outcome, Promise, promises};
pub use spells::{Spell, spells};

/// An incident with its timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// As it is now.
    pub incident: Incident,
    /// Its timeline, oldest first.
    pub events: Vec<Event>,
}

impl Record {
    /// As it was after an event of its timeline; None where that has no beginning.
    pub fn until(&self, event: u32) -> Option<Self> {
        let events: Vec<Event> = self.events.iter().filter(|other| other.seq <= event).cloned().collect();
        Some(Self { incident: incident::replay(self.incident.number, &events)?, events })
    }
}

/// One occurrence in times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Window {
    /// Its number, counted from 1.
    pub number: u32,
    /// When the trouble began.
    pub began: Timestamp,
    /// When firebell knew.
    pub detected: Timestamp,
    /// When somebody first had it, and who.
    pub acknowledged: Option<(Timestamp, PersonId)>,
    /// When it was over.
    pub recovered: Option<Timestamp>,
    /// Who said so; None when the alerts did.
    pub recovered_by: Option<PersonId>,
    /// When each party was first told of it; None for one that wasn't.
    pub told: BTreeMap<PartyId, Option<Timestamp>>,
    /// When each party was told that it was over.
    pub told_over: BTreeMap<PartyId, Option<Timestamp>>,
}

impl Window {
    /// From the beginning until firebell knew.
    pub fn to_detect(&self) -> SignedDuration {
        self.detected.duration_since(self.began).max(SignedDuration::ZERO)
    }

    /// From then until somebody had it.
    pub fn to_acknowledge(&self) -> Option<SignedDuration> {
        self.acknowledged.as_ref().map(|(at, _)| at.duration_since(self.detected))
    }

    /// From the beginning until it worked again.
    pub fn to_mitigate(&self) -> Option<SignedDuration> {
        self.recovered.map(|at| at.duration_since(self.began))
    }

    /// From when firebell knew until a party was told.
    pub fn to_tell(&self, party: &PartyId) -> Option<SignedDuration> {
        self.told.get(party).copied().flatten().map(|at| at.duration_since(self.detected))
    }

    /// How long it was broken, until `now` while it is.
    pub fn length(&self, now: Timestamp) -> SignedDuration {
        self.recovered.unwrap_or(now).duration_since(self.began)
    }
}

/// The occurrences of an incident, oldest first.
pub fn windows(directory: &Directory, record: &Record) -> Vec<Window> {
    let acknowledged = acknowledgements(&record.events);
    let numbered = (1_u32..).zip(&record.incident.occurrences);
    let window = |(number, occurrence): (u32, &incident::Occurrence)| {
        let parties = || record.incident.parties().cloned();
        let told = |party: PartyId, over: bool| {
            let at = told_at(directory, &record.incident, &party, number, over);
            (party, at)
        };
        Window {
            number,
            began: occurrence.began,
            detected: occurrence.detected,
            acknowledged: acknowledged.get(&number).cloned(),
            recovered: occurrence.recovered.as_ref().map(|recovery| recovery.at),
            recovered_by: occurrence.recovered.as_ref().and_then(|recovery| recovery.by.clone()),
            told: parties().map(|party| told(party, false)).collect(),
            told_over: parties().map(|party| told(party, true)).collect(),
        }
    };
    numbered.map(window).collect()
}

/// When each occurrence was first acknowledged, and by whom.
fn acknowledgements(events: &[Event]) -> BTreeMap<u32, (Timestamp, PersonId)> {
    let (mut occurrence, mut first) = (1, BTreeMap::new());
    for event in events {
        match &event.fact {
            Fact::Recurred { occurrence: next, .. } => occurrence = *next,
            Fact::Acknowledged { by, .. } => {
                first.entry(occurrence).or_insert_with(|| (event.at, by.clone()));
            }
            _ => {}
        }
    }
    first
}

/// When a party heard of an occurrence, or of its end: by the first of its people, or by the last where all must know.
fn told_at(
    directory: &Directory,
    incident: &Incident,
    party: &PartyId,
    occurrence: u32,
    over: bool,
) -> Option<Timestamp> {
    let party = directory.parties.get(party)?;
    let audience = if party.external { Audience::Client(party.id.clone()) } else { Audience::Inner };
    let fits = |sent: &&SentNotice| {
        sent.audience == audience
            && sent.occurrence == occurrence
            && sent.kind != NoticeKind::Transcript
            && match sent.belief {
                Some(Belief::Down) => !over,
                Some(Belief::Working | Belief::Resolved) => over,
                None => false,
            }
    };
    let first = |person: &PersonId| {
        let told = incident.notices.iter().filter(fits).filter(|sent| &sent.person == person);
        told.filter(|sent| !sent.failed).filter_map(|sent| sent.told_at).min()
    };
    let told = party.people.iter().map(first);
    match party.contacts {
        Contacts::Any => told.flatten().min(),
        Contacts::All => told.collect::<Option<Vec<Timestamp>>>()?.into_iter().max(),
    }
}

/// The middle one of some lengths of time.
pub fn median(mut lengths: Vec<SignedDuration>) -> Option<SignedDuration> {
    lengths.sort_unstable();
    lengths.get(lengths.len().checked_sub(1)? / 2).copied()
}
