//! Owns letting go of the bytes of mails that are old enough, a few at a time. That there was such a mail stays, and so does
//! all that came of it.
//! Never touches what is still worked on, and no mail of an incident that is not closed.

use jiff::Timestamp;
use rusqlite::params;

use super::{Connection, Result, millis};

/// So many mails are looked at in one transaction.
const AT_ONCE: i64 = 500;
/// And so many bytes of them removed, about.
const BYTES_AT_ONCE: i64 = 32 << 20;

/// How far old mails were gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The mail up to which all that came was looked at.
    pub mail: i64,
    /// The notice up to which all that was sent was.
    pub notice: i64,
    /// How many mails were let go of.
    pub gone: u64,
}

/// Lets go of some of what came before `before`; where to go on, and whether there is more.
pub fn some(connection: &Connection, from: Place, before: Timestamp) -> Result<(Place, bool)> {
    let (place, more) = received(connection, from, before)?;
    if more {
        return Ok((place, true));
    }
    sent(connection, place, before)
}

fn received(connection: &Connection, mut place: Place, before: Timestamp) -> Result<(Place, bool)> {
    // Mails have numbers in the order in which they came: behind the first that is new enough there are no old ones. Those
    // of an archive are as old as their import.
    let select = "SELECT raw.mail, length(bytes), iif(past = 1, arrived_at, received_at) < ?2, past,
            mail.state IN ('done', 'quarantined')
                AND NOT EXISTS (SELECT 1 FROM incident WHERE number = mail.incident AND status <> 'closed')
        FROM raw JOIN mail ON mail.id = raw.mail WHERE raw.mail > ?1 ORDER BY raw.mail LIMIT ?3";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query(params![place.mail, millis(before), AT_ONCE])?;
    let (mut gone, mut bytes, mut seen) = (Vec::new(), 0, 0);
    while let Some(row) = rows.next()? {
        let (mail, length, old, past): (i64, i64, bool, bool) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        if !old && !past {
            seen = 0;
            break;
        }
        (place.mail, seen) = (mail, seen + 1);
        if old && row.get(4)? {
            gone.push(mail);
            bytes += length;
        }
        if bytes > BYTES_AT_ONCE {
            seen = AT_ONCE;
            break;
        }
    }
    drop(rows);
    for mail in &gone {
        connection.prepare_cached("DELETE FROM raw WHERE mail = ?1")?.execute([mail])?;
    }
    place.gone += gone.len() as u64;
    Ok((place, seen >= AT_ONCE))
}

/// Mails of ours keep their line and lose their text. How far that was done is remembered: nobody looks at them again.
fn sent(connection: &Connection, mut place: Place, before: Timestamp) -> Result<(Place, bool)> {
    let remembered = "SELECT value FROM counter WHERE name = 'emptied'";
    let known: Option<i64> = optional(connection, remembered)?;
    place.notice = place.notice.max(known.unwrap_or(0));
    let select = "SELECT id, queued_at < ?2, state IN ('delivered', 'failed', 'superseded'), length(bytes)
        FROM notice WHERE id > ?1 ORDER BY id LIMIT ?3";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query(params![place.notice, millis(before), AT_ONCE])?;
    let (mut gone, mut bytes, mut seen) = (Vec::new(), 0, 0);
    while let Some(row) = rows.next()? {
        let (notice, old, done, length): (i64, bool, bool, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        if !old || bytes > BYTES_AT_ONCE {
            break;
        }
        (place.notice, seen) = (notice, seen + 1);
        if done && length > 0 {
            gone.push(notice);
            bytes += length;
        }
    }
    drop(rows);
    for notice in &gone {
        connection.prepare_cached("UPDATE notice SET bytes = x'' WHERE id = ?1")?.execute([notice])?;
    }
    if seen > 0 {
        let upsert = "INSERT INTO counter (name, value) VALUES ('emptied', ?1)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        connection.prepare_cached(upsert)?.execute([place.notice])?;
    }
    place.gone += gone.len() as u64;
    Ok((place, seen >= AT_ONCE || bytes > BYTES_AT_ONCE))
}

fn optional(connection: &Connection, select: &str) -> Result<Option<i64>> {
    use rusqlite::OptionalExtension as _;
    Ok(connection.prepare_cached(select)?.query_row([], |row| row.get(0)).optional()?)
}
