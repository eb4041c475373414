//! Owns the bytes of a mail: its headers (DESIGN 4), and its parts, pictures and files.

use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as File, Mailbox, MultiPart, MultiPartBuilder, SinglePart};

use crate::book::Book;
use crate::directory::{Address, Person};
use crate::document::{Attachment, Image};
use crate::incident::words::one_line;
use crate::token::{HOPS, Hop};

/// What a mail's headers need.
pub(super) struct Envelope<'a> {
    pub(super) book: &'a Book,
    pub(super) person: &'a Person,
    pub(super) message_id: &'a str,
    pub(super) reply_to: Option<(String, Address)>,
    pub(super) references: Vec<String>,
    pub(super) subject: &'a str,
    pub(super) list: Option<String>,
    /// Other firebells that told of it.
    pub(super) via: &'a [Hop],
    pub(super) urgent: bool,
    pub(super) now: Timestamp,
}

/// The bytes of a mail whose text and HTML are written already, with the pictures in it and some headers more.
pub(super) fn write_parts(
    envelope: &Envelope<'_>,
    parts: (String, String),
    files: (&[Image], &[Attachment]),
    more: &[(&'static str, String)],
) -> Vec<u8> {
    message(envelope, parts, files, more).map(|message| message.formatted()).unwrap_or_default()
}

fn message(
    envelope: &Envelope<'_>,
    (text, html): (String, String),
    (images, attachments): (&[Image], &[Attachment]),
    more: &[(&'static str, String)],
) -> Option<lettre::Message> {
    let address = |address: &Address| lettre::Address::new(address.local(), address.domain()).ok();
    let mailbox = |name: &str, to: lettre::Address| Mailbox::new(Some(one_line(name)), to);
    let boundary = format!("=_{}", envelope.message_id.replace(['@', '.'], "_"));
    let boundary: String = boundary.chars().take(68).collect();
    let text = SinglePart::plain(text);
    let mut message = lettre::Message::builder()
        .date(envelope.now.into())
        .from(mailbox(&envelope.book.name, address(&envelope.book.address)?))
        .to(mailbox(&envelope.person.name, address(envelope.person.addresses.first()?)?))
        .subject(one_line(envelope.subject))
        .message_id(Some(format!("<{}>", envelope.message_id)));
    if let Some((name, reply_to)) = &envelope.reply_to {
        message = message.reply_to(mailbox(name, address(reply_to)?));
    }
    let ids: Vec<String> = envelope.references.iter().map(|id| format!("<{id}>")).collect();
    if let Some(newest) = ids.last() {
        message = message.in_reply_to(newest.clone()).references(ids.join(" "));
    }
    let for_files = boundary.replacen("=_", "=-", 1);
    let message = if envelope.person.plain_text {
        match attachments {
            [] => message.singlepart(text),
            files => message.multipart(with_files(mixed(for_files).singlepart(text), files)?),
        }
    } else {
        let parts = MultiPart::alternative().boundary(boundary.clone()).singlepart(text);
        let parts = match images {
            [] => parts.singlepart(SinglePart::html(html)),
            images => parts.multipart(with_images(html, images, boundary.replacen("=_", "=.", 1))?),
        };
        match attachments {
            [] => message.multipart(parts),
            files => message.multipart(with_files(mixed(for_files).multipart(parts), files)?),
        }
    };
    let mut message = message.ok()?;
    for (name, value) in own_headers(envelope).into_iter().chain(more.iter().cloned()) {
        let name = HeaderName::new_from_ascii(name.to_owned()).ok()?;
        message.headers_mut().insert_raw(HeaderValue::new(name, value));
    }
    Some(message)
}

/// HTML and the pictures that it shows (RFC 2387).
fn with_images(html: String, images: &[Image], boundary: String) -> Option<MultiPart> {
    let png = ContentType::parse("image/png").ok()?;
    let related = MultiPart::related().boundary(boundary).singlepart(SinglePart::html(html));
    let inline = |image: &Image| File::new_inline(image.id.clone()).body(image.png.clone(), png.clone());
    Some(images.iter().map(inline).fold(related, MultiPart::singlepart))
}

/// A mail with files (RFC 2046, 5.1.3).
fn mixed(boundary: String) -> MultiPartBuilder {
    MultiPart::mixed().boundary(boundary)
}

/// The mail and the files that go along with it.
fn with_files(mail: MultiPart, files: &[Attachment]) -> Option<MultiPart> {
    let file = |mail: MultiPart, file: &Attachment| {
        let kind = ContentType::parse(file.kind).ok()?;
        Some(mail.singlepart(File::new(file.name.clone()).body(file.bytes.clone(), kind)))
    };
    files.iter().try_fold(mail, file)
}

/// Headers by which other programs know what this is (RFC 3834, 5; RFC 2919; Microsoft's X-Auto-Response-Suppress).
fn own_headers(envelope: &Envelope<'_>) -> Vec<(&'static str, String)> {
    let mailbox = &envelope.book.address;
    let ours = Hop::ours(&envelope.book.keys, mailbox, envelope.message_id);
    let hops: Vec<&str> = envelope.via.iter().chain([&ours]).map(Hop::as_str).collect();
    let mut headers = vec![
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "OOF, AutoReply".to_owned()),
        (HOPS, hops.join(", ")),
    ];
    if let Some(list) = &envelope.list {
        headers
            .push(("List-Id", format!("<{}.{}.{}>", list.to_lowercase(), mailbox.local(), mailbox.domain())));
    }
    if envelope.urgent {
        headers.push(("Importance", "high".to_owned()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal;

    fn written(plain_text: bool, files: &[Attachment]) -> String {
        let book = rehearsal::standard_cast().unwrap();
        let person = book.directory.people.values().next().unwrap();
        let person = Person { plain_text, ..person.clone() };
        let envelope = Envelope {
            book: &book,
            person: &person,
            message_id: "1@example.com",
            reply_to: None,
            references: Vec::new(),
            subject: "Service A",
            list: None,
            via: &[],
            urgent: false,
            now: Timestamp::UNIX_EPOCH,
        };
        let parts = ("It works again.\n".to_owned(), "<p>It works again.</p>".to_owned());
        String::from_utf8(write_parts(&envelope, parts, (&[], files), &[])).unwrap()
    }

    #[test]
    fn whoever_wants_plain_text_gets_no_html_and_still_gets_the_files() {
        let file =
            Attachment { name: "INC-1-R1.pdf".to_owned(), kind: "application/pdf", bytes: vec![1, 2, 3] };
        assert!(written(false, &[]).contains("text/html"));
        let plain = written(true, &[]);
        assert!(!plain.contains("text/html") && !plain.contains("multipart"), "{plain}");
        assert!(plain.contains("It works again."), "{plain}");
        let with_file = written(true, std::slice::from_ref(&file));
        assert!(!with_file.contains("text/html") && with_file.contains("INC-1-R1.pdf"), "{with_file}");
        let read = crate::message::read(with_file.as_bytes());
        assert_eq!((read.text.as_str(), read.attachments.len()), ("It works again.", 1));
        assert!(written(false, &[file]).contains("text/html"));
    }
}
