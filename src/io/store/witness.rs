//! Owns the witness: a small file beside the store that says how far the store was at its last commit. It is no state:
//! nothing is read from it but that a store which is less far was put back from a copy.
//! On failure there is no witness, and an old copy is not noticed.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::{Connection, Result};

/// Its name in the data directory.
pub const NAME: &str = "firebell.witness";
/// How long it is: written over each time.
const LENGTH: usize = 100;

/// How far a store is. None of it ever gets less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// The newest incident.
    pub incidents: u64,
    /// The newest mail that came.
    pub mails: u64,
    /// The newest mail in the outbox.
    pub notices: u64,
    /// How often somebody claimed something.
    pub claims: u64,
}

impl Progress {
    /// How far a store is.
    pub fn of(connection: &Connection) -> Result<Self> {
        let select = "SELECT (SELECT coalesce(max(number), 0) FROM incident),
            (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'mail'),
            (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'notice'),
            (SELECT value FROM counter WHERE name = 'fence')";
        let read = |row: &rusqlite::Row<'_>| {
            let number = |at| Ok::<u64, rusqlite::Error>(row.get::<_, i64>(at)? as u64);
            Ok(Self { incidents: number(0)?, mails: number(1)?, notices: number(2)?, claims: number(3)? })
        };
        Ok(connection.prepare_cached(select)?.query_row([], read)?)
    }

    /// Whether something of it is further than in another.
    pub fn is_ahead_of(&self, other: &Self) -> bool {
        self.incidents > other.incidents
            || self.mails > other.mails
            || self.notices > other.notices
            || self.claims > other.claims
    }

    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.lines().next()?.split_whitespace().map(|word| word.parse().ok());
        let mut next = || numbers.next().flatten();
        Some(Self { incidents: next()?, mails: next()?, notices: next()?, claims: next()? })
    }

    fn line(&self) -> String {
        let Self { incidents, mails, notices, claims } = self;
        let line = format!("{incidents} {mails} {notices} {claims}\nincidents mails notices claims");
        format!("{line:<width$}\n", width = LENGTH - 1)
    }
}

/// The file.
#[derive(Debug)]
pub struct Witness {
    file: File,
    last: Progress,
}

impl Witness {
    /// Opens the one in a data directory, or makes it; and what it says, if anything.
    pub fn open(data: &Path) -> std::io::Result<(Self, Option<Progress>)> {
        let path = data.join(NAME);
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut text = String::new();
        // Whatever else stands there says nothing.
        let _ = (&mut file).take(LENGTH as u64).read_to_string(&mut text);
        Ok((Self { file, last: Progress::default() }, Progress::read(&text)))
    }

    /// The store is so far now: called after each commit.
    pub(super) fn saw(&mut self, connection: &Connection) {
        let Ok(now) = Progress::of(connection) else { return };
        if now != self.last && self.file.write_all_at(now.line().as_bytes(), 0).is_ok() {
            self.last = now;
        }
    }
}
