//! Owns what people may arrange about an incident: who answers for it, who has to do with it, how bad it is, what it is
//! called. Whoever is named is looked for in the directory; where that is not clear, the sender is asked back.

use super::{Answer, Refusal};
use crate::command::Command;
use crate::directory::{Directory, Named, PartyId, PersonId};
use crate::incident::words::one_line;
use crate::incident::{Arranged, Arrangement, Fact, Incident, Part};

/// Longest title, in characters.
const LONGEST_TITLE: usize = 200;
/// Longest field of a report, in characters.
const LONGEST_FIELD: usize = 10_000;

/// What follows from a command that arranges something; None where it is none.
pub(super) fn command(
    incident: &Incident,
    directory: &Directory,
    person: &PersonId,
    command: &Command,
) -> Option<Answer> {
    Some(match command {
        Command::Severity { to } if *to == incident.severity => Answer::Already,
        Command::Severity { to } => {
            let raised = *to < incident.severity && incident.is_broken();
            done(person, Arranged::Severity { to: *to, raised, policy: None })
        }
        Command::Owner { name } => owner(incident, directory, person, name),
        Command::Add { name } => one(directory, name, |named| add(incident, directory, person, named)),
        Command::Remove { name } => one(directory, name, |named| remove(incident, directory, person, named)),
        Command::Join if takes_part(incident, directory, person) => Answer::Already,
        Command::Join => done(person, part(person, Part::Follower)),
        Command::Leave if incident.owner.as_ref() == Some(person) => Answer::Refused(Refusal::OwnerStays),
        Command::Leave if incident.is_out(person) => Answer::Already,
        Command::Leave => done(person, part(person, Part::Left)),
        Command::Title { text } => match one_line(text) {
            title if title.is_empty() => Answer::Refused(Refusal::SaysNothing),
            title => done(person, Arranged::Title { text: title.chars().take(LONGEST_TITLE).collect() }),
        },
        Command::Field { text, .. } if text.is_empty() => Answer::Refused(Refusal::SaysNothing),
        Command::Field { field, text } => {
            let text = text.chars().take(LONGEST_FIELD).collect();
            done(person, Arranged::Field { field: *field, text })
        }
        _ => return None,
    })
}

fn done(by: &PersonId, what: Arranged) -> Answer {
    Answer::Done(vec![Fact::Arranged(Arrangement { by: by.clone(), what })])
}

fn part(person: &PersonId, part: Part) -> Arranged {
    Arranged::Part { person: person.clone(), part }
}

/// The one whom a name means. Where it means nobody or several, those are asked back.
fn one(directory: &Directory, name: &str, answer: impl FnOnce(&Named) -> Answer) -> Answer {
    match directory.called(name).as_slice() {
        [named] => answer(named),
        several => Answer::Unclear(several.iter().map(|named| named.as_str().to_owned()).collect()),
    }
}

/// An owner is one person of the house; a party of one person stands for them.
fn owner(incident: &Incident, directory: &Directory, by: &PersonId, name: &str) -> Answer {
    let called = directory.called(name);
    let people = called.iter().flat_map(|named| match named {
        Named::Person(person) => vec![person.clone()],
        Named::Party(party) => directory.people_in([party]),
    });
    let people: Vec<PersonId> = people.filter(|person| directory.is_internal(person)).collect();
    match people.as_slice() {
        [] if !called.is_empty() => Answer::Refused(Refusal::OfAClient),
        [to] if incident.owner.as_ref() == Some(to) => Answer::Already,
        [to] => done(by, Arranged::Owner { to: to.clone() }),
        several => Answer::Unclear(several.iter().map(|person| person.as_str().to_owned()).collect()),
    }
}

fn add(incident: &Incident, directory: &Directory, by: &PersonId, named: &Named) -> Answer {
    match named {
        Named::Person(person) if directory.is_internal(person) => {
            let mends = directory.parties_of(person).any(|party| incident.responders.contains(&party.id));
            let already = incident.part(person) == Some(Part::Responder) || mends && !incident.is_out(person);
            if already { Answer::Already } else { done(by, part(person, Part::Responder)) }
        }
        // Somebody of a client hears what their party hears, in its thread.
        Named::Person(person) => match directory.parties_of(person).find(|party| party.external) {
            Some(party) => add_client(incident, by, &party.id),
            None => Answer::Unclear(Vec::new()),
        },
        Named::Party(party) if directory.parties.get(party).is_some_and(|party| party.external) => {
            add_client(incident, by, party)
        }
        Named::Party(party) if incident.responders.contains(party) => Answer::Already,
        Named::Party(party) => done(by, Arranged::PartyAdded { party: party.clone(), client: false }),
    }
}

/// A client is told only under a name that was made for clients.
fn add_client(incident: &Incident, by: &PersonId, party: &PartyId) -> Answer {
    if incident.clients.contains(party) {
        Answer::Already
    } else if incident.service.is_none() {
        Answer::Refused(Refusal::NoPublicName)
    } else {
        done(by, Arranged::PartyAdded { party: party.clone(), client: true })
    }
}

fn remove(incident: &Incident, directory: &Directory, by: &PersonId, named: &Named) -> Answer {
    match named {
        Named::Person(person) if !directory.is_internal(person) => Answer::Refused(Refusal::OfAClient),
        Named::Person(person) if incident.owner.as_ref() == Some(person) => {
            Answer::Refused(Refusal::OwnerStays)
        }
        Named::Person(person) if incident.part(person) == Some(Part::Removed) => Answer::Already,
        Named::Person(person) => done(by, part(person, Part::Removed)),
        Named::Party(party) if incident.clients.contains(party) => Answer::Refused(Refusal::OfAClient),
        Named::Party(party) if incident.responders.as_slice() == [party.clone()] => {
            Answer::Refused(Refusal::LastResponders)
        }
        Named::Party(party) if incident.parties().any(|other| other == party) => {
            done(by, Arranged::PartyRemoved { party: party.clone() })
        }
        Named::Party(_) => Answer::Already,
    }
}

/// Whether somebody hears of it already.
fn takes_part(incident: &Incident, directory: &Directory, person: &PersonId) -> bool {
    let follows = || incident.following(directory).contains(person);
    let engaged = incident.engaged.contains(person) || incident.part(person).is_some();
    !incident.is_out(person) && (engaged || follows())
}
