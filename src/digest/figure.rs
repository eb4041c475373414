//! Owns the picture of a period: a row for each incident, with when it was broken, known, and taken.

use super::{Period, Records};
use crate::book::Book;
use crate::chronicle::{self, Record};
use crate::directory::Severity;
use crate::incident::words::one_line;
use crate::notice::{self, Reader};
use crate::picture::{Bar, Chart, MOST_ROWS, Mark, Row};
use crate::templates::Side;
use crate::timetable::DigestOrder;

/// A picture, and what it shows in words.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What is drawn.
    pub chart: Chart,
    /// The same for those who don't see it.
    pub alt: String,
}

/// The picture of the incidents that were broken in a period; None when there were none.
pub fn figure(
    book: &Book,
    order: &DigestOrder,
    records: &Records,
    period: Period,
    reader: &Reader,
) -> Option<Figure> {
    let of_it = records.incidents.iter().filter(|record| super::concerns(book, order, record));
    let drawn: Vec<(Row, String)> =
        of_it.filter_map(|record| row(book, record, period, reader)).take(MOST_ROWS).collect();
    if drawn.is_empty() {
        return None;
    }
    let phrases = super::paper::phrases(reader, Side::Inner);
    let alt: Vec<String> = drawn.iter().map(|(_, alt)| alt.clone()).collect();
    let rows: Vec<Row> = drawn.into_iter().map(|(row, _)| row).collect();
    let has = |bar: &Bar| rows.iter().any(|row| row.bars.iter().any(|(_, _, drawn)| drawn == bar));
    let legend = [(Bar::Broken, "legend-broken"), (Bar::Impaired, "legend-impaired")];
    let legend = legend.into_iter().filter(|(bar, _)| has(bar));
    let legend = legend.map(|(bar, name)| (bar, phrases.word(name))).collect();
    let chart = Chart {
        from: period.from,
        to: period.to,
        zone: reader.zone.clone(),
        language: reader.language,
        rows,
        legend,
    };
    Some(Figure { chart, alt: phrases.say("picture-alt", &[("incidents", &alt.join("; "))]) })
}

fn row(book: &Book, record: &Record, period: Period, reader: &Reader) -> Option<(Row, String)> {
    let incident = &record.incident;
    if incident.merged_into.is_some() {
        return None;
    }
    let bar = if incident.severity <= Severity::Sev2 { Bar::Broken } else { Bar::Impaired };
    let (mut row, mut spans) = (Row::default(), Vec::new());
    for window in chronicle::windows(&book.directory, record) {
        let over = window.recovered.unwrap_or(period.to);
        let (from, to) = (window.began.max(period.from), over.min(period.to));
        if from >= to {
            continue;
        }
        row.bars.push((from, to, bar));
        spans.push(format!("{} – {}", reader.time(from), reader.time(to)));
        let had = window.acknowledged.map(|(at, _)| (at, Mark::Acknowledged));
        let clients = incident.clients.iter().filter_map(|client| window.told.get(client).copied().flatten());
        let told = clients.min().map(|at| (at, Mark::Told));
        let marks = [Some((window.detected, Mark::Detected)), had, told].into_iter().flatten();
        row.marks.extend(marks.filter(|(at, _)| period.holds(*at)));
    }
    let label = notice::label(book, incident.number);
    row.label = format!("{label} {}", one_line(&incident.title));
    (!row.bars.is_empty()).then(|| (row, format!("{label}: {}", spans.join(", "))))
}
