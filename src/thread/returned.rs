//! Owns how mail is known that was with us before, or comes from another firebell.
//! Never by its From, and never by a field that anybody can write.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Clues, granted_message_id, reported_to};
use crate::book::Book;
use crate::house::HOUSE;
use crate::incident::Incident;
use crate::message::Message;
use crate::token::{HOPS, Hop};

/// Whether this is a mail that firebell itself sent, come back to us: by its signed Message-ID, never by its From
/// (people answer from the shared address too).
pub fn is_own(book: &Book, clues: &Clues, incidents: &BTreeMap<u64, Incident>, now: Timestamp) -> bool {
    match &clues.own {
        None => false,
        Some((HOUSE, number, token)) => reported_to(book, HOUSE, *number, token, now).is_some(),
        Some((incident, number, token)) => incidents
            .get(incident)
            .is_some_and(|incident| granted_message_id(book, incident, *number, token, now).is_some()),
    }
}

/// The firebells that a mail says it comes from, the nearest last.
pub fn gateways(message: &Message) -> Vec<Hop> {
    Hop::named(message.header(HOPS).unwrap_or_default())
}

/// Whether another firebell passed this mail on, by its own word. A field that names nobody but us says nothing: had we
/// written it, it would be signed.
pub fn is_of_another(book: &Book, message: &Message) -> bool {
    gateways(message).iter().any(|hop| hop.address() != book.address)
}
