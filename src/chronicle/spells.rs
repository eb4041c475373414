//! Owns how long a party believed what, and for how much of that it wasn't so.

use jiff::Timestamp;
use serde::Serialize;

use super::Record;
use crate::audience::{Audience, Belief};
use crate::directory::{Directory, PartyId};
use crate::incident::{Event, Fact, SentNotice};
use crate::told;

/// A stretch of time in which a party's belief and the truth stayed the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spell {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// It was broken.
    pub broken: bool,
    /// What they had last been told; None for nothing.
    pub believed: Option<Belief>,
}

impl Spell {
    /// They believed that it worked, and it didn't.
    pub fn is_false(&self) -> bool {
        self.broken && self.believed != Some(Belief::Down)
    }

    /// They believed that it was broken, and it worked again.
    pub fn is_stale(&self) -> bool {
        !self.broken && self.believed == Some(Belief::Down)
    }
}

/// What a party believed from the first occurrence's beginning until `now`, in order and without gaps. Whoever was told
/// nothing believes that it works.
pub fn spells(directory: &Directory, record: &Record, party: &PartyId, now: Timestamp) -> Vec<Spell> {
    let truths = truths(record);
    let mut times: Vec<Timestamp> = truths.iter().map(|(at, _)| *at).collect();
    let audience = directory.parties.get(party).filter(|party| party.external);
    let audience = audience.map_or(Audience::Inner, |party| Audience::Client(party.id.clone()));
    let of_it = |sent: &&SentNotice| sent.audience == audience;
    times.extend(record.incident.notices.iter().filter(of_it).filter_map(|sent| sent.told_at));
    let start = record.incident.occurrences.first().map_or(now, |first| first.began);
    times.retain(|at| *at > start && *at < now);
    times.extend([start, now]);
    times.sort_unstable();
    times.dedup();
    let mut spells: Vec<Spell> = Vec::new();
    for (from, to) in times.iter().zip(times.iter().skip(1)) {
        let believed = believed(directory, record, &audience, party, *from);
        let next = Spell { from: *from, to: *to, broken: broken(&truths, *from), believed };
        match spells.last_mut() {
            Some(last) if (last.broken, last.believed) == (next.broken, next.believed) => last.to = next.to,
            _ => spells.push(next),
        }
    }
    spells
}

/// When it broke and when it worked again. A recovery that was withdrawn was believed, but it was none: what its
/// occurrence's beginning says holds on.
fn truths(record: &Record) -> Vec<(Timestamp, bool)> {
    let mut truths = Vec::new();
    for occurrence in &record.incident.occurrences {
        truths.push((occurrence.began, true));
        truths.extend(occurrence.recovered.iter().map(|recovery| (recovery.at, false)));
    }
    for event in &record.events {
        if let Event { at, fact: Fact::RecoveryWithdrawn { .. }, .. } = event {
            truths.push((*at, true));
        }
    }
    truths.sort_unstable();
    truths
}

fn broken(truths: &[(Timestamp, bool)], at: Timestamp) -> bool {
    truths.iter().rev().find(|(since, _)| *since <= at).is_some_and(|(_, broken)| *broken)
}

/// What a party had been told by then.
fn believed(
    directory: &Directory,
    record: &Record,
    audience: &Audience,
    party: &PartyId,
    at: Timestamp,
) -> Option<Belief> {
    let party = directory.parties.get(party)?;
    let statements = record.incident.statements(audience);
    let by_then: Vec<told::Statement<'_>> =
        statements.into_iter().filter(|statement| statement.at <= at).collect();
    told::believes(party, &by_then).map(|statement| statement.belief)
}
