//! Owns who speaks in a mail, and on whose side they stand.

use super::draft::Draft;
use crate::audience::Audience;
use crate::directory::{Address, Directory};
use crate::incident::{Actor, Incident};
use crate::message::Message;
use crate::thread::Place;

/// Whose words these are, and on whose side they stand.
pub(super) fn speaker(
    draft: &Draft<'_>,
    incident: &Incident,
    message: &Message,
    place: &Place,
) -> (Actor, Audience) {
    let author = message.author().map(|author| &author.address);
    let answered = place.granted.as_ref().map(|(audience, _, _)| audience);
    side_of(draft.directory(), incident, author, answered)
}

/// Who wrote from an address.
pub(super) fn author(directory: &Directory, address: Option<&Address>) -> Actor {
    match (address.and_then(|address| directory.person_of(address)), address) {
        (Some(person), _) => Actor::Person(person.id.clone()),
        (None, Some(address)) => Actor::Stranger(address.clone()),
        (None, None) => Actor::Stranger(Address::new("")),
    }
}

/// Who wrote, and on whose side they stand. Who belongs to the house speaks inside the house, whichever mail they answer;
/// anybody else who answers a client's mail speaks for that client, and a known outsider for their own party, be it a
/// client of this incident or not.
pub(super) fn side_of(
    directory: &Directory,
    incident: &Incident,
    address: Option<&Address>,
    answered: Option<&Audience>,
) -> (Actor, Audience) {
    let by = author(directory, address);
    let person = by.person();
    if person.is_some_and(|person| directory.is_internal(person)) {
        return (by, Audience::Inner);
    }
    if let Some(audience @ Audience::Client(_)) = answered {
        return (by, audience.clone());
    }
    let theirs = || person.into_iter().flat_map(|person| directory.parties_of(person));
    let client = theirs().find(|party| incident.clients.contains(&party.id)).or_else(|| theirs().next());
    let audience = client.map_or(Audience::Inner, |party| Audience::Client(party.id.clone()));
    (by, audience)
}
