//! Owns saying words of one set, filled with values.

use std::collections::{BTreeMap, BTreeSet};

use super::{Set, Templates, names};

/// The words of one set.
#[derive(Debug, Clone, Copy)]
pub struct Phrases<'a> {
    pub(super) templates: &'a Templates,
    pub(super) set: Set,
}

impl Phrases<'_> {
    /// A phrase with its values. What is missing shows its name, so that a mistake in a phrase never loses a document.
    pub fn say(&self, name: &str, values: &[(&str, &str)]) -> String {
        let values: BTreeMap<&str, &str> = values.iter().copied().collect();
        self.templates.fill(self.set, name, &values).trim().to_owned()
    }

    /// A phrase without values.
    pub fn word(&self, name: &str) -> String {
        self.say(name, &[])
    }

    /// The names of all phrases.
    pub fn names(&self) -> BTreeSet<String> {
        names(self.set)
    }
}
