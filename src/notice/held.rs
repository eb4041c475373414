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
    more: usize,
    mails: Vec<MailView>,
}

#[derive(Debug, Clone, Serialize)]
struct MailView {
    number: u32,
    from: String,
    at: String,
    subject: String,
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
            lines: lines(&mail.letter.text),
        })
        .collect();
    HeldView { count, more: count - mails.len(), mails }
}

fn lines(text: &str) -> Vec<String> {
    let whole = text.lines().map(one_line).filter(|line| !line.is_empty());
    whole.take(LINES).map(|line| inner::beginning(&line, LONGEST_LINE)).collect()
}
