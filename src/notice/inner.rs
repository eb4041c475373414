//! Owns what the house's own people read: what their templates can name, and the facts under each text.

mod beside;

use serde::Serialize;

use beside::{AboutClient, DoubtView, NeighbourView, PreviousView, about_client, neighbour, previous};

use super::client;
use super::details::Details;
use super::facts;
use super::held::{self, HeldView};
use super::when::Reader;
use super::wording::{self, Side, Text};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{PartyId, PersonId};
use crate::incident::words::one_line;
use crate::incident::{Actor, Incident, Turn};

/// So many keys are named in one sentence.
const NAMED_KEYS: usize = 10;
/// How much of somebody's words a mail repeats, in characters.
const LONGEST_TEXT: usize = 20_000;

/// All that an inner template can say.
#[derive(Debug, Clone, Serialize)]
pub struct InnerView {
    label: String,
    title: String,
    public_name: String,
    severity: String,
    occurrence: u32,
    since: String,
    lasted: Option<String>,
    step: Option<u32>,
    repetition: Option<u32>,
    recovered_before: Option<String>,
    withdrawn: Option<String>,
    previous: Option<PreviousView>,
    neighbour: Option<NeighbourView>,
    parted_from: Option<String>,
    trusted: bool,
    clients: bool,
    paged: String,
    paged_one: bool,
    actor: Option<String>,
    at: String,
    until: Option<String>,
    key: Option<String>,
    silence: Option<String>,
    acknowledged_by: Option<String>,
    provisional: Option<String>,
    late: Option<LateView>,
    quiet: Option<String>,
    flapping: FlappingView,
    still_firing: Option<String>,
    firing_count: usize,
    believers: String,
    text: String,
    from: Option<String>,
    news: Option<String>,
    person: Option<String>,
    address: Option<String>,
    lines: Vec<LineView>,
    held: HeldView,
    other: Option<OtherView>,
    said: bool,
    broke: bool,
    gateway: String,
    #[serde(flatten)]
    about_client: AboutClient,
    #[serde(flatten)]
    doubt: DoubtView,
}

#[derive(Debug, Clone, Serialize)]
struct OtherView {
    label: String,
    title: String,
}

#[derive(Debug, Clone, Serialize)]
struct FlappingView {
    held_back: bool,
    working: bool,
}

#[derive(Debug, Clone, Serialize)]
struct LateView {
    at: String,
    why: String,
}

/// One line of a transcript.
#[derive(Debug, Clone, Serialize)]
pub struct LineView {
    /// The sender's words.
    pub said: String,
    /// What became of them.
    pub result: String,
}

/// What an inner template sees of an incident and an event.
pub fn view(
    book: &Book,
    incident: &Incident,
    details: &Details,
    lines: Vec<LineView>,
    reader: &Reader,
) -> InnerView {
    let name = |person: &PersonId| name(book, person);
    let names = |people: &[PersonId]| people.iter().map(name).collect::<Vec<_>>().join(", ");
    let began_before = incident.occurrences.iter().rev().nth(1).and_then(|before| before.recovered.as_ref());
    let lasted = reader.now.duration_since(incident.began());
    let by_alerts = incident.recovery().is_some_and(|recovery| recovery.by.is_none());
    InnerView {
        label: label(book, incident.number),
        title: one_line(&incident.title),
        public_name: incident.public_name.clone(),
        severity: incident.severity.to_string(),
        occurrence: incident.occurrence(),
        since: reader.time(incident.began()),
        lasted: (lasted.as_mins() > 0).then(|| reader.length(lasted)),
        step: details.position.map(|at| at.step + 1),
        repetition: details.position.map(|at| at.round).filter(|round| *round > 0),
        recovered_before: began_before.map(|recovery| reader.time(recovery.at)),
        withdrawn: incident.occurrences.last().and_then(|last| last.withdrawn).map(|at| reader.time(at)),
        previous: previous(book, incident),
        neighbour: neighbour(book, incident, reader),
        parted_from: incident.parted_from.map(|number| label(book, number)),
        trusted: incident.trusted,
        clients: !incident.clients.is_empty(),
        paged: names(&details.paged),
        paged_one: details.paged.len() == 1,
        actor: details.actor.as_ref().map(|actor| actor_name(book, actor)),
        at: reader.time(details.at),
        until: details.until.map(|until| reader.time(until)),
        key: details.due.map(|due| reader.date(due)).or_else(|| keys(&details.keys(), 0, reader)),
        silence: details.silence.map(|silence| reader.length(jiff::SignedDuration::from_secs(silence))),
        acknowledged_by: incident.acknowledged.as_ref().map(|acknowledged| name(&acknowledged.by)),
        provisional: incident.provisional_until().filter(|_| by_alerts).map(|until| reader.time(until)),
        late: late(book, incident, reader),
        flapping: flapping(incident, details),
        quiet: details.quiet.as_ref().map(|quiet| facts::quiet(book, quiet, reader)),
        still_firing: keys(&details.still_firing, details.more, reader),
        firing_count: details.still_firing.len() + details.more as usize,
        believers: believers(book, &details.believers, reader),
        text: beginning(&details.text, LONGEST_TEXT),
        from: details.actor.as_ref().map(|actor| actor_name(book, actor)),
        news: details.news.map(|news| phrase(reader, &format!("news.{}", client::template(news)), &[])),
        person: details.person.as_ref().map(name),
        address: details.person.as_ref().and_then(|person| first_address(book, person)),
        lines,
        held: held::view(&incident.waiting, reader),
        other: details.other.as_ref().map(|(number, title)| other(book, *number, title)),
        said: details.said,
        broke: matches!(details.turn, Some(Turn::Withdrawn | Turn::Recurred { .. })),
        gateway: book.name.clone(),
        about_client: about_client(book, incident, details, reader),
        doubt: beside::doubt(book, incident, details, reader),
    }
}

fn flapping(incident: &Incident, details: &Details) -> FlappingView {
    let held_back = details.key.as_deref().is_some_and(|key| incident.flaps_quietly(key));
    FlappingView { held_back, working: !incident.is_broken() }
}

fn other(book: &Book, number: u64, title: &str) -> OtherView {
    OtherView { label: label(book, number), title: one_line(title) }
}

fn late(book: &Book, incident: &Incident, reader: &Reader) -> Option<LateView> {
    let late = incident.late()?;
    Some(LateView { at: reader.time(late.at), why: facts::quiet(book, &late.quiet, reader) })
}

/// The beginning of a text, `most` characters of it: a mail of megabytes is mailed to nobody ten times over. The whole
/// stands on the timeline.
pub(super) fn beginning(text: &str, most: usize) -> String {
    let mut rest = text.chars();
    let mut start: String = rest.by_ref().take(most).collect();
    if rest.next().is_some() {
        start.push_str(" …");
    }
    start
}

/// The text of a mail, its facts and its footer.
pub fn text(template: &str, view: &InnerView, reader: &Reader) -> Text {
    wording::text(reader, Side::Inner, template, view)
}

/// The last line.
pub fn footer(view: &InnerView, reader: &Reader) -> String {
    wording::phrase(reader, Side::Inner, "phrases.footer", view)
}

/// A phrase with its values.
pub fn phrase(reader: &Reader, name: &str, values: &[(&str, String)]) -> String {
    let values: std::collections::BTreeMap<&str, &str> =
        values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    wording::phrase(reader, Side::Inner, name, &values)
}

/// Some keys by name, and how many more there are. None of none.
fn keys(keys: &[String], more: u32, reader: &Reader) -> Option<String> {
    let mut named: Vec<String> = keys.iter().take(NAMED_KEYS).map(|key| one_line(key)).collect();
    let more = keys.len() - named.len() + more as usize;
    if more > 0 {
        named.push(phrase(reader, "phrases.more", &[("count", more.to_string())]));
    }
    (!named.is_empty()).then(|| named.join(", "))
}

fn believers(book: &Book, parties: &[PartyId], reader: &Reader) -> String {
    if parties.is_empty() {
        return String::new();
    }
    let who = parties.iter().map(|party| party_name(book, party)).collect::<Vec<_>>().join(", ");
    phrase(reader, "phrases.believers", &[("who", who)])
}

/// `INC-42`.
pub fn label(book: &Book, incident: u64) -> String {
    format!("{}-{incident}", book.tag)
}

/// A person's name, as the house knows it.
pub fn name(book: &Book, person: &PersonId) -> String {
    book.directory.people.get(person).map_or_else(|| person.to_string(), |person| person.name.clone())
}

pub(super) fn party_name(book: &Book, party: &PartyId) -> String {
    book.directory.parties.get(party).map_or_else(|| party.to_string(), |party| party.name.clone())
}

fn actor_name(book: &Book, actor: &Actor) -> String {
    match actor {
        Actor::Person(person) => name(book, person),
        Actor::Stranger(address) if address.as_str().is_empty() => "?".to_owned(),
        Actor::Stranger(address) => one_line(address.as_str()),
        Actor::Alerts => String::new(),
    }
}

fn first_address(book: &Book, person: &PersonId) -> Option<String> {
    book.directory.people.get(person)?.addresses.first().map(ToString::to_string)
}

/// Audience of all that is written here.
pub const AUDIENCE: Audience = Audience::Inner;

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::directory::{Language, Severity};
    use crate::escalation::Policy;
    use crate::incident::{self, Opening, Origin};
    use crate::templates::{Product, Set, variables};

    fn opening() -> Opening {
        Opening {
            title: "Service A is down".to_owned(),
            public_name: "Service A".to_owned(),
            service: None,
            severity: Severity::Sev1,
            responders: Default::default(),
            followers: Default::default(),
            clients: Default::default(),
            names: BTreeMap::new(),
            policy: Policy::default_for(&[]),
            rule: None,
            counted: None,
            storm: false,
            tags: Default::default(),
            by: Actor::Alerts,
            key: None,
            began: jiff::Timestamp::UNIX_EPOCH,
            trusted: true,
            previous: None,
            neighbour: None,
            parted_from: None,
            report: String::new(),
            origin: Origin::default(),
            past: false,
            quiet: None,
        }
    }

    /// What a site's templates are told they can name is what they are given.
    #[test]
    fn the_values_of_texts_about_events_are_those_that_are_documented() {
        let book = crate::rehearsal::standard_cast().unwrap();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let reader = Reader::anybody(&book, Language::En, now);
        let view = view(&book, &incident::open(1, &opening(), now), &Details::default(), Vec::new(), &reader);
        let given = serde_json::to_value(view).unwrap();
        let given: BTreeSet<&str> = given.as_object().unwrap().keys().map(String::as_str).collect();
        let set = Set { product: Product::Mail, side: Side::Inner, language: Language::En };
        assert_eq!(given, variables::of(set, "page").into_keys().collect());
    }

    #[test]
    fn a_text_is_repeated_whole_or_says_that_it_goes_on() {
        assert_eq!(beginning("復旧した", 4), "復旧した");
        assert_eq!(beginning("復旧しました", 4), "復旧しま …");
    }
}
