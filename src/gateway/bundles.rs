//! Owns answers to a mail in which several notices went: each line names its incident.

use jiff::Timestamp;

use super::claims;
use super::digests::{MOST_LINES, carried_out, of_incident};
use super::draft::Draft;
use super::words::Speaker;
use super::{MailOutcome, Outcome, Placement, mail};
use crate::book::Book;
use crate::command;
use crate::message::{AutomaticKind, Message};
use crate::notice::{self, Reader};
use crate::rights::{Claim, Token};
use crate::rules::Action;
use crate::thread::Clues;

/// Somebody answers one. Words that name no incident are held: a person is to say where they belong.
pub(super) fn answered(draft: &mut Draft<'_>, message: &Message, clues: &Clues) -> Option<MailOutcome> {
    let book = draft.book;
    let person = notice::bundle_answered(book, &clues.tokens, draft.now)?;
    let author = message.author().and_then(|author| book.directory.person_of(&author.address));
    let robot = message.automatic.as_ref().is_some_and(|automatic| automatic.kind != AutomaticKind::List);
    if author.is_none_or(|author| &author.id != person) || draft.past || robot {
        return None;
    }
    let speaker = Speaker { person, claim: Claim::Mail(Token::Given, claims::sender(book, person, message)) };
    let (mut replies, mut number) = (Vec::new(), None);
    for line in lines(message) {
        if let Some((incident, said)) = of_incident(book, line, draft.now) {
            number = number.or(Some(incident));
            replies.extend(carried_out(draft, incident, speaker, (line, &said)));
        } else if !command::read(line).commands.is_empty() {
            let reader =
                book.directory.people.get(person).map(|person| Reader::of(book, person, draft.now))?;
            replies.push((line.to_owned(), notice::which_incident(book, &reader)));
        }
    }
    if replies.is_empty() {
        return Some(mail::without_incident(draft, message, Some(Action::Hold), None));
    }
    draft.lines_of_house(person.clone(), &replies);
    Some(MailOutcome { what: Outcome::Joined, by: Placement::Token, incident: number, rule: None })
}

/// Incidents that an answer to one names at the head of its lines.
pub(super) fn named(book: &Book, message: &Message, clues: &Clues, now: Timestamp) -> Vec<u64> {
    if notice::bundle_answered(book, &clues.tokens, now).is_none() {
        return Vec::new();
    }
    lines(message).filter_map(|line| of_incident(book, line, now)).map(|(number, _)| number).collect()
}

fn lines(message: &Message) -> impl Iterator<Item = &str> {
    message.reply_text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES)
}
