//! Owns what a digest says of firebell itself: mail that nobody understood, what waits, and whom it can't reach.

use jiff::Timestamp;
use serde::Serialize;

use super::{Period, Records};
use crate::alert::Silent;
use crate::directory::PersonId;
use crate::house::HouseFact;
use crate::house::troubles::Kind;
use crate::incident::Fact;

/// Most mails that are listed; those beyond are counted.
const MOST_LISTED: usize = 20;

/// What the operator must know.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct HousePart {
    /// Mails that no rule wanted: the newest, and how many.
    pub unmatched: (Vec<Letter>, usize),
    /// Mails that wait until somebody says where they belong, those of incidents included.
    pub waiting: (Vec<Letter>, usize),
    /// Mails that could not be worked on: number in the store, and why.
    pub quarantined: Vec<(i64, String)>,
    /// Mails that were too old to act on.
    pub stale: usize,
    /// People who can't be reached, since when, and what their server says.
    pub unreachable: Vec<Unreachable>,
    /// Mailboxes that can't be read, and since when.
    pub lost: Vec<(String, Timestamp)>,
    /// Monitors that used to be heard, and are not any more.
    pub silent: Vec<Silent>,
}

/// Somebody whom a mail did not reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreachable {
    /// Who.
    pub person: PersonId,
    /// When that was last seen.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// A mail in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// Its author.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// The folder in which it lies, where nobody works on it; else empty.
    pub folder: String,
    /// When it came.
    pub at: Timestamp,
}

impl HousePart {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What there is to say.
pub(super) fn part(records: &Records, period: Period) -> HousePart {
    let mut part = HousePart { waiting: waiting(records), ..HousePart::default() };
    for event in records.log.iter().rev().filter(|event| period.holds(event.at)) {
        match &event.fact {
            HouseFact::Unmatched { from, subject, .. } => {
                let (from, subject, folder) = (from.clone(), subject.clone(), String::new());
                list(&mut part.unmatched, Letter { from, subject, folder, at: event.at });
            }
            HouseFact::Quarantined { mail, reason } => part.quarantined.push((*mail, reason.clone())),
            HouseFact::Stale { .. } => part.stale += 1,
            HouseFact::Unreachable { person, reason, .. } => {
                unreachable(&mut part, person, event.at, reason);
            }
            _ => {}
        }
    }
    for event in records.incidents.iter().flat_map(|record| &record.events) {
        match &event.fact {
            Fact::Undeliverable { person, reason, .. } if period.holds(event.at) => {
                unreachable(&mut part, person, event.at, reason);
            }
            _ => {}
        }
    }
    part.unreachable.sort_by_key(|it| std::cmp::Reverse(it.at));
    part.silent = records.sources.iter().filter_map(|source| source.silent(period.to)).collect();
    part.lost =
        records.house.troubles.of_kind(Kind::Mailbox).map(|(name, since)| (name.to_owned(), since)).collect();
    part
}

fn waiting(records: &Records) -> (Vec<Letter>, usize) {
    let mut waiting = (Vec::new(), 0);
    let of_incidents = records.incidents.iter().map(|record| &record.incident.waiting);
    for mail in std::iter::once(&records.house.waiting).chain(of_incidents).flat_map(|it| &it.mails) {
        let crate::incident::Letter { from, subject, folder, .. } = mail.letter.clone();
        list(&mut waiting, Letter { from: from.to_string(), subject, folder, at: mail.at });
    }
    waiting
}

fn list((listed, count): &mut (Vec<Letter>, usize), letter: Letter) {
    *count += 1;
    if listed.len() < MOST_LISTED {
        listed.push(letter);
    }
}

/// Each person once, with the newest word on them.
fn unreachable(part: &mut HousePart, person: &PersonId, at: Timestamp, reason: &str) {
    match part.unreachable.iter_mut().find(|it| &it.person == person) {
        Some(known) if known.at >= at => {}
        Some(known) => (known.at, known.reason) = (at, reason.to_owned()),
        None => part.unreachable.push(Unreachable { person: person.clone(), at, reason: reason.to_owned() }),
    }
}
