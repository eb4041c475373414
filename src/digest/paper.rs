//! Owns the wording of digests: what was read becomes a document in its reader's language and zone. The two sides have
//! phrases of their own, and a client's paper is made of a [`ClientDigest`] alone.

mod actions;
mod numbers;
mod silent;

use jiff::SignedDuration;

use super::{
    Change, Changed, ClientDigest, ClientLine, ClientState, Digest, Figure, HousePart, Letter, Promises,
    Standing, Untold,
};
use crate::audience::Belief;
use crate::book::Book;
use crate::directory::{Language, PartyId, PersonId};
use crate::document::{self, Document, Item, Part, Section, Tone};
use crate::house::digests::Often;
use crate::incident::Status;
use crate::incident::words::one_line;
use crate::notice::{self, Reader};
use crate::picture;
use crate::templates::{Phrases, Product, Side};
use crate::timetable::DigestOrder;
use crate::told::NewsKind;

/// Most incidents of one list.
const MOST_LISTED: usize = 40;

/// The phrases of a side.
pub(super) fn phrases(reader: &Reader, side: Side) -> Phrases<'_> {
    reader.phrases(Product::Digest, side)
}

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

    fn name(&self, person: &PersonId) -> String {
        let known = self.book.directory.people.get(person);
        known.map_or_else(|| person.to_string(), |person| person.name.clone())
    }

    fn party(&self, party: &PartyId) -> String {
        let known = self.book.directory.parties.get(party);
        known.map_or_else(|| party.to_string(), |party| party.name.clone())
    }

    fn label(&self, incident: u64, title: &str) -> String {
        format!("{} {}", notice::label(self.book, incident), one_line(title))
    }

    fn section(&self, name: &str, parts: Vec<Part>) -> Option<Section> {
        (!parts.is_empty()).then(|| Section { heading: self.say(&format!("{name}-heading"), &[]), parts })
    }

    fn items(&self, mut items: Vec<Item>) -> Vec<Part> {
        let more = items.len().saturating_sub(MOST_LISTED);
        items.truncate(MOST_LISTED);
        let more = (more > 0).then(|| Part::Text { text: self.say("more", &[("count", &more.to_string())]) });
        let items = (!items.is_empty()).then_some(Part::Items { items });
        items.into_iter().chain(more).collect()
    }
}

/// What somebody reads who said how often they want a digest.
pub fn chosen(book: &Book, order: &DigestOrder, person: &PersonId, often: Often) -> String {
    let language = book.directory.people.get(person).map_or(book.language, |person| person.language);
    let name = match often {
        Often::Never => "chosen-never",
        Often::Weekly => "chosen-weekly",
        Often::Always => "chosen-always",
    };
    book.templates.phrases(Product::Digest, Side::Inner, language).say(name, &[("digest", &order.id)])
}

/// What somebody reads whose words were put down, and nothing more.
pub fn noted(reader: &Reader) -> String {
    phrases(reader, Side::Inner).word("noted")
}

/// A digest for somebody of the house.
pub fn paper(book: &Book, digest: &Digest, reader: &Reader) -> Document {
    let pen = Pen { book, reader, phrases: phrases(reader, Side::Inner) };
    let summary = summary(&pen, digest);
    let open: Vec<Item> = digest.open.iter().chain(&digest.mended).map(|it| standing(&pen, it)).collect();
    let sections = [
        pen.section("untold", pen.items(digest.untold.iter().map(|it| untold(&pen, it)).collect())),
        pen.section("promises", promises(&pen, &digest.promises)),
        pen.section("actions", pen.items(digest.actions.iter().map(|it| actions::item(&pen, it)).collect())),
        pen.section("changed", pen.items(digest.changed.iter().map(|it| changed(&pen, it)).collect())),
        digest.house.as_ref().and_then(|part| pen.section("house", house(&pen, part))),
        digest.trends.as_ref().and_then(|trends| pen.section("trends", numbers::parts(&pen, trends))),
    ];
    let now = if open.is_empty() {
        vec![Part::Text { text: pen.say("nothing-open", &[]) }]
    } else {
        pen.items(open)
    };
    let first = pen.section("open", now);
    Document {
        language: document::tag(reader.language),
        title: pen.say("title", &[("gateway", &book.name), ("digest", &digest.digest)]),
        preheader: summary.clone(),
        lead: vec![
            pen.say(
                "lead",
                &[("at", &reader.time(digest.period.to)), ("from", &reader.time(digest.period.from))],
            ),
            summary,
        ],
        sections: first.into_iter().chain(sections.into_iter().flatten()).collect(),
        footer: vec![pen.say("footer", &[("gateway", &book.name), ("digest", &digest.digest)])],
    }
}

/// Content-ID of the picture.
pub(super) const PICTURE: &str = "period";

/// The section with the picture of the period.
pub(super) fn picture_section(reader: &Reader, figure: &Figure) -> Section {
    let phrases = phrases(reader, Side::Inner);
    let (width, height) = (picture::WIDTH, picture::height(&figure.chart));
    let picture = Part::Picture { id: PICTURE.to_owned(), alt: figure.alt.clone(), width, height };
    let key = Part::Text { text: phrases.word("picture-key") };
    Section { heading: phrases.word("picture-heading"), parts: vec![picture, key] }
}

/// The news in one line.
fn summary(pen: &Pen<'_>, digest: &Digest) -> String {
    let counts = [
        ("open-count", digest.open.len()),
        ("untold-count", digest.untold.len()),
        ("missed-count", digest.promises.missed.len()),
        ("actions-count", digest.actions.len()),
        ("changed-count", digest.changed.len()),
    ];
    let said: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| pen.say(name, &[("count", &count.to_string())]))
        .collect();
    if said.is_empty() {
        return pen.say("quiet", &[]);
    }
    // Phrases lose blanks at their ends.
    let blank = if pen.reader.language == Language::En { " " } else { "" };
    said.join(&format!("{}{blank}", pen.say("comma", &[]))) + &pen.say("stop", &[])
}

fn standing(pen: &Pen<'_>, it: &Standing) -> Item {
    let (name, tone) = match it.status {
        Status::Open => ("open", Tone::Bad),
        Status::Acknowledged => ("acknowledged", Tone::Warn),
        Status::Mitigated | Status::Resolved | Status::Closed => ("mitigated", Tone::Good),
    };
    let who = it.owner.as_ref().map(|owner| pen.name(owner)).unwrap_or_default();
    let since = pen.reader.past(it.since);
    let again = if it.occurrence > 1 {
        vec![pen.say("again", &[("occurrence", &it.occurrence.to_string())])]
    } else {
        Vec::new()
    };
    let name = if it.owner.is_none() && name == "mitigated" { "mitigated-nobody" } else { name };
    let line = pen.say(&format!("standing-{name}"), &[("since", &since), ("who", &who)]);
    Item {
        mark: pen.say(&format!("mark-{}", name.trim_end_matches("-nobody")), &[]),
        tone,
        title: format!("{} ({})", pen.label(it.incident, &it.title), it.severity),
        lines: std::iter::once(line).chain(again).collect(),
    }
}

fn untold(pen: &Pen<'_>, it: &Untold) -> Item {
    let (client, since) = (pen.party(&it.client), pen.reader.past(it.since));
    let told = it.believes.map(|(_, at)| pen.reader.time(at)).unwrap_or_default();
    let name = match (&it.believes, it.broken) {
        (None, _) => "untold-never",
        (Some((Belief::Down, _)), _) => "untold-down",
        (Some(_), _) => "untold-working",
    };
    Item {
        mark: pen.say(if it.broken { "mark-false" } else { "mark-stale" }, &[]),
        tone: if it.broken { Tone::Bad } else { Tone::Warn },
        title: format!("{client}: {}", pen.label(it.incident, &it.title)),
        lines: vec![pen.say(name, &[("client", &client), ("since", &since), ("told", &told)])],
    }
}

fn promises(pen: &Pen<'_>, promises: &Promises) -> Vec<Part> {
    if *promises == Promises::default() {
        return Vec::new();
    }
    let item = |(incident, promise): &(u64, crate::chronicle::Promise), mark: &str, tone| {
        let told = match promise.outcome {
            crate::chronicle::Outcome::Missed { told: Some(at) } => pen.reader.time(at),
            _ => String::new(),
        };
        let name = match (mark, told.is_empty()) {
            ("next", _) => "promise-next",
            (_, true) => "promise-missed",
            (_, false) => "promise-late",
        };
        let (client, by) = (pen.party(&promise.client), pen.reader.time(promise.by));
        Item {
            mark: pen.say(&format!("mark-{mark}"), &[]),
            tone,
            title: format!("{client}, {}", notice::label(pen.book, *incident)),
            lines: vec![pen.say(name, &[("by", &by), ("told", &told)])],
        }
    };
    let missed = promises.missed.iter().map(|it| item(it, "missed", Tone::Bad));
    let next = promises.next.iter().map(|it| item(it, "next", Tone::Plain));
    let (kept, missed_count) = (promises.kept.to_string(), promises.missed.len().to_string());
    let all = pen.say("promises", &[("kept", &kept), ("missed", &missed_count)]);
    let mut parts = vec![Part::Text { text: all }];
    parts.extend(pen.items(missed.chain(next).collect()));
    parts
}

fn changed(pen: &Pen<'_>, it: &Changed) -> Item {
    let turn = |(at, change): &(jiff::Timestamp, Change)| {
        format!("{} {}", pen.reader.time(*at), self::change(pen, change))
    };
    let more = (it.more > 0).then(|| pen.say("more-turns", &[("count", &it.more.to_string())]));
    Item {
        title: format!("{} ({})", pen.label(it.incident, &it.title), it.severity),
        lines: more.into_iter().chain(it.turns.iter().map(turn)).collect(),
        ..Item::default()
    }
}

fn change(pen: &Pen<'_>, change: &Change) -> String {
    let by = |name: &str, person: &PersonId| pen.say(name, &[("who", &pen.name(person))]);
    match change {
        Change::Opened => pen.say("change-opened", &[]),
        Change::Recurred { occurrence } => {
            pen.say("change-recurred", &[("occurrence", &occurrence.to_string())])
        }
        Change::Withdrawn => pen.say("change-withdrawn", &[]),
        Change::Acknowledged { by: person } => by("change-acknowledged", person),
        Change::Expired { by: person } => by("change-expired", person),
        Change::Raised { to } => pen.say("change-raised", &[("severity", &to.to_string())]),
        Change::Recovered { by: None } => pen.say("change-recovered", &[]),
        Change::Recovered { by: Some(person) } => by("change-recovered-by", person),
        Change::Resolved { by: person } => by("change-resolved", person),
        Change::Closed => pen.say("change-closed", &[]),
        Change::Reported { version } => pen.say("change-reported", &[("version", &version.to_string())]),
        Change::Merged { into } => pen.say("change-merged", &[("label", &notice::label(pen.book, *into))]),
    }
}

fn house(pen: &Pen<'_>, part: &HousePart) -> Vec<Part> {
    if part.is_empty() {
        return vec![Part::Text { text: pen.say("house-well", &[]) }];
    }
    let mut items = Vec::new();
    let mails = |name: &str, (listed, count): &(Vec<Letter>, usize)| {
        let line = |letter: &Letter| {
            let (from, subject) = (one_line(&letter.from), one_line(&letter.subject));
            let folder = (!letter.folder.is_empty()).then(|| format!(" [{}]", one_line(&letter.folder)));
            format!("{} {from}: {subject}{}", pen.reader.time(letter.at), folder.unwrap_or_default())
        };
        let more = count - listed.len();
        let more = (more > 0).then(|| pen.say("more", &[("count", &more.to_string())]));
        (*count > 0).then(|| Item {
            title: pen.say(name, &[("count", &count.to_string())]),
            lines: listed.iter().map(line).chain(more).collect(),
            ..Item::default()
        })
    };
    items.extend(mails("house-waiting", &part.waiting));
    items.extend(mails("house-unmatched", &part.unmatched));
    let of = |name: &str, lines: Vec<String>| {
        let count = lines.len().to_string();
        (!lines.is_empty()).then(|| Item {
            title: pen.say(name, &[("count", &count)]),
            lines,
            ..Item::default()
        })
    };
    let quarantined = part.quarantined.iter().map(|(mail, why)| format!("{mail}: {}", one_line(why)));
    items.extend(of("house-quarantined", quarantined.collect()));
    if part.stale > 0 {
        let title = pen.say("house-stale", &[("count", &part.stale.to_string())]);
        items.push(Item { title, ..Item::default() });
    }
    let unreachable = part
        .unreachable
        .iter()
        .map(|it| format!("{} {}: {}", pen.reader.time(it.at), pen.name(&it.person), one_line(&it.reason)));
    items.extend(of("house-unreachable", unreachable.collect()));
    let lost =
        part.lost.iter().map(|(name, since)| format!("{}: {}", one_line(name), pen.reader.past(*since)));
    items.extend(of("house-lost", lost.collect()));
    items.extend(of("house-silent", part.silent.iter().map(|it| silent::line(pen, it)).collect()));
    pen.items(items)
}

/// A digest for somebody of a client.
pub fn client_paper(book: &Book, digest: &ClientDigest, reader: &Reader) -> Document {
    let pen = Pen { book, reader, phrases: phrases(reader, Side::Client) };
    let down = digest.lines.iter().filter(|line| line.state <= ClientState::Checking).count();
    let summary = match down {
        // It may be the first: of what was never written nothing is said.
        0 if digest.lines.is_empty() => pen.say("none-open", &[]),
        0 => pen.say("all-well", &[]),
        count => pen.say("down-count", &[("count", &count.to_string())]),
    };
    let items: Vec<Item> = digest.lines.iter().map(|line| client_line(&pen, line)).collect();
    let now =
        if items.is_empty() { vec![Part::Text { text: pen.say("nothing", &[]) }] } else { pen.items(items) };
    Document {
        language: document::tag(reader.language),
        title: pen.say("title", &[("gateway", &book.name)]),
        preheader: summary.clone(),
        lead: vec![
            pen.say(
                "lead",
                &[("at", &reader.time(digest.period.to)), ("from", &reader.time(digest.period.from))],
            ),
            summary,
        ],
        sections: pen.section("state", now).into_iter().collect(),
        footer: vec![pen.say("footer", &[("gateway", &book.name)])],
    }
}

fn client_line(pen: &Pen<'_>, line: &ClientLine) -> Item {
    let (name, tone) = match line.state {
        ClientState::Down => ("down", Tone::Bad),
        ClientState::Checking => ("checking", Tone::Warn),
        ClientState::Working => ("working", Tone::Good),
        ClientState::Resolved => ("resolved", Tone::Good),
    };
    let told = |(at, news): &(jiff::Timestamp, NewsKind)| {
        let name = match news {
            NewsKind::Down => "told-down",
            NewsKind::StillDown => "told-still-down",
            NewsKind::DownAgain => "told-down-again",
            NewsKind::Watching => "told-watching",
            NewsKind::Working => "told-working",
            NewsKind::Resolved => "told-resolved",
            NewsKind::Words(_) => "told-words",
        };
        format!("{} {}", pen.reader.time(*at), pen.say(name, &[]))
    };
    let next = line.next.map(|next| pen.say("next", &[("next", &pen.reader.time(next))]));
    let state = pen.say(&format!("state-{name}"), &[("since", &pen.reader.time(line.since))]);
    Item {
        mark: pen.say(&format!("mark-{name}"), &[]),
        tone,
        title: format!("{} ({})", one_line(&line.public_name), notice::label(pen.book, line.incident)),
        lines: std::iter::once(state).chain(next).chain(line.told.iter().map(told)).collect(),
    }
}

/// A length in seconds; a dash for none.
fn length(pen: &Pen<'_>, seconds: Option<i64>) -> String {
    seconds.map_or_else(|| "–".to_owned(), |seconds| pen.reader.length(SignedDuration::from_secs(seconds)))
}
