//! Owns who hears that somebody can't be reached.

use jiff::Timestamp;

use super::Owed;
use super::details::Details;
use super::recipients::{account_owner, add, operator};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::house::troubles::{Kind, TroubleFact};
use crate::house::{HouseEvent, HouseFact};
use crate::incident::{Event, Incident, NoticeKind, SentNotice};
use crate::oncall::Roster;

/// Who hears of an event of the house: the operator; and that nothing is written to an address, those who may know a right
/// one, which are the colleagues of whoever it belongs to, or of a client the account owner.
pub fn hear_of(book: &Book, roster: &Roster<'_>, event: &HouseEvent) -> Vec<PersonId> {
    let mut people = operator(book);
    let HouseFact::Trouble(TroubleFact::Told { news }) = &event.fact else { return people };
    for news in news.iter().filter(|news| news.kind == Kind::Address) {
        let Some(whose) = book.directory.person_of(&Address::new(&news.of)) else { continue };
        for party in book.directory.parties_of(&whose.id) {
            let near = match party.external {
                true => account_owner(roster, &party.id, event.at),
                false => book.directory.people_in([&party.id]),
            };
            add(&mut people, near);
        }
        people.retain(|person| person != &whose.id);
    }
    people
}

/// The mails that it owes.
pub(super) fn owed(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    whom: (&Audience, &PersonId),
    event: &Event,
) -> Vec<Owed> {
    let people = hears_of_failure(book, roster, incident, whom, event.at);
    Owed::all(people, NoticeKind::Report, "undeliverable", None, Details::of(event))
}

/// Who hears that somebody can't be reached: the operator, and for a client its account owner too. That a colleague can't
/// is said once; a client is left untold anew with every mail. Whoever couldn't be reached themselves the last time is
/// not tried, or two dead addresses would tell of each other for ever.
fn hears_of_failure(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    (audience, person): (&Audience, &PersonId),
    at: Timestamp,
) -> Vec<PersonId> {
    let failed = |sent: &&SentNotice| sent.failed && &sent.person == person;
    if *audience == Audience::Inner && incident.notices.iter().filter(failed).count() > 1 {
        return Vec::new();
    }
    let mut people = operator(book);
    if let Audience::Client(client) = audience {
        add(&mut people, account_owner(roster, client, at));
    }
    let ended = |sent: &SentNotice| sent.failed || sent.told_at.is_some();
    let reachable = |other: &PersonId| {
        let last = incident.notices.iter().rev().find(|sent| &sent.person == other && ended(sent));
        last.is_none_or(|sent| !sent.failed)
    };
    people.retain(|other| other != person && reachable(other));
    people
}
