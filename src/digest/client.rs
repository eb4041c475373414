//! Owns what a client's digest says. It is made of what that client was told, and of nothing else: no title, no host, no
//! name of the house, no other client, and no turn of which it has not been told.

use jiff::Timestamp;
use serde::Serialize;

use super::{Period, Records};
use crate::audience::{Audience, Belief};
use crate::book::Book;
use crate::chronicle::Record;
use crate::directory::PartyId;
use crate::incident::Incident;
use crate::timetable::{DigestOrder, View};
use crate::told::NewsKind;

/// What a client reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientDigest {
    /// Its name.
    pub digest: String,
    /// What it tells of.
    #[serde(flatten)]
    pub period: Period,
    /// What concerns the client now or changed for it, what is broken first.
    pub lines: Vec<ClientLine>,
}

/// One trouble, as the client knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientLine {
    /// What its mails carry in their subject: the incident's number.
    pub incident: u64,
    /// What the client calls what is or was broken.
    pub public_name: String,
    /// Where it stands.
    pub state: ClientState,
    /// When it was first told of.
    pub since: Timestamp,
    /// By when there is news.
    pub next: Option<Timestamp>,
    /// What it was told in the period, and when.
    pub told: Vec<(Timestamp, NewsKind)>,
}

/// Where a trouble stands for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientState {
    /// It does not work.
    Down,
    /// What was last told is not certain any more: news comes in a mail of its own.
    Checking,
    /// It works again.
    Working,
    /// It works, and the cause is gone.
    Resolved,
}

impl ClientDigest {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// What a digest says to a client; None when its audience is none.
pub fn compose_for_client(
    book: &Book,
    order: &DigestOrder,
    records: &Records,
    period: Period,
) -> Option<ClientDigest> {
    let View::Party(client) = &order.audience else { return None };
    book.directory.parties.get(client).filter(|party| party.external)?;
    let wanted = |incident: &Incident| {
        let of_service = |id| order.services.contains(id);
        let of_service = order.services.is_empty() || incident.service.as_ref().is_some_and(of_service);
        of_service && !incident.past && incident.merged_into.is_none() && incident.clients.contains(client)
    };
    let records = records.incidents.iter().filter(|record| wanted(&record.incident));
    let mut lines: Vec<ClientLine> =
        records.filter_map(|record| line(book, client, record, period)).collect();
    lines.sort_by_key(|line| (line.state, line.since));
    Some(ClientDigest { digest: order.id.clone(), period, lines })
}

fn line(book: &Book, client: &PartyId, record: &Record, period: Period) -> Option<ClientLine> {
    let incident = &record.incident;
    let audience = Audience::Client(client.clone());
    let reached = |about: u32| {
        let of_it = incident.notices.iter().filter(|sent| sent.audience == audience && sent.about == about);
        of_it.filter(|sent| !sent.failed).filter_map(|sent| sent.told_at).min()
    };
    let announced = record.events.iter().filter_map(|event| {
        let (_, news, _) = event.fact.tells().filter(|(to, _, _)| *to == client)?;
        Some((reached(event.seq)?, news))
    });
    let all: Vec<(Timestamp, NewsKind)> = announced.collect();
    let since = all.iter().map(|(at, _)| *at).min()?;
    let told: Vec<(Timestamp, NewsKind)> = all.into_iter().filter(|(at, _)| period.holds(*at)).collect();
    let believed = incident.believes(&book.directory, client)?.belief;
    let state = match (believed, incident.state().truth) {
        (Belief::Down, Belief::Down) => ClientState::Down,
        (Belief::Working, Belief::Working | Belief::Resolved) => ClientState::Working,
        (Belief::Resolved, Belief::Working | Belief::Resolved) => ClientState::Resolved,
        _ => ClientState::Checking,
    };
    let over = matches!(state, ClientState::Working | ClientState::Resolved);
    let next = incident.announced.get(client).and_then(|last| last.next).filter(|next| *next > period.to);
    let public_name = incident.name_for(client).to_owned();
    (!over || !told.is_empty()).then_some(ClientLine {
        incident: incident.number,
        public_name,
        state,
        since,
        next,
        told,
    })
}
