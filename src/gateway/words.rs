//! Owns what follows from words that reached an incident: who speaks, with what right, and what they said.

use super::draft::Draft;
use super::{OperatorWords, clients, held, merging, parting};
use crate::audience::Audience;
use crate::command::{self, Command, Line, Said};
use crate::directory::{Address, Directory, PersonId};
use crate::house::HOUSE;
use crate::incident::answer::{self, Answer, Authority, Refusal};
use crate::incident::{Actor, Fact, Incident, Placed, Silence, Telling};
use crate::message::{AutomaticKind, Message};
use crate::notice::{self, ClientReply, Reader, Reply};
use crate::thread::Place;

/// How much of somebody's words a timeline keeps, in characters.
const LONGEST_NOTE: usize = 20_000;

/// Works on a mail that joins an incident, and gives the one to which it belongs in the end: people may say otherwise.
pub(super) fn in_a_mail(draft: &mut Draft<'_>, message: &Message, place: &Place) -> u64 {
    let Some(incident) = draft.incident(place.incident) else { return place.incident };
    let (by, audience) = speaker(draft, incident, message, place);
    // Nobody outside the house is obeyed or answered, whichever mail they answer.
    let obeyed = |person: &&PersonId| {
        draft.directory().is_internal(person) && message.automatic.is_none() && !draft.past
    };
    let person = by.person().filter(obeyed);
    let said = person.map(|_| command::read(&message.reply_text)).unwrap_or_default();
    let mut note = Fact::Noted {
        by: by.clone(),
        audience,
        placed: place.by,
        text: beginning(&message.reply_text),
        automatic: is_by_robot(message),
        with_commands: false,
    };
    let directly = person.and_then(|person| clients::heard_directly(draft, person, message));
    let Some(person) = person.filter(|_| !said.commands.is_empty()) else {
        draft.record_all(place.incident, [note].into_iter().chain(directly));
        return place.incident;
    };
    let authority = authority(incident, person, place);
    let effective = matches!(authority, Authority::Granted | Authority::Operator);
    if let (Fact::Noted { text, with_commands, .. }, true) = (&mut note, effective) {
        *text = beginning(&said.note);
        *with_commands = are_told(draft, incident, person, &authority, &said);
    }
    let person = person.clone();
    let (number, replies) = carry_out(draft, place.incident, &person, &authority, &said, note);
    let transcript = notice::transcript(&person, replies, draft.now);
    let about = draft.incident(number).map_or(0, |incident| incident.events);
    draft.queue(number, &transcript, about);
    draft.record_all(number, directly);
    draft.touch(number);
    number
}

/// The words that a timeline keeps; the whole mail is in the store.
pub(super) fn beginning(text: &str) -> String {
    text.trim().chars().take(LONGEST_NOTE).collect()
}

/// Whether a robot wrote it. People write through lists too: they are heard, though not obeyed.
fn is_by_robot(message: &Message) -> bool {
    message.automatic.as_ref().is_some_and(|automatic| automatic.kind != AutomaticKind::List)
}

/// Works on words given at the command line.
pub(super) fn at_the_terminal(draft: &mut Draft<'_>, words: &OperatorWords) {
    let said = command::read(&words.words);
    if words.incident == HOUSE {
        let replies = held::of_house(draft, &words.person, &Authority::Operator, &said);
        let reader = Reader { zone: draft.book.zone.clone(), language: draft.book.language, now: draft.now };
        for (line, reply) in replies {
            let result = notice::house_result(draft.book, &reply, &reader);
            draft.reply(line, result);
        }
        return;
    }
    let number = draft.survivor(words.incident);
    let Some(incident) = draft.incident(number) else { return };
    let note = Fact::Noted {
        by: Actor::Person(words.person.clone()),
        audience: Audience::Inner,
        placed: Placed::Operator,
        text: said.note.clone(),
        automatic: false,
        with_commands: are_told(draft, incident, &words.person, &Authority::Operator, &said),
    };
    let (number, replies) = carry_out(draft, number, &words.person, &Authority::Operator, &said, note);
    draft.touch(number);
    let Some(incident) = draft.incident(number).cloned() else { return };
    let reader = Reader { zone: draft.book.zone.clone(), language: draft.book.language, now: draft.now };
    let results = notice::results(draft.book, &incident, &words.person, &replies, &reader);
    for ((line, _), result) in replies.into_iter().zip(results) {
        draft.reply(line, result);
    }
}

/// Whose words these are, and on whose side they stand.
fn speaker(draft: &Draft<'_>, incident: &Incident, message: &Message, place: &Place) -> (Actor, Audience) {
    let author = message.author().map(|author| &author.address);
    let answered = place.granted.as_ref().map(|(audience, _, _)| audience);
    side_of(draft.directory(), incident, author, answered)
}

/// Who wrote from an address.
pub(super) fn author(directory: &Directory, address: Option<&Address>) -> Actor {
    match (address.and_then(|address| directory.person_of(address)), address) {
        (Some(person), _) => Actor::Person(person.id.clone()),
        (None, Some(address)) => Actor::Stranger(address.clone()),
        (None, None) => Actor::Stranger(Address::new("")),
    }
}

/// Who wrote, and on whose side they stand. Who belongs to the house speaks inside the house, whichever mail they answer;
/// anybody else who answers a client's mail speaks for that client, and a known outsider for their own party, be it a
/// client of this incident or not.
pub(super) fn side_of(
    directory: &Directory,
    incident: &Incident,
    address: Option<&Address>,
    answered: Option<&Audience>,
) -> (Actor, Audience) {
    let by = author(directory, address);
    let person = by.person();
    if person.is_some_and(|person| directory.is_internal(person)) {
        return (by, Audience::Inner);
    }
    if let Some(audience @ Audience::Client(_)) = answered {
        return (by, audience.clone());
    }
    let theirs = || person.into_iter().flat_map(|person| directory.parties_of(person));
    let client = theirs().find(|party| incident.clients.contains(&party.id)).or_else(|| theirs().next());
    let audience = client.map_or(Audience::Inner, |party| Audience::Client(party.id.clone()));
    (by, audience)
}

/// With what right somebody of the house gives commands: theirs is the address they answer with, and it was given to
/// them in this occurrence.
fn authority(incident: &Incident, person: &PersonId, place: &Place) -> Authority {
    match &place.granted {
        Some((Audience::Inner, to, occurrence)) if to == person => {
            if *occurrence == incident.occurrence() {
                Authority::Granted
            } else {
                Authority::Outdated
            }
        }
        _ => Authority::Unproven,
    }
}

/// Carries out commands in order; what became of each, and the incident in which the last one left them. The note goes
/// onto the timeline first, and is told with what the commands do where that is told.
pub(super) fn carry_out(
    draft: &mut Draft<'_>,
    mut number: u64,
    person: &PersonId,
    authority: &Authority,
    said: &Said,
    note: Fact,
) -> (u64, Vec<(String, Reply)>) {
    let parts = |line: &Line| parting::parts(draft, number, person, authority, &line.command);
    // What is said with `split` or `move` belongs to the other incident, which begins with it or is told.
    let parts = said.commands.iter().any(parts);
    let told_with_it = parts || matches!(&note, Fact::Noted { with_commands: true, .. });
    if !parts && matches!(&note, Fact::Noted { text, .. } if !text.is_empty()) {
        draft.record_all(number, [note]);
    }
    draft.note = if told_with_it { said.note.clone() } else { String::new() };
    let mut replies = Vec::new();
    let mut authority = authority.clone();
    for line in &said.commands {
        let (reply, next) = one(draft, number, person, &authority, (line, said));
        replies.push((line.line.clone(), reply));
        // Nobody was given a right in the incident to which this mail moves by answering one of another.
        if matches!(line.command, Command::Move { .. }) && next != number && authority == Authority::Granted {
            authority = Authority::Unproven;
        }
        number = next;
    }
    draft.note = String::new();
    (number, replies)
}

/// What became of one line, and where what follows it is said.
fn one(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    authority: &Authority,
    (line, said): (&Line, &Said),
) -> (Reply, u64) {
    let note = &said.note;
    let done = match &line.command {
        Command::Merge { incident } => {
            merging::other(draft, number, person, authority, incident).map(|other| {
                let (stays, goes) = merging::merge(draft, number, other, person, true);
                (stays, Reply::Merged(goes))
            })
        }
        Command::Split => parting::split(draft, number, person, authority, note),
        Command::Move { incident } => parting::move_to(draft, number, person, authority, (incident, note)),
        Command::Held(said) => {
            held::command(draft, number, person, authority, said).map(|reply| (number, reply))
        }
        Command::Client { .. }
        | Command::Next { .. }
        | Command::Approve { .. }
        | Command::Reject { .. }
        | Command::NoNeed { .. } => clients::command(draft, number, person, authority, (&line.command, said))
            .map(|reply| (number, reply)),
        _ => return (here(draft, number, person, authority, line), number),
    };
    match done {
        Ok((next, reply)) => (reply, next),
        Err(refusal) => (refused(draft, number, person, line, refusal), number),
    }
}

/// What became of a line that concerns one incident alone.
fn here(draft: &mut Draft<'_>, number: u64, person: &PersonId, authority: &Authority, line: &Line) -> Reply {
    let Some(incident) = draft.incident(number) else { return Reply::Nothing };
    match answer::command(incident, draft.directory(), person, authority, &line.command, draft.now) {
        Answer::Done(facts) => {
            let reply = facts.first().map_or(Reply::Nothing, done);
            draft.record_all(number, facts);
            reply
        }
        Answer::Asked if line.command == Command::Help => Reply::Help,
        Answer::Asked => Reply::Status,
        Answer::Refused(refusal) => refused(draft, number, person, line, refusal),
    }
}

fn refused(draft: &mut Draft<'_>, number: u64, person: &PersonId, line: &Line, refusal: Refusal) -> Reply {
    let why = refusal.words().to_owned();
    draft.record_all(number, [Fact::Refused { by: person.clone(), line: line.line.clone(), why }]);
    Reply::Refused(refusal)
}

fn done(fact: &Fact) -> Reply {
    match fact {
        Fact::Acknowledged { until, .. } => Reply::Acknowledged(*until),
        Fact::Recovered { still_firing, .. } => Reply::Recovered(still_firing.clone()),
        Fact::Resolved { anyway, .. } => Reply::Resolved(*anyway),
        Fact::Closed { .. } => Reply::Closed,
        Fact::Recurred { occurrence, .. } => Reply::Reopened(*occurrence),
        Fact::Quiet(Silence::Hushed { quiet }) => Reply::Quiet(quiet.until),
        Fact::Quiet(_) => Reply::Loud,
        Fact::Telling(Telling::TakenBack { .. }) => Reply::Client(ClientReply::TakenBack),
        _ => Reply::Nothing,
    }
}

/// Whether the team will be mailed what the first effective command does, and the note with it. Otherwise the note
/// needs a mail of its own: commands may be refused or change nothing, and `reopen` pages.
fn are_told(
    draft: &Draft<'_>,
    incident: &Incident,
    person: &PersonId,
    authority: &Authority,
    said: &Said,
) -> bool {
    let answer = |line: &Line| {
        answer::command(incident, draft.directory(), person, authority, &line.command, draft.now)
    };
    let told = |line: &Line| match (&line.command, answer(line)) {
        (Command::Merge { incident: other }, _) => {
            merging::other(draft, incident.number, person, authority, other).ok().map(|_| true)
        }
        (_, Answer::Done(facts)) => {
            facts.first().map(|fact| !matches!(fact, Fact::Recurred { .. } | Fact::Quiet(Silence::HushOver)))
        }
        (_, Answer::Asked | Answer::Refused(_)) => None,
    };
    said.commands.iter().find_map(told).unwrap_or(false)
}
