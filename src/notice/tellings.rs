//! Owns who hears of what happened between the house and its clients.

use jiff::Timestamp;

use super::Owed;
use super::inner::Details;
use super::recipients::{account_owner, add, operator};
use crate::book::Book;
use crate::directory::{PartyId, PersonId};
use crate::incident::{Event, Incident, NoticeKind, Telling};
use crate::oncall::Roster;

/// The mails that such a fact owes.
pub(super) fn owed(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    event: &Event,
    telling: &Telling,
) -> Vec<Owed> {
    let inform = |template: &'static str, people: Vec<PersonId>, details: Details| {
        Owed::all(people, NoticeKind::Inform, template, None, details)
    };
    match telling {
        Telling::Withheld { client, person, found, first: true, .. } => {
            let details = Details {
                client: Some(client.clone()),
                person: Some(person.clone()),
                text: found.iter().map(|word| format!("  {word}\n")).collect(),
                ..Details::of(event)
            };
            Owed::all(
                who_answers(book, roster, incident, (client, event.at)),
                NoticeKind::Report,
                "withheld",
                None,
                details,
            )
        }
        Telling::Withheld { first: false, .. } => Vec::new(),
        Telling::HeardDirectly { by, people } => {
            let details = Details { paged: people.clone(), ..Details::of(event) };
            inform("heard-directly", vec![by.clone()], details)
        }
    }
}

/// Who answers for what a client is told: its account owner, and the owner of the incident; the operator while there is
/// neither.
fn who_answers(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    (client, at): (&PartyId, Timestamp),
) -> Vec<PersonId> {
    let mut people = account_owner(roster, client, at);
    add(&mut people, incident.owner.iter().flat_map(|_| incident.answerable(roster, at)).collect());
    if people.is_empty() { operator(book) } else { people }
}
