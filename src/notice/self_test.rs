//! Owns the mail that firebell sends to itself: through the real relay to the real mailbox, to a plus address that opens nothing.

use jiff::Timestamp;

use super::envelope::Envelope;
use super::layout::Body;
use super::render::write;
use super::when::Reader;
use super::{Notice, inner};
use crate::book::Book;
use crate::directory::{Person, PersonId};
use crate::house::HOUSE;
use crate::incident::NoticeKind;
use crate::self_test::NOBODY;
use crate::token::{self, Grant, Purpose};

/// What is signed of the one with this number.
pub fn grant(person: &PersonId, number: u32) -> Grant<'_> {
    Grant { incident: HOUSE, audience: &inner::AUDIENCE, number, person }
}

/// The mail. `number` is its number among the mails of the house, `about` the event.
pub fn self_test(book: &Book, number: u32, about: u64, now: Timestamp) -> Notice {
    let id = PersonId::new(NOBODY);
    let token = book.keys.sign(Purpose::SelfTest, grant(&id, number));
    let to = token::reply_address(&book.address, HOUSE, &token);
    let message_id = token::message_id(&book.address, HOUSE, number, &token);
    let person = Person {
        id,
        name: book.name.clone(),
        addresses: vec![to.clone()],
        short: Vec::new(),
        plain_text: true,
        bundle: crate::directory::Bundling::default(),
        language: book.language,
        zone: book.zone.clone(),
    };
    let reader = Reader::of(book, &person, now);
    let number_in_words = [("number", number.to_string())];
    let headline = inner::phrase(&reader, "self-test.subject", &number_in_words);
    let paragraphs = vec![inner::phrase(&reader, "self-test.text", &[])];
    let subject = format!("{}: {headline}", book.name);
    let envelope = Envelope {
        book,
        person: &person,
        message_id: &message_id,
        reply_to: None,
        references: Vec::new(),
        subject: &subject,
        list: None,
        via: &[],
        urgent: false,
        now,
    };
    let bytes =
        write(&envelope, &Body { headline, paragraphs, footer: book.name.clone(), ..Body::default() });
    Notice {
        withheld: None,
        asks: false,
        bytes,
        incident: HOUSE,
        audience: inner::AUDIENCE,
        number,
        person: person.id.clone(),
        to,
        from: Some(book.address.clone()),
        kind: NoticeKind::Report,
        text: "self-test",
        belief: None,
        about,
        summary: "self test".to_owned(),
        queued_at: now,
        subject,
        message_id,
    }
}
