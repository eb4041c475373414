//! Owns what people may make of an incident by their words: which facts follow from a command, or why none does.
//! Never reads a mail; the words come as [`Command`]s, and by what right as an [`Authority`].

mod clients;

use jiff::{SignedDuration, Timestamp};

use super::event::{Actor, Fact};
use super::{Incident, Silence, Status, Telling};
use crate::command::Command;
use crate::directory::{Directory, PartyId, PersonId};
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
    /// The program's own command line.
    Operator,
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
}

/// Why a command was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The reply address is of an earlier occurrence.
    Outdated,
    /// Nothing shows who speaks.
    Unproven,
    /// `resolved` while it is broken.
    StillBroken,
    /// `close` while it is broken.
    CloseWhileBroken,
    /// It is closed.
    Closed,
    /// `reopen` of what is broken already.
    AlreadyBroken,
    /// `take`, `new` or `ignore`, and no such mail waits.
    NothingWaits,
    /// `take` of a mail that points to no incident, without one.
    WhichIncident,
    /// `merge` with, or `move` to, what isn't there.
    UnknownIncident,
    /// `merge` with, or `move` to, itself or what is part of it.
    AlreadyOne,
    /// firebell can't do that yet.
    NotYet,
    /// `quiet` without a time, or with too long a one.
    HowLong,
    /// Neither responder nor owner of all incidents concerned, nor of the operator's party.
    NotYours,
    /// It concerns clients.
    Client(ClientRefusal),
}

impl Refusal {
    /// Why, in a few words for the timeline.
    pub fn words(self) -> &'static str {
        match self {
            Self::Outdated => "the reply address is of an earlier occurrence",
            Self::Unproven => "nothing shows who speaks",
            Self::StillBroken | Self::CloseWhileBroken => "it is still broken",
            Self::Closed => "it is closed",
            Self::AlreadyBroken => "it is broken already",
            Self::NothingWaits => "no such mail waits",
            Self::WhichIncident => "there is no such incident",
            Self::UnknownIncident => "there is no such incident",
            Self::AlreadyOne => "that is this incident already",
            Self::HowLong => "it does not say for how long, 24 h at most",
            Self::NotYet => "firebell can't do that yet",
            Self::NotYours => "neither responder nor owner",
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
    match (authority, command) {
        (Authority::Unproven, _) => Answer::Refused(Refusal::Unproven),
        (_, Command::Status | Command::Help) => Answer::Asked,
        // These concern two incidents: `gateway` has both.
        (_, Command::Merge { .. } | Command::Split | Command::Move { .. }) => Answer::Asked,
        (Authority::Outdated, _) => Answer::Refused(Refusal::Outdated),
        (Authority::Granted | Authority::Operator, _) => change(incident, directory, person, command, now),
    }
}

fn change(
    incident: &Incident,
    directory: &Directory,
    person: &PersonId,
    command: &Command,
    now: Timestamp,
) -> Answer {
    let by = person.clone();
    let broken = incident.is_broken();
    let closed = incident.status() == Status::Closed;
    match command {
        Command::Status | Command::Help => Answer::Asked,
        Command::Merge { .. } | Command::Split | Command::Move { .. } => Answer::Asked,
        Command::Severity { .. }
        | Command::Owner { .. }
        | Command::Add { .. }
        | Command::Remove { .. }
        | Command::Join
        | Command::Leave
        | Command::Escalate { .. }
        | Command::Same
        | Command::Noise
        | Command::Title { .. }
        | Command::Field { .. }
        | Command::Report
        | Command::Why { .. }
        | Command::Who => Answer::Refused(Refusal::NotYet),
        Command::Quiet { length } => silence(incident, person, *length, now),
        Command::Ack if broken => {
            Answer::Done(vec![Fact::Acknowledged { by, until: now + incident.acknowledgement_holds() }])
        }
        // Noted, that is: the words are on the timeline as the mail's note.
        Command::Ack => Answer::Done(Vec::new()),
        // What becomes of held mails concerns other incidents too, and what clients are told the site's terms with them.
        Command::Held(_)
        | Command::Next { .. }
        | Command::Client { .. }
        | Command::Approve { .. }
        | Command::Reject { .. }
        | Command::NoNeed { .. } => Answer::Done(Vec::new()),
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
    }
}

/// Whether somebody may join what belongs to this incident to another one: its responders, its owner, the operator's
/// people (DESIGN 5).
pub fn may_join(incident: &Incident, directory: &Directory, operator: &PartyId, person: &PersonId) -> bool {
    let entitled = incident.responders.iter().chain([operator]);
    incident.owner.as_ref() == Some(person) || directory.people_in(entitled).contains(person)
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
