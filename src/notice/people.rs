//! Owns how it reads who is in an incident and why. For the house alone: it names people.

use super::inner;
use super::when::Reader;
use crate::book::Book;
use crate::incident::{Because, Participant};

/// A participant's reasons in one line: "mends it with Development; paged at 01:05 JST".
pub fn reasons(book: &Book, participant: &Participant, reader: &Reader) -> String {
    let out = |why: &Because| matches!(why, Because::Left | Because::Removed { .. });
    let is_out = participant.because.iter().any(out);
    let mut said: Vec<String> =
        participant.because.iter().map(|why| reason(book, why, participant, reader)).collect();
    if !participant.hears && !is_out {
        said.push(phrase(reader, "not-yet", &[]));
    }
    let together = |one, other| phrase(reader, "together", &[("one", one), ("other", other)]);
    said.into_iter().reduce(together).unwrap_or_default()
}

/// Everybody with their reasons, a line each.
pub(super) fn lines(book: &Book, participants: &[Participant], reader: &Reader) -> Vec<String> {
    let line = |participant: &Participant| {
        let who = inner::name(book, &participant.person);
        phrase(reader, "line", &[("who", who), ("why", reasons(book, participant, reader))])
    };
    participants.iter().map(line).collect()
}

fn reason(book: &Book, why: &Because, of: &Participant, reader: &Reader) -> String {
    let name = |person| ("by", inner::name(book, person));
    let party = |word: &'static str, party| (word, inner::party_name(book, party));
    let often = |times: &u32, last| vec![("times", times.to_string()), ("last", reader.time(last))];
    let (name, values) = match why {
        Because::Owner => ("owner", Vec::new()),
        Because::StandsIn => ("stands-in", Vec::new()),
        Because::Has { until } => ("has", vec![("until", reader.time(*until))]),
        Because::OnCall { schedule } => ("on-call", vec![("schedule", schedule.clone())]),
        Because::Responder { party: id, by: None } => ("responder", vec![party("party", id)]),
        Because::Responder { party: id, by: Some(by) } => {
            ("responder-added", vec![party("party", id), name(by)])
        }
        Because::Paged { times, last } => ("paged", often(times, *last)),
        Because::Added { by } if *by == of.person => ("works", Vec::new()),
        Because::Added { by } => ("added", vec![name(by)]),
        Because::AccountOwner { client } => ("account-owner", vec![party("client", client)]),
        Because::Follower { party: id } => ("follower", vec![party("party", id)]),
        Because::Follows { service, severity, party: of } => {
            let service = service.as_ref().map(ToString::to_string).unwrap_or_default();
            let of = of.as_ref().map(|of| inner::party_name(book, of)).unwrap_or_default();
            ("follows", vec![("service", service), ("severity", severity.to_string()), ("party", of)])
        }
        Because::Joined => ("joined", Vec::new()),
        Because::Reported => ("reported", Vec::new()),
        Because::Addressed => ("addressed", Vec::new()),
        Because::Wrote { times, last } => ("wrote", often(times, *last)),
        Because::Mailed { last } => {
            ("mailed", vec![("last", last.map(|last| reader.time(last)).unwrap_or_default())])
        }
        Because::Contact { client } => ("contact", vec![party("client", client)]),
        Because::Left => ("left", Vec::new()),
        Because::Removed { by } => {
            ("removed", vec![("by", by.as_ref().map(|by| inner::name(book, by)).unwrap_or_default())])
        }
    };
    phrase(reader, name, &values)
}

/// A phrase about people, with its values.
pub(super) fn phrase(reader: &Reader, name: &str, values: &[(&str, String)]) -> String {
    inner::phrase(reader, &format!("people.{name}"), values)
}
