//! Owns a client's edition. It is made of what that client may know: its windows, what it was told, and the fields of the
//! report, which reach it only once somebody has approved them. In Japanese it has the customary order of a 障害報告書.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Account;
use super::account::Detail;
use super::changes::{self, Changed};
use super::inner::shown;
use super::words::{news_name, phrases};
use crate::audience::Audience;
use crate::book::Book;
use crate::chronicle::{self, Record};
use crate::directory::{Language, PartyId};
use crate::document::{self, Document, Item, Part, Section};
use crate::incident::Action;
use crate::incident::words::one_line;
use crate::notice::{self, Reader};
use crate::templates::{Phrases, Side};
use crate::told::NewsKind;

/// Somebody who is told later than this after the detection was told late.
const LATE: SignedDuration = SignedDuration::from_mins(15);

/// What a client's edition says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientReport {
    /// The incident's number, which the client's mails carry too.
    pub incident: u64,
    /// The client's name.
    pub client: String,
    /// What the client calls what was broken.
    pub public_name: String,
    /// When this was written.
    pub at: Timestamp,
    /// Which version this is.
    pub version: u32,
    /// What is otherwise than in the version before it.
    pub changed: Vec<Changed>,
    /// Its occurrences.
    pub windows: Vec<ClientWindow>,
    /// When the cause was gone.
    pub resolved: Option<Timestamp>,
    /// What people wrote for it.
    pub account: Account,
    /// What happened, in order, as far as the client may know.
    pub course: Vec<ClientStep>,
}

/// One stretch of not working.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientWindow {
    /// When it began.
    pub began: Timestamp,
    /// When the house knew.
    pub detected: Timestamp,
    /// When the client was told.
    pub told: Option<Timestamp>,
    /// When it worked again.
    pub recovered: Option<Timestamp>,
}

impl ClientWindow {
    /// How long it didn't work.
    pub fn length(&self, now: Timestamp) -> SignedDuration {
        self.recovered.unwrap_or(now).duration_since(self.began)
    }

    /// Whether the client was told late, or never.
    pub fn is_told_late(&self) -> bool {
        self.told.is_none_or(|told| told.duration_since(self.detected) > LATE)
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientStep {
    /// An occurrence began.
    Began(u32, Timestamp),
    /// The house knew of it.
    Detected(u32, Timestamp),
    /// The client was told.
    Told(NewsKind, Timestamp),
    /// It worked again.
    Recovered(u32, Timestamp),
    /// The cause was gone.
    Resolved(Timestamp),
}

impl ClientStep {
    /// When.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Began(_, at)
            | Self::Detected(_, at)
            | Self::Told(_, at)
            | Self::Recovered(_, at)
            | Self::Resolved(at) => *at,
        }
    }
}

/// The edition for a client; None for a party that is no client of the incident.
pub fn client_report(
    book: &Book,
    record: &Record,
    client: &PartyId,
    version: u32,
    now: Timestamp,
) -> Option<ClientReport> {
    let incident = &record.incident;
    let party = book.directory.parties.get(client).filter(|party| party.external)?;
    incident.clients.contains(client).then_some(())?;
    let windows: Vec<ClientWindow> = chronicle::windows(&book.directory, record)
        .into_iter()
        .map(|window| ClientWindow {
            began: window.began,
            detected: window.detected,
            told: window.told.get(client).copied().flatten(),
            recovered: window.recovered,
        })
        .collect();
    Some(ClientReport {
        incident: incident.number,
        client: party.name.clone(),
        public_name: incident.name_for(client).to_owned(),
        at: now,
        version,
        changed: Vec::new(),
        resolved: incident.resolved_at,
        account: Account::of(incident),
        course: course(record, client, &windows),
        windows,
    })
}

fn course(record: &Record, client: &PartyId, windows: &[ClientWindow]) -> Vec<ClientStep> {
    let mut course = Vec::new();
    for (number, window) in (1_u32..).zip(windows) {
        course.push(ClientStep::Began(number, window.began));
        course.push(ClientStep::Detected(number, window.detected));
        course.extend(window.recovered.map(|at| ClientStep::Recovered(number, at)));
    }
    let audience = Audience::Client(client.clone());
    for event in &record.events {
        let Some((to, news, _)) = event.fact.tells() else { continue };
        let reached = record.incident.notices.iter().filter(|sent| sent.about == event.seq && !sent.failed);
        let reached = reached.filter(|sent| sent.audience == audience).filter_map(|sent| sent.told_at).min();
        course.extend(reached.filter(|_| to == client).map(|at| ClientStep::Told(news, at)));
    }
    course.extend(record.incident.resolved_at.map(ClientStep::Resolved));
    course.sort_by_key(ClientStep::at);
    course
}

struct Pen<'a> {
    reader: &'a Reader,
    phrases: Phrases<'a>,
    report: &'a ClientReport,
}

impl Pen<'_> {
    fn say(&self, name: &str, values: &[(&str, &str)]) -> String {
        let name_of = ("public_name", self.report.public_name.as_str());
        let values: Vec<(&str, &str)> = values.iter().copied().chain([name_of]).collect();
        self.phrases.say(name, &values)
    }

    fn word(&self, name: &str) -> String {
        self.say(name, &[])
    }

    fn time(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.reader.zone.clone());
        let format = match self.reader.language {
            Language::En => "%-d %b %Y %H:%M %Z",
            Language::Ja => "%Y年%-m月%-d日 %H:%M %Z",
        };
        at.strftime(format).to_string()
    }

    fn date(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.reader.zone.clone());
        let format = match self.reader.language {
            Language::En => "%-d %b %Y",
            Language::Ja => "%Y年%-m月%-d日",
        };
        at.strftime(format).to_string()
    }

    fn section(&self, name: &str, parts: Vec<Part>) -> Section {
        Section { heading: self.word(&format!("{name}-heading")), parts }
    }

    /// What somebody wrote, or that it is still being looked into: an empty section would look like nothing to say.
    fn written(&self, text: &str) -> Part {
        Part::Text { text: if text.is_empty() { self.word("being-checked") } else { shown(text) } }
    }

    fn detail(&self, detail: Detail, name: &str) -> (String, String) {
        let written = self.report.account.detail(detail);
        (self.word(name), written.map_or_else(|| self.word("being-checked"), one_line))
    }
}

/// The edition as the client reads it.
pub fn client_paper(book: &Book, report: &ClientReport, reader: &Reader) -> Document {
    let pen = Pen { reader, phrases: phrases(reader, Side::Client), report };
    let label = notice::label(book, report.incident);
    let number = format!("{label}-R{}", report.version.max(1));
    let changed = changes::line(pen.phrases, report.version, &report.changed);
    let lead = vec![
        pen.say("addressee", &[("client", &one_line(&report.client))]),
        pen.say("number", &[("number", &number), ("version", &report.version.max(1).to_string())]),
        pen.say("dated", &[("date", &pen.date(report.at))]),
        pen.say("author", &[("gateway", &book.name)]),
    ];
    let lead = lead.into_iter().chain(changed).collect();
    let sections = vec![
        pen.section("opening", vec![Part::Text { text: pen.word("opening") }]),
        pen.section("summary", vec![Part::Text { text: summary(&pen) }]),
        pen.section("times", times(&pen)),
        pen.section(
            "what",
            vec![Part::Text { text: pen.say("what", &[("times", &report.windows.len().to_string())]) }],
        ),
        pen.section("impact", impact(&pen)),
        pen.section("course", course_part(&pen)),
        pen.section("cause", cause(&pen)),
        pen.section("fix", fix(&pen)),
        pen.section("prevention", vec![pen.written(&report.account.prevention)]),
        // What nobody's mail asked for goes with no mail.
        pen.section(
            "next",
            next(&pen, &book.name, document::WRITES_PDF && !book.fonts.is_empty() && report.version > 0),
        ),
    ];
    Document {
        language: document::tag(reader.language),
        title: pen.say("title", &[]),
        preheader: summary(&pen),
        lead,
        sections,
        footer: vec![pen.say("footer", &[("gateway", &book.name), ("number", &number)])],
    }
}

fn summary(pen: &Pen<'_>) -> String {
    let broken: SignedDuration = pen.report.windows.iter().map(|window| window.length(pen.report.at)).sum();
    let began = pen.report.windows.first().map(|window| pen.time(window.began)).unwrap_or_default();
    let (times, length) = (pen.report.windows.len().to_string(), pen.reader.length(broken));
    let over = pen.report.windows.last().and_then(|window| window.recovered).map(|at| pen.time(at));
    let at = pen.time(pen.report.at);
    let values = [("began", began.as_str()), ("times", &times), ("length", &length), ("at", &at)];
    match (&over, pen.report.windows.len()) {
        (Some(over), 1) => pen.say("summary-once", &[&values[..], &[("over", over.as_str())]].concat()),
        (Some(over), _) => pen.say("summary-several", &[&values[..], &[("over", over.as_str())]].concat()),
        (None, _) => pen.say("summary-broken", &values),
    }
}

/// Numbered windows: each with when it began, when it was known and told, when it was over, and how long it was.
fn times(pen: &Pen<'_>) -> Vec<Part> {
    let several = pen.report.windows.len() > 1;
    let mut parts = Vec::new();
    for (number, window) in (1_u32..).zip(&pen.report.windows) {
        if several {
            parts.push(Part::Text { text: pen.say("window", &[("number", &circled(number))]) });
        }
        let none = || pen.word("not-told");
        let rows = vec![
            (pen.word("began"), pen.time(window.began)),
            (pen.word("detected"), pen.time(window.detected)),
            (pen.word("told"), window.told.map_or_else(none, |at| pen.time(at))),
            (pen.word("recovered"), window.recovered.map_or_else(|| pen.word("still"), |at| pen.time(at))),
            (pen.word("length"), pen.reader.length(window.length(pen.report.at))),
        ];
        parts.push(Part::Facts { rows });
    }
    parts
}

/// ①, as reports number their windows.
fn circled(number: u32) -> String {
    let circled = (1..=20).contains(&number).then(|| char::from_u32(0x2460 + number - 1)).flatten();
    circled.map_or_else(|| format!("({number})"), |circled| circled.to_string())
}

fn impact(pen: &Pen<'_>) -> Vec<Part> {
    let rows = vec![
        pen.detail(Detail::DataLoss, "data-loss"),
        pen.detail(Detail::Leak, "leak"),
        pen.detail(Detail::Attack, "attack"),
    ];
    vec![pen.written(&pen.report.account.impact), Part::Facts { rows }]
}

fn course_part(pen: &Pen<'_>) -> Vec<Part> {
    let numbered = |name: &str, number: u32| pen.say(name, &[("number", &circled(number))]);
    let row = |step: &ClientStep| {
        let what = match step {
            ClientStep::Began(number, _) => numbered("step-began", *number),
            ClientStep::Detected(number, _) => numbered("step-detected", *number),
            ClientStep::Recovered(number, _) => numbered("step-recovered", *number),
            ClientStep::Told(news, _) => pen.say("step-told", &[("news", &pen.word(news_name(*news)))]),
            ClientStep::Resolved(_) => pen.word("step-resolved"),
        };
        vec![pen.time(step.at()), what]
    };
    let head = ["course-when", "course-what"].iter().map(|name| pen.word(name)).collect();
    vec![Part::Table { head, rows: pen.report.course.iter().map(row).collect(), whole: true }]
}

fn cause(pen: &Pen<'_>) -> Vec<Part> {
    let account = &pen.report.account;
    let direct = if account.cause.is_empty() { pen.word("being-checked") } else { shown(&account.cause) };
    let mut rows = vec![(pen.word("direct-cause"), direct), pen.detail(Detail::RootCause, "root-cause")];
    // Said where it is true: a report that is silent on it would not be believed.
    if account.detail(Detail::Late).is_some() || pen.report.windows.iter().any(ClientWindow::is_told_late) {
        rows.push(pen.detail(Detail::Late, "late"));
    }
    vec![Part::Facts { rows }]
}

fn fix(pen: &Pen<'_>) -> Vec<Part> {
    let account = &pen.report.account;
    let lasting = if account.fix.is_empty() { pen.word("being-checked") } else { shown(&account.fix) };
    let mut parts = vec![Part::Facts {
        rows: vec![pen.detail(Detail::Stopgap, "stopgap"), (pen.word("lasting"), lasting)],
    }];
    let item = |action: &Action| {
        let due = action.due.map_or_else(|| pen.word("no-date"), |due| pen.reader.date(due));
        let line = match &action.done {
            Some((_, at)) => pen.say("action-done", &[("at", &pen.date(*at))]),
            None => pen.say("action", &[("due", &due)]),
        };
        Item { title: one_line(&action.text), lines: vec![line], ..Item::default() }
    };
    let items: Vec<Item> = account.actions.iter().map(item).collect();
    parts.extend((!items.is_empty()).then_some(Part::Items { items }));
    parts
}

fn next(pen: &Pen<'_>, gateway: &str, with_file: bool) -> Vec<Part> {
    let state = if pen.report.resolved.is_some() { "next-done" } else { "next-open" };
    let rows = vec![
        (pen.word("plans"), pen.word(state)),
        (pen.word("contact"), pen.say("contact-line", &[("gateway", gateway)])),
        (pen.word("attached"), pen.word(if with_file { "attached-file" } else { "attached-line" })),
    ];
    vec![Part::Facts { rows }]
}
