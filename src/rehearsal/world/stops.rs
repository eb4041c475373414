//! Owns what stops change. Everything that is done at one time is done once for each point at which firebell could be
//! killed meanwhile, and set back; what is known afterwards must be what is known without a stop. From there on all
//! that follows is the same too, and need not be played again.

use jiff::Timestamp;

use super::{Entry, Stop, World, storm};
use crate::rehearsal::Error;

/// Where the world is to be set back to: what changes while firebell works, and is not in the store.
struct Before {
    coming: Vec<(Timestamp, Vec<u8>)>,
    storm: Option<storm::Storm>,
    sent: usize,
    entries: usize,
    points: usize,
}

/// What is known after firebell did what it could.
#[derive(PartialEq)]
struct After {
    store: String,
    sent: Vec<String>,
    entries: Vec<Entry>,
    storm: Option<storm::Storm>,
}

impl World<'_> {
    /// From now on every stop is tried.
    pub(in crate::rehearsal) fn try_stops(&mut self) -> Result<(), Error> {
        self.store.keep_nothing()?;
        self.differing = Some(Vec::new());
        Ok(())
    }

    /// Does everything that can be done now, and tries every stop on the way.
    pub(super) fn settle_with_stops(&mut self) -> Result<(), Stop> {
        let before = self.before();
        let mut tried = Vec::new();
        self.store.mark()?;
        for stop in before.points + 1.. {
            self.stop_at = Some(stop);
            self.settle_once()?;
            let after = self.after(&before)?;
            if self.points < stop {
                let differ = tried.into_iter().filter(|(_, stopped)| *stopped != after).map(|(stop, _)| stop);
                self.differing.get_or_insert_default().extend(differ);
                break;
            }
            tried.push((stop, after));
            self.store.back_to_mark()?;
            self.back(&before);
        }
        self.stop_at = None;
        Ok(self.store.forget_mark()?)
    }

    fn before(&self) -> Before {
        Before {
            coming: self.coming.clone(),
            storm: self.storm.clone(),
            sent: self.sent.len(),
            entries: self.entries.len(),
            points: self.points,
        }
    }

    fn back(&mut self, before: &Before) {
        self.coming.clone_from(&before.coming);
        self.storm.clone_from(&before.storm);
        self.sent.truncate(before.sent);
        self.entries.truncate(before.entries);
        self.points = before.points;
    }

    fn after(&self, before: &Before) -> Result<After, Stop> {
        let mut entries: Vec<Entry> = Vec::new();
        // A mail that was sent twice because of a stop is the same mail.
        for entry in self.entries.iter().skip(before.entries) {
            if !matches!(entry, Entry::Sent { .. }) || !entries.contains(entry) {
                entries.push(entry.clone());
            }
        }
        let sent = self.sent.iter().skip(before.sent).map(|mail| mail.message_id.clone()).collect();
        Ok(After { store: self.store.digest()?, sent, entries, storm: self.storm.clone() })
    }
}
