//! Owns which facts of the house log are troubles besides.

use super::super::HouseFact;
use super::super::keeping::KeepingFact;
use super::super::testing::SelfTestFact;
use super::{Kind, TroubleFact};

impl HouseFact {
    /// What it means for the operator besides.
    pub(in crate::house) fn as_trouble(&self) -> Option<TroubleFact> {
        let began =
            |kind, of: String, reason: &String| TroubleFact::Began { kind, of, reason: reason.clone() };
        match self {
            Self::Quarantined { mail, reason } => Some(began(Kind::Quarantine, mail.to_string(), reason)),
            Self::Unfetchable { mailbox, item, reason } => {
                Some(began(Kind::Unfetchable, format!("{item} ({mailbox})"), reason))
            }
            Self::Address(fact) => fact.as_trouble(),
            Self::Keeping(fact @ KeepingFact::Restored { .. }) => {
                Some(TroubleFact::Began { kind: Kind::Restored, of: String::new(), reason: fact.reason() })
            }
            Self::SelfTest(SelfTestFact::Missed { reason, .. }) => {
                Some(began(Kind::SelfTest, String::new(), reason))
            }
            Self::SelfTest(SelfTestFact::Back { .. } | SelfTestFact::Dropped) => {
                Some(TroubleFact::Over { kind: Kind::SelfTest, of: String::new() })
            }
            _ => None,
        }
    }
}
