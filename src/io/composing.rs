//! Owns the way of what is large or must be true at its sending: read from the store, composed outside of any transaction,
//! and committed by a step of its own.

use jiff::{SignedDuration, Timestamp};

use super::store::{Connection, Result, find, records};
use crate::book::Book;
use crate::digest::{self, Issue, Period, Records};
use crate::directory::PersonId;

/// A copy of a digest that is to be composed, and what it is made of.
#[derive(Debug)]
pub struct Task {
    digest: String,
    person: PersonId,
    time: Timestamp,
    period: Period,
    records: Records,
}

/// The next copy that is to be composed, if there is one.
pub fn next(connection: &Connection, book: &Book, now: Timestamp) -> Result<Option<Task>> {
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
        return Ok(Some(Task { digest: order.id.clone(), person: person.clone(), time, period, records }));
    }
    Ok(None)
}

/// Composes it.
pub fn compose(book: &Book, task: &Task) -> Issue {
    let Task { digest, person, time, period, records } = task;
    let order = book.digests.iter().find(|order| &order.id == digest);
    let issue = order.and_then(|order| digest::issue(book, order, (person, *time), records, *period));
    let nothing = || Issue {
        digest: digest.clone(),
        time: *time,
        person: person.clone(),
        document: None,
        images: Vec::new(),
    };
    issue.unwrap_or_else(nothing)
}
