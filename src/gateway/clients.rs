//! Owns what people of the house say that concerns clients.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::draft::Draft;
use crate::audience::{Audience, Belief};
use crate::command::{self, Command, Said};
use crate::directory::{PartyId, PersonId, ServiceId, Target};
use crate::house::HOUSE;
use crate::incident::answer::{Authority, ClientRefusal, Refusal};
use crate::incident::owing::{self, Beside};
use crate::incident::{ClientDraft, Fact, Incident, Telling};
use crate::message::Message;
use crate::notice::{self, ClientReply, Reply};
use crate::thread;
use crate::told::{self, NewsKind};

/// A colleague's mail went to people of clients too: they have it as it is, and the colleague should know.
pub(super) fn heard_directly(draft: &Draft<'_>, by: &PersonId, message: &Message) -> Option<Fact> {
    let directory = draft.directory();
    let of_clients = message.addressees().filter_map(|address| directory.person_of(address));
    let of_clients = of_clients.filter(|person| !directory.is_internal(&person.id));
    let mut people: Vec<PersonId> = of_clients.map(|person| person.id.clone()).collect();
    people.sort();
    people.dedup();
    let by = by.clone();
    (!people.is_empty()).then_some(Fact::Telling(Telling::HeardDirectly { by, people }))
}

/// Clients of this incident for which another one of the same name is broken, or may be again.
pub(super) fn beside(draft: &Draft<'_>, number: u64) -> Beside {
    let Some(incident) = draft.incident(number) else { return Beside::new() };
    let others = draft.known.beside.iter().map(|other| draft.incident(other.number).unwrap_or(other));
    let others = others.chain(draft.known.incidents.keys().filter_map(|other| draft.incident(*other)));
    let others: Vec<&Incident> = others
        .filter(|other| {
            other.number != number && other.service.is_some() && other.service == incident.service
        })
        .filter(|other| other.merged_into.is_none() && !other.past && other.trusted)
        .collect();
    let hold = |client: &PartyId, other: &Incident| {
        let same = other.clients.contains(client) && other.name_for(client) == incident.name_for(client);
        same.then(|| owing::hold(other, client, draft.now)).flatten()
    };
    let longest = |client: &PartyId| others.iter().filter_map(|other| hold(client, other)).max();
    let clients = incident.clients.iter();
    clients.filter_map(|client| Some((client.clone(), longest(client)?))).collect()
}

/// What changed here may be what clients of others of the same service wait for: they hear at once, whatever else
/// happens to those.
pub(super) fn look_beside(draft: &mut Draft<'_>, changed: &BTreeSet<u64>) {
    let services: BTreeSet<ServiceId> =
        changed.iter().filter_map(|number| draft.incident(*number)?.service.clone()).collect();
    let waits = |incident: &&Incident| {
        incident.service.as_ref().is_some_and(|service| services.contains(service))
            && !changed.contains(&incident.number)
            && owing::matters_beside(incident) == Some(Timestamp::MAX)
            && !incident.is_broken()
    };
    let known = draft.known.beside.iter().chain(draft.known.incidents.values());
    let others: Vec<Incident> = known.filter(waits).cloned().collect();
    for other in others {
        let number = other.number;
        draft.known.incidents.entry(number).or_insert(other);
        draft.touch(number);
    }
}

/// What somebody says that concerns clients. `number` is the incident.
pub(super) fn command(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    authority: &Authority,
    (command, said): (&Command, &Said),
) -> Result<Reply, Refusal> {
    if let Some(refusal) = authority.refusal() {
        return Err(refusal);
    }
    let theirs = answered_for(draft, number, person, authority);
    carried_out(draft, number, person, (command, said), theirs).map(Reply::Client).map_err(Refusal::Client)
}

fn carried_out(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    (command, said): (&Command, &Said),
    theirs: Vec<PartyId>,
) -> Result<ClientReply, ClientRefusal> {
    if draft.incident(number).is_none_or(|incident| incident.clients.is_empty()) {
        return Err(ClientRefusal::NoClients);
    }
    match command {
        Command::Client { text } => words(draft, number, person, (text, said), theirs),
        Command::Next { within } => promise(draft, number, person, (draft.now + *within, said)),
        Command::NoNeed { reason } => no_need(draft, number, person, reason, &theirs),
        Command::Approve { version } => {
            let (client, written) = waiting(draft, number, person, *version, &theirs)?;
            approve(draft, number, person, client, &written)
        }
        Command::Reject { version } => {
            let (client, written) = waiting(draft, number, person, *version, &theirs)?;
            let (by, draft_number) = (person.clone(), written.number);
            let rejected = Telling::Rejected { client: client.clone(), draft: draft_number, by };
            draft.record_all(number, [Fact::Telling(rejected)]);
            Ok(ClientReply::Rejected(client, written.by_itself.filter(|at| *at > draft.now)))
        }
        _ => Ok(ClientReply::NothingOwed),
    }
}

/// The clients for which somebody may speak: whoever answers for the incident for all of them, an account owner for
/// their own (DESIGN 5).
pub(super) fn answered_for(
    draft: &Draft<'_>,
    number: u64,
    person: &PersonId,
    authority: &Authority,
) -> Vec<PartyId> {
    let Some(incident) = draft.incident(number) else { return Vec::new() };
    let directory = draft.directory();
    let all = *authority == Authority::Operator
        || incident.owner.as_ref() == Some(person)
        || directory.people_in([&draft.book.operator]).contains(person);
    let owns = |client: &PartyId| approvers(draft, std::slice::from_ref(client)).contains(person);
    incident.clients.iter().filter(|client| all || owns(client)).cloned().collect()
}

/// The account owners of clients.
fn approvers(draft: &Draft<'_>, clients: &[PartyId]) -> Vec<PersonId> {
    let parties = clients.iter().filter_map(|client| draft.directory().parties.get(client));
    let owners: Vec<Target> = parties.filter_map(|party| party.owner.clone()).collect();
    draft.roster().people_meant_by(&owners, &[], &[], draft.now)
}

/// Words for clients: sent where their author may speak for the client; otherwise a draft for whoever may.
fn words(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    (text, said): (&str, &Said),
    theirs: Vec<PartyId>,
) -> Result<ClientReply, ClientRefusal> {
    let text = super::words::beginning(text);
    let Some(incident) = draft.incident(number).filter(|_| !text.is_empty()) else {
        return Err(ClientRefusal::NoWords);
    };
    let proposes = theirs.is_empty();
    let clients = if proposes { incident.clients.clone() } else { theirs };
    if clients.iter().any(|client| !notice::other_clients(draft.book, incident, client, &text).is_empty()) {
        return Err(ClientRefusal::NamesAnother);
    }
    if proposes {
        let approvers = approvers(draft, &clients);
        return Ok(ClientReply::Proposed(propose(draft, number, person, &text, &clients), approvers));
    }
    // All at once: what is due meanwhile is nothing to any of them.
    let telling = clients.iter().filter_map(|client| said_to(draft, number, person, client, (&text, said)));
    let telling: Vec<Telling> = telling.collect();
    let (mut next, mut asked) = (None, false);
    if let Some(Telling::Said { next: promised, asks, .. }) = telling.last() {
        (next, asked) = (*promised, *asks);
    }
    draft.record_all(number, telling.into_iter().map(Fact::Telling));
    Ok(ClientReply::Sent { clients, next, asks: asked })
}

/// What a client believes by somebody's words. They are taken at their word.
fn said_to(
    draft: &Draft<'_>,
    number: u64,
    person: &PersonId,
    client: &PartyId,
    (text, said): (&str, &Said),
) -> Option<Telling> {
    let incident = draft.incident(number)?;
    let speaks = told::speaks_of_recovery(text);
    let last = incident.announced.get(client).map(|last| last.belief);
    let belief = match (incident.is_broken(), speaks) {
        (true, true) => Belief::Working,
        (true, false) => Belief::Down,
        (false, true) => incident.state().truth,
        (false, false) => last.unwrap_or(Belief::Working),
    };
    let says_so =
        |line: &command::Line| matches!(line.command, Command::Recovered | Command::Resolved { .. });
    let asks = incident.is_broken() && speaks && !said.commands.iter().any(says_so);
    let promised = said.commands.iter().find_map(|line| match line.command {
        Command::Next { within } => Some(draft.now + within),
        _ => None,
    });
    let next = owing::next_after_words(incident, draft.directory(), client, belief, promised, draft.now);
    let (client, by, text) = (client.clone(), person.clone(), text.to_owned());
    Some(Telling::Said { client, by, text, belief, next, asks })
}

fn propose(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    text: &str,
    clients: &[PartyId],
) -> Vec<u32> {
    let Some(incident) = draft.incident(number) else { return Vec::new() };
    let (mut numbers, mut facts) = (Vec::new(), Vec::new());
    for client in clients {
        let of = incident.state_for(client).since;
        let broken = incident.is_broken() && !told::speaks_of_recovery(text);
        let belief = if broken { Belief::Down } else { Belief::Working };
        let by_itself =
            incident.account(client).draft.filter(|draft| draft.of == of).and_then(|it| it.by_itself);
        let written = ClientDraft {
            number: incident.drafts + 1 + numbers.len() as u32,
            news: NewsKind::Words(belief),
            words: Some((person.clone(), text.to_owned())),
            of,
            by_itself: by_itself.filter(|at| *at > draft.now),
        };
        numbers.push(written.number);
        facts.push(Fact::Telling(Telling::Drafted { client: client.clone(), draft: written }));
    }
    draft.record_all(number, facts);
    numbers
}

/// A time by which all clients hear again. In a mail with words for them it is said there.
fn promise(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    (next, said): (Timestamp, &Said),
) -> Result<ClientReply, ClientRefusal> {
    let with_words = said.commands.iter().any(|line| matches!(line.command, Command::Client { .. }));
    let Some(incident) = draft.incident(number).filter(|it| it.is_broken() || with_words) else {
        return Err(ClientRefusal::NothingToPromise);
    };
    if !with_words {
        let promised = |client: &PartyId| {
            let (client, by) = (client.clone(), person.clone());
            Fact::Telling(Telling::Promised { client, by, next })
        };
        let facts: Vec<Fact> = incident.clients.iter().map(promised).collect();
        draft.record_all(number, facts);
    }
    Ok(ClientReply::Promised(next))
}

fn no_need(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    reason: &str,
    theirs: &[PartyId],
) -> Result<ClientReply, ClientRefusal> {
    let reason = super::words::beginning(reason);
    if reason.is_empty() {
        return Err(ClientRefusal::NoReason);
    }
    if theirs.is_empty() {
        return Err(ClientRefusal::NotYours);
    }
    let Some(incident) = draft.incident(number) else { return Err(ClientRefusal::NoClients) };
    let owed = |client: &&PartyId| {
        let state = incident.state_for(client);
        let promised = incident.announced.get(*client).is_some_and(|last| last.next.is_some());
        promised || told::debt(state, incident.believed_by(draft.directory(), client)).is_some()
    };
    let clients: Vec<PartyId> = theirs.iter().filter(owed).cloned().collect();
    let facts = clients.iter().map(|client| {
        let (client, by, reason) = (client.clone(), person.clone(), reason.clone());
        let since = incident.state_for(&client).since;
        Fact::Telling(Telling::NoNeed { client, by, reason, since })
    });
    let facts: Vec<Fact> = facts.collect();
    draft.record_all(number, facts);
    Ok(if clients.is_empty() { ClientReply::NothingOwed } else { ClientReply::NoNeed(clients) })
}

/// The draft that somebody means. Approval is of one number: it is named, or it is that of the very mail that is
/// answered.
fn waiting(
    draft: &Draft<'_>,
    number: u64,
    person: &PersonId,
    version: Option<u32>,
    theirs: &[PartyId],
) -> Result<(PartyId, ClientDraft), ClientRefusal> {
    let Some(incident) = draft.incident(number) else { return Err(ClientRefusal::NoDraft) };
    let waits = |client: &PartyId| {
        let account = incident.account(client);
        let waiting = account.draft.filter(|_| account.waits)?;
        Some((client.clone(), waiting, account.drafted_by))
    };
    let all: Vec<_> = incident.clients.iter().filter_map(waits).collect();
    if all.is_empty() || version.is_some() && answers_another(draft, number) {
        return Err(if version.is_some() { ClientRefusal::OutdatedDraft } else { ClientRefusal::NoDraft });
    }
    let answered = draft.mail.and_then(|mail| {
        let clues = thread::clues(draft.book, mail);
        let newest = clues.signed.iter().find(|(incident, _, _)| *incident == number)?;
        incident.notice(&Audience::Inner, newest.1, person).map(|sent| sent.about)
    });
    let meant = all.into_iter().find(|(_, waiting, event)| match version {
        Some(version) => waiting.number == version,
        None => answered == Some(*event),
    });
    let (client, waiting, _) = meant.ok_or(match version {
        Some(_) => ClientRefusal::OutdatedDraft,
        None => ClientRefusal::WhichDraft,
    })?;
    if !theirs.contains(&client) {
        return Err(ClientRefusal::NotYours);
    }
    Ok((client, waiting))
}

/// Whether the answered mail is of another incident, or another one was named, which is part of this by now: numbers of
/// drafts are those of that one.
pub(super) fn answers_another(draft: &Draft<'_>, number: u64) -> bool {
    if let Some(named) = draft.named {
        return named != number;
    }
    let Some(mail) = draft.mail else { return false };
    let clues = thread::clues(draft.book, mail);
    let newest = clues.signed.first().map(|(incident, ..)| *incident);
    let answered = newest.or(clues.tokens.first().map(|(incident, _)| *incident));
    // Mails to the house itself, such as digests, name the incident in their words.
    answered.is_some_and(|answered| answered != number && answered != HOUSE)
}

/// The number of the draft with which the mail was sent that somebody answers now.
pub(super) fn draft_answered(draft: &Draft<'_>, number: u64, person: &PersonId) -> Option<u32> {
    let (incident, mail) = (draft.incident(number)?, draft.mail?);
    let clues = thread::clues(draft.book, mail);
    let newest = clues.signed.iter().find(|(incident, _, _)| *incident == number)?;
    let answered = incident.notice(&Audience::Inner, newest.1, person)?.about;
    incident.clients.iter().find_map(|client| {
        let account = incident.account(client);
        account.draft.filter(|_| account.waits && account.drafted_by == answered).map(|draft| draft.number)
    })
}

/// A draft goes out as it stood.
fn approve(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    client: PartyId,
    written: &ClientDraft,
) -> Result<ClientReply, ClientRefusal> {
    let Some(incident) = draft.incident(number) else { return Err(ClientRefusal::NoDraft) };
    let said = Said::default();
    let sent = match &written.words {
        Some((_, text)) => said_to(draft, number, person, &client, (text, &said)).map(Fact::Telling),
        None => owing::approved(incident, draft.directory(), &client, written, draft.now),
    };
    // What it tells is not true any more, or was told already.
    let sent = sent.ok_or(ClientRefusal::OutdatedDraft)?;
    let approved = Telling::Approved { client: client.clone(), draft: written.number, by: person.clone() };
    draft.record_all(number, [Fact::Telling(approved), sent]);
    Ok(ClientReply::Approved(client))
}
