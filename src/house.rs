//! Owns the house log: what happened that belongs to no incident, and what follows from it.
//! The same rule as for incidents holds: the house changes only through [`apply`].

pub mod addresses;
pub mod digests;
pub mod duty;
pub mod expecting;
pub mod keeping;
pub mod testing;
pub mod troubles;
mod lines;
mod words;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::directory::{Address, PersonId};
use crate::expectation::Heard;
use crate::incident::{Letter, Settled, Waiting};
use crate::oncall::Override;
use crate::self_test::Tested;
use crate::token::Hop;
use addresses::{AddressFact, Addresses};
use digests::{DigestFact, DigestState};
use duty::{DutyFact, DutyState};
use expecting::ExpectFact;
use keeping::{KeepingFact, Restored};
use testing::SelfTestFact;
use troubles::{Kind, TroubleFact, Troubles};

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
        /// A rule that counts, and how far it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_yet: Option<String>,
    },
    /// A rule said that it is to be ignored.
    Ignored {
        /// The rule.
        rule: String,
        /// Its subject.
        subject: String,
    },
    /// A person is to say where it belongs: a rule said so, its subject is that of several incidents, or it lies in a folder
    /// where nobody works on it.
    Held {
        /// The rule; empty where none said so.
        rule: String,
        /// What is kept of it.
        #[serde(flatten)]
        letter: Letter,
    },
    /// What lay in a folder was moved to where it is worked on.
    HeldCame {
        /// Their numbers.
        mails: Vec<u32>,
    },
    /// The operator is asked about the mails that are held.
    HeldAsked {
        /// Their numbers.
        mails: Vec<u32>,
    },
    /// Somebody said what becomes of a held mail.
    HeldSettled {
        /// Its number.
        mail: u32,
        /// Who said so.
        by: PersonId,
        /// What becomes of it.
        how: Settled,
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
    /// A mail came to the test address.
    Tested {
        /// Who is told what would become of it; nobody but a colleague is.
        by: Option<PersonId>,
        /// Its author.
        from: String,
        /// Its subject.
        subject: String,
    },
    /// A mail of ours came back to us.
    OwnMail {
        /// Its Message-ID.
        message_id: String,
    },
    /// Another firebell told us what it had from us.
    Circle {
        /// Which one, as it names itself.
        gateway: Hop,
        /// The mail's subject.
        subject: String,
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
    /// A mail that is too old to act on was found in the mailbox.
    Stale {
        /// Its author.
        from: String,
        /// Its subject.
        subject: String,
        /// When it was sent, if it says.
        sent: Option<Timestamp>,
    },
    /// The mailbox numbers its mails anew: all of it was listed again.
    MailboxRenumbered {
        /// Its name.
        mailbox: String,
    },
    /// One mail can't be fetched; the others go on.
    Unfetchable {
        /// The mailbox.
        mailbox: String,
        /// What the mailbox calls it.
        item: String,
        /// Why not.
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
    /// Something happened to somebody's address.
    Address(AddressFact),
    /// Something happened to a digest.
    Digest(DigestFact),
    /// Something happened to a mail that must come.
    Expect(ExpectFact),
    /// Something is wrong with firebell itself or around it, or no longer.
    Trouble(TroubleFact),
    /// Something happened to a mail that firebell sends to itself.
    SelfTest(SelfTestFact),
    /// Something happened to who is on call.
    Duty(DutyFact),
    /// Something happened to what is kept.
    Keeping(KeepingFact),
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
    /// Mails that were too old to act on.
    #[serde(default)]
    pub stale: u64,
    /// When the operator was last told that there are such mails.
    #[serde(default)]
    pub stale_told: Option<Timestamp>,
    /// Mails that wait until somebody says where they belong.
    #[serde(default)]
    pub waiting: Waiting,
    /// When the operator was last told that mails go in a circle.
    #[serde(default)]
    pub circle_told: Option<Timestamp>,
    /// What is wrong with firebell itself and around it.
    #[serde(default)]
    pub troubles: Troubles,
    /// Exceptions from on-call schedules that were made by mail, and aren't over.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// What schedules were told of: hours that nobody has, and who takes over.
    #[serde(default)]
    pub duty: BTreeMap<String, DutyState>,
    /// Mails that must come, by name.
    #[serde(default)]
    pub expected: BTreeMap<String, Heard>,
    /// Addresses that mail came back from.
    #[serde(default)]
    pub addresses: Addresses,
    /// The mail that firebell sends to itself.
    #[serde(default)]
    pub tested: Tested,
    /// Digests by name.
    #[serde(default)]
    pub digests: BTreeMap<String, DigestState>,
    /// What a copy of the store that was put back can't know.
    #[serde(default)]
    pub restored: Restored,
    /// How many people were erased.
    #[serde(default)]
    pub erased: u32,
}

/// One mail tells of all the old mails of a day, thousands may have been moved into the mailbox; and of all that went in
/// a circle, or the mail about it might go in one too.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// The house after one more event.
pub fn apply(mut house: House, event: &HouseEvent) -> House {
    if event.seq != house.events + 1 {
        return house;
    }
    house.events = event.seq;
    match &event.fact {
        HouseFact::Unmatched { .. } => house.unmatched += 1,
        HouseFact::Quarantined { .. } => house.quarantined += 1,
        HouseFact::SelfTest(fact) => testing::apply(&mut house.tested, fact, event.at),
        HouseFact::Trouble(fact) => house.troubles.apply(fact, event.at),
        HouseFact::Queued { .. } => house.reports += 1,
        HouseFact::Unreachable { address, .. } => {
            house.unreachable.insert(address.clone(), event.at);
        }
        HouseFact::Stale { .. } => {
            if house.tells_of_stale(event.at) {
                house.stale_told = Some(event.at);
            }
            house.stale += 1;
        }
        HouseFact::Circle { .. } if house.tells_of_circle(event.at) => house.circle_told = Some(event.at),
        HouseFact::Held { letter, .. } => house.waiting.add(letter, event.at),
        HouseFact::HeldAsked { .. } => house.waiting.asked(event.at),
        HouseFact::HeldSettled { mail, .. } => house.waiting.settle(*mail),
        HouseFact::HeldCame { mails } => mails.iter().for_each(|mail| house.waiting.settle(*mail)),
        HouseFact::Address(fact) => house.addresses.apply(fact, event.at),
        HouseFact::Digest(fact) => digests::apply(&mut house.digests, fact, event.at),
        HouseFact::Duty(fact) => duty::apply(&mut house, fact, event),
        HouseFact::Keeping(fact) => keeping::apply(&mut house, fact, event.at),
        HouseFact::Expect(fact) => expecting::apply(&mut house.expected, fact, event.at),
        HouseFact::MailboxRenumbered { .. }
        | HouseFact::Unfetchable { .. }
        | HouseFact::Ignored { .. }
        | HouseFact::Duplicate { .. }
        | HouseFact::SameIdOtherContent { .. }
        | HouseFact::OwnMail { .. }
        | HouseFact::Tested { .. }
        | HouseFact::Circle { .. }
        | HouseFact::ForeignBounce { .. }
        | HouseFact::RecoveryOfNothing { .. }
        | HouseFact::ReloadRefused { .. } => {}
    }
    if let Some(trouble) = event.fact.as_trouble() {
        house.troubles.apply(&trouble, event.at);
    }
    house
}

impl House {
    /// Whether the operator is mailed about this at once.
    pub fn reports(&self, fact: &HouseFact, now: Timestamp) -> bool {
        match fact {
            HouseFact::Stale { .. } => self.tells_of_stale(now),
            HouseFact::Circle { .. } => self.tells_of_circle(now),
            // Told of together.
            HouseFact::Held { .. }
            | HouseFact::Quarantined { .. }
            | HouseFact::Unfetchable { .. }
            | HouseFact::Trouble(TroubleFact::Began { .. } | TroubleFact::Over { .. }) => false,
            HouseFact::HeldAsked { .. } | HouseFact::Trouble(TroubleFact::Told { .. }) => true,
            _ => fact.is_trouble(),
        }
    }

    /// What is due by the clock, if anything is.
    pub fn due(&self, now: Timestamp) -> Option<HouseFact> {
        if self.waiting.due().is_some_and(|due| due <= now) {
            let mails = self.waiting.mails.iter().map(|mail| mail.number).collect();
            return Some(HouseFact::HeldAsked { mails });
        }
        let address = self.addresses.due(now).map(HouseFact::Address);
        address.or_else(|| self.troubles.due(now).map(HouseFact::Trouble))
    }

    /// When [`House::due`] will have something to say.
    pub fn next_due(&self) -> Option<Timestamp> {
        let dues = [self.waiting.due(), self.addresses.next_due(), self.troubles.next_due()];
        dues.into_iter().flatten().min()
    }

    /// Whether a fact says anything that is not known.
    pub fn is_new(&self, fact: &HouseFact) -> bool {
        match fact {
            HouseFact::Trouble(trouble) => self.troubles.is_new(trouble),
            HouseFact::SelfTest(fact) => fact.is_new(&self.tested),
            HouseFact::Held { letter, .. } if !letter.folder.is_empty() => {
                self.lying(letter.ids.first()).is_empty()
            }
            _ => true,
        }
    }

    /// Numbers of held mails that lie in a folder and have this Message-ID.
    pub(crate) fn lying(&self, message_id: Option<&String>) -> Vec<u32> {
        let mails = self.waiting.mails.iter().filter(|mail| !mail.letter.folder.is_empty());
        mails.filter(|mail| mail.letter.ids.first() == message_id).map(|mail| mail.number).collect()
    }

    fn tells_of_stale(&self, now: Timestamp) -> bool {
        self.stale_told.is_none_or(|told| now.duration_since(told) >= TOLD_AGAIN)
    }

    fn tells_of_circle(&self, now: Timestamp) -> bool {
        self.circle_told.is_none_or(|told| now.duration_since(told) >= TOLD_AGAIN)
    }
}

impl HouseFact {
    /// Something is wrong, or goes on to be: reported as often as one likes. `of` says which one of several.
    pub fn began(kind: Kind, of: &str, reason: &str) -> Self {
        Self::Trouble(TroubleFact::Began { kind, of: of.to_owned(), reason: reason.to_owned() })
    }

    /// It is not, or no longer.
    pub fn over(kind: Kind, of: &str) -> Self {
        Self::Trouble(TroubleFact::Over { kind, of: of.to_owned() })
    }
}
