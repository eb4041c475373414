//! Owns what an incident begins with.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Actor, Incident, Neighbour, Occurrence, Origin, Previous};
use crate::directory::{PartyId, PersonId, ServiceId, Severity};
use crate::escalation::Policy;
use crate::quiet::Quiet;

/// How much of a line becomes a title, in characters.
const LONGEST_TITLE: usize = 80;

/// Everything with which an incident begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// Title for the inner side.
    pub title: String,
    /// What clients call what is broken.
    pub public_name: String,
    /// The service.
    pub service: Option<ServiceId>,
    /// How bad it is.
    pub severity: Severity,
    /// Internal parties that mend it.
    pub responders: Vec<PartyId>,
    /// Internal parties that are kept informed.
    pub followers: Vec<PartyId>,
    /// Clients that are told.
    pub clients: Vec<PartyId>,
    /// What some of them call what is broken, where it is not what the others call it.
    #[serde(default)]
    pub names: BTreeMap<PartyId, String>,
    /// The escalation policy it starts with.
    pub policy: Policy,
    /// The rule that wanted it.
    pub rule: Option<String>,
    /// That rule counts: how many had come, `5 of 5 within 10 m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<String>,
    /// It is a storm: many troubles of that rule that no service unites.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub storm: bool,
    /// Words that the rules gave it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Who or what reported it.
    pub by: Actor,
    /// Fingerprint of the alert that opened it.
    pub key: Option<String>,
    /// When the trouble began.
    pub began: Timestamp,
    /// Whether the report may be believed without asking.
    pub trusted: bool,
    /// The incident that had this key before.
    pub previous: Option<Previous>,
    /// The incident of the same service that had recovered not long before, under another key.
    pub neighbour: Option<Neighbour>,
    /// The incident from which people parted it.
    #[serde(default)]
    pub parted_from: Option<u64>,
    /// The beginning of what was reported, for the inner side.
    pub report: String,
    /// Through whom its mail came, and to whom else.
    #[serde(default)]
    pub origin: Origin,
    /// Why nobody is to hear of it for a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// It was found in an archive, over long ago: nobody was told of it.
    #[serde(default)]
    pub past: bool,
}

impl Opening {
    /// What begins with words that somebody parts from an incident: another trouble, of the same parties. No monitor speaks
    /// of it, and clients hear of it only once somebody has confirmed it.
    pub fn parted(from: &Incident, by: &PersonId, note: &str, report: String, now: Timestamp) -> Self {
        let first = note.lines().map(str::trim).find(|line| !line.is_empty());
        let short = |line: &str| line.chars().take(LONGEST_TITLE).collect::<String>();
        Self {
            title: first.map_or_else(|| from.title.clone(), short),
            public_name: from.public_name.clone(),
            service: from.service.clone(),
            severity: from.severity,
            responders: from.responders.clone(),
            followers: from.followers.clone(),
            clients: from.clients.clone(),
            names: from.names.clone(),
            policy: from.policy.clone(),
            rule: None,
            counted: None,
            storm: false,
            tags: BTreeSet::new(),
            by: Actor::Person(by.clone()),
            key: None,
            began: now,
            trusted: false,
            previous: None,
            neighbour: None,
            parted_from: Some(from.number),
            report,
            origin: Origin { via: from.origin.via.clone(), ..Origin::default() },
            quiet: None,
            past: false,
        }
    }
}

impl Occurrence {
    /// One that begins.
    pub(super) fn begin(began: Timestamp, detected: Timestamp) -> Self {
        Self { began, detected, recovered: None, withdrawn: None, hidden: None, late: None }
    }
}
