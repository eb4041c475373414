//! Owns the audiences: who reads a thread, and what readers may know.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::directory::PartyId;

/// Whose thread a mail belongs to. Each audience of an incident has a thread of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// The people who work on the incident and those who follow it inside the house.
    Inner,
    /// One client.
    Client(PartyId),
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inner => f.write_str("inner"),
            Self::Client(party) => write!(f, "client {party}"),
        }
    }
}

/// What a reader holds to be true of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Belief {
    /// It does not work.
    Down,
    /// It works, or works again.
    Working,
    /// It works and stays so: the cause is gone.
    Resolved,
}

impl fmt::Display for Belief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Down => "down",
            Self::Working => "works again",
            Self::Resolved => "resolved",
        })
    }
}
