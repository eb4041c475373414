//! Owns what of a report goes out by mail: a draft for whoever answers for the incident, with all that would be sent; and
//! each reader's copy of a version that was approved, read off the timeline as its draft was.
//! Never sends anything, never says who may approve.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::edition::{Edited, edition};
use super::words::phrases;
use crate::audience::Audience;
use crate::book::Book;
use crate::chronicle::Record;
use crate::command::Field;
use crate::directory::{PartyId, PersonId, Severity};
use crate::document::{self, Answer, Attachment, Document, Image, Part, Section};
use crate::incident::words::one_line;
use crate::incident::{Copy, Incident};
use crate::notice::{self, Reader};
use crate::oncall::Roster;
use crate::templates::{Phrases, Side};

/// A report of graver incidents is expected within this time.
const SOON: SignedDuration = SignedDuration::from_hours(3 * 24);
/// One of others within so many working days.
const WORKING_DAYS: u32 = 5;
/// What is asked for late is not expected at once.
const AT_LEAST: SignedDuration = SignedDuration::from_hours(24);

/// Something of an incident's report, composed and not yet in the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Issued {
    /// The incident.
    pub incident: u64,
    /// What it is.
    pub stage: Stage,
    /// Who gets what.
    pub papers: Vec<Paper>,
}

/// A draft, or a copy.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// A draft.
    Draft {
        /// The last event that it knows of.
        as_of: u32,
        /// When a report is expected.
        due: Timestamp,
        /// What stands in clients' editions that only the house may know.
        found: BTreeMap<PartyId, BTreeSet<String>>,
    },
    /// Somebody's copy of a version.
    Copy(Copy),
}

/// What somebody gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Paper {
    /// In which thread, and who.
    pub to: Copy,
    /// What it says.
    pub document: Document,
    /// The pictures in it.
    pub images: Vec<Image>,
    /// The files with it.
    pub attachments: Vec<Attachment>,
}

/// A draft for whoever answers for the incident, and for whoever asked for it.
pub fn draft(book: &Book, roster: &Roster<'_>, record: &Record, now: Timestamp) -> Issued {
    let incident = &record.incident;
    let mut people: BTreeSet<PersonId> = incident.answerable(roster, now).into_iter().collect();
    let asked = incident.reports.asked_by.iter().filter(|person| book.directory.is_internal(person));
    people.extend(asked.cloned());
    let found = found(book, record, now);
    let before = before(record, incident.reports.versions.len());
    let papers = people.into_iter().filter_map(|person| {
        let reader = reader(book, &person, now)?;
        let drafting = Drafting { book, record, reader: &reader, person: &person, before: before.as_ref() };
        let (document, images) = drafting.document(&found)?;
        let to = Copy { audience: Audience::Inner, person };
        Some(Paper { to, document, images, attachments: Vec::new() })
    });
    let papers = papers.collect();
    let stage = Stage::Draft { as_of: incident.events, due: due(book, incident, now), found };
    Issued { incident: incident.number, stage, papers }
}

/// Somebody's copy of the newest version.
pub fn copy(book: &Book, record: &Record, to: &Copy) -> Issued {
    let versions = &record.incident.reports.versions;
    let paper = versions.last().and_then(|version| {
        let as_it_was = record.until(version.as_of)?;
        let before = before(record, versions.len().saturating_sub(1));
        let edited = Edited { version: versions.len() as u32, before: before.as_ref() };
        let reader = reader(book, &to.person, version.at)?;
        let edition = edition(book, &as_it_was, &to.audience, edited, &reader)?;
        let (document, images) = edition.illustrated(book);
        let attachments = as_file(book, record.incident.number, edited.version, (&document, &images));
        Some(Paper { to: to.clone(), document, images, attachments })
    });
    let papers = paper.into_iter().collect();
    Issued { incident: record.incident.number, stage: Stage::Copy(to.clone()), papers }
}

/// The same as PDF, where this firebell can write one.
fn as_file(
    book: &Book,
    incident: u64,
    version: u32,
    (document, images): (&Document, &[Image]),
) -> Vec<Attachment> {
    let file = document::pdf(document, images, &book.fonts);
    let name = format!("{}-R{version}.pdf", notice::label(book, incident));
    file.map(|bytes| Attachment { name, kind: "application/pdf", bytes }).into_iter().collect()
}

/// The incident as the last of so many versions knew it.
fn before(record: &Record, versions: usize) -> Option<Record> {
    let version = record.incident.reports.versions.get(versions.checked_sub(1)?)?;
    record.until(version.as_of)
}

fn reader(book: &Book, person: &PersonId, now: Timestamp) -> Option<Reader> {
    let person = book.directory.people.get(person)?;
    Some(Reader::of(book, person, now))
}

/// When a report is expected: counted from the end of the trouble.
fn due(book: &Book, incident: &Incident, now: Timestamp) -> Timestamp {
    // What was sent already is only corrected.
    let end = incident.resolved_at.or(incident.closed_at).filter(|_| incident.reports.versions.is_empty());
    let end = end.unwrap_or(now);
    let due = if incident.severity <= Severity::Sev2 { end + SOON } else { working_days_after(end, book) };
    due.max(now + AT_LEAST)
}

/// The same time of day so many working days later.
fn working_days_after(at: Timestamp, book: &Book) -> Timestamp {
    let mut day = at.to_zoned(book.zone.clone());
    let mut left = WORKING_DAYS;
    while left > 0 {
        let Ok(next) = day.checked_add(1.day()) else { break };
        day = next;
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let rests = weekend || book.holidays.contains(&day.date());
        left -= u32::from(!rests);
    }
    day.timestamp()
}

/// The language and zone in which a client's first person reads.
fn first_reader(book: &Book, client: &PartyId, now: Timestamp) -> Reader {
    let first = book.directory.people_in([client]).into_iter().find_map(|person| reader(book, &person, now));
    first.unwrap_or_else(|| Reader::anybody(book, book.language, now))
}

/// What stands in clients' editions that only the house may know.
fn found(book: &Book, record: &Record, now: Timestamp) -> BTreeMap<PartyId, BTreeSet<String>> {
    let fields = fields(&record.incident);
    let of = |client: &PartyId| {
        let reader = first_reader(book, client, now);
        let edited = Edited { version: 1, before: None };
        let edition = edition(book, record, &Audience::Client(client.clone()), edited, &reader)?;
        let text = [
            edition.document.title.clone(),
            document::text(&edition.document, &book.templates),
            edition.figure.alt,
        ]
        .join("\n");
        let mail = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}");
        let found = notice::leaks_of_report(book, &record.incident, client, &fields, mail.as_bytes());
        (!found.is_empty()).then(|| (client.clone(), found.into_iter().collect()))
    };
    record.incident.clients.iter().filter_map(of).collect()
}

/// All that people wrote into the report.
pub fn fields(incident: &Incident) -> String {
    incident.arranged.fields.values().cloned().collect::<Vec<_>>().join("\n")
}

/// A draft for one reader.
struct Drafting<'a> {
    book: &'a Book,
    record: &'a Record,
    reader: &'a Reader,
    person: &'a PersonId,
    before: Option<&'a Record>,
}

impl Drafting<'_> {
    /// What is asked for, then what each client would read, then what the house would.
    fn document(&self, found: &BTreeMap<PartyId, BTreeSet<String>>) -> Option<(Document, Vec<Image>)> {
        let (book, record, reader) = (self.book, self.record, self.reader);
        let incident = &record.incident;
        let phrases = phrases(reader, Side::Inner);
        let version = incident.reports.versions.len() as u32 + 1;
        let edited = Edited { version, before: self.before };
        let (house, images) = edition(book, record, &Audience::Inner, edited, reader)?.illustrated(book);
        let (label, draft) =
            (notice::label(book, incident.number), (incident.reports.drafts + 1).to_string());
        let values = [("label", label.as_str()), ("draft", draft.as_str())];
        let mut sections = vec![self.asks(phrases, &values, found)];
        for client in &incident.clients {
            let theirs = first_reader(book, client, reader.now);
            let audience = Audience::Client(client.clone());
            let Some(edition) = edition(book, record, &audience, edited, &theirs) else { continue };
            sections.extend(self.of_client(phrases, client, edition.document));
        }
        let to_house = phrases.word("draft-for-house");
        let of_house =
            house.sections.into_iter().filter(|section| section.heading != phrases.word("missing-heading"));
        sections.extend(of_house.map(|section| headed(&to_house, section)));
        let document = Document {
            language: document::tag(reader.language),
            title: phrases.say("draft-title", &values),
            preheader: phrases.say("draft-preheader", &[("public_name", &one_line(&incident.public_name))]),
            lead: house.lead,
            sections,
            footer: house.footer,
        };
        Some((document, images))
    }

    /// What the reader is to do, and what is still missing.
    fn asks(
        &self,
        phrases: Phrases<'_>,
        values: &[(&str, &str)],
        found: &BTreeMap<PartyId, BTreeSet<String>>,
    ) -> Section {
        let incident = &self.record.incident;
        let mut parts = vec![Part::Text { text: phrases.say("draft-ask", values) }];
        for (client, words) in found {
            let words: Vec<String> = words.iter().map(|word| one_line(word)).collect();
            let named = [("client", self.party(client)), ("words", words.join(", "))];
            let named: Vec<(&str, &str)> =
                named.iter().map(|(name, value)| (*name, value.as_str())).collect();
            parts.push(Part::Text { text: phrases.say("draft-found", &named) });
        }
        let missing = super::Account::of(incident).missing();
        if !missing.is_empty() {
            parts.push(Part::Text { text: phrases.word("draft-missing") });
        }
        let ask = |field: &Field| {
            self.answer(&format!("{}: ", field.word()), phrases.word(&format!("ask-{}", field.word())))
        };
        let draft = incident.reports.drafts + 1;
        let mut answers: Vec<Answer> = missing.iter().map(ask).collect();
        if !incident.is_broken() && found.is_empty() {
            answers.push(self.answer(&format!("approve r{draft}"), phrases.word("draft-approve")));
        }
        answers.push(self.answer(&format!("reject r{draft}"), phrases.word("draft-reject")));
        parts.push(Part::Answers { answers });
        Section { heading: phrases.word("draft-heading"), parts }
    }

    fn answer(&self, word: &str, meaning: String) -> Answer {
        let link = notice::reply_link(self.book, &self.record.incident, self.person, word);
        Answer { word: word.trim_end().to_owned(), meaning, link }
    }

    /// A client's edition, as it would be sent.
    fn of_client(&self, phrases: Phrases<'_>, client: &PartyId, edition: Document) -> Vec<Section> {
        let heading = phrases.say("draft-for", &[("client", &self.party(client))]);
        let lead = [vec![edition.title], edition.lead].concat().join("\n");
        let first = Section { heading: heading.clone(), parts: vec![Part::Text { text: lead }] };
        let rest = edition.sections.into_iter().map(|section| headed(&heading, section));
        std::iter::once(first).chain(rest).collect()
    }

    fn party(&self, party: &PartyId) -> String {
        let known = self.book.directory.parties.get(party);
        known.map_or_else(|| party.to_string(), |party| one_line(&party.name))
    }
}

fn headed(whose: &str, section: Section) -> Section {
    Section { heading: format!("{whose}: {}", section.heading), parts: section.parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_are_no_saturdays_no_sundays_and_no_holidays() {
        let mut book = crate::rehearsal::standard_cast().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // A Friday morning in Tokyo.
        let friday = at("2026-12-25T00:00:00Z");
        assert_eq!(working_days_after(friday, &book), at("2027-01-01T00:00:00Z"));
        let holidays = ["2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03"];
        book.holidays = std::sync::Arc::new(holidays.iter().map(|day| day.parse().unwrap()).collect());
        assert_eq!(working_days_after(friday, &book), at("2027-01-05T00:00:00Z"));
    }
}
