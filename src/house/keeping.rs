//! Owns what the house log says of what is kept: that somebody was erased.

use serde::{Deserialize, Serialize};

use super::House;
use crate::directory::PersonId;

/// What happened to what is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "keeping", rename_all = "kebab-case")]
pub enum KeepingFact {
    /// Somebody was erased. Who is what nobody knows any more.
    Erased {
        /// What stands in the place of their id.
        instead: PersonId,
        /// Mails of theirs whose bytes are gone.
        mails: u64,
    },
}

/// The house after one more fact.
pub(super) fn apply(house: &mut House, fact: &KeepingFact) {
    match fact {
        KeepingFact::Erased { .. } => house.erased += 1,
    }
}

impl KeepingFact {
    /// One line for people.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Erased { instead, mails } => {
                format!(
                    "a person was erased and is {instead} now; {mails} mails of theirs are not kept any more"
                )
            }
        }
    }
}
