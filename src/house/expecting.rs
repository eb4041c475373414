//! Owns what the house knows of mails that must come.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::expectation::Heard;

/// What happened to a mail that must come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "expected", rename_all = "kebab-case")]
pub enum ExpectFact {
    /// The site wants it: it is waited for from now on.
    Wanted {
        /// Its name.
        expect: String,
    },
    /// It came; nothing is owed up to this time.
    Came {
        /// Its name.
        expect: String,
        /// The time.
        until: Timestamp,
        /// It says that it failed.
        failed: bool,
    },
    /// It says that it began.
    Started {
        /// Its name.
        expect: String,
    },
    /// It was due, and is late, but firebell was away: mail that came meanwhile is read first.
    Waits {
        /// Its name.
        expect: String,
        /// Until then.
        until: Timestamp,
    },
    /// It was due then, and has not come.
    NotCome {
        /// Its name.
        expect: String,
        /// When.
        due: Timestamp,
    },
    /// It began, and has not ended in time.
    TooLong {
        /// Its name.
        expect: String,
        /// When it began.
        started: Timestamp,
    },
}

/// What is known after one more fact.
pub(super) fn apply(heard: &mut BTreeMap<String, Heard>, fact: &ExpectFact, at: Timestamp) {
    let (ExpectFact::Wanted { expect }
    | ExpectFact::Came { expect, .. }
    | ExpectFact::Started { expect }
    | ExpectFact::Waits { expect, .. }
    | ExpectFact::NotCome { expect, .. }
    | ExpectFact::TooLong { expect, .. }) = fact;
    let fresh = || Heard { until: at, ..Heard::default() };
    let heard = heard.entry(expect.clone()).or_insert_with(fresh);
    match fact {
        ExpectFact::Wanted { .. } => {}
        ExpectFact::Came { until, .. } => {
            *heard = Heard { until: heard.until.max(*until), ..Heard::default() }
        }
        ExpectFact::Started { .. } => (heard.started, heard.slow) = (Some(at), false),
        ExpectFact::Waits { until, .. } => heard.waits = Some(*until),
        ExpectFact::NotCome { due, .. } => (heard.until, heard.waits) = (*due, None),
        ExpectFact::TooLong { started, .. } => (heard.slow, heard.until) = (true, heard.until.max(*started)),
    }
}

impl ExpectFact {
    /// One line for people.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Wanted { expect } => format!("{expect} must come from now on"),
            Self::Came { expect, failed: false, .. } => format!("{expect} came"),
            Self::Came { expect, failed: true, .. } => format!("{expect} failed, says its mail"),
            Self::Started { expect } => format!("{expect} began, says its mail"),
            Self::Waits { expect, .. } => {
                format!("{expect} is late, but firebell was away: mail that waits is read first")
            }
            Self::NotCome { expect, .. } => format!("{expect} was due and has not come"),
            Self::TooLong { expect, .. } => format!("{expect} began and has not ended in time"),
        }
    }
}
