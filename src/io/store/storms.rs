//! Owns what rules opened of late.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Connection, Result, millis};
use crate::gateway::Change;
use crate::gateway::storms::{Opened, WITHIN};
use crate::incident::Fact;

/// More need not be counted.
const MOST: i64 = 1000;

/// What each of these rules opened up to now.
pub(super) fn opened(
    connection: &Connection,
    rules: &BTreeSet<String>,
    now: Timestamp,
) -> Result<BTreeMap<String, Opened>> {
    let since = now.checked_sub(WITHIN).unwrap_or(Timestamp::MIN);
    let mut all = BTreeMap::new();
    for rule in rules {
        let count = "SELECT count(*) FROM (SELECT 1 FROM incident
            WHERE rule = ?1 AND past = 0 AND opened_at > ?2 LIMIT ?3)";
        let values = params![rule, millis(since), MOST];
        let count = connection.prepare_cached(count)?.query_row(values, |row| row.get(0))?;
        let storm = "SELECT number FROM incident WHERE rule = ?1 AND storm = 1 AND status <> 'closed'
            ORDER BY number DESC LIMIT 1";
        let storm: Option<i64> =
            connection.prepare_cached(storm)?.query_row([rule], |row| row.get(0)).optional()?;
        all.insert(rule.clone(), Opened { count, storm: storm.map(|number| number as u64) });
    }
    Ok(all)
}

/// Remembers which rule opened what is opened now.
pub(super) fn remember(connection: &Connection, change: &Change) -> Result<()> {
    for (number, event) in &change.events {
        let Fact::Opened(opening) = &event.fact else { continue };
        let update = "UPDATE incident SET rule = ?2, storm = ?3 WHERE number = ?1";
        let rule = opening.rule.as_deref().unwrap_or_default();
        connection.prepare_cached(update)?.execute(params![*number as i64, rule, opening.storm])?;
    }
    Ok(())
}
