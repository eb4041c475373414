//! Owns taking a person out of all that is stored, in one transaction. Timelines are rewritten, and what follows from them
//! is replayed: stored state stays equal to the replay.
//! Never touches the keys of alerts and the Message-IDs by which things are found; [`Done`] says where they name somebody.

mod mails;
mod timelines;

use jiff::Timestamp;
use rusqlite::params;

use super::{Connection, Result, find, work};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::erasure::Erased;
use crate::gateway::{DeliveryOutcome, Input};
use crate::house::HouseFact;
use crate::house::keeping::KeepingFact;
use crate::incident::decide::Delivery;
use crate::message::Message;

/// How mails are read: None for one that can't be.
pub type Reader<'a> = &'a dyn Fn(Vec<u8>) -> Option<Message>;

/// What was done, and what is left for somebody to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Lines of timelines and of the house log that named them.
    pub lines: u64,
    /// Mails of theirs whose bytes are gone.
    pub removed: u64,
    /// Mails of others that were changed.
    pub changed: u64,
    /// Mails of ours that waited to be sent to them, and are not sent.
    pub withdrawn: u64,
    /// Mails of ours whose bytes are gone: to them, or about them.
    pub emptied: u64,
    /// Where they are still named, or may be.
    pub left: Vec<Left>,
}

/// Where somebody is still named, or may be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// A line of an incident's timeline has a part of their name in it.
    Line {
        /// The incident.
        incident: u64,
        /// Its line.
        seq: u32,
    },
    /// A line of the house log has.
    HouseLine(u64),
    /// Somebody else's mail names them where its text is encoded.
    Mail {
        /// Its number in the store.
        mail: i64,
        /// Its incident, or 0.
        incident: u64,
    },
    /// A mail that can't be read, and may be theirs.
    Unreadable(i64),
    /// A mail of ours that waits to be sent names them.
    Waits {
        /// Its number in the outbox.
        notice: i64,
        /// Its incident, or 0 for the house.
        incident: u64,
    },
    /// What an alert is found by.
    Key(String),
    /// What a mail is found by.
    MessageId(String),
}

/// The number that the next who is erased gets.
pub fn next_number(connection: &Connection) -> Result<u32> {
    Ok(find::house(connection)?.erased + 1)
}

/// How many mails nobody has worked on yet.
pub fn untouched(connection: &Connection) -> Result<u64> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM mail WHERE state = 'new'")?
        .query_row([], |row| row.get(0))?;
    Ok(count as u64)
}

/// Takes them out. Mails of others in which they are still named afterwards are removed too with `all_originals`.
pub fn erase(
    connection: &Connection,
    book: &Book,
    (who, read): (&Erased, Reader<'_>),
    all_originals: bool,
    now: Timestamp,
) -> Result<Done> {
    let mut done = Done::default();
    withdraw(connection, book, who, &mut done, now)?;
    mails::received(connection, (who, read), all_originals, &mut done)?;
    mails::sent(connection, (who, read), &mut done)?;
    beside_mails(connection, who)?;
    timelines::incidents(connection, who, &mut done)?;
    timelines::house(connection, who, &mut done)?;
    found_by(connection, who, &mut done)?;
    connection.forget();
    let fact = KeepingFact::Erased { instead: who.instead().clone(), mails: done.removed };
    work(connection, book, Input::House(&HouseFact::Keeping(fact)), now)?;
    done.left.sort();
    done.left.dedup();
    Ok(done)
}

/// Writes the store anew and empties its log of changes, so that nothing is left in its files of what was ever there before.
/// Takes as much room on the disk as the store has.
pub fn settle(connection: &Connection) -> Result<()> {
    connection.execute_batch("VACUUM")?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

/// What waits to be sent to them is not sent.
fn withdraw(
    connection: &Connection,
    book: &Book,
    who: &Erased,
    done: &mut Done,
    now: Timestamp,
) -> Result<()> {
    let select = "SELECT id, incident, audience, number, person, recipient FROM notice
        WHERE state IN ('queued', 'deferred', 'active', 'held')";
    let mut statement = connection.prepare(select)?;
    let rows = statement.query_map([], |row| {
        let (incident, audience): (i64, String) = (row.get(1)?, row.get(2)?);
        let (number, person): (u32, String) = (row.get(3)?, row.get(4)?);
        Ok((row.get::<_, i64>(0)?, incident as u64, audience, number, person, row.get::<_, String>(5)?))
    })?;
    let waiting = rows.collect::<std::result::Result<Vec<_>, _>>()?;
    for (id, incident, audience, number, person, to) in waiting {
        if !who.is_person(&person) && !who.is_address(&to) {
            continue;
        }
        let reason = "its recipient was erased".to_owned();
        let update =
            "UPDATE notice SET state = 'superseded', owner = '', lease_until = 0, reply = ?2 WHERE id = ?1";
        connection.prepare_cached(update)?.execute(params![id, reason])?;
        let audience: Audience = serde_json::from_str(&audience)?;
        let (person, to) = (PersonId::new(person), Address::new(&to));
        let end = Delivery::Superseded(reason);
        let outcome = DeliveryOutcome { incident, audience, number, person, to, end, also: Vec::new() };
        work(connection, book, Input::Outcome(&outcome), now)?;
        done.withdrawn += 1;
    }
    Ok(())
}

/// What is remembered of mails for a time: whoever is erased is forgotten there at once.
fn beside_mails(connection: &Connection, who: &Erased) -> Result<()> {
    for (select, delete) in [
        ("SELECT DISTINCT address FROM source", "DELETE FROM source WHERE address = ?1"),
        ("SELECT DISTINCT part FROM rule_hit", "DELETE FROM rule_hit WHERE part = ?1"),
        ("SELECT DISTINCT recipient FROM pace", "DELETE FROM pace WHERE recipient = ?1"),
        ("SELECT DISTINCT subject FROM subject_ref", "DELETE FROM subject_ref WHERE subject = ?1"),
    ] {
        for text in texts(connection, select)?.iter().filter(|text| who.is_named(text)) {
            connection.prepare_cached(delete)?.execute([text])?;
        }
    }
    Ok(())
}

/// Names by which things are found stay, and are told.
fn found_by(connection: &Connection, who: &Erased, done: &mut Done) -> Result<()> {
    let keys = ["SELECT DISTINCT key FROM incident_key", "SELECT reference FROM alert_reference"];
    for key in keys.into_iter().map(|select| texts(connection, select)).collect::<Result<Vec<_>>>()?.concat()
    {
        if who.is_named(&key) {
            done.left.push(Left::Key(key));
        }
    }
    let ids = ["SELECT message_id FROM message_ref", "SELECT message_id FROM answer"];
    for id in ids.into_iter().map(|select| texts(connection, select)).collect::<Result<Vec<_>>>()?.concat() {
        if who.is_named(&id) {
            done.left.push(Left::MessageId(id));
        }
    }
    Ok(())
}

fn texts(connection: &Connection, select: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(select)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}
