//! Owns filing the past: mails out of an archive, each worked on at its own time, and their incidents closed at the end.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::inbound::{self, Digest};
use super::{Connection, Result, millis, time, work};
use crate::book::Book;
use crate::gateway::{Arrival, Input, MailOutcome};
use crate::message::Message;

/// A mail that is stored already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its Message-ID; empty while nobody has worked on it.
    pub message_id: String,
    /// The incident it led to.
    pub incident: Option<u64>,
}

/// A mail that is kept, and when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its number in the store.
    pub id: i64,
    /// When it came: to the mailbox where it comes from one; out of an archive, by its own Date.
    pub at: Timestamp,
}

/// All mails that came since then and whose bytes are kept, oldest first.
pub fn kept_since(connection: &Connection, since: Timestamp) -> Result<Vec<Kept>> {
    let select = "SELECT id, iif(past = 1, received_at, coalesce(arrived_at, received_at)) AS at
        FROM mail JOIN raw ON mail = id WHERE at >= ?1 ORDER BY at, id";
    let mut statement = connection.prepare_cached(select)?;
    let rows =
        statement.query_map([millis(since)], |row| Ok(Kept { id: row.get(0)?, at: time(row.get(1)?) }))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}

/// The bytes of a mail that is kept.
pub fn raw(connection: &Connection, mail: i64) -> Result<Vec<u8>> {
    let select = "SELECT bytes FROM raw WHERE mail = ?1";
    Ok(connection.prepare_cached(select)?.query_row([mail], |row| row.get(0))?)
}

/// The two times of a mail out of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When it is taken to have come.
    pub at: Timestamp,
    /// When it is imported. The same bytes that come to a mailbox later are another mail.
    pub now: Timestamp,
}

/// The mail that has these bytes, from wherever it came.
pub fn stored(connection: &Connection, digest: &Digest) -> Result<Option<Stored>> {
    let select = "SELECT message_id, incident FROM mail WHERE digest = ?1 LIMIT 1";
    let stored = connection.prepare_cached(select)?.query_row([digest], |row| {
        let incident = row.get::<_, i64>(1)? as u64;
        Ok(Stored { message_id: row.get(0)?, incident: (incident > 0).then_some(incident) })
    });
    Ok(stored.optional()?)
}

/// Files a mail. Nobody is told; no incident of today changes.
pub fn file(
    connection: &Connection,
    book: &Book,
    raw: &[u8],
    digest: &Digest,
    message: &Message,
    times: Times,
) -> Result<Option<MailOutcome>> {
    let change = work(connection, book, Input::Mail(message, Arrival::Archive), times.at)?;
    let incident = change.outcome.as_ref().and_then(|outcome| outcome.incident).unwrap_or(0);
    let insert =
        "INSERT INTO mail (received_at, state, digest, past, message_id, content_hash, outcome, incident, arrived_at)
        VALUES (?1, 'done', ?2, 1, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(insert)?.execute(params![
        millis(times.at),
        digest,
        message.message_id,
        message.content_hash,
        serde_json::to_string(&change.outcome)?,
        incident as i64,
        millis(times.now),
    ])?;
    inbound::bytes(connection, raw)?;
    Ok(change.outcome)
}

/// Keeps a mail over which the reader panicked, put aside.
pub fn put_aside(
    connection: &Connection,
    raw: &[u8],
    digest: &Digest,
    why: &str,
    times: Times,
) -> Result<()> {
    let insert = "INSERT INTO mail (received_at, state, digest, past, trouble, arrived_at)
        VALUES (?1, 'quarantined', ?2, 1, ?3, ?4)";
    connection.prepare_cached(insert)?.execute(params![millis(times.at), digest, why, millis(times.now)])?;
    inbound::bytes(connection, raw)?;
    Ok(())
}

/// Closes the incidents of the past that are still open, each at the time when it was last heard of; how many.
pub fn close_all(connection: &Connection, book: &Book) -> Result<usize> {
    let select = "SELECT number, (SELECT max(at) FROM event WHERE incident = number) FROM incident
        WHERE past = 1 AND status <> 'closed'";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
    let open = rows.collect::<std::result::Result<Vec<(i64, i64)>, _>>()?;
    for (number, at) in &open {
        work(connection, book, Input::ArchiveEnds(*number as u64), time(*at))?;
    }
    Ok(open.len())
}
