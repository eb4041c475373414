//! Owns what the house knows of digests: for which time each is being sent, who has it, and who wants none.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::directory::PersonId;
use crate::timetable::DigestOrder;

/// Whoever wants a digest weekly gets the first one after this.
const WEEKLY: SignedDuration = SignedDuration::from_hours(6 * 24 + 12);

/// What happened to a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum DigestFact {
    /// The site wants it: it is sent at the times after this.
    Wanted {
        /// Its name.
        digest: String,
    },
    /// Its time has come. From now on it is being composed for this time, and for no other.
    Due {
        /// Its name.
        digest: String,
        /// The time for which it is.
        time: Timestamp,
    },
    /// Somebody's copy entered the outbox, or there was nothing to say to them.
    Composed {
        /// Its name.
        digest: String,
        /// The time for which it is.
        time: Timestamp,
        /// Who.
        person: PersonId,
        /// Nothing was to be said, and they want none then.
        skipped: bool,
    },
    /// Somebody's copy has in it what only the house may know: it waits in the outbox, and the next one tells what it would
    /// have told.
    Withheld {
        /// Its name.
        digest: String,
        /// The time for which it is.
        time: Timestamp,
        /// Who would have got it.
        person: PersonId,
        /// What it has in it.
        found: Vec<String>,
    },
    /// Everybody has theirs.
    Done {
        /// Its name.
        digest: String,
        /// The time for which it is.
        time: Timestamp,
    },
    /// Somebody said how often they want it.
    Chosen {
        /// Its name.
        digest: String,
        /// Who.
        person: PersonId,
        /// How often.
        often: Often,
    },
}

/// How often somebody wants a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Often {
    /// Whenever it is sent.
    Always,
    /// Once a week.
    Weekly,
    /// Not any more.
    Never,
}

/// A digest as the house knows it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DigestState {
    /// The newest time for which it was sent, or after which it is wanted.
    pub newest: Timestamp,
    /// What is being sent now.
    #[serde(default)]
    pub sending: Option<Sending>,
    /// When each of its readers last got one: the next one tells what happened since.
    #[serde(default)]
    pub last: BTreeMap<PersonId, Timestamp>,
    /// Since when it is wanted: the first one tells what happened since.
    pub since: Timestamp,
    /// What people said of it.
    #[serde(default)]
    pub often: BTreeMap<PersonId, Often>,
}

/// One issue on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sending {
    /// The time for which it is.
    pub at: Timestamp,
    /// Who has theirs.
    pub done: BTreeSet<PersonId>,
}

/// The digests after one more fact.
pub(super) fn apply(digests: &mut BTreeMap<String, DigestState>, fact: &DigestFact, at: Timestamp) {
    let (DigestFact::Wanted { digest }
    | DigestFact::Due { digest, .. }
    | DigestFact::Composed { digest, .. }
    | DigestFact::Withheld { digest, .. }
    | DigestFact::Done { digest, .. }
    | DigestFact::Chosen { digest, .. }) = fact;
    let fresh = DigestState { newest: at, since: at, ..DigestState::default() };
    let state = digests.entry(digest.clone()).or_insert(fresh);
    match fact {
        DigestFact::Wanted { .. } => {}
        DigestFact::Due { time, .. } => {
            state.newest = *time;
            state.sending = Some(Sending { at: *time, done: BTreeSet::new() });
        }
        DigestFact::Composed { person, skipped, .. } => {
            if let Some(sending) = &mut state.sending {
                sending.done.insert(person.clone());
            }
            if !skipped {
                state.last.insert(person.clone(), at);
            }
        }
        DigestFact::Withheld { person, .. } => {
            if let Some(sending) = &mut state.sending {
                sending.done.insert(person.clone());
            }
        }
        DigestFact::Done { .. } => state.sending = None,
        DigestFact::Chosen { person, often: Often::Always, .. } => {
            state.often.remove(person);
        }
        DigestFact::Chosen { person, often, .. } => {
            state.often.insert(person.clone(), *often);
        }
    }
}

/// The next fact that is due by the clock for a digest, if any.
pub fn due(
    digests: &BTreeMap<String, DigestState>,
    order: &DigestOrder,
    now: Timestamp,
) -> Option<DigestFact> {
    let digest = order.id.clone();
    let Some(state) = digests.get(&order.id) else { return Some(DigestFact::Wanted { digest }) };
    order.due(state.newest, now).map(|time| DigestFact::Due { digest, time })
}

/// When [`due`] will have something to say.
pub fn next_due(digests: &BTreeMap<String, DigestState>, order: &DigestOrder) -> Option<Timestamp> {
    order.rhythm.next_after(digests.get(&order.id)?.newest)
}

impl DigestState {
    /// Whose copy of the issue on its way is to be composed next, and for which time; None when everybody has theirs.
    pub fn next_reader<'a>(&self, order: &'a DigestOrder) -> Option<(&'a PersonId, Timestamp)> {
        let sending = self.sending.as_ref()?;
        let waits = |person: &&PersonId| !sending.done.contains(*person) && self.wants(person, sending.at);
        order.recipients.iter().find(waits).map(|person| (person, sending.at))
    }

    /// After which time somebody is told what happened.
    pub fn told_until(&self, person: &PersonId) -> Timestamp {
        self.last.get(person).copied().unwrap_or(self.since)
    }

    fn wants(&self, person: &PersonId, at: Timestamp) -> bool {
        match self.often.get(person) {
            None | Some(Often::Always) => true,
            Some(Often::Never) => false,
            Some(Often::Weekly) => at.duration_since(self.told_until(person)) >= WEEKLY,
        }
    }
}

impl DigestFact {
    /// One line for people.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Wanted { digest } => format!("digest {digest} is wanted from now on"),
            Self::Due { digest, .. } => format!("digest {digest} is due"),
            Self::Composed { digest, person, skipped: false, .. } => {
                format!("digest {digest} queued for {person}")
            }
            Self::Composed { digest, person, skipped: true, .. } => {
                format!("digest {digest}: nothing to say to {person}")
            }
            Self::Withheld { digest, person, found, .. } => {
                let found: Vec<String> = found.iter().map(|word| format!("\"{word}\"")).collect();
                let found = found.join(", ");
                format!(
                    "digest {digest} for {person} is held back, a client's digest must not have {found} in it"
                )
            }
            Self::Done { digest, .. } => format!("digest {digest} is sent"),
            Self::Chosen { digest, person, often } => match often {
                Often::Always => format!("{person} wants digest {digest} whenever it is sent"),
                Often::Weekly => format!("{person} wants digest {digest} once a week"),
                Often::Never => format!("{person} wants digest {digest} no more"),
            },
        }
    }
}
