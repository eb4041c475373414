//! Owns what is stored of an incident as it is now: a state that is whole up to some event, and the timeline from there on.
//! Writing a large one anew for every event would cost more the longer it lasts.

use rusqlite::{OptionalExtension, params};

use super::connection::Remembered;
use super::{Connection, Result};
use crate::incident::{Event, Incident, catch_up};

/// A state of so many bytes may lag one event behind; one of twice as many, two. What an event costs stays the same.
const BYTES_AN_EVENT: usize = 2048;

/// An incident as it is now.
pub fn read(connection: &Connection, number: u64) -> Result<Option<Incident>> {
    let select = "SELECT version, stamp FROM incident WHERE number = ?1";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?));
    let found = connection.prepare_cached(select)?.query_row([number as i64], row).optional()?;
    let Some((version, stamp)) = found else { return Ok(None) };
    if let Some(found) = connection.remembered(number, stamp) {
        return Ok(Some(found));
    }
    let select = "SELECT state FROM incident_state WHERE incident = ?1";
    let state: String = connection.prepare_cached(select)?.query_row([number as i64], |row| row.get(0))?;
    let whole: Incident = serde_json::from_str(&state)?;
    let (events, bytes) = (whole.events, state.len());
    let incident = since(connection, whole, version)?;
    connection.remember(Remembered { stamp, incident: incident.clone(), whole: events, bytes });
    Ok(Some(incident))
}

/// The incident after the events that came since.
fn since(connection: &Connection, incident: Incident, version: u32) -> Result<Incident> {
    if incident.events >= version {
        return Ok(incident);
    }
    let select = "SELECT body FROM event WHERE incident = ?1 AND seq > ?2 ORDER BY seq";
    let mut statement = connection.prepare_cached(select)?;
    let values = params![incident.number as i64, incident.events];
    let rows = statement.query_map(values, |row| row.get::<_, String>(0))?;
    let events: Result<Vec<Event>> = rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect();
    Ok(catch_up(incident, events?))
}

/// Keeps an incident, whose row had the stamp `before` and has `stamp` now.
pub fn keep(connection: &Connection, incident: &Incident, before: Option<i64>, stamp: i64) -> Result<()> {
    let known = before.and_then(|before| connection.whole(incident.number, before));
    let lags = known.filter(|(whole, bytes)| (incident.events - whole) as usize <= bytes / BYTES_AN_EVENT);
    let (whole, bytes) = match lags {
        Some(known) => known,
        None => (incident.events, write(connection, incident)?),
    };
    connection.remember(Remembered { stamp, incident: incident.clone(), whole, bytes });
    Ok(())
}

/// Keeps the state of an incident whole; its length.
pub(super) fn write(connection: &Connection, incident: &Incident) -> Result<usize> {
    let state = serde_json::to_string(incident)?;
    let upsert = "INSERT INTO incident_state (incident, state) VALUES (?1, ?2)
        ON CONFLICT (incident) DO UPDATE SET state = excluded.state";
    connection.prepare_cached(upsert)?.execute(params![incident.number as i64, state])?;
    Ok(state.len())
}

/// The stamp of an incident's row.
pub fn stamp(connection: &Connection, number: u64) -> Result<Option<i64>> {
    let select = "SELECT stamp FROM incident WHERE number = ?1";
    Ok(connection.prepare_cached(select)?.query_row([number as i64], |row| row.get(0)).optional()?)
}
