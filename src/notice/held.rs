//! Owns how mails that wait are shown to whoever is to say where they belong. All in them is a stranger's text.

use serde::Serialize;

use super::inner;
use super::when::Reader;
use crate::incident::Waiting;
use crate::incident::words::one_line;

/// Most mails that are shown in one mail; `firebell held` lists all.
const MOST: usize = 20;
/// How much of each text is shown, in lines, and of each line, in characters.
const LINES: usize = 5;
const LONGEST_LINE: usize = 200;

/// The words with which such a mail is answered, and the phrase for each.
pub(super) const ANSWERS: [(&str, &str); 3] =
    [("take", "held-take"), ("new", "held-new"), ("ignore", "held-ignore")];

/// The mails that wait, as a template names them.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct HeldView {
    count: usize,
    /// How many of them came in, and how many lie in other folders.
    came: usize,
    lying: usize,
    more: usize,
    mails: Vec<MailView>,
}

#[derive(Debug, Clone, Serialize)]
struct MailView {
    number: u32,
    from: String,
    at: String,
    subject: String,
    folder: String,
    lines: Vec<String>,
}

/// The newest of the mails that wait, oldest first.
pub(super) fn view(waiting: &Waiting, reader: &Reader) -> HeldView {
    let count = waiting.mails.len() + waiting.unlisted as usize;
    let shown = waiting.mails.iter().skip(waiting.mails.len().saturating_sub(MOST));
    let mails: Vec<MailView> = shown
        .map(|mail| MailView {
            number: mail.number,
            from: one_line(mail.letter.from.as_str()),
            at: reader.time(mail.at),
            subject: inner::beginning(&one_line(&mail.letter.subject), LONGEST_LINE),
            folder: one_line(&mail.letter.folder),
            lines: lines(&mail.letter.text),
        })
        .collect();
    let lying = waiting.mails.iter().filter(|mail| !mail.letter.folder.is_empty()).count();
    HeldView { count, came: count - lying, lying, more: count - mails.len(), mails }
}

fn lines(text: &str) -> Vec<String> {
    let whole = text.lines().map(one_line).filter(|line| !line.is_empty());
    whole.take(LINES).map(|line| inner::beginning(&line, LONGEST_LINE)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::directory::{Address, PersonId};
    use crate::house::{self, House, HouseEvent, HouseFact};
    use crate::incident::Letter;
    use crate::{message, rehearsal};

    #[test]
    fn a_stranger_s_text_is_shown_as_text_and_short() {
        let book = rehearsal::standard_cast().unwrap();
        let at: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
        let letter = Letter {
            from: Address::new("noda\u{202e}@elsewhere.example.net"),
            subject: "<b>take</b>\r\nBcc: x".to_owned(),
            text: format!("take\n\nhello\u{1b}[2J {{{{ 7 * 7 }}}}\n<script>\n{}\na\nb", "x".repeat(900)),
            ids: Vec::new(),
            folder: "Junk\r\nBcc: y".to_owned(),
        };
        let came = Letter { folder: String::new(), ..letter.clone() };
        let mut house = House::default();
        let facts = [
            HouseFact::Held { rule: "r".to_owned(), letter: came },
            HouseFact::Held { rule: "r".to_owned(), letter },
            HouseFact::HeldAsked { mails: vec![1, 2] },
        ];
        let mut last = None;
        for (seq, fact) in (1..).zip(facts) {
            let event = HouseEvent { seq, at, fact };
            house = house::apply(house, &event);
            last = Some(event);
        }
        let kato = PersonId::new("kato");
        let notice = crate::notice::report(&book, &house, &kato, &last.unwrap(), 1, at).unwrap();
        let mail = message::read(&notice.bytes);
        assert_eq!(mail.subject, "Example Operations: 2 mails wait for the operator");
        let shown = "2. noda @elsewhere.example.net, 01:00 JST: \"<b>take</b> Bcc: x\", in the folder Junk Bcc: y\n   | take\n   | hello [2J {{ 7 * 7 }}\n   | <script>\n   | x";
        assert!(mail.text.contains(shown), "{}", mail.text);
        let both = ["A rule holds it back", "What has a folder beside it lies there"];
        assert!(both.iter().all(|line| mail.text.contains(line)), "{}", mail.text);
        assert!(!mail.text.contains("| b"), "{}", mail.text);
        assert!(mail.text.contains("take 2 INC-42"), "{}", mail.text);
        let html = mail.html.unwrap();
        assert!(!html.contains("<script>") && !html.contains("<b>take"), "{html}");
        assert!(mail.text.contains("<mailto:incidents%2B0-"), "{}", mail.text);
    }
}
