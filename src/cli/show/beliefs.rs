//! Owns what the parties of an incident believe, and whether it is true.

use jiff::Timestamp;
use serde::Serialize;

use crate::audience;
use crate::book::Book;
use crate::directory::PartyId;
use crate::incident::Incident;

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
}

/// What every party believes, those of the house first. What is part of another incident is told of there.
pub(in crate::cli) fn of(book: &Book, incident: &Incident) -> Vec<Belief> {
    if incident.merged_into.is_some() {
        return Vec::new();
    }
    let truth = incident.state().truth;
    let belief = |party: &PartyId| {
        let statement = incident.believes(&book.directory, party);
        let believes = statement.map(|statement| statement.belief);
        Belief {
            party: party.clone(),
            external: book.directory.parties.get(party).is_some_and(|party| party.external),
            told_at: statement.map(|statement| statement.at),
            is_true: takes_for_down(believes) == takes_for_down(Some(truth)),
            believes,
        }
    };
    incident.parties().map(belief).collect()
}

/// Clients that believe what isn't so.
pub(in crate::cli) fn deceived(book: &Book, incident: &Incident) -> Vec<PartyId> {
    let wrong = of(book, incident).into_iter().filter(|belief| belief.external && !belief.is_true);
    wrong.map(|belief| belief.party).collect()
}

fn takes_for_down(belief: Option<audience::Belief>) -> bool {
    belief == Some(audience::Belief::Down)
}
