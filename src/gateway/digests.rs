//! Owns what becomes of digests: when one is due, its copies enter the outbox one by one, and people answer it.

use jiff::Timestamp;

use super::claims;
use super::draft::Draft;
use super::words::{self, Done, Speaker};
use super::{MailOutcome, Outcome, Placement};
use crate::audience::Audience;
use crate::book::Book;
use crate::command::{self, Said};
use crate::digest::{self, Issue};
use crate::directory::PersonId;
use crate::document::{Document, Image};
use crate::house::HouseFact;
use crate::house::digests::{self, DigestFact, Often};
use crate::incident::answer::Refusal;
use crate::incident::{Actor, Fact, Placed};
use crate::message::{AutomaticKind, Message};
use crate::notice::{self, DigestMail, Notice, Reader, Reply};
use crate::rights::{Claim, Token};
use crate::thread::{self, Clues};
use crate::timetable::DigestOrder;

/// Most lines of an answer that are read.
pub(super) const MOST_LINES: usize = 30;

/// So many digests of one client have numbers of their own.
const MOST_OF_A_CLIENT: i64 = 64;

/// The words for how often somebody wants a digest.
const OFTEN: &[(&str, Often)] = &[
    ("unsubscribe", Often::Never),
    ("mute", Often::Never),
    ("配信停止", Often::Never),
    ("weekly", Often::Weekly),
    ("週1回", Often::Weekly),
    ("毎週", Often::Weekly),
    ("subscribe", Often::Always),
    ("unmute", Often::Always),
    ("配信再開", Often::Always),
];

/// Digests whose time has come are claimed for it, once; those of which everybody has a copy are done.
pub(super) fn due(draft: &mut Draft<'_>) {
    let book = draft.book;
    for order in &book.digests {
        while let Some(fact) = digests::due(&draft.the_house().digests, order, draft.now) {
            draft.house(HouseFact::Digest(fact));
        }
        let state = draft.the_house().digests.get(&order.id);
        let sending = state.and_then(|state| state.sending.as_ref().map(|sending| (state, sending.at)));
        if let Some((_, time)) = sending.filter(|(state, _)| state.next_reader(order).is_none()) {
            draft.house(HouseFact::Digest(DigestFact::Done { digest: order.id.clone(), time }));
        }
    }
}

/// A copy was composed: it enters the outbox, unless somebody has it already.
pub(super) fn composed(draft: &mut Draft<'_>, issue: &Issue) {
    let Issue { digest, time, person, document, images, secrets } = issue;
    let Some(order) = draft.book.digests.iter().find(|order| &order.id == digest) else { return };
    let state = draft.the_house().digests.get(digest);
    let Some(sending) = state.and_then(|state| state.sending.as_ref()) else { return };
    if sending.at != *time || sending.done.contains(person) {
        return;
    }
    let (digest, time, skipped) = (digest.clone(), *time, document.is_none());
    let (number, about) = (number(draft, order, time), draft.the_house().events + 1);
    let notice = document
        .as_ref()
        .and_then(|document| digest_mail(draft, order, person, (document, images), (number, about)));
    let found = secrets.as_ref().zip(notice.as_ref());
    let found = found.map(|(secrets, notice)| notice::leaks_of_digest(secrets, &notice.bytes));
    let (person, found) = (person.clone(), found.unwrap_or_default());
    let withheld = notice::withheld(&found);
    draft.house(HouseFact::Digest(match &withheld {
        Some(_) => DigestFact::Withheld { digest, time, person: person.clone(), found },
        None => DigestFact::Composed { digest, time, person: person.clone(), skipped },
    }));
    draft.report(notice.map(|notice| Notice { withheld, ..notice }), person, about);
}

/// A copy's number. A client's follows from its time, and from nothing else that the house sends: it stands in the mail.
fn number(draft: &Draft<'_>, order: &DigestOrder, time: Timestamp) -> u32 {
    let Some(client) = digest::client(draft.book, order) else { return draft.the_house().reports + 1 };
    let of_client =
        draft.book.digests.iter().filter(|other| digest::client(draft.book, other) == Some(client));
    let place = of_client.take_while(|other| other.id != order.id).count() as i64 % MOST_OF_A_CLIENT;
    let minute = time.as_second().div_euclid(60);
    u32::try_from(minute * MOST_OF_A_CLIENT + place).unwrap_or_default()
}

fn digest_mail(
    draft: &Draft<'_>,
    order: &DigestOrder,
    person: &PersonId,
    (document, images): (&Document, &[Image]),
    numbered: (u32, u64),
) -> Option<Notice> {
    let book = draft.book;
    let reply_to = digest::reply_address(book, order, person);
    let mail = DigestMail { id: &order.id, client: digest::client(book, order), reply_to, images };
    notice::digest(book, &mail, person, document, numbered, draft.now)
}

/// Somebody answers a digest: they say how often they want it, or what becomes of incidents. None when this is no such
/// answer, or not from whom it was sent to.
pub(super) fn answered(draft: &mut Draft<'_>, message: &Message, clues: &Clues) -> Option<MailOutcome> {
    let book = draft.book;
    let (order, person) = digest::answered(book, &clues.tokens, draft.now)?;
    let author = message.author().and_then(|author| book.directory.person_of(&author.address));
    let robot = message.automatic.as_ref().is_some_and(|automatic| automatic.kind != AutomaticKind::List);
    // Mail programs write unsubscribing mails by themselves (RFC 2369, 3.2): their subject says what they are.
    let unsubscribes = often(&message.subject).filter(|often| *often == Often::Never);
    if author.is_none_or(|author| &author.id != person) || draft.past || (robot && unsubscribes.is_none()) {
        return None;
    }
    let mut replies = Vec::new();
    let mut number = None;
    if let Some(often) = unsubscribes {
        replies.push((message.subject.clone(), chosen(draft, order, person, often)));
    }
    let internal = book.directory.is_internal(person);
    let speaker = Speaker { person, claim: Claim::Mail(Token::Given, claims::sender(book, person, message)) };
    let lines = message.reply_text.lines().map(str::trim).filter(|line| !line.is_empty());
    for line in lines.take(MOST_LINES).filter(|_| !robot) {
        if let Some(often) = often(line).filter(|_| unsubscribes.is_none()) {
            replies.push((line.to_owned(), chosen(draft, order, person, often)));
        } else if let Some((incident, said)) = of_incident(book, line, draft.now).filter(|_| internal) {
            number = number.or(Some(incident));
            replies.extend(carried_out(draft, incident, speaker, (line, &said)));
        }
    }
    if replies.is_empty() {
        return None;
    }
    if internal {
        draft.lines_of_house(person.clone(), &replies);
    }
    Some(MailOutcome { what: Outcome::Joined, by: Placement::Token, incident: number, rule: None })
}

/// Incidents that an answer to a digest names at the head of its lines.
pub(super) fn named(book: &Book, message: &Message, clues: &Clues, now: Timestamp) -> Vec<u64> {
    if digest::answered(book, &clues.tokens, now).is_none() {
        return Vec::new();
    }
    let lines = message.reply_text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES);
    lines.filter_map(|line| of_incident(book, line, now)).map(|(number, _)| number).collect()
}

/// `INC-42 ack`: an incident, and commands for it. Prose behind an incident's name is a note on it.
pub(super) fn of_incident(book: &Book, line: &str, now: Timestamp) -> Option<(u64, Said)> {
    let (name, words) = line.split_once([' ', '\t', ':', '\u{3000}'])?;
    let said = command::read(words);
    let number = thread::named(book, name, now)?;
    Some((number, said))
}

fn often(line: &str) -> Option<Often> {
    let word = line.split_whitespace().next()?.trim_end_matches(['.', '。', ',', ':']).to_lowercase();
    OFTEN.iter().find(|(known, _)| *known == word).map(|(_, often)| *often)
}

fn chosen(draft: &mut Draft<'_>, order: &DigestOrder, person: &PersonId, often: Often) -> String {
    let (digest, person) = (order.id.clone(), person.clone());
    let said = digest::chosen(draft.book, order, &person, often);
    draft.house(HouseFact::Digest(DigestFact::Chosen { digest, person, often }));
    said
}

/// The digest was sent to them, and they answer from an address of theirs: that is as good as any notice.
pub(super) fn carried_out(
    draft: &mut Draft<'_>,
    named: u64,
    speaker: Speaker<'_>,
    (line, said): (&str, &Said),
) -> Vec<(String, String)> {
    let (book, person) = (draft.book, speaker.person);
    let reader = |draft: &Draft<'_>| {
        let person = book.directory.people.get(person);
        let anybody = || Reader::anybody(book, book.language, draft.now);
        person.map_or_else(anybody, |person| Reader::of(book, person, draft.now))
    };
    draft.named = Some(named);
    let number = draft.survivor(named);
    if draft.incident(number).is_none() {
        let unknown = Reply::Refused(Refusal::UnknownIncident);
        return vec![(line.to_owned(), notice::house_result(book, &unknown, &reader(draft)))];
    }
    let note = Fact::Noted {
        by: Actor::Person(person.clone()),
        audience: Audience::Inner,
        placed: Placed::Token,
        text: said.note.clone(),
        automatic: false,
        with_commands: false,
        asks: None,
        alike: 0,
        crowd: 0,
    };
    if said.commands.is_empty() {
        draft.record_all(number, [note]);
        return vec![(line.to_owned(), digest::noted(&reader(draft)))];
    }
    let Done { number, replies, asked } = words::carry_out(draft, number, speaker, said, note, None);
    if asked.is_some() {
        // Whether they said so is asked in a mail of its own, whose answer shows it.
        let about = draft.incident(number).map_or(0, |incident| incident.events);
        draft.answer(number, notice::transcript(person, replies.clone(), asked, draft.now), about);
    }
    draft.touch(number);
    let Some(incident) = draft.incident(number).cloned() else { return Vec::new() };
    let results = notice::results(book, &incident, person, &replies, &reader(draft));
    results.into_iter().map(|result| (line.to_owned(), result)).collect()
}

#[cfg(test)]
mod tests;
