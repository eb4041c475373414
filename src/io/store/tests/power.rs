//! The power goes at random moments of writing: what was synchronised is there afterwards, of the rest any part.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// What is lost, is lost in blocks of this size.
const BLOCK: usize = 512;
/// How many mails are taken.
const MAILS: i64 = 24;

/// The files of a store, as they are on disk.
#[derive(Debug, Clone)]
struct Disk {
    database: Vec<u8>,
    log: Vec<u8>,
}

impl Disk {
    fn of(path: &Path) -> Self {
        let log = fs::read(path.with_extension("db-wal")).unwrap_or_default();
        Self { database: fs::read(path).unwrap(), log }
    }

    fn write(&self, path: &Path) {
        fs::write(path, &self.database).unwrap();
        fs::write(path.with_extension("db-wal"), &self.log).unwrap();
    }
}

/// A number that looks random (SplitMix64).
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z ^ (z >> 27)
}

/// A file of which each block that was being written got to the disk or didn't, and perhaps its length did.
fn torn(before: &[u8], after: &[u8], seed: &mut u64) -> Vec<u8> {
    let length = if random(seed).is_multiple_of(2) { after.len() } else { before.len().min(after.len()) };
    let mut file = vec![0; length];
    for (number, block) in file.chunks_mut(BLOCK).enumerate() {
        let at = number * BLOCK;
        let source = if random(seed).is_multiple_of(2) { before } else { after };
        let there = source.get(at..(at + block.len()).min(source.len())).unwrap_or_default();
        block.get_mut(..there.len()).unwrap().copy_from_slice(there);
    }
    file
}

/// The power goes between two commits. SQLite writes to the log and synchronises it, and only then writes to the database
/// what it takes out of the log: it goes in the one or in the other.
fn lost(before: &Disk, after: &Disk, seed: &mut u64) -> Disk {
    if random(seed).is_multiple_of(2) {
        Disk { database: before.database.clone(), log: torn(&before.log, &after.log, seed) }
    } else {
        Disk { database: torn(&before.database, &after.database, seed), log: after.log.clone() }
    }
}

/// The content of all mails that are kept.
fn kept(store: &Store) -> Vec<Vec<u8>> {
    rows(store, "SELECT bytes FROM raw ORDER BY mail", |row| row.get(0))
}

/// A store, what of it was answered for, and the power that goes at each of its commits.
struct Power {
    path: PathBuf,
    after_it: PathBuf,
    store: Store,
    before: Disk,
    answered: Vec<Vec<u8>>,
    seed: u64,
    emptied: usize,
}

impl Power {
    /// One commit; the power goes while it is made. What was answered for before it is there afterwards.
    fn commits<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T>) -> T {
        let done = self.store.write(work).unwrap();
        let after = Disk::of(&self.path);
        self.emptied += usize::from(after.database != self.before.database);
        lost(&self.before, &after, &mut self.seed).write(&self.after_it);
        let found = Store::open(&self.after_it).unwrap();
        let sound: String =
            found.read(|c| Ok(c.query_row("PRAGMA integrity_check", [], |row| row.get(0))?)).unwrap();
        assert_eq!(sound, "ok");
        assert!(kept(&found).starts_with(&self.answered), "after {} mails", self.answered.len());
        for incident in found.read(views::incidents).unwrap() {
            let events = found.read(|c| views::events(c, incident.number)).unwrap();
            assert_eq!(crate::incident::replay(incident.number, &events), Some(incident));
        }
        drop(found);
        for left in ["db-wal", "db-shm"] {
            let _ = fs::remove_file(self.after_it.with_extension(left));
        }
        self.before = after;
        done
    }
}

/// Fault 7.
#[test]
fn what_was_answered_for_is_there_after_the_power_went_at_any_moment() {
    let (book, folder) = (rehearsal::standard_cast().unwrap(), tempfile::tempdir().unwrap());
    let path = folder.path().join("firebell.db");
    let store = Store::open(&path).unwrap();
    let before = Disk::of(&path);
    let after_it = folder.path().join("after.db");
    let mut power = Power { path, after_it, store, before, answered: Vec::new(), seed: 7, emptied: 0 };
    for number in 0..MAILS {
        let now = at(number);
        let mut raw = alert(&number.to_string(), "PROBLEM", "CRITICAL");
        // So many pages that the log is emptied now and then.
        raw.extend_from_slice(&vec![b'x'; 400_000]);
        power.commits(|c| inbound::deposit(c, &raw, now));
        power.answered.push(raw);
        let claimed = power.commits(|c| inbound::claim(c, &lease("one", number + 1), 1, now)).remove(0);
        let message = message::read(&claimed.raw);
        power.commits(|c| inbound::finish(c, &book, &claimed, &message, now));
    }
    assert_eq!(kept(&power.store), power.answered);
    assert!(power.emptied >= 2, "the log was never taken over into the database");
}
