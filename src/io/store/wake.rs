//! Owns when there is something to do: what is due, what will be, and what a firebell that is no more had begun.

use jiff::Timestamp;
use rusqlite::params;

use super::{Connection, Result, millis, outbox, time};

/// Frees what a firebell that is no more had claimed. For whoever knows to be the only one, at its start.
pub fn release_all(connection: &Connection) -> Result<()> {
    connection.execute("UPDATE mail SET owner = '', lease_until = 0 WHERE state = 'new'", [])?;
    // The attempt may or may not have reached the relay: it is made again, and counts once.
    let notices =
        "UPDATE notice SET state = 'deferred', owner = '', lease_until = 0, attempts = attempts - 1,
            doubtful = 1 WHERE state = 'active'";
    connection.execute(notices, [])?;
    Ok(())
}

/// Incidents that want to be looked at now, and 0 for the house.
pub fn due(connection: &Connection, limit: usize, now: Timestamp) -> Result<Vec<u64>> {
    let select = "SELECT number, due FROM incident WHERE due <= ?1
        UNION ALL SELECT 0, due FROM house WHERE due <= ?1 ORDER BY due LIMIT ?2";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![millis(now), limit as i64], |row| row.get::<_, i64>(0))?;
    rows.map(|row| Ok(row? as u64)).collect()
}

/// Lets incidents be looked at now in which something is quiet: what is planned may have been changed.
pub fn quiet_ones(connection: &Connection, now: Timestamp) -> Result<()> {
    let update = "UPDATE incident SET due = ?1 WHERE due > ?1 AND quiet = 1";
    connection.execute(update, [millis(now)])?;
    Ok(())
}

/// When there will be something to work on next without anything coming in: an incident due, or a mail given up by
/// whoever had it.
pub fn next_work(connection: &Connection) -> Result<Option<Timestamp>> {
    let select = "SELECT min(at) FROM (
            SELECT min(due) AS at FROM incident WHERE due IS NOT NULL
            UNION ALL SELECT due FROM house
            UNION ALL SELECT min(max(lease_until, received_at)) FROM mail WHERE state = 'new')";
    let at: Option<i64> = connection.prepare_cached(select)?.query_row([], |row| row.get(0))?;
    Ok(at.map(time))
}

/// When there will be something to work on or to deliver next without anything coming in.
pub fn next_wake(connection: &Connection) -> Result<Option<Timestamp>> {
    Ok([next_work(connection)?, outbox::next_attempt(connection)?].into_iter().flatten().min())
}

/// How many mails wait to be sent, and how many to be worked on.
pub fn waiting(connection: &Connection) -> Result<(u64, u64)> {
    let select = "SELECT (SELECT count(*) FROM notice
            WHERE state IN ('queued', 'deferred', 'active') AND carrier = 0),
        (SELECT count(*) FROM mail WHERE state = 'new')";
    let (out, come): (i64, i64) =
        connection.prepare_cached(select)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((out as u64, come as u64))
}
