//! Owns the form of a mail that becomes a text message: a subject, and a few words. No HTML, no links, no footer.

use super::inner;
use super::layout::Body;
use crate::document::Document;

/// How much of its text there is, in characters.
const LONGEST: usize = 120;
/// What stands at its end where it is cut.
const CUT: usize = 2;

/// What such a mail says.
pub(super) fn text(body: &Body) -> String {
    let headline = match body.headline.trim_end() {
        ended if ended.ends_with(['.', '?', '\u{3002}', '\u{ff1f}']) => ended.to_owned(),
        open if open.is_ascii() => format!("{open}."),
        open => format!("{open}\u{3002}"),
    };
    let words: Vec<&str> =
        std::iter::once(&headline).chain(&body.paragraphs).flat_map(|text| text.split_whitespace()).collect();
    inner::beginning(&words.join(" "), LONGEST - CUT)
}

/// What a digest or a report says there: its news in one line, and where the rest is to be had.
pub(super) fn line(document: &Document, rest: &str) -> String {
    let room = LONGEST.saturating_sub(rest.chars().count() + 1);
    let news = inner::beginning(&document.preheader, room.saturating_sub(CUT));
    format!("{news} {rest}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::envelope::Envelope;
    use super::super::render::write;
    use super::*;
    use crate::directory::{Address, Person, PersonId};
    use crate::message;
    use crate::rehearsal;

    fn written(short: bool, body: &Body) -> Vec<u8> {
        let book = rehearsal::standard_cast().unwrap();
        let kato = book.directory.people[&PersonId::new("kato")].clone();
        let phone = Address::new("09012345678@sms.example.net");
        let short = if short { vec![phone.clone()] } else { Vec::new() };
        let plain_text = !short.is_empty();
        let person = Person { addresses: vec![phone], short, plain_text, ..kato };
        let now: Timestamp = "2026-11-23T01:00:00Z".parse().unwrap();
        let envelope = Envelope {
            book: &book,
            person: &person,
            message_id: "1.1.a@example.com",
            reply_to: None,
            references: Vec::new(),
            subject: "[INC-1-HC] サービスAが停止しています",
            list: None,
            via: &[],
            urgent: true,
            now,
        };
        write(&envelope, body)
    }

    #[test]
    fn a_short_mail_is_its_subject_and_120_characters_of_plain_text_in_any_language() {
        let paragraphs =
            ["It has been broken since 01:00 JST, and nobody has it.".to_owned(), "復旧。".repeat(60)];
        let headline = "サービスAが停止しています: 呼び出し".to_owned();
        let footer = "Example Operations".to_owned();
        let body = Body { headline, paragraphs: paragraphs.to_vec(), footer, ..Body::default() };
        let bytes = written(true, &body);
        let mail = message::read(&bytes);
        let text = mail.text.trim();
        assert_eq!(mail.subject, "[INC-1-HC] サービスAが停止しています");
        assert!(text.starts_with("サービスAが停止しています: 呼び出し。 It has been broken"), "{text}");
        assert!(text.chars().count() <= LONGEST, "{text}");
        let raw = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!raw.contains("html") && !raw.contains("multipart"), "{raw}");
        assert!(
            raw.contains("to: \"kato ren\" <09012345678@sms.example.net>") || raw.contains("09012345678@sms"),
            "{raw}"
        );
        let long = String::from_utf8_lossy(&written(false, &body)).to_lowercase();
        assert!(long.contains("text/html"), "only where the address is one");
    }
}
