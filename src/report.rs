//! Owns the account of an incident: what one timeline and its people's words tell, as an edition for the house and one for
//! each client. Pure readings. Never decides when a report is written or who approves it.

mod account;
mod changes;
mod client;
mod course;
mod edition;
mod figure;
mod inner;
mod issue;
mod words;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::book::Book;
use crate::chronicle::{self, Outcome, Promise, Record, Window};
use crate::command::Field;
use crate::directory::{PartyId, PersonId, ServiceId, Severity};
use crate::incident::Status;

pub use account::Account;
pub use changes::Changed;
pub use client::{ClientReport, ClientStep, ClientWindow, client_paper, client_report};
pub use course::{Step, Turn};
pub use edition::{Edited, Edition, PICTURE, edition};
pub use figure::{Figure, client_figure, figure};
pub use inner::paper;
pub use issue::{Issued, Paper, Stage, copy, draft, fields};

/// Somebody who had it within this had it soon.
const SOON: SignedDuration = SignedDuration::from_mins(15);

/// The account of an incident for the house.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Its number.
    pub incident: u64,
    /// What the house calls it.
    pub title: String,
    /// What clients call what was broken.
    pub public_name: String,
    /// The service.
    pub service: Option<ServiceId>,
    /// How bad it was.
    pub severity: Severity,
    /// Where it stands.
    pub status: Status,
    /// Who answers for it.
    pub owner: Option<PersonId>,
    /// When this was written.
    pub at: Timestamp,
    /// Which version this is; 0 for one that was asked for by nobody's mail.
    pub version: u32,
    /// What is otherwise than in the version before it.
    pub changed: Vec<Changed>,
    /// Its occurrences.
    pub windows: Vec<Window>,
    /// When the cause was gone.
    pub resolved: Option<Timestamp>,
    /// What people wrote for it.
    pub account: Account,
    /// What nobody has written yet.
    pub missing: Vec<Field>,
    /// What each party was told, and how long it believed what wasn't so.
    pub parties: Vec<Told>,
    /// Promises to clients.
    pub promises: Vec<Promise>,
    /// What happened, in order.
    pub course: Vec<Step>,
    /// What went well, by the numbers.
    pub well: Vec<Well>,
}

/// How a party was kept told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Which.
    pub party: PartyId,
    /// From when firebell knew of each occurrence until it was told, in seconds; None where it wasn't.
    pub to_tell: Vec<Option<i64>>,
    /// For how long it believed that it worked while it didn't, after it had been told anything, in seconds.
    pub deceived: i64,
}

/// What went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Well {
    /// Somebody had every occurrence soon.
    TakenSoon,
    /// Every client was told of every occurrence.
    ClientsTold,
    /// Every promise was kept.
    PromisesKept,
    /// Nobody who had been told anything believed for longer than the time for news what wasn't so.
    NobodyDeceived,
}

/// The account of an incident. `version` counts the drafts that were mailed.
pub fn report(book: &Book, record: &Record, version: u32, now: Timestamp) -> Report {
    let incident = &record.incident;
    let windows = chronicle::windows(&book.directory, record);
    let account = Account::of(incident);
    let promises = chronicle::promises(record, now);
    let parties: Vec<Told> =
        incident.parties().map(|party| told(book, record, &windows, party, now)).collect();
    Report {
        incident: incident.number,
        title: incident.title.clone(),
        public_name: incident.public_name.clone(),
        service: incident.service.clone(),
        severity: incident.severity,
        status: incident.status(),
        owner: incident.owner.clone(),
        at: now,
        version,
        changed: Vec::new(),
        resolved: incident.resolved_at,
        missing: account.missing(),
        account,
        well: well(incident.clients.as_slice(), &windows, &parties, &promises),
        parties,
        promises,
        course: course::steps(record),
        windows,
    }
}

fn told(book: &Book, record: &Record, windows: &[Window], party: &PartyId, now: Timestamp) -> Told {
    let spells = chronicle::spells(&book.directory, record, party, now);
    let deceived = spells.iter().filter(|spell| spell.believed.is_some() && spell.is_false());
    Told {
        party: party.clone(),
        to_tell: windows.iter().map(|window| window.to_tell(party).map(|length| length.as_secs())).collect(),
        deceived: deceived.map(|spell| spell.to.duration_since(spell.from).as_secs()).sum(),
    }
}

fn well(clients: &[PartyId], windows: &[Window], parties: &[Told], promises: &[Promise]) -> Vec<Well> {
    let mut well = Vec::new();
    if windows.iter().all(|window| window.to_acknowledge().is_some_and(|it| it <= SOON)) {
        well.push(Well::TakenSoon);
    }
    let of_clients: Vec<&Told> = parties.iter().filter(|told| clients.contains(&told.party)).collect();
    if !of_clients.is_empty() && of_clients.iter().all(|told| told.to_tell.iter().all(Option::is_some)) {
        well.push(Well::ClientsTold);
    }
    if !promises.is_empty() && promises.iter().all(|promise| promise.outcome == Outcome::Kept) {
        well.push(Well::PromisesKept);
    }
    if !of_clients.is_empty() && of_clients.iter().all(|told| told.deceived <= SOON.as_secs()) {
        well.push(Well::NobodyDeceived);
    }
    well
}
