//! Owns how far mailboxes were read, and which of their mails are known.
//! Never decides what a mail means.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::inbound::{self, Digest};
use super::{Connection, Result, millis, time};

/// How far an IMAP mailbox was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// UIDVALIDITY (RFC 9051, 2.3.1.1): UIDs of another epoch mean other mails.
    pub epoch: u32,
    /// Every UID up to this is done with.
    pub seen_to: u32,
    /// UIDs up to this were in the mailbox when the epoch began.
    pub there: u32,
    /// There was an epoch before: what was in the mailbox may be known from it.
    pub renumbered: bool,
    /// Of what was in the mailbox, mails that arrived before this are not wanted.
    pub since: Timestamp,
}

/// What a server says of a mailbox when it is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbering {
    /// UIDVALIDITY.
    pub epoch: u32,
    /// The UID that the next mail will get, where the server says it.
    pub next: Option<u32>,
    /// No mail that is there has a higher UID.
    pub there: u32,
}

/// What is wanted of a mailbox that is entered for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// What comes from now on.
    New(Timestamp),
    /// Also what is in it and arrived at this time or later.
    Since(Timestamp),
}

/// Finds the cursor of a mailbox; true when its mails have new numbers since it was last entered. Then, and when the next
/// number is smaller than one that was seen (the server was restored from a backup), everything is listed again. Never
/// skips to the end: what arrived in between would be lost.
pub fn enter(
    connection: &Connection,
    name: &str,
    numbering: Numbering,
    first: First,
) -> Result<(Cursor, bool)> {
    let select = "SELECT epoch, seen_to, there, renumbered, since FROM mailbox WHERE name = ?1";
    let known = connection.prepare_cached(select)?.query_row([name], |row| {
        Ok(Cursor {
            epoch: row.get(0)?,
            seen_to: row.get(1)?,
            there: row.get(2)?,
            renumbered: row.get(3)?,
            since: time(row.get(4)?),
        })
    });
    let (epoch, there) = (numbering.epoch, numbering.there);
    let cursor = match (known.optional()?, first) {
        (Some(known), _) if is_same(&known, numbering) => return Ok((known, false)),
        (Some(known), _) => Cursor { epoch, seen_to: 0, there, renumbered: true, since: known.since },
        (None, First::New(since)) => Cursor { epoch, seen_to: there, there, renumbered: false, since },
        (None, First::Since(since)) => Cursor { epoch, seen_to: 0, there, renumbered: false, since },
    };
    // After a restoration the numbers of this epoch mean other mails than they did.
    connection
        .prepare_cached("DELETE FROM arrival WHERE mailbox = ?1 AND epoch = ?2")?
        .execute(params![name, epoch])?;
    let upsert = "INSERT INTO mailbox (name, epoch, seen_to, there, renumbered, since)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, seen_to = excluded.seen_to,
            there = excluded.there, renumbered = excluded.renumbered";
    let values = params![name, epoch, cursor.seen_to, there, cursor.renumbered, millis(cursor.since)];
    connection.prepare_cached(upsert)?.execute(values)?;
    Ok((cursor, cursor.renumbered))
}

fn is_same(known: &Cursor, numbering: Numbering) -> bool {
    known.epoch == numbering.epoch && numbering.next.is_none_or(|next| next > known.seen_to)
}

/// A mail as a mailbox gave it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The mailbox.
    pub mailbox: String,
    /// Its epoch; 0 for mailboxes that have none.
    pub epoch: u32,
    /// What the mailbox calls it: a UID, or the name of a file.
    pub item: String,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// When the mailbox got it.
    pub arrived: Option<Timestamp>,
    /// It was in the mailbox when the epoch began: the same bytes are the same mail, whatever the mailbox says of its
    /// arrival.
    pub was_there: bool,
    /// Nothing is to be done in the mailbox any more.
    pub settled: bool,
}

/// Keeps a mail and how far its mailbox was read, in one transaction; the mail's number, None when it is known already.
/// The same bytes that arrived at the same time are the same mail: moved away and back, or listed again.
pub fn keep(connection: &Connection, found: &Found, now: Timestamp) -> Result<Option<i64>> {
    let digest = inbound::digest(&found.raw);
    let known = known(connection, &digest, found)?;
    let id = match known {
        Some(id) => id,
        None => inbound::keep(connection, &found.raw, &digest, found.arrived, now)?,
    };
    let upsert = "INSERT INTO arrival (mailbox, epoch, item, mail, settled) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (mailbox, epoch, item) DO UPDATE SET mail = excluded.mail, settled = excluded.settled";
    let values = params![found.mailbox, found.epoch, found.item, id, found.settled];
    connection.prepare_cached(upsert)?.execute(values)?;
    Ok(known.is_none().then_some(id))
}

fn known(connection: &Connection, digest: &Digest, found: &Found) -> Result<Option<i64>> {
    let select = "SELECT id FROM mail WHERE digest = ?1 AND (?3 OR arrived_at = ?2 OR past = 1 AND arrived_at > ?2) LIMIT 1";
    let values = params![digest, found.arrived.map(millis), found.was_there];
    Ok(connection.prepare_cached(select)?.query_row(values, |row| row.get(0)).optional()?)
}

/// Whether a mail of this Message-ID is kept.
pub fn is_known(connection: &Connection, message_id: &str) -> Result<bool> {
    let select = "SELECT 1 FROM mail WHERE message_id = ?1 LIMIT 1";
    Ok(connection.prepare_cached(select)?.exists([message_id])?)
}

/// Every UID up to this one is done with.
pub fn seen(connection: &Connection, name: &str, epoch: u32, uid: u32) -> Result<()> {
    let update = "UPDATE mailbox SET seen_to = max(seen_to, ?3) WHERE name = ?1 AND epoch = ?2";
    connection.prepare_cached(update)?.execute(params![name, epoch, uid])?;
    Ok(())
}

/// Counts a failed attempt to fetch a mail; how many there were.
pub fn failed(connection: &Connection, mailbox: &str, epoch: u32, item: &str) -> Result<u32> {
    let upsert = "INSERT INTO arrival (mailbox, epoch, item, attempts) VALUES (?1, ?2, ?3, 1)
        ON CONFLICT (mailbox, epoch, item) DO UPDATE SET attempts = attempts + 1 RETURNING attempts";
    Ok(connection.prepare_cached(upsert)?.query_row(params![mailbox, epoch, item], |row| row.get(0))?)
}

/// The mails that were kept and not yet flagged or moved.
pub fn unsettled(connection: &Connection, mailbox: &str, epoch: u32) -> Result<Vec<String>> {
    let select = "SELECT item FROM arrival INDEXED BY arrival_unsettled WHERE mailbox = ?1 AND epoch = ?2 AND settled = 0 AND mail IS NOT NULL";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![mailbox, epoch], |row| row.get(0))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}

/// The other folder has a copy of this mail.
pub fn copied(connection: &Connection, mailbox: &str, epoch: u32, item: &str) -> Result<()> {
    let update = "UPDATE arrival SET copied = 1 WHERE mailbox = ?1 AND epoch = ?2 AND item = ?3";
    connection.prepare_cached(update)?.execute(params![mailbox, epoch, item])?;
    Ok(())
}

/// Whether the other folder has a copy of this mail.
pub fn is_copied(connection: &Connection, mailbox: &str, epoch: u32, item: &str) -> Result<bool> {
    let select = "SELECT 1 FROM arrival WHERE mailbox = ?1 AND epoch = ?2 AND item = ?3 AND copied = 1";
    Ok(connection.prepare_cached(select)?.exists(params![mailbox, epoch, item])?)
}

/// This mail was flagged or moved, or is not there any more.
pub fn settled(connection: &Connection, mailbox: &str, epoch: u32, item: &str) -> Result<()> {
    let update = "UPDATE arrival SET settled = 1 WHERE mailbox = ?1 AND epoch = ?2 AND item = ?3";
    connection.prepare_cached(update)?.execute(params![mailbox, epoch, item])?;
    Ok(())
}

/// The mails of a mailbox without numbers that are known: kept, or not wanted.
pub fn items(connection: &Connection, mailbox: &str) -> Result<BTreeSet<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT item FROM arrival WHERE mailbox = ?1 AND (mail IS NOT NULL OR settled = 1)",
    )?;
    let rows = statement.query_map([mailbox], |row| row.get(0))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}

/// These mails are not wanted: they were there before firebell, or can't be read.
pub fn pass_over(connection: &Connection, mailbox: &str, items: &[String]) -> Result<()> {
    let upsert = "INSERT INTO arrival (mailbox, epoch, item, settled) VALUES (?1, 0, ?2, 1)
        ON CONFLICT (mailbox, epoch, item) DO UPDATE SET settled = 1";
    let mut statement = connection.prepare_cached(upsert)?;
    for item in items {
        statement.execute(params![mailbox, item])?;
    }
    Ok(())
}

/// How often fetching failed, for the mails of which it did.
pub fn attempts(connection: &Connection, mailbox: &str, epoch: u32) -> Result<BTreeMap<String, u32>> {
    let select = "SELECT item, attempts FROM arrival INDEXED BY arrival_failed WHERE mailbox = ?1 AND epoch = ?2 AND attempts > 0";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![mailbox, epoch], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}

/// Whether a mailbox was never entered.
pub fn is_new(connection: &Connection, name: &str) -> Result<bool> {
    Ok(!connection.prepare_cached("SELECT 1 FROM mailbox WHERE name = ?1")?.exists([name])?)
}
