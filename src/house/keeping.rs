//! Owns what the house log says of what is kept: that somebody was erased, that the store was put back from a copy.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::House;
use crate::directory::PersonId;

/// So many numbers of mails are left out: more than can have been given since any copy was made.
const SKIPPED: u32 = 100_000;
/// So long at most nothing is sent while mailboxes are gone through again.
const WAITS: SignedDuration = SignedDuration::from_mins(5);

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
    /// The store was put back from a copy that had been made before.
    Restored {
        /// When the newest mail came that is known.
        known_to: Option<Timestamp>,
        /// The newest incident that there ever was, where that is known; else 0.
        incidents: u64,
    },
}

/// What a copy that was put back can't know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Restored {
    /// When it last was.
    pub at: Option<Timestamp>,
    /// Incidents up to this number may have been told of.
    pub incidents: u64,
    /// So many numbers of mails are left out: Message-IDs are made of them, and none may name two mails.
    pub skipped: u32,
}

impl Restored {
    /// Until when at most nothing is sent; None where it never was.
    pub fn waits_until(&self) -> Option<Timestamp> {
        self.at.map(|at| at + WAITS)
    }
}

/// The house after one more fact.
pub(super) fn apply(house: &mut House, fact: &KeepingFact, at: Timestamp) {
    match fact {
        KeepingFact::Erased { .. } => house.erased += 1,
        KeepingFact::Restored { incidents, .. } => {
            house.restored.at = Some(at);
            house.restored.incidents = house.restored.incidents.max(*incidents);
            house.restored.skipped = house.restored.skipped.saturating_add(SKIPPED);
            house.reports = house.reports.saturating_add(SKIPPED);
        }
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
            Self::Restored { .. } => format!("the store was put back from a copy: {}", self.reason()),
        }
    }

    /// What the operator is to know of a copy that was put back.
    pub(super) fn reason(&self) -> String {
        let known = match self {
            Self::Restored { known_to: Some(at), .. } => format!("it ends with a mail of {at:.0}"),
            _ => "no mail is in it".to_owned(),
        };
        format!(
            "{known}. What still lies in the mailboxes is taken again; what was sent since, and words that were not sent by \
             mail, are not known, and numbers of incidents that were given since are not given again"
        )
    }
}
