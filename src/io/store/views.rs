//! Owns reading for people: lists and timelines as commands print them.

use jiff::Timestamp;
use rusqlite::params;

use super::{Connection, Result, states, time};
use crate::house::HouseEvent;
use crate::incident::{Event, Incident};

/// One line of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Its number.
    pub id: i64,
    /// queued, active, deferred, delivered, failed, held, superseded.
    pub state: String,
    /// Its incident, or 0 for the house.
    pub incident: u64,
    /// The recipient's id.
    pub person: String,
    /// The recipient's address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// What it says, in a few words.
    pub summary: String,
    /// Its Message-ID.
    pub message_id: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it entered the outbox.
    pub queued_at: Timestamp,
    /// When it is tried next.
    pub next_attempt: Timestamp,
    /// The relay's words, or why it was superseded.
    pub reply: String,
}

/// All incidents, oldest first.
pub fn incidents(connection: &Connection) -> Result<Vec<Incident>> {
    let mut statement = connection.prepare_cached("SELECT number FROM incident ORDER BY number")?;
    let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
    let mut incidents = Vec::new();
    for number in rows {
        incidents.extend(states::read(connection, number? as u64)?);
    }
    Ok(incidents)
}

/// Those that are broken, oldest first.
#[cfg(test)]
pub(crate) fn broken(connection: &Connection) -> Result<Vec<Incident>> {
    let mut statement =
        connection.prepare_cached("SELECT number FROM incident WHERE broken = 1 ORDER BY +number")?;
    let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
    let mut incidents = Vec::new();
    for number in rows {
        incidents.extend(states::read(connection, number? as u64)?);
    }
    Ok(incidents)
}

/// A timeline.
pub fn events(connection: &Connection, number: u64) -> Result<Vec<Event>> {
    let mut statement =
        connection.prepare_cached("SELECT body FROM event WHERE incident = ?1 ORDER BY seq")?;
    let rows = statement.query_map([number as i64], |row| row.get::<_, String>(0))?;
    rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
}

/// The house log.
pub fn house_events(connection: &Connection) -> Result<Vec<HouseEvent>> {
    let mut statement = connection.prepare_cached("SELECT body FROM house_event ORDER BY seq")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
}

/// The outbox, oldest first; without what is done unless `all`.
pub fn outbox(connection: &Connection, all: bool) -> Result<Vec<Queued>> {
    let select =
        "SELECT id, state, incident, person, recipient, subject, summary, message_id, attempts, queued_at,
            next_attempt, reply
        FROM notice WHERE ?1 OR state IN ('queued', 'active', 'deferred', 'held') ORDER BY id";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![all], |row| {
        Ok(Queued {
            id: row.get(0)?,
            state: row.get(1)?,
            incident: row.get::<_, i64>(2)? as u64,
            person: row.get(3)?,
            to: row.get(4)?,
            subject: row.get(5)?,
            summary: row.get(6)?,
            message_id: row.get(7)?,
            attempts: row.get(8)?,
            queued_at: time(row.get(9)?),
            next_attempt: time(row.get(10)?),
            reply: row.get(11)?,
        })
    })?;
    Ok(rows.collect::<std::result::Result<Vec<_>, _>>()?)
}

/// How many mails wait to be worked on, and how many notices are being tried or due by `now`.
pub fn backlog(connection: &Connection, now: Timestamp) -> Result<(u64, u64)> {
    let mails: i64 = connection
        .prepare_cached("SELECT count(*) FROM mail WHERE state = 'new'")?
        .query_row([], |row| row.get(0))?;
    let due = "SELECT count(*) FROM notice
        WHERE state IN ('queued', 'deferred', 'active') AND carrier = 0
            AND (state = 'active' OR next_attempt <= ?1)";
    let notices: i64 = connection.prepare_cached(due)?.query_row([super::millis(now)], |row| row.get(0))?;
    Ok((mails as u64, notices as u64))
}

/// How many incidents are due by `now`.
pub fn overdue(connection: &Connection, now: Timestamp) -> Result<u64> {
    let due = "SELECT count(*) FROM incident WHERE due <= ?1";
    let count: i64 = connection.prepare_cached(due)?.query_row([super::millis(now)], |row| row.get(0))?;
    Ok(count as u64)
}
