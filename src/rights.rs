//! Owns who may do what (DESIGN 5): a table of commands, roles and evidence, and the one reading of it. Every way by which
//! words come is judged here: mails, answers to reports, the program's own command line.
//! Never reads a mail; what it shows of its author comes as a [`Claim`].

mod table;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::command::Command;
use crate::directory::{Directory, Named, PersonId};
use crate::incident::answer::Authority;
use crate::incident::{Incident, Part};
use crate::oncall::Roster;

pub use table::{ADD_A_CLIENT, PROPOSE, RIGHTS, Right, TEST, markdown};

/// What somebody has to do with an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// They mend it: by their party, because they were paged, or because somebody added them.
    Responder,
    /// They answer for it; while nobody does, whoever was paged.
    Owner,
    /// They answer for one of its clients.
    AccountOwner,
    /// They follow it, by their party or because they joined.
    Follower,
    /// They are people of the operator.
    Operator,
    /// They belong to the house, and have nothing to do with it.
    Colleague,
    /// They belong to a client.
    Client,
    /// Nobody knows them.
    Stranger,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Responder,
        Self::Owner,
        Self::AccountOwner,
        Self::Follower,
        Self::Operator,
        Self::Colleague,
        Self::Client,
        Self::Stranger,
    ];
}

/// What must be shown of whoever speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// That the mail answers one that was sent to them at any time. What is said in return goes to their own address.
    Sent,
    /// That the site's mail server says that the mail is theirs; where none is named, one of their addresses as its From.
    /// Nothing changes by it, and what is said in return goes to their own address.
    Unforged,
    /// That the mail answers one that was sent to them in this occurrence, from one of their addresses; or that their
    /// mail server says it is theirs.
    Known,
    /// Both; or that they answer a question sent to their own address.
    Proven,
}

/// What a mail answers, as far as it gives a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// A mail that was sent to whoever speaks now, in the present occurrence.
    Given,
    /// The same, in an earlier occurrence, or before they were removed.
    Outdated,
    /// Nothing that was sent to them.
    Missing,
}

/// What shows that the author is who stands in From.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The site's mail server says so.
    Authentic,
    /// Nothing but From.
    Plain,
    /// The site's mail server says that it is not.
    Forged,
    /// Somebody else sent it in their name (RFC 5322, 3.6.2).
    Another,
}

/// By what somebody shows that it is they who speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// By a mail.
    Mail(Token, Sender),
    /// By answering a question that was sent to their own address alone.
    Proven,
    /// At the program's own command line: whoever may write to the store may do everything.
    Terminal,
}

/// With what right somebody gives a command about an incident.
pub fn authority(
    roster: &Roster<'_>,
    incident: &Incident,
    person: &PersonId,
    claim: Claim,
    (command, now): (&Command, Timestamp),
) -> Authority {
    let name = match command {
        Command::Add { name } if names_a_client(roster.directory, name) => ADD_A_CLIENT,
        command => command.name(),
    };
    judge(name, &roles(roster, incident, person, now), claim)
}

/// Whether somebody may say what could be said to clients, for others to approve.
pub fn may_propose(
    roster: &Roster<'_>,
    incident: &Incident,
    person: &PersonId,
    claim: Claim,
    now: Timestamp,
) -> bool {
    judge(PROPOSE, &roles(roster, incident, person, now), claim) == Authority::Granted
}

/// Whether a mail to the test address is answered: it concerns no incident.
pub fn may_test(directory: &Directory, person: &PersonId, sender: Sender) -> bool {
    let role = if directory.is_internal(person) { Role::Colleague } else { Role::Client };
    judge(TEST, &BTreeSet::from([role]), Claim::Mail(Token::Missing, sender)) == Authority::Granted
}

/// Whether a name may mean a client, or somebody of one.
fn names_a_client(directory: &Directory, name: &str) -> bool {
    directory.called(name).iter().any(|named| match named {
        Named::Person(person) => !directory.is_internal(person),
        Named::Party(party) => directory.parties.get(party).is_some_and(|party| party.external),
    })
}

/// The same for a command by its name in the [`RIGHTS`], given the roles of whoever speaks.
pub fn judge(name: &str, roles: &BTreeSet<Role>, claim: Claim) -> Authority {
    let Some(right) = RIGHTS.iter().find(|right| right.commands.contains(&name)) else {
        return Authority::NotYours;
    };
    let shown = match claim {
        Claim::Terminal => return Authority::Operator,
        Claim::Proven => Authority::Granted,
        Claim::Mail(token, sender) => shown(right.evidence, token, sender),
    };
    match shown {
        Authority::Unproven => Authority::Unproven,
        _ if roles.is_empty() => Authority::Removed,
        Authority::Granted | Authority::Unconfirmed if !right.is_for(roles) => Authority::NotYours,
        shown => shown,
    }
}

/// Whether somebody has a role that a command asks for, be it shown or not.
pub fn may(roster: &Roster<'_>, incident: &Incident, person: &PersonId, name: &str, now: Timestamp) -> bool {
    let right = RIGHTS.iter().find(|right| right.commands.contains(&name));
    right.is_some_and(|right| right.is_for(&roles(roster, incident, person, now)))
}

/// What a mail shows, held against what is asked for.
fn shown(asked: Evidence, token: Token, sender: Sender) -> Authority {
    match (asked, token, sender) {
        (_, _, Sender::Another) => Authority::Unproven,
        (Evidence::Sent, Token::Given | Token::Outdated, _) => Authority::Granted,
        (Evidence::Sent, Token::Missing, Sender::Authentic) => Authority::Granted,
        (Evidence::Unforged, _, Sender::Plain | Sender::Authentic) => Authority::Granted,
        (Evidence::Unforged, _, Sender::Forged) => Authority::Unproven,
        (_, Token::Outdated, _) => Authority::Outdated,
        (Evidence::Known, Token::Given, Sender::Plain | Sender::Authentic) => Authority::Granted,
        (Evidence::Known, Token::Missing, Sender::Authentic) => Authority::Granted,
        (Evidence::Proven, Token::Given, Sender::Authentic) => Authority::Granted,
        (_, Token::Missing, Sender::Plain | Sender::Forged) => Authority::Unproven,
        // One of the two is shown: a question to their own address shows the rest.
        (_, Token::Given, _) | (_, Token::Missing, Sender::Authentic) => Authority::Unconfirmed,
    }
}

/// What somebody has to do with an incident now. Whoever was removed from it has nothing to do with it any more, unless
/// they are the operator's.
pub fn roles(roster: &Roster<'_>, incident: &Incident, person: &PersonId, now: Timestamp) -> BTreeSet<Role> {
    let directory = roster.directory;
    if !directory.people.contains_key(person) {
        return BTreeSet::from([Role::Stranger]);
    }
    if !directory.is_internal(person) {
        return BTreeSet::from([Role::Client]);
    }
    let belongs = |parties: &[crate::directory::PartyId]| {
        directory.parties_of(person).any(|party| parties.contains(&party.id))
    };
    let part = incident.part(person);
    let owner = match &incident.owner {
        Some(owner) => owner == person,
        None => incident.paged(person, true) || incident.answerable(roster, now).contains(person),
    };
    let of_a_client =
        incident.clients.iter().filter_map(|client| directory.parties.get(client)?.owner.as_ref());
    let account = of_a_client
        .into_iter()
        .any(|owner| roster.people_meant_by(std::slice::from_ref(owner), &[], &[], now).contains(person));
    let responds =
        part == Some(Part::Responder) || belongs(&incident.responders) || incident.paged(person, false);
    let has = [
        (Role::Operator, belongs(std::slice::from_ref(roster.operator))),
        (Role::Responder, responds),
        (Role::Owner, owner),
        (Role::AccountOwner, account),
        (Role::Follower, part == Some(Part::Follower) || incident.following(directory).contains(person)),
    ];
    let has = has.into_iter().filter(|(_, has)| *has).map(|(role, _)| role);
    if part == Some(Part::Removed) {
        return has.filter(|role| *role == Role::Operator).collect();
    }
    has.chain([Role::Colleague]).collect()
}
