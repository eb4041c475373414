//! Owns who hears of what happened between the house and its clients.

use jiff::Timestamp;

use super::details::Details;
use super::recipients::{account_owner, add, announced, operator, without};
use super::when::Reader;
use super::{Owed, client};
use crate::book::Book;
use crate::directory::{PartyId, PersonId};
use crate::incident::{ClientDraft, Event, Incident, NoticeKind, Telling, owing};
use crate::oncall::Roster;
use crate::told::NewsKind;

/// The mails that such a fact owes.
pub(super) fn owed(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    event: &Event,
    telling: &Telling,
) -> Vec<Owed> {
    let who_answers = |client: &PartyId| who_answers(book, roster, incident, (client, event.at));
    let about = |client: &PartyId| Details { client: Some(client.clone()), ..Details::of(event) };
    let inform = |client: &PartyId, template: &'static str, people: Vec<PersonId>, details: Details| {
        Owed::all(people, NoticeKind::ForClient(client.clone()), template, None, details)
    };
    match telling {
        Telling::Withheld { client, person, found, first: true, .. } => {
            let text = found.iter().map(|word| format!("  {word}\n")).collect();
            let details = Details { person: Some(person.clone()), text, ..about(client) };
            Owed::all(who_answers(client), NoticeKind::Report, "withheld", None, details)
        }
        Telling::HeardDirectly { by, people } => {
            let details = Details { paged: people.clone(), ..Details::of(event) };
            Owed::all(vec![by.clone()], NoticeKind::Inform, "heard-directly", None, details)
        }
        Telling::Said { client, by, text, asks, .. } => {
            let asked = if *asks { vec![by.clone()] } else { Vec::new() };
            let details = Details { text: text.clone(), ..about(client) };
            [said(book, event, telling), inform(client, "is-it-so", asked, details)].concat()
        }
        Telling::Drafted { client, draft } => {
            let author = draft.words.as_ref().map(|(by, _)| by);
            let people = without(who_approves(book, roster, (client, event.at)), author);
            inform(client, "draft", people, of_draft(draft, about(client)))
        }
        Telling::Nagged { client, next } => {
            let details = Details { until: Some(*next), ..about(client) };
            inform(client, "nag", who_answers(client), details)
        }
        Telling::Climbed { client, step, .. } => {
            let people = who_hears(book, roster, incident, (client, *step), event.at);
            inform(client, "debt", people, about(client))
        }
        Telling::Asleep { client, until, reason } => {
            let text = reason.clone().unwrap_or_default();
            let details = Details { until: Some(*until), text, ..about(client) };
            inform(client, "asleep", who_answers(client), details)
        }
        Telling::NoNeed { client, by, reason, .. } => {
            let details = Details { text: reason.clone(), ..by_somebody(by, about(client)) };
            inform(client, "no-need", without(who_answers(client), Some(by)), details)
        }
        Telling::Withheld { first: false, .. }
        | Telling::Approved { .. }
        | Telling::Rejected { .. }
        | Telling::Promised { .. }
        | Telling::TakenBack { .. } => Vec::new(),
    }
}

/// Who hears that a client has not been told: whoever the ladder of the client names, and above its last rung, or after the
/// first time where there is none, the operator too.
fn who_hears(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    (client, step): (&PartyId, u32),
    at: Timestamp,
) -> Vec<PersonId> {
    let mut people = who_answers(book, roster, incident, (client, at));
    let ladder = book.directory.parties.get(client).and_then(|party| party.ladder.as_ref());
    match ladder.map(|ladder| ladder.rung(step)) {
        Some(Some(rung)) => {
            let owner = account_owner(roster, client, at);
            return roster.people_meant_by(&rung.tell, &owner, &people, at);
        }
        None if step <= 1 => {}
        None | Some(None) => add(&mut people, operator(book)),
    }
    people
}

/// Somebody's words, to every contact of the client.
fn said(book: &Book, event: &Event, telling: &Telling) -> Vec<Owed> {
    let Telling::Said { client, text, belief, next, .. } = telling else { return Vec::new() };
    let mut mails = announced(book, event, client, NewsKind::Words(*belief));
    for mail in &mut mails {
        (mail.details.news, mail.details.until) = (Some(NewsKind::Words(*belief)), *next);
        mail.details.written = Some(text.clone());
    }
    mails
}

fn of_draft(draft: &ClientDraft, details: Details) -> Details {
    let written = draft.words.as_ref().map(|(_, text)| text.clone());
    let actor = draft.words.as_ref().map(|(by, _)| crate::incident::Actor::Person(by.clone()));
    let (news, until) = (Some(draft.news), draft.by_itself);
    Details { draft: Some(draft.number), written, actor, news, until, ..details }
}

fn by_somebody(by: &PersonId, details: Details) -> Details {
    Details { actor: Some(crate::incident::Actor::Person(by.clone())), ..details }
}

/// What a client would read: shown to whoever says whether it may go out.
pub(super) fn preview(book: &Book, incident: &Incident, owed: &Owed, reader: &Reader) -> Option<String> {
    let (client, news) = owed.details.client.as_ref().zip(owed.details.news)?;
    if owed.template != "draft" {
        return None;
    }
    let contact =
        book.directory.people_in([client]).into_iter().find_map(|id| book.directory.people.get(&id))?;
    let theirs = Reader::of(book, contact, reader.now);
    let directory = &book.directory;
    let next = owing::next_after_words(incident, directory, client, news.belief(), None, reader.now);
    let view = client::view(book, incident, client, (next, owed.details.written.clone()), &theirs);
    let text = client::text(news, &view, &theirs);
    Some([vec![client::subject(&view, &theirs), text.headline], text.paragraphs].concat().join("\n\n"))
}

/// What stands above what a mail repeats.
pub(super) fn heading(owed: &Owed) -> &'static str {
    if owed.template == "draft" { "phrases.would-read" } else { "phrases.reported" }
}

/// What such a mail asks for, likeliest first; None for other mails.
pub(super) fn answers(owed: &Owed) -> Option<Vec<(String, &'static str)>> {
    let words = ("client: ".to_owned(), "client-words");
    let no_need = ("no need: ".to_owned(), "client-no-need");
    Some(match owed.template {
        "draft" => {
            let number = owed.details.draft.unwrap_or_default();
            let approve = (format!("approve {number}"), "approve");
            vec![approve, (format!("reject {number}"), "reject"), words]
        }
        "report-waits" => {
            let number = owed.details.draft.unwrap_or_default();
            let reject = (format!("reject r{number}"), "reject");
            vec![
                (format!("approve r{number}"), "report-approve"),
                reject,
                ("report".to_owned(), "report-anew"),
            ]
        }
        "action-due" => {
            let done = format!("done A{}", owed.details.draft.unwrap_or_default());
            vec![(done, "action-done"), ("status".to_owned(), "status")]
        }
        "is-it-so" => vec![("recovered".to_owned(), "recovered"), ("reopen".to_owned(), "reopen")],
        "nag" | "debt" | "withheld" | "asleep" => vec![words, no_need, ("status".to_owned(), "status")],
        _ => return None,
    })
}

/// Who says whether a draft may go out: the client's account owner, the operator where there is none.
fn who_approves(book: &Book, roster: &Roster<'_>, (client, at): (&PartyId, Timestamp)) -> Vec<PersonId> {
    let people = account_owner(roster, client, at);
    if people.is_empty() { operator(book) } else { people }
}

/// Who answers for what a client is told: its account owner, and the owner of the incident; the operator while there is
/// neither.
fn who_answers(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    (client, at): (&PartyId, Timestamp),
) -> Vec<PersonId> {
    let mut people = account_owner(roster, client, at);
    add(&mut people, incident.owner.iter().flat_map(|_| incident.answerable(roster, at)).collect());
    if people.is_empty() { operator(book) } else { people }
}
