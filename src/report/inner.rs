//! Owns the wording of the house's edition.

use jiff::SignedDuration;

use super::account::Detail;
use super::course::{Step, Turn};
use super::words::{news_name, phrases};
use super::{Report, Told, Well, changes};
use crate::book::Book;
use crate::chronicle::{Outcome, Window};
use crate::command::Field;
use crate::directory::{PartyId, PersonId};
use crate::document::{self, Document, Item, Part, Section, Tone};
use crate::incident::words::one_line;
use crate::incident::{Action, Actor};
use crate::notice::{self, Reader};
use crate::templates::{Phrases, Side};

/// What all steps of a mail may take, in bytes, and what one takes beside its words: Gmail clips what is longer than
/// 102 KB.
const STEPS: usize = 50_000;
const A_STEP: usize = 420;

/// What all that is written here needs.
struct Pen<'a> {
    book: &'a Book,
    reader: &'a Reader,
    phrases: Phrases<'a>,
}

impl Pen<'_> {
    fn say(&self, name: &str, values: &[(&str, &str)]) -> String {
        self.phrases.say(name, values)
    }

    fn word(&self, name: &str) -> String {
        self.say(name, &[])
    }

    fn name(&self, person: &PersonId) -> String {
        notice::name(self.book, person)
    }

    fn party(&self, party: &PartyId) -> String {
        let known = self.book.directory.parties.get(party);
        known.map_or_else(|| party.to_string(), |party| party.name.clone())
    }

    fn length(&self, length: Option<SignedDuration>) -> String {
        length.map_or_else(|| "–".to_owned(), |length| self.reader.length(length))
    }

    fn section(&self, name: &str, parts: Vec<Part>) -> Option<Section> {
        (!parts.is_empty()).then(|| Section { heading: self.word(&format!("{name}-heading")), parts })
    }
}

/// The report as the house reads it.
pub fn paper(book: &Book, report: &Report, reader: &Reader) -> Document {
    let pen = Pen { book, reader, phrases: phrases(reader, Side::Inner) };
    let label = notice::label(book, report.incident);
    let title = one_line(&report.title);
    let version = if report.version == 0 {
        pen.word("unsent")
    } else {
        pen.say("version", &[("version", &report.version.to_string())])
    };
    let sections = [
        pen.section("summary", summary(&pen, report)),
        pen.section("missing", missing(&pen, report)),
        pen.section("windows", windows(&pen, report)),
        pen.section("impact", impact(&pen, report)),
        pen.section("told", told(&pen, report)),
        pen.section("cause", cause(&pen, report)),
        pen.section("fix", prose(&pen, &report.account.fix, report.account.detail(Detail::Stopgap))),
        pen.section("prevention", prose(&pen, &report.account.prevention, None)),
        pen.section("actions", actions(&pen, &report.account.actions)),
        pen.section("well", well(&pen, report)),
        pen.section("course", course(&pen, report)),
    ];
    Document {
        language: document::tag(reader.language),
        title: pen.say("title", &[("label", &label), ("title", &title)]),
        preheader: pen
            .say("preheader", &[("public_name", &one_line(&report.public_name)), ("version", &version)]),
        lead: std::iter::once(pen.say("lead", &[("version", &version), ("at", &reader.time(report.at))]))
            .chain(changes::line(pen.phrases, report.version, &report.changed))
            .collect(),
        sections: sections.into_iter().flatten().collect(),
        footer: vec![pen.say("footer", &[("gateway", &book.name), ("label", &label)])],
    }
}

fn summary(pen: &Pen<'_>, report: &Report) -> Vec<Part> {
    let broken: SignedDuration = report.windows.iter().map(|window| window.length(report.at)).sum();
    let owner = report.owner.as_ref().map_or_else(|| "–".to_owned(), |owner| pen.name(owner));
    let mut rows = vec![
        (pen.word("severity"), report.severity.to_string()),
        (pen.word("status"), pen.word(&format!("status-{}", report.status.word()))),
        (pen.word("service"), one_line(&report.public_name)),
        (pen.word("owner"), owner),
        (pen.word("times-broken"), report.windows.len().to_string()),
        (pen.word("broken-for"), pen.reader.length(broken)),
    ];
    if let Some(at) = report.resolved {
        rows.push((pen.word("resolved"), pen.reader.time(at)));
    }
    vec![Part::Facts { rows }]
}

fn missing(pen: &Pen<'_>, report: &Report) -> Vec<Part> {
    if report.missing.is_empty() {
        return Vec::new();
    }
    let item = |field: &Field| Item {
        mark: format!("{}:", field.word()),
        tone: Tone::Warn,
        title: pen.word(&format!("ask-{}", field.word())),
        lines: Vec::new(),
    };
    vec![
        Part::Text { text: pen.word("missing") },
        Part::Items { items: report.missing.iter().map(item).collect() },
    ]
}

fn windows(pen: &Pen<'_>, report: &Report) -> Vec<Part> {
    let item = |window: &Window| {
        let mut lines = vec![
            pen.say("window-began", &[("at", &pen.reader.time(window.began))]),
            pen.say(
                "window-detected",
                &[
                    ("at", &pen.reader.time(window.detected)),
                    ("after", &pen.length(Some(window.to_detect()))),
                ],
            ),
        ];
        lines.push(match &window.acknowledged {
            Some((at, by)) => pen.say(
                "window-acknowledged",
                &[
                    ("at", &pen.reader.time(*at)),
                    ("who", &pen.name(by)),
                    ("after", &pen.length(window.to_acknowledge())),
                ],
            ),
            None => pen.word("window-unacknowledged"),
        });
        for (party, at) in &window.told {
            let party = pen.party(party);
            lines.push(match at {
                Some(at) => pen.say("window-told", &[("party", &party), ("at", &pen.reader.time(*at))]),
                None => pen.say("window-untold", &[("party", &party)]),
            });
        }
        lines.push(match window.recovered {
            Some(at) => pen.say(
                "window-recovered",
                &[("at", &pen.reader.time(at)), ("after", &pen.length(window.to_mitigate()))],
            ),
            None => pen.word("window-broken"),
        });
        Item { title: pen.say("window", &[("number", &window.number.to_string())]), lines, ..Item::default() }
    };
    vec![Part::Items { items: report.windows.iter().map(item).collect() }]
}

fn impact(pen: &Pen<'_>, report: &Report) -> Vec<Part> {
    let mut parts = prose(pen, &report.account.impact, None);
    let rows: Vec<(String, String)> =
        [(Detail::DataLoss, "data-loss"), (Detail::Leak, "leak"), (Detail::Attack, "attack")]
            .into_iter()
            .map(|(detail, name)| {
                let unknown = || pen.word("being-checked");
                (pen.word(name), report.account.detail(detail).map_or_else(unknown, one_line))
            })
            .collect();
    parts.push(Part::Facts { rows });
    parts
}

/// How soon each party was told, and for how long it believed what wasn't so.
fn told(pen: &Pen<'_>, report: &Report) -> Vec<Part> {
    let length = |seconds: &Option<i64>| pen.length(seconds.map(SignedDuration::from_secs));
    let row = |told: &Told| {
        let to_tell: Vec<String> = told.to_tell.iter().map(length).collect();
        let deceived = SignedDuration::from_secs(told.deceived);
        let deceived = if deceived.is_zero() { "–".to_owned() } else { pen.reader.length(deceived) };
        vec![pen.party(&told.party), to_tell.join(" / "), deceived]
    };
    let head = ["told-party", "told-after", "told-deceived"].iter().map(|name| pen.word(name)).collect();
    let mut parts = vec![Part::Table { head, rows: report.parties.iter().map(row).collect(), whole: false }];
    let kept = report.promises.iter().filter(|promise| promise.outcome == Outcome::Kept).count();
    let missed: Vec<Item> = report
        .promises
        .iter()
        .filter_map(|promise| match promise.outcome {
            Outcome::Missed { told } => Some((promise, told)),
            Outcome::Kept | Outcome::Open => None,
        })
        .map(|(promise, told)| {
            let told = told.map_or_else(|| "–".to_owned(), |at| pen.reader.time(at));
            let by = pen.reader.time(promise.by);
            Item {
                mark: pen.word("promise-missed"),
                tone: Tone::Bad,
                title: pen.party(&promise.client),
                lines: vec![pen.say("promise-line", &[("by", &by), ("told", &told)])],
            }
        })
        .collect();
    if !report.promises.is_empty() {
        let (kept, all) = (kept.to_string(), report.promises.len().to_string());
        parts.push(Part::Text { text: pen.say("promises", &[("kept", &kept), ("all", &all)]) });
    }
    if !missed.is_empty() {
        parts.push(Part::Items { items: missed });
    }
    parts
}

fn cause(pen: &Pen<'_>, report: &Report) -> Vec<Part> {
    let mut parts = prose(pen, &report.account.cause, None);
    let rows: Vec<(String, String)> = [(Detail::RootCause, "root-cause"), (Detail::Late, "late")]
        .into_iter()
        .filter_map(|(detail, name)| Some((pen.word(name), one_line(report.account.detail(detail)?))))
        .collect();
    if !rows.is_empty() {
        parts.push(Part::Facts { rows });
    }
    parts
}

fn prose(pen: &Pen<'_>, text: &str, stopgap: Option<&str>) -> Vec<Part> {
    let stopgap = stopgap.map(|text| Part::Facts { rows: vec![(pen.word("stopgap"), one_line(text))] });
    let prose = (!text.is_empty()).then(|| Part::Text { text: shown(text) });
    stopgap.into_iter().chain(prose).collect()
}

/// Lines stay lines, and nothing else that a stranger could steer with stays.
pub(super) fn shown(text: &str) -> String {
    text.lines().map(one_line).collect::<Vec<_>>().join("\n")
}

fn actions(pen: &Pen<'_>, actions: &[Action]) -> Vec<Part> {
    let item = |action: &Action| {
        let owner =
            action.owner.as_deref().map_or_else(|| pen.word("nobody"), |owner| owner_name(pen, owner));
        let due = action.due.map_or_else(|| pen.word("no-date"), |due| pen.reader.date(due));
        Item {
            mark: format!("A{}", action.number),
            tone: Tone::Plain,
            title: one_line(&action.text),
            lines: vec![match &action.done {
                Some((by, at)) => {
                    pen.say("action-done", &[("who", &pen.name(by)), ("at", &pen.reader.time(*at))])
                }
                None => pen.say("action", &[("owner", &owner), ("due", &due)]),
            }],
        }
    };
    if actions.is_empty() {
        Vec::new()
    } else {
        vec![Part::Items { items: actions.iter().map(item).collect() }]
    }
}

fn owner_name(pen: &Pen<'_>, owner: &str) -> String {
    pen.name(&PersonId::new(one_line(owner)))
}

fn well(pen: &Pen<'_>, report: &Report) -> Vec<Part> {
    let item = |well: &Well| {
        let name = match well {
            Well::TakenSoon => "well-taken-soon",
            Well::ClientsTold => "well-clients-told",
            Well::PromisesKept => "well-promises-kept",
            Well::NobodyDeceived => "well-nobody-deceived",
        };
        Item { title: pen.word(name), ..Item::default() }
    };
    let items: Vec<Item> = report.well.iter().map(item).collect();
    if items.is_empty() { Vec::new() } else { vec![Part::Items { items }] }
}

fn course(pen: &Pen<'_>, report: &Report) -> Vec<Part> {
    let mut taken = 0;
    let row = |step: &Step| {
        let row = vec![pen.reader.time(step.at), turn(pen, &step.turn)];
        taken += A_STEP + row.iter().map(String::len).sum::<usize>();
        (taken <= STEPS).then_some(row)
    };
    let rows: Vec<Vec<String>> = report.course.iter().map_while(row).collect();
    let left_out = report.course.len() - rows.len();
    let head = ["course-when", "course-what"].iter().map(|name| pen.word(name)).collect();
    let mut parts = vec![Part::Table { head, rows, whole: true }];
    if left_out > 0 {
        let label = notice::label(pen.book, report.incident);
        let text = pen.say("course-more", &[("count", &left_out.to_string()), ("label", &label)]);
        parts.push(Part::Text { text });
    }
    parts
}

fn turn(pen: &Pen<'_>, turn: &Turn) -> String {
    let by = |name: &str, person: &PersonId| pen.say(name, &[("who", &pen.name(person))]);
    match turn {
        Turn::Opened => pen.word("turn-opened"),
        Turn::Recurred { occurrence } => pen.say("turn-recurred", &[("occurrence", &occurrence.to_string())]),
        Turn::Withdrawn => pen.word("turn-withdrawn"),
        Turn::Paged { people } => {
            let people: Vec<String> = people.iter().map(|person| pen.name(person)).collect();
            pen.say("turn-paged", &[("who", &people.join(", "))])
        }
        Turn::Acknowledged { by: person } => by("turn-acknowledged", person),
        Turn::Expired { by: person } => by("turn-expired", person),
        Turn::Raised { to } => pen.say("turn-raised", &[("severity", &to.to_string())]),
        Turn::Noted { by, text } => {
            let who = match by {
                Actor::Person(person) => pen.name(person),
                Actor::Stranger(address) => one_line(address.as_str()),
                Actor::Alerts => String::new(),
            };
            format!("{who}: {}", one_line(text))
        }
        Turn::Announced { client, news } => {
            let client = pen.party(client);
            let news = pen.word(news_name(*news));
            pen.say("turn-announced", &[("client", &client), ("news", &news)])
        }
        Turn::Recovered { by: None } => pen.word("turn-recovered"),
        Turn::Recovered { by: Some(person) } => by("turn-recovered-by", person),
        Turn::Resolved { by: person } => by("turn-resolved", person),
        Turn::Closed => pen.word("turn-closed"),
    }
}
