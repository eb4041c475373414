//! Owns mail on its way in: kept first, worked on after, put aside after three failed attempts.

use jiff::Timestamp;
use rusqlite::params;
use sha2::{Digest as _, Sha256};

use super::{Connection, Error, Lease, Result, millis, next_fence, time, work};
use crate::book::Book;
use crate::gateway::{Arrival, Change, Input};
use crate::house::HouseFact;
use crate::message::Message;

/// After so many attempts a mail is put aside, and the others go on.
const ATTEMPTS: u32 = 3;
/// No further mail is claimed with others once they have so many bytes together.
const BYTES_AT_ONCE: usize = 64 * 1024 * 1024;

/// SHA-256 of a mail's bytes.
pub type Digest = [u8; 32];

/// A mail that somebody works on.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its number in the store.
    pub id: i64,
    /// The claim's number.
    pub fence: i64,
    /// When it was received: by the mailbox, where it comes from one.
    pub received_at: Timestamp,
    /// Its bytes.
    pub raw: Vec<u8>,
}

/// Keeps a mail that firebell itself received. Once this has returned, it is there.
pub fn deposit(connection: &Connection, raw: &[u8], now: Timestamp) -> Result<i64> {
    keep(connection, raw, &digest(raw), None, now)
}

/// Keeps a mail that reached a mailbox at that time.
pub fn collect(connection: &Connection, raw: &[u8], arrived: Timestamp, now: Timestamp) -> Result<i64> {
    keep(connection, raw, &digest(raw), Some(arrived), now)
}

/// What tells two mails apart, byte for byte: SHA-256.
pub fn digest(raw: &[u8]) -> Digest {
    Sha256::digest(raw).into()
}

/// Keeps a mail to be worked on.
pub(super) fn keep(
    connection: &Connection,
    raw: &[u8],
    digest: &Digest,
    arrived: Option<Timestamp>,
    now: Timestamp,
) -> Result<i64> {
    let insert = "INSERT INTO mail (received_at, state, digest, arrived_at) VALUES (?1, 'new', ?2, ?3)";
    connection.prepare_cached(insert)?.execute(params![millis(now), digest, arrived.map(millis)])?;
    bytes(connection, raw)
}

/// Adds the bytes of the mail that was just added; its number.
pub(super) fn bytes(connection: &Connection, raw: &[u8]) -> Result<i64> {
    let id = connection.last_insert_rowid();
    connection.prepare_cached("INSERT INTO raw (mail, bytes) VALUES (?1, ?2)")?.execute(params![id, raw])?;
    Ok(id)
}

/// Takes up to `limit` mails to work on, oldest first, and no more than fit into memory together. Mails that failed
/// before come alone, so that they can't fail others with them. An owner works on one claim at a time: what it still
/// has was left behind by a failure of the store, and is taken again.
pub fn claim(connection: &Connection, lease: &Lease, limit: usize, now: Timestamp) -> Result<Vec<Claimed>> {
    let select =
        "SELECT id, coalesce(arrived_at, received_at), bytes, attempts FROM mail JOIN raw ON mail = id
        WHERE state = 'new' AND (lease_until <= ?1 OR owner = ?4) AND attempts < ?3 ORDER BY id LIMIT ?2";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query(params![millis(now), limit as i64, ATTEMPTS, lease.owner])?;
    let (mut found, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let (raw, attempts): (Vec<u8>, u32) = (row.get(2)?, row.get(3)?);
        bytes += raw.len();
        if !found.is_empty() && (attempts > 0 || bytes > BYTES_AT_ONCE) {
            break;
        }
        found.push((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, raw));
        if attempts > 0 {
            break;
        }
    }
    drop(rows);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let fence = next_fence(connection)?;
    let mut claimed = Vec::new();
    for (id, received_at, raw) in found {
        let update =
            "UPDATE mail SET attempts = attempts + 1, owner = ?2, lease_until = ?3, fence = ?4 WHERE id = ?1";
        connection.prepare_cached(update)?.execute(params![id, lease.owner, millis(lease.until), fence])?;
        claimed.push(Claimed { id, fence, received_at: time(received_at), raw });
    }
    Ok(claimed)
}

/// Works on a claimed mail: what it changes and that it is done with, in one transaction.
pub fn finish(
    connection: &Connection,
    book: &Book,
    claimed: &Claimed,
    message: &Message,
    now: Timestamp,
) -> Result<Change> {
    let change = work(connection, book, Input::Mail(message, Arrival::At(claimed.received_at)), now)?;
    let outcome = serde_json::to_string(&change.outcome)?;
    let incident = change.outcome.as_ref().and_then(|outcome| outcome.incident).unwrap_or(0);
    let update =
        "UPDATE mail SET state = 'done', owner = '', lease_until = 0, message_id = ?3, content_hash = ?4,
            outcome = ?5, incident = ?6
        WHERE id = ?1 AND fence = ?2 AND state = 'new'";
    let values = params![
        claimed.id,
        claimed.fence,
        message.message_id,
        message.content_hash,
        outcome,
        incident as i64
    ];
    match connection.prepare_cached(update)?.execute(values)? {
        1 => Ok(change),
        _ => Err(Error::LostLease),
    }
}

/// Gives a mail back after a failure; the third time it is put aside, and the operator hears of it.
pub fn fail(
    connection: &Connection,
    book: &Book,
    claimed: &Claimed,
    why: &str,
    now: Timestamp,
) -> Result<()> {
    let update = "UPDATE mail SET owner = '', lease_until = 0, trouble = ?3 WHERE id = ?1 AND fence = ?2";
    connection.prepare_cached(update)?.execute(params![claimed.id, claimed.fence, why])?;
    quarantine(connection, book, now)
}

/// Gives a mail back after a failure of the store: it was not the mail's fault, and doesn't count.
pub fn give_back(connection: &Connection, claimed: &Claimed) -> Result<()> {
    let update = "UPDATE mail SET owner = '', lease_until = 0, attempts = attempts - 1
        WHERE id = ?1 AND fence = ?2 AND state = 'new'";
    connection.prepare_cached(update)?.execute(params![claimed.id, claimed.fence])?;
    Ok(())
}

/// Puts aside what was tried three times and is with nobody: its attempts failed, or firebell died over it.
pub fn quarantine(connection: &Connection, book: &Book, now: Timestamp) -> Result<()> {
    let select = "SELECT id, trouble FROM mail WHERE state = 'new' AND attempts >= ?1 AND lease_until <= ?2";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![ATTEMPTS, millis(now)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (mail, trouble) in rows.collect::<std::result::Result<Vec<(i64, String)>, _>>()? {
        let update = "UPDATE mail SET state = 'quarantined' WHERE id = ?1";
        connection.prepare_cached(update)?.execute([mail])?;
        let reason =
            if trouble.is_empty() { "firebell stopped while working on it".to_owned() } else { trouble };
        work(connection, book, Input::House(&HouseFact::Quarantined { mail, reason }), now)?;
    }
    Ok(())
}
