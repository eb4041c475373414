//! Owns a connection to the database, and the incidents that it read or wrote last: in a storm the same one is wanted for
//! every alert, and is large. What is remembered is never taken at its word: the stamp in its row must be the same.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Deref;

use crate::incident::Incident;

/// So many incidents are remembered at most.
const MOST: usize = 64;
/// And not more than so many bytes of them, as JSON.
const MOST_BYTES: usize = 16 << 20;

/// A connection to the database. Incidents are remembered with the number of their last use.
#[derive(Debug)]
pub struct Connection {
    database: rusqlite::Connection,
    remembered: RefCell<BTreeMap<u64, (u64, Remembered)>>,
    uses: Cell<u64>,
    stamp: Cell<i64>,
}

/// An incident as it was read or written.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    /// What its row said then.
    pub stamp: i64,
    /// The incident.
    pub incident: Incident,
    /// Up to which event its state is stored whole.
    pub whole: u32,
    /// The length of that, as JSON.
    pub bytes: usize,
}

impl Connection {
    pub(super) fn new(database: rusqlite::Connection) -> Self {
        // Any number to begin with, so that two programs that write to one store don't give the same.
        let first = RandomState::new().hash_one(0).cast_signed();
        Self { database, remembered: RefCell::default(), uses: Cell::new(0), stamp: Cell::new(first) }
    }

    /// A stamp that nobody gave before.
    pub(super) fn next_stamp(&self) -> i64 {
        self.stamp.set(self.stamp.get().wrapping_add(1));
        self.stamp.get()
    }

    /// The incident, if what is remembered of it bears this stamp.
    pub(super) fn remembered(&self, number: u64, stamp: i64) -> Option<Incident> {
        let mut all = self.remembered.borrow_mut();
        let (used, found) = all.get_mut(&number).filter(|(_, found)| found.stamp == stamp)?;
        *used = self.next_use();
        Some(found.incident.clone())
    }

    /// Up to which event its state is stored whole, and the length of that, if what is remembered bears this stamp.
    pub(super) fn whole(&self, number: u64, stamp: i64) -> Option<(u32, usize)> {
        let all = self.remembered.borrow();
        all.get(&number).filter(|(_, it)| it.stamp == stamp).map(|(_, it)| (it.whole, it.bytes))
    }

    /// Remembers an incident. What was wanted least of late makes room.
    pub(super) fn remember(&self, incident: Remembered) {
        let mut all = self.remembered.borrow_mut();
        all.insert(incident.incident.number, (self.next_use(), incident));
        let mut bytes: usize = all.values().map(|(_, it)| it.bytes).sum();
        while all.len() > 1 && (all.len() > MOST || bytes > MOST_BYTES) {
            let oldest = all.iter().min_by_key(|(_, (used, _))| *used).map(|(number, _)| *number);
            let gone = oldest.and_then(|number| all.remove(&number));
            bytes -= gone.map_or(0, |(_, it)| it.bytes);
        }
    }

    /// Forgets them all.
    pub(super) fn forget(&self) {
        self.remembered.borrow_mut().clear();
    }

    fn next_use(&self) -> u64 {
        self.uses.set(self.uses.get() + 1);
        self.uses.get()
    }
}

impl Deref for Connection {
    type Target = rusqlite::Connection;

    fn deref(&self) -> &Self::Target {
        &self.database
    }
}
