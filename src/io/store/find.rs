//! Owns answering the core's questions.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Params, params};

use super::{Connection, Result, counts, millis, outbox, sources, states, storms, time, views};
use crate::directory::{PersonId, ServiceId};
use crate::gateway::{Branch, Known, Question, Seen, SentWith, answers};
use crate::house::{HOUSE, House};
use crate::incident::{Event, Incident, NoticeKind};
use crate::thread;

/// How far back the same key makes one trouble's history, and a subject one conversation.
const HISTORY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Most incidents of one subject that are looked at.
const MOST_OF_A_SUBJECT: i64 = 20;

/// Most mails that are moved together.
const MOST_OF_A_BRANCH: usize = 1000;

/// Most incidents that whoever comes on call is told of.
const MOST_BROKEN: i64 = 50;

/// Most incidents of one service that are looked at together.
const MOST_BESIDE: i64 = 50;

/// The incident to which a Message-ID leads.
const LEADS: &str = "SELECT incident FROM message_ref WHERE message_id = ?1";

/// What the store knows about a question.
pub fn answer(connection: &Connection, question: &Question, now: Timestamp) -> Result<Known> {
    let house = house(connection)?;
    let mut known = Known { next_number: next_number(connection, &house)?, house, ..Known::default() };
    let mut numbers: BTreeSet<u64> = question.incidents.clone();
    known.sources = sources::known(connection, &question.sources)?;
    known.opened = storms::opened(connection, &question.openers, now)?;
    numbers.extend(known.opened.values().filter_map(|opened| opened.storm));
    known.counts = counts::so_far(connection, question)?;
    known.answered = answered(connection, question.author.as_ref(), now)?;
    for id in &question.message_ids {
        if let Some(number) = number(connection, LEADS, [id])? {
            numbers.insert(number);
            known.ids.insert(id.clone(), number);
        }
    }
    if !question.subject.is_empty() {
        known.of_subject = of_subject(connection, &question.subject, now)?;
        numbers.extend(&known.of_subject);
    }
    let (named, keys) = references(connection, &question.references)?;
    known.references = named;
    for key in question.keys.iter().chain(&keys) {
        let live = "SELECT incident FROM incident_key WHERE key = ?1 AND live = 1 AND past = ?2";
        if let Some(number) = number(connection, live, params![key, question.past])? {
            numbers.insert(number);
            known.live.insert(key.clone(), number);
        }
        known.past.insert(key.clone(), past(connection, key, now)?);
    }
    known.in_service = in_service(connection, question)?;
    numbers.extend(known.in_service.values());
    if let Some((own, answered)) = &question.branch {
        known.branch = branch(connection, own, answered)?;
        numbers.extend(known.branch.iter().map(|it| it.incident));
    }
    known.sent_with = sent_with(connection, question)?;
    numbers.extend(known.sent_with.iter().map(|other| other.incident).filter(|it| *it != HOUSE));
    known.broken = all_broken(connection, question.broken)?;
    known.incidents = incidents(connection, &numbers)?;
    known.timelines = timelines(connection, question, &known.incidents)?;
    known.beside = beside(connection, &known.incidents, now)?;
    for number in known.in_service.values_mut() {
        *number = thread::survivor(&known.incidents, *number);
    }
    if let Some((message_id, content_hash)) = &question.mail {
        known.seen = seen(connection, message_id, content_hash, question.test)?;
    }
    Ok(known)
}

/// The incident of each service that is broken, else its newest.
fn in_service(connection: &Connection, question: &Question) -> Result<BTreeMap<ServiceId, u64>> {
    let mut of_services = BTreeMap::new();
    for service in &question.services {
        let broken = "SELECT number FROM incident WHERE service = ?1 AND broken = 1 AND past = ?2
            ORDER BY number LIMIT 1";
        let newest = "SELECT number FROM incident WHERE service = ?1 AND past = ?2
            ORDER BY number DESC LIMIT 1";
        let which = params![service.as_str(), question.past];
        let found = match number(connection, broken, which)? {
            None => number(connection, newest, which)?,
            found => found,
        };
        if let Some(number) = found {
            of_services.insert(service.clone(), number);
        }
    }
    Ok(of_services)
}

/// What went with a notice that came back.
fn sent_with(connection: &Connection, question: &Question) -> Result<Vec<SentWith>> {
    question.sent_with.as_ref().map_or(Ok(Vec::new()), |id| outbox::sent_with(connection, id))
}

/// The timelines of incidents, where they are asked for.
fn timelines(
    connection: &Connection,
    question: &Question,
    incidents: &BTreeMap<u64, Incident>,
) -> Result<BTreeMap<u64, Vec<Event>>> {
    let asked = incidents.keys().filter(|_| question.timelines);
    asked.map(|number| Ok((*number, views::events(connection, *number)?))).collect()
}

/// What is broken or may be again in the services in which these incidents have clients, and what such clients wait for.
fn beside(
    connection: &Connection,
    incidents: &BTreeMap<u64, Incident>,
    now: Timestamp,
) -> Result<Vec<Incident>> {
    let with_clients = incidents.values().filter(|incident| !incident.clients.is_empty() && !incident.past);
    let services: BTreeSet<&ServiceId> =
        with_clients.filter_map(|incident| incident.service.as_ref()).collect();
    let select = "SELECT number FROM incident WHERE service = ?1 AND past = 0 AND beside_until > ?2
        ORDER BY beside_until DESC, number LIMIT ?3";
    let mut numbers = BTreeSet::new();
    for service in services {
        let mut statement = connection.prepare_cached(select)?;
        let rows = statement
            .query_map(params![service.as_str(), millis(now), MOST_BESIDE], |row| row.get::<_, i64>(0))?;
        for number in rows {
            numbers.insert(number? as u64);
        }
    }
    let others = numbers.into_iter().filter(|number| !incidents.contains_key(number));
    let found: Result<Vec<Option<Incident>>> = others.map(|number| incident(connection, number)).collect();
    Ok(found?.into_iter().flatten().collect())
}

/// All that is broken, newest first; of many the newest.
fn all_broken(connection: &Connection, wanted: bool) -> Result<Vec<Incident>> {
    if !wanted {
        return Ok(Vec::new());
    }
    let select = "SELECT number FROM incident WHERE broken = 1 AND past = 0 ORDER BY +number DESC LIMIT ?1";
    // The plus sign: by the short list of what is broken, not through all numbers.
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([MOST_BROKEN], |row| row.get::<_, i64>(0))?;
    let mut found = Vec::new();
    for number in rows {
        found.extend(incident(connection, number? as u64)?);
    }
    Ok(found)
}

/// One incident as it is now.
pub fn incident(connection: &Connection, number: u64) -> Result<Option<Incident>> {
    states::read(connection, number)
}

/// The house as it is now.
pub fn house(connection: &Connection) -> Result<House> {
    let select = "SELECT state FROM house WHERE id = 1";
    let state: Option<String> =
        connection.prepare_cached(select)?.query_row([], |row| row.get(0)).optional()?;
    Ok(state.map(|state| serde_json::from_str(&state)).transpose()?.unwrap_or_default())
}

/// These incidents, and those that stand for them.
fn incidents(connection: &Connection, numbers: &BTreeSet<u64>) -> Result<BTreeMap<u64, Incident>> {
    let (mut found, mut wanted) = (BTreeMap::new(), numbers.clone());
    while let Some(number) = wanted.pop_last() {
        if let Some(incident) = incident(connection, number)? {
            wanted.extend(incident.merged_into.filter(|into| *into < number));
            found.insert(number, incident);
        }
    }
    Ok(found)
}

/// The keys of known references, and their fingerprints.
fn references(
    connection: &Connection,
    references: &[String],
) -> Result<(BTreeMap<String, String>, Vec<String>)> {
    let (mut named, mut fingerprints) = (BTreeMap::new(), Vec::new());
    let mut statement = connection.prepare_cached("SELECT key FROM alert_reference WHERE reference = ?1")?;
    for reference in references {
        let key: Option<String> = statement.query_row([reference], |row| row.get(0)).optional()?;
        if let (Some(key), Some((format, _))) = (key, reference.split_once(':')) {
            fingerprints.push(format!("{format}:{key}"));
            named.insert(reference.clone(), key);
        }
    }
    Ok((named, fingerprints))
}

/// How many answers somebody got of late.
fn answered(connection: &Connection, person: Option<&PersonId>, now: Timestamp) -> Result<u32> {
    let Some(person) = person else { return Ok(0) };
    let select = "SELECT count(*) FROM (SELECT 1 FROM notice
        WHERE person = ?1 AND kind = ?2 AND queued_at > ?3 LIMIT ?4)";
    let kind = serde_json::to_string(&NoticeKind::Transcript)?;
    let values = params![person.as_str(), kind, millis(now - answers::WITHIN), answers::MOST * 2];
    Ok(connection.prepare_cached(select)?.query_row(values, |row| row.get(0))?)
}

fn next_number(connection: &Connection, house: &House) -> Result<u64> {
    let newest: i64 = connection
        .prepare_cached("SELECT coalesce(max(number), 0) FROM incident")?
        .query_row([], |row| row.get(0))?;
    Ok((newest as u64).max(house.restored.incidents) + 1)
}

fn number(connection: &Connection, select: &str, values: impl Params) -> Result<Option<u64>> {
    let number: Option<i64> =
        connection.prepare_cached(select)?.query_row(values, |row| row.get(0)).optional()?;
    Ok(number.map(|number| number as u64))
}

/// Incidents that had mails under this subject of late. More than a few say nothing: the subject is everybody's.
fn of_subject(connection: &Connection, subject: &str, now: Timestamp) -> Result<BTreeSet<u64>> {
    let select = "SELECT incident FROM subject_ref WHERE subject = ?1 AND at BETWEEN ?2 AND ?3
        ORDER BY incident DESC LIMIT ?4";
    let mut statement = connection.prepare_cached(select)?;
    let values = params![subject, millis(now - HISTORY), millis(now), MOST_OF_A_SUBJECT];
    let rows = statement.query_map(values, |row| row.get::<_, i64>(0))?;
    let found: BTreeSet<u64> = rows.map(|row| Ok(row? as u64)).collect::<Result<_>>()?;
    Ok(if found.len() < MOST_OF_A_SUBJECT as usize { found } else { BTreeSet::new() })
}

/// What belongs with a mail: what answers it, the mail of a person that it answers itself, directly or by a notice that
/// passed that on, and what answers that.
fn branch(connection: &Connection, own: &str, answered: &str) -> Result<Vec<Branch>> {
    let (mut wanted, mut seen, mut found) = (vec![own.to_owned()], BTreeSet::new(), Vec::new());
    wanted.extend(passed_on(connection, answered)?);
    while let Some(id) = wanted.pop().filter(|_| seen.len() < MOST_OF_A_BRANCH) {
        if !seen.insert(id.clone()) {
            continue;
        }
        let mut answers = connection
            .prepare_cached("SELECT message_id FROM answer WHERE answers = ?1 AND answers <> ''")?;
        let answers = answers.query_map([&id], |row| row.get::<_, String>(0))?;
        wanted.extend(answers.collect::<std::result::Result<Vec<_>, _>>()?);
        let kind = stored(connection, &id)?.map(|(_, kind)| kind);
        if let (Some(kind), Some(incident)) = (kind, number(connection, LEADS, [&id])?) {
            found.push(Branch { message_id: id, incident, mail: kind == "mail" });
        }
    }
    Ok(found)
}

/// The person's mail that this is, or that this notice passes on; not one with which an incident began.
fn passed_on(connection: &Connection, id: &str) -> Result<Option<String>> {
    Ok(match stored(connection, id)? {
        Some((_, kind)) if kind == "mail" => Some(id.to_owned()),
        Some((answers, kind)) if kind == "notice" => {
            let mail = stored(connection, &answers)?.is_some_and(|(_, kind)| kind == "mail");
            mail.then_some(answers)
        }
        _ => None,
    })
}

/// What a stored mail answers, and its kind.
fn stored(connection: &Connection, id: &str) -> Result<Option<(String, String)>> {
    let select = "SELECT answers, kind FROM answer WHERE message_id = ?1";
    let found = connection
        .prepare_cached(select)?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found)
}

fn past(connection: &Connection, key: &str, now: Timestamp) -> Result<Vec<u64>> {
    let select = "SELECT incident FROM incident_key WHERE key = ?1 AND opened_at BETWEEN ?2 AND ?3 ORDER BY incident DESC";
    let mut statement = connection.prepare_cached(select)?;
    let rows =
        statement.query_map(params![key, millis(now - HISTORY), millis(now)], |row| row.get::<_, i64>(0))?;
    rows.map(|row| Ok(row? as u64)).collect()
}

/// A mail that was only tried was not received, and one that was received can be tried.
fn seen(connection: &Connection, message_id: &str, content_hash: &str, test: bool) -> Result<Seen> {
    let same = "SELECT 1 FROM mail WHERE message_id = ?1 AND content_hash = ?2
        AND (outcome LIKE '{_what_:_tested_,%') = ?3";
    if connection.prepare_cached(same)?.exists(params![message_id, content_hash, test])? {
        return Ok(Seen::Duplicate);
    }
    // Of several the first will do.
    let named = "SELECT outcome LIKE '{_what_:_tested_,%', coalesce(arrived_at, received_at) FROM mail
        WHERE message_id = ?1 LIMIT 1";
    let first = connection
        .prepare_cached(named)?
        .query_row([message_id], |row| Ok((row.get::<_, bool>(0)?, time(row.get(1)?))));
    let same = first.optional()?.filter(|(tested, _)| *tested == test);
    Ok(same.map_or(Seen::New, |(_, since)| Seen::SameId { since }))
}
