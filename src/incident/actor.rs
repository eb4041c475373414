//! Owns who makes something happen in an incident.

use serde::{Deserialize, Serialize};

use crate::directory::{Address, PersonId};

/// Who makes something happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// Somebody in the directory.
    Person(PersonId),
    /// Somebody who is not.
    Stranger(Address),
    /// The monitors.
    Alerts,
}

impl Actor {
    /// The person, where it is one we know.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Stranger(_) | Self::Alerts => None,
        }
    }
}
