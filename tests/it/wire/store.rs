//! The store seen from outside, while firebell runs and after it was killed.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Row};

/// A mail that came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    pub raw: Vec<u8>,
    pub state: String,
    pub attempts: u32,
    pub claimed: bool,
}

/// A notice in the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub state: String,
    pub message_id: String,
    pub to: String,
    pub attempts: u32,
    pub summary: String,
    pub bytes: Vec<u8>,
    pub reply: String,
    /// It went in the mail of another notice.
    pub went_with_another: bool,
    /// Others went in its mail.
    pub took_others: bool,
    /// It waits for its turn by what somebody is sent at most.
    pub held_back: bool,
}

/// What firebell knows of a mail in a mailbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// UIDVALIDITY.
    pub epoch: u32,
    /// UID, or the name of a file.
    pub item: String,
    /// It was flagged or moved, if that is wanted.
    pub settled: bool,
}

/// Where it lies. Opened anew for each look: firebell never finds it held by a test.
pub struct Store {
    path: PathBuf,
}

impl Store {
    pub fn open(path: PathBuf) -> Self {
        Self { path }
    }

    /// All mails that came in, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.rows(
            "SELECT bytes, state, attempts, lease_until > 0 FROM mail JOIN raw ON mail = id ORDER BY id",
            |row| {
                Ok(Mail { raw: row.get(0)?, state: row.get(1)?, attempts: row.get(2)?, claimed: row.get(3)? })
            },
        )
    }

    /// All notices, in order.
    pub fn notices(&self) -> Vec<Notice> {
        let select = "SELECT state, message_id, recipient, attempts, summary, bytes, reply, carrier <> 0,
                EXISTS (SELECT 1 FROM notice AS other WHERE other.carrier = notice.id),
                state = 'queued' AND (reply LIKE 'held back:%' OR reply LIKE 'waits for others%')
            FROM notice ORDER BY id";
        self.rows(select, |row| {
            Ok(Notice {
                state: row.get(0)?,
                message_id: row.get(1)?,
                to: row.get(2)?,
                attempts: row.get(3)?,
                summary: row.get(4)?,
                bytes: row.get(5)?,
                reply: row.get(6)?,
                went_with_another: row.get(7)?,
                took_others: row.get(8)?,
                held_back: row.get(9)?,
            })
        })
    }

    /// The mails of mailboxes that are known, kept or passed over, in the order of their names.
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.rows("SELECT epoch, item, settled FROM arrival ORDER BY epoch, item", |row| {
            Ok(Arrival { epoch: row.get(0)?, item: row.get(1)?, settled: row.get(2)? })
        })
    }

    /// Up to which UID each mailbox was read.
    pub fn seen_to(&self) -> Vec<u32> {
        self.rows("SELECT seen_to FROM mailbox ORDER BY name", |row| row.get(0))
    }

    /// How many notices are in this state.
    pub fn notices_in(&self, state: &str) -> usize {
        self.notices().iter().filter(|notice| notice.state == state).count()
    }

    /// Whether every notice came to its end, but for those that are held back.
    pub fn notices_are_done(&self) -> bool {
        let waits = |state: &str| matches!(state, "queued" | "active" | "deferred");
        self.notices().iter().all(|notice| notice.held_back || !waits(&notice.state))
    }

    /// How many mails are in this state.
    pub fn mails_in(&self, state: &str) -> usize {
        self.mails().iter().filter(|mail| mail.state == state).count()
    }

    /// How many mails are imported; none while the store is being made.
    pub fn imported(&self) -> usize {
        let open = || Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let count = |connection: Connection| {
            connection.query_row("SELECT count(*) FROM mail WHERE past = 1", [], |row| row.get(0))
        };
        open().and_then(count).map_or(0, |count: u32| count as usize)
    }

    /// The time until the next attempt is over.
    pub fn let_retries_be_due(&self) {
        self.change("UPDATE notice SET next_attempt = 0 WHERE state = 'deferred'");
    }

    /// Whatever firebell wants to do that `when` describes fails from now on.
    pub fn forbid(&self, when: &str) {
        self.change(&format!(
            "CREATE TRIGGER obstacle BEFORE {when} BEGIN SELECT raise(ABORT, 'forbidden'); END"
        ));
    }

    /// Whatever firebell wants to do that `when` describes never ends from now on: it is caught in the middle.
    pub fn catch(&self, when: &str) {
        self.change(&format!(
            "CREATE VIEW forever AS
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;
             CREATE TRIGGER obstacle BEFORE {when} BEGIN SELECT count(*) FROM forever; END"
        ));
    }

    /// Takes away what stands in the way.
    pub fn free(&self) {
        self.change("DROP TRIGGER obstacle; DROP VIEW IF EXISTS forever");
    }

    fn change(&self, sql: &str) {
        self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE).execute_batch(sql).unwrap();
    }

    fn rows<T>(&self, select: &str, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY);
        let mut statement = connection.prepare(select).unwrap();
        statement.query_map([], read).unwrap().map(Result::unwrap).collect()
    }

    fn connect(&self, flags: OpenFlags) -> Connection {
        let connection = Connection::open_with_flags(&self.path, flags).unwrap();
        connection.busy_timeout(Duration::from_secs(30)).unwrap();
        connection
    }
}
