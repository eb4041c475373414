//! Owns writing a change: incidents, timelines, notices, the house log.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::params;

use super::{Connection, Error, Result, counts, millis, sources, states, storms};
use crate::directory::Severity;
use crate::gateway::Change;
use crate::incident::{Fact, Incident, Status, owing};
use crate::notice::Notice;
use crate::outbox::pace::{self, Lane};

/// Writes all that one input changed.
pub fn change(connection: &Connection, change: &Change, now: Timestamp) -> Result<()> {
    let mut added: BTreeMap<u64, u32> = BTreeMap::new();
    for (number, _) in &change.events {
        *added.entry(*number).or_default() += 1;
    }
    for (number, incident) in &change.incidents {
        let due = change.due.get(number).copied().flatten();
        write_incident(connection, incident, added.get(number).copied().unwrap_or(0), due, now)?;
    }
    for (number, event) in &change.events {
        connection
            .prepare_cached("INSERT INTO event (incident, seq, at, body) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![*number as i64, event.seq, millis(event.at), serde_json::to_string(event)?])?;
    }
    // What is part of another lets go of its keys before that one takes them.
    for incident in change.incidents.values().filter(|incident| incident.merged_into.is_some()) {
        for key in incident.keys.keys() {
            connection
                .prepare_cached("DELETE FROM incident_key WHERE key = ?1 AND incident = ?2")?
                .execute(params![key, incident.number as i64])?;
        }
    }
    for (number, incident) in change.incidents.iter().filter(|(_, it)| it.merged_into.is_none()) {
        let of_it = || change.events.iter().filter(|(of, _)| of == number).map(|(_, event)| &event.fact);
        let came: BTreeSet<&str> = of_it().filter_map(Fact::fired).collect();
        let only_those = of_it().all(Fact::leaves_keys);
        write_keys(connection, incident, &came, only_those, now)?;
    }
    for (id, number) in &change.remembered {
        connection
            .prepare_cached("INSERT OR IGNORE INTO message_ref (message_id, incident) VALUES (?1, ?2)")?
            .execute(params![id, *number as i64])?;
    }
    for (id, number) in &change.moved {
        let upsert = "INSERT INTO message_ref (message_id, incident) VALUES (?1, ?2)
            ON CONFLICT (message_id) DO UPDATE SET incident = excluded.incident";
        connection.prepare_cached(upsert)?.execute(params![id, *number as i64])?;
    }
    for mail in &change.answers {
        connection
            .prepare_cached("INSERT OR IGNORE INTO answer (message_id, answers, kind) VALUES (?1, ?2, ?3)")?
            .execute(params![mail.message_id, mail.answers, mail.kind.word()])?;
    }
    for (reference, key) in &change.references {
        connection
            .prepare_cached("INSERT OR IGNORE INTO alert_reference (reference, key) VALUES (?1, ?2)")?
            .execute(params![reference, key])?;
    }
    for (subject, number) in &change.subjects {
        let upsert = "INSERT INTO subject_ref (subject, incident, at) VALUES (?1, ?2, ?3)
            ON CONFLICT (subject, incident) DO UPDATE SET at = max(at, excluded.at)";
        connection.prepare_cached(upsert)?.execute(params![subject, *number as i64, millis(now)])?;
    }
    beside_incidents(connection, change, now)?;
    for notice in &change.notices {
        let severity = change.incidents.get(&notice.incident).map(|incident| incident.severity);
        write_notice(connection, notice, severity)?;
    }
    write_house(connection, change)
}

/// What is remembered of rules and of monitors.
fn beside_incidents(connection: &Connection, change: &Change, now: Timestamp) -> Result<()> {
    storms::remember(connection, change)?;
    sources::remember(connection, &change.sources)?;
    counts::remember(connection, change, now)
}

fn write_incident(
    connection: &Connection,
    incident: &Incident,
    added: u32,
    due: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let (number, before) = (incident.number as i64, incident.events.saturating_sub(added));
    let (status, broken) = (incident.status().word(), incident.is_broken());
    let service = incident.service.as_ref().map_or("", |service| service.as_str());
    let (due, composes, quiet) = (due.map(millis), incident.wants_composing(), is_quiet(incident));
    let actions = incident.open_actions().count() as i64;
    let (stamp, past) = (connection.next_stamp(), incident.past);
    let beside_until = owing::matters_beside(incident).map_or(0, millis);
    let known = states::stamp(connection, incident.number)?;
    let written = if before == 0 {
        let insert = "INSERT INTO incident
                (number, version, status, broken, service, opened_at, due, past, composes, actions, quiet, stamp, beside_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        connection.prepare_cached(insert)?.execute(params![
            number,
            incident.events,
            status,
            broken,
            service,
            millis(now),
            due,
            past,
            composes,
            actions,
            quiet,
            stamp,
            beside_until
        ])?
    } else {
        let update =
            "UPDATE incident SET version = ?2, status = ?3, broken = ?4, due = ?5, past = ?7, service = ?8,
                composes = ?9, actions = ?10, quiet = ?11, stamp = ?12, beside_until = ?13
            WHERE number = ?1 AND version = ?6";
        connection.prepare_cached(update)?.execute(params![
            number,
            incident.events,
            status,
            broken,
            due,
            before,
            past,
            service,
            composes,
            actions,
            quiet,
            stamp,
            beside_until
        ])?
    };
    if written != 1 {
        return Err(Error::Conflict(incident.number));
    }
    states::keep(connection, incident, known, stamp)
}

fn is_quiet(incident: &Incident) -> bool {
    incident.keys.values().any(|key| key.quiet.is_some())
}

/// Keys follow the incident: while it lives they lead to it, and only to it. `came` are those that fired now; about the
/// others nothing may have changed.
fn write_keys(
    connection: &Connection,
    incident: &Incident,
    came: &BTreeSet<&str>,
    only_those: bool,
    now: Timestamp,
) -> Result<()> {
    let live = incident.status() != Status::Closed;
    for key in incident.keys.keys().filter(|key| !only_those || came.contains(key.as_str())) {
        let (number, past) = (incident.number as i64, incident.past);
        if live && came.contains(key.as_str()) {
            // An older incident with this key is resolved for so long that it is another trouble now.
            connection
                .prepare_cached(
                    "UPDATE incident_key SET live = 0
                    WHERE key = ?1 AND incident <> ?2 AND past = ?3 AND live = 1",
                )?
                .execute(params![key, number, past])?;
        }
        let newer = "SELECT 1 FROM incident_key WHERE key = ?1 AND incident <> ?2 AND live = 1 AND past = ?3";
        let live = live && !connection.prepare_cached(newer)?.exists(params![key, number, past])?;
        let upsert =
            "INSERT INTO incident_key (key, incident, live, opened_at, past) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (key, incident) DO UPDATE SET live = excluded.live, past = excluded.past";
        connection.prepare_cached(upsert)?.execute(params![key, number, live, millis(now), past])?;
    }
    Ok(())
}

fn write_notice(connection: &Connection, notice: &Notice, severity: Option<Severity>) -> Result<()> {
    let insert =
        "INSERT INTO notice (message_id, incident, about, audience, number, person, kind, belief, sender,
            recipient, subject, summary, bytes, urgent, queued_at, state, next_attempt, reply, lane)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, iif(?16 = '', 'queued', 'held'),
            ?15, ?16, ?17)";
    connection.prepare_cached(insert)?.execute(params![
        notice.message_id,
        notice.incident as i64,
        notice.about as i64,
        serde_json::to_string(&notice.audience)?,
        notice.number,
        notice.person.as_str(),
        serde_json::to_string(&notice.kind)?,
        serde_json::to_string(&notice.belief)?,
        notice.from.as_ref().map_or("", |from| from.as_str()),
        notice.to.as_str(),
        notice.subject,
        notice.summary,
        notice.bytes,
        pace::urgency(notice, severity),
        millis(notice.queued_at),
        notice.withheld.as_deref().unwrap_or_default(),
        Lane::of(notice, severity) as i64,
    ])?;
    Ok(())
}

fn write_house(connection: &Connection, change: &Change) -> Result<()> {
    if change.house_events.is_empty() && !change.house_looked_at {
        return Ok(());
    }
    for event in &change.house_events {
        connection
            .prepare_cached("INSERT INTO house_event (seq, at, body) VALUES (?1, ?2, ?3)")?
            .execute(params![event.seq as i64, millis(event.at), serde_json::to_string(event)?])?;
    }
    // What is due is gone only when it was looked at.
    connection
        .prepare_cached(
            "INSERT INTO house (id, state, due) VALUES (1, ?1, ?2)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, due = CASE
                WHEN ?3 OR house.due IS NULL THEN excluded.due
                ELSE min(house.due, coalesce(excluded.due, house.due)) END",
        )?
        .execute(params![
            serde_json::to_string(&change.house)?,
            change.house_due.map(millis),
            change.house_looked_at
        ])?;
    Ok(())
}
