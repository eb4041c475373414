//! Owns the answer to whoever gave commands: each line, and what became of it or why not.

mod clients;

use jiff::Timestamp;
use serde::Serialize;

use super::inner::{self, Details, LineView};
use super::when::Reader;
use super::wording::{self, Side};
use super::{Owed, facts, render};
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::incident::answer::Refusal;
use crate::incident::words::one_line;
use crate::incident::{Incident, NoticeKind, Status};

pub use clients::ClientReply;

/// How much of a line a transcript repeats, in characters.
const LONGEST_LINE: usize = 500;

/// What became of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Acknowledged until then.
    Acknowledged(Timestamp),
    /// Recovered, though these still fire.
    Recovered(Vec<String>),
    /// Resolved; true when nothing had recovered.
    Resolved(bool),
    /// Closed.
    Closed,
    /// Reopened as this occurrence.
    Reopened(u32),
    /// So many held mails were taken into this incident.
    Taken(usize, u64),
    /// For so many held mails this incident was opened.
    OpenedFor(usize, u64),
    /// So many held mails are ignored.
    Ignored(usize),
    /// This incident, and the one of the mail or the one that was named, are one now.
    Merged(u64),
    /// This incident begins with what was parted from that one, so many mails.
    Split(u64, u32),
    /// So many mails belong to this incident now.
    Moved(u32),
    /// Nobody is paged until then.
    Quiet(Timestamp),
    /// People are paged again.
    Loud,
    /// What concerns clients.
    Client(ClientReply),
    /// Nothing to change.
    Nothing,
    /// How it stands.
    Status,
    /// What can be said.
    Help,
    /// Not done.
    Refused(Refusal),
}

/// The transcript for the sender of commands.
pub fn transcript(person: &PersonId, lines: Vec<(String, Reply)>, at: Timestamp) -> Owed {
    Owed {
        audience: inner::AUDIENCE,
        person: person.clone(),
        kind: NoticeKind::Transcript,
        belief: None,
        template: "transcript",
        details: Details { at, lines, ..Details::default() },
        also: Vec::new(),
    }
}

/// The lines of a transcript in words, as [`transcript`] would mail them: for whoever gave them at a terminal.
pub fn results(
    book: &Book,
    incident: &Incident,
    person: &PersonId,
    lines: &[(String, Reply)],
    reader: &Reader,
) -> Vec<String> {
    let reply_to = render::reply_address(book, incident, &inner::AUDIENCE, person);
    lines.iter().map(|(_, reply)| result(book, incident, reply, &reply_to, reader)).collect()
}

/// The lines of a transcript in words.
pub(super) fn lines(
    book: &Book,
    incident: &Incident,
    owed: &Owed,
    reply_to: &Address,
    reader: &Reader,
) -> Vec<LineView> {
    let line = |(said, reply): &(String, Reply)| LineView {
        said: inner::beginning(&one_line(said), LONGEST_LINE),
        result: result(book, incident, reply, reply_to, reader),
    };
    owed.details.lines.iter().map(line).collect()
}

/// All that a result can say.
#[derive(Debug, Default, Serialize)]
struct ResultView {
    until: String,
    keys: String,
    occurrence: u32,
    status: String,
    severity: String,
    since: String,
    owner: Option<String>,
    clients: Vec<String>,
    link: String,
    label: String,
    other: String,
    mails: u32,
}

fn result(book: &Book, incident: &Incident, reply: &Reply, reply_to: &Address, reader: &Reader) -> String {
    if let Some(words) = of_others(book, reply, reader) {
        return words;
    }
    let mut view = ResultView {
        occurrence: incident.occurrence(),
        status: facts::status(book, incident, reader),
        severity: incident.severity.to_string(),
        since: reader.past(incident.began()),
        owner: incident.owner.as_ref().map(|owner| inner::name(book, owner)),
        label: inner::label(book, incident.number),
        clients: beliefs(book, incident, reader),
        ..ResultView::default()
    };
    let name = match reply {
        Reply::Acknowledged(until) | Reply::Quiet(until) => {
            view.until = reader.time(*until);
            if matches!(reply, Reply::Quiet(_)) { "quiet" } else { "acknowledged" }
        }
        Reply::Recovered(firing) if firing.is_empty() => "recovered",
        Reply::Recovered(firing) => {
            view.keys = one_line(&firing.join(", "));
            "recovered-firing"
        }
        Reply::Resolved(false) => "resolved",
        Reply::Resolved(true) => "resolved-anyway",
        Reply::Closed => "closed",
        Reply::Reopened(occurrence) => {
            view.occurrence = *occurrence;
            "reopened"
        }
        Reply::Merged(other) => {
            view.other = inner::label(book, *other);
            "merged"
        }
        Reply::Split(from, mails) => {
            (view.other, view.mails) = (inner::label(book, *from), *mails);
            "split"
        }
        Reply::Loud => "loud",
        Reply::Moved(mails) => {
            view.mails = *mails;
            "moved"
        }
        Reply::Taken(..) | Reply::OpenedFor(..) | Reply::Ignored(_) | Reply::Client(_) | Reply::Nothing => {
            "nothing"
        }
        Reply::Status => "status",
        Reply::Help => "help",
        Reply::Refused(refusal) => {
            view.link =
                render::mailto(reply_to.as_str(), &inner::label(book, incident.number), tap(incident));
            refused(*refusal)
        }
    };
    wording::phrase(reader.language, Side::Inner, &format!("results.{name}"), &view)
}

fn beliefs(book: &Book, incident: &Incident, reader: &Reader) -> Vec<String> {
    incident.clients.iter().map(|client| facts::belief(book, incident, client, reader)).collect()
}

/// What became of words that concern clients or held mails; None for what concerns the incident alone.
fn of_others(book: &Book, reply: &Reply, reader: &Reader) -> Option<String> {
    match reply {
        Reply::Client(reply) => Some(clients::result(book, reply, reader)),
        _ => of_held(book, reply, reader),
    }
}

#[derive(Debug, Serialize)]
struct HeldResultView {
    count: usize,
    label: String,
    gateway: String,
}

/// What became of held mails, in words; None for what concerns none.
pub(super) fn of_held(book: &Book, reply: &Reply, reader: &Reader) -> Option<String> {
    let (name, count, incident) = match reply {
        Reply::Taken(count, incident) => ("taken", *count, *incident),
        Reply::OpenedFor(count, incident) => ("opened-for", *count, *incident),
        Reply::Ignored(count) => ("ignored", *count, 0),
        Reply::Refused(refusal @ (Refusal::NothingWaits | Refusal::WhichIncident)) => {
            (refused(*refusal), 0, 0)
        }
        _ => return None,
    };
    let label = inner::label(book, if incident == 0 { 42 } else { incident });
    let view = HeldResultView { count, label, gateway: book.name.clone() };
    Some(wording::phrase(reader.language, Side::Inner, &format!("results.{name}"), &view))
}

/// The word that is likeliest meant now.
fn tap(incident: &Incident) -> &'static str {
    match incident.status() {
        Status::Open | Status::Acknowledged => "ack",
        Status::Mitigated | Status::Resolved | Status::Closed => "status",
    }
}

fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Outdated => "refused-outdated",
        Refusal::Unproven => "refused-unproven",
        Refusal::StillBroken => "refused-still-broken",
        Refusal::CloseWhileBroken => "refused-close-while-broken",
        Refusal::Closed => "refused-closed",
        Refusal::AlreadyBroken => "refused-already-broken",
        Refusal::NothingWaits => "refused-nothing-waits",
        Refusal::WhichIncident => "refused-which-incident",
        Refusal::UnknownIncident => "refused-unknown-incident",
        Refusal::AlreadyOne => "refused-already-one",
        Refusal::HowLong => "refused-how-long",
        Refusal::NotYet => "refused-not-yet",
        Refusal::NotYours => "refused-not-yours",
        Refusal::Client(refusal) => refusal.name(),
    }
}
