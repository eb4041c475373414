//! Owns what the parties of an incident believe, and whether it is true.

use jiff::Timestamp;
use serde::Serialize;

use crate::audience;
use crate::book::Book;
use crate::directory::PartyId;
use crate::incident::{ClientDraft, Incident, NoNeed, owing};

/// What one party believes of an incident.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Belief {
    /// Who.
    pub(in crate::cli) party: PartyId,
    /// A client.
    pub(in crate::cli) external: bool,
    /// What it was told last; None when it was told nothing, and takes everything for working.
    pub(in crate::cli) believes: Option<audience::Belief>,
    /// When that reached it.
    pub(in crate::cli) told_at: Option<Timestamp>,
    /// Whether it is so.
    #[serde(rename = "true")]
    pub(in crate::cli) is_true: bool,
    /// What else is between the house and a client.
    #[serde(flatten)]
    pub(in crate::cli) account: Option<Account>,
}

/// What is between the house and a client.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Account {
    /// Since when it is owed a word.
    pub(in crate::cli) owed_since: Option<Timestamp>,
    /// What says it as it is was queued, and has not arrived.
    pub(in crate::cli) on_its_way: bool,
    /// When it is told by itself; None where nobody tells it unless somebody lifts a finger, where nothing is owed, or where
    /// it is on its way.
    pub(in crate::cli) told_by_itself_at: Option<Timestamp>,
    /// Why it need not be told, as somebody said.
    pub(in crate::cli) no_need: Option<NoNeed>,
    /// By when it hears again.
    pub(in crate::cli) promised: Option<Timestamp>,
    /// A text for it that waits for approval.
    pub(in crate::cli) draft: Option<ClientDraft>,
}

/// What every party believes, those of the house first. What is part of another incident is told of there.
pub(in crate::cli) fn of(book: &Book, incident: &Incident) -> Vec<Belief> {
    if incident.merged_into.is_some() {
        return Vec::new();
    }
    let belief = |party: &PartyId| {
        let external = book.directory.parties.get(party).is_some_and(|party| party.external);
        let told =
            incident.believes(&book.directory, party).map(|statement| (statement.belief, statement.at));
        let (told, truth) = match external {
            true => (incident.believed_by(&book.directory, party), incident.state_for(party).truth),
            false => (told, incident.state().truth),
        };
        let believes = told.map(|(belief, _)| belief);
        Belief {
            party: party.clone(),
            external,
            told_at: told.map(|(_, at)| at),
            is_true: takes_for_down(believes) == takes_for_down(Some(truth)),
            believes,
            account: external.then(|| account(book, incident, party)),
        }
    };
    incident.parties().map(belief).collect()
}

fn account(book: &Book, incident: &Incident, client: &PartyId) -> Account {
    let (account, debt) = (incident.account(client), owing::debt(incident, &book.directory, client));
    let announced = incident.announced.get(client).and_then(|last| last.next);
    let no_need = incident.no_need(client).cloned();
    let on_its_way = debt.is_some() && incident.announced_is_true(client);
    Account {
        owed_since: debt.map(|(debt, _)| debt.since),
        on_its_way,
        told_by_itself_at: debt.and_then(|(_, at)| at).filter(|_| no_need.is_none() && !on_its_way),
        no_need,
        promised: account.promised.or(announced).filter(|_| incident.is_broken()),
        draft: account.draft.filter(|_| account.waits),
    }
}

/// Clients that believe what isn't so.
pub(in crate::cli) fn deceived(book: &Book, incident: &Incident) -> Vec<PartyId> {
    let wrong = of(book, incident).into_iter().filter(|belief| belief.external && !belief.is_true);
    wrong.map(|belief| belief.party).collect()
}

fn takes_for_down(belief: Option<audience::Belief>) -> bool {
    belief == Some(audience::Belief::Down)
}
