//! Owns what people may make of an incident by their words: which facts follow from a command, or why none does.
//! Never reads a mail; the words come as [`Command`]s, and by what right as an [`Authority`].

mod arranging;
mod clients;

use jiff::{SignedDuration, Timestamp};

use super::event::Fact;
use super::{Actor, Incident, Reporting, Silence, Status, Telling, doubt};
use crate::command::Command;
use crate::directory::{Directory, PersonId};
use crate::quiet::{Quiet, Silencer};

/// Nobody may silence an incident for longer.
const LONGEST_QUIET: SignedDuration = SignedDuration::from_hours(24);

pub use clients::ClientRefusal;

/// What entitles somebody to give commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// They answered with a reply address, or to a mail, that was given to them for this occurrence.
    Granted,
    /// The same, of an earlier occurrence: acts on nothing.
    Outdated,
    /// They are somebody of the house, but nothing shows that it is really them.
    Unproven,
    /// They were removed from it.
    Removed,
    /// It is really them, but such words are for others.
    NotYours,
    /// Such words ask for more than they showed of themselves: they may show it by answering a question.
    Unconfirmed,
    /// The program's own command line.
    Operator,
}

impl Authority {
    /// Why nothing is done by it; None where it counts.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Granted | Self::Operator => None,
            Self::Outdated => Some(Refusal::Outdated),
            Self::Unproven | Self::Unconfirmed => Some(Refusal::Unproven),
            Self::Removed => Some(Refusal::Removed),
            Self::NotYours => Some(Refusal::NotYours),
        }
    }
}

/// What became of one command.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// These facts follow.
    Done(Vec<Fact>),
    /// Nothing changes, and this is why, in words for the sender.
    Refused(Refusal),
    /// Nothing changes: the sender wants to know something.
    Asked,
    /// Nothing changes: it is so already.
    Already,
    /// Nothing changes: a name means nobody, or all of these.
    Unclear(Vec<String>),
    /// Nothing changes before the sender has shown that it is really them.
    Unconfirmed,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The reply address is of an earlier occurrence.
    Outdated,
    /// Nothing shows who speaks.
    Unproven,
    /// They were removed from it.
    Removed,
    /// `leave` by the owner, `remove` of the owner.
    OwnerStays,
    /// A client's people can be neither owner nor removed.
    OfAClient,
    /// `add` of a client, and nobody said what clients call it.
    NoPublicName,
    /// `remove` of the last party that mends it.
    LastResponders,
    /// A text is missing.
    SaysNothing,
    /// `confirm`, and no words wait for it.
    NothingToConfirm,
    /// `resolved` while it is broken.
    StillBroken,
    /// `close` while it is broken.
    CloseWhileBroken,
    /// It is closed.
    Closed,
    /// `reopen` of what is broken already.
    AlreadyBroken,
    /// `escalate`, and nothing is broken.
    NotBroken,
    /// `take`, `new` or `ignore`, and no such mail waits.
    NothingWaits,
    /// `take` of a mail that points to no incident, without one.
    WhichIncident,
    /// `merge` with, or `move` to, what isn't there.
    UnknownIncident,
    /// `merge` with, or `move` to, itself or what is part of it.
    AlreadyOne,
    /// `same` or `noise`, and nobody was asked anything, nor is it broken.
    NothingAsked,
    /// `why` of a mail that was never sent.
    NoSuchMail,
    /// `quiet` without a time, or with too long a one.
    HowLong,
    /// Neither responder nor owner of all incidents concerned, nor of the operator's party.
    NotYours,
    /// `approve` of a report of which a client's edition has in it what only the house may know.
    HoldsInternal,
    /// `done` of no action of the report.
    NoAction,
    /// It concerns clients.
    Client(ClientRefusal),
}

impl Refusal {
    /// Why, in a few words for the timeline.
    pub fn words(self) -> &'static str {
        match self {
            Self::Outdated => "the reply address is of an earlier occurrence",
            Self::Unproven => "nothing shows who speaks",
            Self::Removed => "they were removed from it",
            Self::OwnerStays => "the owner stays until there is another",
            Self::OfAClient => "that is a client's",
            Self::NoPublicName => "it has no name for clients",
            Self::LastResponders => "nobody else mends it",
            Self::SaysNothing => "it says nothing",
            Self::NothingToConfirm => "no words wait for that",
            Self::StillBroken | Self::CloseWhileBroken => "it is still broken",
            Self::Closed => "it is closed",
            Self::AlreadyBroken => "it is broken already",
            Self::NotBroken => "nothing is broken",
            Self::NothingWaits => "no such mail waits",
            Self::WhichIncident => "there is no such incident",
            Self::UnknownIncident => "there is no such incident",
            Self::AlreadyOne => "that is this incident already",
            Self::NothingAsked => "nothing was asked",
            Self::HowLong => "it does not say for how long, 24 h at most",
            Self::NoSuchMail => "there is no such mail",
            Self::NotYours => "neither responder nor owner",
            Self::NoAction => "there is no such action",
            Self::HoldsInternal => "a client's edition has in it what only the house may know",
            Self::Client(refusal) => refusal.words(),
        }
    }
}

/// What a person's command means (the table of DESIGN 3.5).
pub fn command(
    incident: &Incident,
    directory: &Directory,
    person: &PersonId,
    authority: &Authority,
    command: &Command,
    now: Timestamp,
) -> Answer {
    match authority {
        // Nobody is asked to show who they are for what can't be done.
        Authority::Unconfirmed => match change(incident, directory, person, command, now) {
            Answer::Done(facts) if !facts.is_empty() => Answer::Unconfirmed,
            answer => answer,
        },
        _ => match authority.refusal() {
            Some(refusal) => Answer::Refused(refusal),
            None => change(incident, directory, person, command, now),
        },
    }
}

fn change(
    incident: &Incident,
    directory: &Directory,
    person: &PersonId,
    command: &Command,
    now: Timestamp,
) -> Answer {
    if let Some(answer) = arranging::command(incident, directory, person, command) {
        return answer;
    }
    let by = person.clone();
    let broken = incident.is_broken();
    let closed = incident.status() == Status::Closed;
    match command {
        Command::Quiet { length } => silence(incident, person, *length, now),
        Command::Ack if broken => {
            Answer::Done(vec![Fact::Acknowledged { by, until: now + incident.acknowledgement_holds() }])
        }
        // Noted, that is: the words are on the timeline as the mail's note.
        Command::Ack => Answer::Done(Vec::new()),
        Command::Recovered if closed => Answer::Refused(Refusal::Closed),
        Command::Recovered if broken => Answer::Done(vec![recovered(incident, person)]),
        Command::Recovered => Answer::Done(Vec::new()),
        Command::Resolved { .. } if closed || incident.resolved_at.is_some() && !broken => {
            Answer::Done(Vec::new())
        }
        Command::Resolved { anyway: false } if broken => Answer::Refused(Refusal::StillBroken),
        Command::Resolved { .. } => Answer::Done(vec![Fact::Resolved { by, anyway: broken }]),
        Command::Close if broken => Answer::Refused(Refusal::CloseWhileBroken),
        Command::Close if closed => Answer::Done(Vec::new()),
        Command::Close => Answer::Done(vec![Fact::Closed { by }]),
        Command::Reopen if incident.accounts.values().any(|account| account.at_word.is_some()) => {
            Answer::Done(vec![Fact::Telling(Telling::TakenBack { by })])
        }
        Command::Reopen if broken => Answer::Refused(Refusal::AlreadyBroken),
        Command::Reopen => Answer::Done(vec![incident.recurs(directory, Actor::Person(by), None, now)]),
        Command::Done { action } => match incident.action(*action) {
            None => Answer::Refused(Refusal::NoAction),
            Some(known) if known.done.is_some() => Answer::Already,
            Some(_) => Answer::Done(vec![Fact::Reporting(Reporting::ActionDone { action: *action, by })]),
        },
        other => doubt::command(incident, directory, person, other, now).unwrap_or_else(|| elsewhere(other)),
    }
}

/// What becomes of commands that this room can't decide alone.
fn elsewhere(command: &Command) -> Answer {
    match command {
        Command::Status | Command::Help | Command::Who | Command::Why { .. } => Answer::Asked,
        // These concern schedules and policies: `gateway` has them.
        Command::Escalate { .. } | Command::Override { .. } | Command::Swap { .. } => Answer::Asked,
        // These concern two incidents: `gateway` has both.
        Command::Merge { .. } | Command::Split | Command::Move { .. } => Answer::Asked,
        // What waits is carried out in its place.
        Command::Confirm => Answer::Refused(Refusal::NothingToConfirm),
        // What becomes of held mails concerns other incidents too, and what clients are told the site's terms with them.
        _ => Answer::Done(Vec::new()),
    }
}

/// Nobody is paged for a time; all else goes on. With no time at all it ends.
fn silence(incident: &Incident, person: &PersonId, length: Option<SignedDuration>, now: Timestamp) -> Answer {
    let Some(length) = length.filter(|length| *length <= LONGEST_QUIET) else {
        return Answer::Refused(Refusal::HowLong);
    };
    let quiet = Quiet { until: now + length, by: Silencer::Person(person.clone()), why: String::new() };
    Answer::Done(match (incident.is_broken(), length.is_zero()) {
        (true, false) => vec![Fact::Quiet(Silence::Hushed { quiet })],
        (true, true) if incident.hushed.is_some() => vec![Fact::Quiet(Silence::HushOver)],
        _ => Vec::new(),
    })
}

fn recovered(incident: &Incident, person: &PersonId) -> Fact {
    Fact::Recovered {
        by: Actor::Person(person.clone()),
        key: None,
        still_firing: incident.firing().map(str::to_owned).collect(),
        of: incident.keys.len() as u32,
    }
}
