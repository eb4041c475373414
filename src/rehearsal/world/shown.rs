//! Owns what of all that is recorded the printed transcript shows.

use super::{Entry, World};
use crate::gateway::Change;
use crate::house::HouseFact;
use crate::house::addresses::AddressFact;
use crate::house::digests::DigestFact;
use crate::house::testing::SelfTestFact;
use crate::house::troubles::TroubleFact;
use crate::incident::{Fact, words};
use crate::notice;

impl World<'_> {
    /// What is worth a line: mails that were sent and their causes show themselves.
    pub(super) fn recorded(&mut self, change: &Change) {
        self.texts.extend(change.notices.iter().map(|notice| (notice.message_id.clone(), notice.text)));
        for (number, event) in &change.events {
            if self.storm.as_mut().is_some_and(|storm| storm.counts(*number, &event.fact)) {
                continue;
            }
            let shown = match &event.fact {
                Fact::Queued { .. } | Fact::Told { .. } | Fact::Announced { .. } | Fact::HeldAsked { .. } => {
                    false
                }
                Fact::Escalated { told, .. } => told.is_empty(),
                _ => true,
            };
            if shown {
                let line = words::line(event, &self.book.zone);
                self.entries
                    .push(Entry::Recorded(self.now, format!("{} {line}", notice::label(self.book, *number))));
            }
        }
        for event in &change.house_events {
            let shown = match &event.fact {
                // The incident says it already.
                HouseFact::Address(AddressFact::CameBack { until: None, .. })
                | HouseFact::Queued { .. }
                | HouseFact::HeldAsked { .. }
                | HouseFact::SelfTest(SelfTestFact::Sent { .. } | SelfTestFact::Left { refused: None, .. })
                | HouseFact::Trouble(TroubleFact::Told { .. }) => false,
                HouseFact::Digest(fact) => {
                    matches!(
                        fact,
                        DigestFact::Chosen { .. }
                            | DigestFact::Withheld { .. }
                            | DigestFact::Composed { skipped: true, .. }
                    )
                }
                _ => true,
            };
            if shown {
                self.entries.push(Entry::Recorded(self.now, event.fact.line()));
            }
        }
    }
}
