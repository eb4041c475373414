//! Owns who hears what somebody wrote, and who is asked about it.

use super::Owed;
use super::recipients::{account_owner, add, inform, informed, operator, without};
use crate::audience::Audience;
use crate::book::Book;
use crate::incident::{Actor, Carried, Event, Fact, Incident, Status};
use crate::oncall::Roster;

/// Whoever is to read what somebody wrote.
pub(super) fn noted(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    event: &Event,
    by: &Actor,
    audience: &Audience,
) -> Vec<Owed> {
    let (template, mut people) = match (audience, incident.status()) {
        (Audience::Client(client), _) => {
            let mut people = informed(book, incident);
            add(&mut people, account_owner(roster, client, event.at));
            ("client-note", people)
        }
        (Audience::Inner, Status::Closed) => ("closed-note", incident.answerable(roster, event.at)),
        (Audience::Inner, _) => ("note", informed(book, incident)),
    };
    if people.is_empty() {
        people = operator(book);
    }
    let others = without(people.clone(), by.person());
    // Whoever answers for it alone, and writes after its end, writes to those who had to do with it.
    if template == "closed-note" && others.is_empty() {
        let rest = without(informed(book, incident), by.person());
        let rest = if rest.is_empty() { without(operator(book), by.person()) } else { rest };
        return inform(event, "closed-note", rest, None);
    }
    asking(roster, incident, event, inform(event, template, others, None))
}

/// Where an event raises a question, whoever answers for the incident is asked in their copy, be it about their own words;
/// everybody else only reads what happened.
pub(super) fn asking(
    roster: &Roster<'_>,
    incident: &Incident,
    event: &Event,
    mut owed: Vec<Owed>,
) -> Vec<Owed> {
    let Some(first) = owed.first().filter(|mail| mail.details.question.is_some()).cloned() else {
        return owed;
    };
    let asked = incident.answerable(roster, event.at);
    for person in &asked {
        if !owed.iter().any(|mail| &mail.person == person) {
            owed.push(Owed { person: person.clone(), ..first.clone() });
        }
    }
    for mail in owed.iter_mut().filter(|mail| !asked.contains(&mail.person)) {
        mail.details.question = None;
    }
    owed
}

/// Whoever answers for the incident is asked.
pub(super) fn asked(roster: &Roster<'_>, incident: &Incident, event: &Event) -> Vec<Owed> {
    let template = match &event.fact {
        Fact::HeldAsked { .. } => "held",
        Fact::MergeAsked { .. } => "merge-asked",
        Fact::Carried(Carried::Question { open: Some(_), .. }) => "question-carried",
        _ => return Vec::new(),
    };
    inform(event, template, incident.answerable(roster, event.at), None)
}
