//! Owns an edition of a report with its picture: the house's, or a client's.

use super::{Figure, Report, changes, client_figure, client_paper, client_report, figure, paper, report};
use crate::audience::Audience;
use crate::book::Book;
use crate::chronicle::Record;
use crate::document::{Document, Image, Part};
use crate::notice::Reader;
use crate::picture;

/// Content-ID of the picture.
pub const PICTURE: &str = "incident";

/// Which version of a report is meant.
#[derive(Debug, Clone, Copy)]
pub struct Edited<'a> {
    /// Its number; 0 for one that was asked for by nobody's mail.
    pub version: u32,
    /// The incident as the version before it knew it.
    pub before: Option<&'a Record>,
}

/// An edition.
#[derive(Debug, Clone)]
pub struct Edition {
    /// What it says.
    pub document: Document,
    /// Its picture.
    pub figure: Figure,
    /// What it says, as data.
    pub says: serde_json::Value,
    /// The section under which the picture stands.
    beneath: usize,
}

/// The edition for an audience; None for a client that is none of the incident's.
pub fn edition(
    book: &Book,
    record: &Record,
    audience: &Audience,
    edited: Edited<'_>,
    reader: &Reader,
) -> Option<Edition> {
    let (version, now) = (edited.version, reader.now);
    match audience {
        Audience::Inner => {
            let changed = edited.before.map(|before| changes::of_house(before, record)).unwrap_or_default();
            let report = Report { changed, ..report(book, record, version, now) };
            Some(Edition {
                document: paper(book, &report, reader),
                figure: figure(book, record, reader),
                says: serde_json::to_value(&report).unwrap_or_default(),
                beneath: 0,
            })
        }
        Audience::Client(client) => {
            let changed = edited.before.map(|before| changes::of_client(before, record, client));
            let mut report = client_report(book, record, client, version, now)?;
            report.changed = changed.unwrap_or_default();
            Some(Edition {
                document: client_paper(book, &report, reader),
                figure: client_figure(book, record, client, reader),
                says: serde_json::to_value(&report).unwrap_or_default(),
                // Under the times, which stand third in every language.
                beneath: 2,
            })
        }
    }
}

impl Edition {
    /// The edition with its picture in it, where there is a font to draw with.
    pub fn illustrated(&self, book: &Book) -> (Document, Vec<Image>) {
        let mut document = self.document.clone();
        let Some(png) = picture::png(&self.figure.chart, &book.fonts) else { return (document, Vec::new()) };
        let part = Part::Picture {
            id: PICTURE.to_owned(),
            alt: self.figure.alt.clone(),
            width: picture::WIDTH,
            height: picture::height(&self.figure.chart),
        };
        if let Some(section) = document.sections.get_mut(self.beneath) {
            section.parts.push(part);
        }
        (document, vec![Image { id: PICTURE.to_owned(), png }])
    }
}
