//! Owns rewriting timelines and the house log, and replaying them.
//! On failure nothing is changed: a line that could not be read afterwards ends the whole.

use rusqlite::params;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::{Connection, Result, states, views};
use super::{Done, Left};
use crate::erasure::Erased;
use crate::house::{self, House, HouseEvent};
use crate::incident;

/// The timelines of incidents, and their states.
pub(super) fn incidents(connection: &Connection, who: &Erased, done: &mut Done) -> Result<()> {
    let mut statement = connection.prepare("SELECT number FROM incident ORDER BY number")?;
    let numbers = statement.query_map([], |row| row.get::<_, i64>(0))?;
    for number in numbers.collect::<std::result::Result<Vec<i64>, _>>()? {
        let mut statement =
            connection.prepare_cached("SELECT seq, body FROM event WHERE incident = ?1 ORDER BY seq")?;
        let rows = statement.query_map([number], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let lines = rows.collect::<std::result::Result<Vec<(u32, String)>, _>>()?;
        let mut changed = false;
        for (seq, body) in lines {
            let (rewritten, hints) = line::<incident::Event>(who, &body)?;
            if hints {
                done.left.push(Left::Line { incident: number as u64, seq });
            }
            if let Some(body) = rewritten {
                let update = "UPDATE event SET body = ?3 WHERE incident = ?1 AND seq = ?2";
                connection.prepare_cached(update)?.execute(params![number, seq, body])?;
                done.lines += 1;
                changed = true;
            }
        }
        if changed {
            replay(connection, number as u64)?;
        }
    }
    Ok(())
}

/// An incident as its timeline says, with a new stamp: whoever remembers the old one asks again.
fn replay(connection: &Connection, number: u64) -> Result<()> {
    let events = views::events(connection, number)?;
    if let Some(incident) = incident::replay(number, &events) {
        states::write(connection, &incident)?;
    }
    let update = "UPDATE incident SET stamp = ?2 WHERE number = ?1";
    connection.prepare_cached(update)?.execute(params![number as i64, connection.next_stamp()])?;
    Ok(())
}

/// The house log, and the house.
pub(super) fn house(connection: &Connection, who: &Erased, done: &mut Done) -> Result<()> {
    let mut statement = connection.prepare("SELECT seq, body FROM house_event ORDER BY seq")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let before = done.lines;
    for line_of_log in rows.collect::<std::result::Result<Vec<(i64, String)>, _>>()? {
        let (seq, body) = line_of_log;
        let (rewritten, hints) = line::<HouseEvent>(who, &body)?;
        if hints {
            done.left.push(Left::HouseLine(seq as u64));
        }
        if let Some(body) = rewritten {
            let update = "UPDATE house_event SET body = ?2 WHERE seq = ?1";
            connection.prepare_cached(update)?.execute(params![seq, body])?;
            done.lines += 1;
        }
    }
    if done.lines > before {
        let house = views::house_events(connection)?.iter().fold(House::default(), house::apply);
        let update = "UPDATE house SET state = ?1 WHERE id = 1";
        connection.prepare_cached(update)?.execute([serde_json::to_string(&house)?])?;
    }
    Ok(())
}

/// A line without them, if it named them, in the form in which it would be written now; and whether it may still.
fn line<T: DeserializeOwned + serde::Serialize>(who: &Erased, body: &str) -> Result<(Option<String>, bool)> {
    let hints = |body: &str| who.hints(body) || who.is_named(body);
    if !hints(body) {
        return Ok((None, false));
    }
    let before: Value = serde_json::from_str(body)?;
    let after = who.json(before.clone());
    if after == before {
        return Ok((None, hints(&texts(&after))));
    }
    let left = hints(&texts(&after));
    let read: T = serde_json::from_value(after)?;
    Ok((Some(serde_json::to_string(&read)?), left))
}

/// All that is written in it, undone from JSON.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(texts).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name}\n{}", texts(value)))
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    }
}
