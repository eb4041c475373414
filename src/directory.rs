//! Owns who is who: people, parties and services, as the site configured them.
//! Never changes while firebell runs; a reload makes a new one.

mod called;
mod follows;
mod ladder;
mod quiet;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use called::Named;
pub use follows::Follow;
pub use ladder::{Ladder, Rung};
pub use quiet::QuietHours;

/// Makes a type of its own out of a word, so that a party can't be taken for a person. Copies share the word: an incident
/// names the same few people thousands of times.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as written in the configuration.
            pub fn new(id: impl AsRef<str>) -> Self {
                Self(id.as_ref().into())
            }

            /// The id as a word.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::new)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A person's id, `kato`: lower-case letters, digits, `-` and `_`.
    PersonId
}
id! {
    /// A party's id, `infra` or `client-a`.
    PartyId
}
id! {
    /// A service's id, `service-a`.
    ServiceId
}

/// A mail address in the one form in which firebell compares them: trimmed, ASCII lower case
/// (local parts too: no provider in use tells them apart, and people type them as they like).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// Brings an addr-spec (RFC 5322, 3.4.1) into the comparable form. Accepts anything: text from
    /// mails is compared, not judged; [`Address::is_deliverable`] judges.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_ascii_lowercase())
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the last `@`; all of it when there is none.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or(self.0.as_str(), |(local, _)| local)
    }

    /// What stands after the last `@`; empty when there is none.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether mail can be sent there: one `@`, printable ASCII, within the limits of RFC 5321, 4.5.3.1.
    pub fn is_deliverable(&self) -> bool {
        let (local, domain) = (self.local(), self.domain());
        let plain = |c: char| c.is_ascii_graphic() && !"()<>[]:;\\,\"@".contains(c);
        (1..=64).contains(&local.len())
            && (1..=255).contains(&domain.len())
            && local.chars().all(plain)
            && domain.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
            && !domain.starts_with(['.', '-'])
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The language of a mail that firebell writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Japanese.
    Ja,
}

/// How bad it is. SEV1 is the most severe and sorts first: `Sev1 < Sev4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Everything stands still.
    Sev1,
    /// Much is broken.
    Sev2,
    /// Something is broken. What a rule opens with when it says nothing.
    Sev3,
    /// A blemish.
    Sev4,
}

impl Severity {
    /// All of them, the most severe first.
    pub const ALL: [Self; 4] = [Self::Sev1, Self::Sev2, Self::Sev3, Self::Sev4];

    /// The word in configuration, commands and JSON: `sev1`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sev1 => "sev1",
            Self::Sev2 => "sev2",
            Self::Sev3 => "sev3",
            Self::Sev4 => "sev4",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sev1 => "SEV1",
            Self::Sev2 => "SEV2",
            Self::Sev3 => "SEV3",
            Self::Sev4 => "SEV4",
        })
    }
}

/// Somebody with a mailbox.
#[derive(Debug, Clone)]
pub struct Person {
    /// Short name used in configuration and commands.
    pub id: PersonId,
    /// Name for people: `Kato Ren`.
    pub name: String,
    /// The first is written to; all of them are recognised.
    pub addresses: Vec<Address>,
    /// Those of them at which mails become text messages. A page goes there beside the first.
    pub short: Vec<Address>,
    /// Language of the mails they get.
    pub language: Language,
    /// Zone in which they read times.
    pub zone: TimeZone,
    /// Their mails have no HTML.
    pub plain_text: bool,
    /// How what they are only to know comes.
    pub bundle: Bundling,
}

/// How what somebody is only to know comes to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bundling {
    /// Each by itself.
    Never,
    /// What comes within a minute of the one before it is one mail, in each thread for itself.
    #[default]
    Threads,
    /// All of it is one mail each such time, of whichever incidents it is.
    All(SignedDuration),
}

impl Person {
    /// Whether what is written to them becomes a text message.
    pub fn reads_short(&self) -> bool {
        self.addresses.first().is_some_and(|address| self.short.contains(address))
    }

    /// Where a page goes besides.
    pub fn phones(&self) -> impl Iterator<Item = &Address> {
        self.short.iter().filter(|address| self.addresses.first() != Some(*address))
    }
}

/// When a client hears of a change without anybody lifting a finger (DESIGN 3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// The moment firebell knows.
    AtOnce,
    /// The holding line goes out after this time, unless somebody approved a draft before.
    HoldingLineAfter(SignedDuration),
    /// Nothing goes out by itself: what it is owed climbs from person to person.
    AfterApproval,
}

/// Whose mail must have been accepted before the party counts as told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contacts {
    /// One of its people is enough.
    Any,
    /// Every one of them.
    All,
}

/// A team (internal) or a client (external).
#[derive(Debug, Clone)]
pub struct Party {
    /// Short name used in configuration.
    pub id: PartyId,
    /// Name for people: `Infrastructure`.
    pub name: String,
    /// A client: gets its own thread and only what clients may know.
    pub external: bool,
    /// Its people, in the order written.
    pub people: Vec<PersonId>,
    /// Who answers for this client.
    pub owner: Option<Target>,
    /// When a client is told by itself.
    pub tell: Tell,
    /// How many of its people must be reached.
    pub contacts: Contacts,
    /// When it is not to be woken.
    pub quiet_hours: Option<QuietHours>,
    /// Who hears of what it is owed; None for whoever answers for it, then the operator too.
    pub ladder: Option<Ladder>,
}

/// Who is meant, as written in policies: `person:kato`, `party:infra`, `on-call:infra`, `owner`, `all`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// One person.
    Person(PersonId),
    /// Everybody in the party.
    Party(PartyId),
    /// Whoever is on call by this schedule at that moment.
    OnCall(String),
    /// Who answers for the incident.
    Owner,
    /// Everybody of the house who has to do with the incident.
    All,
}

/// Something that can break.
#[derive(Debug, Clone)]
pub struct Service {
    /// Short name used in rules.
    pub id: ServiceId,
    /// What clients call it. Required as soon as the service has clients.
    pub public_name: String,
    /// Internal parties that mend it.
    pub responders: Vec<PartyId>,
    /// Internal parties that are kept informed.
    pub followers: Vec<PartyId>,
    /// Clients that are told.
    pub clients: Vec<PartyId>,
    /// Name of the escalation policy; the default policy without one.
    pub policy: Option<String>,
    /// Names of other policies for some severities.
    pub policy_of: BTreeMap<Severity, String>,
}

impl Service {
    /// Name of the policy for a severity.
    pub fn policy_for(&self, severity: Severity) -> Option<&String> {
        self.policy_of.get(&severity).or(self.policy.as_ref())
    }
}

/// Everybody and everything the site named.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// People by id.
    pub people: BTreeMap<PersonId, Person>,
    /// Parties by id.
    pub parties: BTreeMap<PartyId, Party>,
    /// Services by id.
    pub services: BTreeMap<ServiceId, Service>,
    /// Who wants to be kept informed of what.
    pub wishes: Vec<Follow>,
    /// The lowest severity of which a report is drafted without anybody's asking; None for all.
    pub drafted_from: Option<Severity>,
}

impl Directory {
    /// Whose address this is.
    pub fn person_of(&self, address: &Address) -> Option<&Person> {
        self.people.values().find(|person| person.addresses.contains(address))
    }

    /// The parties a person belongs to.
    pub fn parties_of<'a>(&'a self, person: &'a PersonId) -> impl Iterator<Item = &'a Party> {
        self.parties.values().filter(move |party| party.people.contains(person))
    }

    /// Whether a person belongs to the house: in an internal party, or in none at all but listed.
    /// Somebody who is also in a client's party is a client.
    pub fn is_internal(&self, person: &PersonId) -> bool {
        self.people.contains_key(person) && !self.parties_of(person).any(|party| party.external)
    }

    /// The people of some parties, each once, in the order in which they stand there.
    pub fn people_in<'a>(&self, parties: impl IntoIterator<Item = &'a PartyId>) -> Vec<PersonId> {
        let mut people = Vec::new();
        for party in parties.into_iter().filter_map(|id| self.parties.get(id)) {
            for person in &party.people {
                if !people.contains(person) {
                    people.push(person.clone());
                }
            }
        }
        people
    }
}
