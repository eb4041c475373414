//! Owns the mail that carries a digest: its headers, and how to end it (RFC 2369, 3.2; RFC 8058 needs the web, which
//! nobody needs here).

use jiff::Timestamp;

use super::envelope::{self, Envelope};
use super::{Notice, inner, short};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, PartyId, PersonId};
use crate::document::{self, Document, Image};
use crate::house::HOUSE;
use crate::incident::NoticeKind;
use crate::token::{self, Grant, Purpose};

/// Which digest a mail carries.
#[derive(Debug, Clone)]
pub struct DigestMail<'a> {
    /// Its name.
    pub id: &'a str,
    /// The client whose it is, if it is one's.
    pub client: Option<&'a PartyId>,
    /// The address with which this reader answers it.
    pub reply_to: Address,
    /// The pictures in it.
    pub images: &'a [Image],
}

/// A digest for somebody. `numbered` is its number among what the house sends, and the event that it is about.
pub fn digest(
    book: &Book,
    mail: &DigestMail<'_>,
    person: &PersonId,
    document: &Document,
    (number, about): (u32, u64),
    now: Timestamp,
) -> Option<Notice> {
    let person = book.directory.people.get(person)?;
    let audience = mail.client.map_or(inner::AUDIENCE, |client| Audience::Client(client.clone()));
    let grant = Grant { incident: HOUSE, audience: &audience, number, person: &person.id };
    let message_id =
        token::message_id(&book.address, HOUSE, number, &book.keys.sign(Purpose::MessageId, grant));
    let leave = format!("<mailto:{}?subject=unsubscribe%20{}>", percent(&mail.reply_to), mail.id);
    let envelope = Envelope {
        book,
        person,
        message_id: &message_id,
        reply_to: Some((book.name.clone(), mail.reply_to.clone())),
        references: Vec::new(),
        subject: &document.title,
        list: Some(mail.id.to_owned()),
        via: &[],
        urgent: false,
        now,
    };
    let (parts, images) = if person.reads_short() {
        ((short::line(document, ""), String::new()), [].as_slice())
    } else {
        ((document::text(document, &book.templates), document::html(document, &book.templates)), mail.images)
    };
    let bytes = envelope::write_parts(&envelope, parts, (images, &[]), &[("List-Unsubscribe", leave)]);
    Some(Notice {
        bytes,
        incident: HOUSE,
        audience,
        number,
        person: person.id.clone(),
        to: person.addresses.first()?.clone(),
        from: Some(book.address.clone()),
        kind: NoticeKind::Digest,
        text: "digest",
        belief: None,
        withheld: None,
        asks: false,
        about,
        summary: document.preheader.clone(),
        queued_at: now,
        subject: document.title.clone(),
        message_id,
    })
}

/// The plus sign of an address in a link: some programs take a bare one for a blank.
fn percent(address: &Address) -> String {
    address.as_str().replace('+', "%2B")
}
