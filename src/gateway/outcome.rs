//! Owns what becomes of a mail, in a word, and how it was placed.

use serde::{Deserialize, Serialize};

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailOutcome {
    /// In a word.
    pub what: Outcome,
    /// How it was placed.
    pub by: Placement,
    /// The incident it led to.
    pub incident: Option<u64>,
    /// The rule that decided.
    pub rule: Option<String>,
}

/// The one thing that becomes of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It opened an incident.
    Opened,
    /// It joined one.
    Joined,
    /// It waits for a person.
    Held,
    /// No rule wanted it.
    Unmatched,
    /// A rule, or its being our own or a recovery of nothing, says that nothing is to be done.
    Ignored,
    /// It was received before.
    Duplicate,
    /// It reports on the delivery of a mail.
    Bounce,
    /// It came to the test address: who asks was told what would become of it, and nothing was done.
    Tested,
}

impl Outcome {
    /// The outcome as a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Joined => "joined",
            Self::Held => "held",
            Self::Unmatched => "unmatched",
            Self::Ignored => "ignored",
            Self::Duplicate => "duplicate",
            Self::Bounce => "bounce",
            Self::Tested => "tested",
        }
    }
}

/// How a mail was placed, as JSON names it (DESIGN 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// Signed reply address.
    Token,
    /// Signed Message-ID.
    MessageId,
    /// Stored Message-ID.
    References,
    /// Subject tag.
    Tag,
    /// Subject and sender.
    Subject,
    /// Alert key.
    Key,
    /// It opened an incident.
    New,
    /// It is held.
    Held,
    /// Nowhere.
    Unmatched,
    /// Nowhere, on purpose.
    Ignored,
    /// It was there before.
    Duplicate,
}
