//! Owns the lines of a transcript about clients.

use jiff::Timestamp;
use serde::Serialize;

use crate::book::Book;
use crate::directory::{PartyId, PersonId};
use crate::notice::inner;
use crate::notice::when::Reader;
use crate::notice::wording::{self, Side};

/// What became of words that concern clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientReply {
    /// They go to these clients.
    Sent {
        /// The clients.
        clients: Vec<PartyId>,
        /// When those hear again.
        next: Option<Timestamp>,
        /// They say that it works, and nothing else does.
        asks: bool,
    },
    /// They are drafts with these numbers, which these people may approve.
    Proposed(Vec<u32>, Vec<PersonId>),
    /// A draft for this client goes out.
    Approved(PartyId),
    /// A draft for this client doesn't; a holding line does then.
    Rejected(PartyId, Option<Timestamp>),
    /// All clients hear again by then.
    Promised(Timestamp),
    /// These need not be told what is true now.
    NoNeed(Vec<PartyId>),
    /// They are owed nothing.
    NothingOwed,
    /// It works not after all, whatever was written to clients.
    TakenBack,
}

#[derive(Debug, Serialize)]
struct ClientReplyView {
    clients: String,
    next: Option<String>,
    asks: bool,
    numbers: String,
    approvers: String,
}

/// It in words.
pub(super) fn result(book: &Book, reply: &ClientReply, reader: &Reader) -> String {
    let names = |clients: &[PartyId]| {
        clients.iter().map(|client| inner::party_name(book, client)).collect::<Vec<_>>().join(", ")
    };
    let mut view = ClientReplyView {
        clients: String::new(),
        next: None,
        asks: false,
        numbers: String::new(),
        approvers: String::new(),
    };
    let name = match reply {
        ClientReply::Sent { clients, next, asks } => {
            view.clients = names(clients);
            view.next = next.map(|next| reader.time(next));
            view.asks = *asks;
            "client-sent"
        }
        ClientReply::Proposed(numbers, approvers) => {
            let approvers = approvers.iter().map(|person| inner::name(book, person));
            view.approvers = approvers.collect::<Vec<_>>().join(", ");
            view.numbers = numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            "client-proposed"
        }
        ClientReply::Approved(client) => {
            view.clients = names(std::slice::from_ref(client));
            "client-approved"
        }
        ClientReply::Rejected(client, by_itself) => {
            view.clients = names(std::slice::from_ref(client));
            view.next = by_itself.map(|at| reader.time(at));
            "client-rejected"
        }
        ClientReply::Promised(next) => {
            view.next = Some(reader.time(*next));
            "client-promised"
        }
        ClientReply::NoNeed(clients) => {
            view.clients = names(clients);
            "client-no-need"
        }
        ClientReply::NothingOwed => "client-nothing-owed",
        ClientReply::TakenBack => "client-taken-back",
    };
    wording::phrase(reader, Side::Inner, &format!("results.{name}"), &view)
}
