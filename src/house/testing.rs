//! Owns what the house knows of its self test: mails that it sends to itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::self_test::{Tested, UnderWay};

/// What happened to the self test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "self_test", rename_all = "kebab-case")]
pub enum SelfTestFact {
    /// One entered the outbox.
    Sent {
        /// Its number among the mails of the house.
        number: u32,
    },
    /// The newest one left the outbox.
    Left {
        /// Its number.
        number: u32,
        /// Why the relay refused it for good, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    },
    /// The newest one came back.
    Back {
        /// Its number.
        number: u32,
    },
    /// An earlier one came back, too late.
    Late {
        /// Its number.
        number: u32,
    },
    /// The newest one is not back in time.
    Missed {
        /// Its number.
        number: u32,
        /// How far it came.
        reason: String,
    },
    /// None has come back for so long that it is an incident.
    Lasts,
    /// firebell was away: the time of the newest one counts from now on.
    Resumed,
    /// The site wants none any more.
    Dropped,
}

/// What is known after one more fact.
pub(super) fn apply(tested: &mut Tested, fact: &SelfTestFact, at: Timestamp) {
    match fact {
        SelfTestFact::Sent { number } => {
            let one =
                UnderWay { number: *number, at, counts_from: at, left: None, refused: None, missed: false };
            (tested.sent, tested.under_way) = (Some(at), Some(one));
        }
        SelfTestFact::Left { number, refused } => {
            if let Some(one) = tested.under_way.as_mut().filter(|one| one.number == *number) {
                (one.left, one.refused) = (Some(at), refused.clone());
            }
        }
        SelfTestFact::Back { .. } => {
            *tested = Tested { sent: tested.sent, ..Tested::default() };
        }
        SelfTestFact::Late { .. } => {}
        SelfTestFact::Missed { .. } => {
            tested.lost.get_or_insert(at);
            if let Some(one) = &mut tested.under_way {
                one.missed = true;
            }
        }
        SelfTestFact::Lasts => tested.lasts = true,
        SelfTestFact::Resumed => {
            if let Some(one) = &mut tested.under_way {
                one.counts_from = at;
            }
            tested.lost = tested.lost.map(|_| at);
        }
        SelfTestFact::Dropped => *tested = Tested::default(),
    }
}

impl SelfTestFact {
    /// Whether it says anything new.
    pub(super) fn is_new(&self, tested: &Tested) -> bool {
        let waits = tested.under_way.as_ref().is_some_and(|one| !one.missed);
        !matches!(self, Self::Resumed) || waits || tested.lost.is_some() && !tested.lasts
    }

    /// One line for people.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Sent { number } => format!("self test {number} sent"),
            Self::Left { number, refused: None } => format!("self test {number}: the relay took it"),
            Self::Left { number, refused: Some(why) } => {
                format!("self test {number}: the relay refused it: {why}")
            }
            Self::Back { number } => format!("self test {number} came back"),
            Self::Late { number } => format!("self test {number} came back, too late"),
            Self::Missed { number, reason } => format!("self test {number} is not back: {reason}"),
            Self::Lasts => "no self test comes back: an incident now".to_owned(),
            Self::Resumed => "firebell was away: for the self test that time counts for nothing".to_owned(),
            Self::Dropped => "no self test is wanted any more".to_owned(),
        }
    }
}
