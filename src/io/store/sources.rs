//! Owns who sends alerts, and when they were heard.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, params};

use super::{Connection, Result, millis, time};
use crate::alert::Source;

/// So many are remembered; addresses can be made up.
const MOST: i64 = 1000;

/// What is known of some of them, by format and address.
pub(super) fn known(connection: &Connection, named: &BTreeSet<(String, String)>) -> Result<Vec<Source>> {
    let select = "SELECT format, address, last, gaps FROM source WHERE format = ?1 AND address = ?2";
    let mut statement = connection.prepare_cached(select)?;
    let mut found = Vec::new();
    for (format, address) in named {
        let row = statement.query_row(params![format, address], |row| Ok(source(row)));
        found.extend(row.optional()?.transpose()?);
    }
    Ok(found)
}

/// All of them.
pub(super) fn all(connection: &Connection) -> Result<Vec<Source>> {
    let select = "SELECT format, address, last, gaps FROM source ORDER BY format, address";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(source(row)?);
    }
    Ok(found)
}

fn source(row: &Row<'_>) -> Result<Source> {
    let gaps = serde_json::from_str(&row.get::<_, String>(3)?)?;
    Ok(Source { format: row.get(0)?, address: row.get(1)?, last: time(row.get(2)?), gaps })
}

/// Remembers them as they are now; whoever was heard longest ago is forgotten when there are too many.
pub(super) fn remember(connection: &Connection, heard: &[Source]) -> Result<()> {
    for it in heard {
        let upsert = "INSERT INTO source (format, address, last, gaps) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (format, address) DO UPDATE SET last = excluded.last, gaps = excluded.gaps";
        let values = params![it.format, it.address, millis(it.last), serde_json::to_string(&it.gaps)?];
        connection.prepare_cached(upsert)?.execute(values)?;
        let surplus = "DELETE FROM source WHERE last < (SELECT last FROM source
            ORDER BY last DESC LIMIT 1 OFFSET ?1)";
        connection.prepare_cached(surplus)?.execute([MOST - 1])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::super::Store;
    use super::*;

    #[test]
    fn sources_are_remembered_as_they_are_now_and_the_oldest_are_forgotten() {
        let mut store = Store::in_memory().unwrap();
        let at = |n: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(n);
        store
            .write(|connection| {
                for n in 0..MOST + 5 {
                    remember(connection, &[Source::new("nagios", &format!("{n}@example.com"), at(n))])?;
                }
                let again = Source::new("nagios", "7@example.com", at(7)).heard(at(9000)).unwrap();
                remember(connection, std::slice::from_ref(&again))?;
                assert_eq!(all(connection)?.len(), MOST as usize);
                let named = [("nagios".to_owned(), "7@example.com".to_owned())].into();
                assert_eq!(known(connection, &named)?, [again]);
                let other = [("zabbix".to_owned(), "7@example.com".to_owned())].into();
                assert_eq!(known(connection, &other)?, []);
                Ok(())
            })
            .unwrap();
    }
}
