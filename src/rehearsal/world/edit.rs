//! Owns edits of the configuration: what a running firebell does once it has taken one over.

use super::{Stop, World};
use crate::book::Book;
use crate::io::store::wake;

impl<'a> World<'a> {
    /// From now on this is what is configured.
    pub(in super::super) fn take_over(&mut self, book: &'a Book) -> Result<(), Stop> {
        self.book = book;
        let now = self.now;
        self.store.write(|store| wake::quiet_ones(store, now))?;
        self.settle()
    }
}
