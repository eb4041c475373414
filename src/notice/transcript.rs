//! Owns the answer to whoever gave commands: each line, and what became of it or why not.

mod clients;
mod duty;
mod places;
mod refusals;
mod reports;

use jiff::Timestamp;
use serde::Serialize;

use super::details::Details;
use super::inner::{self, LineView};
use super::when::Reader;
use super::wording::{self, Side};
use super::{Owed, facts, layout, render, why};
use crate::book::Book;
use crate::directory::{Address, PartyId, PersonId};
use crate::incident::answer::Refusal;
use crate::incident::words::one_line;
use crate::incident::{Arranged, Incident, Judgement, NoticeKind, Part, Status};
use crate::rights::{RIGHTS, Role};
use crate::token::{self, Grant, Purpose};
use refusals::refused;

pub use super::why::Explained;
pub use clients::ClientReply;
pub use duty::{DutyReply, OnDuty};

/// How much of a line a transcript repeats, in characters.
const LONGEST_LINE: usize = 500;

/// What became of one line.
#[derive(Debug, Clone, PartialEq)]
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
    /// A draft of the report is on its way to these people.
    ReportWanted(Vec<PersonId>),
    /// This draft of the report goes to so many people.
    ReportApproved(u32, usize),
    /// This action of the report is done.
    ActionDone(u32),
    /// This draft of the report goes nowhere.
    ReportRejected(u32),
    /// What concerns who is on call.
    Duty(DutyReply),
    /// These are paged now; or the next are then.
    Escalated(Vec<PersonId>, Option<Timestamp>),
    /// Arranged.
    Arranged(Arranged),
    /// What they take it for is noted.
    Judged(Judgement),
    /// A name means nobody, or all of these.
    Unclear(Vec<String>),
    /// It is so already.
    Already,
    /// Written then, and much came between.
    Late(Timestamp),
    /// To be shown by an answer until then that it is them.
    Confirm(Timestamp),
    /// Such words, by the command's name, are for others.
    NotYours(&'static str),
    /// Nothing to change.
    Nothing,
    /// Why somebody was mailed.
    Explained(Box<Explained>),
    /// How it stands.
    Status,
    /// What can be said.
    Help,
    /// No more answers until then: there were too many.
    LastAnswer(Timestamp),
    /// Not done.
    Refused(Refusal),
}

/// The transcript for the sender of commands. `asked` is the event by which they are asked whether some are theirs.
pub fn transcript(person: &PersonId, lines: Vec<(String, Reply)>, asked: Option<u32>, at: Timestamp) -> Owed {
    Owed {
        audience: inner::AUDIENCE,
        person: person.clone(),
        kind: NoticeKind::Transcript,
        belief: None,
        template: "transcript",
        details: Details { at, lines, asked, ..Details::default() },
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

/// The address by which somebody shows that words are theirs. It is mailed to nobody else.
pub(super) fn address_of_proof(book: &Book, incident: &Incident, asked: u32, person: &PersonId) -> Address {
    let grant = Grant { incident: incident.number, audience: &inner::AUDIENCE, number: asked, person };
    token::reply_address(&book.address, incident.number, &book.keys.sign(Purpose::Confirm, grant))
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
    open: bool,
    works: bool,
    link: String,
    label: String,
    other: String,
    mails: u32,
    who: String,
    text: String,
}

fn result(book: &Book, incident: &Incident, reply: &Reply, reply_to: &Address, reader: &Reader) -> String {
    if let Reply::Duty(DutyReply::Who { schedules, people }) = reply {
        return duty::who(book, schedules, Some((incident.number, people)), reader);
    }
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
        open: incident.status() == Status::Open,
        works: !incident.is_broken(),
        ..ResultView::default()
    };
    if matches!(reply, Reply::Refused(_) | Reply::Late(_)) {
        view.link = layout::mailto(reply_to.as_str(), &inner::label(book, incident.number), tap(incident));
    }
    let name = phrase(book, reply, &mut view, reader);
    wording::phrase(reader, Side::Inner, &format!("results.{name}"), &view)
}

/// The phrase for what became of a line; what it says goes into the view.
fn phrase(book: &Book, reply: &Reply, view: &mut ResultView, reader: &Reader) -> &'static str {
    match reply {
        Reply::Arranged(what) => arranged(book, what, view),
        Reply::Unclear(candidates) => {
            view.keys = candidates.join(", ");
            if candidates.is_empty() { "unclear-nobody" } else { "unclear" }
        }
        Reply::Already => "already",
        Reply::Judged(judgement) => judged(judgement, view, reader),
        Reply::Late(written) => {
            view.until = reader.past(*written);
            "late"
        }
        Reply::Confirm(until) => {
            view.until = reader.time(*until);
            "confirm"
        }
        Reply::NotYours(command) => {
            view.who = who_may(command, reader);
            "not-yours"
        }
        Reply::Acknowledged(until) | Reply::Quiet(until) | Reply::LastAnswer(until) => {
            view.until = reader.time(*until);
            timed(reply)
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
        Reply::Merged(_) | Reply::Split(..) | Reply::Moved(_) => places::moved(book, reply, view),
        Reply::Loud => "loud",
        Reply::ReportWanted(_)
        | Reply::ReportApproved(..)
        | Reply::ReportRejected(_)
        | Reply::ActionDone(_) => reports::reported(book, reply, view),
        Reply::Client(_) | Reply::Duty(_) | Reply::Escalated(..) | Reply::Explained(_) => "nothing",
        Reply::Taken(..) | Reply::OpenedFor(..) | Reply::Ignored(_) | Reply::Nothing => "nothing",
        Reply::Status => "status",
        Reply::Help => "help",
        Reply::Refused(refusal) => refused(*refusal),
    }
}

/// The phrase for what holds until some time.
fn timed(reply: &Reply) -> &'static str {
    match reply {
        Reply::Quiet(_) => "quiet",
        Reply::LastAnswer(_) => "last-answer",
        _ => "acknowledged",
    }
}

/// The phrase for what somebody takes it for.
fn judged(judgement: &Judgement, view: &mut ResultView, reader: &Reader) -> &'static str {
    let Judgement::Noise { keys, until } = judgement else { return "judged-same" };
    (view.keys, view.until) = (one_line(&keys.join(", ")), reader.time(*until));
    "judged-noise"
}

/// The phrase for what was arranged; what it says goes into the view.
fn arranged(book: &Book, what: &Arranged, view: &mut ResultView) -> &'static str {
    let party = |party: &PartyId| inner::party_name(book, party);
    let (name, who) = match what {
        Arranged::Severity { raised: true, .. } => ("severity-raised", String::new()),
        Arranged::Severity { .. } => ("severity", String::new()),
        Arranged::Owner { to } => ("owner", inner::name(book, to)),
        Arranged::Part { person, part: Part::Responder } => ("added", inner::name(book, person)),
        Arranged::Part { part: Part::Follower, .. } => ("joined", String::new()),
        Arranged::Part { part: Part::Left, .. } => ("left", String::new()),
        Arranged::Part { person, part: Part::Removed } => ("removed", inner::name(book, person)),
        Arranged::PartyAdded { party: id, client: true } => ("client-added", party(id)),
        Arranged::PartyAdded { party: id, .. } => ("added", party(id)),
        Arranged::PartyRemoved { party: id } => ("party-removed", party(id)),
        Arranged::Title { text } => {
            view.text = one_line(text);
            ("titled", String::new())
        }
        Arranged::Field { field, .. } => ("field", field.word().to_owned()),
        Arranged::ProofAsked { .. }
        | Arranged::ProofGiven { .. }
        | Arranged::ByList { .. }
        | Arranged::Directly { .. }
        | Arranged::Escalated { .. } => ("nothing", String::new()),
    };
    view.who = who;
    name
}

/// For whom a command is, in words.
fn who_may(command: &str, reader: &Reader) -> String {
    let right = RIGHTS.iter().find(|right| right.commands.contains(&command));
    let roles = right.map(|right| right.roles).unwrap_or_default();
    let word = |role: &Role| inner::phrase(reader, &format!("roles.{}", role.word()), &[]);
    roles.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn beliefs(book: &Book, incident: &Incident, reader: &Reader) -> Vec<String> {
    incident.clients.iter().map(|client| facts::belief(book, incident, client, reader)).collect()
}

/// What became of words that concern clients or held mails; None for what concerns the incident alone.
fn of_others(book: &Book, reply: &Reply, reader: &Reader) -> Option<String> {
    match reply {
        Reply::Client(reply) => Some(clients::result(book, reply, reader)),
        Reply::Duty(reply) => Some(duty::result(book, reply, reader)),
        Reply::Explained(explained) => Some(why::text(book, explained, reader)),
        Reply::Escalated(paged, next) => Some(duty::escalated(book, paged, *next, reader)),
        _ => of_held(book, reply, reader),
    }
}

#[derive(Debug, Serialize)]
struct HeldResultView {
    count: usize,
    label: String,
    gateway: String,
}

/// What became of a command to the house, in words.
pub(super) fn of_house(book: &Book, reply: &Reply, reader: &Reader) -> String {
    let phrase = |name: &str, view: &ResultView| {
        wording::phrase(reader, Side::Inner, &format!("results.{name}"), view)
    };
    match reply {
        Reply::NotYours(command) => {
            phrase("not-yours", &ResultView { who: who_may(command, reader), ..ResultView::default() })
        }
        reply => of_others(book, reply, reader).unwrap_or_else(|| match reply {
            Reply::Refused(refusal) => phrase(refused(*refusal), &ResultView::default()),
            _ => String::new(),
        }),
    }
}

/// What became of held mails, in words; None for what concerns none.
fn of_held(book: &Book, reply: &Reply, reader: &Reader) -> Option<String> {
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
    Some(wording::phrase(reader, Side::Inner, &format!("results.{name}"), &view))
}

/// The word that is likeliest meant now.
fn tap(incident: &Incident) -> &'static str {
    match incident.status() {
        Status::Open | Status::Acknowledged => "ack",
        Status::Mitigated | Status::Resolved | Status::Closed => "status",
    }
}
