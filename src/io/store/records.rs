//! Owns reading what digests and reports are made of.

use jiff::Timestamp;
use rusqlite::params;

use super::{Connection, Result, find, millis, sources, time, views};
use crate::chronicle::Record;
use crate::digest::Records;
use crate::house::HouseEvent;
use crate::io::evidence::Original;

/// What a digest needs: incidents that are not closed, have actions to be done, or of which something happened after `since`, the house, and its log
/// from then on.
pub fn since(connection: &Connection, since: Timestamp) -> Result<Records> {
    let select = "SELECT number FROM incident WHERE past = 0 AND (status <> 'closed' OR actions > 0
            OR (SELECT at FROM event WHERE event.incident = incident.number AND event.seq = incident.version) > ?1)
        ORDER BY number";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![millis(since)], |row| row.get::<_, i64>(0))?;
    let numbers = rows.collect::<std::result::Result<Vec<i64>, _>>()?;
    let mut incidents = Vec::new();
    for number in numbers {
        incidents.extend(one(connection, number as u64)?);
    }
    let (house, log) = (find::house(connection)?, log_since(connection, since)?);
    Ok(Records { incidents, house, log, sources: sources::all(connection)? })
}

/// The first incident of whose report something is to be composed.
pub fn composes(connection: &Connection) -> Result<Option<u64>> {
    let select = "SELECT min(number) FROM incident WHERE composes = 1";
    let number: Option<i64> = connection.prepare_cached(select)?.query_row([], |row| row.get(0))?;
    Ok(number.map(|number| number as u64))
}

/// One incident with its timeline.
pub fn one(connection: &Connection, number: u64) -> Result<Option<Record>> {
    let Some(incident) = find::incident(connection, number)? else { return Ok(None) };
    let events = views::events(connection, number)?;
    Ok(Some(Record { incident, events }))
}

/// The end of the house log, as far back as `since`; oldest first.
fn log_since(connection: &Connection, since: Timestamp) -> Result<Vec<HouseEvent>> {
    let select = "SELECT body, at FROM house_event ORDER BY seq DESC";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query([])?;
    let mut log = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(1)? <= millis(since) {
            break;
        }
        log.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
    }
    log.reverse();
    Ok(log)
}

/// The mails that belong to an incident, as they came, oldest first.
pub fn originals(connection: &Connection, number: u64) -> Result<Vec<Original>> {
    let select = "SELECT mail.id, message_id, coalesce(arrived_at, received_at), bytes, digest
        FROM mail LEFT JOIN raw ON raw.mail = mail.id WHERE mail.incident = ?1 ORDER BY mail.id";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([number as i64], |row| {
        let (id, message_id, at) = (row.get(0)?, row.get(1)?, time(row.get(2)?));
        Ok(Original { id, message_id, at, bytes: row.get(3)?, digest: row.get(4)? })
    })?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}
