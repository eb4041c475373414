//! Owns what an inner mail says of what stands beside the incident: its client, and the incidents before it.

use serde::Serialize;

use super::{Details, label, party_name};
use crate::book::Book;
use crate::incident::Incident;
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
