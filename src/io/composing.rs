//! Owns the way of what is large or must be true at its sending: read from the store, composed outside of any transaction,
//! and committed by a step of its own.

use jiff::{SignedDuration, Timestamp};

use super::store::{Connection, Result, find, records};
use crate::book::Book;
use crate::chronicle::Record;
use crate::digest::{self, Issue, Period, Records};
use crate::directory::PersonId;
use crate::gateway::Input;
use crate::house::House;
use crate::report::{self, Issued};

/// Something that is to be composed, and what it is made of.
#[derive(Debug)]
pub enum Task {
    /// A copy of a digest.
    Digest(Box<Digest>),
    /// A draft of an incident's report, or a copy of it.
    Report(Box<(Record, House)>),
}

/// A copy of a digest that is to be composed.
#[derive(Debug)]
pub struct Digest {
    digest: String,
    person: PersonId,
    time: Timestamp,
    period: Period,
    records: Records,
}

/// Something composed.
#[derive(Debug)]
pub enum Composed {
    /// A copy of a digest.
    Digest(Issue),
    /// Something of an incident's report.
    Report(Issued),
}

impl Composed {
    /// It as the gateway takes it.
    pub fn input(&self) -> Input<'_> {
        match self {
            Self::Digest(issue) => Input::Composed(issue),
            Self::Report(issued) => Input::Reported(issued),
        }
    }
}

/// The next thing that is to be composed, if there is one.
pub fn next(connection: &Connection, book: &Book, now: Timestamp) -> Result<Option<Task>> {
    if let Some(digest) = next_digest(connection, book, now)? {
        return Ok(Some(Task::Digest(Box::new(digest))));
    }
    let Some(number) = records::composes(connection)? else { return Ok(None) };
    let Some(record) = records::one(connection, number)? else { return Ok(None) };
    Ok(Some(Task::Report(Box::new((record, find::house(connection)?)))))
}

fn next_digest(connection: &Connection, book: &Book, now: Timestamp) -> Result<Option<Digest>> {
    if book.digests.is_empty() {
        return Ok(None);
    }
    let house = find::house(connection)?;
    for order in &book.digests {
        let Some(state) = house.digests.get(&order.id) else { continue };
        let Some((person, time)) = state.next_reader(order) else { continue };
        let period = Period { from: state.told_until(person), to: now };
        let weeks = SignedDuration::from_hours(24 * 7 * digest::WEEKS);
        let look_back = if order.trends { period.from.min(now - weeks) } else { period.from };
        let records = records::since(connection, look_back)?;
        return Ok(Some(Digest { digest: order.id.clone(), person: person.clone(), time, period, records }));
    }
    Ok(None)
}

/// Composes it.
pub fn compose(book: &Book, task: &Task, now: Timestamp) -> Composed {
    match task {
        Task::Digest(task) => Composed::Digest(digest(book, task)),
        Task::Report(task) => Composed::Report(report(book, task, now)),
    }
}

fn report(book: &Book, (record, house): &(Record, House), now: Timestamp) -> Issued {
    match record.incident.reports.left.first() {
        Some(copy) => report::copy(book, record, copy),
        None => report::draft(book, &book.roster(&house.overrides), record, now),
    }
}

fn digest(book: &Book, task: &Digest) -> Issue {
    let Digest { digest, person, time, period, records } = task;
    let order = book.digests.iter().find(|order| &order.id == digest);
    let issue = order.and_then(|order| digest::issue(book, order, (person, *time), records, *period));
    let nothing = || Issue {
        digest: digest.clone(),
        time: *time,
        person: person.clone(),
        document: None,
        images: Vec::new(),
        secrets: None,
    };
    issue.unwrap_or_else(nothing)
}
