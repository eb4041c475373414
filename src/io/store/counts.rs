//! Owns what rules have counted, as long as it counts.

use jiff::Timestamp;
use rusqlite::params;

use super::{Connection, Result, millis};
use crate::gateway::{Change, Question};
use crate::rules::Counts;
use crate::rules::count::MOST;

/// What the rules of a question have counted up to the time of its mail.
pub(super) fn so_far(connection: &Connection, question: &Question) -> Result<Counts> {
    let mut counts = Counts::default();
    let select = "SELECT count(*) FROM (SELECT 1 FROM rule_hit
        WHERE rule = ?1 AND part = ?2 AND past = ?3 AND at > ?4 AND at <= ?5 LIMIT ?6)";
    for it in &question.counted {
        let since = question.came.checked_sub(it.within).unwrap_or(Timestamp::MIN);
        let values = params![it.rule, it.group, question.past, millis(since), millis(question.came), MOST];
        let came = connection.prepare_cached(select)?.query_row(values, |row| row.get(0))?;
        counts.know(it.rule.clone(), it.group.clone(), came);
    }
    Ok(counts)
}

/// Remembers what rules counted now, and forgets what counts no more. Of each rule and part only the newest are kept: more
/// can't be asked for.
pub(super) fn remember(connection: &Connection, change: &Change, now: Timestamp) -> Result<()> {
    for hit in &change.hits {
        let insert = "INSERT INTO rule_hit (rule, part, past, at, until) VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![hit.rule, hit.group, change.past, millis(hit.at), millis(hit.until)];
        connection.prepare_cached(insert)?.execute(values)?;
        let surplus = "DELETE FROM rule_hit WHERE rule = ?1 AND part = ?2 AND past = ?3 AND at < (SELECT at
            FROM rule_hit WHERE rule = ?1 AND part = ?2 AND past = ?3 ORDER BY at DESC LIMIT 1 OFFSET ?4)";
        connection.prepare_cached(surplus)?.execute(params![hit.rule, hit.group, change.past, MOST - 1])?;
        // What waited outside while firebell was away is counted by when it came: the clock has gone on meanwhile.
        let over = "DELETE FROM rule_hit WHERE past = ?1 AND until < ?2";
        connection.prepare_cached(over)?.execute(params![change.past, millis(hit.at.min(now))])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;
    use crate::rules::{Counted, Hit};
    use jiff::SignedDuration;

    const WITHIN: SignedDuration = SignedDuration::from_mins(10);

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn counted(connection: &Connection, seconds: impl Iterator<Item = i64>, past: bool) {
        for second in seconds {
            let hit = Hit { rule: "a".into(), group: "g".into(), at: at(second), until: at(second) + WITHIN };
            let change = Change { hits: vec![hit], past, ..Change::default() };
            remember(connection, &change, at(second)).unwrap();
        }
    }

    fn rows(connection: &Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM rule_hit", [], |row| row.get(0)).unwrap()
    }

    fn asked(connection: &Connection, group: &str, came: Timestamp, past: bool) -> Counts {
        let it = Counted { rule: "a".into(), group: group.into(), within: WITHIN };
        let question = Question { counted: vec![it], came, past, ..Question::default() };
        so_far(connection, &question).unwrap()
    }

    fn known(came: u32, group: &str) -> Counts {
        let mut counts = Counts::default();
        counts.know("a".into(), group.into(), came);
        counts
    }

    #[test]
    fn what_came_within_the_time_up_to_the_mail_is_counted() {
        let mut store = Store::in_memory().unwrap();
        store
            .write(|connection| {
                counted(connection, [0, 100, 600, 700].into_iter(), false);
                for (came, count) in [(600, 2), (700, 2), (650, 2), (1300, 0), (1299, 1)] {
                    assert_eq!(asked(connection, "g", at(came), false), known(count, "g"), "{came}");
                }
                assert_eq!(asked(connection, "other", at(700), false), known(0, "other"));
                assert_eq!(
                    asked(connection, "g", at(700), true),
                    known(0, "g"),
                    "the past counts for itself"
                );
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn what_counts_no_more_is_forgotten_and_no_more_is_kept_than_can_be_asked_for() {
        let mut store = Store::in_memory().unwrap();
        store
            .write(|connection| {
                counted(connection, std::iter::repeat_n(0, 5).chain([601]), false);
                assert_eq!(rows(connection), 1);
                counted(connection, (0..1500).map(|n| 700 + n / 10), false);
                assert!(rows(connection) <= i64::from(MOST) + 10, "{}", rows(connection));
                assert_eq!(asked(connection, "g", at(900), false), known(MOST, "g"));
                Ok(())
            })
            .unwrap();
    }
}
