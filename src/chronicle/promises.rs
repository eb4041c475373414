//! Owns which promises to clients were kept: "you will hear again by then".

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Record;
use crate::audience::Audience;
use crate::directory::PartyId;
use crate::incident::Event;

/// A word that comes this much after its time is still in time (DESIGN 10).
pub const LATE: SignedDuration = SignedDuration::from_mins(5);

/// A promise to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// Whose.
    pub client: PartyId,
    /// By when they were to hear again.
    pub by: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The word reached them in time.
    Kept,
    /// It reached them too late, or not yet.
    Missed {
        /// When it reached them.
        told: Option<Timestamp>,
    },
    /// Its time has not come.
    Open,
}

/// Every promise of an incident, in the order in which they were made.
pub fn promises(record: &Record, now: Timestamp) -> Vec<Promise> {
    let said = |event: &Event| {
        let (client, _, next) = event.fact.tells()?;
        Some((event.seq, client.clone(), next))
    };
    let announced: Vec<(u32, PartyId, Option<Timestamp>)> = record.events.iter().filter_map(said).collect();
    let mut promises = Vec::new();
    for (index, (_, client, by)) in announced.iter().enumerate() {
        let Some(by) = *by else { continue };
        let later = announced.iter().skip(index + 1).filter(|(_, to, _)| to == client);
        let told = later.filter_map(|(about, _, _)| told_at(record, client, *about)).min();
        let outcome = match told {
            Some(at) if at <= by + LATE => Outcome::Kept,
            Some(_) => Outcome::Missed { told },
            None if now <= by + LATE => Outcome::Open,
            None => Outcome::Missed { told },
        };
        promises.push(Promise { client: client.clone(), by, outcome });
    }
    promises
}

/// When the mails about an event first reached somebody of a client.
fn told_at(record: &Record, client: &PartyId, about: u32) -> Option<Timestamp> {
    let audience = Audience::Client(client.clone());
    let of_it =
        record.incident.notices.iter().filter(|sent| sent.audience == audience && sent.about == about);
    of_it.filter(|sent| !sent.failed).filter_map(|sent| sent.told_at).min()
}
