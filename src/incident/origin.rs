//! Owns where an incident comes from: incidents before it, and the way of the mail that opened it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::directory::{Address, PersonId};
use crate::token::Hop;

/// The way of the mail that opened an incident.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    /// Other firebells that told of the trouble, the nearest last: what comes back to one of them has gone in a circle.
    #[serde(default)]
    pub via: Vec<Hop>,
    /// People of the house to whom it was addressed too: they have a part in it.
    #[serde(default)]
    pub colleagues: Vec<PersonId>,
    /// Others to whom it was addressed: said, and not mailed.
    #[serde(default)]
    pub others: Vec<Address>,
}

/// An earlier incident with the same key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Previous {
    /// Its number.
    pub number: u64,
    /// Incidents with this key within 7 days, the new one included.
    pub times: u32,
}

/// Another incident of the service. Some monitors (Zabbix) give every trouble a key of its own: what looks new may well be
/// the old one, come again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// Its number.
    pub number: u64,
    /// When it recovered.
    pub recovered_at: Timestamp,
}
