//! Owns the picture of an incident: when it was broken, and beneath it what each party believed meanwhile. A belief that
//! was false is a red, hatched stretch.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::words::phrases;
use crate::audience::{Audience, Belief};
use crate::book::Book;
use crate::chronicle::{self, Record, Spell, Window};
use crate::directory::{PartyId, Severity};
use crate::incident::words::one_line;
use crate::notice::Reader;
use crate::picture::{Bar, Chart, Mark, Row};
use crate::templates::Side;

/// A picture, and what it shows in words.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What is drawn.
    pub chart: Chart,
    /// The same for those who don't see it.
    pub alt: String,
}

/// The picture for the house, with every party in it.
pub fn figure(book: &Book, record: &Record, reader: &Reader) -> Figure {
    let parties: Vec<PartyId> = record.incident.parties().cloned().collect();
    draw(book, record, &parties, (&record.incident.public_name, false), reader)
}

/// The picture for a client, with nobody else in it.
pub fn client_figure(book: &Book, record: &Record, client: &PartyId, reader: &Reader) -> Figure {
    let name = record.incident.name_for(client);
    draw(book, record, std::slice::from_ref(client), (name, true), reader)
}

fn draw(
    book: &Book,
    record: &Record,
    parties: &[PartyId],
    (name, for_client): (&str, bool),
    reader: &Reader,
) -> Figure {
    let phrases = phrases(reader, if for_client { Side::Client } else { Side::Inner });
    let windows = chronicle::windows(&book.directory, record);
    let of_client = parties.first().filter(|_| for_client).map(|client| Audience::Client(client.clone()));
    let (from, to) = bounds(record, &windows, of_client.as_ref(), reader.now);
    let mut rows = vec![service(record, &windows, (name, !for_client), to)];
    let mut used: BTreeSet<Bar> = rows.iter().flat_map(|row| &row.bars).map(|(_, _, bar)| *bar).collect();
    let mut deceived = Vec::new();
    for party in parties {
        let spells = chronicle::spells(&book.directory, record, party, to);
        let label = book.directory.parties.get(party).map_or(party.as_str(), |party| party.name.as_str());
        let bars = bars(&spells);
        used.extend(bars.iter().map(|(_, _, bar)| *bar));
        for (from, to, _) in bars.iter().filter(|(_, _, bar)| *bar == Bar::Deceived) {
            let (party, from, to) = (one_line(label), reader.time(*from), reader.time(*to));
            deceived
                .push(phrases.say("picture-deceived", &[("party", &party), ("from", &from), ("to", &to)]));
        }
        rows.push(Row { label: one_line(label), bars, marks: Vec::new() });
    }
    let spans: Vec<String> = windows
        .iter()
        .map(|window| {
            let over = window.recovered.map_or_else(|| phrases.word("picture-now"), |at| reader.time(at));
            format!("{} – {over}", reader.time(window.began))
        })
        .collect();
    let alt = phrases.say("picture-alt", &[("name", &one_line(name)), ("times", &spans.join(", "))]);
    let alt = std::iter::once(alt).chain(deceived).collect::<Vec<_>>().join(" ");
    let legend = used.into_iter().map(|bar| (bar, phrases.word(legend(bar)))).collect();
    Figure {
        chart: Chart { from, to, zone: reader.zone.clone(), language: reader.language, rows, legend },
        alt,
    }
}

/// From a little before the beginning until a little after the last word on it: of the words to this audience, where it is
/// for one. When others were told is nothing to a client.
fn bounds(
    record: &Record,
    windows: &[Window],
    audience: Option<&Audience>,
    now: Timestamp,
) -> (Timestamp, Timestamp) {
    let from = windows.first().map_or(now, |window| window.began);
    let over = windows.last().and_then(|window| window.recovered).unwrap_or(now);
    let told = record.incident.notices.iter().filter(|sent| sent.belief.is_some());
    let told = told.filter(|sent| audience.is_none_or(|audience| &sent.audience == audience));
    let told = told.filter_map(|sent| sent.told_at).max().unwrap_or(over);
    let to = over.max(told).min(now.max(over));
    let edge = SignedDuration::from_secs((to.duration_since(from).as_secs() / 20).max(300));
    (from - edge, to + edge)
}

fn service(record: &Record, windows: &[Window], (name, with_marks): (&str, bool), to: Timestamp) -> Row {
    let bar = if record.incident.severity <= Severity::Sev2 { Bar::Broken } else { Bar::Impaired };
    let bars = windows.iter().map(|window| (window.began, window.recovered.unwrap_or(to), bar)).collect();
    let detected = windows.iter().map(|window| (window.detected, Mark::Detected));
    let had = windows.iter().filter_map(|window| window.acknowledged.as_ref());
    let marks = detected.chain(had.map(|(at, _)| (*at, Mark::Acknowledged)));
    Row { label: one_line(name), bars, marks: marks.filter(|_| with_marks).collect() }
}

/// What looks the same and follows on is one bar.
fn bars(spells: &[Spell]) -> Vec<(Timestamp, Timestamp, Bar)> {
    let mut bars: Vec<(Timestamp, Timestamp, Bar)> = Vec::new();
    for spell in spells {
        let Some(bar) = bar(spell) else { continue };
        match bars.last_mut() {
            Some((_, to, last)) if *last == bar && *to == spell.from => *to = spell.to,
            _ => bars.push((spell.from, spell.to, bar)),
        }
    }
    bars
}

/// None where somebody had been told nothing.
fn bar(spell: &Spell) -> Option<Bar> {
    Some(match (spell.believed?, spell.broken) {
        (Belief::Down, true) => Bar::ToldDown,
        (Belief::Down, false) => Bar::Behind,
        (Belief::Working | Belief::Resolved, true) => Bar::Deceived,
        (Belief::Working | Belief::Resolved, false) => Bar::ToldWorking,
    })
}

fn legend(bar: Bar) -> &'static str {
    match bar {
        Bar::Broken | Bar::Impaired => "legend-broken",
        Bar::ToldDown => "legend-told-down",
        Bar::ToldWorking => "legend-told-working",
        Bar::Deceived => "legend-deceived",
        Bar::Behind => "legend-behind",
    }
}
