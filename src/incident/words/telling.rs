//! Owns the timeline lines about what happened between the house and its clients.

use jiff::tz::TimeZone;

use super::{clock, news_words, one_line, start};
use crate::directory::PersonId;
use crate::incident::{ClientDraft, Event, Telling};

/// One line.
pub(super) fn line(telling: &Telling, event: &Event, zone: &TimeZone) -> String {
    match telling {
        Telling::Withheld { person, found, .. } => {
            let found: Vec<String> = found.iter().map(|word| format!("\"{}\"", one_line(word))).collect();
            format!("mail for {person} held back: it has {} in it", found.join(", "))
        }
        Telling::HeardDirectly { by, people } => {
            let people: Vec<&str> = people.iter().map(PersonId::as_str).collect();
            format!("the mail of {by} went to {} directly", people.join(", "))
        }
        Telling::Said { client, by, text, next, asks, .. } => {
            let next = next.map(|next| format!("; next news {}", clock(next, zone))).unwrap_or_default();
            let asks = if *asks { "; it says that it works, and nothing else does" } else { "" };
            format!("words of {by} to {client}: \"{}\"{next}{asks}", start(text))
        }
        Telling::Drafted { client, draft } => drafted(draft, client.as_str(), zone),
        Telling::Approved { client, draft, by } => format!("draft {draft} for {client} approved by {by}"),
        Telling::Rejected { client, draft, by } => format!("draft {draft} for {client} rejected by {by}"),
        Telling::NoNeed { client, by, reason, .. } => {
            format!("{client} need not be told, says {by}: {}", start(reason))
        }
        Telling::Promised { client, by, next } => {
            format!("{by} promises that {client} hears again by {}", clock(*next, zone))
        }
        Telling::Nagged { client, next } => {
            format!("{client} was promised news by {}: reminded", clock(*next, zone))
        }
        Telling::Climbed { client, since, step } => {
            let length = event.at.duration_since(*since).as_mins();
            let since = clock(*since, zone);
            format!("{client} is owed a word since {since}, for {length} min: said the {} time", nth(*step))
        }
        Telling::Asleep { client, until, reason } => {
            let why = reason.as_deref().unwrap_or("quiet hours");
            format!("{client} hears of it at {}: {}", clock(*until, zone), one_line(why))
        }
        Telling::TakenBack { by } => format!("{by} takes back that it works"),
    }
}

fn drafted(draft: &ClientDraft, client: &str, zone: &TimeZone) -> String {
    let what = match &draft.words {
        Some((by, text)) => format!("words of {by}, \"{}\"", start(text)),
        None => news_words(draft.news).to_owned(),
    };
    let by_itself = draft.by_itself.map(|at| format!(", holding line at {}", clock(at, zone)));
    format!("draft {} for {client}: {what}{}", draft.number, by_itself.unwrap_or_default())
}

fn nth(number: u32) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        n => format!("{n}th"),
    }
}
