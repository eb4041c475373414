//! Owns noticing at the start that the store was put back from a copy.

use super::super::Failure;
use super::{Ready, because};
use crate::book::Book;
use crate::io::clock::Clock;
use crate::io::daemon::Inlet;
use crate::io::store::witness::{Progress, Witness};
use crate::io::store::{Store, restore};

/// Compares the store with its witness, or believes whoever says so. A witness that can't be opened is none.
pub(super) fn look(store: &mut Store, book: &Book, ready: &Ready) -> Result<Option<Witness>, Failure> {
    let (witness, said) = match Witness::open(&ready.data) {
        Ok((witness, said)) => (Some(witness), said),
        Err(error) => {
            tracing::warn!("an old copy of the store would not be noticed: {error}");
            (None, None)
        }
    };
    let failed = |error| because("the store", error);
    let found = store.read(Progress::of).map_err(failed)?;
    let lost = said.filter(|said| said.is_ahead_of(&found));
    if lost.is_some() || ready.restored {
        let named = ready.inlets.iter().filter(|inlet| !matches!(inlet, Inlet::Listen(_)));
        let names: Vec<String> = named.map(|inlet| inlet.name().to_owned()).collect();
        let now = Clock::World.now();
        store.write(|connection| restore::begin(connection, book, lost, &names, now)).map_err(failed)?;
        tracing::warn!("the store was put back from a copy: mailboxes are gone through again");
    }
    Ok(witness)
}
