//! Owns silence: until when nobody is paged, on whose word, and why.
//! Never says of what: an incident has one, or an alert of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::directory::PersonId;

/// A time in which nobody is paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// When it is over.
    pub until: Timestamp,
    /// On whose word.
    pub by: Silencer,
    /// The reason that was given; empty where none was.
    #[serde(default)]
    pub why: String,
}

/// On whose word nobody is paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silencer {
    /// Somebody said so of a whole incident.
    Person(PersonId),
    /// A rule said so of an alert.
    Rule(String),
    /// It is planned: a `[[maintenance]]` of this name covers the alert.
    Maintenance(String),
}

impl Silencer {
    /// Its name: of the person, the rule, the maintenance.
    pub fn name(&self) -> &str {
        match self {
            Self::Person(person) => person.as_str(),
            Self::Rule(name) | Self::Maintenance(name) => name,
        }
    }
}

impl Quiet {
    /// Who wanted it and why, in a few words for the timeline: `maintenance db-upgrade, PostgreSQL 18`.
    pub fn words(&self) -> String {
        let by = match &self.by {
            Silencer::Person(person) => format!("says {person}"),
            Silencer::Rule(rule) => format!("rule {rule}"),
            Silencer::Maintenance(name) => format!("maintenance {name}"),
        };
        if self.why.is_empty() { by } else { format!("{by}, {}", self.why) }
    }
}
