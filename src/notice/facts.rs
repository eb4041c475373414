//! Owns the facts under the text of an inner mail: severity, status, times, alerts, and what clients believe.

use jiff::SignedDuration;

use super::inner::{label, name, party_name, phrase};
use super::when::Reader;
use crate::audience::Belief;
use crate::book::Book;
use crate::command::Field;
use crate::directory::{PartyId, PersonId};
use crate::incident::words::one_line;
use crate::incident::{Incident, Status, owing};
use crate::quiet::{Quiet, Silencer};
use crate::told;

/// So many alerts are listed.
const LISTED: usize = 10;

/// The lines under the text: severity, status, times, alerts, what clients believe.
pub fn facts(book: &Book, incident: &Incident, told: &[PersonId], reader: &Reader) -> Vec<(String, String)> {
    let heading = |name: &str| phrase(reader, &format!("facts.{name}"), &[]);
    let mut facts = vec![
        (heading("severity"), incident.severity.to_string()),
        (heading("status"), status(book, incident, reader)),
        (heading("since"), reader.past(incident.began())),
    ];
    if let Some(recovery) = incident.recovery() {
        facts.push((heading("recovered"), reader.past(recovery.at)));
    }
    if let Some(silence) = incident.hidden().or(incident.hushed.as_ref()).filter(|_| incident.is_broken()) {
        let until = ("until", reader.time(silence.until));
        let text = phrase(reader, "phrases.no-pages", &[until, ("why", quiet(book, silence, reader))]);
        facts.push((heading("quiet"), text));
    }
    if let Some(impact) = incident.arranged.fields.get(&Field::Impact) {
        facts.push((heading("impact"), one_line(impact)));
    }
    for (index, (key, state)) in incident.keys.iter().take(LISTED).enumerate() {
        let state = phrase(reader, if state.firing { "phrases.firing" } else { "phrases.quiet" }, &[]);
        let heading = if index == 0 { heading("alerts") } else { String::new() };
        facts.push((heading, format!("{}: {state}", one_line(key))));
    }
    let others = incident.keys.len().saturating_sub(LISTED);
    if others > 0 {
        let firing = incident.keys.values().skip(LISTED).filter(|key| key.firing).count();
        let values = [("count", others.to_string()), ("firing", firing.to_string())];
        facts.push((String::new(), phrase(reader, "phrases.more-alerts", &values)));
    }
    for (index, client) in incident.clients.iter().enumerate() {
        let heading = if index == 0 { heading("clients") } else { String::new() };
        facts.push((heading, belief(book, incident, client, reader)));
    }
    let others: Vec<String> = incident.origin.others.iter().map(|other| one_line(other.as_str())).collect();
    if !others.is_empty() {
        facts.push((heading("addressed"), others.join(", ")));
    }
    if told.len() > 1 {
        let names = told.iter().map(|person| name(book, person)).collect::<Vec<_>>().join(", ");
        facts.push((heading("told"), names));
    }
    facts
}

/// Where it stands, in a phrase.
pub fn status(book: &Book, incident: &Incident, reader: &Reader) -> String {
    let provisional = incident.provisional_until().filter(|until| reader.now < *until);
    let by_alerts = incident.recovery().is_some_and(|recovery| recovery.by.is_none());
    if let Some(number) = incident.merged_into {
        return phrase(reader, "phrases.merged", &[("label", label(book, number))]);
    }
    match (incident.status(), &incident.acknowledged, provisional) {
        (Status::Acknowledged, Some(acknowledged), _) => {
            let values = [("who", name(book, &acknowledged.by)), ("until", reader.time(acknowledged.until))];
            phrase(reader, "phrases.acknowledged", &values)
        }
        (Status::Open | Status::Acknowledged, _, _) => phrase(reader, "phrases.nobody", &[]),
        (Status::Mitigated, _, Some(until)) if by_alerts => {
            phrase(reader, "phrases.provisional", &[("until", reader.time(until))])
        }
        (Status::Mitigated, _, _) => phrase(reader, "phrases.mitigated", &[]),
        (Status::Resolved, _, _) => phrase(reader, "phrases.resolved", &[]),
        (Status::Closed, _, _) => phrase(reader, "phrases.closed", &[]),
    }
}

/// What a client believes, whether it is true, since when it isn't, and when it is put right.
pub fn belief(book: &Book, incident: &Incident, client: &PartyId, reader: &Reader) -> String {
    let (state, believed) = (incident.state_for(client), incident.believed_by(&book.directory, client));
    let debt = told::debt(state, believed).filter(|debt| debt.since <= reader.now);
    let at_word = incident.account(client).at_word.is_some() && incident.is_broken();
    let name = match (believed.map(|(belief, _)| belief), &debt) {
        (_, Some(_)) if at_word => "phrases.told-at-word",
        (None, None) => "phrases.believes-nothing",
        (None, Some(_)) => "phrases.owed-anything",
        (Some(Belief::Down), None) => "phrases.believes-down",
        (Some(Belief::Down), Some(_)) => "phrases.owed-recovery",
        (Some(Belief::Working | Belief::Resolved), None) => "phrases.believes-working",
        (Some(Belief::Working | Belief::Resolved), Some(_)) => "phrases.owed-withdrawal",
    };
    // What it believes was false before firebell knew, where firebell was away.
    let since = debt.map(|debt| incident.false_since(debt.since, believed.map(|(_, at)| at)));
    let values = [
        ("client", party_name(book, client)),
        ("at", believed.map(|(_, at)| reader.time(at)).unwrap_or_default()),
        ("since", since.map(|since| reader.time(since)).unwrap_or_default()),
        ("lasting", since.map(|since| lasting(reader.now.duration_since(since), reader)).unwrap_or_default()),
    ];
    let said = phrase(reader, name, &values);
    format!("{said}{}", paid(book, incident, client, debt.is_some(), reader))
}

/// For how long, from a minute on.
fn lasting(length: SignedDuration, reader: &Reader) -> String {
    if length.as_mins() == 0 {
        return String::new();
    }
    phrase(reader, "phrases.lasting", &[("length", reader.length(length))])
}

/// When what a client is owed is paid, or why it isn't.
fn paid(book: &Book, incident: &Incident, client: &PartyId, owed: bool, reader: &Reader) -> String {
    if let Some(no_need) = incident.no_need(client) {
        let values = [("who", name(book, &no_need.by)), ("reason", one_line(&no_need.reason))];
        return phrase(reader, "phrases.paid-no-need", &values);
    }
    if incident.account(client).at_word.is_some() && incident.is_broken() {
        return phrase(reader, "phrases.paid-at-word", &[]);
    }
    let paid = owed.then(|| owing::debt(incident, &book.directory, client)).flatten();
    match paid {
        Some(_) if incident.announced_is_true(client) => phrase(reader, "phrases.paid-on-its-way", &[]),
        Some((_, Some(at))) if at > reader.now => {
            phrase(reader, "phrases.paid-by-itself", &[("at", reader.time(at))])
        }
        Some((_, None)) => phrase(reader, "phrases.paid-by-people", &[]),
        _ => String::new(),
    }
}

/// Why nobody is or was paged, in a phrase.
pub fn quiet(book: &Book, quiet: &Quiet, reader: &Reader) -> String {
    let who = match &quiet.by {
        Silencer::Person(person) => name(book, person),
        Silencer::Rule(name) | Silencer::Maintenance(name) => one_line(name),
    };
    let phrase_name = match &quiet.by {
        Silencer::Person(_) => "phrases.quiet-person",
        Silencer::Rule(_) => "phrases.quiet-rule",
        Silencer::Maintenance(_) => "phrases.quiet-maintenance",
    };
    let by = phrase(reader, phrase_name, &[("name", who)]);
    if quiet.why.is_empty() { by } else { format!("{by}: {}", one_line(&quiet.why)) }
}
