//! Owns digests: what there is to say to one audience about a stretch of time, composed when it is sent and true then.
//! Pure readings of timelines and of the house log. Never changes anything, never decides when one is sent.

mod actions;
mod changes;
mod client;
mod figure;
mod house;
mod issue;
mod load;
mod paper;
mod trends;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::alert::Source;
use crate::audience::Belief;
use crate::book::Book;
use crate::chronicle::{self, Outcome, Promise, Record};
use crate::directory::{PartyId, PersonId, ServiceId, Severity};
use crate::house::{House, HouseEvent};
use crate::incident::{Incident, Status};
use crate::timetable::{DigestOrder, View};

pub use actions::Open;
pub use changes::{Change, Changed};
pub use client::{ClientDigest, ClientLine, ClientState, compose_for_client};
pub use figure::{Figure, figure};
pub use house::{HousePart, Letter};
pub use issue::{Issue, answered, client, issue, reply_address};
pub use load::{Load, Noisy, Pages, PartyLoad, load_until};
pub use paper::{chosen, client_paper, noted, paper};
pub use trends::{Trends, WEEKS, Week};

/// What a digest is made of.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// Incidents that are not closed or have actions to be done, and those of which something happened in the time that is told of.
    pub incidents: Vec<Record>,
    /// The house as it is.
    pub house: House,
    /// Its log in the time that is told of, oldest first.
    pub log: Vec<HouseEvent>,
    /// Who sends alerts.
    pub sources: Vec<Source>,
}

/// A stretch of time: what happened after `from`, until `to`, which is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// After this.
    pub from: Timestamp,
    /// Up to this.
    pub to: Timestamp,
}

impl Period {
    /// Whether a time lies in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from < at && at <= self.to
    }
}

/// What the house's own people read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Digest {
    /// Its name.
    pub digest: String,
    /// What it tells of.
    #[serde(flatten)]
    pub period: Period,
    /// What is broken now, the most severe first.
    pub open: Vec<Standing>,
    /// What works again, but whose cause is not removed.
    pub mended: Vec<Standing>,
    /// Clients who believe what isn't so.
    pub untold: Vec<Untold>,
    /// Promises to clients that came due in the time, and those not kept.
    pub promises: Promises,
    /// What is still to be done after incidents, what is due first.
    pub actions: Vec<Open>,
    /// What happened, by incident.
    pub changed: Vec<Changed>,
    /// What the operator must know of firebell itself.
    pub house: Option<HousePart>,
    /// Numbers beside those of the weeks before.
    pub trends: Option<Trends>,
}

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// Its number.
    pub incident: u64,
    /// Its title.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands.
    pub status: Status,
    /// Which occurrence.
    pub occurrence: u32,
    /// Since when it is broken, or works again.
    pub since: Timestamp,
    /// Who has it, or answers for it.
    pub owner: Option<PersonId>,
}

/// A client that believes what isn't so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Untold {
    /// The incident.
    pub incident: u64,
    /// Its title.
    pub title: String,
    /// The client.
    pub client: PartyId,
    /// What it was last told, and when; nothing for one that was told nothing.
    pub believes: Option<(Belief, Timestamp)>,
    /// Whether it is broken.
    pub broken: bool,
    /// Since when that is so.
    pub since: Timestamp,
}

/// How promises to clients went.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Promises {
    /// How many were kept.
    pub kept: u32,
    /// Those that were not.
    pub missed: Vec<(u64, Promise)>,
    /// The next of those that are still to be kept.
    pub next: Vec<(u64, Promise)>,
}

impl Digest {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
            && self.mended.is_empty()
            && self.untold.is_empty()
            && self.promises == Promises::default()
            && self.actions.is_empty()
            && self.changed.is_empty()
            && self.house.as_ref().is_none_or(HousePart::is_empty)
    }
}

/// What a digest says to the house's own people.
pub fn compose(book: &Book, order: &DigestOrder, records: &Records, period: Period) -> Digest {
    let of_it: Vec<&Record> =
        records.incidents.iter().filter(|record| concerns(book, order, record)).collect();
    let standing = |broken: bool| {
        let of_it = of_it.iter().map(|record| &record.incident);
        let wanted = of_it.filter(|it| it.is_broken() == broken && is_current(it));
        let mut standing: Vec<Standing> = wanted.map(Standing::of).collect();
        standing.sort_by_key(|it| (it.severity, it.since));
        standing
    };
    Digest {
        digest: order.id.clone(),
        period,
        open: standing(true),
        mended: standing(false),
        untold: of_it.iter().flat_map(|record| untold(book, &record.incident)).collect(),
        promises: promises(&of_it, period),
        actions: actions::of(&of_it),
        changed: of_it.iter().filter_map(|record| changes::of(record, period)).collect(),
        house: is_operator_s(book, order).then(|| house::part(records, period)),
        trends: order.trends.then(|| trends::trends(book, order, &of_it, period)),
    }
}

/// Whether the audience has to do with an incident: it is one of its parties, or the operator, which has to do with all.
fn concerns(book: &Book, order: &DigestOrder, record: &Record) -> bool {
    let incident = &record.incident;
    let none = BTreeSet::new();
    let wanted: &BTreeSet<ServiceId> = if order.services.is_empty() { &none } else { &order.services };
    let of_service = wanted.is_empty() || incident.service.as_ref().is_some_and(|id| wanted.contains(id));
    let has_part = || match &order.audience {
        View::Party(party) => incident.parties().any(|id| id == party),
        View::Person(person) => {
            incident.engaged.contains(person)
                || book.directory.parties_of(person).any(|party| incident.parties().any(|id| id == &party.id))
        }
    };
    of_service && !incident.past && (is_operator_s(book, order) || has_part())
}

/// Whether its readers are those to whom firebell itself reports.
fn is_operator_s(book: &Book, order: &DigestOrder) -> bool {
    match &order.audience {
        View::Party(party) => *party == book.operator,
        View::Person(person) => book.directory.people_in([&book.operator]).contains(person),
    }
}

/// Whether something is still to be done: neither closed nor resolved, nor part of another.
fn is_current(incident: &Incident) -> bool {
    incident.merged_into.is_none() && !matches!(incident.status(), Status::Closed | Status::Resolved)
}

impl Standing {
    fn of(incident: &Incident) -> Self {
        let since = incident.recovery().map_or(incident.began(), |recovery| recovery.at);
        let has_it = incident.acknowledged.as_ref().map(|acknowledged| acknowledged.by.clone());
        Self {
            incident: incident.number,
            title: incident.title.clone(),
            severity: incident.severity,
            status: incident.status(),
            occurrence: incident.occurrence(),
            since,
            owner: has_it.or_else(|| incident.owner.clone()),
        }
    }
}

/// Clients of an incident who believe what isn't so. Whoever was told nothing is owed a word only while it is broken.
fn untold(book: &Book, incident: &Incident) -> Vec<Untold> {
    if incident.merged_into.is_some() {
        return Vec::new();
    }
    let broken = incident.is_broken();
    let of = |client: &PartyId| {
        let believes = incident.believes(&book.directory, client).map(|it| (it.belief, it.at));
        let wrong = match believes {
            None => broken,
            Some((Belief::Down, _)) => !broken,
            Some((Belief::Working | Belief::Resolved, _)) => broken,
        };
        wrong.then(|| Untold {
            incident: incident.number,
            title: incident.title.clone(),
            client: client.clone(),
            believes,
            broken,
            since: incident.recovery().map_or(incident.began(), |recovery| recovery.at),
        })
    };
    incident.clients.iter().filter_map(of).collect()
}

fn promises(records: &[&Record], period: Period) -> Promises {
    let mut found = Promises::default();
    for record in records {
        let number = record.incident.number;
        for promise in chronicle::promises(record, period.to) {
            match promise.outcome {
                Outcome::Kept if period.holds(promise.by) => found.kept += 1,
                Outcome::Missed { .. } if period.holds(promise.by) => found.missed.push((number, promise)),
                Outcome::Open if record.incident.merged_into.is_none() => found.next.push((number, promise)),
                Outcome::Kept | Outcome::Missed { .. } | Outcome::Open => {}
            }
        }
    }
    found
}
