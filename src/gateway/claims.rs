//! Owns what a mail shows of its author: whom it answers, and what the site's mail server says of them.

use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::incident::Incident;
use crate::message::Message;
use crate::message::authentication::{Authentication, authentication};
use crate::rights::{Claim, Sender, Token};
use crate::thread::Place;

/// By what the author of a mail shows that it is they who speak.
pub(super) fn of_a_mail(
    book: &Book,
    incident: &Incident,
    person: &PersonId,
    message: &Message,
    place: &Place,
) -> Claim {
    let token = match &place.granted {
        Some((Audience::Inner, to, occurrence)) if to == person && *occurrence == incident.occurrence() => {
            Token::Given
        }
        Some((Audience::Inner, to, _)) if to == person => Token::Outdated,
        _ if is_of_old(incident, message) => Token::Outdated,
        _ => Token::Missing,
    };
    Claim::Mail(token, sender(book, person, message))
}

/// Written before the present occurrence was known: whoever wrote it meant an earlier one.
fn is_of_old(incident: &Incident, message: &Message) -> bool {
    let written = message.date.as_ref().map(|date| date.timestamp());
    incident.occurrence() > 1 && written.is_none_or(|written| written < incident.detected())
}

/// What shows that the author is who stands in From.
pub(super) fn sender(book: &Book, person: &PersonId, message: &Message) -> Sender {
    let addresses = book.directory.people.get(person).map(|person| person.addresses.as_slice());
    let theirs = |address: &Address| addresses.is_some_and(|addresses| addresses.contains(address));
    let mut sent_by = message.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Sender"));
    if sent_by.any(|(_, value)| !theirs(&address_in(value))) {
        return Sender::Another;
    }
    let said = book.authserv_id.as_ref().map(|server| authentication(message, server));
    match said.unwrap_or(Authentication::Unknown) {
        Authentication::Pass => Sender::Authentic,
        Authentication::Fail => Sender::Forged,
        Authentication::Unknown => Sender::Plain,
    }
}

/// The address in a field of one mailbox.
fn address_in(value: &str) -> Address {
    let inside = value.rsplit_once('<').map_or(value, |(_, rest)| rest);
    Address::new(inside.split('>').next().unwrap_or_default())
}
