//! Owns whether a store is sound, and copies of it.
//! Never mends anything, never writes to a store that is not sound.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use super::{Error, Result};

/// Looks through a store that is there, before anything is written to it. Costs the reading of the whole file.
pub fn examine(path: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(named)?;
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(named)?;
    if found == "ok" { Ok(()) } else { Err(Error::Damaged(found)) }
}

/// Copies a store to a file that is not there yet, while others write to it, and looks through the copy.
pub fn backup(connection: &Connection, to: &Path) -> Result<()> {
    connection.execute("VACUUM INTO ?1", [to.display().to_string()])?;
    let copy = std::fs::File::open(to).and_then(|file| file.sync_all());
    copy.map_err(|error| Error::Damaged(format!("the copy can't be synchronised: {error}")))?;
    examine(to)
}

/// The folder that a store lies in; None for one in memory.
pub fn folder(connection: &Connection) -> Option<PathBuf> {
    let path = Path::new(connection.path()?);
    path.parent().filter(|_| path.is_absolute() || path.exists()).map(Path::to_owned)
}

/// SQLite's words for a file that is damaged, as ours.
pub(super) fn named(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Damaged(error.to_string()),
        _ => Error::Sqlite(error),
    }
}

/// The same for what a job says.
pub(super) fn known(error: Error) -> Error {
    match error {
        Error::Sqlite(error) => named(error),
        other => other,
    }
}

/// Whether the disk refuses what is to be written.
pub(super) fn is_of_disk(error: &rusqlite::Error) -> bool {
    let codes = [ErrorCode::DiskFull, ErrorCode::ReadOnly, ErrorCode::SystemIoFailure];
    error.sqlite_error_code().is_some_and(|code| codes.contains(&code))
}

/// SQLite's words for why nothing can be written, with what to do where a person can do something.
pub(super) fn advice(error: &rusqlite::Error) -> String {
    let advice = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "make room on the disk of the data directory",
        Some(ErrorCode::ReadOnly) => {
            "see whether the disk was mounted read-only, and whether firebell may write there"
        }
        Some(ErrorCode::SystemIoFailure) => "look at the disk of the data directory, and in the system's log",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            return Error::Damaged(error.to_string()).to_string();
        }
        _ => return error.to_string(),
    };
    format!("{error}: {advice}; mails wait where they are meanwhile")
}

/// Whether it is unknown what of the data is on the disk. Nothing that is in memory can be believed then: a second
/// synchronisation may succeed although what the first should have written is lost.
pub(super) fn is_unknown(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    code.is_some_and(|code| [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_DIR_FSYNC].contains(&code))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::io::store::{Store, inbound};

    #[test]
    fn only_a_failed_synchronisation_makes_everything_doubtful() {
        let of = |code| rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        assert!(is_unknown(&of(ffi::SQLITE_IOERR_FSYNC)) && is_unknown(&of(ffi::SQLITE_IOERR_DIR_FSYNC)));
        assert!(!is_unknown(&of(ffi::SQLITE_FULL)) && !is_unknown(&of(ffi::SQLITE_IOERR_WRITE)));
    }

    #[test]
    fn a_copy_has_what_was_there_when_it_was_made_and_replaces_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("firebell.db"), folder.path().join("copy.db"));
        let mut store = Store::open(&path).unwrap();
        let now = jiff::Timestamp::UNIX_EPOCH;
        store.write(|c| inbound::deposit(c, b"Subject: one\r\n\r\n", now)).unwrap();
        let mut other = Store::open(&path).unwrap();
        other.read(|c| backup(c, &copy)).unwrap();
        store.write(|c| inbound::deposit(c, b"Subject: two\r\n\r\n", now)).unwrap();
        let mails = |store: &Store| -> i64 {
            store.read(|c| Ok(c.query_row("SELECT count(*) FROM mail", [], |row| row.get(0))?)).unwrap()
        };
        assert_eq!((mails(&Store::open(&copy).unwrap()), mails(&store)), (1, 2));
        let before = fs::read(&copy).unwrap();
        assert!(other.read(|c| backup(c, &copy)).is_err());
        assert_eq!(fs::read(&copy).unwrap(), before);
        other.write(|c| inbound::deposit(c, b"Subject: three\r\n\r\n", now)).unwrap();
    }

    #[test]
    fn a_store_with_a_damaged_page_is_not_sound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("firebell.db");
        examine(&path).unwrap();
        drop(Store::open(&path).unwrap());
        examine(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes.get_mut(middle..middle + 4096).unwrap().fill(0xa5);
        fs::write(&path, &bytes).unwrap();
        assert!(matches!(examine(&path), Err(Error::Damaged(_))));
        fs::write(&path, "no store at all, but long enough to be looked at as one".repeat(99)).unwrap();
        assert!(matches!(examine(&path), Err(Error::Damaged(_))));
        assert!(matches!(Store::open(&path), Err(Error::Damaged(_))));
    }
}
