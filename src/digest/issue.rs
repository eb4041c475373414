//! Owns one reader's copy of a digest: what it says in their language, and the address with which they answer it.

use jiff::Timestamp;

use super::paper::{PICTURE, picture_section};
use super::{Period, Records, client_paper, compose, compose_for_client, figure, paper};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, PartyId, PersonId};
use crate::document::{Document, Image};
use crate::house::HOUSE;
use crate::notice::{self, Reader, Secrets};
use crate::picture;
use crate::timetable::{DigestOrder, View};
use crate::token::{self, Grant, Purpose};

/// A copy of a digest, composed and not yet in the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// The digest's name.
    pub digest: String,
    /// The time for which it is.
    pub time: Timestamp,
    /// Whose copy it is.
    pub person: PersonId,
    /// What it says; None when there is nothing to say and it is not sent then.
    pub document: Option<Document>,
    /// Its pictures.
    pub images: Vec<Image>,
    /// What must not stand in it, where a client reads it.
    pub secrets: Option<Secrets>,
}

/// Composes somebody's copy. None for somebody who isn't in the directory any more.
pub fn issue(
    book: &Book,
    order: &DigestOrder,
    (person, time): (&PersonId, Timestamp),
    records: &Records,
    period: Period,
) -> Option<Issue> {
    let reader = book.directory.people.get(person)?;
    let reader = Reader::of(book, reader, period.to);
    let (document, empty) = match compose_for_client(book, order, records, period) {
        Some(digest) => (client_paper(book, &digest, &reader), digest.is_empty()),
        None => {
            let digest = compose(book, order, records, period);
            (paper(book, &digest, &reader), digest.is_empty())
        }
    };
    let mut document = (!(empty && order.skip_empty)).then_some(document);
    let mut images = Vec::new();
    let of_house = document.as_mut().filter(|_| client(book, order).is_none() && !book.fonts.is_empty());
    if let Some(document) = of_house {
        images.extend(illustrated(book, order, document, records, period, &reader));
    }
    let incidents = || records.incidents.iter().map(|record| &record.incident);
    let secrets = client(book, order).map(|client| notice::secrets_of_digest(book, incidents(), client));
    Some(Issue { digest: order.id.clone(), time, person: person.clone(), document, images, secrets })
}

/// Puts the picture of the period behind what is so right now.
fn illustrated(
    book: &Book,
    order: &DigestOrder,
    document: &mut Document,
    records: &Records,
    period: Period,
    reader: &Reader,
) -> Option<Image> {
    let figure = figure(book, order, records, period, reader)?;
    let png = picture::png(&figure.chart, &book.fonts)?;
    let section = picture_section(reader, &figure);
    document.sections.insert(1.min(document.sections.len()), section);
    Some(Image { id: PICTURE.to_owned(), png })
}

/// The client whose digest it is, if it is one's.
pub fn client<'a>(book: &Book, order: &'a DigestOrder) -> Option<&'a PartyId> {
    match &order.audience {
        View::Party(party) => book.directory.parties.get(party).filter(|party| party.external).map(|_| party),
        View::Person(_) => None,
    }
}

/// The address with which somebody answers this digest, and no other.
pub fn reply_address(book: &Book, order: &DigestOrder, person: &PersonId) -> Address {
    token::reply_address(&book.address, HOUSE, &book.keys.sign(Purpose::Reply, grant(order, person)))
}

/// Which digest is answered with one of these addresses' tokens, and to whom it was sent.
pub fn answered<'a>(
    book: &'a Book,
    tokens: &[(u64, String)],
    now: Timestamp,
) -> Option<(&'a DigestOrder, &'a PersonId)> {
    let tokens: Vec<&String> =
        tokens.iter().filter(|(incident, _)| *incident == HOUSE).map(|(_, token)| token).collect();
    let given = |order: &'a DigestOrder| order.recipients.iter().map(move |person| (order, person));
    let mut given = book.digests.iter().filter(|_| !tokens.is_empty()).flat_map(given);
    given.find(|(order, person)| {
        tokens.iter().any(|token| book.keys.verify(Purpose::Reply, grant(order, person), token, now))
    })
}

/// A digest stands in the grant by a number made of its name (FNV-1a), never 0, which is the house's own.
fn grant<'a>(order: &DigestOrder, person: &'a PersonId) -> Grant<'a> {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let number = order.id.bytes().fold(0x811c_9dc5, step).max(1);
    Grant { incident: HOUSE, audience: &Audience::Inner, number, person }
}
