//! Owns the store: SQLite, and all the SQL there is. Coarse operations; one call is one transaction.
//! Never decides anything, never writes words for people.
//! On failure the transaction is rolled back whole, and the error says what SQLite said.

mod connection;
pub mod counts;
pub mod erase;
pub mod find;
pub mod health;
pub mod inbound;
pub mod keep;
pub mod keeping;
pub mod mailboxes;
pub mod marks;
pub mod outbox;
pub mod past;
pub mod records;
pub mod restore;
mod sources;
pub mod states;
mod storms;
pub mod views;
pub mod wake;
pub mod witness;
pub mod writer;

use std::cmp::Ordering;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::OpenFlags;

use crate::book::Book;
use crate::gateway::{self, Change, Input};

pub use connection::Connection;

/// Schemas in the order in which they came to be; `user_version` says how many a file has.
const MIGRATIONS: &[&str] = &[
    include_str!("store/schema.sql"),
    include_str!("store/mailboxes.sql"),
    include_str!("store/subjects.sql"),
    include_str!("store/answers.sql"),
    include_str!("store/house_due.sql"),
    include_str!("store/references.sql"),
    include_str!("store/counts.sql"),
    include_str!("store/sources.sql"),
    include_str!("store/reports.sql"),
    include_str!("store/storms.sql"),
    include_str!("store/actions.sql"),
    include_str!("store/troubles.sql"),
    include_str!("store/states.sql"),
    include_str!("store/copied.sql"),
    include_str!("store/beside.sql"),
    include_str!("store/transcripts.sql"),
    include_str!("store/pace.sql"),
];
/// The first SQLite without the WAL-reset bug: 3.51.3.
const OLDEST_SQLITE: i32 = 3_051_003;
/// So many statements are kept ready; there are some 70.
const STATEMENTS: usize = 128;
/// Pages kept in memory, in KiB: those that a transaction of an import changes, and those that all look through.
const CACHE: i64 = 16 << 10;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite's own words.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file is damaged, or is no store.
    #[error(
        "the store is damaged, and nothing was written to it ({0}): keep a copy of the data directory, then put the newest \
         backup in its place, or try `sqlite3 firebell.db .recover`; mails that come meanwhile stay in the mailbox"
    )]
    Damaged(String),
    /// What is stored can't be read: written by another version, or damaged.
    #[error("the store holds something that can't be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The file is newer than this program.
    #[error(
        "the store was written by a newer firebell (schema {found}, this one knows {known}): use that one"
    )]
    Newer {
        /// The file's schema.
        found: i64,
        /// The newest this program knows.
        known: usize,
    },
    /// The file is older than this program, which may not change it now.
    #[error("the store was written by an older firebell: `firebell run` brings it up to date")]
    Older,
    /// The bundled SQLite has a known bug.
    #[error("this SQLite ({0}) can damage a database that two connections write to: build with a newer one")]
    OldSqlite(&'static str),
    /// Somebody else changed it in between.
    #[error("incident {0} was changed by somebody else in between")]
    Conflict(u64),
    /// The lease ran out, and somebody else has the row now.
    #[error("the lease ran out, and somebody else works on it now")]
    LostLease,
    /// The transaction that this was part of could not be committed.
    #[error("the store could not keep it: {0}")]
    NotCommitted(String),
    /// The work itself failed, which is a bug.
    #[error("bug: the work on this panicked")]
    Panicked,
    /// The thread that writes is gone.
    #[error("the store is closed")]
    Closed,
}

/// What store operations give.
pub type Result<T> = std::result::Result<T, Error>;

/// Who works on rows, and until when it has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Name of the instance.
    pub owner: String,
    /// Afterwards others may take the rows over.
    pub until: Timestamp,
}

/// An open store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    keeps: bool,
}

impl Store {
    /// Opens a store, and makes it or brings it up to date.
    pub fn open(path: &Path) -> Result<Self> {
        Self::prepare(rusqlite::Connection::open(path)?).map_err(|error| match error {
            Error::Sqlite(error) => health::named(error),
            other => other,
        })
    }

    /// Opens a store that is there, only to read it.
    pub fn open_to_read(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(30))?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let known = MIGRATIONS.len();
        match usize::try_from(found).unwrap_or(usize::MAX).cmp(&known) {
            Ordering::Less => Err(Error::Older),
            Ordering::Equal => Ok(Self { connection: Connection::new(connection), keeps: true }),
            Ordering::Greater => Err(Error::Newer { found, known }),
        }
    }

    /// A store that is gone when it is dropped.
    pub fn in_memory() -> Result<Self> {
        Self::prepare(rusqlite::Connection::open_in_memory()?)
    }

    fn prepare(connection: rusqlite::Connection) -> Result<Self> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(Error::OldSqlite(rusqlite::version()));
        }
        connection.busy_timeout(Duration::from_secs(30))?;
        // Room for every statement: one that was pushed out is read anew each time.
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // NORMAL may lose the last commits when the power fails: wrong for "250 only after the commit".
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        // Negative: in KiB. A transaction that doesn't fit is written twice.
        connection.pragma_update(None, "cache_size", -CACHE)?;
        let store = Self { connection: Connection::new(connection), keeps: true };
        store.migrate()?;
        Ok(store)
    }

    fn migrate(&self) -> Result<()> {
        self.whole(["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"], |connection| {
            let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let known = MIGRATIONS.len();
            let done = usize::try_from(found).unwrap_or(usize::MAX);
            if done > known {
                return Err(Error::Newer { found, known });
            }
            for migration in MIGRATIONS.iter().skip(done) {
                connection.execute_batch(migration)?;
            }
            Ok(connection.pragma_update(None, "user_version", known as i64)?)
        })
    }

    /// From now on what is written is seen by this store alone, and gone when it is dropped. Nobody else can write
    /// meanwhile.
    pub fn keep_nothing(&mut self) -> Result<()> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        self.keeps = false;
        Ok(())
    }

    /// Whether what is written stays.
    pub fn keeps(&self) -> bool {
        self.keeps
    }

    /// One transaction: all of `work`, or nothing.
    pub fn write<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if self.keeps {
            self.whole(["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"], work)
        } else {
            self.whole(["SAVEPOINT whole", "RELEASE whole", "ROLLBACK TO whole; RELEASE whole"], work)
        }
    }

    fn whole<T>(
        &self,
        [begin, end, undo]: [&'static str; 3],
        work: impl FnOnce(&Connection) -> Result<T>,
    ) -> Result<T> {
        self.connection.execute_batch(begin)?;
        let mut undone = Undone { connection: &self.connection, undo: Some(undo) };
        let result = work(&self.connection)?;
        self.connection.execute_batch(end)?;
        undone.undo = None;
        Ok(result)
    }

    /// Reading only.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&self.connection)
    }

    fn into_connection(self) -> Connection {
        self.connection
    }
}

/// Takes back what was written when it is dropped, by a failure or a panic, unless that stays.
struct Undone<'a> {
    connection: &'a Connection,
    undo: Option<&'static str>,
}

impl Drop for Undone<'_> {
    fn drop(&mut self) {
        if let Some(undo) = self.undo {
            // A transaction that SQLite gave up itself is over already.
            let _ = self.connection.execute_batch(undo);
        }
    }
}

/// Works on one input within a transaction: question, answer, step, keep. A later input of the same transaction sees
/// what this one changed.
pub fn work(connection: &Connection, book: &Book, input: Input<'_>, now: Timestamp) -> Result<Change> {
    let question = gateway::question(book, input, now);
    let known = find::answer(connection, &question, now)?;
    let change = gateway::step(book, known, input, now);
    keep::change(connection, &change, now)?;
    Ok(change)
}

fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The number of the next claim.
fn next_fence(connection: &Connection) -> Result<i64> {
    let next = "UPDATE counter SET value = value + 1 WHERE name = 'fence' RETURNING value";
    Ok(connection.prepare_cached(next)?.query_row([], |row| row.get(0))?)
}

#[cfg(test)]
pub(in crate::io) mod tests;
