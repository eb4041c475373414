//! Owns what people of the house say that concerns clients.

use super::draft::Draft;
use crate::directory::PersonId;
use crate::incident::{Fact, Telling};
use crate::message::Message;

/// A colleague's mail went to people of clients too: they have it as it is, and the colleague should know.
pub(super) fn heard_directly(draft: &Draft<'_>, by: &PersonId, message: &Message) -> Option<Fact> {
    let directory = draft.directory();
    let of_clients = message.addressees().filter_map(|address| directory.person_of(address));
    let of_clients = of_clients.filter(|person| !directory.is_internal(&person.id));
    let mut people: Vec<PersonId> = of_clients.map(|person| person.id.clone()).collect();
    people.sort();
    people.dedup();
    let by = by.clone();
    (!people.is_empty()).then_some(Fact::Telling(Telling::HeardDirectly { by, people }))
}
