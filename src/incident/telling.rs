//! Owns how it stands between the house and each client: what was written for it, held back, promised, given up; and
//! how facts change that. Never decides any of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Incident;
use super::apply::unsaid;
use crate::audience::Audience;
use crate::directory::{PartyId, PersonId};

/// How many notes are remembered for the last look at a client's mail.
const NOTES: usize = 20;
/// How much of each, in characters.
const LONGEST_NOTE: usize = 300;

/// What happened between the house and its clients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "telling", rename_all = "kebab-case")]
pub enum Telling {
    /// A mail to a client held what only the house may know, and was not sent.
    Withheld {
        /// The client.
        client: PartyId,
        /// Its number in the client's thread.
        number: u32,
        /// Whom it was for.
        person: PersonId,
        /// What it held.
        found: BTreeSet<String>,
        /// Nothing was held back from this client before.
        first: bool,
    },
    /// People of clients have a colleague's mail from the colleague directly.
    HeardDirectly {
        /// The colleague.
        by: PersonId,
        /// Who has it.
        people: Vec<PersonId>,
    },
}

/// How it stands between the house and one client.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// A mail to it was held back then: nothing goes there by itself until somebody writes to it.
    pub withheld: Option<Timestamp>,
}

/// What follows from such a fact.
pub(super) fn apply(incident: &mut Incident, telling: &Telling, at: Timestamp) {
    match telling {
        Telling::Withheld { client, number, .. } => {
            unsaid(incident, &Audience::Client(client.clone()), *number, at);
            account(incident, client).withheld.get_or_insert(at);
        }
        Telling::HeardDirectly { .. } => {}
    }
}

/// What somebody wrote must not reach a client by itself.
pub(super) fn overheard(incident: &mut Incident, text: &str) {
    let note: String = text.chars().take(LONGEST_NOTE).collect();
    if !note.trim().is_empty() {
        incident.notes.push(note);
        let surplus = incident.notes.len().saturating_sub(NOTES);
        incident.notes.drain(..surplus);
    }
}

fn account<'a>(incident: &'a mut Incident, client: &PartyId) -> &'a mut Account {
    incident.accounts.entry(client.clone()).or_default()
}

impl Incident {
    /// How it stands with a client.
    pub fn account(&self, client: &PartyId) -> Account {
        self.accounts.get(client).cloned().unwrap_or_default()
    }
}
