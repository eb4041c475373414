//! Owns the house log: what happened that belongs to no incident, and what follows from it.
//! The same rule as for incidents holds: the house changes only through [`apply`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::directory::{Address, PersonId};

/// Stands for the house where mails name an incident: incidents are counted from 1.
pub const HOUSE: u64 = 0;

/// One line of the house log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HouseEvent {
    /// Its place, counted from 1.
    pub seq: u64,
    /// When it happened, for firebell.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub fact: HouseFact,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum HouseFact {
    /// No rule wanted the mail.
    Unmatched {
        /// Its author.
        from: String,
        /// Its subject.
        subject: String,
    },
    /// A rule said that it is to be ignored.
    Ignored {
        /// The rule.
        rule: String,
        /// Its subject.
        subject: String,
    },
    /// A rule said that a person is to look at it.
    Held {
        /// The rule.
        rule: String,
        /// Its author.
        from: String,
        /// Its subject.
        subject: String,
    },
    /// The mail had been seen before.
    Duplicate {
        /// Its Message-ID.
        message_id: String,
    },
    /// Another mail has this Message-ID: kept, and flagged.
    SameIdOtherContent {
        /// The Message-ID.
        message_id: String,
    },
    /// A mail of ours came back to us.
    OwnMail {
        /// Its Message-ID.
        message_id: String,
    },
    /// A delivery report about a mail that isn't ours.
    ForeignBounce {
        /// What it reports on.
        about: Option<String>,
    },
    /// A recovery of something that no live incident knows.
    RecoveryOfNothing {
        /// Fingerprint of the alert.
        key: String,
    },
    /// Three attempts to work on a mail failed.
    Quarantined {
        /// Number of the mail in the store.
        mail: i64,
        /// How the last attempt failed.
        reason: String,
    },
    /// A changed configuration could not be read; the old one stays.
    ReloadRefused {
        /// The mistakes, one per line.
        mistakes: String,
    },
    /// A report to the operator can't be delivered.
    Unreachable {
        /// The recipient.
        person: PersonId,
        /// Their address.
        address: Address,
        /// The relay's words.
        reason: String,
    },
    /// A report to the operator entered the outbox.
    Queued {
        /// Its recipient.
        person: PersonId,
        /// The event it tells of.
        about: u64,
    },
}

/// What the house knows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct House {
    /// How many events its log has.
    pub events: u64,
    /// How many reports were queued: the number of the newest.
    pub reports: u32,
    /// Mails that no rule wanted.
    pub unmatched: u64,
    /// Mails put aside after three attempts.
    pub quarantined: u64,
    /// Addresses that reports could not reach, and when that was last seen.
    pub unreachable: BTreeMap<Address, Timestamp>,
}

/// The house after one more event.
pub fn apply(mut house: House, event: &HouseEvent) -> House {
    if event.seq != house.events + 1 {
        return house;
    }
    house.events = event.seq;
    match &event.fact {
        HouseFact::Unmatched { .. } => house.unmatched += 1,
        HouseFact::Quarantined { .. } => house.quarantined += 1,
        HouseFact::Queued { .. } => house.reports += 1,
        HouseFact::Unreachable { address, .. } => {
            house.unreachable.insert(address.clone(), event.at);
        }
        HouseFact::Ignored { .. }
        | HouseFact::Held { .. }
        | HouseFact::Duplicate { .. }
        | HouseFact::SameIdOtherContent { .. }
        | HouseFact::OwnMail { .. }
        | HouseFact::ForeignBounce { .. }
        | HouseFact::RecoveryOfNothing { .. }
        | HouseFact::ReloadRefused { .. } => {}
    }
    house
}

impl HouseFact {
    /// Whether the operator is mailed about it at once.
    pub fn is_reported(&self) -> bool {
        matches!(self, Self::Quarantined { .. } | Self::ReloadRefused { .. } | Self::Held { .. })
    }

    /// One line for people. Subjects and addresses in it are a stranger's text.
    pub fn line(&self) -> String {
        match self {
            Self::Unmatched { from, subject } => format!("unmatched: \"{subject}\" from {from}"),
            Self::Ignored { rule, subject } => format!("ignored by rule {rule}: \"{subject}\""),
            Self::Held { rule, from, subject } => format!("held by rule {rule}: \"{subject}\" from {from}"),
            Self::Duplicate { message_id } => format!("duplicate of {message_id}"),
            Self::SameIdOtherContent { message_id } => {
                format!("another mail has the Message-ID {message_id}: both are kept")
            }
            Self::OwnMail { message_id } => format!("our own mail came back: {message_id}"),
            Self::ForeignBounce { about: Some(about) } => {
                format!("a delivery report about {about}, which isn't ours")
            }
            Self::ForeignBounce { about: None } => "a delivery report that names no mail of ours".to_owned(),
            Self::RecoveryOfNothing { key } => format!("{key} recovered, but no live incident knows it"),
            Self::Quarantined { mail, reason } => {
                format!("mail {mail} quarantined after three attempts: {reason}")
            }
            Self::ReloadRefused { mistakes } => {
                format!("the changed configuration has mistakes, the old one stays: {mistakes}")
            }
            Self::Unreachable { person, address, reason } => {
                format!("{person} <{address}> can't be reached: {reason}")
            }
            Self::Queued { person, about } => format!("report on event {about} queued for {person}"),
        }
    }
}
