//! Owns what follows from a store's having been put back from a copy: mailboxes are gone through again by content, and no
//! number that may have been given since is given again.
//! Never takes back what the copy says.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, params};

use super::witness::Progress;
use super::{Connection, Result, millis, time, work};
use crate::book::Book;
use crate::gateway::{Change, Input};
use crate::house::HouseFact;
use crate::house::keeping::KeepingFact;

/// The clocks of mailboxes and ours may differ by this much, and a mail waits for a while before it is taken.
const MARGIN: SignedDuration = SignedDuration::from_hours(24);

/// So many incidents may have been opened since, where nothing says how many were.
const UNKNOWN: u64 = 100;

/// Begins: `lost` is how far the store had been, where that is known, `mailboxes` are those of the site.
pub fn begin(
    connection: &Connection,
    book: &Book,
    lost: Option<Progress>,
    mailboxes: &[String],
    now: Timestamp,
) -> Result<Change> {
    let newest =
        "SELECT max(received_at) FROM mail WHERE past = 0 AND id > (SELECT max(id) - 1000 FROM mail)";
    let newest: Option<i64> = connection.query_row(newest, [], |row| row.get(0))?;
    let known_to = newest.map(time);
    let since = known_to.unwrap_or(Timestamp::UNIX_EPOCH) - MARGIN;
    for name in mailboxes {
        // What came before the copy was made is in it.
        let update = "UPDATE mailbox SET epoch = 0, since = max(since, ?2) WHERE name = ?1 AND epoch <> 0";
        connection.execute(update, params![name, millis(since)])?;
        let upsert = "INSERT INTO counter (name, value) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        connection.execute(upsert, params![place(name), millis(since)])?;
    }
    let found = Progress::of(connection)?.incidents;
    let incidents = lost.map_or(found + UNKNOWN, |lost| lost.incidents);
    let fact = KeepingFact::Restored { known_to, incidents };
    work(connection, book, Input::House(&HouseFact::Keeping(fact)), now)
}

/// From when on a mailbox is to be gone through again; None where it is not.
pub fn again(connection: &Connection, mailbox: &str) -> Result<Option<Timestamp>> {
    let select = "SELECT value FROM counter WHERE name = ?1";
    let since: Option<i64> =
        connection.prepare_cached(select)?.query_row([place(mailbox)], |row| row.get(0)).optional()?;
    Ok(since.map(time))
}

/// A mailbox was gone through.
pub fn done(connection: &Connection, mailbox: &str) -> Result<()> {
    connection.prepare_cached("DELETE FROM counter WHERE name = ?1")?.execute([place(mailbox)])?;
    Ok(())
}

/// Whether a mailbox is still to be gone through, or a mail of it to be worked on.
pub fn goes_on(connection: &Connection) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM counter WHERE name LIKE 'again %')
        OR EXISTS (SELECT 1 FROM mail WHERE state = 'new')";
    Ok(connection.prepare_cached(select)?.query_row([], |row| row.get(0))?)
}

fn place(mailbox: &str) -> String {
    format!("again {mailbox}")
}
