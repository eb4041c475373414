//! Owns how it stands between the house and each client: what was written for it, held back, promised, given up; and
//! how facts change that. Never decides any of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sent::unsaid;
use super::{Fact, Incident};
use crate::audience::{Audience, Belief};
use crate::directory::{Directory, PartyId, PersonId};
use crate::told::{Announcement, NewsKind, State};

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
    /// Somebody's words go to a client.
    Said {
        /// The client.
        client: PartyId,
        /// Who wrote them, or approved a draft of them.
        by: PersonId,
        /// The words.
        text: String,
        /// What the client believes by them.
        belief: Belief,
        /// When it will hear again.
        next: Option<Timestamp>,
        /// They say that it works, and nothing else does: their author is asked.
        asks: bool,
    },
    /// Something was written for a client that goes out only once somebody approves it.
    Drafted {
        /// The client.
        client: PartyId,
        /// What it is.
        draft: ClientDraft,
    },
    /// Somebody approved a draft as it stood.
    Approved {
        /// The client.
        client: PartyId,
        /// The draft's number.
        draft: u32,
        /// Who.
        by: PersonId,
    },
    /// Somebody doesn't want a draft to go out.
    Rejected {
        /// The client.
        client: PartyId,
        /// The draft's number.
        draft: u32,
        /// Who.
        by: PersonId,
    },
    /// Somebody said why a client need not be told.
    NoNeed {
        /// The client.
        client: PartyId,
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
        /// Since when that is true which it need not be told.
        since: Timestamp,
    },
    /// Somebody promised that a client hears again by then.
    Promised {
        /// The client.
        client: PartyId,
        /// Who.
        by: PersonId,
        /// By when.
        next: Timestamp,
    },
    /// Whoever answers for a client is reminded of what was promised to it.
    Nagged {
        /// The client.
        client: PartyId,
        /// By when it is to hear.
        next: Timestamp,
    },
    /// A client has not been told what it is owed, and the house is.
    Climbed {
        /// The client.
        client: PartyId,
        /// Since when it is owed.
        since: Timestamp,
        /// How often that was said, this time included.
        step: u32,
    },
    /// A client sleeps, and hears in the morning.
    Asleep {
        /// The client.
        client: PartyId,
        /// When.
        until: Timestamp,
        /// Why even a false "it works again" waits.
        reason: Option<String>,
    },
    /// Whoever wrote that it works says that it doesn't.
    TakenBack {
        /// Who.
        by: PersonId,
    },
}

/// What would be sent to a client if somebody approved it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientDraft {
    /// Its number among all drafts of the incident, counted from 1. Approval is of one number.
    pub number: u32,
    /// What it tells.
    pub news: NewsKind,
    /// Whose words it is made of, and the words; None where firebell made it of what it knows.
    pub words: Option<(PersonId, String)>,
    /// Since when that is true of which it tells, or the promised time that it is for.
    pub of: Timestamp,
    /// When a holding line goes out without anybody's approval.
    pub by_itself: Option<Timestamp>,
}

/// How it stands between the house and one client.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// A mail to it was held back then: nothing goes there by itself until somebody writes to it.
    pub withheld: Option<Timestamp>,
    /// The newest draft.
    pub draft: Option<ClientDraft>,
    /// It waits for approval.
    pub waits: bool,
    /// The event by which it was made: mails about it name that.
    pub drafted_by: u32,
    /// The client was told by somebody's words that it works; they are taken at their word since then.
    pub at_word: Option<Timestamp>,
    /// Since when those words are known to be false.
    pub false_since: Option<Timestamp>,
    /// Somebody said why it need not be told what is true since then.
    pub no_need: Option<NoNeed>,
    /// What it knows by another way than our mails, and since when: somebody said that it need not be told.
    pub knows: Option<(Belief, Timestamp)>,
    /// By when it hears again, as somebody promised.
    pub promised: Option<Timestamp>,
    /// The promise of which somebody was reminded.
    pub nagged: Option<Timestamp>,
    /// Who was told of what it is owed.
    pub climbed: Option<Climb>,
    /// Until when it sleeps, as far as that was noted.
    pub asleep: Option<Timestamp>,
}

/// Why a client need not be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoNeed {
    /// Who says so.
    pub by: PersonId,
    /// Why.
    pub reason: String,
    /// Since when that is true which it need not be told.
    pub since: Timestamp,
}

/// How far a debt has climbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Climb {
    /// Since when it is owed.
    pub since: Timestamp,
    /// How often it was said.
    pub step: u32,
    /// When last.
    pub at: Timestamp,
}

impl Fact {
    /// Which client is told what by it, and when that hears again; None for what tells no client anything.
    pub fn tells(&self) -> Option<(&PartyId, NewsKind, Option<Timestamp>)> {
        match self {
            Self::Announced { client, news, next } => Some((client, *news, *next)),
            Self::Telling(Telling::Said { client, belief, next, .. }) => {
                Some((client, NewsKind::Words(*belief), *next))
            }
            _ => None,
        }
    }
}

/// What follows from such a fact.
pub(super) fn apply(incident: &mut Incident, telling: &Telling, at: Timestamp) {
    match telling {
        Telling::HeardDirectly { .. } => {}
        Telling::TakenBack { .. } => contradicted(incident, at),
        Telling::Withheld { client, number, .. } => {
            unsaid(incident, &Audience::Client(client.clone()), *number, at);
            account(incident, client).withheld.get_or_insert(at);
        }
        Telling::Said { client, belief, next, .. } => {
            announced(incident, client, Announcement { belief: *belief, at, next: *next });
            let broken = incident.is_broken();
            let account = account(incident, client);
            account.at_word = (broken && *belief != Belief::Down).then_some(at);
            (account.withheld, account.waits) = (None, false);
            incident.trusted |= broken && *belief == Belief::Down;
        }
        Telling::Drafted { client, draft } => {
            incident.drafts = incident.drafts.max(draft.number);
            let event = incident.events;
            let account = account(incident, client);
            account.drafted_by = event;
            (account.draft, account.waits) = (Some(draft.clone()), true);
        }
        Telling::Approved { client, .. } | Telling::Rejected { client, .. } => {
            account(incident, client).waits = false;
        }
        Telling::NoNeed { client, by, reason, since } => {
            let truth = incident.state_for(client).truth;
            let account = account(incident, client);
            let (by, reason, since) = (by.clone(), reason.clone(), *since);
            (account.no_need, account.waits) = (Some(NoNeed { by, reason, since }), false);
            // Whoever need not be told that it works is taken to know it: should it break, they are told.
            if truth != Belief::Down {
                account.knows = Some((truth, at));
                let last = incident.announced.get_mut(client);
                last.into_iter().for_each(|last| (last.belief, last.next) = (truth, None));
            }
        }
        Telling::Promised { client, next, .. } => promised(incident, client, *next),
        Telling::Nagged { client, next } => account(incident, client).nagged = Some(*next),
        Telling::Climbed { client, since, step } => {
            account(incident, client).climbed = Some(Climb { since: *since, step: *step, at });
        }
        Telling::Asleep { client, until, .. } => account(incident, client).asleep = Some(*until),
    }
}

/// A client is told something: what was known to be false has been put right.
pub(super) fn announced(incident: &mut Incident, client: &PartyId, announcement: Announcement) {
    let account = account(incident, client);
    (account.at_word, account.promised) = (None, None);
    account.waits &= account.draft.as_ref().is_some_and(|draft| draft.words.is_some());
    incident.announced.insert(client.clone(), announcement);
}

/// The promise holds for the client's next mail; a time before the one that it was told is kept, too.
fn promised(incident: &mut Incident, client: &PartyId, next: Timestamp) {
    account(incident, client).promised = Some(next);
    let last = incident.announced.get_mut(client).filter(|last| last.belief == Belief::Down);
    if let Some(last) = last.filter(|last| last.next.is_none_or(|promise| next < promise)) {
        last.next = Some(next);
    }
}

/// It is broken, whatever somebody wrote to a client.
pub(super) fn contradicted(incident: &mut Incident, at: Timestamp) {
    for account in incident.accounts.values_mut() {
        if account.at_word.take().is_some() {
            account.false_since = Some(at);
        }
    }
}

/// It works: whoever wrote so was right.
pub(super) fn confirmed(incident: &mut Incident) {
    for account in incident.accounts.values_mut() {
        (account.at_word, account.false_since) = (None, None);
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

    /// What is true as far as one client is concerned: whoever wrote to it that it works is taken at their word, until
    /// an alert says otherwise.
    pub fn state_for(&self, client: &PartyId) -> State {
        let state = self.state();
        let account = self.accounts.get(client).filter(|_| state.truth == Belief::Down);
        let works = account.and_then(|account| account.at_word);
        let broken = account.and_then(|account| account.false_since);
        match (works, broken) {
            (Some(at), _) => State { truth: Belief::Working, since: at, settled: at, trusted: true },
            (None, Some(at)) => State { since: at, settled: at, ..state },
            (None, None) => state,
        }
    }

    /// What a client believes, and since when: by our mails, or by what somebody said that it knows.
    pub fn believed_by(&self, directory: &Directory, client: &PartyId) -> Option<(Belief, Timestamp)> {
        let told = self.believes(directory, client).map(|statement| (statement.belief, statement.at));
        let knows = self.accounts.get(client).and_then(|account| account.knows);
        told.into_iter().chain(knows).max_by_key(|(_, at)| *at)
    }

    /// Whether what a client was last announced is so, though it may not have arrived.
    pub fn announced_is_true(&self, client: &PartyId) -> bool {
        let truth = self.state_for(client).truth;
        self.announced
            .get(client)
            .is_some_and(|last| (last.belief == Belief::Down) == (truth == Belief::Down))
    }

    /// Why a client need not be told what is true now, if somebody said so.
    pub fn no_need(&self, client: &PartyId) -> Option<&NoNeed> {
        let no_need = self.accounts.get(client)?.no_need.as_ref()?;
        (no_need.since == self.state_for(client).since).then_some(no_need)
    }
}
