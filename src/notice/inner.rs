//! Owns what the house's own people read: what their templates can name, and the facts under each text.

mod beside;

use jiff::Timestamp;
use serde::Serialize;

use beside::{AboutClient, NeighbourView, PreviousView, about_client, neighbour, previous};

use super::facts;
use super::held::{self, HeldView};
use super::when::Reader;
use super::wording::{self, Side, Text};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{PartyId, PersonId};
use crate::escalation::Position;
use crate::incident::words::{self, one_line};
use crate::incident::{Actor, Event, Fact, Incident, Silence, Turn};
use crate::quiet::Quiet;

/// So many keys are named in one sentence.
const NAMED_KEYS: usize = 10;
/// How much of somebody's words a mail repeats, in characters.
const LONGEST_TEXT: usize = 20_000;

/// What one event adds to what the incident says by itself. Taken from the event, not yet put into words.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// When the event happened.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Option<Actor>,
    /// The client concerned.
    pub client: Option<PartyId>,
    /// The person concerned.
    pub person: Option<PersonId>,
    /// Who is paged.
    pub paged: Vec<PersonId>,
    /// The step of the policy.
    pub position: Option<Position>,
    /// The alert's key.
    pub key: Option<String>,
    /// A silence, in seconds.
    pub silence: Option<i64>,
    /// Until when something holds, or when something comes next.
    pub until: Option<Timestamp>,
    /// For how long nobody is paged, and on whose word.
    pub quiet: Option<Quiet>,
    /// Keys that still fire, or that fire now besides.
    pub still_firing: Vec<String>,
    /// How many more there are.
    pub more: u32,
    /// Parties that believe what isn't true any more.
    pub believers: Vec<PartyId>,
    /// Somebody's words, or a reason.
    pub text: String,
    /// The number of a draft for a client.
    pub draft: Option<u32>,
    /// What somebody wrote for a client.
    pub written: Option<String>,
    /// Lines of a transcript: what was said, and what became of it.
    pub lines: Vec<(String, super::Reply)>,
    /// What a client is told.
    pub news: Option<crate::told::NewsKind>,
    /// Another incident, and its title.
    pub other: Option<(u64, String)>,
    /// Somebody said so; otherwise their mail shows it.
    pub said: bool,
    /// What became broken again by this.
    pub turn: Option<Turn>,
}

impl Details {
    /// What an event tells.
    pub fn of(event: &Event) -> Self {
        let mut details = Self { at: event.at, ..Self::default() };
        match event.fact.clone() {
            Fact::Escalated { told, position: at, .. } => {
                (details.paged, details.position) = (told, Some(at))
            }
            Fact::Acknowledged { by, until } => {
                (details.actor, details.until) = (Some(Actor::Person(by)), Some(until));
            }
            Fact::AlertJoined { key, .. } => details.key = Some(key),
            Fact::AlertsTold { keys, more } => {
                (details.still_firing, details.more) = (keys, more);
            }
            Fact::CameAgain { key, silence, .. } => {
                (details.key, details.silence) = (Some(key), Some(silence))
            }
            Fact::Recovered { by, still_firing, .. } => {
                (details.actor, details.still_firing) = (Some(by), still_firing);
            }
            Fact::RecoveryWithdrawn { key, believers } => {
                (details.key, details.believers) = (Some(key), believers)
            }
            Fact::Recurred { by, key, believers, .. } => {
                (details.actor, details.key, details.believers) = (Some(by), key, believers);
            }
            Fact::Resolved { by, .. } | Fact::Closed { by } => details.actor = Some(Actor::Person(by)),
            Fact::Noted { by, audience, text, .. } => {
                (details.actor, details.text) = (Some(by), text);
                details.client = super::client::client_of(&audience).cloned();
            }
            Fact::Announced { client, news, next } => {
                (details.client, details.news, details.until) = (Some(client), Some(news), next);
            }
            Fact::MergedInto { number, title, by, said } => {
                (details.actor, details.said) = (Some(Actor::Person(by)), said);
                details.other = Some((number, title));
            }
            Fact::MovedAway { to: other, title, by, .. } | Fact::MergeAsked { other, title, by } => {
                (details.actor, details.other) = (Some(Actor::Person(by)), Some((other, title)));
            }
            Fact::MovedHere { from, title, by, text, .. } => {
                (details.actor, details.other) = (Some(Actor::Person(by)), Some((from, title)));
                details.text = text;
            }
            Fact::Absorbed(absorbed) => {
                (details.actor, details.said) = (Some(Actor::Person(absorbed.by)), absorbed.said);
                details.other = Some((absorbed.number, absorbed.title));
                (details.turn, details.believers) = (Some(absorbed.turn), absorbed.believers);
            }
            Fact::Quiet(silence) => details.of_silence(silence),
            Fact::Undeliverable { audience, person, reason, .. } => {
                (details.person, details.text) = (Some(person), reason);
                details.client = super::client::client_of(&audience).cloned();
            }
            _ => {}
        }
        details
    }
}

impl Details {
    fn of_silence(&mut self, silence: Silence) {
        match silence {
            Silence::Hushed { quiet } => (self.until, self.quiet) = (Some(quiet.until), Some(quiet)),
            Silence::Over { firing, .. } | Silence::Steady { firing, .. } => self.still_firing = firing,
            Silence::Flaps { key } => self.key = Some(key),
            Silence::Unheard { since, keys } => (self.until, self.still_firing) = (Some(since), keys),
            Silence::Covered { .. } | Silence::Uncovered { .. } | Silence::HushOver => {}
        }
    }
}

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
        key: details.key.as_deref().map(one_line),
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
        news: details.news.map(|news| words::news_words(news).to_owned()),
        person: details.person.as_ref().map(name),
        address: details.person.as_ref().and_then(|person| first_address(book, person)),
        lines,
        held: held::view(&incident.waiting, reader),
        other: details.other.as_ref().map(|(number, title)| other(book, *number, title)),
        said: details.said,
        broke: matches!(details.turn, Some(Turn::Withdrawn | Turn::Recurred { .. })),
        gateway: book.name.clone(),
        about_client: about_client(book, incident, details, reader),
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
    wording::text(reader.language, Side::Inner, template, view)
}

/// The last line.
pub fn footer(view: &InnerView, reader: &Reader) -> String {
    wording::phrase(reader.language, Side::Inner, "phrases.footer", view)
}

/// A phrase with its values.
pub fn phrase(reader: &Reader, name: &str, values: &[(&str, String)]) -> String {
    let values: std::collections::BTreeMap<&str, &str> =
        values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    wording::phrase(reader.language, Side::Inner, name, &values)
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
    use super::*;

    #[test]
    fn a_text_is_repeated_whole_or_says_that_it_goes_on() {
        assert_eq!(beginning("復旧した", 4), "復旧した");
        assert_eq!(beginning("復旧しました", 4), "復旧しま …");
    }
}
