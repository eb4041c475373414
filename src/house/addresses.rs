//! Owns addresses that mail comes back from: one that came back twice for good is left alone for a week.
//! Never takes a full mailbox, a filter or a relay in trouble for an address that is wrong: what comes back from several
//! people within an hour, or twice within one, says more of the relay than of them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::troubles::{Kind, TroubleFact};
use crate::directory::{Address, PersonId};

/// An address that mail came back from twice within this time is left alone for as long.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What comes back within so short a time has one cause.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What happened to an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "address-fact", rename_all = "kebab-case")]
pub enum AddressFact {
    /// Mail to it came back for good.
    CameBack {
        /// The address.
        address: Address,
        /// Whose it is.
        person: PersonId,
        /// The words of whoever refused it.
        reason: String,
        /// Nothing is written to it until then: it was not the first.
        until: Option<Timestamp>,
    },
    /// It is written to again: its time is over, or its owner wrote from it.
    Again {
        /// The address.
        address: Address,
    },
}

/// What is known of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// When mail last came back, or when it was written to again.
    at: Timestamp,
    /// It was left alone before, and is tried again.
    #[serde(default)]
    tried: bool,
    /// Nothing is written to it until then.
    until: Option<Timestamp>,
}

/// The addresses that mail came back from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Addresses(BTreeMap<Address, Known>);

impl Addresses {
    /// Until when nothing is written to an address, if that is so.
    pub fn left_alone(&self, address: &Address) -> Option<Timestamp> {
        self.0.get(address)?.until
    }

    /// All those that nothing is written to, and until when.
    pub fn all_left_alone(&self) -> impl Iterator<Item = (&Address, Timestamp)> {
        self.0.iter().filter_map(|(address, known)| Some((address, known.until?)))
    }

    /// Mail to an address came back. None where that says nothing new: it is left alone already, or mail came back within
    /// the hour.
    pub fn came_back(
        &self,
        (address, person): (&Address, &PersonId),
        reason: &str,
        now: Timestamp,
    ) -> Option<AddressFact> {
        let known = self.0.get(address);
        if !is_for_good(reason) || known.is_some_and(|known| known.until.is_some()) {
            return None;
        }
        let lately = |known: &Known| now.duration_since(known.at) < HOUR;
        if known.is_some_and(|known| lately(known) && !known.tried) {
            return None;
        }
        let others = self.0.iter().any(|(other, known)| other != address && lately(known) && !known.tried);
        let again = !others && known.is_some_and(|known| now.duration_since(known.at) <= WEEK);
        Some(AddressFact::CameBack {
            address: address.clone(),
            person: person.clone(),
            reason: reason.to_owned(),
            until: again.then(|| now + WEEK),
        })
    }

    /// What is due by the clock.
    pub(super) fn due(&self, now: Timestamp) -> Option<AddressFact> {
        let (address, _) = self.all_left_alone().find(|(_, until)| *until <= now)?;
        Some(AddressFact::Again { address: address.clone() })
    }

    /// When [`Addresses::due`] will have something to say.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.all_left_alone().map(|(_, until)| until).min()
    }

    /// What is known after one more fact.
    pub(super) fn apply(&mut self, fact: &AddressFact, at: Timestamp) {
        self.0.retain(|_, known| known.until.is_some() || at.duration_since(known.at) <= WEEK);
        match fact {
            AddressFact::CameBack { address, until, .. } => {
                self.0.insert(address.clone(), Known { at, until: *until, tried: false });
            }
            AddressFact::Again { address } => {
                self.0.insert(address.clone(), Known { at, until: None, tried: true });
            }
        }
    }
}

impl AddressFact {
    /// What it means for the operator, and for those who know whose address it is.
    pub(super) fn as_trouble(&self) -> Option<TroubleFact> {
        match self {
            Self::CameBack { until: None, .. } => None,
            Self::CameBack { address, person, reason, until: Some(_) } => Some(TroubleFact::Began {
                kind: Kind::Address,
                of: address.to_string(),
                reason: format!("{person}: {reason}"),
            }),
            Self::Again { address } => {
                Some(TroubleFact::Over { kind: Kind::Address, of: address.to_string() })
            }
        }
    }

    /// One line for people.
    pub(super) fn line(&self) -> String {
        match self {
            Self::CameBack { address, until: None, .. } => format!("mail to {address} came back"),
            Self::CameBack { address, until: Some(_), .. } => {
                format!("mail to {address} came back once more: it is not written to for 7 days")
            }
            Self::Again { address } => format!("{address} is written to again"),
        }
    }
}

/// Whether a refusal in these words is about the address, and for good: by the enhanced status code (RFC 3463, 3.2 and
/// 3.5), without one by the code (RFC 5321, 4.2.3).
fn is_for_good(reason: &str) -> bool {
    if reason.starts_with("given up") {
        return false;
    }
    let words = || reason.split(|c: char| c.is_whitespace() || c == ':').filter(|word| !word.is_empty());
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_status = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| number(part))
    };
    match words().find(is_status) {
        // The sender's address, and a domain that has no mail server: 5.1.7, 5.1.8; 5.1.10 is Microsoft's "not found".
        Some("5.1.7" | "5.1.8") => false,
        Some(status) => status.starts_with("5.1.") || ["5.2.1", "5.4.4"].contains(&status),
        // Behind the step at which it was said, `final dot: 550`.
        None => {
            let code = words().take(3).find(|word| word.len() == 3 && number(word));
            code.is_some_and(|code| ["550", "551", "553"].contains(&code))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)
    }

    fn sato() -> (Address, PersonId) {
        (Address::new("sato@example.com"), PersonId::new("sato"))
    }

    /// What is known once mail came back on these days.
    fn after(days: &[i64]) -> Addresses {
        let (address, person) = sato();
        days.iter().fold(Addresses::default(), |mut all, day| {
            if let Some(fact) = all.came_back((&address, &person), "550 5.1.1 no such user", at(*day)) {
                all.apply(&fact, at(*day));
            }
            all
        })
    }

    #[test]
    fn an_address_is_left_alone_once_mail_came_back_twice_within_a_week() {
        let (address, _) = sato();
        for (days, until) in [
            (&[0][..], None),
            (&[0, 7], Some(14)),
            (&[0, 8], None),
            (&[0, 8, 9], Some(16)),
            (&[0, 1, 2], Some(8)),
        ] {
            assert_eq!(after(days).left_alone(&address), until.map(at), "{days:?}");
        }
        assert_eq!(after(&[0, 1]).next_due(), Some(at(8)));
        assert_eq!(after(&[0]).next_due(), None);
    }

    #[test]
    fn what_comes_back_within_an_hour_or_from_several_people_says_nothing_of_an_address() {
        let (address, person) = sato();
        let (kato, katos) = (Address::new("kato@example.com"), PersonId::new("kato"));
        let mut all = after(&[0]);
        let (soon, later) = (at(0) + SignedDuration::from_mins(59), at(0) + HOUR);
        assert_eq!(all.came_back((&address, &person), "5.1.1", soon), None);
        let marks = |fact| matches!(fact, Some(AddressFact::CameBack { until: Some(_), .. }));
        assert!(marks(all.came_back((&address, &person), "5.1.1", later)));
        all.apply(&all.came_back((&kato, &katos), "5.1.1", soon).unwrap(), soon);
        let fact = all.came_back((&address, &person), "5.1.1", later);
        assert!(fact.is_some() && !marks(fact));
    }

    #[test]
    fn after_a_week_one_more_is_enough() {
        let (address, person) = sato();
        let mut all = after(&[0, 1]);
        assert_eq!(all.due(at(7)), None);
        let again = all.due(at(8)).unwrap();
        assert_eq!(again, AddressFact::Again { address: address.clone() });
        all.apply(&again, at(8));
        assert_eq!((all.left_alone(&address), all.due(at(9))), (None, None));
        let fact = all.came_back((&address, &person), "5.1.1", at(10)).unwrap();
        assert!(matches!(fact, AddressFact::CameBack { until: Some(_), .. }));
        assert!(matches!(
            all.came_back((&address, &person), "5.1.1", at(16)),
            Some(AddressFact::CameBack { until: None, .. })
        ));
    }

    #[test]
    fn only_what_is_about_the_address_and_for_good_counts() {
        for reason in [
            "RCPT: 550 5.1.1 <sato@example.com>: Recipient address rejected: User unknown",
            "came back: 5.1.10 RESOLVER.ADR.RecipientNotFound",
            "RCPT: 551 User not local",
            "RCPT: 550 No such user here",
            "came back: 5.2.1 mailbox disabled",
        ] {
            assert!(is_for_good(reason), "{reason}");
        }
        for reason in [
            "given up after 48 h: RCPT: 451 4.7.1 Greylisted",
            "given up after 48 h: 550 5.1.1",
            "RCPT: 552 5.2.2 Mailbox full",
            "final dot: 550 5.7.1 Message rejected as spam",
            "final dot: 554 5.6.0 bad content",
            "RCPT: 554 5.1.8 sender domain not found",
            "came back: 4.4.1 host does not answer",
            "final dot: 552 message too large",
            "bug in firebell: a NUL byte in line 550 of the mail; it was not sent",
            "sms: /usr/local/bin/sms failed (exit status: 1)",
            "not written to until 2026-11-30: mail came back twice",
        ] {
            assert!(!is_for_good(reason), "{reason}");
        }
    }
}
