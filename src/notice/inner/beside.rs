//! Owns what an inner mail says of what stands beside the incident: its client, the incidents before it, and what was not
//! clear.

use serde::Serialize;

use super::{Details, actor_name, label, one_line, party_name};
use crate::book::Book;
use crate::incident::{Doubted, Doubtful, Incident, Judgement, Status};
use crate::notice::facts::belief;
use crate::notice::when::Reader;

/// What concerns the client of whom a mail is.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AboutClient {
    client: Option<String>,
    draft: Option<u32>,
    debt: String,
}

pub(super) fn about_client(
    book: &Book,
    incident: &Incident,
    details: &Details,
    reader: &Reader,
) -> AboutClient {
    let client = details.client.as_ref();
    AboutClient {
        client: client.map(|client| party_name(book, client)),
        draft: details.draft,
        debt: client.map(|client| belief(book, incident, client, reader)).unwrap_or_default(),
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct PreviousView {
    label: String,
    times: u32,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct NeighbourView {
    label: String,
    recovered: String,
}

pub(super) fn previous(book: &Book, incident: &Incident) -> Option<PreviousView> {
    let previous = incident.previous.as_ref()?;
    Some(PreviousView { label: label(book, previous.number), times: previous.times })
}

pub(super) fn neighbour(book: &Book, incident: &Incident, reader: &Reader) -> Option<NeighbourView> {
    let neighbour = incident.neighbour.as_ref()?;
    let recovered = reader.time(neighbour.recovered_at);
    Some(NeighbourView { label: label(book, neighbour.number), recovered })
}

/// What is asked, and what became of questions.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DoubtView {
    question: Option<String>,
    doubted: Option<DoubtedView>,
    judged: Option<&'static str>,
    closed: bool,
    works: bool,
}

pub(super) fn doubt(book: &Book, incident: &Incident, details: &Details, reader: &Reader) -> DoubtView {
    DoubtView {
        question: details.question.map(|until| reader.time(until)),
        doubted: details.doubted.as_ref().map(|it| doubted(book, it, reader)),
        judged: details.judged.as_ref().map(judged),
        closed: incident.status() == Status::Closed,
        works: !incident.is_broken(),
    }
}

/// What was not clear before it was taken for a new trouble.
#[derive(Debug, Clone, Serialize)]
struct DoubtedView {
    key: Option<String>,
    who: Option<String>,
    at: String,
    answered: bool,
}

fn doubted(book: &Book, doubted: &Doubted, reader: &Reader) -> DoubtedView {
    let (key, who) = match &doubted.about {
        Doubtful::CameAgain { key } => (Some(one_line(key)), None),
        Doubtful::Said { by, .. } => (None, Some(actor_name(book, by))),
    };
    DoubtedView { key, who, at: reader.time(doubted.since), answered: doubted.answered }
}

/// What somebody takes something for, as a word for templates.
fn judged(judgement: &Judgement) -> &'static str {
    match judgement {
        Judgement::Same => "same",
        Judgement::Noise { .. } => "noise",
    }
}
